import { known, valueOf } from '../model/reading.js';
import type { CgroupNode } from '../model/cgroup.js';
import type { Snapshot } from '../model/snapshot.js';
import type { Hit, Rule } from './rule.js';
import { plainCgroup, plainContainer, plainFacts } from './example.js';
import { HOST_SUBJECT, living } from './subjects.js';
import { bytes } from '../facts/units.js';
import type { Workload } from '../model/workload.js';

/** Bytes promised below a node: its own limit where that is tighter than what its children were promised; null where nothing limits it. */
function promised(node: CgroupNode | undefined, own: number | 'max' | undefined, children: readonly (number | null)[]): number | null {
  const sum = children.reduce<number>((total, c) => total + (c ?? 0), 0);
  if (typeof own === 'number') return children.length > 0 ? Math.min(own, sum === 0 ? own : sum) : own;
  return node || children.length > 0 ? (children.length > 0 ? sum : null) : null;
}

/** What the host has promised in limits of memory, and to whom it has promised no end. */
export function hostPromise(s: Snapshot): { readonly bytes: number; readonly limitless: readonly Workload[]; readonly counted: number } {
  const all = living(s);
  const paths = new Map<string, Workload>();
  for (const w of all) {
    const path = valueOf(w.cgroup.path);
    if (path !== undefined) paths.set(path, w);
  }
  const nodes = new Map(s.cgroups.map((c) => [c.id, c]));
  const ancestor = (w: Workload): CgroupNode | undefined => {
    // The tightest limited slice above it, below the root.
    let node = nodes.get(valueOf(w.cgroup.path) ?? '');
    let found: CgroupNode | undefined;
    for (let steps = 0; node?.parent != null && steps < 64; steps += 1) {
      node = nodes.get(node.parent);
      if (node && node.parent !== null && typeof valueOf(node.facts.memory.limit) === 'number') found = node;
    }
    return found;
  };
  const bySlice = new Map<CgroupNode | undefined, (number | null)[]>();
  const limitless: Workload[] = [];
  let counted = 0;
  for (const w of all) {
    const own = valueOf(w.cgroup.memory.limit);
    if (own === undefined) continue;
    counted += 1;
    const slice = ancestor(w);
    if (own === 'max' && !slice) limitless.push(w);
    bySlice.set(slice, [...(bySlice.get(slice) ?? []), own === 'max' ? null : own]);
  }
  let total = 0;
  for (const [slice, limits] of bySlice) {
    // Under a limited slice one without a limit of its own may take the slice's.
    const open = slice !== undefined && limits.includes(null);
    const own = slice ? valueOf(slice.facts.memory.limit) : undefined;
    total += open && typeof own === 'number' ? own : promised(slice, own, limits) ?? 0;
  }
  return { bytes: total, limitless, counted };
}

const GIB = 1024 ** 3;
const limited = (n: number, gib: number) => plainContainer({ id: String(n).padEnd(64, '0'), name: `db${n}`, cgroup: { ...plainCgroup, path: known(`/docker/${n}`, '/proc/4200/cgroup'), memory: { ...plainCgroup.memory, limit: known(gib * GIB, `/sys/fs/cgroup/docker/${n}/memory.max`) } } });

export const hostPromiseExceeded: Rule = {
  id: 'BH-LIM-05',
  name: 'host-promise-exceeded',
  family: 'limits',
  severity: 'low',
  title: 'The limits of memory add up to more than the host has.',
  why: 'A limit is a promise: up to here you may go. When all take what they were promised, the kernel ends processes although each was within its limit. Some promise more on purpose; it should be known.',
  remedy: 'Lower the limits to what is needed, or give memory.low to those that must not suffer.',
  references: ['cgroups(7)', 'https://docs.docker.com/engine/containers/resource_constraints/'],
  good: { text: 'two limits of 3 GiB on a host of 8 GiB', facts: () => plainFacts([limited(1, 3), limited(2, 3)]) },
  bad: { text: 'three limits of 3 GiB on a host of 8 GiB', facts: () => plainFacts([limited(1, 3), limited(2, 3), limited(3, 3)]) },
  find: ({ snapshot }): Hit[] => {
    const has = valueOf(snapshot.host.memory);
    if (has === undefined) return [];
    const promise = hostPromise(snapshot);
    if (promise.bytes <= has) return [];
    const also = promise.limitless.length > 0 ? `, and ${promise.limitless.length} more have no limit at all` : '';
    return [{
      title: `The host has promised ${bytes(promise.bytes)} of memory in limits and has ${bytes(has)}${also}.`,
      subjects: [HOST_SUBJECT],
      evidence: [snapshot.host.memory, known(promise.bytes, `memory limits of ${promise.counted} cgroups, added up`)],
      key: 'memory',
    }];
  },
};
