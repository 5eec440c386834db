import { boundOf } from '../facts/mounts.js';
import type { NetKey } from '../model/network.js';
import { valueOf } from '../model/reading.js';
import type { Snapshot } from '../model/snapshot.js';
import type { Workload } from '../model/workload.js';

/** What a mount of the host's files shows of others: some net namespaces, all of them by name, their processes too, or those with their memory to write. */
export type Window = 'some' | 'names' | 'processes' | 'memory';

const NAMES = /^\/((var\/)?run(\/docker)?(\/netns)?)?$/;
const isUnder = (path: string, folder: string): boolean => path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);

/** Of a thousand workloads one changes at a time. */
const told = new WeakMap<Workload, Window | 'none'>();

/** The most that a workload's mounts show it; undefined for what shows no more than every container has. */
export function windowOf(w: Workload): Window | undefined {
  let window = told.get(w);
  if (window === undefined) told.set(w, (window = look(w) ?? 'none'));
  return window === 'none' ? undefined : window;
}

interface Bind { readonly host: string; readonly destination: string; readonly writable: boolean }
const binds = new WeakMap<Workload, readonly Bind[]>();

function bindsOf(w: Workload): readonly Bind[] {
  let all = binds.get(w);
  if (all === undefined) {
    const declared = w.kind === 'container' ? w.declared.mounts.filter((m) => m.type === 'bind').map((m) => ({ host: m.source, destination: m.destination, writable: m.writable })) : [];
    all = [...boundOf(w), ...declared].map((m) => ({ ...m, host: m.host.replace(/(.)\/+$/, '$1'), destination: m.destination.replace(/(.)\/+$/, '$1') }));
    binds.set(w, all);
  }
  return all;
}

/** Whether a folder in which engines name net namespaces is mounted. */
export const showsNames = (w: Workload): boolean => bindsOf(w).some((m) => NAMES.test(m.host));

const run = (path: string): string => path.replace(/^\/var\/run\//, '/run/');

/** What holds net namespaces: inodes by the path of a file and by each folder above it, and by the pid of who has one. */
interface Held {
  readonly paths: ReadonlyMap<string, readonly number[]>;
  readonly pids: ReadonlyMap<number, readonly number[]>;
}
const helds = new WeakMap<Snapshot['namespaces'], Held>();

function heldOf(all: Snapshot['namespaces']): Held {
  let held = helds.get(all);
  if (held === undefined) {
    const paths = new Map<string, number[]>();
    const pids = new Map<number, number[]>();
    const put = <K>(map: Map<K, number[]>, key: K, inode: number): void => void (map.get(key)?.push(inode) ?? map.set(key, [inode]));
    for (const n of all) {
      if (n.type !== 'net') continue;
      for (const path of n.heldBy) {
        const pid = /^\/proc\/(\d+)\/(fd|root)\//.exec(path)?.[1];
        if (pid !== undefined) put(pids, Number(pid), n.inode);
        else for (let at = run(path); at.length > 1; at = at.slice(0, at.lastIndexOf('/'))) put(paths, at, n.inode);
      }
    }
    helds.set(all, (held = { paths, pids }));
  }
  return held;
}

/**
 * Net namespaces of which each workload has a file of its own, bound into it or open: it opens without asking for rights over any
 * process. By what was found in it; where nothing was, by what the engine was told to bind.
 */
export function doorsOf(snapshot: Snapshot, all: readonly Workload[], hostNet: number | undefined): ReadonlyMap<string, ReadonlySet<NetKey>> {
  const { paths, pids } = heldOf(snapshot.namespaces);
  const out = new Map<string, Set<NetKey>>();
  const put = (id: string, inodes: readonly number[]): void => void out.set(id, new Set([...(out.get(id) ?? []), ...inodes.map((i) => (i === hostNet ? 'host' : `net:${i}`))]));
  for (const w of all) {
    if (pids.size > 0) for (const pid of new Set([w.pid, ...w.processes.map((p) => p.pid)])) if (pid !== null && pids.has(pid)) put(w.id, pids.get(pid) ?? []);
    if (w.kind !== 'container' || out.has(w.id)) continue;
    for (const { host } of bindsOf(w)) {
      if (host === '/proc/1/ns/net') out.set(w.id, (out.get(w.id) ?? new Set<NetKey>()).add('host'));
      else if (host.length > 1 && paths.size > 0) {
        const inodes = paths.get(run(host));
        if (inodes !== undefined) put(w.id, inodes);
      }
    }
  }
  return out;
}

function look(w: Workload): Window | undefined {
  const all = bindsOf(w);
  const shown = all.filter((m) => m.host === '/proc' || m.host === '/');
  const mounted = valueOf(w.mounts);
  // The kernel's word on what may be written, also where /proc came with the host's whole tree.
  const procs = mounted === undefined ? shown : mounted.filter((m) => m.fstype === 'proc' && m.destination !== '/proc' && shown.some((s) => isUnder(m.destination, s.destination)));
  if (procs.some((m) => m.writable)) return 'memory';
  // One that may only be read is not told among the mounts.
  if (procs.length > 0 || shown.some((m) => m.host === '/proc')) return 'processes';
  return all.some((m) => NAMES.test(m.host)) ? 'names' : undefined;
}
