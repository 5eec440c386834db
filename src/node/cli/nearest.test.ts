import { expect, test } from 'vitest';
import { didYouMean } from './nearest.js';

test('a letter more, less, another or swapped is near; another word is not', () => {
  const known = ['snapshot', 'check', 'drift'];
  for (const word of ['snapshott', 'snapsho', 'snapshut', 'snaphsot', 'SNAPSHOT']) expect(didYouMean(word, known)).toBe(' Did you mean snapshot?');
  expect(didYouMean('zebra', known)).toBe('');
  expect(didYouMean('x'.repeat(10_000), known)).toBe('');
});
