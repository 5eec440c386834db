import type { CgroupFacts, Limit } from '../model/cgroup.js';
import { isKnown, known, mapReading, unknown, valueOf, type Reading } from '../model/reading.js';
import type { Snapshot } from '../model/snapshot.js';
import type { Workload } from '../model/workload.js';
import type { Rate, Rates } from './rates.js';
import { bytes, cores, count, percent, rateOf } from './units.js';

export const RESOURCES = ['memory', 'cpu', 'pids', 'io'] as const;
export type Resource = (typeof RESOURCES)[number];

/** From this share of the limit on, it is near its end. */
export const NEAR = 0.88;
/** PSI some avg10 in percent above which tasks wait for long. */
export const PRESSED = 10;

/** What a cgroup uses of one resource, and what holds it. Bytes, cores, tasks, bytes per second. */
export interface Use {
  readonly resource: Resource;
  readonly use: Reading<number>;
  /** The limit on this very cgroup. */
  readonly own: Reading<Limit>;
  /** The tightest on the way up, within the kernel's cgroups; the host's own size is not among them. */
  readonly effective: Reading<Limit>;
  /** Path of the cgroup that imposes it; `''` for none. */
  readonly by: Reading<string>;
  readonly declared: Reading<Limit>;
  /** PSI some avg10, percent; pids have none. */
  readonly pressure: Reading<number>;
  /** Use by the effective limit, null where either is unread or there is no limit. */
  readonly share: number | null;
}

/** In the words of a resource: `932 MiB`, `0.7`, `118`, `4.1 MiB/s`. */
export function say(resource: Resource, n: number): string {
  return resource === 'memory' ? bytes(n) : resource === 'cpu' ? cores(n) : resource === 'pids' ? count(Math.round(n)) : rateOf(n);
}

/** The same with what it counts: `0.7 cores`, `118 tasks`. */
export function sayWhole(resource: Resource, n: number): string {
  const unit = resource === 'cpu' ? (n === 1 ? ' core' : ' cores') : resource === 'pids' ? (n === 1 ? ' task' : ' tasks') : '';
  return `${say(resource, n)}${unit}`;
}

/** Bytes per second that io.max or the v1 throttle files allow, read and write together; `max` where one of them is free. */
export function ioLimit(lines: readonly string[]): Limit {
  let sum = 0;
  let found = false;
  for (const line of lines) {
    const [r, w] = [/rbps=(\d+)/.exec(line)?.[1], /wbps=(\d+)/.exec(line)?.[1]];
    if (r === undefined || w === undefined) continue;
    sum += Number(r) + Number(w);
    found = true;
  }
  return found ? sum : 'max';
}

const none: Reading<number> = unknown('absent', '');

function share(use: Reading<number>, effective: Reading<Limit>): number | null {
  const [u, l] = [valueOf(use), valueOf(effective)];
  return u === undefined || l === undefined || l === 'max' || l <= 0 ? null : u / l;
}

function sum(a: Reading<number>, b: Reading<number>): Reading<number> {
  return isKnown(a) && isKnown(b) ? known(a.value + b.value, a.source) : isKnown(a) ? b : a;
}

/** Use and limits of one resource of a cgroup. `rate`: for cpu and io, which are counters; without it their use is not asked for yet. */
export function useOf(facts: CgroupFacts, resource: Resource, rate: Rate | undefined): Use {
  const make = (use: Reading<number>, x: Pick<Use, 'own' | 'effective' | 'by' | 'declared'>, pressure: Reading<number>): Use => ({ resource, use, ...x, pressure, share: share(use, x.effective) });
  switch (resource) {
    case 'memory': {
      const m = facts.memory;
      return make(m.usage, { own: m.limit, effective: m.effectiveLimit, by: m.imposedBy, declared: m.declared }, mapReading(m.pressure, (p) => p.some10));
    }
    case 'cpu': {
      const c = facts.cpu;
      const use = rate?.cores ?? (isKnown(c.usageMs) ? unknown('not-asked', c.usageMs.source) : c.usageMs);
      return make(use, { own: c.limit, effective: c.effectiveLimit, by: c.imposedBy, declared: c.declared }, mapReading(c.pressure, (p) => p.some10));
    }
    case 'pids': {
      const p = facts.pids;
      return make(p.usage, { own: p.limit, effective: p.effectiveLimit, by: p.imposedBy, declared: p.declared }, none);
    }
    case 'io': {
      const i = facts.io;
      const limit: Reading<Limit> = mapReading(i.limits, ioLimit);
      const use = rate ? sum(rate.read, rate.written) : isKnown(i.readBytes) ? unknown('not-asked', i.readBytes.source) : i.readBytes;
      return make(use, { own: limit, effective: limit, by: facts.path, declared: unknown('absent', 'engine: HostConfig.BlkioDeviceReadBps') }, mapReading(i.pressure, (p) => p.some10));
    }
  }
}

