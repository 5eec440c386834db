import type { Snapshot } from '../model/snapshot.js';
import type { Finding } from '../model/finding.js';
import type { Judgement } from '../reach/types.js';
import type { Rates } from '../facts/rates.js';
import type { Alarm } from '../alarm/types.js';
import type { LensName, Placement, Scene } from '../scene/scene.js';

/** All that a lens may look at. `shown`: ids that pass the filter, null for all; the rest is drawn faint or left out, as the lens decides. */
export interface View {
  readonly snapshot: Snapshot;
  readonly judgement: Judgement;
  readonly findings: readonly Finding[];
  readonly alarms: readonly Alarm[];
  readonly shown: ReadonlySet<string> | null;
  /** The project in focus: its segments and containers lead. */
  readonly project: string | null;
  /** Width of the canvas in CSS pixels. */
  readonly width: number;
  /** Height of the canvas in CSS pixels, its head included: what is small spreads to fill it. Null or absent where a page grows with the picture. */
  readonly height?: number | null;
  readonly options: LensOptions;
  /** Use per second, from this snapshot and the one before it (core/facts/rates); absent or null where there is only one. */
  readonly rates?: Rates | null;
}

export interface LensOptions {
  readonly resource: 'memory' | 'cpu' | 'pids' | 'io';
  readonly order: 'verdict' | 'name' | 'drift';
  readonly parts: 'both' | 'hulls' | 'matrix';
  /** Bands, stacks and folded groups that were opened, by item id. */
  readonly opened: readonly string[];
}

export const DEFAULT_OPTIONS: LensOptions = { resource: 'memory', order: 'verdict', parts: 'both', opened: [] };

/** A lens: pure, its memory is an argument. `overlay`: marks for the selected and hovered item ids, drawn above the scene. */
export interface Lens {
  readonly name: LensName;
  readonly arrange: (view: View, previous: Placement | null) => { readonly scene: Scene; readonly placement: Placement };
  readonly overlay: (view: View, scene: Scene, selected: string | null, hovered: string | null) => readonly import('../scene/marks.js').Mark[];
}

/** What is a little too tall for a canvas is shown smaller, down to this part of its size; what is taller still is scrolled. */
export const READABLE = 0.85;

/** The view in which a picture that is shown smaller for its height fills the width as well; null where it needs no other. */
export function widened(view: View, { bounds, head }: Scene): View | null {
  if (view.height === undefined || view.height === null) return null;
  const above = head?.height ?? 0;
  const k = (view.height - above) / bounds.h;
  return k < 1 && k >= READABLE && bounds.w <= view.width ? { ...view, width: Math.floor(view.width / k), height: Math.ceil(bounds.h + above) } : null;
}
