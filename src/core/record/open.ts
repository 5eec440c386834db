import { z } from 'zod';
import type { Alarm } from '../alarm/types.js';
import { LISTS, type ListName } from '../delta.js';
import { MOST_DEPTH, nestsDeeper } from '../model/conform.js';
import { openSnapshot, MOST_BYTES, type NotOpened } from '../model/open.js';
import { reading } from '../model/reading.js';
import type { Snapshot } from '../model/snapshot.js';
import { RECORDING_FORMAT } from './format.js';
import { applyPatch } from './patch.js';

/** A moment that can be shown. */
export interface Frame {
  readonly at: string;
}

/** An opened recording. `truncated`: it ends in the middle of a line, or a line in it was damaged; `frames` go as far as it can be followed. */
export interface Recording {
  readonly startedAt: string;
  readonly frames: readonly Frame[];
  readonly alarms: readonly Alarm[];
  readonly truncated: boolean;
  /** For frameAt alone. */
  readonly steps: readonly Step[];
}

type Step = { readonly whole: unknown } | { readonly change: Readonly<Record<string, unknown>> };
export type OpenedRecording = { readonly ok: true; readonly recording: Recording } | { readonly ok: false; readonly trouble: NotOpened };
export type FrameAnswer = { readonly ok: true; readonly snapshot: Snapshot } | { readonly ok: false; readonly trouble: NotOpened };

const header = z.object({ bulkhead: z.literal('recording'), format: z.number(), startedAt: z.string().max(40) });
const iso = z.string().max(40).refine((t) => !Number.isNaN(Date.parse(t)));
const wholeLine = z.object({ at: iso, snapshot: z.record(z.string(), z.unknown()) });
const alarmLine = z.object({
  at: iso,
  alarm: z.object({
    id: z.string(), kind: z.enum(['impersonation', 'mac-move']), at: z.string(), healedAt: z.string().nullable(), attacker: z.string(), victim: z.string(),
    impersonates: z.string(), address: z.string(), segment: z.string(), sentence: z.string().max(2000), evidence: z.array(reading(z.unknown())).max(20).readonly(),
  }),
});
const frameLine = z.object({
  at: iso,
  host: z.unknown().optional(),
  connections: z.unknown().optional(),
  notes: z.unknown().optional(),
  lists: z
    .record(
      z.string(),
      z.object({
        set: z.array(z.tuple([z.number().int().nonnegative(), z.unknown()])).optional(),
        gone: z.array(z.number().int().nonnegative()).optional(),
        put: z.array(z.unknown()).optional(),
      }),
    )
    .optional(),
});

const not = (why: string, todo = 'Make one with `bulkhead record -o FILE`.'): { readonly ok: false; readonly trouble: NotOpened } => ({
  ok: false,
  trouble: { what: 'this is not a recording', why, todo, command: '' },
});

/** Whether a text claims to be a recording, by its first line. */
export function isRecording(text: string): boolean {
  return /^\uFEFF?\s*\{"bulkhead":"recording"/.test(text.slice(0, 200));
}

/** A line's JSON; what nests without end is as damaged as what is no JSON. */
function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return nestsDeeper(value, MOST_DEPTH) ? undefined : value;
  } catch {
    return undefined;
  }
}

/**
 * Opens the text of a recording. It is not trusted: bounded, and each line is checked; a frame is checked against the
 * snapshot's schema when it is shown. Cut off anywhere, it opens up to the cut. A damaged line loses what
 * follows until the next whole snapshot.
 */
