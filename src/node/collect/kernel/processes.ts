import { readdirSync, statSync } from 'node:fs';
import { NS_KINDS, unknown, valueOf, type NsInodes, type NsKind, type Reading } from '../../../core/model/index.js';
import { mainPath, parseCgroup, type CgroupPaths } from '../../../core/parse/cgroup.js';
import { parseIdMap, parseLine, parseStartTicks, parseUptime, type UidRange } from '../../../core/parse/proc.js';
import { parseStatus, type Status } from '../../../core/parse/status.js';
import { decode, HeldFile, isFolder, list, read, readLink, type Holding } from './files.js';
import { readNamespace, readNamespaces } from './links.js';
import type { Proc } from './types.js';

/** The files of one pid that are read again and again. */
interface ProcFiles {
  readonly path: string;
  readonly status: HeldFile<Status>;
  readonly cgroup: HeldFile<CgroupPaths>;
  readonly label: HeldFile<string>;
  /** The status of the last pass: the very same one again means that not a byte of it has changed. */
  seen: Status | undefined;
}

/** What is kept of processes from pass to pass. */
export interface ProcessCache {
  readonly procs: Map<number, Proc>;
  readonly files: Map<number, ProcFiles>;
  readonly holding: Holding;
  /** By inode of the user namespace, whose they are; one that is written can never be changed. */
  readonly uidMaps: Map<number, Reading<readonly UidRange[]>>;
  /** Whether this kernel has a security module that labels processes; asked once. */
  lsm: boolean | undefined;
  /** Until when a process that is new is read in full each time: a runtime's helper turns into the container's first. */
  readonly young: Map<number, number>;
  /** Of kthreadd, once it was read. */
  kernelSpaces: NsInodes | undefined;
  pass: number;
}

const YOUNG_MS = 3_000;

export function newProcessCache(holding: Holding): ProcessCache {
  return { procs: new Map(), files: new Map(), holding, uidMaps: new Map(), lsm: undefined, young: new Map(), kernelSpaces: undefined, pass: 0 };
}

/**
 * How much is read again of what is known. `full`: all of it. `check`: the same, but of containers in which nothing ran
 * since the last check each has its turn, see `sleepers`. `processes`: every process, namespace and limit, but
 * mount tables and devices of those that are known are taken over. `known`: of processes the rights of those that are in a container, of cgroups what moves. New
 * processes and cgroups are always read in full, and kernel threads never again: they cannot change. `touched`: nothing but
 * what is new or named; a pass of another depth follows soon.
 */
export type Depth = 'full' | 'check' | 'processes' | 'known' | 'touched';

function filesOf(cache: ProcessCache, proc: string, pid: number): ProcFiles {
  const before = cache.files.get(pid);
  if (before !== undefined) return before;
  const path = `${proc}/${pid}`;
  const files: ProcFiles = {
    path,
    status: new HeldFile(`${path}/status`, parseStatus, cache.holding),
    cgroup: new HeldFile(`${path}/cgroup`, parseCgroup, cache.holding),
    label: new HeldFile(`${path}/attr/current`, parseLine, cache.holding),
    seen: undefined,
  };
  cache.files.set(pid, files);
  return files;
}

const KTHREADD = 2;

/**
 * The namespaces of a process. The kernel's own threads are made by kthreadd and stay where it is: none calls setns(2),
 * and of unshare(2) only kdevtmpfs makes use, for a mount namespace (drivers/base/devtmpfs.c). So that kind is read of each.
 */
function spacesOf(cache: ProcessCache, { path }: ProcFiles, status: Status, before: Proc | undefined): NsInodes {
  if (!status.kernelThread) return readNamespaces(path, before?.namespaces);
  const common = status.parent === KTHREADD ? cache.kernelSpaces : undefined;
  if (common === undefined) {
    const own = readNamespaces(path, before?.namespaces);
    if (status.pid === KTHREADD) cache.kernelSpaces = own;
    return own;
  }
  const mnt = readNamespace(`${path}/ns/mnt`);
  return valueOf(mnt) === valueOf(common.mnt) ? common : { ...common, mnt };
}

/** The label; without a security module that keeps one every file answers EINVAL, so the first tells for all. */
function readLabel(proc: string, files: ProcFiles, cache: ProcessCache): Reading<string> {
  if (cache.lsm === undefined) {
    const own = read(`${proc}/self/attr/current`, parseLine);
    cache.lsm = !('unknown' in own && own.unknown === 'absent' && isFolder(`${proc}/self/attr`));
  }
  return cache.lsm ? files.label.read(cache.pass) : unknown('absent', files.label.path);
}

