import type { Subject } from '../model/finding.js';
import type { Mark } from './marks.js';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export const LENSES = ['network', 'namespaces', 'resources', 'enforcement'] as const;
export type LensName = (typeof LENSES)[number];

/**
 * One thing of the picture that can be pointed at: a card, a bus, a hull, a band, a row, a cell.
 * `marks` are drawn at any zoom; `near` only where the screen has at least 0.55 px per unit.
 * `far`, where there is one: drawn instead of both below 0.4 px per unit, for what is seen as a whole.
 * `label` and `detail` are the list twin's words (a screen reader reads them; plain text).
 * `order` is the keyboard order within its lens.
 */
export interface Item {
  /** Stable for the same subject across snapshots: `card:<id>`, `bus:<segment>`, … */
  readonly id: string;
  readonly role: 'card' | 'stack' | 'bus' | 'hull' | 'band' | 'row' | 'cell' | 'chip' | 'gutter' | 'note' | 'legend';
  readonly subject: Subject | null;
  /** Members, where one item stands for many (a stack, a collapsed row, a hull). Workload ids. */
  readonly members: readonly string[];
  readonly box: Box;
  readonly layer: number;
  readonly label: string;
  readonly detail: string;
  /** risk: possible, mind: latent or worth minding, fine, unknown, none. */
  readonly state: 'risk' | 'mind' | 'fine' | 'unknown' | 'none';
  readonly order: number;
  readonly marks: readonly Mark[];
  readonly near: readonly Mark[];
  readonly far?: readonly Mark[];
}

/** A line between two items, for exporters with connectors (draw.io, DOT, GraphML) and for lighting up neighbours. */
export interface Edge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly kind: 'plug' | 'shares' | 'child' | 'traffic' | 'entered' | 'reach';
  readonly label: string;
  readonly marks: readonly Mark[];
  readonly far?: readonly Mark[];
  readonly layer: number;
}

/**
 * What a lens means, placed. World units are CSS pixels at 100 %.
 * The world begins right of the left gutter: its x = 0 is drawn at `leftWidth` where nothing is panned, and it has
 * `view.width - leftWidth - rightWidth` to itself at 100 %. Margins (24 px) are part of the gutters' widths.
 * `gutters`: items that hug the left or right edge of the view while it pans and never shrink (segment names, counts). Their marks'
 * x counts from the left side of their band (0 to leftWidth, 0 to rightWidth); their y is the world's: at another zoom an item is
 * drawn at 100 % around its box's middle, which stays level with the world. A painter fills the bands with `ground` first.
 * `title` and `summary`: the heading and the one sentence above the picture. `legend`: what the marks mean, in words.
 */
export interface Scene {
  readonly lens: LensName;
  readonly title: string;
  readonly summary: string;
  readonly bounds: Box;
  readonly items: readonly Item[];
  readonly edges: readonly Edge[];
  readonly gutters: { readonly left: readonly Item[]; readonly right: readonly Item[]; readonly leftWidth: number; readonly rightWidth: number };
  readonly legend: readonly { readonly marks: readonly Mark[]; readonly width: number; readonly text: string }[];
  /**
   * Column heads that stay at the upper edge of the view while it pans: their y is from that edge, their x is the world's, so they pan
   * and zoom sideways with their columns. The world begins below: its y = 0 is drawn at `height` where nothing is panned.
   * A painter fills the band with `ground` before it draws the items. Exporters draw it once, above the picture.
   */
  readonly head?: { readonly items: readonly Item[]; readonly height: number };
  /** Where the view should begin, when it does not fit. */
  readonly home: Box;
}

/** Where things stood, handed back to the next arrange so that nothing jumps. Opaque to all but its lens; plain data. */
export interface Placement {
  readonly lens: LensName;
  readonly order: Readonly<Record<string, readonly string[]>>;
}
