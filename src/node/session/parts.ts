import type { Answer, Exported, ExportRequest, Picture, Trouble } from '../../contract/contract.js';
import type { Rates } from '../../core/facts/rates.js';
import type { Alarm } from '../../core/alarm/types.js';
import type { Comparison } from '../../core/diff/types.js';
import type { Finding } from '../../core/model/finding.js';
import type { Connection as OpenConnection, Container, Reading, Snapshot } from '../../core/model/index.js';
import type { Judgement } from '../../core/reach/types.js';
import type { Door } from '../collect/engine/door.js';
import type { KernelReaders } from '../collect/parts.js';

/** Programs that give rights, by container id. */
export type Programs = ReadonlyMap<string, Container['privilegedPrograms']>;

/** All that a session hands on to others. The real ones are in `standard.ts`; tests give their own. */
export interface SessionParts {
  /** Reads the kernel with this process's rights; null where there is none. */
  readonly readers: (door: Door) => KernelReaders | null;
  readonly judge: (snapshot: Snapshot) => Judgement;
  readonly check: (snapshot: Snapshot, judgement: Judgement, alarms: readonly Alarm[]) => readonly Finding[];
  /** The findings where since `before` only use and alarms moved. */
  readonly checkMoved: (snapshot: Snapshot, judgement: Judgement, alarms: readonly Alarm[], before: readonly Finding[]) => readonly Finding[];
  readonly exporter: (request: ExportRequest, picture: Picture & { readonly rates: Rates | null }) => Promise<Answer<Exported>>;
  readonly compare: (from: Snapshot, to: Snapshot) => Comparison;
  readonly traffic: (snapshot: Snapshot) => Reading<readonly OpenConnection[]>;
  readonly programs: (snapshot: Snapshot, door: Door) => Promise<Programs>;
  /** Starts a reader with more rights (a plain object of functions); null where this machine has no way to. */
  readonly elevate: (() => Promise<KernelReaders | Trouble>) | null;
  /** The host that is shown where no engine is. */
  readonly example: () => Snapshot | null;
}
