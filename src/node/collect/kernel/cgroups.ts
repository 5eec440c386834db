import { known, unknown, type CgroupFacts, type Declared, type Limit, type Pressure, type Reading } from '../../../core/model/index.js';
import { parseCount, parseCpuset, parseIoMax, parseLimit, parseThrottle } from '../../../core/parse/cgroupfs.js';
import type { CgroupFiles, LimitFile, Place, PlaceFiles } from './cgroup-files.js';
import { read } from './files.js';
import type { Hierarchies } from './hierarchies.js';

/** One read of the cgroup files, each of them once, however many children ask for their ancestors' limits. */
export class CgroupReader {
  private readonly pass: number;
  constructor(
    private readonly hierarchies: Hierarchies,
    private readonly files: CgroupFiles,
  ) {
    this.pass = files.nextPass();
  }

  /** All of a cgroup. `brief`: what holds and what is used; pressure, traffic of disks and what is rarely set stay `not-asked`. */
  facts(place: Place, declared: Declared | undefined, brief = false): CgroupFacts {
    const files = this.files.of(place, this.hierarchies);
    files.limitsAt = this.pass;
    const memory = this.chain(files.memory, 'memory');
    const use = this.use(files);
    const pressure = brief ? LATER.pressure : this.pressure(files);
    const settled = brief ? LATER : settledOf(files, memory.limit);
    return {
      path: known(place.path, place.source),
      memory: { ...memory, declared: told(declared?.memory, 'engine: HostConfig.Memory'), ...use.memory, ...settled.memory, pressure: pressure.memory },
      cpu: { ...this.chain(files.cpu, 'cpu'), declared: told(declared?.cpus, 'engine: HostConfig.NanoCpus'), ...use.cpu, ...settled.cpu, pressure: pressure.cpu },
      pids: { ...this.chain(files.pids, 'pids'), declared: told(declared?.pidsLimit, 'engine: HostConfig.PidsLimit'), ...use.pids },
      io: { limits: settled.io.limits, ...(brief ? LATER.bytes : this.bytes(files)), pressure: pressure.io },
    };
  }

  /**
   * Some of a cgroup read again, the rest taken from `before`; the same object comes back where nothing differs.
   * `limits`: what the kernel enforces. `use`: what is used. `pressure`: that and what was read and written.
   */
  again(before: CgroupFacts, place: Place, what: { readonly limits: boolean; readonly use: boolean; readonly pressure: boolean }): CgroupFacts {
    const files = this.files.of(place, this.hierarchies);
    if (what.use && !what.limits && !what.pressure && this.rests(files, before)) return before;
    const limits = what.limits && !this.sameLimits(files);
    if (!limits && !what.use && !what.pressure) return before;
    if (limits) files.limitsAt = this.pass;
    const use = what.use ? this.used(files, before) : undefined;
    // Where there was no such file, one is looked for with the limits, not with each poll: an error costs more than a reading.
    const none = !what.limits && 'unknown' in before.cpu.pressure && before.cpu.pressure.unknown === 'absent';
    const pressure = !what.pressure ? undefined : none ? { memory: before.memory.pressure, cpu: before.cpu.pressure, io: before.io.pressure } : this.pressure(files);
    return sameFacts(before, {
      path: before.path,
      memory: { ...before.memory, ...(limits ? this.chain(files.memory, 'memory') : {}), ...use?.memory, ...(pressure && { pressure: pressure.memory }) },
      cpu: { ...before.cpu, ...(limits ? this.chain(files.cpu, 'cpu') : {}), ...use?.cpu, ...(pressure && { pressure: pressure.cpu }) },
      pids: { ...before.pids, ...(limits ? this.chain(files.pids, 'pids') : {}), ...use?.pids },
      io: { ...before.io, ...(pressure && { ...this.bytes(files), pressure: pressure.io }) },
    });
  }

  /** Whether each file on the way to the root says what it said when its limits were told last. */
  private sameLimits(files: PlaceFiles): boolean {
    return this.stands(files.memory, files.limitsAt) && this.stands(files.cpu, files.limitsAt) && this.stands(files.pids, files.limitsAt);
  }

  private stands(way: readonly LimitFile[], since: number): boolean {
    for (const { limit, period } of way) {
      const read = limit.read(this.pass);
      if (limit.movedAt > since) return false;
      if (period === undefined || !('value' in read) || read.value === 'max') continue;
      period.read(this.pass);
      if (period.movedAt > since) return false;
    }
    return true;
  }

