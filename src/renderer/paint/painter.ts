import type { Mark } from '../../core/scene/marks.js';
import type { Item, Scene } from '../../core/scene/scene.js';
import type { Camera, Size } from './camera.js';
import type { SceneIndex } from './index.js';
import { paintMarks, type Colours } from './marks.js';
import { NEAR, paintWorld, Tiles } from './tiles.js';

export interface Frame {
  readonly index: SceneIndex;
  readonly colours: Colours;
  readonly camera: Camera;
  readonly size: Size;
  readonly ratio: number;
}

/** From this zoom on a gutter's row has all its lines; below the other one rows may touch. */
const GUTTER_LINES = 0.75;
const GUTTER_LINE = 0.5;
const APART = 14;
/** The head's names shrink no further. */
const HEAD_LEAST = 0.6;

/** The pixels of the head's band: the world begins below it. */
export const headOf = (scene: Scene): number => scene.head?.height ?? 0;

/** Where a gutter's item stands on the screen: at its edge, as tall as life, its middle where its row is. */
export function gutterShift(item: Item, camera: Camera, size: Size, side: 'left' | 'right', rightWidth: number): { readonly x: number; readonly y: number } {
  const middle = item.box.y + item.box.h / 2;
  return { x: side === 'left' ? 0 : size.w - rightWidth, y: middle * camera.k + camera.y - middle };
}

/** Draws one picture onto a canvas: world, then pinned gutters and head. Keeps tiles so that panning is a copy. */
export class Painter {
  #tiles = new Tiles();
  #lastZoom = 0;

  /** `steady` false: the zoom is moving, and tiles would be made for nothing. */
  paint(ctx: CanvasRenderingContext2D, frame: Frame): void {
    const { index, colours, camera, size, ratio } = frame;
    const steady = camera.k === this.#lastZoom || this.#tiles.fits(index, colours, camera.k, ratio);
    this.#lastZoom = camera.k;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.globalAlpha = 1;
    if (steady) {
      this.#tiles.begin(index, colours, camera.k, ratio);
      this.#tiles.draw(ctx, camera, size);
    } else {
      ctx.fillStyle = colours.ground;
      ctx.fillRect(0, 0, ctx.canvas.width, ctx.canvas.height);
      paintWorld(ctx, index, colours, camera, { x: 0, y: 0, w: size.w, h: size.h }, ratio);
    }
    this.#pinned(ctx, frame);
  }

  #pinned(ctx: CanvasRenderingContext2D, { index, colours, camera, size, ratio }: Frame): void {
    const { gutters, head } = index.scene;
    const draw = (items: readonly Item[], side: 'left' | 'right'): void => {
      const taken: number[] = [];
      // Rows never shrink: where the zoom brings them together only the first line is drawn, of the loudest first.
      for (const item of camera.k < GUTTER_LINE ? [...items].sort((a, b) => Number(b.state === 'risk') - Number(a.state === 'risk')) : items) {
        const shift = gutterShift(item, camera, size, side, gutters.rightWidth);
        const middle = shift.y + item.box.y + item.box.h / 2;
        if (shift.y + item.box.y > size.h || shift.y + item.box.y + item.box.h < 0 || taken.some((y) => Math.abs(y - middle) < APART)) continue;
        if (camera.k < GUTTER_LINE) taken.push(middle);
        ctx.setTransform(ratio, 0, 0, ratio, ratio * shift.x, ratio * shift.y);
        paintMarks(ctx, item.marks, colours);
        if (camera.k >= GUTTER_LINES) paintMarks(ctx, item.near, colours);
      }
    };
    const blank = (x: number, w: number): void => {
      if (w <= 0) return;
      ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
      ctx.fillStyle = colours.ground;
      ctx.fillRect(x, 0, w, size.h);
    };
    if (gutters.left.length > 0) blank(0, gutters.leftWidth);
    if (gutters.right.length > 0) blank(size.w - gutters.rightWidth, gutters.rightWidth);
    draw(gutters.left, 'left');
    draw(gutters.right, 'right');
    if (head === undefined) return;
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.fillStyle = colours.ground;
    ctx.fillRect(0, 0, size.w, head.height);
    // Smaller with its columns, so that no name runs into the next; never larger than life.
    const s = Math.min(1, Math.max(HEAD_LEAST, camera.k));
    for (const item of head.items) {
      ctx.save();
      ctx.setTransform(ratio * s, 0, 0, ratio * s, ratio * (camera.x + (camera.k - s) * item.box.x), ratio * head.height * (1 - s));
      paintMarks(ctx, item.marks, colours);
      if (camera.k >= NEAR) paintMarks(ctx, item.near, colours);
      ctx.restore();
    }
  }

  /** Selection and hover, on a canvas of their own above the picture. */
  overlay(ctx: CanvasRenderingContext2D, frame: Frame, marks: readonly Mark[]): void {
    const { camera, ratio, index, size } = frame;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height);
    if (marks.length === 0) return;
    ctx.save();
    const { gutters } = index.scene;
    const left = gutters.left.length > 0 && camera.x < gutters.leftWidth ? gutters.leftWidth : 0;
    const head = headOf(index.scene);
    ctx.beginPath();
    const right = gutters.right.length > 0 ? gutters.rightWidth : 0;
    ctx.rect(left * ratio, head * ratio, (size.w - left - right) * ratio, (size.h - head) * ratio);
    ctx.clip();
    ctx.setTransform(ratio * camera.k, 0, 0, ratio * camera.k, ratio * camera.x, ratio * camera.y);
    paintMarks(ctx, marks, frame.colours);
    ctx.restore();
  }
}
