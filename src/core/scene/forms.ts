import { FACES, path, rect, round, stroke, text, through } from './kit.js';
import type { Mark, PathStep, Token } from './marks.js';
import { cutText, textWidth, type Face } from './measure.js';
import type { Box } from './scene.js';

/** round: a container; double: a group of another runtime; dashed: a process that entered. */
export type CardForm = 'round' | 'double' | 'dashed';

/** The box of a card. `edge`: its outline's token and width. */
export function cardBox(box: Box, form: CardForm, edge: Token = 'line', width = 1): Mark[] {
  const { x, y, w, h } = box;
  switch (form) {
    case 'round':
      return [rect(x, y, w, h, { r: 6, fill: 'raised', stroke: stroke(edge, width) })];
    case 'dashed':
      return [rect(x, y, w, h, { r: 5, fill: 'raised', stroke: stroke(edge === 'line' ? 'ink' : edge, Math.max(1.3, width), { dash: [4, 3] }) })];
    case 'double': {
      const token = edge === 'line' ? 'drop' : edge;
      return [
        rect(x, y, w, h, { fill: 'raised', stroke: stroke(token, width) }),
        rect(x + 2.5, y + 2.5, w - 5, h - 5, { stroke: stroke(token, 0.8) }),
      ];
    }
  }
}

/** Sheets behind a card: it stands for several. */
export function sheets(box: Box, edge: Token = 'line', ground: Token = 'raised'): Mark[] {
  const { x, y, w, h } = box;
  return [6, 3].map((d) => rect(x + d, y - d, w, h, { r: 6, fill: ground, stroke: stroke(edge, 1) }));
}

/** An outline with round corners and a gap in its upper border for a label. */
export function hullOutline(box: Box, r: number, gap: readonly [number, number] | null): PathStep[] {
  const [x, y, x2, y2] = [round(box.x), round(box.y), round(box.x + box.w), round(box.y + box.h)];
  const half = Math.PI / 2;
  const start: PathStep[] = gap ? [['M', round(gap[1]), y]] : [['M', x + r, y]];
  const rest: PathStep[] = [
    ['A', x2 - r, y + r, r, -half, 0],
    ['A', x2 - r, y2 - r, r, 0, half],
    ['A', x + r, y2 - r, r, half, Math.PI],
    ['A', x + r, y + r, r, Math.PI, Math.PI + half],
  ];
  return gap ? [...start, ...rest, ['L', round(gap[0]), y]] : [...start, ...rest, ['Z']];
}

/**
 * A hull around those who share a namespace, its label on its upper border. `labelX`: from the hull's left edge.
 * The label is cut to the hull's width. `fill`: for bays; none lets the ground through.
 */
export function hull(box: Box, label: string, over: { readonly token?: Token; readonly width?: number; readonly labelX?: number; readonly ink?: Token; readonly r?: number; readonly face?: Face } = {}): Mark[] {
  const token = over.token ?? 'drop';
  const r = over.r ?? 10;
  const face = over.face ?? FACES.strong;
  const words = cutText(label, box.w - (over.labelX ?? 18) - 20, face);
  const at = box.x + (over.labelX ?? 18);
  const gap = words === '' ? null : ([at - 5, at + textWidth(words, face) + 5] as const);
  const marks: Mark[] = [path(hullOutline(box, r, gap), { stroke: stroke(token, over.width ?? 1.5) })];
  if (words !== '') {
    const mark = text(at, box.y + 4, words, face, over.ink ?? (token === 'drop' ? 'muted' : token));
    marks.push(words === label ? mark : { ...mark, full: label });
  }
  return marks;
}

/**
 * A small meter. `share`: 0 to 1 of the limit, null where there is no limit: then dots, and `use` (0 to 1 of something of one's own
 * choice) as a short fill. Above 0.88 it is red. A wall at the right end says that the limit is enforced.
 */
export function meter(x: number, y: number, w: number, share: number | null, use = 0.05): Mark[] {
  const h = 4;
  if (share === null) {
    return [
      path(through([[x + 6, y + h / 2], [x + w, y + h / 2]]), { stroke: stroke('drop', 1.6, { dash: [1.6, 3] }) }),
      rect(x, y, Math.max(2.5, Math.min(1, use) * w), h, { fill: 'accent' }),
    ];
  }
  const full = share > 0.88;
  return [
    rect(x, y, w, h, { fill: 'track' }),
    rect(x, y, Math.max(1.5, Math.min(1, share) * w), h, { fill: full ? 'risk' : 'accent' }),
    rect(x + w - 1, y - 2, 2, h + 4, { fill: 'ink' }),
  ];
}

/** A badge with a letter: an identity, or H for the host's. */
export function badge(x: number, y: number, letter: string, token: Token, tint: Token): Mark[] {
  return [rect(x, y, 16, 16, { r: 3, fill: tint, stroke: stroke(token, 1.2) }), text(x + 8, y + 11.7, letter, FACES.monoStrong, token, 'middle')];
}
