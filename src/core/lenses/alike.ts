import { byNature, calledName } from '../facts/names.js';
import type { Workload } from '../model/workload.js';

/** From this many rows on, rows with the same answers become one with a count. */
export const FOLD_FROM = 60;

/** Several that are drawn as one, in the order of the first. */
export interface Fold<T> {
  readonly key: string;
  readonly members: readonly T[];
}

/** Groups rows by equal keys, each group where its first row was; below `from` rows everyone stands alone. */
export function foldAlike<T>(rows: readonly T[], key: (row: T) => string, from = FOLD_FROM): readonly Fold<T>[] {
  if (rows.length < from) return rows.map((row, i) => ({ key: `${i}`, members: [row] }));
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const k = key(row);
    const group = groups.get(k);
    if (group) group.push(row);
    else groups.set(k, [row]);
  }
  return [...groups].map(([k, members]) => ({ key: k, members }));
}

/** A short name that follows from a text alone (FNV-1a, hex). */
export function shortHash(text: string): string {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return h.toString(16).padStart(8, '0');
}

/** The image without registry and tag: `ghcr.io/shop/web:3` is `web`. */
export function imageName(image: string): string {
  const last = image.slice(image.lastIndexOf('/') + 1);
  return last.replace(/[@:].*$/, '') || image;
}

/** An id or number at the end of a name that a runtime made: `pod 1f2e3d4c 9a8b7c6d5e4f`, `sleep 4711`, `box-3`. */
const MADE = /(?:[\s._-]+(?:[0-9a-f]{8,64}|\d+))+$/;

/** A group of another runtime without the ids that its name carries: `docker container`, `pod`, `sleep`. */
function kinOfGroup(name: string, runtime: string): string {
  const stem = name.trim().replace(MADE, '');
  return stem === '' || /^[0-9a-f]{8,64}$/.test(stem) ? `${runtime} container` : stem;
}

/** What a service or, without compose, an image calls it; for a group of another runtime its name without ids. */
export function kinOf(w: Workload): string {
  if (w.kind === 'group') return kinOfGroup(w.name, w.runtime);
  const plain = w.service !== null && (w.service !== w.name || !/\d$/.test(w.name)) ? w.service : null;
  return plain ?? imageName(w.image);
}

/** The different kins of many, each once, in the order of their first. */
export function kinsOf(many: readonly Workload[]): readonly string[] {
  return [...new Set(many.map((w) => kinOf(w)))];
}

/** One name for many: their service's or image's where they have one in common, first to last where they are numbered, else a list. */
export function nameOfMany(many: readonly Workload[]): string {
  const first = many[0];
  if (first === undefined) return '';
  if (many.length === 1) return calledName(first);
  const kin = kinOf(first);
  if (many.every((w) => kinOf(w) === kin)) {
    if (first.kind === 'group') return kin;
    const service = first.service !== null;
    const stem = first.name.replace(/[-_]?\d+$/, '');
    if (service || stem === kin) return kin;
    const names = many.map((w) => w.name).sort(byNature);
    return many.every((w) => w.name.replace(/[-_]?\d+$/, '') === stem) ? `${names[0] ?? ''} … ${names[names.length - 1] ?? ''}` : kin;
  }
  return kinsOf(many).join(', ');
}

/** 0 for workloads of the project in focus, 1 for all others; 0 for all where none is in focus. */
export function focusRank(w: Workload, project: string | null): number {
  return project === null || (w.kind === 'container' && w.project === project) ? 0 : 1;
}