  /** Its own limit, the tightest on the way to the root, and who imposes that. */
  private chain(way: readonly LimitFile[], controller: string): Chain {
    let effective: Reading<Limit> | undefined;
    let imposedBy = '';
    let obscured: Reading<Limit> | undefined;
    let own: Reading<Limit> = unknown('absent', controller);
    for (const { path, limit, period } of way) {
      own = limit.read(this.pass);
      if ('value' in own && own.value !== 'max' && period !== undefined) own = inCores(own, period.read(this.pass));
      if ('unknown' in own) {
        // The root of v2 has no such file, nor has a cgroup whose parent did not hand the controller down.
        if (own.unknown !== 'absent') obscured = own;
        continue;
      }
      const before = effective !== undefined && 'value' in effective ? effective.value : 'max';
      if (own.value !== 'max' && (before === 'max' || own.value <= before)) {
        effective = own;
        imposedBy = path;
      } else effective ??= own;
    }
    // An ancestor that could not be read might be tighter than all that could.
    const tightest = obscured ?? effective ?? own;
    return {
      limit: own,
      effectiveLimit: tightest,
      imposedBy: 'unknown' in tightest ? tightest : imposedBy === '' ? unknown('absent', tightest.source) : known(imposedBy, tightest.source),
    };
  }

  /**
   * Whether nothing has run in a cgroup or below it since this was asked last: cpu is charged to all above as well
   * (cgroups(7)). It is to be asked before those below are read, so that what runs meanwhile is seen the next time.
   */
  sleepsBelow(path: string): boolean {
    const files = this.files.of({ path, source: '', elsewhere: undefined }, this.hierarchies);
    const cpu = (files.cpuUsage ?? files.cpuStat)?.read(this.pass);
    const asleep = cpu !== undefined && 'value' in cpu && files.lastBelow === cpu;
    files.lastBelow = cpu;
    return asleep;
  }

  /** Whether nothing has run in a cgroup since this was asked last; to be asked before its processes are read. */
  sleeps(place: Place): boolean {
    const files = this.files.of(place, this.hierarchies);
    const cpu = (files.cpuUsage ?? files.cpuStat)?.read(this.pass);
    const asleep = cpu !== undefined && 'value' in cpu && files.lastCheck === cpu;
    files.lastCheck = cpu;
    return asleep;
  }

  /** Whether the memory of all that lies below a cgroup may be another than when this was asked last, memory.usage_in_bytes or memory.current. */
  memoryMovedBelow(path: string): boolean {
    const files = this.files.of({ path, source: '', elsewhere: undefined }, this.hierarchies);
    const memory = files.memoryUsage?.read(this.pass);
    // Nothing at all: where v1 does not count those below (memory.use_hierarchy), this tells nothing of them.
    const same = memory !== undefined && 'value' in memory && memory.value > 0 && files.lastMemoryBelow === memory;
    files.lastMemoryBelow = memory;
    return !same;
  }

  /** Whether a task below a cgroup may have waited for anything since this was asked last; not where the kernel tells no pressure. */
  waitedBelow(path: string): boolean {
    const files = this.files.of({ path, source: '', elsewhere: undefined }, this.hierarchies);
    const now = files.waits?.map((file) => file.read(this.pass)) ?? [];
    const before = files.lastWaits;
    files.lastWaits = now;
    return !now.every((one, i) => {
      const last = before[i];
      return 'value' in one ? last !== undefined && sameReading(last, one) : one.unknown === 'absent';
    });
  }

  /** Reads what tells whether anything moved, for who asks later in this pass. */
  look(place: Place): void {
    const files = this.files.of(place, this.hierarchies);
    (files.cpuUsage ?? files.cpuStat)?.read(this.pass);
    files.memoryUsage?.read(this.pass);
  }

  /** Whether nothing in it has run and its memory is what it was: most of a quiet host. */
  private rests(files: PlaceFiles, before: CgroupFacts): boolean {
    const cpu = (files.cpuUsage ?? files.cpuStat)?.read(this.pass);
    return cpu !== undefined && files.lastCpu === cpu && 'value' in cpu && files.memoryUsage?.read(this.pass) === before.memory.usage;
  }

