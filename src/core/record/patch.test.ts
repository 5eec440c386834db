import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyPatch, patchOf } from './patch.js';

const plain = fc.jsonValue({ maxDepth: 4 }).map((v) => JSON.parse(JSON.stringify(v)) as unknown);
const noForbidden = (v: unknown): boolean => !/"(__proto__|constructor|prototype)"/.test(JSON.stringify(v));

test('the patch between any two values makes the second of the first, also after a way through a file', () => {
  const pair = fc.tuple(plain, plain).filter((p) => p.every(noForbidden));
  fc.assert(
    fc.property(pair, ([a, b]) => {
      const p = patchOf(a, b);
      const back = p === null ? a : applyPatch(a, (JSON.parse(JSON.stringify(p)) as { patch: unknown }).patch);
      expect(back).toEqual(b);
    }),
    { seed: 11, numRuns: 500 },
  );
});

test('only what changed is written', () => {
  expect(patchOf({ a: { b: 1, c: 2 }, d: [1] }, { a: { b: 1, c: 3 }, d: [1] })).toEqual({ patch: { a: { c: 3 } } });
  expect(patchOf({ a: 1 }, { a: 1 })).toBeNull();
});

test('a member that went, and one that is called =, are replaced as a whole', () => {
  expect(applyPatch({ r: { unknown: 'denied', source: 's' } }, patchOf({ r: { unknown: 'denied', source: 's' } }, { r: { value: 1, source: 's' } })?.patch)).toEqual({ r: { value: 1, source: 's' } });
  expect(applyPatch({ l: { '=': 'x' } }, patchOf({ l: { '=': 'x' } }, { l: { '=': 'y' } })?.patch)).toEqual({ l: { '=': 'y' } });
});

test('a patch from a foreign file reaches no prototype', () => {
  const out = applyPatch({}, JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'));
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
  expect(out).toEqual({});
});
