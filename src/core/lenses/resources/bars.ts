import { curveMonotoneX } from 'd3-shape';
import { hatched } from '../../scene/hatch.js';
import { line, path, rect, stroke, through } from '../../scene/kit.js';
import type { Mark, Token } from '../../scene/marks.js';
import { lineThrough } from '../../scene/pen.js';
import { NEAR } from '../../facts/uses.js';

/** A bar with a limit: a box with a wall at its right, filled by use. `share` null: the use could not be read. */
export function walled(x: number, y: number, w: number, h: number, share: number | null, notToScale = false): Mark[] {
  const near = share !== null && share > NEAR;
  const marks: Mark[] = [rect(x, y, w, h, { fill: 'track', opacity: 0.24 }), rect(x, y, w, h, { stroke: stroke(near ? 'risk' : 'drop', near ? 1.2 : 0.8) })];
  if (share !== null) {
    const fw = Math.max(1.5, Math.min(1, share) * w);
    marks.push(rect(x, y, fw, h, near ? { fill: 'risk', opacity: 0.62 } : { fill: 'fill' }));
    marks.push(rect(x + Math.min(fw, w) - 1.6, y, 1.6, h, { fill: near ? 'risk' : 'accent' }));
  }
  marks.push(rect(x + w - 1.5, y - 1, 3, h + 2, { fill: near ? 'risk' : 'ink' }));
  if (notToScale) marks.push(notch(x + w * 0.72, y, h));
  return marks;
}

/** A bar without a limit: dotted, fading, without an end. The area of its fill keeps the scale. */
export function open(x: number, y: number, w: number, h: number, fill: number | null, notToScale = false): Mark[] {
  const steps = 6;
  const marks: Mark[] = [];
  for (let i = 0; i < steps; i++) marks.push(rect(x + (w * i) / steps, y, w / steps, h, { fill: 'track', opacity: 0.36 * (1 - i / steps) }));
  marks.push(dots(x, x + w, y), dots(x, x + w, y + h));
  if (fill !== null) {
    const fw = Math.max(1.5, Math.min(fill, w));
    marks.push(rect(x, y, fw, h, { fill: 'fill' }), rect(x + fw - 1.6, y, 1.6, h, { fill: 'accent' }));
  }
  if (notToScale) marks.push(notch(x + w * 0.72, y, h, 'ink'));
  return marks;
}

function dots(x1: number, x2: number, y: number): Mark {
  return line(x1, y, x2, y, 'drop', 1, { dash: [1.4, 3] });
}

/** Two short strokes: the height is not the limit's. */
export function notch(x: number, y: number, h: number, token: Token = 'drop'): Mark {
  const m = y + h / 2;
  return path([...through([[x - 5, m + 5], [x + 1, m - 5]]), ...through([[x, m + 5], [x + 6, m - 5]])], { stroke: stroke(token, 1.2) });
}

/** Promised beyond what there is: amber hatch below the bar. */
export function promise(x: number, y: number, w: number, h: number): Mark[] {
  return [...hatched(x, y, w, h, 'warn', 'warnTint', { opacity: 0.6, gap: 6 }), rect(x, y, w, h, { stroke: stroke('warn', 1, { dash: [3, 2] }) })];
}

/** Declared, but an ancestor is tighter: grey hatch below the band. */
export function outOfReach(x: number, y: number, w: number, h: number): Mark[] {
  return [...hatched(x, y, w, h, 'drop', null, { opacity: 0.5, gap: 6 }), rect(x, y, w, h, { stroke: stroke('drop', 1, { dash: [3, 2] }) })];
}

/** A small bar of another resource: wall or dots; a diamond beside it means held back. */
export function mini(x: number, cy: number, w: number, share: number | null, limited: boolean | null, held: boolean): Mark[] {
  const h = 5;
  const y = cy - h / 2;
  if (limited === null) return [line(x, cy, x + w, cy, 'drop', 1, { dash: [1.4, 3] })];
  if (!limited) return [line(x, cy, x + w, cy, 'drop', 1.4, { dash: [1.4, 3.2] })];
  const token: Token = held ? 'warn' : share !== null && share > NEAR ? 'risk' : 'accent';
  return [
    rect(x, y, w, h, { fill: 'track' }),
    ...(share === null ? [] : [rect(x, y, Math.max(1.5, Math.min(1, share) * w), h, { fill: token })]),
    rect(x + w - 1, y - 2.5, 1.8, h + 5, { fill: 'ink' }),
  ];
}

/** A line of the latest pressures. */
export function spark(x: number, cy: number, w: number, values: readonly number[], token: Token): Mark[] {
  if (values.length < 3) return [];
  const most = Math.max(10, ...values);
  const at = (v: number, i: number): readonly [number, number] => [x + (w * i) / (values.length - 1), cy + 6 - (v / most) * 12];
  return [path(lineThrough(values.map(at), curveMonotoneX), { stroke: stroke(token, 1.2) })];
}
