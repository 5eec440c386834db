import { expect, test } from 'vitest';
import { isKnown, known, mapReading, unknown, valueOf } from './reading.js';

test('an unknown reading has no value and stays unknown when mapped', () => {
  const denied = unknown('denied', '/proc/1/ns/net');
  expect(isKnown(denied)).toBe(false);
  expect(valueOf(denied)).toBeUndefined();
  expect(mapReading<number, number>(denied, (n) => n + 1)).toEqual(denied);
});

test('a known reading keeps its source when mapped', () => {
  expect(mapReading(known(1, '/proc/1/status'), (n) => n + 1)).toEqual({ value: 2, source: '/proc/1/status' });
});
