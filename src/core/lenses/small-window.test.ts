import { expect, test } from 'vitest';
import { cast } from '../../../test/cast/cast.js';
import { judge } from '../reach/index.js';
import { lensByName } from './index.js';
import { DEFAULT_OPTIONS, READABLE, type View } from './view.js';

/** The stage of a window of 1024 by 640 with inspector and strip, under a heading of two lines. */
const SMALL = { width: 737, height: 372 } as const;
const view = (over: Partial<View> = {}): View => {
  const snapshot = cast(14);
  return { snapshot, judgement: judge(snapshot), findings: [], alarms: [], shown: null, project: null, ...SMALL, options: DEFAULT_OPTIONS, rates: null, ...over };
};

test('in the smallest window the network of 14 is seen whole', () => {
  const { scene } = lensByName('network').arrange(view(), null);
  const k = (SMALL.width - scene.gutters.leftWidth - scene.gutters.rightWidth) / scene.bounds.w;
  expect(k).toBeGreaterThanOrEqual(READABLE);
  expect(scene.bounds.h * k).toBeLessThanOrEqual(SMALL.height);
});

test('there the matrix of namespaces leads, whole, where hulls and matrix do not both fit; in a larger one the hulls do', () => {
  const rows = (height: number) => {
    const { scene } = lensByName('namespaces').arrange(view({ height }), null);
    const of = scene.items.filter((i) => i.role === 'row');
    return { led: scene.head !== undefined, end: Math.max(...of.map((i) => i.box.y + i.box.h)) + (scene.head?.height ?? 0) };
  };
  expect(rows(SMALL.height + 20).led).toBe(true);
  expect(rows(SMALL.height + 20).end).toBeLessThanOrEqual(SMALL.height + 20);
  expect(rows(900).led).toBe(false);
});

test('what is shown smaller for its height still fills the width', () => {
  const full = lensByName('enforcement').arrange(view({ width: 1080, height: 2000 }), null).scene;
  const rows = full.items.filter((i) => i.role === 'row').length;
  const least = rows * 22 + 12 + (full.head?.height ?? 0);
  const { scene } = lensByName('enforcement').arrange(view({ width: 1080, height: Math.ceil(least * 0.9) }), null);
  const k = (Math.ceil(least * 0.9) - (scene.head?.height ?? 0)) / scene.bounds.h;
  expect(k).toBeGreaterThanOrEqual(READABLE);
  expect(k).toBeLessThan(1);
  expect(scene.bounds.w * k).toBeGreaterThan(1080 * 0.98);
});
