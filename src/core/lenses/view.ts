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
