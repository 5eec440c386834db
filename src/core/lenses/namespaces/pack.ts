import type { Box } from '../../scene/scene.js';

/**
 * Puts boxes into a width, each at the highest place where it is free, the leftmost of equals. `hung`: the first stays at the top left.
 * In the given order, so that one more at the end moves nobody.
 */
export function pack(sizes: readonly { readonly w: number; readonly h: number }[], width: number, gap: number): readonly Box[] {
  const placed: Box[] = [];
  for (const size of sizes) placed.push({ ...spot(size, placed, width, gap), w: size.w, h: size.h });
  return placed;
}

/** The highest free place for one more. */
export function spot(size: { readonly w: number; readonly h: number }, placed: readonly Box[], width: number, gap: number): { readonly x: number; readonly y: number } {
  const xs = [0, ...placed.map((b) => b.x + b.w + gap)].filter((x) => x === 0 || x + size.w <= width);
  const ys = [0, ...placed.map((b) => b.y + b.h + gap)].sort((a, b) => a - b);
  for (const y of ys) {
    for (const x of [...xs].sort((a, b) => a - b)) {
      const free = placed.every((b) => x >= b.x + b.w + gap || x + size.w + gap <= b.x || y >= b.y + b.h + gap || y + size.h + gap <= b.y);
      if (free) return { x, y };
    }
  }
  return { x: 0, y: ys[ys.length - 1] ?? 0 };
}
