import fc from 'fast-check';
import { expect, test } from 'vitest';
import { share } from './share.js';

test('what is shared says the same as before', () => {
  const plain = fc.jsonValue({ maxDepth: 4 });
  fc.assert(
    fc.property(plain, plain, (a, b) => {
      const [before, after] = [JSON.parse(JSON.stringify(a)) as unknown, JSON.parse(JSON.stringify(b)) as unknown];
      expect(share(before, after)).toEqual(JSON.parse(JSON.stringify(b)));
    }),
    { seed: 13, numRuns: 500 },
  );
});

test('equal values become the very same object, and only the changed path is new', () => {
  const a = { list: [{ id: 'x', v: { n: 1 } }, { id: 'y', v: { n: 2 } }], rest: { deep: [1, 2] } };
  expect(share(a, structuredClone(a))).toBe(a);
  const b = share(a, { list: [{ id: 'y', v: { n: 2 } }, { id: 'x', v: { n: 9 } }], rest: { deep: [1, 2] } });
  expect(b.rest).toBe(a.rest);
  expect(b.list[0]).toBe(a.list[1]);
  expect(b.list[1]).toEqual({ id: 'x', v: { n: 9 } });
});
