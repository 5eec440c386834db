import type { Limit, Pressure, Reading } from '../../../core/model/index.js';
import { parseCount, parseCpuMax, parseIoBytes, parseKeyed, parseLimit, parsePressure, parseWaits } from '../../../core/parse/cgroupfs.js';
import { known } from '../../../core/model/index.js';
import { HeldFile, type Holding } from './files.js';
import { folder, type Controller, type Hierarchies, type Hierarchy } from './hierarchies.js';

/** The path of one cgroup in each hierarchy: the same everywhere, unless a v1 process was put elsewhere by somebody. */
export interface Place {
  readonly path: string;
  readonly source: string;
  readonly elsewhere: ReadonlyMap<string, string> | undefined;
}

/** Where a controller's files of a place are. */
export interface At {
  readonly v2: boolean;
  readonly dir: string;
  readonly path: string;
}

type Bytes = { readonly read: number; readonly written: number };
type Keyed = ReadonlyMap<string, number>;

/** A limit on the way up: `period` beside it where v1 tells a quota of cpu in two files. */
export interface LimitFile {
  readonly path: string;
  readonly limit: HeldFile<Limit>;
  readonly period: HeldFile<number> | undefined;
}

/** The files of one cgroup that are read in each pass; absent where the hierarchy has no such controller. */
export interface PlaceFiles {
  /** What was read of its use of cpu last: the very same again means that nothing in it has run since. */
  lastCpu: unknown;
  /** The same, when those below it were read last. */
  lastBelow: unknown;
  lastMemoryBelow: unknown;
  lastWaits: readonly Reading<number>[];
  /** The same, when the kernel was checked last. */
  lastCheck: unknown;
  /** The pass in which its limits were told last. */
  limitsAt: number;
  readonly at: ReadonlyMap<Controller, At>;
  /** Root first, its own last. */
  readonly memory: readonly LimitFile[];
  readonly cpu: readonly LimitFile[];
  readonly pids: readonly LimitFile[];
  readonly memoryUsage: HeldFile<number> | undefined;
  readonly memoryEvents: HeldFile<Keyed> | undefined;
  readonly cpuStat: HeldFile<Keyed> | undefined;
  readonly cpuUsage: HeldFile<number> | undefined;
  readonly pidsUsage: HeldFile<number> | undefined;
  readonly ioBytes: HeldFile<Bytes> | undefined;
  readonly pressure: Readonly<Record<'memory' | 'cpu' | 'io', HeldFile<Pressure>>> | undefined;
  /** Microseconds in all that tasks waited, of the same files; for those that others lie below. */
  readonly waits: readonly HeldFile<number>[] | undefined;
}

/** A quota in microseconds, `cpu.cfs_quota_us`; its period is in another file. */
function parseQuota(text: string, path: string): Reading<Limit> {
  return text === '-1\n' ? known('max', path) : parseCount(text, path);
}

/** The files of one place, and all that were opened for it. */
interface Kept {
  readonly files: PlaceFiles;
  readonly held: readonly { close(): void }[];
}

/** The limits of a cgroup and of those above it; those above are shared by all that lie below them. */
interface Way {
  readonly path: string;
  readonly files: readonly LimitFile[];
}

type Limited = 'memory' | 'cpu' | 'pids';

/** All files of cgroups that are held, by place. */
export class CgroupFiles {
  private readonly places = new Map<string, Kept>();
  private readonly ways = { memory: new Map<string, Way>(), cpu: new Map<string, Way>(), pids: new Map<string, Way>() };
  private pass = 0;
  constructor(private readonly holding: Holding) {}

  /** Begins a pass: within one, each file is read once. */
  nextPass(): number {
    this.pass += 1;
    return this.pass;
  }

  of(place: Place, hierarchies: Hierarchies): PlaceFiles {
    const key = place.elsewhere === undefined ? place.path : `${place.path} ${[...place.elsewhere].join(' ')}`;
    let kept = this.places.get(key);
    if (kept === undefined) {
      kept = this.make(place, hierarchies);
      this.places.set(key, kept);
    }
    return kept.files;
  }

