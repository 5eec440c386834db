import { cut, FACES, rect, stroke } from '../scene/kit.js';
import type { Mark } from '../scene/marks.js';
import { cutText, textWidth } from '../scene/measure.js';
import type { Box, Item } from '../scene/scene.js';

/** A bar shows no more of the names of those who left it. */
const NAMES = 190;
const H = 20;
const STEP = 24;

export const over = (a: Box, b: Box): boolean => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

/** Where something is written. `room`: so much around it. */
export function written(marks: readonly Mark[], room = 0): Box[] {
  return marks.flatMap((m): Box[] => {
    if (m.kind === 'clip') return written(m.children, room);
    if (m.kind !== 'text') return [];
    const w = textWidth(m.text, m);
    return [{ x: (m.anchor === 'start' ? m.x : m.anchor === 'end' ? m.x - w : m.x - w / 2) - room, y: m.y - m.size * 0.75 - room, w: w + 2 * room, h: m.size * 0.8 + 2 * room }];
  });
}

/** What stands near a bus and must not be covered: cards, hulls, and what is written. */
function obstacles(items: readonly Item[], bus: Box): readonly Box[] {
  const near = (b: Box): boolean => b.y < bus.y + bus.h + 60 && b.y + b.h > bus.y - 60;
  return items.flatMap((i) => [...(i.role === 'card' || i.role === 'stack' || i.role === 'hull' ? [i.box] : []), ...written([...i.marks, ...i.near], 3)]).filter(near);
}

/** The free place nearest to the far end of the bus: upon it, under it, then further along; undefined where there is none. */
function placed(taken: readonly Box[], bus: Box, w: number): { readonly x: number; readonly y: number } | undefined {
  const far = bus.x + bus.w - w;
  const heights = [bus.y - H - 2, bus.y + bus.h + 2];
  for (let x = far; x >= bus.x; x -= STEP) {
    for (const y of heights) if (taken.every((t) => !over({ x, y, w, h: H }, t))) return { x, y };
  }
  return undefined;
}

export interface Label {
  readonly box: Box;
  readonly marks: readonly Mark[];
}

/**
 * Who is gone from a bus, where nothing else stands: by name, or where the buses are too close for names how many, at the
 * far end of the line. `beside`: labels that were placed before. `sign`: the mark before the names, around its centre.
 */
export function gone(items: readonly Item[], bus: Box, names: readonly string[], side: number, sign: (x: number, y: number) => readonly Mark[], beside: readonly Label[] = []): Label {
  const taken = [...obstacles(items, bus), ...beside.map((one) => one.box)];
  const line: Box = { x: bus.x, y: bus.y, w: bus.w, h: 18 };
  const width = (text: string) => textWidth(text, FACES.body) + side + 14;
  const named = cutText(names.join(', '), NAMES, FACES.body);
  const at = placed(taken, line, width(named));
  const words = at === undefined ? String(names.length) : named;
  const w = width(words);
  const { x, y } = at ?? { x: bus.x + bus.w - w, y: line.y + (line.h - H) / 2 };
  return {
    box: { x, y, w, h: H },
    marks: [
      rect(x, y, w, H, { r: 4, fill: 'ground', stroke: stroke('dim', 1, { dash: [3, 2] }) }),
      ...sign(x + 11, y + H / 2),
      cut(x + side + 8, y + H / 2 + 4, words, NAMES, FACES.body, 'muted'),
    ],
  };
}
