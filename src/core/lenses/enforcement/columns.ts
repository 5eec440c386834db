import type { Mark, Token } from '../../scene/marks.js';
import { FACES, cut, path, rect, stroke, text, through } from '../../scene/kit.js';
import { notEqual } from '../../scene/signs.js';
import { textWidth, wrapText } from '../../scene/measure.js';
import { nameLines } from './names.js';
import { WALLS, type Wall, type WallName, type WallState } from '../../facts/walls/index.js';

export const MARGIN = 24;
const NAMES = 148;
const BAR = 6;
const HOST = 10;
/** What each column wants at a canvas of 1080, and what its words need at least; between the two they shrink together. */
const WISHED: Readonly<Record<WallName, number>> = { userNs: 82, capabilities: 154, seccomp: 84, lsm: 112, noNewPrivs: 104, rootfs: 102, mounts: 146, devices: 90 };
const LEAST: Readonly<Record<WallName, number>> = { userNs: 76, capabilities: 120, seccomp: 62, lsm: 84, noNewPrivs: 78, rootfs: 68, mounts: 108, devices: 86 };

export interface Column {
  readonly name: WallName;
  readonly x: number;
  readonly w: number;
}
export interface Columns {
  readonly walls: readonly Column[];
  readonly hostX: number;
  readonly nameW: number;
  readonly right: number;
}

/** Where the walls stand at a canvas of this width, with this much room for names. A canvas that is too narrow is panned. */
export function columns(width: number, names = NAMES): Columns {
  const wished = WALLS.reduce((sum, w) => sum + WISHED[w], 0);
  const room = width - MARGIN * 2 - names - HOST;
  const needed = WALLS.reduce((sum, w) => sum + LEAST[w], 0);
  const f = Math.max(0, (room - needed) / (wished - needed));
  let x = MARGIN + names;
  const walls = WALLS.map((name): Column => {
    const column = { name, x: Math.round(x), w: room >= wished ? (WISHED[name] * room) / wished : LEAST[name] + (WISHED[name] - LEAST[name]) * f };
    x += column.w;
    return column;
  });
  return { walls, hostX: Math.round(x), nameW: names, right: Math.round(x) + HOST };
}

export const HOST_WIDTH = HOST;

const dotted = [1.6, 2.2];
/** From one line of a cell to the next. */
export const LINE = 14;

/** The bar of a wall between two heights. */
export function bar(state: WallState, x: number, y: number, h: number, tone: Token): Mark[] {
  switch (state) {
    case 'stands':
      return [rect(x, y, BAR, h, { fill: 'drop' })];
    case 'thinned':
      return [rect(x + 0.6, y + 0.6, BAR - 1.2, h - 1.2, { fill: 'ground', stroke: stroke('drop', 1.2) })];
    case 'unknown':
      return [rect(x + 0.6, y + 0.6, BAR - 1.2, h - 1.2, { stroke: stroke('dim', 1.2, { dash: dotted }) })];
    case 'open-as-shipped':
    case 'open-by-choice': {
      const stump = Math.min(6, h / 4);
      const fill = state === 'open-by-choice' ? tone : 'drop';
      return [rect(x, y, BAR, stump, { fill }), rect(x, y + h - stump, BAR, stump, { fill })];
    }
  }
}

/** From this height on a row says more: larger, and for every wall why it stands or not. */
export const TALL = 96;

/** The sentence of a wall, where the row has room for all of it. */
function told(w: Wall, width: number, lines: number): readonly string[] {
  const parts = lines < 2 ? [] : wrapText(w.sentence, width, TELL, lines + 1);
  return parts.length > lines || parts.some((p) => p.endsWith('…')) ? [] : parts;
}
const TELL = { ...FACES.body, size: 11.5 } as const;

