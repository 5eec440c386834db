/**
 * What makes one plain JSON value of another, small. An object is merged member by member; anything else is replaced.
 * `{ "=": value }` replaces as a whole, where members went or where a member is itself called like one of these signs.
 * A long list is changed by position: `{ "#": [[position, patch] …], "-": positions that went, "+": what came at its end }`.
 */
export type Patch = unknown;

type Plain = Readonly<Record<string, unknown>>;

const isObject = (v: unknown): v is Plain => typeof v === 'object' && v !== null && !Array.isArray(v);
const SAME = Symbol('same');
const SIGNS = new Set(['=', '#']);
/** Shorter lists are written as they are. */
const SHORT = 3;

function whole(after: unknown): Patch {
  return isObject(after) ? { '=': after } : after;
}

function differ(before: unknown, after: unknown): Patch | typeof SAME {
  if (before === after) return SAME;
  if (Array.isArray(before) && Array.isArray(after)) {
    return differLists(before, after);
  }
  if (!isObject(before) || !isObject(after)) return whole(after);
  const out: Record<string, unknown> = {};
  let some = false;
  for (const key of Object.keys(before)) {
    if (before[key] !== undefined && after[key] === undefined) return whole(after);
  }
  for (const key of Object.keys(after)) {
    if (after[key] === undefined) continue;
    if (SIGNS.has(key)) return JSON.stringify(before) === JSON.stringify(after) ? SAME : whole(after);
    const d = before[key] === undefined ? whole(after[key]) : differ(before[key], after[key]);
    if (d === SAME) continue;
    out[key] = d;
    some = true;
  }
  return some ? out : SAME;
}

function differLists(before: readonly unknown[], after: readonly unknown[]): Patch | typeof SAME {
  if (before.length === after.length) {
    const set: [number, Patch][] = [];
    before.forEach((x, i) => {
      const d = differ(x, after[i]);
      if (d !== SAME) set.push([i, d]);
    });
    if (set.length === 0) return SAME;
    return before.length > SHORT && set.length <= before.length / 2 ? { '#': set } : after;
  }
  const gone: number[] = [];
  let next = 0;
  before.forEach((x, i) => {
    if (next < after.length && differ(x, after[next]) === SAME) next++;
    else gone.push(i);
  });
  const came = after.slice(next);
  if (before.length <= SHORT || gone.length + came.length > before.length / 2) return after;
  return { '#': [], ...(gone.length > 0 ? { '-': gone } : {}), ...(came.length > 0 ? { '+': came } : {}) };
}

/** The patch from one value to another, or null where they say the same. */
export function patchOf(before: unknown, after: unknown): { readonly patch: Patch } | null {
  const d = differ(before, after);
  return d === SAME ? null : { patch: d };
}

/** Names that an opened file must not reach through an object. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/** The value after a patch; any patch gives some value, and members that did not change stay the same objects. */
export function applyPatch(before: unknown, patch: Patch): unknown {
  if (!isObject(patch)) return patch;
  if (Object.hasOwn(patch, '=')) return patch['='];
  if (Array.isArray(patch['#'])) return applyToList(Array.isArray(before) ? (before as readonly unknown[]) : [], patch);
  const out: Record<string, unknown> = isObject(before) ? { ...before } : {};
  for (const key of Object.keys(patch)) if (!FORBIDDEN.has(key)) out[key] = applyPatch(out[key], patch[key]);
  return out;
}

function applyToList(before: readonly unknown[], patch: Plain): unknown[] {
  const out: unknown[] = [...before];
  for (const step of patch['#'] as readonly unknown[]) {
    const [at, change] = Array.isArray(step) ? (step as readonly unknown[]) : [];
    if (typeof at === 'number' && Number.isInteger(at) && at >= 0 && at < out.length) out[at] = applyPatch(out[at], change);
  }
  const gone = new Set<unknown>(Array.isArray(patch['-']) ? patch['-'] : []);
  const came: readonly unknown[] = Array.isArray(patch['+']) ? patch['+'] : [];
  return [...(gone.size === 0 ? out : out.filter((_, i) => !gone.has(i))), ...came];
}
