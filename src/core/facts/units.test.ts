import { expect, it } from 'vitest';
import { bytes, bytesOf, cores, count, listOf, rateOf } from './units.js';

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

it('writes bytes as people read them, in powers of 1024', () => {
  expect([bytes(0), bytes(512), bytes(932 * MiB), bytes(1.2 * GiB), bytes(2 * GiB), bytes(12.4 * GiB)]).toEqual([
    '0 B', '512 B', '932 MiB', '1.2 GiB', '2 GiB', '12 GiB',
  ]);
});
it('never writes 1024 of a unit', () => expect(bytes(1024 * MiB - 1)).toBe('1 GiB'));
it('compares in the unit of the limit', () => expect(bytesOf(0.9 * GiB, 2 * GiB)).toBe('0.9 of 2 GiB'));
it('does not read as nothing what is little', () => expect(bytesOf(9 * MiB, 8 * GiB)).toBe('9 MiB of 8 GiB'));
it('writes cores with one digit, and small ones with two', () => expect([cores(0.72), cores(2), cores(0.05), cores(0.001)]).toEqual(['0.7', '2', '0.05', '0']));
it('writes rates', () => expect([rateOf(4.1 * MiB), rateOf(12), rateOf(0)]).toEqual(['4.1 MiB/s', '12 B/s', '0 B/s']));
it('groups digits of pids without a place to break', () => expect(count(51907)).toBe('51\u00a0907'));
it('lists names, and counts those that are too many', () =>
  expect([listOf(['a']), listOf(['a', 'b']), listOf(['a', 'b', 'c']), listOf(['a', 'b', 'c', 'd', 'e'])]).toEqual([
    'a', 'a and b', 'a, b and c', 'a, b, c and 2 more',
  ]));
