import { setImmediate as next } from 'node:timers/promises';
import type { Ahead, KernelCache } from './cache.js';
import { CgroupReader } from './cgroups.js';
import { listDevicesAhead } from './devices.js';
import { isFolder } from './files.js';
import { findHierarchies } from './hierarchies.js';
import { cutAtId, placeOf } from './members.js';
import { readTableAhead } from './mounts.js';
import { eachProcess, IN_A_CONTAINER, type Depth } from './processes.js';
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
 * `known`: only what moves of those that are known, for a pass of that depth which reads none of them whole.
 * `goesOn`: false ends it. Never rejects.
 */
export async function readAhead(roots: Roots, cache: KernelCache, goesOn: () => boolean, depth: Ahead['depth'] = 'full'): Promise<Ahead | undefined> {
  try {
    // The requests that were just made leave first.
    await next();
    if (!goesOn() || !isFolder(roots.proc)) return undefined;
    const steps = depth === 'full' ? everything(roots, cache) : whatMoves(roots, cache);
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
  return { depth: 'full', at, procs, hierarchies, reader };
}

function* whatMoves(roots: Roots, cache: KernelCache): Generator<void, Ahead, void> {
  const procs = yield* eachProcess(roots.proc, cache.processes, 'known', new Set());
  const at = performance.now();
  const hierarchies = cache.hierarchies ?? findHierarchies(roots);
  const reader = new CgroupReader(hierarchies, cache.cgroups);
  for (const place of cache.places.values()) {
    reader.look(place);
    yield;
  }
  return { depth: 'known', at, procs, hierarchies, reader };
}

/** Whether what was read ahead is what a pass would read itself. */
export function serves(ahead: Ahead, depth: Depth, again: ReadonlySet<string>): boolean {
  return !isStale(ahead) && (ahead.depth === 'full' || (depth === 'known' && again.size === 0));
}