/** The map is the user namespace's, so one process of each namespace is asked. */
function readUidMap(path: string, userNs: Reading<number>, maps: ProcessCache['uidMaps']): Reading<readonly UidRange[]> {
  const inode = 'value' in userNs ? userNs.value : undefined;
  const seen = inode === undefined ? undefined : maps.get(inode);
  if (seen !== undefined) return seen;
  const map = read(`${path}/uid_map`, parseIdMap);
  if (inode !== undefined && 'value' in map && map.value.length > 0) maps.set(inode, map);
  return map;
}

/** A zombie holds nothing any more. */
function alive(status: Status): boolean {
  return status.state !== 'Z' && status.state !== 'X';
}

/** How long the runtime's own helper may take to become the container's program. */
const BECOMING_SECONDS = 10;

/** The runtime's helper on its way into a container: for some milliseconds it holds what the program never will. */
function isBecoming(proc: string, path: string, comm: string): boolean {
  if (!comm.startsWith('runc:[') && comm !== 'crun') return false;
  const started = valueOf(read(`${path}/stat`, parseStartTicks));
  const now = valueOf(read(`${proc}/uptime`, parseUptime));
  // Whoever merely calls itself so is seen after that time.
  return started !== undefined && now !== undefined && now - started / 100 < BECOMING_SECONDS;
}

/**
 * Whether a process may have run since the last pass. Only it itself can change its namespaces (setns(2), unshare(2))
 * and its root, and `status` counts how often it left the cpu: asleep, with not a byte changed, it has not been on one.
 */
function hasRun(files: ProcFiles, status: Status): boolean {
  return files.seen !== status || status.state === 'R';
}

const inodeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.ino ?? 0;

/** Whether a pid is still the process that was known by it. */
function isStill(known: Proc | undefined): boolean {
  return known !== undefined && inodeOf(known.path) === known.inode;
}

/** One process, or `undefined` where it ended meanwhile. `last`: what was known of that pid, of the same process or not. */
export function readProcess(proc: string, cache: ProcessCache, pid: number, last: Proc | undefined): Proc | undefined {
  const files = filesOf(cache, proc, pid);
  const { path } = files;
  const status = valueOf(files.status.read(cache.pass));
  if (status === undefined) return undefined;
  if (!alive(status)) return status.threads > 1 ? readThread(cache, pid, path) : undefined;
  const before = files.status.fresh && !isStill(last) ? undefined : last;
  if (before?.status.kernelThread === true) return before;
  const cgroups = valueOf(files.cgroup.read(cache.pass));
  if (cgroups === undefined) return undefined;
  const still = before !== undefined && !hasRun(files, status);
  files.seen = status;
  const namespaces = still ? before.namespaces : spacesOf(cache, files, status, before);
  if (NS_KINDS.every((kind) => absent(namespaces[kind]))) return undefined;
  if (before === undefined && isBecoming(proc, path, status.comm)) return undefined;
  const thread = status.kernelThread;
  const root = thread ? unknown('not-asked', `${path}/root`) : still ? before.root : readLink(`${path}/root`);
  const lsm = thread ? unknown('not-asked', `${path}/attr/current`) : readLabel(proc, files, cache);
  const uidMap = readUidMap(path, namespaces.user, cache.uidMaps);
  const unmoved = before?.cgroups === cgroups;
  if (unmoved && sameStatus(before.status, status) && before.namespaces === namespaces && alike(before.root, root) && alike(before.lsm, lsm) && before.uidMap === uidMap) return before;
  return {
    pid,
    inode: before?.inode ?? inodeOf(path),
    path,
    comm: decode(status.comm),
    status,
    cgroups,
    cgroup: unmoved ? before.cgroup : decode(mainPath(cgroups)),
    namespaces,
    uidMap,
    lsm,
    root,
  };
}

/**
 * A process whose first thread has ended looks like a zombie and lives on in its others; it is told by one of them. Rare,
 * and a way to hide: read anew each time.
 */
function readThread(cache: ProcessCache, pid: number, of: string): Proc | undefined {
  for (const { name } of list(`${of}/task`)) {
    const path = `${of}/task/${name}`;
    const status = valueOf(read(`${path}/status`, parseStatus));
    const cgroups = valueOf(read(`${path}/cgroup`, parseCgroup));
    if (status === undefined || !alive(status) || cgroups === undefined) continue;
    const namespaces = readNamespaces(path, undefined);
    if (NS_KINDS.every((kind) => absent(namespaces[kind]))) continue;
    return {
      pid,
      inode: inodeOf(of),
      path,
      comm: decode(status.comm),
      status,
      cgroups,
      cgroup: decode(mainPath(cgroups)),
      namespaces,
      uidMap: readUidMap(path, namespaces.user, cache.uidMaps),
      lsm: cache.lsm === false ? unknown('absent', `${path}/attr/current`) : read(`${path}/attr/current`, parseLine),
      root: readLink(`${path}/root`),
    };
  }
  return undefined;
}

