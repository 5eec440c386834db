import type { Mark } from '../../core/scene/marks.js';
import type { Camera, Size } from './camera.js';
import type { SceneIndex } from './index.js';
import type { Colours } from './marks.js';
import { Painter, type Frame } from './painter.js';

/** Changes fade within this time; reduced motion shows them at once. */
const FADE_MS = 180;

export interface Shown {
  readonly index: SceneIndex | null;
  readonly overlay: readonly Mark[];
  readonly colours: Colours;
  readonly camera: Camera;
  readonly size: Size;
}

/**
 * The two canvases of the stage, painted at most once a frame. A new picture is faded in over the old one, unless
 * the camera moves meanwhile or the user wants less motion.
 */
export class Canvases {
  readonly #base: HTMLCanvasElement;
  readonly #over: HTMLCanvasElement;
  readonly #ctx: CanvasRenderingContext2D;
  readonly #overCtx: CanvasRenderingContext2D;
  readonly #painter = new Painter();
  #wanted: Shown | null = null;
  #painted: Shown | null = null;
  #frame = 0;
  #before: { readonly bitmap: HTMLCanvasElement; readonly began: number } | null = null;

  constructor(base: HTMLCanvasElement, over: HTMLCanvasElement) {
    this.#base = base;
    this.#over = over;
    const ctx = base.getContext('2d', { alpha: false });
    const overCtx = over.getContext('2d');
    if (ctx === null || overCtx === null) throw new Error('this browser gives no canvas to draw on');
    this.#ctx = ctx;
    this.#overCtx = overCtx;
  }

  show(shown: Shown): void {
    this.#wanted = shown;
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#paint());
  }

  /** Paints at once; answers the milliseconds that it took. For measuring. */
  now(shown: Shown): number {
    const began = performance.now();
    this.#wanted = shown;
    this.#paint();
    return performance.now() - began;
  }

  stop(): void {
    if (this.#frame !== 0) cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  #resize(size: Size, ratio: number): boolean {
    const w = Math.max(1, Math.round(size.w * ratio));
    const h = Math.max(1, Math.round(size.h * ratio));
    if (this.#base.width === w && this.#base.height === h) return false;
    for (const canvas of [this.#base, this.#over]) {
      canvas.width = w;
      canvas.height = h;
      canvas.style.width = `${size.w}px`;
      canvas.style.height = `${size.h}px`;
    }
    return true;
  }

  /** Keeps what is on the screen, to fade from, when only the picture changed. */
  #keepBefore(next: Shown, resized: boolean): void {
    const last = this.#painted;
    const still = last !== null && last.index !== null && next.index !== null && !resized && last.colours === next.colours;
    if (!still || matchMedia('(prefers-reduced-motion: reduce)').matches) {
      this.#before = null;
      return;
    }
    if (last.camera !== next.camera && last.index === next.index) this.#before = null;
    if (last.index === next.index) return;
    const bitmap = document.createElement('canvas');
    bitmap.width = this.#base.width;
    bitmap.height = this.#base.height;
    bitmap.getContext('2d')?.drawImage(this.#base, 0, 0);
    this.#before = { bitmap, began: performance.now() };
  }

  #paint(): void {
    this.#frame = 0;
    const shown = this.#wanted;
    if (shown === null) return;
    const ratio = Math.min(3, window.devicePixelRatio || 1);
    const last = this.#painted;
    const resized = this.#resize(shown.size, ratio);
    this.#keepBefore(shown, resized);
    this.#painted = shown;
    if (shown.index === null) {
      this.#ctx.setTransform(1, 0, 0, 1, 0, 0);
      this.#ctx.fillStyle = shown.colours.ground;
      this.#ctx.fillRect(0, 0, this.#base.width, this.#base.height);
      this.#overCtx.clearRect(0, 0, this.#over.width, this.#over.height);
      return;
    }
    const frame: Frame = { index: shown.index, colours: shown.colours, camera: shown.camera, size: shown.size, ratio };
    const same = last !== null && !resized && last.index === shown.index && last.camera === shown.camera && last.colours === shown.colours;
    if (!same || this.#before !== null) {
      this.#painter.paint(this.#ctx, frame);
      this.#fade();
    }
    if (!same || last.overlay !== shown.overlay) this.#painter.overlay(this.#overCtx, frame, shown.overlay);
  }

  #fade(): void {
    const before = this.#before;
    if (before === null) return;
    const gone = (performance.now() - before.began) / FADE_MS;
    if (gone >= 1) {
      this.#before = null;
      return;
    }
    this.#ctx.setTransform(1, 0, 0, 1, 0, 0);
    this.#ctx.globalAlpha = 1 - gone;
    this.#ctx.drawImage(before.bitmap, 0, 0);
    this.#ctx.globalAlpha = 1;
    this.#frame = requestAnimationFrame(() => this.#paint());
  }
}
