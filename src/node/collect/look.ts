import type { Snapshot } from '../../core/model/index.js';
import { connect } from './connect.js';
import type { HostChoice } from './engine/hosts.js';
import { machineReaders } from './machine.js';
import type { Roots } from './parts.js';
import { Reader } from './reader.js';

export interface LookOptions extends HostChoice {
  readonly roots?: Roots;
  readonly progress?: (read: number, total: number) => void;
}

/**
 * One snapshot of the engine that is found (or named by `host`, `context`) and of its kernel.
 * Rejects with NoEngine (what was tried, what to do) where none answers.
 */
export async function look(options: LookOptions = {}): Promise<Snapshot> {
  const door = await connect(options);
  const readers = machineReaders(options.roots, door.candidate.way.kind === 'socket');
  try {
    return await new Reader(door, { readers, progress: options.progress ?? (() => undefined) }).snapshot();
  } finally {
    readers?.close();
    door.close();
  }
}
