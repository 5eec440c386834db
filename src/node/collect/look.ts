import type { Snapshot } from '../../core/model/index.js';
import { connect } from './connect.js';
import type { HostChoice } from './engine/hosts.js';
import type { Roots } from './parts.js';
import { Reader, type Readers } from './reader.js';

export interface LookOptions extends HostChoice {
  readonly roots?: Roots;
  readonly progress?: (read: number, total: number) => void;
}

export const ROOTS: Roots = { proc: '/proc', sys: '/sys' };

/** The readers of this machine. */
export const READERS: Readers = { kernel: null, wire: null };

/**
 * One snapshot of the engine that is found (or named by `host`, `context`) and of its kernel.
 * Rejects with NoEngine (what was tried, what to do) where none answers.
 */
export async function look(options: LookOptions = {}): Promise<Snapshot> {
  const door = await connect(options);
  try {
    return await new Reader(door, { roots: options.roots ?? ROOTS, readers: READERS, now: () => new Date(), progress: options.progress ?? (() => undefined) }).snapshot();
  } finally {
    door.close();
  }
}