  /** Where nothing in it has run, only its memory can have changed (the kernel takes some back). */
  private used(files: PlaceFiles, before: CgroupFacts): Use {
    const cpu = (files.cpuUsage ?? files.cpuStat)?.read(this.pass);
    if (cpu === undefined || 'unknown' in cpu || files.lastCpu !== cpu) return this.use(files);
    const { usageMs, throttledPeriods, throttledMs } = before.cpu;
    return {
      memory: { usage: files.memoryUsage?.read(this.pass) ?? before.memory.usage, oomKills: before.memory.oomKills },
      cpu: { usageMs, throttledPeriods, throttledMs },
      pids: { usage: before.pids.usage },
    };
  }

  private use(files: PlaceFiles): Use {
    const { pass } = this;
    const stat = files.cpuStat?.read(pass) ?? unknown('absent', 'cpu.stat');
    const events = files.memoryEvents?.read(pass) ?? unknown('absent', 'memory.events');
    const v1 = files.at.get('cpu')?.v2 === false;
    files.lastCpu = (files.cpuUsage ?? files.cpuStat)?.read(pass);
    return {
      memory: { usage: files.memoryUsage?.read(pass) ?? unknown('absent', 'memory.current'), oomKills: keyed(events, 'oom_kill') },
      cpu: {
        usageMs: files.cpuUsage === undefined ? scaled(keyed(stat, 'usage_usec'), 1e-3) : scaled(files.cpuUsage.read(pass), 1e-6),
        throttledPeriods: keyed(stat, 'nr_throttled'),
        throttledMs: v1 ? scaled(keyed(stat, 'throttled_time'), 1e-6) : scaled(keyed(stat, 'throttled_usec'), 1e-3),
      },
      pids: { usage: files.pidsUsage?.read(pass) ?? unknown('absent', 'pids.current') },
    };
  }

  private pressure(files: PlaceFiles): Readonly<Record<'memory' | 'cpu' | 'io', Reading<Pressure>>> {
    const of = (name: 'memory' | 'cpu' | 'io') => files.pressure?.[name].read(this.pass) ?? unknown('absent', `${name}.pressure`);
    return { memory: of('memory'), cpu: of('cpu'), io: of('io') };
  }

  private bytes(files: PlaceFiles): Pick<CgroupFacts['io'], 'readBytes' | 'writtenBytes'> {
    const bytes = files.ioBytes?.read(this.pass) ?? unknown('absent', 'io.stat');
    if (!('value' in bytes)) return { readBytes: bytes, writtenBytes: bytes };
    return { readBytes: known(bytes.value.read, bytes.source), writtenBytes: known(bytes.value.written, bytes.source) };
  }
}

interface Settled {
  readonly memory: Pick<CgroupFacts['memory'], 'high' | 'low' | 'swapLimit'>;
  readonly cpu: Pick<CgroupFacts['cpu'], 'weight' | 'cpuset'>;
  readonly io: Pick<CgroupFacts['io'], 'limits'>;
}

const later = (file: string) => unknown('not-asked', file);

/** What a brief read leaves for the one that follows it. */
const LATER = {
  memory: { high: later('memory.high'), low: later('memory.low'), swapLimit: later('memory.swap.max') },
  cpu: { weight: later('cpu.weight'), cpuset: later('cpuset.cpus') },
  io: { limits: later('io.max') },
  bytes: { readBytes: later('io.stat'), writtenBytes: later('io.stat') },
  pressure: { memory: later('memory.pressure'), cpu: later('cpu.pressure'), io: later('io.pressure') },
} as const;

interface Chain {
  readonly limit: Reading<Limit>;
  readonly effectiveLimit: Reading<Limit>;
  readonly imposedBy: Reading<string>;
}

interface Use {
  readonly memory: Pick<CgroupFacts['memory'], 'usage' | 'oomKills'>;
  readonly cpu: Pick<CgroupFacts['cpu'], 'usageMs' | 'throttledPeriods' | 'throttledMs'>;
  readonly pids: Pick<CgroupFacts['pids'], 'usage'>;
}

function sameReading(a: Reading<unknown>, b: Reading<unknown>): boolean {
  if (a === b) return true;
  if (a.source !== b.source) return false;
  return 'value' in a ? 'value' in b && a.value === b.value : 'unknown' in b && a.unknown === b.unknown;
}

function samePart<T extends Readonly<Record<string, Reading<unknown>>>>(before: T, now: T): T {
  for (const key in now) {
    const a = before[key];
    const b = now[key];
    if (a === undefined || b === undefined || !sameReading(a, b)) return now;
  }
  return before;
}

