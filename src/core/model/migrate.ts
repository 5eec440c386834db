import { FORMAT } from './snapshot.js';

/** Makes of a snapshot of one format one of the next. Plain JSON in and out, nothing of it trusted. */
export type Migration = (old: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/** By the format that it starts from. Every earlier format has one; a test fails where it is missing. Format 1 is the first. */
export const MIGRATIONS: Readonly<Record<number, Migration>> = {};

/** The same content in today's format (or in `to`), or the sentence why that cannot be. */
export function migrate(
  value: Readonly<Record<string, unknown>>,
  migrations: Readonly<Record<number, Migration>> = MIGRATIONS,
  to: number = FORMAT,
): { readonly ok: true; readonly value: Readonly<Record<string, unknown>> } | { readonly ok: false; readonly why: string } {
  const format = value['format'];
  if (typeof format !== 'number' || !Number.isInteger(format)) return { ok: false, why: 'it has no format number' };
  if (format > to) return { ok: false, why: `it is of format ${format}, and this version reads up to ${to}` };
  let now: Readonly<Record<string, unknown>> = value;
  for (let f = format; f < to; f += 1) {
    const step = migrations[f];
    if (!step) return { ok: false, why: `it is of format ${f}, which was never written` };
    now = step(now);
  }
  return { ok: true, value: now };
}
