import fc from 'fast-check';
import { expect, it } from 'vitest';
import { breaks, seriate, type WeightedSet } from './seriate.js';

const set = (members: string, first = false, weight = 1): WeightedSet => ({ members: new Set(members.split(' ')), first, weight });

it('puts the members of a set side by side', () => {
  const sets = [set('a c'), set('c e')];
  const order = seriate(['a', 'b', 'c', 'd', 'e'], sets);
  expect(order).toEqual([['a', 'c', 'e'], ['b'], ['d']]);
});
it('lets those lead who share with the first of all', () => expect(seriate(['a', 'b', 'c'], [set('a b'), set('c', true)])).toEqual([['c'], ['a', 'b']]));
it('keeps the given order where nothing is shared', () => expect(seriate(['b', 'a'], [])).toEqual([['b'], ['a']]));
it('keeps the host’s sharers together and crosses two bays in one', () => {
  const sets = [set('build exporter', true), set('exporter bash', true), set('build exporter', false, 2), set('exporter bash', false, 2), set('bash db', false, 2)];
  expect(seriate(['bash', 'build', 'db', 'exporter'], sets)).toEqual([['build', 'exporter', 'bash', 'db']]);
});
it('finds the order without a break where there is one, whatever the names', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(11), fc.integer({ min: 2, max: 4 })), { minLength: 1, maxLength: 6 }), fc.shuffledSubarray([...'abcdefghijkl'], { minLength: 12 }), (runs, shuffled) => {
      const line = [...'abcdefghijkl'];
      const sets = runs.map(([from, n]) => set(line.slice(from, from + n).join(' ') || 'a'));
      const order = seriate(shuffled, sets).flat();
      expect([...order].sort()).toEqual(line);
      expect(breaks(order, sets)).toBeLessThanOrEqual(breaks(shuffled, sets));
    }),
    { seed: 7, numRuns: 200 },
  );
});