/** A cgroup by the last part of its path; the container's name where it is one's own. */
export function cgroupName(path: string, s: Snapshot): string {
  if (path === '/' || path === '') return valueOf(s.host.hostname) ?? 'host';
  const of = s.cgroups.find((c) => c.id === path)?.of;
  const own = of ? [...s.containers, ...s.groups].find((w) => w.id === of) : undefined;
  return own?.name ?? path.slice(path.lastIndexOf('/') + 1);
}

/** One resource of one workload for the inspector. */
export interface UseLine extends Use {
  /** `932 MiB of 1 GiB`, `118 tasks, no limit`, `? of 2 cores`. */
  readonly words: string;
  readonly sentence: string;
  readonly near: boolean;
}

/** Use, limit and who imposes it, of all four resources. */
export function uses(w: Workload, s: Snapshot, rates: Rates | null = null): readonly UseLine[] {
  return RESOURCES.map((resource): UseLine => {
    const u = useOf(w.cgroup, resource, rates?.get(w.id));
    const use = valueOf(u.use);
    const effective = valueOf(u.effective);
    const used = use === undefined ? '?' : effective === undefined || effective === 'max' ? sayWhole(resource, use) : say(resource, use);
    const limit = effective === undefined ? ', limit unknown' : effective === 'max' ? ', no limit' : ` of ${sayWhole(resource, effective)}`;
    const own = valueOf(w.cgroup.path);
    const by = valueOf(u.by);
    const ancestor = by !== undefined && by !== '' && by !== own && effective !== undefined && effective !== 'max' ? ` ${cgroupName(by, s)} imposes it.` : '';
    const near = u.share !== null && u.share > NEAR;
    const sentence = u.share === null
      ? effective === 'max' ? `Nothing but the host stops its ${resource}.` : `Its ${resource} use or limit could not be read.`
      : `${near ? 'Near its end: ' : ''}${percent(u.share)} of its ${resource} limit.${ancestor}`;
    return { ...u, words: `${used}${limit}`, sentence, near };
  });
}

/** One step of the way up from a workload's cgroup to the host. */
export interface WayUp {
  readonly path: string;
  readonly name: string;
  readonly limit: Reading<Limit>;
  readonly tightest: boolean;
}

/** The limits on the way up, own first, the host's size last; which of them is the tightest. */
export function wayUp(w: Workload, s: Snapshot, resource: Resource): readonly WayUp[] {
  const nodes = new Map(s.cgroups.map((c) => [c.id, c]));
  const steps: { path: string; name: string; limit: Reading<Limit> }[] = [];
  const own = valueOf(w.cgroup.path);
  steps.push({ path: own ?? '', name: w.name, limit: useOf(w.cgroup, resource, undefined).own });
  const seen = new Set<string>();
  for (let at = own === undefined ? null : (nodes.get(own)?.parent ?? null); at !== null && at !== '/' && !seen.has(at); at = nodes.get(at)?.parent ?? null) {
    seen.add(at);
    const node = nodes.get(at);
    if (node) steps.push({ path: at, name: cgroupName(at, s), limit: useOf(node.facts, resource, undefined).own });
  }
  const host = hostSize(s, resource);
  steps.push({ path: '/', name: valueOf(s.host.hostname) ?? 'host', limit: host });
  const least = Math.min(...steps.map((x) => valueOf(x.limit)).filter((x): x is number => typeof x === 'number'));
  const first = steps.findIndex((x) => valueOf(x.limit) === least);
  return steps.map((x, i) => ({ ...x, tightest: i === first }));
}

/** What the host has: MemTotal, cores. Tasks and io have no size that is read. */
export function hostSize(s: Snapshot, resource: Resource): Reading<Limit> {
  if (resource === 'memory') return s.host.memory;
  if (resource === 'cpu') return s.host.cpus;
  return known('max', resource === 'pids' ? '/proc/sys/kernel/pid_max' : '/proc/diskstats');
}
