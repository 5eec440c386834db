import { expect, test } from 'vitest';
import { asRead } from './fallback.js';

const read = (...texts: string[]): string[] => asRead(texts.map((text) => ({ text, file: null }))).map((run) => run.text);

test('words that run to the left stand in their order, Latin beside them stays where it is', () => {
  expect(read('web-', '\u05d0\u05d1', ' ', '\u05d2', '-1')).toEqual(['web-', '\u05d2', ' ', '\u05d0\u05d1', '-1']);
  expect(read('\u0645', '-web-', '\u0646')).toEqual(['\u0645', '-web-', '\u0646']);
  expect(read('plain', '\u65e5')).toEqual(['plain', '\u65e5']);
});
