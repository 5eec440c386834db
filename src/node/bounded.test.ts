import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { boundedText, TooLarge } from './bounded.js';

const folder = mkdtempSync(path.join(tmpdir(), 'bulkhead-bounded-'));
const file = path.join(folder, 'file');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a file is read to its end where it is no larger than the bound, over many steps and characters of many bytes', () => {
  const text = 'é'.repeat(1_300_000);
  writeFileSync(file, text);
  expect(boundedText(file)).toBe(text);
  expect(boundedText(file, 2_600_000)).toBe(text);
  expect(() => boundedText(file, 2_599_999)).toThrow(TooLarge);
});

test.skipIf(process.platform === 'win32')('what has no end is read to the bound alone', () => {
  expect(() => boundedText('/dev/zero', 3_000_000)).toThrow(TooLarge);
  expect(boundedText('/dev/null')).toBe('');
});
