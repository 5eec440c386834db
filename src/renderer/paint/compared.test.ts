import { expect, test } from 'vitest';
import { cast } from '../../../test/cast/cast.js';
import { pictureOf } from '../../../test/browser/stand.js';
import { compare } from '../../core/diff/index.js';
import { lensByName } from '../../core/lenses/index.js';
import { DEFAULT_OPTIONS } from '../../core/lenses/view.js';
import { LENSES } from '../../core/scene/scene.js';
import { comparedMarks } from './compared.js';

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

test('nothing that changed is no mark', () => {
  expect(comparedMarks([], comparison)).toEqual([]);
});
