import { cardBox } from '../../scene/forms.js';
import { FACES, cut } from '../../scene/kit.js';
import { textWidth } from '../../scene/measure.js';
import type { Box, Item } from '../../scene/scene.js';
import { NS_KINDS } from '../../model/namespaces.js';
import { isKnown } from '../../model/reading.js';
import { count, listOf } from '../../facts/units.js';
import type { Party } from '../../facts/shares.js';
import { COLUMNS, ordinaryWords, type Picture } from './model.js';

/** A matrix beside the hulls: the hull is as high, and who is alone stands level with its row. `told`: what the host is. */
export interface Beside {
  readonly head: number;
  readonly row: number;
  readonly rows: number;
  readonly told: readonly string[];
}

export const NAME_W = 116;
export const NAME_H = 22;
/** More than this many names become a count. */
export const NAMES = 24;
/** Cards of those who are alone: as tall as the room lets them, within these. */
const CARD = { least: 58, most: 112, gap: 14, lines: 84 } as const;

const kindsIn = (p: Party, host: boolean): string => COLUMNS.filter((k) => { const at = p.at[k]; return at !== null && at !== 'none' && (at === 'host') === host; }).join(' ');

function cardItem(p: Party, box: Box, order: number): Item {
  const own = kindsIn(p, false);
  const hosts = kindsIn(p, true);
  const room = box.w - 28;
  const long = `its own: ${own}`;
  const words = (line: number, said: string, ink: 'muted' | 'dim') => cut(box.x + 14, box.y + line, said, room, FACES.body, ink);
  return {
    id: `name:${p.id}`, role: 'card', subject: p.subject, members: [p.id], box, layer: 2, label: p.name, detail: `Its own: ${own}. The host’s: ${hosts}`, state: 'fine', order,
    marks: cardBox(box, p.kind === 'group' ? 'double' : 'round'),
    near: [
      cut(box.x + 14, box.y + 24, p.name, room, { ...FACES.name, size: 14 }), words(43, p.about, 'muted'),
      ...(box.h < CARD.lines ? [] : [words(64, textWidth(long, FACES.body) <= room ? long : `${own.split(' ').length} of 8 its own`, 'muted'), words(80, hosts === '' ? 'none is the host’s' : `the host’s: ${hosts}`, 'dim')]),
    ],
  };
}

/** Cards level with the rows of the matrix beside them; at the host's row, what the host is. `y`: where the first row begins. */
export function levelBlock(picture: Picture, x: number, y: number, w: number, order: number, beside: Beside): { readonly items: Item[]; readonly h: number } {
  const { row, told } = beside;
  const h = Math.min(CARD.most, row - 12);
  const ordinary = ordinaryWords(picture.sharing);
  const head = aloneWords(picture, ordinary);
  const lines = [...told.slice(0, Math.max(0, Math.floor((row - 44) / 17))), head];
  const top = y + row / 2 - (lines.length * 17) / 2 + 13;
  const note: Item = {
    id: 'note:alone', role: 'note', subject: null, members: picture.alone.map((p) => p.id), box: { x, y, w, h: row - 8 }, layer: 2, label: head, detail: told.join(', '), state: 'fine', order,
    marks: [], near: lines.map((words, i) => cut(x, top + i * 17, words, w, FACES.summary, i === lines.length - 1 ? 'ink' : 'muted')),
  };
  return { items: [note, ...picture.alone.map((p, i) => cardItem(p, { x, y: y + row * (i + 1) + (row - h) / 2, w, h }, order + 1 + i))], h: 0 };
}

/** One card each, in as many columns as the room needs; null where they find none. */
function aloneCards(alone: readonly Party[], x: number, y: number, w: number, h: number, order: number): Item[] | null {
  for (const columns of [1, 2]) {
    const rows = Math.ceil(alone.length / columns);
    const cardW = (w - CARD.gap * (columns - 1) - 8) / columns;
    const cardH = Math.min(CARD.most, (h - CARD.gap * (rows - 1)) / rows);
    if (cardH < CARD.least || cardW < 150) continue;
    // What is left is shared between the cards, so that they fill their hull evenly.
    const between = rows < 2 ? 0 : Math.min(46, (h - cardH * rows) / (rows - 1));
    return alone.map((p, i) => cardItem(p, { x: x + (i % columns) * (cardW + CARD.gap), y: y + Math.floor(i / columns) * (cardH + between), w: cardW, h: cardH }, order + i));
  }
  return null;
}

function aloneWords(picture: Picture, ordinary: string): string {
  // Who could not be read may be in the namespace of one that could.
  const unread = picture.sharing.parties.some((p) => p.kind !== 'host' && NS_KINDS.some((k) => !picture.sharing.ordinary.has(k) && !isKnown(p.readings[k])));
  if (unread) return 'Alone in what could be read';
  return `Alone in all${ordinary === 'none' ? '' : ` but ${ordinary}`}`;
}

/** The block of those who share nothing worth ink: cards where `tall` gives them the room, bare names, or a count. */
export function aloneBlock(picture: Picture, x: number, y: number, w: number, order: number, named: boolean, tall: number): { readonly items: Item[]; readonly h: number } {
  const { alone } = picture;
  if (alone.length === 0) return { items: [], h: 0 };
  const ordinary = ordinaryWords(picture.sharing);
  const head = `${aloneWords(picture, ordinary)}${named ? '' : `: ${count(alone.length)} ${alone.length === 1 ? 'container' : 'containers'}`}`;
  const items: Item[] = [{
    id: 'note:alone', role: 'note', subject: null, members: alone.map((p) => p.id), box: { x, y, w, h: 20 }, layer: 2, label: head, detail: named ? '' : listOf(alone.map((p) => p.name), 12), state: 'fine', order,
    marks: [], near: [cut(x, y + 14, head, w, FACES.body, 'muted')],
  }];
  if (!named) return { items, h: 22 };
  const cards = tall > 0 ? aloneCards(alone, x, y + 30, w, tall - 26, order + 1) : null;
  if (cards !== null) return { items: [...items, ...cards], h: tall };
  const perRow = Math.max(1, Math.floor(w / NAME_W));
  alone.forEach((p, i) => {
    const nx = x + (i % perRow) * NAME_W;
    const ny = y + 26 + Math.floor(i / perRow) * NAME_H;
    items.push({
      id: `name:${p.id}`, role: 'chip', subject: p.subject, members: [p.id], box: { x: nx - 4, y: ny, w: NAME_W - 6, h: NAME_H - 2 }, layer: 2, label: p.name, detail: `Alone in all but ${ordinary}`, state: 'fine', order: order + 1 + i,
      marks: [], near: [cut(nx, ny + 14, p.name, NAME_W - 14, { ...FACES.summary, size: 12 })],
    });
  });
  return { items, h: 26 + Math.ceil(alone.length / perRow) * NAME_H };
}
