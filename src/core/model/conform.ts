import type { z } from 'zod';

/** Nothing that is read from a host nests so deep; what does would exhaust the stack of whoever walks it. */
export const MOST_DEPTH = 100;

type Check = (value: unknown, depth: number) => boolean;
type Plain = Readonly<Record<string, unknown>>;
/** The part of a zod schema's definition that is read here. */
type Def =
  | { readonly type: 'string' | 'number' | 'boolean' | 'null'; readonly checks?: readonly unknown[] }
  | { readonly type: 'literal'; readonly values: readonly unknown[] }
  | { readonly type: 'enum'; readonly entries: Plain }
  | { readonly type: 'readonly' | 'nullable' | 'optional'; readonly innerType: z.ZodType }
  | { readonly type: 'array'; readonly element: z.ZodType; readonly checks?: readonly unknown[] }
  | { readonly type: 'union'; readonly options: readonly z.ZodType[] }
  | { readonly type: 'record'; readonly keyType: z.ZodType; readonly valueType: z.ZodType; readonly checks?: readonly unknown[] }
  | { readonly type: 'object'; readonly shape: Readonly<Record<string, z.ZodType>>; readonly catchall?: unknown; readonly checks?: readonly unknown[] }
  | { readonly type: 'lazy'; readonly getter: () => z.ZodType }
  | { readonly type: 'other' };

/** What is not understood conforms to nothing, so that zod itself decides. */
const NEVER: Check = () => false;

const isObject = (value: unknown): value is Plain => typeof value === 'object' && value !== null && !Array.isArray(value);

function objectOf(shape: Readonly<Record<string, z.ZodType>>, made: Map<z.ZodType, Check>): Check {
  const keys = Object.keys(shape);
  const members = keys.map((key) => shape[key] as z.ZodType);
  const checks = members.map((member) => compile(member, made));
  const at = new Map(keys.map((key, i) => [key, i]));
  const needed = members.map((member) => (member.def as unknown as Def).type !== 'optional');
  const least = needed.filter(Boolean).length;
  return (value, depth) => {
    if (!isObject(value)) return false;
    let next = 0;
    let found = 0;
    for (const key in value) {
      // A file's members stand in the schema's order, as a rule.
      const i = keys[next] === key ? next : at.get(key);
      if (i === undefined || !Object.hasOwn(value, key) || !(checks[i] as Check)(value[key], depth + 1)) return false;
      if (needed[i] === true) found++;
      next = i + 1;
    }
    return found === least;
  };
}

function recordOf(keyCheck: Check, valueCheck: Check): Check {
  return (value, depth) => {
    if (!isObject(value)) return false;
    for (const key in value) if (key === '__proto__' || !Object.hasOwn(value, key) || !keyCheck(key, depth) || !valueCheck(value[key], depth + 1)) return false;
    return true;
  };
}

function make(schema: z.ZodType, made: Map<z.ZodType, Check>): Check {
  const def = schema.def as unknown as Def;
  // Bounds, patterns and refinements are zod's.
  if ('checks' in def && def.checks !== undefined && def.checks.length > 0) return NEVER;
  switch (def.type) {
    case 'string': return (value) => typeof value === 'string';
    case 'number': return (value) => Number.isFinite(value);
    case 'boolean': return (value) => typeof value === 'boolean';
    case 'null': return (value) => value === null;
    case 'literal': return def.values.length === 1 ? (value) => value === def.values[0] : (value) => def.values.includes(value);
    case 'enum': {
      const words = new Set(Object.values(def.entries));
      return (value) => words.has(value);
    }
    case 'readonly': return compile(def.innerType, made);
    case 'nullable': {
      const inner = compile(def.innerType, made);
      return (value, depth) => value === null || inner(value, depth);
    }
    case 'optional': return compile(def.innerType, made);
    case 'array': {
      const element = compile(def.element, made);
      return (value, depth) => {
        if (!Array.isArray(value)) return false;
        for (let i = 0; i < value.length; i++) if (!element((value as readonly unknown[])[i], depth + 1)) return false;
        return true;
      };
    }
    case 'union': {
      const options = def.options.map((option) => compile(option, made));
      const [first, second] = options;
      if (options.length === 2 && first !== undefined && second !== undefined) return (value, depth) => first(value, depth) || second(value, depth);
      return (value, depth) => options.some((option) => option(value, depth));
    }
    case 'record': return recordOf(compile(def.keyType, made), compile(def.valueType, made));
    case 'object': return def.catchall === undefined ? objectOf(def.shape, made) : NEVER;
    case 'lazy': {
      let inner: Check | null = null;
      return (value, depth) => depth < MOST_DEPTH && (inner ??= compile(def.getter(), made))(value, depth);
    }
    default: return NEVER;
  }
}

function compile(schema: z.ZodType, made: Map<z.ZodType, Check>): Check {
  let check = made.get(schema);
  if (check === undefined) made.set(schema, (check = make(schema, made)));
  return check;
}

/**
 * A check compiled from a zod schema: true only where the schema accepts a value that came from JSON and would give back
 * the same content, with no member left out and none put in. False says nothing: ask the schema, for its answer and its words.
 */
export function conforming(schema: z.ZodType): (value: unknown) => boolean {
  const check = compile(schema, new Map());
  return (value) => check(value, 0);
}

/** Whether plain data nests deeper than `most` levels. */
export function nestsDeeper(value: unknown, most: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (most === 0) return true;
  for (const key in value) if (nestsDeeper((value as Plain)[key], most - 1)) return true;
  return false;
}
