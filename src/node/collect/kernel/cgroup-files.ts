import type { Limit, Pressure, Reading } from '../../../core/model/index.js';
import { lineage } from '../../../core/parse/cgroup.js';
import { parseCount, parseCpuMax, parseIoBytes, parseKeyed, parseLimit, parsePressure } from '../../../core/parse/cgroupfs.js';
import { known } from '../../../core/model/index.js';
import { HeldFile, type Holding } from './files.js';
import { folder, type Controller, type Hierarchies } from './hierarchies.js';

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
}

/** A quota in microseconds, `cpu.cfs_quota_us`; its period is in another file. */
function parseQuota(text: string, path: string): Reading<Limit> {
  return text === '-1\n' ? known('max', path) : parseCount(text, path);
}

/** All files of cgroups that are held, by path, shared where several places have an ancestor in common. */
export class CgroupFiles {
  private readonly files = new Map<string, HeldFile<never>>();
  private readonly places = new Map<string, PlaceFiles>();
  private pass = 0;
  constructor(private readonly holding: Holding) {}

  /** Begins a pass: within one, each file is read once. */
  nextPass(): number {
    this.pass += 1;
    return this.pass;
  }

  private file<T>(path: string, parse: (text: string, path: string) => Reading<T>): HeldFile<T> {
    const held = this.files.get(path) as HeldFile<T> | undefined;
    if (held !== undefined) return held;
    const made = new HeldFile(path, parse, this.holding);
    this.files.set(path, made as unknown as HeldFile<never>);
    return made;
  }

  of(place: Place, hierarchies: Hierarchies): PlaceFiles {
    const key = place.elsewhere === undefined ? place.path : `${place.path} ${[...place.elsewhere].join(' ')}`;
    let files = this.places.get(key);
    if (files === undefined) {
      files = this.make(place, hierarchies);
      this.places.set(key, files);
    }
    return files;
  }

  private make(place: Place, hierarchies: Hierarchies): PlaceFiles {
    const at = new Map<Controller, At>();
    for (const controller of ['memory', 'cpu', 'cpuacct', 'cpuset', 'pids', 'blkio'] as const) {
      const found = locate(place, controller, hierarchies);
      if (found !== undefined) at.set(controller, found);
    }
    const one = <T>(controller: Controller, v2: string, v1: string, parse: (text: string, path: string) => Reading<T>) => {
      const where = at.get(controller);
      return where === undefined ? undefined : this.file(`${where.dir}/${where.v2 ? v2 : v1}`, parse);
    };
    const unified = hierarchies.unified === undefined ? undefined : folder(hierarchies.unified, place.elsewhere?.get('') ?? place.path);
    const acct = at.get('cpuacct');
    return {
      lastCpu: undefined,
      at,
      memory: this.limits('memory', at, hierarchies),
      cpu: this.limits('cpu', at, hierarchies),
      pids: this.limits('pids', at, hierarchies),
      memoryUsage: one('memory', 'memory.current', 'memory.usage_in_bytes', parseCount),
      memoryEvents: one('memory', 'memory.events', 'memory.oom_control', parseKeyed),
      cpuStat: one('cpu', 'cpu.stat', 'cpu.stat', parseKeyed),
      cpuUsage: acct?.v2 === false ? this.file(`${acct.dir}/cpuacct.usage`, parseCount) : undefined,
      pidsUsage: one('pids', 'pids.current', 'pids.current', parseCount),
      ioBytes: one('blkio', 'io.stat', 'blkio.throttle.io_service_bytes', parseIoBytes),
      pressure:
        unified === undefined
          ? undefined
          : {
              memory: this.file(`${unified}/memory.pressure`, parsePressure),
              cpu: this.file(`${unified}/cpu.pressure`, parsePressure),
              io: this.file(`${unified}/io.pressure`, parsePressure),
            },
    };
  }

  private limits(controller: 'memory' | 'cpu' | 'pids', at: ReadonlyMap<Controller, At>, hierarchies: Hierarchies): readonly LimitFile[] {
    const own = at.get(controller);
    const hierarchy = hierarchies.v1.get(controller) ?? hierarchies.unified;
    if (own === undefined || hierarchy === undefined) return [];
    return lineage(own.path).flatMap((path): LimitFile[] => {
      const dir = folder(hierarchy, path);
      if (dir === undefined) return [];
      if (controller === 'memory') return [{ path, limit: this.file(`${dir}/${own.v2 ? 'memory.max' : 'memory.limit_in_bytes'}`, parseLimit), period: undefined }];
      if (controller === 'pids') return [{ path, limit: this.file(`${dir}/pids.max`, parseLimit), period: undefined }];
      if (own.v2) return [{ path, limit: this.file(`${dir}/cpu.max`, parseCpuMax), period: undefined }];
      return [{ path, limit: this.file(`${dir}/cpu.cfs_quota_us`, parseQuota), period: this.file(`${dir}/cpu.cfs_period_us`, parseCount) }];
    });
  }

  /** Lets go of the files of cgroups that are gone. */
  drop(paths: readonly string[]): void {
    if (paths.length === 0) return;
    const below = paths.map((path) => `${path}/`);
    for (const [path, file] of this.files) {
      if (!below.some((one) => path.includes(one))) continue;
      file.close();
      this.files.delete(path);
    }
    for (const key of this.places.keys()) if (paths.some((path) => key === path || key.startsWith(`${path} `))) this.places.delete(key);
  }

  close(): void {
    for (const file of this.files.values()) file.close();
    this.files.clear();
    this.places.clear();
  }
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
