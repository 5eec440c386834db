import { known, unknown, type CgroupFacts, type Declared, type Limit, type Pressure, type Reading } from '../../../core/model/index.js';
import { lineage } from '../../../core/parse/cgroup.js';
import {
  parseCfsQuota, parseCount, parseCpuMax, parseCpuset, parseIoBytes, parseIoMax, parseKeyed, parseLimit, parsePressure, parseThrottle,
} from '../../../core/parse/cgroupfs.js';
import { read, readText } from './files.js';
import { folder, type Controller, type Hierarchies } from './hierarchies.js';

/** The path of one cgroup in each hierarchy: the same everywhere, unless a v1 process was put elsewhere by somebody. */
export interface Place {
  readonly path: string;
  readonly source: string;
  readonly elsewhere: ReadonlyMap<string, string> | undefined;
}

/** One read of the cgroup files. Limits of ancestors are read once, however many children ask. */
export class CgroupReader {
  private readonly limits = new Map<string, Reading<Limit>>();
  constructor(private readonly hierarchies: Hierarchies) {}

  /** Whether a controller is on v2, and the folder of the place there. */
  private at(place: Place, controller: Controller): { readonly v2: boolean; readonly dir: string; readonly path: string } | undefined {
    const v1 = this.hierarchies.v1.get(controller);
    const v2 = v1 === undefined;
    const hierarchy = v1 ?? (this.hierarchies.inUnified.has(controller) ? this.hierarchies.unified : undefined);
    const path = place.elsewhere?.get(v2 ? '' : controller) ?? place.path;
    const dir = hierarchy === undefined ? undefined : folder(hierarchy, path);
    return dir === undefined ? undefined : { v2, dir, path };
  }

  private limit(v2: boolean, controller: Controller, dir: string): Reading<Limit> {
    const key = `${controller} ${dir}`;
    let value = this.limits.get(key);
    if (value === undefined) {
      value = readLimit(v2, controller, dir);
      this.limits.set(key, value);
    }
    return value;
  }

  /** Its own limit, the tightest on the way to the root, and who imposes that. */
  private chain(place: Place, controller: 'memory' | 'cpu' | 'pids'): Chain {
    const at = this.at(place, controller);
    if (at === undefined) return none(controller);
    const hierarchy = this.hierarchies.v1.get(controller) ?? this.hierarchies.unified;
    let effective: Reading<Limit> | undefined;
    let imposedBy = '';
    let obscured: Reading<Limit> | undefined;
    let own: Reading<Limit> = unknown('absent', at.dir);
    for (const path of lineage(at.path)) {
      const dir = hierarchy === undefined ? undefined : folder(hierarchy, path);
      if (dir === undefined) continue;
      own = this.limit(at.v2, controller, dir);
      if ('unknown' in own) {
        // The root of v2 has no such file, nor has a cgroup whose parent did not hand the controller down.
        if (own.unknown !== 'absent') obscured = own;
        continue;
      }
      if (effective === undefined || !('value' in effective) || own.value !== 'max') {
        const before = effective !== undefined && 'value' in effective ? effective.value : 'max';
        if (own.value !== 'max' && (before === 'max' || own.value <= before)) {
          effective = own;
          imposedBy = path;
        } else effective ??= own;
      }
    }
    // An ancestor that could not be read might be tighter than all that could.
    const tightest = obscured ?? effective ?? unknown('absent', own.source);
    return {
      limit: own,
      effectiveLimit: tightest,
      imposedBy: 'unknown' in tightest ? tightest : imposedBy === '' ? unknown('absent', tightest.source) : known(imposedBy, tightest.source),
    };
  }

  /** All of a cgroup. */
  facts(place: Place, declared: Declared | undefined): CgroupFacts {
    const moving = this.moving(place);
    const memory = this.at(place, 'memory');
    const memoryChain = this.chain(place, 'memory');
    const cpu = this.at(place, 'cpu');
    const cpuset = this.at(place, 'cpuset');
    const io = this.at(place, 'blkio');
    const v2Only = (name: string) =>
      memory === undefined ? unknown('absent', 'memory') : memory.v2 ? read(`${memory.dir}/${name}`, parseLimit) : unknown('absent', `${memory.dir}/${name}`);
    const low = v2Only('memory.low');
    return {
      path: known(place.path, place.source),
      memory: {
        ...memoryChain,
        declared: told(declared?.memory, 'engine: HostConfig.Memory'),
        ...moving.memory,
        high: v2Only('memory.high'),
        low: 'value' in low ? (low.value === 'max' ? unknown('unsupported', low.source) : known(low.value, low.source)) : low,
        swapLimit: memory === undefined ? unknown('absent', 'memory') : readSwap(memory.v2, memory.dir, memoryChain.limit),
      },
      cpu: {
        ...this.chain(place, 'cpu'),
        declared: told(declared?.cpus, 'engine: HostConfig.NanoCpus'),
        ...moving.cpu,
        weight: cpu === undefined ? unknown('absent', 'cpu') : read(`${cpu.dir}/${cpu.v2 ? 'cpu.weight' : 'cpu.shares'}`, parseCount),
        cpuset: cpuset === undefined ? unknown('absent', 'cpuset') : read(`${cpuset.dir}/${cpuset.v2 ? 'cpuset.cpus.effective' : 'cpuset.effective_cpus'}`, parseCpuset),
      },
      pids: { ...this.chain(place, 'pids'), declared: told(declared?.pidsLimit, 'engine: HostConfig.PidsLimit'), ...moving.pids },
      io: { limits: io === undefined ? unknown('absent', 'io') : readIoLimits(io.v2, io.dir), ...moving.io },
    };
  }

