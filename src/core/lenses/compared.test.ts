import { expect, test } from 'vitest';
import { cast } from '../../../test/cast/cast.js';
import { pictureOf } from '../../../test/browser/stand.js';
import { compare } from '../diff/index.js';
import { textWidth } from '../scene/measure.js';
import type { TextMark } from '../scene/marks.js';
import { LENSES, type Box } from '../scene/scene.js';
import { lensByName } from './index.js';
import { DEFAULT_OPTIONS } from './view.js';
import { comparedItems, comparedLegend, comparedMarks } from './compared.js';
import { gone, type Label } from './gone.js';

const boxOf = (m: TextMark): Box => ({ x: m.x - textWidth(m.text, m) * { start: 0, middle: 0.5, end: 1 }[m.anchor], y: m.y - m.size * 0.72, w: textWidth(m.text, m), h: m.size * 0.72 });
const overlaps = (a: Box, b: Box): boolean => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

const now = cast(14);
const first = now.containers[0];
const web = now.containers[2];
const before = {
  ...now,
  containers: [
    ...now.containers.slice(1).map((c) => (c.id === web?.id ? { ...c, cgroup: { ...c.cgroup, memory: { ...c.cgroup.memory, limit: { value: 4096, source: 'memory.max' } } } } : c)),
    ...(web === undefined ? [] : [{ ...web, id: 'f'.repeat(64), name: 'old-worker', image: 'old', project: null, service: null }]),
  ],
};
const comparison = compare(before, now);

test('a comparison tells who came, who changed, and from where who is gone', () => {
  expect(comparison.came).toEqual([first?.id]);
  expect(comparison.changed).toContain(web?.id);
  expect(comparison.goneFrom.flatMap((g) => g.names)).toContain('old-worker');
});

test.each(LENSES)('the %s lens shows it by signs of one ink, at the things it is about', (lens) => {
  const { judgement, findings, alarms } = pictureOf(now);
  const { scene } = lensByName(lens).arrange({ snapshot: now, judgement, findings, alarms, shown: null, project: null, width: 1200, options: DEFAULT_OPTIONS }, null);
  const marks = comparedMarks(scene.items, comparison);
  const signs = marks.flatMap((m) => (m.kind === 'path' ? [m.d.map((step) => step[0]).join('')] : []));
  expect(signs).toContain('MLML');
  expect(signs).toContain('MLLZ');
  if (lens === 'network') expect(marks.some((m) => m.kind === 'text' && m.text.includes('old-worker'))).toBe(true);
  expect(new Set(marks.flatMap((m) => (m.kind === 'path' ? [m.stroke?.token] : [])))).toEqual(new Set(['ink']));
});

test.each(LENSES)('in the %s lens no sign lies on the words of what it is about', (lens) => {
  const { judgement, findings, alarms } = pictureOf(now);
  const { scene } = lensByName(lens).arrange({ snapshot: now, judgement, findings, alarms, shown: null, project: null, width: 1200, options: DEFAULT_OPTIONS }, null);
  const all = { ...comparison, came: now.containers.map((c) => c.id), changed: [] };
  const signs = comparedMarks(scene.items, all).flatMap((m) => (m.kind === 'rect' ? [m] : []));
  const words = scene.items.filter((i) => comparedItems(scene.items, all).has(i.id)).flatMap((i) => [...i.marks, ...i.near].flatMap((m) => (m.kind === 'text' ? [boxOf(m)] : [])));
  expect(signs.length).toBeGreaterThan(10);
  for (const sign of signs) for (const word of words) expect(overlaps(sign, word), `${JSON.stringify(sign)} ${JSON.stringify(word)}`).toBe(false);
});

test.each(LENSES)('the key of the %s lens names the signs that it shows, and no other', (lens) => {
  const { judgement, findings, alarms } = pictureOf(now);
  const { scene } = lensByName(lens).arrange({ snapshot: now, judgement, findings, alarms, shown: null, project: null, width: 1200, options: DEFAULT_OPTIONS }, null);
  expect(comparedLegend(scene.items, comparison).map((entry) => entry.text)).toEqual(['came', 'changed', ...(lens === 'network' ? ['gone from there'] : [])]);
});

test('nothing that changed is no mark', () => {
  expect(comparedMarks([], comparison)).toEqual([]);
});

const CROWDS = ([14, 40, 200] as const).flatMap((size) => [860, 1080, 1400].map((width) => ({ size, width })));

test.each(CROWDS)('who is gone from a bus is named where nothing else stands, or counted at its end: $size containers, $width wide', ({ size, width }) => {
  const snapshot = cast(size);
  const { judgement, findings, alarms } = pictureOf(snapshot);
  const { scene } = lensByName('network').arrange({ snapshot, judgement, findings, alarms, shown: null, project: null, width, height: 760, options: DEFAULT_OPTIONS }, null);
  const labels: Label[] = [];
  for (const bus of scene.items.filter((i) => i.role === 'bus')) labels.push(gone(scene.items, bus.box, ['old-worker', 'older-worker', 'the-oldest-worker'], 16, () => [], labels));
  expect(labels.length).toBeGreaterThan(2);
  const words = labels.flatMap(({ marks }) => marks.flatMap((m) => (m.kind === 'text' ? [m.text] : [])));
  expect(words.every((text) => text === '3' || text.startsWith('old-worker'))).toBe(true);
  if (size === 14) expect(words.filter((text) => text !== '3').length).toBeGreaterThan(2);
  const texts = scene.items.flatMap((i) => [...i.marks, ...i.near]).flatMap((m) => (m.kind === 'text' ? [boxOf(m)] : []));
  const cards = scene.items.filter((i) => i.role === 'card' || i.role === 'stack').map((i) => i.box);
  for (const { box } of labels) for (const other of [...texts, ...cards]) expect(overlaps(box, other)).toBe(false);
  for (const [n, { box }] of labels.entries()) for (const { box: other } of labels.slice(n + 1)) expect(overlaps(box, other)).toBe(false);
});
