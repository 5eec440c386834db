import { z } from 'zod';

/**
 * Why a fact is not known. `denied`: it is there and this user may not read it. `absent`: the kernel
 * or the engine has no such thing. `unsupported`: it cannot be read from here (a remote engine's
 * kernel, a runtime that does not tell). `not-asked`: nobody read it yet.
 */
export const UNKNOWN = ['denied', 'absent', 'unsupported', 'not-asked'] as const;
export type Unknown = (typeof UNKNOWN)[number];

/**
 * A fact with the place it was read from: a path (`/proc/48211/status`), a command
 * (`nft -j list ruleset`) or an API field (`engine: HostConfig.Memory`). Unknown never turns into fine.
 */
export type Reading<T> =
  | { readonly value: T; readonly source: string }
  | { readonly unknown: Unknown; readonly source: string };

/** The schema of a reading whose value has the given schema. */
export function reading<T extends z.ZodType>(value: T) {
  return z.union([
    z.object({ value, source: z.string() }).readonly(),
    z.object({ unknown: z.enum(UNKNOWN), source: z.string() }).readonly(),
  ]);
}

/** A fact that was read. */
export function known<T>(value: T, source: string): Reading<T> {
  return { value, source };
}

/** A fact that could not be read, and why. */
export function unknown(why: Unknown, source: string): { readonly unknown: Unknown; readonly source: string } {
  return { unknown: why, source };
}

/** Whether the fact was read. */
export function isKnown<T>(r: Reading<T>): r is { readonly value: T; readonly source: string } {
  return 'value' in r;
}

/** The value, or `undefined` where it is unknown. Callers must say what they do with `undefined`. */
export function valueOf<T>(r: Reading<T>): T | undefined {
  return 'value' in r ? r.value : undefined;
}

/** The same reading with its value changed; unknown stays unknown. */
export function mapReading<T, U>(r: Reading<T>, change: (value: T) => U): Reading<U> {
  return 'value' in r ? { value: change(r.value), source: r.source } : r;
}
