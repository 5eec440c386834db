import type { KernelCache } from './cache.js';
import { CgroupReader } from './cgroups.js';
import type { KnownContainer } from './types.js';

/** Each container is checked whole in one of so many checks, whether anything ran in it or not. */
const TURNS = 4;

/** What a check of the whole kernel leaves out. */
export interface Sleepers {
  /** Has read their use of cpu; within its pass no file is read twice. */
  readonly reader: CgroupReader;
  /** Containers, by id, in which nothing ran since the last check, and whose turn it is not. */
  readonly sleeping: ReadonlySet<string>;
  /** Those whose turn it is. */
  readonly due: ReadonlySet<string>;
}

/**
 * Which containers a check may take over as they were. What a process holds and which namespaces it is in only it itself
 * can change, a process that comes or ends runs, and all that runs in a cgroup is charged to it (`cpuacct.usage`, `cpu.stat`:
 * cgroups(7)). What others do to a container in which nothing runs (a limit, a mount, a process moved away) is
 * seen when it has its turn. To be asked before anything else is read.
 */
export function sleepers(cache: KernelCache, containers: readonly KnownContainer[]): Sleepers | undefined {
  if (cache.hierarchies === undefined) return undefined;
  const reader = new CgroupReader(cache.hierarchies, cache.cgroups);
  const turn = cache.checks % TURNS;
  cache.checks += 1;
  const sleeping = new Set<string>();
  const due = new Set<string>();
  for (const [index, { id }] of containers.entries()) {
    const place = cache.places.get(id);
    if (place === undefined) continue;
    const asleep = reader.sleeps(place);
    if (index % TURNS === turn) due.add(id);
    else if (asleep) sleeping.add(id);
  }
  return { reader, sleeping, due };
}
