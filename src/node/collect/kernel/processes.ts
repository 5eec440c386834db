import { readdirSync, statSync } from 'node:fs';
import { NS_KINDS, unknown, type NsInodes, type NsKind, type Reading } from '../../../core/model/index.js';
import { mainPath, parseCgroup } from '../../../core/parse/cgroup.js';
import { parseIdMap, parseLine, parseNsLink, type UidRange } from '../../../core/parse/proc.js';
import { parseStatus } from '../../../core/parse/status.js';
import { decode, isFolder, read, readLink } from './files.js';
import type { Proc } from './types.js';

/** What is kept of processes from pass to pass. */
export interface ProcessCache {
  readonly procs: Map<number, Proc>;
  /** Whether this kernel has a security module that labels processes; asked once. */
  lsm: boolean | undefined;
  /** Until when a process that is new is read in full each time: a runtime's helper turns into the container's first. */
  readonly young: Map<number, number>;
}

const YOUNG_MS = 3_000;

export function newProcessCache(): ProcessCache {
  return { procs: new Map(), lsm: undefined, young: new Map() };
}

/**
 * How much of a process that is known already is read again. `full`: everything but kernel threads, which cannot change.
 * `status`: rights only. `known`: nothing; new processes are always read in full.
 */
export type Depth = 'full' | 'status' | 'known';

const NAMESPACE_FIELDS: readonly NsKind[] = NS_KINDS;

function readNamespaces(path: string): NsInodes {
  const all: Partial<Record<NsKind, Reading<number>>> = {};
  let denied = false;
  for (const kind of NAMESPACE_FIELDS) {
    const link = `${path}/ns/${kind}`;
    // One right decides for all eight (ptrace(2), 'access mode checking'), so one refusal is enough.
    if (denied) {
      all[kind] = unknown('denied', link);
      continue;
    }
    const target = readLink(link);
    const inode = 'value' in target ? parseNsLink(target.value, link) : target;
    all[kind] = inode;
    denied = 'unknown' in inode && inode.unknown === 'denied';
  }
  return all as NsInodes;
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

/** The label; without a security module that keeps one every file answers EINVAL, so the first tells for all. */
function readLabel(proc: string, path: string, cache: ProcessCache): Reading<string> {
  if (cache.lsm === undefined) {
    const own = read(`${proc}/self/attr/current`, parseLine);
    cache.lsm = !('unknown' in own && own.unknown === 'absent' && isFolder(`${proc}/self/attr`));
  }
  const file = `${path}/attr/current`;
  return cache.lsm ? read(file, parseLine) : unknown('absent', file);
}

/** The map is the user namespace's, so one process of each namespace is asked. */
function readUidMap(path: string, userNs: Reading<number>, maps: Map<number, Reading<readonly UidRange[]>>): Reading<readonly UidRange[]> {
  const inode = 'value' in userNs ? userNs.value : undefined;
  const seen = inode === undefined ? undefined : maps.get(inode);
  if (seen !== undefined) return seen;
  const map = read(`${path}/uid_map`, parseIdMap);
  if (inode !== undefined && 'value' in map) maps.set(inode, map);
  return map;
}

/** One process, or `undefined` where it ended meanwhile or has ended and waits for its parent (a zombie holds nothing). */
function readProcess(proc: string, pid: number, inode: number, cache: ProcessCache, maps: Map<number, Reading<readonly UidRange[]>>): Proc | undefined {
  const path = `${proc}/${pid}`;
  const status = read(`${path}/status`, parseStatus);
  if (!('value' in status) || status.value.state === 'Z' || status.value.state === 'X') return undefined;
  const cgroups = read(`${path}/cgroup`, parseCgroup);
  if (!('value' in cgroups)) return undefined;
  const namespaces = readNamespaces(path);
  const gone = Object.values(namespaces).every((one) => 'unknown' in one && one.unknown === 'absent');
  if (gone) return undefined;
  const thread = status.value.kernelThread;
  return {
    pid,
    inode,
    path,
    status: { ...status.value, comm: decode(status.value.comm) },
    cgroups: cgroups.value,
    cgroup: decode(mainPath(cgroups.value)),
    namespaces,
    uidMap: readUidMap(path, namespaces.user, maps),
    lsm: thread ? unknown('not-asked', `${path}/attr/current`) : readLabel(proc, path, cache),
    root: thread ? unknown('not-asked', `${path}/root`) : readLink(`${path}/root`),
  };
}

/** Every process of the host, by pid. The cache holds them afterwards; those that ended are dropped from it. */
export function readProcesses(proc: string, cache: ProcessCache, depth: Depth = 'full', again: ReadonlySet<number> = new Set()): ReadonlyMap<number, Proc> {
  const now = new Map<number, Proc>();
  const maps = new Map<number, Reading<readonly UidRange[]>>();
  const at = Date.now();
  for (const [pid, until] of cache.young) if (until < at) cache.young.delete(pid);
  for (const name of readdirSync(proc)) {
    const first = name.charCodeAt(0);
    if (first < 49 || first > 57) continue;
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const inode = inodeOf(`${proc}/${name}`);
    if (inode === undefined) continue;
    const before = cache.procs.get(pid);
    let process: Proc | undefined;
    if (before !== undefined && before.inode === inode && !again.has(pid) && (before.status.kernelThread || (depth !== 'full' && !cache.young.has(pid)))) {
      process = depth === 'status' && !before.status.kernelThread ? refresh(before) : before;
    } else {
      process = readProcess(proc, pid, inode, cache, maps);
      if (before?.inode !== inode) cache.young.set(pid, at + YOUNG_MS);
    }
    if (process !== undefined) now.set(pid, process);
  }
  cache.procs.clear();
  for (const [pid, process] of now) cache.procs.set(pid, process);
  return now;
}

function refresh(before: Proc): Proc | undefined {
  const status = read(`${before.path}/status`, parseStatus);
  if (!('value' in status) || status.value.state === 'Z' || status.value.state === 'X') return undefined;
  return { ...before, status: { ...status.value, comm: decode(status.value.comm) } };
}

/** Whether two processes are in the same namespace of a kind, `undefined` where that cannot be told. */
export function sameNamespace(a: Proc, b: Proc, kind: NsKind): boolean | undefined {
  const one = a.namespaces[kind];
  const two = b.namespaces[kind];
  return 'value' in one && 'value' in two ? one.value === two.value : undefined;
}