  private make(place: Place, hierarchies: Hierarchies): Kept {
    const held: { close(): void }[] = [];
    const file = <T>(path: string, parse: (text: string, path: string) => Reading<T>): HeldFile<T> => {
      const made = new HeldFile(path, parse, this.holding, 1);
      held.push(made);
      return made;
    };
    const at = new Map<Controller, At>();
    for (const controller of ['memory', 'cpu', 'cpuacct', 'cpuset', 'pids', 'blkio'] as const) {
      const found = locate(place, controller, hierarchies);
      if (found !== undefined) at.set(controller, found);
    }
    const one = <T>(controller: Controller, v2: string, v1: string, parse: (text: string, path: string) => Reading<T>) => {
      const where = at.get(controller);
      return where === undefined ? undefined : file(`${where.dir}/${where.v2 ? v2 : v1}`, parse);
    };
    const unified = hierarchies.unified === undefined ? undefined : folder(hierarchies.unified, place.elsewhere?.get('') ?? place.path);
    const acct = at.get('cpuacct');
    // A first picture asks for neither of these, and of most cgroups nobody ever does.
    let later: Pick<PlaceFiles, 'ioBytes' | 'pressure'> | undefined;
    let waits: PlaceFiles['waits'];
    const laterOnes = () =>
      (later ??= {
        ioBytes: one('blkio', 'io.stat', 'blkio.throttle.io_service_bytes', parseIoBytes),
        pressure:
          unified === undefined
            ? undefined
            : {
                memory: file(`${unified}/memory.pressure`, parsePressure),
                cpu: file(`${unified}/cpu.pressure`, parsePressure),
                io: file(`${unified}/io.pressure`, parsePressure),
              },
      });
    const files: PlaceFiles = {
      lastCpu: undefined,
      lastBelow: undefined,
      lastCheck: undefined,
      lastMemoryBelow: undefined,
      lastWaits: [],
      limitsAt: -1,
      at,
      memory: this.limits('memory', at, hierarchies),
      cpu: this.limits('cpu', at, hierarchies),
      pids: this.limits('pids', at, hierarchies),
      memoryUsage: one('memory', 'memory.current', 'memory.usage_in_bytes', parseCount),
      memoryEvents: one('memory', 'memory.events', 'memory.oom_control', parseKeyed),
      cpuStat: one('cpu', 'cpu.stat', 'cpu.stat', parseKeyed),
      cpuUsage: acct?.v2 === false ? file(`${acct.dir}/cpuacct.usage`, parseCount) : undefined,
      pidsUsage: one('pids', 'pids.current', 'pids.current', parseCount),
      get ioBytes() {
        return laterOnes().ioBytes;
      },
      get pressure() {
        return laterOnes().pressure;
      },
      get waits() {
        return unified === undefined ? undefined : (waits ??= ['memory', 'cpu', 'io'].map((name) => file(`${unified}/${name}.pressure`, parseWaits)));
      },
    };
    return { files, held };
  }

  private limits(controller: Limited, at: ReadonlyMap<Controller, At>, hierarchies: Hierarchies): readonly LimitFile[] {
    const own = at.get(controller);
    const hierarchy = hierarchies.v1.get(controller) ?? hierarchies.unified;
    return own === undefined || hierarchy === undefined ? [] : this.way(controller, own.path, own.v2, hierarchy).files;
  }

  private way(controller: Limited, path: string, v2: boolean, hierarchy: Hierarchy): Way {
    const known = this.ways[controller].get(path);
    if (known !== undefined) return known;
    const above = path === '/' ? [] : this.way(controller, path.slice(0, path.lastIndexOf('/')) || '/', v2, hierarchy).files;
    const dir = folder(hierarchy, path);
    const made = { path, files: dir === undefined ? above : [...above, this.limit(controller, path, dir, v2)] };
    this.ways[controller].set(path, made);
    return made;
  }

  private limit(controller: Limited, path: string, dir: string, v2: boolean): LimitFile {
    const file = <T>(name: string, parse: (text: string, path: string) => Reading<T>) => new HeldFile(`${dir}/${name}`, parse, this.holding);
    if (controller === 'memory') return { path, limit: file(v2 ? 'memory.max' : 'memory.limit_in_bytes', parseLimit), period: undefined };
    if (controller === 'pids') return { path, limit: file('pids.max', parseLimit), period: undefined };
    if (v2) return { path, limit: file('cpu.max', parseCpuMax), period: undefined };
    return { path, limit: file('cpu.cfs_quota_us', parseQuota), period: file('cpu.cfs_period_us', parseCount) };
  }

  /** Lets go of the files of cgroups that are gone. */
  drop(paths: readonly string[]): void {
    if (paths.length === 0) return;
    const gone = new Set(paths);
    for (const [key, { files, held }] of this.places) {
      if (!gone.has(key) && ![...files.at.values()].some((at) => gone.has(at.path)) && !paths.some((path) => key.startsWith(`${path} `))) continue;
      for (const file of held) file.close();
      this.places.delete(key);
    }
    for (const ways of Object.values(this.ways)) {
      for (const path of gone) {
        const way = ways.get(path);
        if (way === undefined) continue;
        closeOwn(way);
        ways.delete(path);
      }
    }
  }

  close(): void {
    for (const { held } of this.places.values()) for (const file of held) file.close();
    for (const ways of Object.values(this.ways)) {
      for (const way of ways.values()) closeOwn(way);
      ways.clear();
    }
    this.places.clear();
  }
}

/** Those above are other ways' own. */
function closeOwn({ path, files }: Way): void {
  const own = files.at(-1);
  if (own?.path !== path) return;
  own.limit.close();
  own.period?.close();
}

/** Whether a controller is on v2, and the folder of the place there. */
function locate(place: Place, controller: Controller, hierarchies: Hierarchies): At | undefined {
  const v1 = hierarchies.v1.get(controller);
  const v2 = v1 === undefined;
  const hierarchy = v1 ?? (hierarchies.inUnified.has(controller) ? hierarchies.unified : undefined);
  const path = place.elsewhere?.get(v2 ? '' : controller) ?? place.path;
  const dir = hierarchy === undefined ? undefined : folder(hierarchy, path);
  return dir === undefined ? undefined : { v2, dir, path };
}
