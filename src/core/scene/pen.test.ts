import { curveBasis, curveMonotoneX, curveStepAfter } from 'd3-shape';
import { expect, test } from 'vitest';
import { areaFrom, lineThrough } from './pen.js';

test('a line goes through its points, and none is drawn through nothing', () => {
  expect(lineThrough([[0, 0], [10, 5]])).toEqual([['M', 0, 0], ['L', 10, 5]]);
  expect(lineThrough([])).toEqual([]);
});

test('curves keep their ends', () => {
  for (const curve of [curveMonotoneX, curveBasis, curveStepAfter]) {
    const steps = lineThrough([[0, 0], [10, 5], [20, 0], [30, 7]], curve);
    expect(steps[0]).toEqual(['M', 0, 0]);
    expect(steps.at(-1)?.slice(-2)).toEqual([30, 7]);
  }
});

test('an area is closed along its vertical', () => {
  const steps = areaFrom(4, [[10, 0], [12, 20]]);
  expect(steps.at(-1)).toEqual(['Z']);
  expect(steps.filter((s) => s[0] !== 'Z').map((s) => s.slice(1))).toEqual(expect.arrayContaining([[10, 0], [12, 20], [4, 20], [4, 0]]));
});
