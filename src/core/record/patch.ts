/**
 * What makes one plain JSON value of another, small. An object is merged member by member; anything else is replaced.
 * `{ "=": value }` replaces as a whole, where members went or where a member is itself called `=`.
 */
export type Patch = unknown;

type Plain = Readonly<Record<string, unknown>>;

const isObject = (v: unknown): v is Plain => typeof v === 'object' && v !== null && !Array.isArray(v);
const SAME = Symbol('same');

function whole(after: unknown): Patch {
  return isObject(after) ? { '=': after } : after;
}

function differ(before: unknown, after: unknown): Patch | typeof SAME {
  if (before === after) return SAME;
  if (Array.isArray(before) && Array.isArray(after)) {
    return before.length === after.length && before.every((x, i) => differ(x, after[i]) === SAME) ? SAME : after;
  }
  if (!isObject(before) || !isObject(after)) return whole(after);
  const out: Record<string, unknown> = {};
  let some = false;
  for (const key of Object.keys(before)) {
    if (before[key] !== undefined && after[key] === undefined) return whole(after);
  }
  for (const key of Object.keys(after)) {
    if (after[key] === undefined) continue;
    if (key === '=') return before[key] === after[key] ? SAME : whole(after);
    const d = before[key] === undefined ? whole(after[key]) : differ(before[key], after[key]);
    if (d === SAME) continue;
    out[key] = d;
    some = true;
  }
  return some ? out : SAME;
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
  if ('=' in patch) return patch['='];
  const out: Record<string, unknown> = isObject(before) ? { ...before } : {};
  for (const key of Object.keys(patch)) if (!FORBIDDEN.has(key)) out[key] = applyPatch(out[key], patch[key]);
  return out;
}
