import type { Colours } from './marks.js';
import { paintMarks } from './marks.js';
import type { SceneIndex } from './index.js';
import type { Camera, Size } from './camera.js';

/** Below this many pixels a unit, small text and fine marks are left out: nobody could read them. */
export const NEAR = 0.55;
/** Below this, things that have a form for it are drawn as that: a card as a tick on its bus. */
export const FAR = 0.4;
const TILE = 512;
const KEPT = 64;

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** Draws the world's pieces that a box of the screen shows. The context's transform is set to the world's. */
export function paintWorld(ctx: Context, index: SceneIndex, colours: Colours, camera: Camera, from: { x: number; y: number; w: number; h: number }, ratio: number): void {
  const { k } = camera;
  ctx.setTransform(ratio * k, 0, 0, ratio * k, ratio * (camera.x - from.x), ratio * (camera.y - from.y));
  const near = k >= NEAR;
  for (const piece of index.query({ x: (from.x - camera.x) / k, y: (from.y - camera.y) / k, w: from.w / k, h: from.h / k })) {
    paintMarks(ctx, k < FAR && piece.far !== null ? piece.far : piece.marks, colours);
    if (near && piece.near.length > 0) paintMarks(ctx, piece.near, colours);
  }
}

/**
 * Bitmaps of the picture at one zoom, in squares: panning copies them instead of drawing a thousand cards again.
 * A change of scene, theme, zoom or pixel ratio begins anew.
 */
export class Tiles {
  #tiles = new Map<string, OffscreenCanvas>();
  #key: { index: SceneIndex; colours: Colours; k: number; ratio: number } | null = null;

  /** Whether the tiles were made for this very picture at this zoom. */
  fits(index: SceneIndex, colours: Colours, k: number, ratio: number): boolean {
    const key = this.#key;
    return key !== null && key.index === index && key.colours === colours && key.k === k && key.ratio === ratio;
  }

  begin(index: SceneIndex, colours: Colours, k: number, ratio: number): void {
    if (this.fits(index, colours, k, ratio)) return;
    this.#key = { index, colours, k, ratio };
    this.#tiles.clear();
  }

  /** Copies the tiles that the view shows onto a context whose transform is the device's; makes those that are missing. */
  draw(ctx: Context, camera: Camera, size: Size): void {
    const key = this.#key;
    if (key === null) return;
    const x0 = Math.floor(-camera.x / TILE);
    const y0 = Math.floor(-camera.y / TILE);
    const x1 = Math.floor((size.w - camera.x) / TILE);
    const y1 = Math.floor((size.h - camera.y) / TILE);
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    for (let ty = y0; ty <= y1; ty += 1) {
      for (let tx = x0; tx <= x1; tx += 1) {
        const tile = this.#tile(tx, ty, key);
        ctx.drawImage(tile, Math.round((tx * TILE + camera.x) * key.ratio), Math.round((ty * TILE + camera.y) * key.ratio));
      }
    }
  }

  #tile(tx: number, ty: number, key: { index: SceneIndex; colours: Colours; k: number; ratio: number }): OffscreenCanvas {
    const name = `${tx},${ty}`;
    const kept = this.#tiles.get(name);
    if (kept) {
      this.#tiles.delete(name);
      this.#tiles.set(name, kept);
      return kept;
    }
    const tile = new OffscreenCanvas(Math.ceil(TILE * key.ratio), Math.ceil(TILE * key.ratio));
    const ctx = tile.getContext('2d', { alpha: false });
    if (ctx) {
      ctx.fillStyle = key.colours.ground;
      ctx.fillRect(0, 0, tile.width, tile.height);
      paintWorld(ctx, key.index, key.colours, { k: key.k, x: 0, y: 0 }, { x: tx * TILE, y: ty * TILE, w: TILE, h: TILE }, key.ratio);
    }
    this.#tiles.set(name, tile);
    if (this.#tiles.size > KEPT) {
      const oldest = this.#tiles.keys().next().value;
      if (oldest !== undefined) this.#tiles.delete(oldest);
    }
    return tile;
  }
}
