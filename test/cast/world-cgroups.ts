import { known, unknown, type CgroupFacts, type CgroupNode, type Limit } from '../../src/core/model/index.js';
import { MIB, aCgroup } from './small.js';
import type { HostSpec, WorkloadSpec } from './spec.js';
import type { Placed } from './world.js';

/** The cgroup of a workload, as systemd's driver names it. */
export function scopePath(p: Placed): string {
  const slice = p.spec.slice ?? 'system.slice';
  return p.spec.runtime ? `/${slice}/${p.spec.name}.service` : `/${slice}/docker-${p.id}.scope`;
}

type Way = readonly { readonly path: string; readonly memory: Limit; readonly cpus: Limit; readonly pids: Limit }[];

function tightest(way: Way, of: 'memory' | 'cpus' | 'pids'): { readonly limit: Limit; readonly by: string } {
  let best: { limit: Limit; by: string } = { limit: 'max', by: way.at(-1)!.path };
  for (const step of [...way].reverse()) {
    const limit = step[of];
    if (limit !== 'max' && (best.limit === 'max' || limit < best.limit)) best = { limit, by: step.path };
  }
  return best;
}

function facts(way: Way, uses: { readonly memory: number; readonly cpuMs: number; readonly tasks: number }, w: WorkloadSpec | null): CgroupFacts {
  const own = way.at(-1)!;
  const base = aCgroup(own.path);
  const file = (name: string) => `/sys/fs/cgroup${own.path === '/' ? '' : own.path}/${name}`;
  const [memory, cpus, pids] = [tightest(way, 'memory'), tightest(way, 'cpus'), tightest(way, 'pids')];
  const [some10, full10] = w?.pressure ?? [0, 0];
  const told = (l: Limit, field: string) => (w && !w.runtime ? known(l, `engine: HostConfig.${field}`) : unknown('absent', `engine: HostConfig.${field}`));
  return {
    ...base,
    memory: {
      ...base.memory,
      limit: known(own.memory, file('memory.max')),
      declared: told(own.memory, 'Memory'),
      effectiveLimit: known(memory.limit, `/sys/fs/cgroup${memory.by}/memory.max`),
      imposedBy: known(memory.by, `/sys/fs/cgroup${memory.by}/memory.max`),
      usage: known(uses.memory, file('memory.current')),
      oomKills: known(w?.oomKills ?? 0, file('memory.events')),
      pressure: known({ some10, some60: some10 / 2, some300: some10 / 4, full10 }, file('memory.pressure')),
    },
    cpu: {
      ...base.cpu,
      limit: known(own.cpus, file('cpu.max')),
      declared: told(own.cpus, 'NanoCpus'),
      effectiveLimit: known(cpus.limit, `/sys/fs/cgroup${cpus.by}/cpu.max`),
      imposedBy: known(cpus.by, `/sys/fs/cgroup${cpus.by}/cpu.max`),
      usageMs: known(uses.cpuMs, file('cpu.stat')),
      throttledPeriods: known(w?.throttled ?? 0, file('cpu.stat')),
      throttledMs: known((w?.throttled ?? 0) * 40, file('cpu.stat')),
    },
    pids: {
      limit: known(own.pids, file('pids.max')),
      declared: told(own.pids, 'PidsLimit'),
      effectiveLimit: known(pids.limit, `/sys/fs/cgroup${pids.by}/pids.max`),
      imposedBy: known(pids.by, `/sys/fs/cgroup${pids.by}/pids.max`),
      usage: known(uses.tasks, file('pids.current')),
    },
  };
}

/** The tree: root, slices, scopes; each knows the tightest limit above it. */
export function cgroupsOf(host: HostSpec, placed: readonly Placed[]): CgroupNode[] {
  const root = { path: '/', memory: 'max', cpus: 'max', pids: 'max' } as const;
  const sliceNames = [...new Set([...host.slices.map((s) => s.name), ...placed.map((p) => p.spec.slice ?? 'system.slice')])];
  const uses = (ps: readonly Placed[]) => {
    const running = ps.filter((p) => p.pid !== null);
    return {
      memory: running.reduce((sum, p) => sum + (p.spec.uses ?? 40) * MIB, 0),
      cpuMs: running.reduce((sum, p) => sum + (p.spec.cpuMs ?? 90_000), 0),
      tasks: running.reduce((sum, p) => sum + (p.spec.tasks ?? 4), 0),
    };
  };
  const all = uses(placed);
  const nodes: CgroupNode[] = [
    { id: '/', parent: null, of: null, processCount: 312, facts: facts([root], { memory: all.memory + 1200 * MIB, cpuMs: all.cpuMs * 2, tasks: all.tasks + 280 }, null) },
  ];
  for (const name of sliceNames) {
    const spec = host.slices.find((s) => s.name === name);
    const slice = { path: `/${name}`, memory: spec?.memory === undefined ? ('max' as const) : spec.memory * MIB, cpus: 'max' as const, pids: 'max' as const };
    const members = placed.filter((p) => (p.spec.slice ?? 'system.slice') === name);
    const extra = name === 'system.slice' ? 700 * MIB : 0;
    const sum = uses(members);
    nodes.push({ id: slice.path, parent: '/', of: null, processCount: 0, facts: facts([root, slice], { ...sum, memory: sum.memory + extra }, null) });
    for (const p of members) {
      const own = {
        path: scopePath(p),
        memory: p.spec.memory === undefined ? ('max' as const) : p.spec.memory * MIB,
        cpus: p.spec.cpus ?? ('max' as const),
        pids: p.spec.pids ?? ('max' as const),
      };
      nodes.push({ id: own.path, parent: slice.path, of: p.id, processCount: p.pid === null ? 0 : (p.spec.tasks ?? 4), facts: facts([root, slice, own], uses([p]), p.spec) });
    }
  }
  return nodes;
}
