import type { Box, Scene } from '../../core/scene/scene.js';
import { HOME, keep, MAX_ZOOM, MIN_ZOOM, reveal, zoomAt, type Camera, type Size } from '../paint/camera.js';

/** Where the picture is too large to be read when it fits, the view begins at its home instead. */
const READABLE = 0.85;

/** The view onto the picture: size, camera, and whether it follows the picture's size ('fit'). */
export class StageState {
  size = $state.raw<Size>({ w: 1032, h: 640 });
  camera = $state.raw<Camera>(HOME);
  fitting = $state(true);
  /** Pixels at the right that a panel covers. */
  covered = 0;
  #scene: Scene | null = null;
  /** Until the user moves the picture, each change of its size or of the window's begins anew. */
  #untouched = true;

  /** The pinned parts at the edges. The world begins where the left gutter ends and the head ends. */
  #inset(scene: Scene): { left: number; right: number; top: number } {
    const { gutters, head } = scene;
    return { left: gutters.left.length > 0 ? gutters.leftWidth : 0, right: gutters.right.length > 0 ? gutters.rightWidth : 0, top: head?.height ?? 0 };
  }

  /** Whether all of it is in view, at the zoom that it has. */
  #whole(scene: Scene, k: number): boolean {
    const inset = this.#inset(scene);
    const { bounds } = scene;
    return (bounds.x + bounds.w) * k <= this.size.w - inset.left - inset.right + 1 && (bounds.y + bounds.h) * k <= this.size.h - inset.top + 1;
  }

  /** All of it, never larger than life and never too small to be read. */
  #fitted(scene: Scene): Camera {
    const inset = this.#inset(scene);
    const { bounds } = scene;
    const roomW = Math.max(1, this.size.w - inset.left - inset.right);
    const roomH = Math.max(1, this.size.h - inset.top);
    const wide = Math.max(1, bounds.x + bounds.w);
    const tall = Math.max(1, bounds.y + bounds.h);
    const across = Math.min(1, roomW / wide);
    const k = Math.min(across, roomH / tall);
    // What would be too small to read is fitted to the width and scrolled.
    return { k: k >= READABLE ? k : Math.max(READABLE, across), x: inset.left, y: inset.top };
  }

  /** A new scene: the camera stays where it was, unless it fits by itself or another lens begins. */
  show(scene: Scene): void {
    const other = this.#scene?.lens !== scene.lens;
    this.#scene = scene;
    if (other || this.#untouched) this.begin();
    else if (this.fitting) this.camera = this.#fitted(scene);
    else this.camera = keep(this.camera, scene.bounds, this.size);
  }

  resize(size: Size): void {
    if (size.w === this.size.w && size.h === this.size.h) return;
    this.size = size;
    if (this.#untouched) this.begin();
    else if (this.#scene && this.fitting) this.camera = this.#fitted(this.#scene);
  }

  /** The first view of a lens: all of it where it can be read, else its home at full size. */
  begin(): void {
    const scene = this.#scene;
    if (scene === null) return;
    this.#untouched = true;
    const fitted = this.#fitted(scene);
    this.fitting = this.#whole(scene, fitted.k);
    const { left, top } = this.#inset(scene);
    this.camera = this.fitting ? fitted : { k: 1, x: left - scene.home.x, y: top - scene.home.y };
  }

  fit(): void {
    if (this.#scene === null) return;
    this.fitting = true;
    this.camera = this.#fitted(this.#scene);
  }

  moveTo(camera: Camera): void {
    if (camera.k === this.camera.k && camera.x === this.camera.x && camera.y === this.camera.y) return;
    this.fitting = false;
    this.#untouched = false;
    this.camera = this.#scene ? keep(camera, this.#scene.bounds, this.size) : camera;
  }

  panBy(dx: number, dy: number): void {
    this.moveTo({ k: this.camera.k, x: this.camera.x + dx, y: this.camera.y + dy });
  }

  zoomBy(factor: number): void {
    const scene = this.#scene;
    const inset = scene ? this.#inset(scene) : { left: 0, right: 0, top: 0 };
    this.moveTo(zoomAt(this.camera, factor, (inset.left + this.size.w - inset.right) / 2, (inset.top + this.size.h) / 2));
  }

  zoomTo(k: number): void {
    this.zoomBy(Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, k)) / this.camera.k);
  }

  /** The least movement that shows a box. What fits is all in view already, unless something covers it. */
  reveal(box: Box, covered = false): void {
    if (this.#scene === null || (this.fitting && !covered && this.#whole(this.#scene, this.camera.k))) return;
    const inset = this.#inset(this.#scene);
    const camera = reveal(this.camera, box, this.size, { ...inset, right: Math.max(inset.right, this.covered) });
    if (camera !== this.camera) this.moveTo(camera);
  }
}
