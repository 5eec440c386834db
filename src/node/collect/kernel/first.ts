import { NS_KINDS, known, unknown, valueOf, type NamespaceRefs } from '../../../core/model/index.js';
import type { KernelCache } from './cache.js';
import { CgroupFiles } from './cgroup-files.js';
import { CgroupReader } from './cgroups.js';
import type { Holding } from './files.js';
import { carriesId, type HostNamespaces } from './host.js';
import { cutAtId, placeOf } from './members.js';
import { declaredNamespaces } from './owners.js';
import { newProcessCache, readProcess } from './processes.js';
import { classify } from './rights.js';
import type { KernelFacts, KnownContainer, Proc, Roots } from './types.js';

/** Files of what has just begun are not held open: the pass that follows opens its own. */
const NONE_HELD: Holding = { open: 0, most: 0 };

/**
 * What can be told of a container as soon as it has begun, without a look at any other: its first process, and its cgroup
 * (together some 20 files). All else is `not-asked` until the pass that follows: who else is in it or in its namespaces,
 * its mounts and devices. `null` where its program does not run yet or any more, or where no pass was made before.
 */
export function readFirst(roots: Roots, cache: KernelCache, container: KnownContainer, all: readonly KnownContainer[]): KernelFacts | null {
  const { last, hierarchies } = cache;
  if (last === undefined || hierarchies === undefined || container.pid === null) return null;
  const alone = { ...newProcessCache(NONE_HELD), lsm: cache.processes.lsm, uidMaps: cache.processes.uidMaps };
  const main = readProcess(roots.proc, alone, container.pid, undefined);
  if (main === undefined || !carriesId(main, container.id)) return null;
  const place = placeOf(main, cutAtId(container.id));
  const { processes, weakest } = classify([main], main, new Map([[main.pid, main]]), valueOf(last.people.host.user));
  const later = (file: string) => unknown('not-asked', `${main.path}/${file}`);
  return {
    namespaces: spacesOf(container, main, all, last.people.host),
    process: weakest,
    processes,
    processCount: unknown('not-asked', place.source),
    intruders: [],
    cgroup: new CgroupReader(hierarchies, new CgroupFiles(NONE_HELD)).facts(place, container.declared, true),
    mounts: later('mountinfo'),
    rootReadOnly: later('mountinfo'),
    maskedPaths: later('mountinfo'),
    readonlyPaths: later('mountinfo'),
    devices: later('root/dev'),
  };
}

/** The host's by its inode, else whose they are by the engine's word; where the two differ nothing is said yet. */
function spacesOf(container: KnownContainer, main: Proc, all: readonly KnownContainer[], host: HostNamespaces): NamespaceRefs {
  const declared = declaredNamespaces(container, all, 'not-asked', main.path);
  return Object.fromEntries(
    NS_KINDS.map((kind) => {
      const inode = main.namespaces[kind];
      const { owner } = declared[kind];
      const isHost = 'value' in inode && inode.value === valueOf(host[kind]);
      if (isHost) return [kind, { inode, owner: known('host', `${inode.source} = ${host[kind].source}`) }];
      return [kind, { inode, owner: valueOf(owner) === 'host' && 'value' in inode ? unknown('not-asked', inode.source) : owner }];
    }),
  ) as NamespaceRefs;
}
