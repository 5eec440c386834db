import { FACES, line, moved, text } from '../scene/kit.js';
import type { Mark } from '../scene/marks.js';
import { cutText, textWidth, wrapText } from '../scene/measure.js';
import type { Scene } from '../scene/scene.js';

/** How a whole scene lies on a page of its own: heading, head, world with its gutters, legend. User units. */
export interface Page {
  readonly width: number;
  readonly height: number;
  /** Where the world's origin is, and where the bands of gutters and head begin. */
  readonly world: { readonly x: number; readonly y: number };
  readonly right: number;
  readonly head: number;
  /** Heading and legend, in page coordinates. */
  readonly heading: readonly Mark[];
  readonly legend: readonly Mark[];
}

const MARGIN = 24;
const LEGEND_ROW = 24;

function legendMarks(scene: Scene, width: number, y: number): { readonly marks: Mark[]; readonly rows: number } {
  if (scene.legend.length === 0) return { marks: [], rows: 0 };
  const marks: Mark[] = [line(MARGIN, y, width - MARGIN, y, 'line', 1)];
  let [x, row] = [MARGIN, 0];
  for (const entry of scene.legend) {
    const wide = entry.width + 8 + textWidth(entry.text, FACES.body);
    if (x > MARGIN && x + wide > width - MARGIN) [x, row] = [MARGIN, row + 1];
    const middle = y + 15 + row * LEGEND_ROW;
    marks.push(...moved(entry.marks, x, middle), text(x + entry.width + 6, middle + 4, entry.text, FACES.body, 'muted'));
    x += wide + 18;
  }
  return { marks, rows: row + 1 };
}

/** Lays a scene out for an export. `heading`: with title and summary; `stamp`: a quiet note at the right (example, age, host). */
export function pageOf(scene: Scene, over: { readonly heading?: boolean; readonly stamp?: string } = {}): Page {
  const { leftWidth, rightWidth } = scene.gutters;
  const b = scene.bounds;
  const width = Math.max(360, Math.ceil(leftWidth + b.x + b.w + rightWidth));
  const heading: Mark[] = [];
  let y = 12;
  if (over.heading !== false) {
    const stamp = over.stamp ?? '';
    const summary = wrapText(scene.summary, width - MARGIN * 2, FACES.summary, 3);
    const room = width - MARGIN * 2 - (stamp === '' ? 0 : textWidth(stamp, FACES.body) + 24);
    heading.push(text(MARGIN, 29, cutText(scene.title, room, FACES.heading), FACES.heading), ...summary.map((words, i) => text(MARGIN, 50 + i * 17, words, FACES.summary, 'muted')));
    if (stamp !== '') heading.push(text(width - MARGIN, 29, stamp, FACES.body, 'muted', 'end'));
    y = 47 + summary.length * 17;
  }
  const head = y;
  const world = { x: leftWidth, y: y + (scene.head?.height ?? 0) - Math.min(0, b.y) };
  const bottom = world.y + b.y + b.h + 8;
  const legend = legendMarks(scene, width, bottom);
  return {
    width,
    height: Math.ceil(bottom + (legend.rows === 0 ? 8 : legend.rows * LEGEND_ROW + 12)),
    world,
    right: width - rightWidth,
    head,
    heading,
    legend: legend.marks,
  };
}