/** One cell: the bar, and for a hole or a thinning what it is. `lines`: how many lines of text the row has room for. */
export function cell(w: Wall, column: Column, y: number, h: number, lines: number, tone: Token): { readonly marks: Mark[]; readonly near: Mark[] } {
  const { x } = column;
  const tinted = w.state === 'open-by-choice';
  const tall = h >= TALL;
  const room = column.w - BAR - (tinted ? 18 : 11);
  const marks: Mark[] = [];
  if (tinted) marks.push(rect(x + BAR, y + 2, column.w - BAR - 8, h - 4, { fill: tone === 'risk' ? 'riskTint' : 'warnTint', r: 2 }));
  marks.push(...bar(w.state, x, y + 1, h - 2, tone));
  const tx = x + BAR + 7;
  if (w.short === '') {
    const parts = tall ? told(w, room, lines) : [];
    const top = y + h / 2 - ((parts.length - 1) * LINE) / 2 + 4;
    return { marks, near: parts.map((part, i) => text(tx, top + i * LINE, part, TELL, 'muted')) };
  }
  const ink: Token = tinted ? tone : w.state === 'unknown' ? 'muted' : 'ink';
  const set = tinted ? FACES.monoStrong : FACES.mono;
  const face = tall ? { ...set, size: 11 } : set;
  // All of an engine's defaults by name only where there are few rows: in many they would be the same list over and over.
  const said = tall && w.long !== '' ? w.long : w.short;
  const words = w.pid === null ? said : `${said}, exec ${w.pid}`;
  const below = w.drift !== null && lines > 1;
  const beside = w.drift !== null && lines <= 1;
  const most = Math.max(1, lines - (below ? 1 : 0));
  const textRoom = room - (beside ? 17 : 0);
  const parts = nameLines(words, w.name, textRoom, face, most) ?? (most > 1 ? wrapText(words, textRoom, face, most) : [words]);
  const why = tall ? told(w, room, lines - parts.length - (below ? 1 : 0) - 1) : [];
  const total = parts.length + (below ? 1 : 0) + (why.length > 0 ? why.length + 0.4 : 0);
  let ty = y + h / 2 - ((total - 1) * LINE) / 2 + 3.5;
  const near: Mark[] = [];
  // In a row of one line the sign of drift stands for words that find no room beside it.
  if (beside && w.drift !== null && textWidth(words, face) > textRoom) {
    near.push(...notEqual(tx + 5, ty - 3.5, 5.2));
    return { marks, near };
  }
  for (const part of parts) {
    const mark = cut(tx, ty, part, textRoom, face, ink);
    near.push(part === words ? mark : { ...mark, full: words });
    if (beside) near.push(...notEqual(Math.min(tx + textWidth(mark.text, face) + 10, x + column.w - 15), ty - 3.5, 5.2));
    ty += LINE;
  }
  if (below && w.drift !== null) {
    near.push(...notEqual(tx + 5, ty - 3.5, 5.2), cut(tx + 15, ty, w.drift, room - 15, FACES.mono, 'ink'));
    ty += LINE;
  }
  why.forEach((part, i) => near.push(text(tx, ty + (i + 0.4) * LINE, part, TELL, 'muted')));
  return { marks, near };
}

/** The head of a column: its name, and how many stand. */
export function head(title: string, stands: number, total: number, unread: number, column: Pick<Column, 'x' | 'w'>): Mark[] {
  // Where some could not be read, nobody can say that none stands.
  const none = total > 0 && stands === 0 && unread === 0;
  const words = total === 0 ? '' : unread === total ? 'not read' : none ? 'none stands' : stands === 0 ? `${unread} not read` : `${stands} of ${total}`;
  return [
    cut(column.x, 17, title, column.w - 6, textWidth(title, FACES.head) <= column.w - 6 ? FACES.head : { ...FACES.head, size: 10.5 }, 'ink'),
    cut(column.x, 34, words, column.w - 6, FACES.body, none ? 'warn' : 'dim'),
  ];
}

export function hostHead(c: Columns): Mark[] {
  return [text(c.right, 17, 'host', FACES.head, 'ink', 'end')];
}

/** What the marks mean. */
export function legend(): { readonly marks: readonly Mark[]; readonly width: number; readonly text: string }[] {
  const sample = (state: WallState): Mark[] => bar(state, 0, -8, 16, 'drop');
  return [
    { marks: sample('stands'), width: 6, text: 'stands' },
    { marks: sample('thinned'), width: 6, text: 'thinned' },
    { marks: sample('unknown'), width: 6, text: 'unknown' },
    { marks: sample('open-as-shipped'), width: 6, text: 'open, as shipped' },
    { marks: [rect(6, -7, 16, 14, { fill: 'riskTint' }), ...bar('open-by-choice', 0, -8, 16, 'risk')], width: 22, text: 'open by choice, and named' },
    { marks: notEqual(6, 0, 5.5), width: 12, text: 'drift: above the kernel, below the declaration' },
  ];
}

/** A thin rule under a row. */
export function rule(x1: number, x2: number, y: number): Mark {
  return path(through([[x1, y], [x2, y]]), { stroke: stroke('line', 1), opacity: 0.7 });
}
