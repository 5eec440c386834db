import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { conforming, nestsDeeper } from './conform.js';
import { snapshot } from './snapshot.js';

const conforms = conforming(snapshot);
const text = readFileSync(path.resolve(import.meta.dirname, '../../../assets/example.json'), 'utf8');
type Node = Record<string, unknown>;

test('a host that was recorded conforms, so that opening it takes the quick way', () => {
  expect(conforms(JSON.parse(text))).toBe(true);
});

/** Every place in plain data that holds something, as the object and its key. */
function places(value: unknown, out: [Node, string][] = []): [Node, string][] {
  if (typeof value !== 'object' || value === null) return out;
  for (const key of Object.keys(value)) {
    out.push([value as Node, key]);
    places((value as Node)[key], out);
  }
  return out;
}

test('whatever conforms, the schema accepts and gives back unchanged', () => {
  const count = places(JSON.parse(text)).length;
  const strange = fc.constantFrom<unknown>(null, 0, -1, 1.5, Infinity, '', 'max', 'running', 'denied', true, [], {}, [1], { value: 1 }, { value: 'x', source: 'y' }, { unknown: 'denied', source: 'y' }, { value: 1, unknown: 'denied', source: 'y' }, ['a', 'b']);
  const deed = fc.record({ at: fc.nat(count - 1), do: fc.constantFrom('put', 'remove', 'add', 'proto'), put: strange });
  let both = 0;
  fc.assert(
    fc.property(deed, (change) => {
      const value: unknown = JSON.parse(text);
      const [owner, key] = places(value)[change.at] ?? [{}, ''];
      if (change.do === 'put') owner[key] = change.put;
      else if (change.do === 'remove' && !Array.isArray(owner)) delete owner[key];
      else if (change.do === 'add' && !Array.isArray(owner)) owner['more'] = change.put;
      else if (!Array.isArray(owner)) Object.defineProperty(owner, '__proto__', { value: change.put, enumerable: true, configurable: true, writable: true });
      const before = JSON.stringify(value);
      if (!conforms(value)) return;
      both++;
      const checked = snapshot.safeParse(value);
      expect(checked.error).toBeUndefined();
      expect(JSON.parse(JSON.stringify(checked.data))).toEqual(JSON.parse(before));
    }),
    { seed: 20_261_130, numRuns: 120 },
  );
  expect(both).toBeGreaterThan(5);
});

test('what a schema only refines, transforms or lets through unnamed is left to the schema', () => {
  expect(conforming(z.string().max(3))('ab')).toBe(false);
  expect(conforming(z.string().transform((s) => s.length))('ab')).toBe(false);
  expect(conforming(z.looseObject({ a: z.string() }))({ a: 'x', b: 1 })).toBe(false);
  expect(conforming(z.object({ a: z.string().default('x') }))({})).toBe(false);
});

test('an optional member may be absent, another may not, and one too many does not conform', () => {
  const check = conforming(z.object({ a: z.string(), b: z.number().optional() }));
  expect([check({ a: 'x' }), check({ a: 'x', b: 1 }), check({ b: 1, a: 'x' }), check({ b: 1 }), check({ a: 'x', c: 1 }), check([]), check(null)]).toEqual([true, true, true, false, false, false, false]);
});

test('depth is counted without walking further than asked', () => {
  expect(nestsDeeper({ a: [1] }, 2)).toBe(false);
  expect(nestsDeeper({ a: [{}] }, 2)).toBe(true);
  const deep = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) as unknown;
  expect(nestsDeeper(deep, 100)).toBe(true);
});