/** Equal in all that isolates; whether it sleeps or runs at the moment is nothing of that. */
function sameStatus(a: Status, b: Status): boolean {
  return (
    a === b ||
    (a.effective === b.effective && a.permitted === b.permitted && a.bounding === b.bounding && a.ambient === b.ambient && a.inheritable === b.inheritable &&
      a.uid === b.uid && a.parent === b.parent && a.comm === b.comm && a.noNewPrivs === b.noNewPrivs && a.seccomp === b.seccomp &&
      a.seccompFilters === b.seccompFilters && a.pidInside === b.pidInside && (a.threads > 1) === (b.threads > 1) && a.kernelThread === b.kernelThread)
  );
}

const absent = (one: Reading<number>): boolean => 'unknown' in one && one.unknown === 'absent';

const alike = (a: Reading<string>, b: Reading<string>): boolean => valueOf(a) === valueOf(b) && 'value' in a === 'value' in b;

/** The same process with its rights read anew; where it is another one by now, the whole of that. */
function refresh(proc: string, cache: ProcessCache, before: Proc): Proc | undefined {
  const { status: file } = filesOf(cache, proc, before.pid);
  const status = valueOf(file.read(cache.pass));
  if (file.fresh || (status !== undefined && !alive(status))) return readProcess(proc, cache, before.pid, before);
  if (status === undefined) return undefined;
  return sameStatus(status, before.status) ? before : { ...before, status, comm: decode(status.comm) };
}

/** A cgroup such as engines name them; those who are in one are looked at in each pass. */
export const IN_A_CONTAINER = /[0-9a-f]{64}/;

/** Every process of the host, by pid. The cache holds them afterwards; those that ended are dropped from it. */
export function readProcesses(proc: string, cache: ProcessCache, depth: Depth = 'full', again: ReadonlySet<string> = new Set(), sleeping: ReadonlySet<string> = new Set()): ReadonlyMap<number, Proc> {
  const steps = eachProcess(proc, cache, depth, again, sleeping);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The same, one process a step, for who has something else to do in between. */
export function* eachProcess(proc: string, cache: ProcessCache, depth: Depth, again: ReadonlySet<string>, sleeping: ReadonlySet<string> = new Set()): Generator<void, ReadonlyMap<number, Proc>, void> {
  const now = new Map<number, Proc>();
  const at = Date.now();
  cache.pass += 1;
  for (const [pid, until] of cache.young) if (until < at) cache.young.delete(pid);
  for (const name of readdirSync(proc)) {
    const first = name.charCodeAt(0);
    if (first < 49 || first > 57) continue;
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const before = cache.procs.get(pid);
    const process =
      before === undefined || depth === 'full' || depth === 'processes'
        ? readProcess(proc, cache, pid, before)
        : depth === 'check'
          ? sleeps(before, sleeping, cache) ? before : readProcess(proc, cache, pid, before)
          : lookAgain(proc, cache, before, again, depth === 'touched');
    if (process === undefined) continue;
    if (before?.inode !== process.inode) cache.young.set(pid, at + YOUNG_MS);
    now.set(pid, process);
    yield;
  }
  for (const [pid, files] of cache.files) {
    if (now.has(pid)) continue;
    closeFiles(files);
    cache.files.delete(pid);
  }
  cache.procs.clear();
  for (const [pid, process] of now) cache.procs.set(pid, process);
  return now;
}

/** Whether a process has not run, nor ended, as nothing did in its container. */
const sleeps = (before: Proc, sleeping: ReadonlySet<string>, cache: ProcessCache): boolean => sleeping.size > 0 && !cache.young.has(before.pid) && sleeping.has(IN_A_CONTAINER.exec(before.cgroup)?.[0] ?? '');

/** A process that is known, as far as `known` reads it again; `again`: containers of which everything is to be read, `only` of those. */
function lookAgain(proc: string, cache: ProcessCache, before: Proc, again: ReadonlySet<string>, only: boolean): Proc | undefined {
  if (only && before.status.kernelThread) return before;
  if (before.status.kernelThread || cache.young.has(before.pid)) return readProcess(proc, cache, before.pid, before);
  const id = IN_A_CONTAINER.exec(before.cgroup)?.[0];
  if (id !== undefined) return again.has(id) ? readProcess(proc, cache, before.pid, before) : only ? before : refresh(proc, cache, before);
  if (only) return before;
  return isStill(before) ? before : readProcess(proc, cache, before.pid, undefined);
}

export function closeProcesses(cache: ProcessCache): void {
  for (const files of cache.files.values()) closeFiles(files);
  cache.files.clear();
}

function closeFiles(files: ProcFiles): void {
  files.status.close();
  files.cgroup.close();
  files.label.close();
}

/** Whether two processes are in the same namespace of a kind, `undefined` where that cannot be told. */
export function sameNamespace(a: Proc, b: Proc, kind: NsKind): boolean | undefined {
  const one = a.namespaces[kind];
  const two = b.namespaces[kind];
  return 'value' in one && 'value' in two ? one.value === two.value : undefined;
}