/** The earlier object where all of it says the same, so that later comparisons end early. */
function sameFacts(before: CgroupFacts, now: CgroupFacts): CgroupFacts {
  const memory = samePart(before.memory, now.memory);
  const cpu = samePart(before.cpu, now.cpu);
  const pids = samePart(before.pids, now.pids);
  const io = samePart(before.io, now.io);
  const same = memory === before.memory && cpu === before.cpu && pids === before.pids && io === before.io;
  return same ? before : { path: before.path, memory, cpu, pids, io };
}

function inCores(quota: Reading<Limit>, period: Reading<number>): Reading<Limit> {
  if (!('value' in period)) return period;
  if (!('value' in quota) || quota.value === 'max') return quota;
  return period.value > 0 ? known(quota.value / period.value, quota.source) : unknown('unsupported', quota.source);
}

function told(value: Limit | undefined, source: string): Reading<Limit> {
  return value === undefined ? unknown('absent', source) : known(value, source);
}

function keyed(values: Reading<ReadonlyMap<string, number>>, key: string): Reading<number> {
  if (!('value' in values)) return values;
  const value = values.value.get(key);
  return value === undefined ? unknown('absent', values.source) : known(value, values.source);
}

function scaled(value: Reading<number>, by: number): Reading<number> {
  return 'value' in value ? known(Math.round(value.value * by * 1000) / 1000, value.source) : value;
}

/** What is set once; these files are not held open. */
function settledOf(files: PlaceFiles, limit: Reading<Limit>): Settled {
  const memory = files.at.get('memory');
  const cpu = files.at.get('cpu');
  const cpuset = files.at.get('cpuset');
  const io = files.at.get('blkio');
  const v2Only = (name: string) =>
    memory === undefined ? unknown('absent', name) : memory.v2 ? read(`${memory.dir}/${name}`, parseLimit) : unknown('absent', `${memory.dir}/${name}`);
  const low = v2Only('memory.low');
  return {
    memory: {
      high: v2Only('memory.high'),
      low: 'value' in low ? (low.value === 'max' ? unknown('unsupported', low.source) : known(low.value, low.source)) : low,
      swapLimit: memory === undefined ? unknown('absent', 'memory.swap.max') : readSwap(memory.v2, memory.dir, limit),
    },
    cpu: {
      weight: cpu === undefined ? unknown('absent', 'cpu.weight') : read(`${cpu.dir}/${cpu.v2 ? 'cpu.weight' : 'cpu.shares'}`, parseCount),
      cpuset: cpuset === undefined ? unknown('absent', 'cpuset.cpus') : read(`${cpuset.dir}/${cpuset.v2 ? 'cpuset.cpus.effective' : 'cpuset.effective_cpus'}`, parseCpuset),
    },
    io: { limits: io === undefined ? unknown('absent', 'io.max') : readIoLimits(io.v2, io.dir) },
  };
}

/** v2 limits swap alone; v1 limits memory and swap together, so swap is what lies above the memory limit. */
function readSwap(v2: boolean, dir: string, memory: Reading<Limit>): Reading<Limit> {
  if (v2) return read(`${dir}/memory.swap.max`, parseLimit);
  const both = read(`${dir}/memory.memsw.limit_in_bytes`, parseLimit);
  if (!('value' in both) || both.value === 'max') return both;
  if (!('value' in memory)) return memory;
  return memory.value === 'max' ? unknown('unsupported', both.source) : known(Math.max(0, both.value - memory.value), both.source);
}

const THROTTLES = [
  ['blkio.throttle.read_bps_device', 'rbps'],
  ['blkio.throttle.write_bps_device', 'wbps'],
  ['blkio.throttle.read_iops_device', 'riops'],
  ['blkio.throttle.write_iops_device', 'wiops'],
] as const;

function readIoLimits(v2: boolean, dir: string): CgroupFacts['io']['limits'] {
  if (v2) return read(`${dir}/io.max`, parseIoMax);
  const all: string[] = [];
  for (const [file, name] of THROTTLES) {
    const one = read(`${dir}/${file}`, (text, path) => parseThrottle(text, name, path));
    if (!('value' in one)) return one;
    all.push(...one.value);
  }
  return known(all, `${dir}/blkio.throttle.read_bps_device`);
}
