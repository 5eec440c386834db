import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyDelta, diffSnapshots, isEmpty, LISTS, same, type ListName } from './delta.js';
import { known, unknown, type Snapshot } from './model/index.js';

/** Entries carry their key and a few members; that is all a delta looks at. */
const entries = (list: ListName) =>
  fc
    .uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 12 })
    .chain((keys) => fc.tuple(...keys.map((key) => fc.record({ [LISTS[list]]: fc.constant(LISTS[list] === 'inode' ? key : `k${key}`), a: fc.integer({ max: 3, min: 0 }), deep: fc.record({ b: fc.option(fc.boolean()), c: fc.array(fc.integer({ max: 2, min: 0 }), { maxLength: 2 }) }) }))));

const anySnapshot = fc
  .record({
    takenAt: fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-01T00:00:02Z'),
    host: fc.record({ bootId: fc.constantFrom('a', 'b') }),
    connections: fc.constantFrom(unknown('not-asked', 'x'), known([], 'x')),
    notes: fc.array(fc.record({ about: fc.constant('a'), text: fc.constantFrom('x', 'y') }), { maxLength: 2 }),
    ...Object.fromEntries((Object.keys(LISTS) as ListName[]).map((list) => [list, entries(list)])),
  })
  .map((parts) => ({ format: 1, origin: 'live', redacted: false, ...parts }) as unknown as Snapshot);

const sorted = (s: Snapshot) => ({
  ...s,
  ...Object.fromEntries((Object.keys(LISTS) as ListName[]).map((list) => [list, [...(s[list] as readonly object[])].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))])),
});

test('what a delta makes of the previous snapshot is the next one, up to the order of lists', () => {
  fc.assert(
    fc.property(anySnapshot, anySnapshot, (prev, next) => {
      const delta = JSON.parse(JSON.stringify(diffSnapshots(prev, next))) as ReturnType<typeof diffSnapshots>;
      expect(sorted(applyDelta(prev, delta))).toEqual(sorted(next));
    }),
    { seed: 3, numRuns: 300 },
  );
});

test('between equal snapshots there is nothing to tell, and entries stay the same objects', () => {
  fc.assert(
    fc.property(anySnapshot, (s) => {
      const copy = JSON.parse(JSON.stringify(s)) as Snapshot;
      const delta = diffSnapshots(s, copy);
      expect(isEmpty(delta)).toBe(true);
      expect(applyDelta(s, delta).containers).toBe(s.containers);
    }),
    { seed: 4, numRuns: 100 },
  );
});

test('order is the previous one, new entries come last', () => {
  const at = (...ids: string[]) => ({ containers: ids.map((id) => ({ id })) }) as unknown as Snapshot;
  const next = applyDelta(at('c', 'a', 'b'), diffSnapshots(at('c', 'a', 'b'), at('x', 'b', 'c')));
  expect(next.containers.map((c) => c.id)).toEqual(['c', 'b', 'x']);
});

test('same() tells plain values apart', () => {
  expect(same({ a: 1 }, { a: 1, b: undefined })).toBe(true);
  expect(same({ a: 1 }, { a: 1, b: null })).toBe(false);
  expect(same([1], { 0: 1 })).toBe(false);
  expect(same(null, {})).toBe(false);
});
