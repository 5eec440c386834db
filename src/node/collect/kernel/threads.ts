import { NS_KINDS, unknown, valueOf, type Reading } from '../../../core/model/index.js';
import { parseLine } from '../../../core/parse/proc.js';
import { parseStatus } from '../../../core/parse/status.js';
import { decode, list, read, readLink } from './files.js';
import { readNamespaces } from './links.js';
import { IN_A_CONTAINER, type Depth } from './processes.js';
import { byCgroup } from './runtimes.js';
import type { Proc } from './types.js';

/** Threads of one process, and of all in one pass, that are looked at; each costs some 50 µs. */
const MOST_OF_ONE = 512;
const MOST = 4096;

/** What is kept of threads from pass to pass: those that differ from their process's first, by pid. */
export interface ThreadCache {
  of: ReadonlyMap<number, readonly Proc[]>;
}

export function newThreadCache(): ThreadCache {
  return { of: new Map() };
}

export interface WithThreads {
  readonly procs: ReadonlyMap<number, Proc>;
  /** Processes of which not every thread was looked at, since there are too many. */
  readonly left: readonly Proc[];
}

/**
 * The same processes, and beside those of containers and of groups with a cgroup of their own the threads that hold other rights or are in other namespaces than
 * their first one: capabilities, seccomp, namespaces and the label belong to each thread (capabilities(7), unshare(2),
 * setns(2)), and `/proc/<pid>/status` tells those of the first. Of alike threads of one process one is told, by its tid.
 * Of containers that sleep what was found is taken over. With depth `known` only those of the containers in `again` and those that were found before are looked at.
 */
export function withThreads(procs: ReadonlyMap<number, Proc>, cache: ThreadCache, depth: Depth, again: ReadonlySet<string>, sleeping: ReadonlySet<string> = new Set()): WithThreads {
  const found = new Map<number, readonly Proc[]>();
  const left: Proc[] = [];
  let looked = 0;
  const groups = new Map<string, string | undefined>();
  const groupOf = (cgroup: string): string | undefined => {
    if (!groups.has(cgroup)) groups.set(cgroup, byCgroup(cgroup)?.path);
    return groups.get(cgroup);
  };
  for (const proc of procs.values()) {
    if (proc.status.threads < 2) continue;
    const id = IN_A_CONTAINER.exec(proc.cgroup)?.[0] ?? groupOf(proc.cgroup);
    if (id === undefined) continue;
    const before = cache.of.get(proc.pid) ?? [];
    if (sleeping.has(id)) {
      if (before.length > 0) found.set(proc.pid, before);
      continue;
    }
    const whole = depth !== 'known' || again.has(id);
    const tids = whole ? list(`${folderOf(proc)}/task`).map((entry) => Number(entry.name)) : before.map((one) => one.pid);
    const others: Proc[] = [];
    const seen = new Set([likeness(proc)]);
    for (const tid of tids) {
      if (tid === proc.pid) continue;
      if (whole && (others.length >= MOST_OF_ONE || looked >= MOST)) {
        left.push(proc);
        break;
      }
      looked += 1;
      const thread = readThread(proc, tid);
      if (thread === undefined) continue;
      const word = likeness(thread);
      if (seen.has(word)) continue;
      seen.add(word);
      const known = before.find((one) => one.pid === tid);
      others.push(known !== undefined && likeness(known) === word && known.cgroup === thread.cgroup ? known : thread);
    }
    if (others.length > 0) found.set(proc.pid, others);
  }
  cache.of = found;
  if (found.size === 0) return { procs, left };
  const all = new Map(procs);
  for (const others of found.values()) for (const one of others) all.set(one.pid, one);
  return { procs: all, left };
}

/** A process whose first thread has ended is told by another. */
const folderOf = (proc: Proc): string => proc.path.replace(/\/task\/\d+$/, '');

/** One thread as if it were a process, the child of its own; `undefined` where it has ended. */
function readThread(proc: Proc, tid: number): Proc | undefined {
  const path = `${folderOf(proc)}/task/${tid}`;
  const status = valueOf(read(`${path}/status`, parseStatus));
  if (status === undefined || status.state === 'Z' || status.state === 'X') return undefined;
  const namespaces = readNamespaces(path, proc.namespaces);
  if (NS_KINDS.every((kind) => isAbsent(namespaces[kind]))) return undefined;
  const user = valueOf(namespaces.user);
  const lsm = 'unknown' in proc.lsm && proc.lsm.unknown === 'absent' ? proc.lsm : read(`${path}/attr/current`, parseLine);
  return {
    ...proc,
    pid: tid,
    threadOf: proc.pid,
    path,
    comm: decode(status.comm),
    status: { ...status, parent: proc.pid },
    namespaces,
    // The map is the user namespace's.
    uidMap: user === valueOf(proc.namespaces.user) ? proc.uidMap : unknown('not-asked', `${path}/uid_map`),
    lsm,
    root: readLink(`${path}/root`),
  };
}

const isAbsent = (one: Reading<number>): boolean => 'unknown' in one && one.unknown === 'absent';

/** Equal for two threads that are alike in all that isolates them. */
function likeness({ status: s, namespaces, lsm, root }: Proc): string {
  const word = <T>(r: Reading<T>) => ('value' in r ? r.value : r.unknown);
  return [s.effective, s.permitted, s.bounding, s.ambient, s.inheritable, s.uid, s.noNewPrivs, s.seccomp, s.seccompFilters, word(lsm), word(root), ...NS_KINDS.map((kind) => word(namespaces[kind]))].join('|');
}
