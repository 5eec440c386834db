import { boundOf } from '../facts/mounts.js';
import { valueOf } from '../model/reading.js';
import type { Workload } from '../model/workload.js';

/** What a mount of the host's files shows of others: their net namespaces by name, their processes too, or those with their memory to write. */
export type Window = 'names' | 'processes' | 'memory';

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

function look(w: Workload): Window | undefined {
  const declared = w.kind === 'container' ? w.declared.mounts.filter((m) => m.type === 'bind').map((m) => ({ host: m.source, destination: m.destination, writable: m.writable })) : [];
  const binds = [...boundOf(w), ...declared].map((m) => ({ ...m, host: m.host.replace(/(.)\/+$/, '$1'), destination: m.destination.replace(/(.)\/+$/, '$1') }));
  const shown = binds.filter((m) => m.host === '/proc' || m.host === '/');
  const mounted = valueOf(w.mounts);
  // The kernel's word on what may be written, also where /proc came with the host's whole tree.
  const procs = mounted === undefined ? shown : mounted.filter((m) => m.fstype === 'proc' && m.destination !== '/proc' && shown.some((s) => isUnder(m.destination, s.destination)));
  if (procs.some((m) => m.writable)) return 'memory';
  // One that may only be read is not told among the mounts.
  if (procs.length > 0 || shown.some((m) => m.host === '/proc')) return 'processes';
  return binds.some((m) => NAMES.test(m.host)) ? 'names' : undefined;
}
