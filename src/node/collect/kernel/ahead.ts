import { setImmediate as next } from 'node:timers/promises';
import type { Ahead, KernelCache } from './cache.js';
import { CgroupReader } from './cgroups.js';
import { listDevicesAhead } from './devices.js';
import { isFolder } from './files.js';
import { findHierarchies } from './hierarchies.js';
import { cutAtId, placeOf } from './members.js';
import { readTableAhead } from './mounts.js';
import { eachProcess, IN_A_CONTAINER } from './processes.js';
import type { Roots } from './types.js';

/** An engine that takes longer than this has the processes read again: too much may have happened. */
const STALE_MS = 1_000;

export function isStale(ahead: Ahead): boolean {
  return performance.now() - ahead.at > STALE_MS;
}

/** So long at a time; then what the engine has answered is taken first. */
const PIECE_MS = 2;

/**
 * Reads what needs no word of the engine's, in pieces between its answers: every process, and of those that are first in
 * a container the mount table, the devices and the cgroup. What comes or goes meanwhile the pass notices, as it notices
 * what changes between any two files: a container whose process is missing is asked for and read again.
 * `goesOn`: false ends it. Never rejects.
 */
export async function readAhead(roots: Roots, cache: KernelCache, goesOn: () => boolean): Promise<Ahead | undefined> {
  try {
    // The requests that were just made leave first.
    await next();
    if (!goesOn() || !isFolder(roots.proc)) return undefined;
    const steps = everything(roots, cache);
    for (;;) {
      const until = performance.now() + PIECE_MS;
      do {
        const step = steps.next();
        if (step.done === true) return step.value;
      } while (performance.now() < until);
      await next();
      if (!goesOn()) return undefined;
    }
  } catch {
    return undefined;
  }
}

function* everything(roots: Roots, cache: KernelCache): Generator<void, Ahead, void> {
  const procs = yield* eachProcess(roots.proc, cache.processes, 'full', new Set());
  const at = performance.now();
  const hierarchies = findHierarchies(roots);
  yield;
  const reader = new CgroupReader(hierarchies, cache.cgroups);
  for (const proc of procs.values()) {
    const id = proc.status.pidInside === 1 && proc.pid !== 1 ? IN_A_CONTAINER.exec(proc.cgroup)?.[0] : undefined;
    if (id === undefined) continue;
    readTableAhead(proc);
    listDevicesAhead(proc);
    reader.facts(placeOf(proc, cutAtId(id)), undefined, true);
    yield;
  }
  return { at, procs, hierarchies, reader };
}
