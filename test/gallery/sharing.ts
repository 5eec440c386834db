import { isKnown, known, type CgroupFacts, type Snapshot, type Workload } from '../../src/core/model/index.js';
import { castSpec, world, type WorkloadSpec } from '../cast/cast.js';

/** Agents in the host's namespaces, side cars in their neighbours', one that joins two: what a busy host shares. */
export function sharing(size: 40 | 200): Snapshot {
  const spec = castSpec(size);
  const first = spec.workloads.filter((w) => w.on);
  const at = (i: number): string => first[(i * 3) % first.length]!.name;
  const more: WorkloadSpec[] = [
    { name: 'node-exporter', image: 'prom/node-exporter:1.9', join: { net: 'host', pid: 'host' }, caps: ['CAP_SYS_PTRACE'], capAdd: ['SYS_PTRACE'], capDrop: ['ALL'], uses: 22 },
    { name: 'cadvisor', image: 'google/cadvisor', join: { pid: 'host' }, privileged: true, uses: 60 },
    ...Array.from({ length: 6 }, (_, i): WorkloadSpec => ({ name: `falco-${i + 1}`, image: 'falco:1', join: { pid: 'host', uts: 'host' }, uses: 80 })),
    ...Array.from({ length: 8 }, (_, i): WorkloadSpec => ({ name: `side-${i + 1}`, image: 'envoy:1', join: { net: at(i), ...(i % 3 === 0 ? { pid: at(i) } : {}) }, uses: 18 })),
    { name: 'debug', image: 'netshoot', join: { net: at(0), pid: at(1) }, uses: 4 },
  ];
  return world({ ...spec, workloads: [...spec.workloads, ...more] });
}

/** Pods as Kubernetes makes them: a pause container that lends its net and ipc to the others. */
export function pods(): Snapshot {
  const spec = castSpec(3);
  const workloads = Array.from({ length: 13 }, (_, p): WorkloadSpec[] => [
    { name: `pod${p}-pause`, image: 'pause:3', slice: `pod${p}.slice`, uses: 1 },
    { name: `pod${p}-app`, image: `app${p % 4}:1`, join: { net: `pod${p}-pause`, ipc: `pod${p}-pause` }, slice: `pod${p}.slice`, memory: 256, uses: 40 + p * 15 },
    ...(p % 2 === 1 ? [{ name: `pod${p}-proxy`, image: 'envoy:1', join: { net: `pod${p}-pause`, ipc: `pod${p}-pause` }, slice: `pod${p}.slice`, memory: 64, uses: 20 }] : []),
  ]).flat();
  return world({ ...spec, networks: [], talks: [], workloads, slices: Array.from({ length: 13 }, (_, p) => ({ name: `pod${p}.slice`, memory: 320 })) });
}

/** No slices and no limits, as most hosts are: only the host itself stops anybody. */
export function unlimited(): Snapshot {
  const spec = castSpec(14);
  const free = new Set(['memory', 'cpus', 'pids']);
  const workloads = spec.workloads.map((w) => ({ ...Object.fromEntries(Object.entries(w).filter(([k]) => !free.has(k))), name: w.name, slice: 'docker' }) as WorkloadSpec);
  return world({ ...spec, slices: [], workloads });
}

/** The same host two seconds before, so that what it used since is some part of what it may; slices used what their children did. */
export function busy(s: Snapshot): Snapshot {
  const since = new Map<string, number>();
  const all = [...s.containers, ...s.groups];
  all.forEach((w, i) => {
    const { limit } = w.cgroup.cpu;
    const may = isKnown(limit) && limit.value !== 'max' ? limit.value : 0.4;
    since.set(w.id, ((i * 37) % 97) * 20 * may);
  });
  const below = (id: string): number => s.cgroups.filter((c) => c.parent === id).reduce((sum, c) => sum + (c.of === null ? below(c.id) : (since.get(c.of) ?? 0)), 0);
  const before = (facts: CgroupFacts, ms: number): CgroupFacts => {
    const used = isKnown(facts.cpu.usageMs) ? facts.cpu.usageMs.value : 0;
    return { ...facts, cpu: { ...facts.cpu, usageMs: known(Math.max(0, used - ms), '/sys/fs/cgroup/cpu.stat'), throttledMs: known(0, '/sys/fs/cgroup/cpu.stat') } };
  };
  const workload = <T extends Workload>(w: T): T => ({ ...w, cgroup: before(w.cgroup, since.get(w.id) ?? 0) });
  return {
    ...s, containers: s.containers.map(workload), groups: s.groups.map(workload),
    cgroups: s.cgroups.map((c) => ({ ...c, facts: before(c.facts, c.of === null ? below(c.id) * (c.id === '/' ? 1.1 : 1) : (since.get(c.of) ?? 0)) })),
  };
}
