import { setFlagsFromString } from 'node:v8';

/**
 * Has this process give memory back rather than keep it for speed: a session runs all day beside what it watches, and of
 * what a reading makes hardly anything stays. Holds for the whole process, so a command that reads once leaves it be.
 */
export function stayLean(): void {
  // The heap grows by a little at a time, and what is young stays in one megabyte.
  setFlagsFromString('--optimize-for-size');
  setFlagsFromString('--semi-space-growth-factor=1');
  // So little is not worth waking other threads for, nor is collecting it again when nothing happens.
  setFlagsFromString('--no-parallel-scavenge');
  setFlagsFromString('--no-memory-reducer');
}
