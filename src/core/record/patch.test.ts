import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyPatch, patchOf } from './patch.js';

const plain = fc.jsonValue({ maxDepth: 4 }).map((v) => JSON.parse(JSON.stringify(v)) as unknown);
/** Lists that differ a little, as members and tables do. */
const lists = fc.tuple(fc.array(fc.record({ a: fc.nat(3), b: fc.nat(3) }), { maxLength: 12 }), fc.array(fc.nat(11), { maxLength: 3 }), fc.array(fc.record({ a: fc.nat(3), b: fc.nat(3) }), { maxLength: 3 }));
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

test('long lists are changed by position', () => {
  fc.assert(
    fc.property(lists, fc.boolean(), ([list, which, more], drop) => {
      const after = drop ? [...list.filter((_, i) => !which.includes(i)), ...more] : list.map((x, i) => (which.includes(i) ? { ...x, b: x.b + 1 } : x));
      const p = patchOf({ list }, { list: after });
      expect(p === null ? list : (applyPatch({ list }, JSON.parse(JSON.stringify(p.patch))) as { list: unknown }).list).toEqual(after);
    }),
    { seed: 12, numRuns: 500 },
  );
  const five = [{ pid: 1 }, { pid: 2 }, { pid: 3 }, { pid: 4 }, { pid: 5 }];
  expect(patchOf(five, five.map((x) => (x.pid === 3 ? { pid: 9 } : x)))).toEqual({ patch: { '#': [[2, { pid: 9 }]] } });
  expect(patchOf(five, [...five.slice(1), { pid: 6 }, { pid: 7 }])).not.toBeNull();
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
