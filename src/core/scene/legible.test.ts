import { expect, test } from 'vitest';
import { foreignIn, legible } from './legible.js';
import type { TextMark } from './marks.js';
import { textWidth } from './measure.js';

const mark = (text: string, anchor: TextMark['anchor'] = 'start'): TextMark => ({ kind: 'text', x: 100, y: 50, text, size: 12, weight: 400, family: 'sans', anchor, fill: 'ink' });
const texts = (m: TextMark, missing: Iterable<number>) => legible(m, new Set(missing)).flatMap((x) => (x.kind === 'text' ? [x] : []));

test('Latin, Greek and Cyrillic are the bundled fonts’ own; other scripts and emoji are foreign', () => {
  expect([...foreignIn('shop_front-1 · é … Ж')]).toEqual([]);
  expect([...foreignIn('日本 👾')]).toEqual([0x65e5, 0x672c, 0x1f47e]);
});

test('a sign that cannot be drawn is a box with its number, and what stands around it stays where it was', () => {
  const marks = texts(mark('a日b'), [0x65e5]);
  expect(marks.map((m) => m.text)).toEqual(['a', '65', 'E5', 'b']);
  expect(marks[3]?.x).toBeCloseTo(100 + textWidth('a日', mark('')));
  expect(legible(mark('a日b'), new Set([0x65e5])).filter((m) => m.kind === 'rect')).toHaveLength(1);
  expect(texts(mark('👾'), [0x1f47e]).map((m) => m.text)).toEqual(['01F', '47E']);
});

test('the place of a text is kept, whatever its anchor', () => {
  const w = textWidth('日x', mark(''));
  expect(texts(mark('日x', 'end'), [0x65e5]).at(-1)?.x).toBeCloseTo(100 - textWidth('x', mark('')));
  expect(texts(mark('x日', 'middle'), [0x65e5])[0]?.x).toBeCloseTo(100 - w / 2);
});

test('a space after it is kept as room', () => {
  expect(texts(mark('日 b'), [0x65e5]).at(-1)).toMatchObject({ text: 'b', x: 100 + textWidth('日 ', mark('')) });
});

test('a joiner that cannot be drawn is left out', () => {
  expect(texts(mark('a\u200db'), [0x200d]).map((m) => m.text)).toEqual(['ab']);
});
