import { same } from '../delta.js';
import type { CgroupFacts } from '../model/cgroup.js';
import type { NetNamespace } from '../model/network.js';
import type { Snapshot } from '../model/snapshot.js';
import type { Workload } from '../model/workload.js';

/** Rights of a process without what only numbers it. */
const rights = (p: Workload['processes'][number]): unknown => ({ ...p, pid: 0, count: 0, comm: '' });

/** The facts of a cgroup with the counters of `before`. */
function still(before: CgroupFacts, after: CgroupFacts): CgroupFacts {
  const { memory: m, cpu: c, pids: p, io } = before;
  return {
    ...after,
    memory: { ...after.memory, usage: m.usage, pressure: m.pressure },
    cpu: { ...after.cpu, usageMs: c.usageMs, throttledPeriods: c.throttledPeriods, throttledMs: c.throttledMs, pressure: c.pressure },
    pids: { ...after.pids, usage: p.usage },
    io: { ...after.io, readBytes: io.readBytes, writtenBytes: io.writtenBytes, pressure: io.pressure },
  };
}

function stillWorkload<W extends Workload>(before: W | undefined, after: W): W {
  if (before === undefined || before === after) return after;
  const alike = before.processes.length === after.processes.length && before.processes.every((p, i) => same(rights(p), rights(after.processes[i] as typeof p)));
  return {
    ...after,
    cgroup: still(before.cgroup, after.cgroup),
    ...(alike && before.pid === after.pid ? { processes: before.processes, process: before.process } : {}),
    processCount: before.processCount,
  };
}

function stillNet(before: NetNamespace | undefined, after: NetNamespace): NetNamespace {
  return before === undefined ? after : { ...after, neighbours: before.neighbours, neighbours6: before.neighbours6, fdb: before.fdb };
}

/** What is kept as it was: `use` (counters, pressure, numbers of processes), `tables` (neighbour and forwarding entries). */
export interface Calmed {
  readonly use: boolean;
  readonly tables: boolean;
}

/** The next snapshot with what only flickers as it was before: what is left differs in something that means something. */
export function calm(before: Snapshot, after: Snapshot, what: Calmed): Snapshot {
  const used = what.use ? calmUse(before, after) : after;
  if (!what.tables) return used;
  const nets = new Map(before.nets.map((n) => [n.key, n]));
  return { ...used, nets: used.nets.map((n) => stillNet(nets.get(n.key), n)) };
}

function calmUse(before: Snapshot, after: Snapshot): Snapshot {
  const by = <T, K extends keyof T>(list: readonly T[], key: K): Map<T[K], T> => new Map(list.map((x) => [x[key], x]));
  const containers = by(before.containers, 'id');
  const groups = by(before.groups, 'id');
  const cgroups = by(before.cgroups, 'id');
  const namespaces = by(before.namespaces, 'inode');
  return {
    ...after,
    containers: after.containers.map((c) => stillWorkload(containers.get(c.id), c)),
    groups: after.groups.map((g) => stillWorkload(groups.get(g.id), g)),
    cgroups: after.cgroups.map((c) => {
      const old = cgroups.get(c.id);
      return old === undefined ? c : { ...c, processCount: old.processCount, facts: still(old.facts, c.facts) };
    }),
    namespaces: after.namespaces.map((n) => {
      const old = namespaces.get(n.inode);
      return old === undefined ? n : { ...n, processCount: old.processCount };
    }),
    connections: before.connections,
  };
}
