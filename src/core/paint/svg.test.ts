import { XMLValidator } from 'fast-xml-parser';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cut, rect, text } from '../scene/kit.js';
import { hatched } from '../scene/hatch.js';
import type { Item, Scene } from '../scene/scene.js';
import { pathData, toSvg } from './svg.js';

const FACE = { size: 12, weight: 400, family: 'sans' } as const;

function item(over: Partial<Item>): Item {
  return { id: 'card:1', role: 'card', subject: null, members: [], box: { x: 0, y: 0, w: 50, h: 20 }, layer: 0, label: '', detail: '', state: 'none', order: 0, marks: [], near: [], ...over };
}

function scene(items: readonly Item[], over: Partial<Scene> = {}): Scene {
  return {
    lens: 'network', title: 'A title', summary: 'A summary.', bounds: { x: 0, y: 0, w: 400, h: 100 }, items, edges: [],
    gutters: { left: [], right: [], leftWidth: 100, rightWidth: 60 }, legend: [], home: { x: 0, y: 0, w: 400, h: 100 }, ...over,
  };
}

test('a scene becomes one picture with title, summary and each item’s words', () => {
  const svg = toSvg(scene([item({ label: 'jenkins', detail: 'can impersonate 3', marks: [rect(0, 0, 50, 20, { fill: 'raised' })] })]), { theme: 'light' });
  expect(svg).toContain('<title id="title">A title</title>');
  expect(svg).toContain('<title>jenkins: can impersonate 3</title>');
  expect(svg).toContain('viewBox="0 0 560');
  expect(XMLValidator.validate(svg)).toBe(true);
});

test('the same scene gives the same bytes, and only colours differ between light and dark', () => {
  const s = scene([item({ marks: [...hatched(0, 0, 60, 14, 'risk', 'riskTint'), text(0, 10, 'web', FACE)] })]);
  expect(toSvg(s, { theme: 'light' })).toBe(toSvg(s, { theme: 'light' }));
  const bare = (svg: string) => svg.replace(/#[0-9a-f]{6}/g, '#');
  expect(bare(toSvg(s, { theme: 'dark' }))).toBe(bare(toSvg(s, { theme: 'light' })));
});

test('what lies on a higher layer is painted later', () => {
  const svg = toSvg(scene([item({ layer: 5, marks: [text(0, 0, 'over', FACE)] }), item({ layer: 1, marks: [text(0, 0, 'under', FACE)] })]), { theme: 'light' });
  expect(svg.indexOf('under')).toBeLessThan(svg.indexOf('over'));
});

test('arcs become arcs: a whole circle, a quarter, and one that crosses zero', () => {
  expect(pathData([['A', 0, 0, 2, 0, Math.PI * 2], ['Z']])).toBe('M2 0A2 2 0 1 1 -2 0A2 2 0 1 1 2 0Z');
  expect(pathData([['M', 0, 0], ['A', 0, 0, 2, 0, Math.PI / 2]])).toBe('M0 0L2 0A2 2 0 0 1 0 2');
  expect(pathData([['A', 0, 0, 2, Math.PI, 0]])).toContain('A2 2 0 0 1 2 0');
});

test('names that fight back come out as text, whole in the title, and the file stays well formed', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.constantFrom(']]></script><b>', '"\'&<>', 'x'.repeat(4000), '\u202eevil\u0000', '日本 😀')), (name) => {
      const svg = toSvg(scene([item({ label: name, detail: name, marks: [cut(0, 0, name, 60, FACE)] })], { summary: name }), { theme: 'dark' });
      expect(XMLValidator.validate(svg)).toBe(true);
      expect(svg).not.toContain('<b>');
      expect(svg).not.toContain('<script');
    }),
    { seed: 7, numRuns: 200 },
  );
});
