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

const bindsOf = (w: Workload): readonly { readonly host: string; readonly destination: string; readonly writable: boolean }[] => {
  const declared = w.kind === 'container' ? w.declared.mounts.filter((m) => m.type === 'bind').map((m) => ({ host: m.source, destination: m.destination, writable: m.writable })) : [];
  return [...boundOf(w), ...declared].map((m) => ({ ...m, host: m.host.replace(/(.)\/+$/, '$1'), destination: m.destination.replace(/(.)\/+$/, '$1') }));
};

/** Whether a folder in which engines name net namespaces is mounted. */
export const showsNames = (w: Workload): boolean => bindsOf(w).some((m) => NAMES.test(m.host));

const run = (path: string): string => path.replace(/^\/var\/run\//, '/run/');

/**
 * Net namespaces of which each workload has a file of its own, bound into it or open: it opens without asking for rights over any
 * process. By what was found in it; where nothing was, by what the engine was told to bind.
 */
export function doorsOf(snapshot: Snapshot, all: readonly Workload[]): ReadonlyMap<string, ReadonlySet<NetKey>> {
  const hosts = valueOf(snapshot.nets.find((n) => n.key === 'host')?.inode ?? snapshot.host.namespaces.net ?? { unknown: 'not-asked', source: '' });
  const held = snapshot.namespaces.filter((n) => n.type === 'net' && n.heldBy.length > 0).map((n) => ({ key: n.inode === hosts ? 'host' : `net:${n.inode}`, paths: n.heldBy.map(run) }));
  const byPid = new Map(all.flatMap((w) => [w.pid, ...w.processes.map((p) => p.pid)].flatMap((pid) => (pid === null ? [] : [[pid, w.id] as const]))));
  const out = new Map<string, Set<NetKey>>();
  const put = (id: string, key: NetKey): void => void out.set(id, (out.get(id) ?? new Set<NetKey>()).add(key));
  for (const { key, paths } of held) {
    for (const path of paths) {
      const id = byPid.get(Number(/^\/proc\/(\d+)\/(fd|root)\//.exec(path)?.[1]));
      if (id !== undefined) put(id, key);
    }
  }
  for (const w of all) {
    if (w.kind !== 'container' || out.has(w.id)) continue;
    for (const { host } of bindsOf(w)) {
      if (host === '/proc/1/ns/net') put(w.id, 'host');
      else if (host.length > 1) for (const { key, paths } of held) if (paths.some((p) => isUnder(p, run(host)))) put(w.id, key);
    }
  }
  return out;
}

function look(w: Workload): Window | undefined {
  const binds = bindsOf(w);
  const shown = binds.filter((m) => m.host === '/proc' || m.host === '/');
  const mounted = valueOf(w.mounts);
  // The kernel's word on what may be written, also where /proc came with the host's whole tree.
  const procs = mounted === undefined ? shown : mounted.filter((m) => m.fstype === 'proc' && m.destination !== '/proc' && shown.some((s) => isUnder(m.destination, s.destination)));
  if (procs.some((m) => m.writable)) return 'memory';
  // One that may only be read is not told among the mounts.
  if (procs.length > 0 || shown.some((m) => m.host === '/proc')) return 'processes';
  return binds.some((m) => NAMES.test(m.host)) ? 'names' : undefined;
}
