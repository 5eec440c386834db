import type { Alarm } from '../alarm/types.js';
import type { Rates } from '../facts/rates.js';
import type { Finding } from '../model/finding.js';
import type { Snapshot } from '../model/snapshot.js';
import type { Judgement } from '../reach/types.js';
import type { Explain } from './wire.js';

/** What the inspector may look at. `explain` gives one pair's chain (core/reach). */
export interface Facts {
  readonly snapshot: Snapshot;
  readonly judgement: Judgement;
  readonly findings: readonly Finding[];
  readonly alarms: readonly Alarm[];
  readonly rates: Rates | null;
  readonly explain: Explain;
}
