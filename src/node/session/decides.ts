import type { CgroupFacts, Snapshot } from '../../core/model/index.js';
import { same } from '../../core/delta.js';

/** What a snapshot came from; `use` and `tables` are polls, `check` a reading in depth. */
export type Cause = 'whole' | 'events' | 'check' | 'use' | 'tables';

/** Entries of neighbour tables that no frame can change; the rest come and go without a verdict's changing. */
const fixed = (s: Snapshot): string =>
  s.nets.map((n) => `${n.key} ${'value' in n.neighbours ? n.neighbours.value.filter((e) => e.state === 'PERMANENT' || e.state === 'NOARP').map((e) => `${e.ip} ${e.mac} ${e.dev}`).join() : n.neighbours.unknown}`).join('\n');

const LISTS = ['segments', 'interfaces', 'nets'] as const;

/** What a cgroup enforces, without what is used of it. */
const holds = ({ path, memory, cpu, pids, io }: CgroupFacts): unknown => [
  path, memory.limit, memory.effectiveLimit, memory.imposedBy, memory.declared, memory.high, memory.low, memory.swapLimit,
  cpu.limit, cpu.effectiveLimit, cpu.imposedBy, cpu.declared, cpu.weight, cpu.cpuset, pids.limit, pids.effectiveLimit, pids.imposedBy, pids.declared, io.limits,
];

/** Whether entries differ in nothing but use, and how many processes there are: no rule counts them. */
const stays = <T extends object>(before: readonly T[], after: readonly T[], cgroupOf?: keyof T): boolean =>
  before === after ||
  (before.length === after.length &&
    after.every((one, i) => {
      const was = before[i];
      if (was === one) return true;
      if (was === undefined) return false;
      for (const key of Object.keys(one) as (keyof T)[]) {
        if (key === 'processCount') continue;
        if (key === cgroupOf ? !same(holds(was[key] as CgroupFacts), holds(one[key] as CgroupFacts)) : was[key] !== one[key] && !same(was[key], one[key])) return false;
      }
      return true;
    }));

/** Whether two snapshots differ in nothing but what is used. */
function onlyUse(before: Snapshot, after: Snapshot): boolean {
  return (
    LISTS.every((list) => before[list] === after[list] || same(before[list], after[list])) &&
    same(before.host, after.host) && same(before.connections, after.connections) && same(before.notes, after.notes) &&
    stays(before.namespaces, after.namespaces) && stays(before.containers, after.containers, 'cgroup') && stays(before.groups, after.groups, 'cgroup') && stays(before.cgroups, after.cgroups, 'facts')
  );
}

/**
 * Whether a reading is to be judged: polls of use change nothing that decides, those of tables rarely, a reading in depth
 * of a quiet host nothing either, and what was read quickly after events is followed by a reading in depth.
 */
export function decides(cause: Cause, before: Snapshot, after: Snapshot): boolean {
  switch (cause) {
    case 'whole': return true;
    case 'check': return !onlyUse(before, after);
    case 'tables': return fixed(before) !== fixed(after);
    default: return false;
  }
}

/** When a host's snapshots are judged: what events told quickly is owed a judgement with the next reading in depth. */
export class Judging {
  #owed = false;

  due(cause: Cause, before: Snapshot | null, after: Snapshot): boolean {
    const due = before === null || decides(cause, before, after) || (cause === 'check' && this.#owed);
    this.#owed = !due && (this.#owed || cause === 'events');
    return due;
  }
}
