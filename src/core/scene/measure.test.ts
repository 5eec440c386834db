import { expect, test } from 'vitest';
import { cutText, plain, textWidth, wrapText } from './measure.js';

const sans = { size: 12, weight: 400, family: 'sans' } as const;
const mono = { size: 10, weight: 400, family: 'mono' } as const;

test('figures are tabular: all as wide as one another', () => {
  const widths = new Set([...'0123456789'].map((d) => textWidth(d, sans)));
  expect(widths.size).toBe(1);
  expect(textWidth('veth1c9e', mono)).toBeCloseTo(8 * 6, 5);
});

test('a text that fits is left alone, a longer one ends in an ellipsis and fits', () => {
  expect(cutText('db', 100, sans)).toBe('db');
  const cut = cutText('registry.example.org/team/service:2026.11.30', 100, sans);
  expect(cut.endsWith('…')).toBe(true);
  expect(textWidth(cut, sans)).toBeLessThanOrEqual(100);
  expect(cutText('anything', 2, sans)).toBe('');
});

test('a sign beyond the font counts as wide, a combining one as nothing', () => {
  expect(textWidth('日', sans)).toBe(12);
  expect(textWidth('e\u0301', sans)).toBe(textWidth('e', sans));
});

test('a name cannot break the line, hide or turn the direction', () => {
  expect(plain('a\nb\u202ecod\u0000')).toBe('a b·cod·');
  expect(plain('\ud800x')).toBe('·x');
  expect([...plain('x'.repeat(4000))]).toHaveLength(400);
  expect(plain('😀 ok')).toBe('😀 ok');
});

test('a sentence is broken at spaces and its last line cut', () => {
  const lines = wrapText('It can forge ARP replies on docker0: scratch and registry would take it', 120, sans, 2);
  expect(lines).toHaveLength(2);
  for (const line of lines) expect(textWidth(line, sans)).toBeLessThanOrEqual(120);
  expect(lines[1]!.endsWith('…')).toBe(true);
});
