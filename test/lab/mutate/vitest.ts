import { isDeepStrictEqual } from 'node:util';

/** Stands in for vitest where tests are run a thousand times in one process: as much of it as the tests of core/reach use. */
export interface Test { readonly name: string; readonly run: () => void }
export const tests: Test[] = [];
const above: string[] = [];

class Like { constructor(readonly what: RegExp) {} }

/** `whole`: as `toEqual` compares, where a key that is undefined is none; else as `toMatchObject` does. */
function matches(v: unknown, like: unknown, whole: boolean): boolean {
  if (like instanceof Like) return typeof v === 'string' && like.what.test(v);
  if (Array.isArray(like)) return Array.isArray(v) && v.length === like.length && like.every((x, i) => matches(v[i], x, whole));
  if (typeof like !== 'object' || like === null || like instanceof Set || like instanceof Map) return isDeepStrictEqual(v, like);
  if (typeof v !== 'object' || v === null || Array.isArray(v)) return false;
  return Object.keys(whole ? { ...v, ...like } : like).every((k) => matches((v as Record<string, unknown>)[k], (like as Record<string, unknown>)[k], whole));
}

function matchers(v: unknown, not: boolean, says: string) {
  const must = (holds: boolean): void => {
    if (holds === not) throw new Error(says);
  };
  return {
    toBe: (x: unknown) => { must(Object.is(v, x)); },
    toEqual: (x: unknown) => { must(matches(v, x, true)); },
    toMatchObject: (x: unknown) => { must(matches(v, x, false)); },
    toBeUndefined: () => { must(v === undefined); },
    toBeGreaterThan: (x: number) => { must((v as number) > x); },
    toMatch: (x: RegExp) => { must(x.test(v as string)); },
    toContain: (x: string) => { must((v as string | readonly string[]).includes(x)); },
  };
}

export const expect = Object.assign((v: unknown, says = '') => ({ ...matchers(v, false, says), not: matchers(v, true, says) }), { stringMatching: (what: RegExp) => new Like(what) });

const titled = (name: string, args: readonly unknown[]): string => args.reduce<string>((n, a) => n.replace(/%[sdijo]/, String(a)), name);

function eachOf(one: (name: string, run: () => void) => void) {
  return (rows: readonly unknown[]) => (name: string, run: (...args: readonly unknown[]) => void) => {
    for (const row of rows) {
      const args = Array.isArray(row) ? row : [row];
      one(titled(name, args), () => { run(...args); });
    }
  };
}

const addTest = (name: string, run: () => void): void => void tests.push({ name: [...above, name].join(' › '), run });
const addGroup = (name: string, run: () => void): void => {
  above.push(name);
  run();
  above.pop();
};
export const test = Object.assign(addTest, { each: eachOf(addTest) });
export const it = test;
export const describe = Object.assign(addGroup, { each: eachOf(addGroup) });
