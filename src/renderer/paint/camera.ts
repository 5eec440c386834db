import type { Box } from '../../core/scene/scene.js';

/** Screen = world × k + (x, y), in CSS pixels. */
export interface Camera {
  readonly k: number;
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly w: number;
  readonly h: number;
}

export const HOME: Camera = { k: 1, x: 0, y: 0 };
export const MIN_ZOOM = 0.05;
export const MAX_ZOOM = 4;

export function worldOf(camera: Camera, x: number, y: number): { readonly x: number; readonly y: number } {
  return { x: (x - camera.x) / camera.k, y: (y - camera.y) / camera.k };
}

/** The part of the world that a view of this size shows. */
export function seen(camera: Camera, size: Size): Box {
  return { x: -camera.x / camera.k, y: -camera.y / camera.k, w: size.w / camera.k, h: size.h / camera.k };
}

export function overlaps(a: Box, b: Box): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

/** The whole of a box in view, never larger than life; what is smaller than the view stays at the upper left. */
export function fit(box: Box, size: Size, head = 0): Camera {
  const room = Math.max(1, size.h - head);
  const k = Math.max(MIN_ZOOM, Math.min(1, size.w / Math.max(1, box.x + box.w), room / Math.max(1, box.y + box.h)));
  return { k, x: 0, y: head };
}

/** The least movement that brings a box into view, with some air around it. */
export function reveal(camera: Camera, box: Box, size: Size, inset: { readonly left: number; readonly right: number; readonly top: number }): Camera {
  const air = 16;
  const left = box.x * camera.k + camera.x;
  const top = box.y * camera.k + camera.y;
  const right = left + box.w * camera.k;
  const bottom = top + box.h * camera.k;
  const minX = inset.left + air;
  const maxX = Math.max(size.w - inset.right - air, minX + Math.min(box.w * camera.k, 120));
  let { x, y } = camera;
  if (right > maxX) x -= right - maxX;
  if (left + (x - camera.x) < minX) x += minX - (left + (x - camera.x));
  if (bottom > size.h - air) y -= bottom - (size.h - air);
  if (top + (y - camera.y) < inset.top + air) y += inset.top + air - (top + (y - camera.y));
  return x === camera.x && y === camera.y ? camera : { k: camera.k, x, y };
}

/** Keeps the picture from being lost: at least a strip of it stays in view. */
export function keep(camera: Camera, bounds: Box, size: Size): Camera {
  const strip = 96;
  const x = Math.min(size.w - strip - bounds.x * camera.k, Math.max(strip - (bounds.x + bounds.w) * camera.k, camera.x));
  const y = Math.min(size.h - strip - bounds.y * camera.k, Math.max(strip - (bounds.y + bounds.h) * camera.k, camera.y));
  return x === camera.x && y === camera.y ? camera : { k: camera.k, x, y };
}

/** Zoom about a point of the screen. */
export function zoomAt(camera: Camera, factor: number, px: number, py: number): Camera {
  const k = Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, camera.k * factor));
  const at = worldOf(camera, px, py);
  return { k, x: px - at.x * k, y: py - at.y * k };
}
