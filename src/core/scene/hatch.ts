import type { Fill, PathStep, RectMark, Token } from './marks.js';
import { rect, round } from './kit.js';

export type Hatch = Exclude<Fill, Token>;

export function isHatch(fill: Fill | undefined): fill is Hatch {
  return typeof fill === 'object';
}

type Range = readonly [number, number] | null;

function slab(p: number, d: number, from: number, to: number): Range {
  if (Math.abs(d) < 1e-9) return p >= from && p <= to ? [-Infinity, Infinity] : null;
  const [a, b] = [(from - p) / d, (to - p) / d];
  return a < b ? [a, b] : [b, a];
}

function both(a: Range, b: Range): Range {
  if (!a || !b) return null;
  const [from, to] = [Math.max(a[0], b[0]), Math.min(a[1], b[1])];
  return from < to ? [from, to] : null;
}

function disc(px: number, py: number, dx: number, dy: number, cx: number, cy: number, r: number): Range {
  const along = (cx - px) * dx + (cy - py) * dy;
  const off2 = (cx - px) ** 2 + (cy - py) ** 2 - along ** 2;
  if (off2 >= r * r) return null;
  const half = Math.sqrt(r * r - off2);
  return [along - half, along + half];
}

/**
 * The lines of a hatch, already cut to a rectangle with round corners, so that no painter needs patterns and all draw the same.
 * The lines hang on the world's origin: neighbouring hatches run on into each other. Stroke them with the hatch's token and width.
 */
export function hatchSteps(r: Pick<RectMark, 'x' | 'y' | 'w' | 'h' | 'r'>, hatch: Hatch): PathStep[] {
  const angle = (hatch.angle * Math.PI) / 180;
  const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
  const [nx, ny] = [-dy, dx];
  const corner = Math.min(r.r ?? 0, r.w / 2, r.h / 2);
  const corners = [[r.x, r.y], [r.x + r.w, r.y], [r.x, r.y + r.h], [r.x + r.w, r.y + r.h]].map(([x, y]) => x! * nx + y! * ny);
  const steps: PathStep[] = [];
  const first = Math.ceil(Math.min(...corners) / hatch.gap);
  const last = Math.floor(Math.max(...corners) / hatch.gap);
  for (let i = first; i <= last; i += 1) {
    const [px, py] = [nx * i * hatch.gap, ny * i * hatch.gap];
    const wide = both(slab(px, dx, r.x, r.x + r.w), slab(py, dy, r.y + corner, r.y + r.h - corner));
    const tall = both(slab(px, dx, r.x + corner, r.x + r.w - corner), slab(py, dy, r.y, r.y + r.h));
    const parts = [wide, tall];
    if (corner > 0) {
      for (const cx of [r.x + corner, r.x + r.w - corner]) for (const cy of [r.y + corner, r.y + r.h - corner]) parts.push(disc(px, py, dx, dy, cx, cy, corner));
    }
    const hit = parts.filter((p): p is [number, number] => p !== null);
    if (hit.length === 0) continue;
    const [from, to] = [Math.min(...hit.map((p) => p[0])), Math.max(...hit.map((p) => p[1]))];
    if (to - from < 0.3) continue;
    steps.push(['M', round(px + dx * from), round(py + dy * from)], ['L', round(px + dx * to), round(py + dy * to)]);
  }
  return steps;
}

/** A stretch that is reached, promised or out of reach: a tint with hatching over it. */
export function hatched(x: number, y: number, w: number, h: number, token: Token, tint: Token | null, over: { readonly angle?: number; readonly r?: number; readonly gap?: number; readonly opacity?: number } = {}): RectMark[] {
  const corner = over.r === undefined ? {} : { r: over.r };
  const lines = rect(x, y, w, h, { ...corner, fill: { hatch: token, angle: over.angle ?? -52, gap: over.gap ?? 5, width: 1 }, opacity: over.opacity ?? 0.45 });
  return tint === null ? [lines] : [rect(x, y, w, h, { ...corner, fill: tint }), lines];
}
