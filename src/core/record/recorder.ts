import type { Alarm } from '../alarm/types.js';
import { LISTS, same, type ListName } from '../delta.js';
import type { Snapshot } from '../model/snapshot.js';
import { calm } from './calm.js';
import { line, RECORDING_FORMAT, type FrameLine, type ListChange } from './format.js';
import { patchOf } from './patch.js';

/** Use is written once in so long, ms; tables, which come and go by themselves, once in so long; a whole snapshot once in so long. */
export const USE_EVERY = 60_000;
export const TABLES_EVERY = 300_000;
export const WHOLE_EVERY = 3 * 3_600_000;

/** What a recorder remembers: the snapshot as a replay stands. */
export interface Recorder {
  readonly replay: Snapshot;
  readonly useAt: number;
  readonly tablesAt: number;
  readonly wholeAt: number;
}

type Entry = Readonly<Record<string, unknown>>;

/** The change of one list, and the list as a replay has it after. */
function changeList(list: ListName, before: readonly Entry[], after: readonly Entry[]): { readonly change: ListChange | null; readonly list: readonly Entry[] } {
  if (before === after) return { change: null, list: before };
  const key = LISTS[list];
  const next = new Map(after.map((e) => [e[key], e]));
  const set: [number, unknown][] = [];
  const gone: number[] = [];
  const out: Entry[] = [];
  before.forEach((old, i) => {
    const entry = next.get(old[key]);
    next.delete(old[key]);
    if (entry === undefined) {
      gone.push(i);
      return;
    }
    const p = patchOf(old, entry);
    if (p !== null) set.push([i, p.patch]);
    out.push(p === null ? old : entry);
  });
  const put = [...next.values()];
  out.push(...put);
  if (set.length === 0 && gone.length === 0 && put.length === 0) return { change: null, list: before };
  return { change: { ...(set.length > 0 ? { set } : {}), ...(gone.length > 0 ? { gone } : {}), ...(put.length > 0 ? { put } : {}) }, list: out };
}

/**
 * A workload's cgroup is told twice in a snapshot: with it, and in the tree. Written once, it goes for both: what the tree
 * would say the same is left out, and where the tree says nothing of it an empty patch keeps it so.
 */
function saidOnce(from: Snapshot, lists: Record<string, ListChange>): void {
  const twins = new Map<string, unknown>();
  for (const name of ['containers', 'groups'] as const) {
    for (const [i, patch] of lists[name]?.set ?? []) {
      const cgroup = (patch as { readonly cgroup?: unknown }).cgroup;
      const id = from[name][i]?.id;
      if (cgroup !== undefined && id !== undefined) twins.set(id, cgroup);
    }
  }
  if (twins.size === 0) return;
  const own = new Map(lists['cgroups']?.set ?? []);
  const set: [number, unknown][] = [];
  from.cgroups.forEach((node, i) => {
    const twin = node.of === null ? undefined : twins.get(node.of);
    const patch = own.get(i);
    if (twin === undefined) {
      if (patch !== undefined) set.push([i, patch]);
    } else if (patch === undefined) set.push([i, {}]);
    else if (!same(patch, { facts: twin })) set.push([i, patch]);
  });
  const { gone, put } = lists['cgroups'] ?? {};
  const change: ListChange = { ...(set.length > 0 ? { set } : {}), ...(gone === undefined ? {} : { gone }), ...(put === undefined ? {} : { put }) };
  if (Object.keys(change).length > 0) lists['cgroups'] = change;
  else delete lists['cgroups'];
}

/** The first lines of a recording: its header and the host as a whole. */
export function startRecording(snapshot: Snapshot): { readonly recorder: Recorder; readonly text: string } {
  const at = snapshot.takenAt;
  const now = Date.parse(at);
  return {
    recorder: { replay: snapshot, useAt: now, tablesAt: now, wholeAt: now },
    text: line({ bulkhead: 'recording', format: RECORDING_FORMAT, startedAt: at }) + line({ at, snapshot }),
  };
}

/**
 * The lines for the next snapshot; none where nothing changed that is due. What flickers waits for its
 * time, unless `urgent` (an alarm) wants the tables as they are.
 */
export function recordSnapshot(recorder: Recorder, snapshot: Snapshot, urgent = false): { readonly recorder: Recorder; readonly text: string } {
  const now = Date.parse(snapshot.takenAt);
  if (now - recorder.wholeAt >= WHOLE_EVERY) {
    return { recorder: { replay: snapshot, useAt: now, tablesAt: now, wholeAt: now }, text: line({ at: snapshot.takenAt, snapshot }) };
  }
  const use = now - recorder.useAt >= USE_EVERY;
  const tables = urgent || now - recorder.tablesAt >= TABLES_EVERY;
  const from = recorder.replay;
  const to = calm(from, snapshot, { use: !use, tables: !tables });
  const replay: Record<string, unknown> = { ...from, takenAt: snapshot.takenAt };
  const frame: Record<string, unknown> = {};
  const lists: Record<string, ListChange> = {};
  for (const name of Object.keys(LISTS) as ListName[]) {
    const { change, list } = changeList(name, from[name] as unknown as readonly Entry[], to[name] as unknown as readonly Entry[]);
    replay[name] = list;
    if (change !== null) lists[name] = change;
  }
  for (const part of ['host', 'connections'] as const) {
    const p = patchOf(from[part], to[part]);
    if (p === null) continue;
    frame[part] = p.patch;
    replay[part] = to[part];
  }
  const notes = patchOf(from.notes, to.notes);
  if (notes !== null) {
    frame['notes'] = to.notes;
    replay['notes'] = to.notes;
  }
  saidOnce(from, lists);
  if (Object.keys(lists).length > 0) frame['lists'] = lists;
  const times = { useAt: use ? now : recorder.useAt, tablesAt: tables ? now : recorder.tablesAt };
  if (Object.keys(frame).length === 0) return { recorder: { ...recorder, ...times }, text: '' };
  return { recorder: { ...recorder, replay: replay as unknown as Snapshot, ...times }, text: line({ at: snapshot.takenAt, ...frame } as FrameLine) };
}

/** The line for an alarm that began, came back or healed. */
export function recordAlarm(at: string, alarm: Alarm): string {
  return line({ at, alarm });
}
