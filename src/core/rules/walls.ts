import { isKnown, known, valueOf, type Reading } from '../model/reading.js';
import { DECLARED_SOURCES, type Declared, type Workload } from '../model/workload.js';
import type { Snapshot } from '../model/snapshot.js';
import type { ProcessFacts } from '../model/process.js';
import { askedCaps, capName, DANGEROUS } from '../facts/capabilities.js';
import { hostPath, type HostPath } from '../facts/mounts.js';

/** A fact that the engine was told, with the field it stands in. */
export function told<K extends keyof Declared>(d: Declared, field: K): Reading<Declared[K]> {
  return known(d[field], DECLARED_SOURCES[field]);
}

/** Whether root in the workload is somebody else on the host: `yes`, `no`, or `unknown` where neither the namespace nor the map could be read. */
export function ownUserNamespace(w: Workload): 'yes' | 'no' | 'unknown' {
  const map = w.process && valueOf(w.process.uidMap);
  if (map && map.length > 0) return map.some((m) => m.inside === 0 && m.outside === 0) ? 'no' : 'yes';
  const owner = valueOf(w.namespaces.user.owner);
  return owner === undefined ? 'unknown' : owner === 'host' ? 'no' : 'yes';
}

/** The reading by which the above was told. */
export function userNamespaceReading(w: Workload): Reading<unknown> {
  return w.process && isKnown(w.process.uidMap) ? w.process.uidMap : w.namespaces.user.owner;
}

/** User id on the host of a process, through its map. */
export function uidOnHost(p: ProcessFacts): number | undefined {
  const uid = valueOf(p.uid);
  const map = valueOf(p.uidMap);
  // The kernel tells ids as the reader sees them: on the host they are the host's already.
  if (uid === undefined || map === undefined) return undefined;
  return uid;
}

/**
 * Whether some process of it is root on the host: read from the kernel where it tells, else from `Config.User`
 * where that is a plain answer.
 */
export function rootOnHost(w: Workload): 'yes' | 'no' | 'unknown' {
  const uids = w.processes.map(uidOnHost);
  if (uids.includes(0)) return 'yes';
  if (uids.length > 0 && !uids.includes(undefined)) return 'no';
  if (ownUserNamespace(w) === 'yes') return 'no';
  if (w.kind !== 'container') return 'unknown';
  const user = w.declared.user.split(':')[0] ?? '';
  return (user === '' || user === '0' || user === 'root') && ownUserNamespace(w) === 'no' ? 'yes' : 'unknown';
}

/** Names that some of the processes hold in effect, each with the reading that says so; from the declaration where the kernel could not be read. */
export function heldCapabilities(w: Workload, processes: readonly ProcessFacts[]): ReadonlyMap<string, Reading<unknown>> {
  const held = new Map<string, Reading<unknown>>();
  let read = processes.length > 0;
  for (const p of processes) {
    const effective = p.capabilities.effective;
    if (!isKnown(effective)) read = false;
    else for (const c of effective.value) if (!held.has(c)) held.set(c, effective);
  }
  if (read || w.kind !== 'container' || w.declared.capAdd.length === 0) return held;
  const asked = askedCaps(w.declared);
  const dropped = new Set(w.declared.capDrop.map(capName));
  for (const c of asked === 'all' ? Object.keys(DANGEROUS).filter((name) => !dropped.has(name)) : asked) {
    if (!held.has(c)) held.set(c, told(w.declared, 'capAdd'));
  }
  return held;
}

/** A path of the host that a workload sees and what it is worth, from the kernel's table where it was read, else from the declaration. */
export interface BoundPath extends HostPath {
  readonly destination: string;
  readonly propagation: string;
  readonly reading: Reading<unknown>;
}

/** Binds of the host that are worth a word, in the order of their place inside. */
export function boundPaths(w: Workload, s: Snapshot): readonly BoundPath[] {
  const declared = w.kind === 'container' ? w.declared.mounts.filter((m) => m.type === 'bind') : [];
  const seen = isKnown(w.mounts) ? w.mounts : null;
  const found = new Map<string, { host: string; destination: string; writable: boolean; propagation: string; source: string }>();
  for (const d of declared) {
    // The kernel knows whether a bind is writable now; the engine knows its path on the host.
    const now = seen?.value.find((m) => m.destination === d.destination);
    found.set(d.destination, { host: d.source, destination: d.destination, writable: now?.writable ?? d.writable, propagation: now?.propagation ?? d.propagation, source: now && seen ? seen.source : DECLARED_SOURCES.mounts });
  }
  for (const m of seen?.value ?? []) {
    if (m.host !== '' && !found.has(m.destination) && (!m.declared || w.kind === 'group')) found.set(m.destination, { ...m, source: seen?.source ?? '' });
  }
  return [...found.values()].flatMap((m): BoundPath[] => {
    const worth = hostPath(m, s.host);
    return worth ? [{ ...worth, destination: m.destination, propagation: m.propagation, reading: known(`${m.host} at ${m.destination}, ${m.writable ? 'read-write' : 'read-only'}`, m.source) }] : [];
  });
}
