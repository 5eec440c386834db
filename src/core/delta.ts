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
