import { expect, test } from 'vitest';
import { cast } from '../../../test/cast/cast.js';
import { indexed, indexedNext, type Indexed } from './indexed.js';

const all = cast(40).interfaces;
const plain = ({ interfaces, byNet, uppers }: Indexed) => ({ interfaces: Object.fromEntries([...interfaces].sort(([a], [b]) => (a < b ? -1 : 1))), byNet: Object.fromEntries(byNet), uppers: Object.fromEntries(uppers) });

/** Whether an index that went along with these lists is the one that is made of the last alone. */
function goesAlong(...lists: readonly (typeof all)[]): void {
  let index = indexed(all);
  for (const list of lists) {
    index = indexedNext(index, list);
    expect(plain(index)).toEqual(plain(indexed(list)));
    expect(index.of).toBe(list);
  }
}

test('what came, went or changed is found as in a list of today', () => {
  const without = (...gone: readonly number[]) => all.filter((_, n) => !gone.includes(n));
  goesAlong(without(0), all, without(3, 4, 17), without(3), all, without(all.length - 1), all);
  goesAlong(all.map((i, n) => (n % 9 === 0 ? { ...i, mtu: 9000 } : i)), all);
  goesAlong(all.map((i, n) => (n === 5 ? { ...i, net: 'host' } : i)), without(5), all);
});

test('a list that is another altogether is looked up anew', () => {
  goesAlong([...all].reverse(), all, [], all, all.slice(20), [...all.slice(20), ...all.slice(0, 20)]);
});
