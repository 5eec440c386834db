import type { CgroupFacts } from '../model/cgroup.js';
import { isKnown, known, unknown, type Reading } from '../model/reading.js';
import { workloads, type Snapshot } from '../model/snapshot.js';

/** Use per second of one workload between two snapshots. An instant has no rates. */
export interface Rate {
  /** Cores in use (1.5 = one and a half). */
  readonly cores: Reading<number>;
  /** Share of the time in which its tasks were held back by the cpu limit, 0 to 1 of one core's time. */
  readonly throttled: Reading<number>;
  /** Bytes per second. */
  readonly read: Reading<number>;
  readonly written: Reading<number>;
  /** Pressure of memory (PSI some avg10, percent) of the latest snapshots, oldest first; empty where the kernel does not tell. */
  readonly pressure: readonly number[];
}

/** By workload id, and by path of a cgroup for the nodes of the tree. */
export type Rates = ReadonlyMap<string, Rate>;

const KEPT = 60;

/** The difference of two counters over a time. A counter that fell is another cgroup of the same name: unknown. */
function perSecond(before: Reading<number>, after: Reading<number>, seconds: number, unit = 1): Reading<number> {
  if (!isKnown(after)) return after;
  if (!isKnown(before)) return before;
  if (seconds <= 0 || after.value < before.value) return unknown('not-asked', after.source);
  return known((after.value - before.value) / unit / seconds, after.source);
}

function rate(before: CgroupFacts, after: CgroupFacts, seconds: number, trail: readonly number[]): Rate {
  const psi = after.memory.pressure;
  return {
    cores: perSecond(before.cpu.usageMs, after.cpu.usageMs, seconds, 1000),
    throttled: perSecond(before.cpu.throttledMs, after.cpu.throttledMs, seconds, 1000),
    read: perSecond(before.io.readBytes, after.io.readBytes, seconds),
    written: perSecond(before.io.writtenBytes, after.io.writtenBytes, seconds),
    pressure: isKnown(psi) ? [...trail.slice(1 - KEPT), psi.value.some10] : [],
  };
}

/**
 * Rates of every workload and cgroup that is in both snapshots, `earlier` the rates that were told before (their trails go on).
 * Two snapshots of the same instant, or in the wrong order, give unknown rates.
 */
export function rates(previous: Snapshot, next: Snapshot, earlier: Rates | null = null): Rates {
  const seconds = (Date.parse(next.takenAt) - Date.parse(previous.takenAt)) / 1000;
  const out = new Map<string, Rate>();
  const put = (id: string, before: CgroupFacts | undefined, after: CgroupFacts): void => {
    if (before) out.set(id, rate(before, after, seconds, earlier?.get(id)?.pressure ?? []));
  };
  const nodes = new Map(previous.cgroups.map((c) => [c.id, c.facts]));
  for (const node of next.cgroups) put(node.id, nodes.get(node.id), node.facts);
  const own = new Map(workloads(previous).map((w) => [w.id, w.cgroup]));
  for (const w of workloads(next)) put(w.id, own.get(w.id), w.cgroup);
  return out;
}
