import { interpolateZoom } from 'd3-interpolate';
import { READABLE } from '../../core/lenses/view.js';
import type { Box, Scene } from '../../core/scene/scene.js';
import { HOME, keep, MAX_ZOOM, MIN_ZOOM, reveal, zoomAt, type Camera, type Size } from '../paint/camera.js';

/** How long the view takes to get somewhere else by itself, milliseconds. */
const TRAVEL = 200;

/** Where nothing moves: a user who wants it so, or no window. */
const still = (): boolean => typeof matchMedia === 'undefined' || matchMedia('(prefers-reduced-motion: reduce)').matches;

/** The view onto the picture: size, camera, and whether it follows the picture's size ('fit'). */
export class StageState {
  size = $state.raw<Size>({ w: 1032, h: 640 });
  camera = $state.raw<Camera>(HOME);
  fitting = $state(true);
  /** Pixels at the right that a panel covers. */
  covered = 0;
  #scene: Scene | null = null;
  #travelling = 0;
  /** Where the view is or is going to be. */
  #aim: Camera = HOME;
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
    this.#land();
    const other = this.#scene?.lens !== scene.lens;
    this.#scene = scene;
    if (other || this.#untouched) this.begin();
    else if (this.fitting) this.camera = this.#fitted(scene);
    else this.camera = keep(this.camera, scene.bounds, this.size);
  }

  resize(size: Size): void {
    if (size.w === this.size.w && size.h === this.size.h) return;
    this.#land();
    this.size = size;
    if (this.#untouched) this.begin();
    else if (this.#scene && this.fitting) this.camera = this.#fitted(this.#scene);
  }

  /** The first view of a lens: all of it where it can be read, else its home, as wide as the view where that can be read. */
  begin(): void {
    const scene = this.#scene;
    if (scene === null) return;
    this.#untouched = true;
    this.#stop();
    const fitted = this.#fitted(scene);
    this.fitting = this.#whole(scene, fitted.k);
    const { left, top } = this.#inset(scene);
    const { k } = fitted;
    this.camera = this.fitting ? fitted : { k, x: left - scene.home.x * k, y: top - scene.home.y * k };
  }

  fit(): void {
    if (this.#scene === null) return;
    this.fitting = true;
    this.#travel(this.#fitted(this.#scene));
  }

  /** Moves at once, as a hand does. */
  moveTo(camera: Camera): void {
    this.#stop();
    this.#leave(camera, (to) => (this.camera = to));
  }

  #leave(camera: Camera, go: (to: Camera) => void): void {
    const there = this.#there;
    if (camera.k === there.k && camera.x === there.x && camera.y === there.y) return;
    this.fitting = false;
    this.#untouched = false;
    go(this.#scene ? keep(camera, this.#scene.bounds, this.size) : camera);
  }

  /** Where the view is, or will be when it has got there by itself. */
  get #there(): Camera {
    return this.#travelling === 0 ? this.camera : this.#aim;
  }

  /** Ends a travel where it was going. */
  #land(): void {
    if (this.#travelling === 0) return;
    cancelAnimationFrame(this.#travelling);
    this.#travelling = 0;
    this.camera = this.#aim;
  }

  #stop(): void {
    if (this.#travelling !== 0) cancelAnimationFrame(this.#travelling);
    this.#travelling = 0;
  }

  /** Goes there by itself, on the path on which the picture seems to move evenly. */
  #travel(to: Camera): void {
    this.#stop();
    if (still()) {
      this.camera = to;
      return;
    }
    this.#aim = to;
    const { w, h } = this.size;
    const middle = ({ k, x, y }: Camera): [number, number, number] => [(w / 2 - x) / k, (h / 2 - y) / k, w / k];
    const path = interpolateZoom(middle(this.camera), middle(to));
    const from = performance.now();
    const step = (now: number) => {
      const t = Math.min(1, Math.max(0, (now - from) / TRAVEL));
      const [cx, cy, wide] = path(t * (2 - t));
      const k = w / wide;
      this.camera = t === 1 ? to : { k, x: w / 2 - cx * k, y: h / 2 - cy * k };
      this.#travelling = t === 1 ? 0 : requestAnimationFrame(step);
    };
    this.#travelling = requestAnimationFrame(step);
  }

  panBy(dx: number, dy: number): void {
    this.moveTo({ k: this.camera.k, x: this.camera.x + dx, y: this.camera.y + dy });
  }

  zoomBy(factor: number): void {
    const scene = this.#scene;
    const inset = scene ? this.#inset(scene) : { left: 0, right: 0, top: 0 };
    this.#leave(zoomAt(this.#there, factor, (inset.left + this.size.w - inset.right) / 2, (inset.top + this.size.h) / 2), (to) => this.#travel(to));
  }

  zoomTo(k: number): void {
    this.zoomBy(Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, k)) / this.#there.k);
  }

  /** The least movement that shows a box. What fits is all in view already, unless something covers it. */
  reveal(box: Box, covered = false): void {
    if (this.#scene === null || (this.fitting && !covered && this.#whole(this.#scene, this.#there.k))) return;
    const inset = this.#inset(this.#scene);
    const camera = reveal(this.#there, box, this.size, { ...inset, right: Math.max(inset.right, this.covered) });
    if (camera !== this.#there) this.#leave(camera, (to) => this.#travel(to));
  }
}
