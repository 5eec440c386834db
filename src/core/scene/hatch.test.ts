import { expect, test } from 'vitest';
import { hatchSteps } from './hatch.js';

const hatch = { hatch: 'risk', angle: 45, gap: 5, width: 1 } as const;

test('the lines of a hatch stay within their rectangle and its round corners', () => {
  const box = { x: 3, y: 7, w: 90, h: 20, r: 8 };
  const steps = hatchSteps(box, hatch);
  expect(steps.length).toBeGreaterThan(20);
  for (const s of steps) {
    if (s[0] !== 'M' && s[0] !== 'L') throw new Error('only lines');
    const [x, y] = [s[1] - box.x, s[2] - box.y];
    const dx = Math.max(box.r - x, x - (box.w - box.r), 0);
    const dy = Math.max(box.r - y, y - (box.h - box.r), 0);
    expect(Math.hypot(dx, dy)).toBeLessThanOrEqual(box.r + 0.02);
  }
});

test('neighbouring hatches run on into each other', () => {
  const left = hatchSteps({ x: 0, y: 0, w: 50, h: 10 }, hatch);
  const both = hatchSteps({ x: 0, y: 0, w: 100, h: 10 }, hatch);
  const slope = (s: readonly (string | number)[]) => (s[2] as number) - (s[1] as number);
  const offsets = (steps: typeof both) => new Set(steps.map((s) => Math.round(slope(s))));
  for (const o of offsets(left)) expect(offsets(both).has(o)).toBe(true);
});

test('a rectangle without area has no lines', () => {
  expect(hatchSteps({ x: 0, y: 0, w: 0, h: 10 }, hatch)).toEqual([]);
});