export function openRecording(text: string): OpenedRecording {
  if (text.length > MOST_BYTES) return not(`it is larger than ${MOST_BYTES / 1024 / 1024} MB`, 'Record for a shorter time.');
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  const head = header.safeParse(parsed(lines[0] ?? ''));
  if (!head.success) return not('its first line is no header of a recording');
  if (head.data.format > RECORDING_FORMAT) return not(`its format is ${head.data.format}, and this version reads up to ${RECORDING_FORMAT}`, 'Open it with the version that wrote it, or a later one.');
  const frames: Frame[] = [];
  const steps: Step[] = [];
  const alarms = new Map<string, Alarm>();
  let truncated = false;
  let lost = true;
  for (let i = 1; i < lines.length; i++) {
    const raw = lines[i] ?? '';
    if (raw === '') continue;
    const value = parsed(raw);
    const whole = wholeLine.safeParse(value);
    if (whole.success) {
      lost = false;
      frames.push({ at: whole.data.at });
      steps.push({ whole: whole.data.snapshot });
      continue;
    }
    const alarm = alarmLine.safeParse(value);
    if (alarm.success) {
      alarms.set(alarm.data.alarm.id, alarm.data.alarm);
      continue;
    }
    const frame = frameLine.safeParse(value);
    if (!frame.success) {
      truncated = true;
      lost = true;
    } else if (!lost) {
      frames.push({ at: frame.data.at });
      steps.push({ change: frame.data });
    }
  }
  if (frames.length === 0) return not('it holds no whole snapshot', 'It was cut off before anything was recorded; record again.');
  return { ok: true, recording: { startedAt: head.data.startedAt, frames, alarms: [...alarms.values()], truncated, steps } };
}

const member = (v: unknown, name: string): unknown => (typeof v === 'object' && v !== null && Object.hasOwn(v, name) ? (v as Readonly<Record<string, unknown>>)[name] : undefined);

function step(before: Readonly<Record<string, unknown>>, change: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const next: Record<string, unknown> = { ...before, takenAt: change['at'] };
  for (const part of ['host', 'connections'] as const) if (change[part] !== undefined) next[part] = applyPatch(before[part], change[part]);
  if (change['notes'] !== undefined) next['notes'] = change['notes'];
  const twins = new Map<unknown, unknown>();
  const lists = (change['lists'] ?? {}) as Readonly<Record<string, { readonly set?: readonly (readonly [number, unknown])[]; readonly gone?: readonly number[]; readonly put?: readonly unknown[] }>>;
  for (const name of Object.keys(LISTS) as ListName[]) {
    const c = lists[name] ?? {};
    const old = before[name];
    if (!Array.isArray(old) || (lists[name] === undefined && (name !== 'cgroups' || twins.size === 0))) continue;
    const out: unknown[] = [...(old as readonly unknown[])];
    const own = new Set<number>();
    for (const [i, patch] of c.set ?? []) {
      if (i >= out.length) continue;
      own.add(i);
      if ((name === 'containers' || name === 'groups') && member(patch, 'cgroup') !== undefined) twins.set(member(out[i], 'id'), member(patch, 'cgroup'));
      out[i] = applyPatch(out[i], patch);
    }
    // A workload's cgroup is written once, and goes for its node in the tree as well.
    if (name === 'cgroups' && twins.size > 0) {
      out.forEach((node, i) => {
        const twin = twins.get(member(node, 'of'));
        if (twin !== undefined && !own.has(i)) out[i] = applyPatch(node, { facts: twin });
      });
    }
    const gone = new Set(c.gone ?? []);
    next[name] = [...(gone.size === 0 ? out : out.filter((_, i) => !gone.has(i))), ...(c.put ?? [])];
  }
  return next;
}

/** Snapshots kept on the way, so that stepping and seeking need not begin at the start. */
const KEEP_EVERY = 64;
const kept = new WeakMap<Recording, Map<number, Readonly<Record<string, unknown>>>>();

/** The snapshot of a frame, checked against the schema. An index beyond the ends is the nearest one. */
export function frameAt(recording: Recording, index: number): FrameAnswer {
  const at = Math.max(0, Math.min(recording.steps.length - 1, Math.trunc(index)));
  const memory = kept.get(recording) ?? new Map<number, Readonly<Record<string, unknown>>>();
  kept.set(recording, memory);
  let from = at;
  while (from > 0 && !memory.has(from) && !('whole' in (recording.steps[from] as Step))) from--;
  let value = memory.get(from) ?? ((recording.steps[from] as { readonly whole: unknown }).whole as Readonly<Record<string, unknown>>);
  for (let i = from + 1; i <= at; i++) {
    const s = recording.steps[i] as Step;
    value = 'whole' in s ? (s.whole as Readonly<Record<string, unknown>>) : step(value, s.change);
    if (i % KEEP_EVERY === 0) memory.set(i, value);
  }
  memory.set(at, value);
  if (memory.size > 2 * (recording.steps.length / KEEP_EVERY) + 16) {
    for (const key of memory.keys()) if (key % KEEP_EVERY !== 0 && key !== at) memory.delete(key);
  }
  return openSnapshot(JSON.stringify(value));
}
