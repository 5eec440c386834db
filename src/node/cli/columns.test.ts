import { expect, test } from 'vitest';
import { clip, columns, widthOf } from './columns.js';
import { safe } from './trouble.js';

test('columns line up by what is seen: colour takes no room, wide signs take two', () => {
  const text = columns([['a', 'one'], ['日本', 'two'], ['\u001b[31mred\u001b[39m', 'three']], 80);
  const starts = text.trimEnd().split('\n').map((line) => widthOf(line.replace(/\u001b\[[0-9;]*m/gu, '').split(/one|two|three/u)[0] ?? ''));
  expect(new Set(starts).size).toBe(1);
});

test('the last column wraps at words within the width', () => {
  const text = columns([['name', 'word '.repeat(40).trim()]], 60);
  expect(Math.max(...text.split('\n').map((l) => l.length))).toBeLessThanOrEqual(60);
  expect(columns([], 80)).toBe('');
});

test('untrusted text moves no cursor and turns no line', () => {
  expect(safe('a\u001b[2Jb\nc\u202ed')).toBe('a\ufffd[2Jb c\ufffdd');
  expect(clip('x'.repeat(50), 10)).toHaveLength(10);
});
