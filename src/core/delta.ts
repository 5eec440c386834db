import type { Snapshot } from './model/snapshot.js';

/** The lists of a snapshot and the member that names an entry. */
export const LISTS = {
  containers: 'id',
  groups: 'id',
  namespaces: 'inode',
  cgroups: 'id',
  segments: 'id',
  interfaces: 'id',
  nets: 'key',
} as const;
export type ListName = keyof typeof LISTS;

export interface ListDelta<T> {
  readonly put: readonly T[];
  readonly gone: readonly (string | number)[];
}

/** What makes the next snapshot of the previous one. Absent lists are unchanged; order is the previous one's, new entries last. */
export interface SnapshotDelta {
  readonly takenAt: string;
  readonly host: Snapshot['host'] | null;
  readonly connections: Snapshot['connections'] | null;
  readonly notes: Snapshot['notes'] | null;
  readonly lists: { readonly [K in ListName]?: ListDelta<Snapshot[K][number]> };
}

type Entry<K extends ListName> = Snapshot[K][number];
const keyOf = <K extends ListName>(list: K, entry: Entry<K>): string | number => (entry as unknown as Record<string, string | number>)[LISTS[list]] ?? '';

/** Whether two plain JSON values say the same. Members that are `undefined` count as absent. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Number.isNaN(a) && Number.isNaN(b);
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!same(a[i], b[i])) return false;
    return true;
  }
  if (Array.isArray(b)) return false;
  const one = a as Record<string, unknown>;
  const other = b as Record<string, unknown>;
  for (const name in one) if (!same(one[name], other[name])) return false;
  for (const name in other) if (other[name] !== undefined && one[name] === undefined) return false;
  return true;
}

/** Whether two lists hold the very same entries in the same order, as those of a quiet host do. */
function alike(prev: readonly unknown[], next: readonly unknown[]): boolean {
  if (prev.length !== next.length) return false;
  for (let i = 0; i < prev.length; i++) if (prev[i] !== next[i]) return false;
  return true;
}

function diffList<K extends ListName>(list: K, prev: Snapshot[K], next: Snapshot[K]): ListDelta<Entry<K>> | null {
  if (prev === next || alike(prev, next)) return null;
  const before = new Map((prev as readonly Entry<K>[]).map((entry) => [keyOf(list, entry), entry]));
  const put: Entry<K>[] = [];
  const left = new Set(before.keys());
  for (const entry of next as readonly Entry<K>[]) {
    const key = keyOf(list, entry);
    left.delete(key);
    if (!same(before.get(key), entry)) put.push(entry);
  }
  return put.length === 0 && left.size === 0 ? null : { put, gone: [...left] };
}

/** What makes `next` of `prev`. Origin, format and redaction are not told: a change of those is a whole picture. */
export function diffSnapshots(prev: Snapshot, next: Snapshot): SnapshotDelta {
  const lists: Record<string, unknown> = {};
  for (const list of Object.keys(LISTS) as ListName[]) {
    const delta = diffList(list, prev[list], next[list]);
    if (delta !== null) lists[list] = delta;
  }
  return {
    takenAt: next.takenAt,
    host: same(prev.host, next.host) ? null : next.host,
    connections: same(prev.connections, next.connections) ? null : next.connections,
    notes: same(prev.notes, next.notes) ? null : next.notes,
    lists: lists as SnapshotDelta['lists'],
  };
}

/** Whether a delta says anything beyond the time at which it was taken. */
export function isEmpty(delta: SnapshotDelta): boolean {
  return delta.host === null && delta.connections === null && delta.notes === null && Object.keys(delta.lists).length === 0;
}

function applyList<K extends ListName>(list: K, prev: Snapshot[K], delta: ListDelta<Entry<K>>): Snapshot[K] {
  const gone = new Set(delta.gone);
  const put = new Map(delta.put.map((entry) => [keyOf(list, entry), entry]));
  const out: Entry<K>[] = [];
  for (const entry of prev as readonly Entry<K>[]) {
    const key = keyOf(list, entry);
    const replaced = put.get(key);
    put.delete(key);
    if (replaced !== undefined) out.push(replaced);
    else if (!gone.has(key)) out.push(entry);
  }
  out.push(...put.values());
  return out as unknown as Snapshot[K];
}

/** The next snapshot. Entries that did not change are the same objects, so a view can tell by `===`. */
export function applyDelta(prev: Snapshot, delta: SnapshotDelta): Snapshot {
  const next: Record<string, unknown> = { ...prev, takenAt: delta.takenAt };
  if (delta.host !== null) next['host'] = delta.host;
  if (delta.connections !== null) next['connections'] = delta.connections;
  if (delta.notes !== null) next['notes'] = delta.notes;
  for (const list of Object.keys(delta.lists) as ListName[]) {
    const change = delta.lists[list];
    if (change !== undefined) next[list] = applyList(list, prev[list], change as ListDelta<never>);
  }
  return next as unknown as Snapshot;
}