  /** What changes from second to second. */
  moving(place: Place): Moving {
    const memory = this.at(place, 'memory');
    const cpu = this.at(place, 'cpu');
    const acct = this.at(place, 'cpuacct');
    const pids = this.at(place, 'pids');
    const io = this.at(place, 'blkio');
    const unifiedPath = place.elsewhere?.get('') ?? place.path;
    const unified = this.hierarchies.unified === undefined ? undefined : folder(this.hierarchies.unified, unifiedPath);
    const pressure = (name: string): Reading<Pressure> => (unified === undefined ? unknown('absent', name) : read(`${unified}/${name}`, parsePressure));
    const bytes = io === undefined ? unknown('absent', 'io') : read(`${io.dir}/${io.v2 ? 'io.stat' : 'blkio.throttle.io_service_bytes'}`, parseIoBytes);
    const stat = cpu === undefined ? unknown('absent', 'cpu.stat') : read(`${cpu.dir}/cpu.stat`, parseKeyed);
    const events = memory === undefined ? unknown('absent', 'memory') : read(`${memory.dir}/${memory.v2 ? 'memory.events' : 'memory.oom_control'}`, parseKeyed);
    return {
      memory: {
        usage: memory === undefined ? unknown('absent', 'memory') : read(`${memory.dir}/${memory.v2 ? 'memory.current' : 'memory.usage_in_bytes'}`, parseCount),
        oomKills: keyed(events, 'oom_kill'),
        pressure: pressure('memory.pressure'),
      },
      cpu: {
        usageMs: acct === undefined ? unknown('absent', 'cpuacct') : acct.v2 ? scaled(keyed(stat, 'usage_usec'), 1e-3) : scaled(read(`${acct.dir}/cpuacct.usage`, parseCount), 1e-6),
        throttledPeriods: keyed(stat, 'nr_throttled'),
        throttledMs: cpu?.v2 === false ? scaled(keyed(stat, 'throttled_time'), 1e-6) : scaled(keyed(stat, 'throttled_usec'), 1e-3),
        pressure: pressure('cpu.pressure'),
      },
      pids: { usage: pids === undefined ? unknown('absent', 'pids') : read(`${pids.dir}/pids.current`, parseCount) },
      io: {
        readBytes: 'value' in bytes ? known(bytes.value.read, bytes.source) : bytes,
        writtenBytes: 'value' in bytes ? known(bytes.value.written, bytes.source) : bytes,
        pressure: pressure('io.pressure'),
      },
    };
  }
}

interface Chain {
  readonly limit: Reading<Limit>;
  readonly effectiveLimit: Reading<Limit>;
  readonly imposedBy: Reading<string>;
}

export interface Moving {
  readonly memory: Pick<CgroupFacts['memory'], 'usage' | 'oomKills' | 'pressure'>;
  readonly cpu: Pick<CgroupFacts['cpu'], 'usageMs' | 'throttledPeriods' | 'throttledMs' | 'pressure'>;
  readonly pids: Pick<CgroupFacts['pids'], 'usage'>;
  readonly io: Pick<CgroupFacts['io'], 'readBytes' | 'writtenBytes' | 'pressure'>;
}

/** The same facts with what moves read anew. */
export function moved(facts: CgroupFacts, moving: Moving): CgroupFacts {
  return {
    path: facts.path,
    memory: { ...facts.memory, ...moving.memory },
    cpu: { ...facts.cpu, ...moving.cpu },
    pids: { ...facts.pids, ...moving.pids },
    io: { ...facts.io, ...moving.io },
  };
}

function none(controller: string): Chain {
  const absent = unknown('absent', controller);
  return { limit: absent, effectiveLimit: absent, imposedBy: absent };
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

function readLimit(v2: boolean, controller: Controller, dir: string): Reading<Limit> {
  switch (controller) {
    case 'memory':
      return read(`${dir}/${v2 ? 'memory.max' : 'memory.limit_in_bytes'}`, parseLimit);
    case 'pids':
      return read(`${dir}/pids.max`, parseLimit);
    default: {
      if (v2) return read(`${dir}/cpu.max`, parseCpuMax);
      const quota = readText(`${dir}/cpu.cfs_quota_us`);
      if ('unknown' in quota) return quota;
      if (quota.value === '-1\n') return known('max', quota.source);
      const period = read(`${dir}/cpu.cfs_period_us`, parseCount);
      return 'value' in period ? parseCfsQuota(quota.value, period.value, quota.source) : period;
    }
  }
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
