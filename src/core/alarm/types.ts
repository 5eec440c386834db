import type { Reading } from '../model/reading.js';

/**
 * What the neighbour tables told: an address that carries another's MAC. `healedAt` null while it lasts.
 * `kind`: `impersonation` (an engine-given address at another workload's MAC), `mac-move` (a forwarding entry that moved),
 * `benign` is never an alarm: it is told as a change with its reason (restart, reuse, failover).
 */
export interface Alarm {
  readonly id: string;
  readonly kind: 'impersonation' | 'mac-move';
  readonly at: string;
  readonly healedAt: string | null;
  /** Workload id of the owner of the MAC, or `unknown:<mac>`. */
  readonly attacker: string;
  /** Workload id whose table is poisoned, or `host`. */
  readonly victim: string;
  /** Workload id, `gateway:<segment>` or `host`; the one whose address it is. */
  readonly impersonates: string;
  readonly address: string;
  readonly segment: string;
  readonly sentence: string;
  readonly evidence: readonly Reading<unknown>[];
}
