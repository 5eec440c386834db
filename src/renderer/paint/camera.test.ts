import { describe, expect, it } from 'vitest';
import { keep, MAX_ZOOM, overlaps, reveal, seen, worldOf, zoomAt } from './camera.js';

const camera = { k: 2, x: 10, y: -20 };

describe('the camera', () => {
  it('turns a point of the screen into the world’s', () => {
    expect(worldOf(camera, 30, 0)).toEqual({ x: 10, y: 10 });
    expect(seen(camera, { w: 200, h: 100 })).toEqual({ x: -5, y: 10, w: 100, h: 50 });
  });

  it('zooms about a point: what is under it stays there', () => {
    const before = worldOf(camera, 40, 50);
    const after = zoomAt(camera, 1.5, 40, 50);
    expect(worldOf(after, 40, 50).x).toBeCloseTo(before.x);
    expect(worldOf(after, 40, 50).y).toBeCloseTo(before.y);
    expect(zoomAt(camera, 100, 0, 0).k).toBe(MAX_ZOOM);
  });

  it('moves no further than it must to show a box, and not at all where it is seen', () => {
    const inset = { left: 100, right: 50, top: 20 };
    const size = { w: 800, h: 600 };
    const still = { k: 1, x: 100, y: 20 };
    expect(reveal(still, { x: 50, y: 50, w: 100, h: 50 }, size, inset)).toBe(still);
    const moved = reveal(still, { x: 900, y: 50, w: 100, h: 50 }, size, inset);
    expect(900 + 100 + moved.x).toBe(800 - 50 - 16);
    expect(moved.y).toBe(20);
    expect(reveal({ k: 1, x: -300, y: 20 }, { x: 50, y: 50, w: 100, h: 50 }, size, inset).x + 50).toBe(116);
  });

  it('never loses the picture', () => {
    const bounds = { x: 0, y: 0, w: 500, h: 400 };
    const far = keep({ k: 1, x: 99_999, y: -99_999 }, bounds, { w: 800, h: 600 });
    expect(overlaps(seen(far, { w: 800, h: 600 }), bounds)).toBe(true);
  });
});
