import type { Comparison } from '../diff/types.js';
import { itemOf } from '../scene/item-of.js';
import { path, rect, stroke } from '../scene/kit.js';
import type { Mark, PathStep } from '../scene/marks.js';
import type { Box, Item, Scene } from '../scene/scene.js';
import { gone, over, written, type Label } from './gone.js';

const SIDE = 16;
const ARM = 4;

type Sign = 'came' | 'changed' | 'gone';

/** What a picture shows of a comparison. */
export type Compared = Pick<Comparison, 'from' | 'came' | 'changed' | 'goneFrom'>;

/** Plus, a triangle as in mathematics, minus: told apart by their shape alone. */
function shape(sign: Sign, x: number, y: number): readonly PathStep[] {
  if (sign === 'changed') return [['M', x - ARM, y + ARM - 0.5], ['L', x, y - ARM], ['L', x + ARM, y + ARM - 0.5], ['Z']];
  const across: PathStep[] = [['M', x - ARM, y], ['L', x + ARM, y]];
  return sign === 'gone' ? across : [...across, ['M', x, y - ARM], ['L', x, y + ARM]];
}

function badge(sign: Sign, x: number, y: number): readonly Mark[] {
  const half = SIDE / 2;
  return [rect(x - half, y - half, SIDE, SIDE, { r: 4, fill: 'ground', stroke: stroke('ink', 1.5) }), path(shape(sign, x, y), { stroke: stroke('ink', 1.8) })];
}

/** Whether something is drawn around an item, upon whose corner a sign can stand. */
const isFramed = ({ box, marks }: Item): boolean => marks.some((m) => m.kind === 'rect' && m.stroke !== undefined && Math.abs(m.x - box.x) < SIDE && Math.abs(m.y - box.y) < SIDE && m.w > box.w / 2);

/** A sign stands upon the corner of a frame; before the words of what has none, or where it would cover some. `words`: all that is written. */
function corner(item: Item, words: readonly Box[]): { readonly x: number; readonly y: number } {
  const { box, marks, near } = item;
  const half = SIDE / 2;
  const upon = { x: box.x - half, y: box.y - half, w: SIDE, h: SIDE };
  const [own] = written([...marks, ...near]);
  if (own === undefined || (isFramed(item) && !words.some((one) => over(upon, one)))) return { x: box.x, y: box.y };
  return { x: Math.min(box.x, own.x - half - 3), y: own.y + own.h / 2 };
}

/** The items that a comparison is about, by their ids: who came, and who changed. A stack is what one of it is. */
export function comparedItems(items: readonly Item[], comparison: Compared): ReadonlyMap<string, 'came' | 'changed'> {
  const signs = new Map<string, 'came' | 'changed'>();
  for (const [sign, ids] of [['changed', comparison.changed], ['came', comparison.came]] as const) {
    for (const id of ids) {
      const item = itemOf(items, id);
      if (item !== null) signs.set(item, sign);
    }
  }
  return signs;
}

/** What the picture shows of a comparison: who came (+), who changed (△), and on each bus who is gone (−). */
export function comparedMarks(items: readonly Item[], comparison: Compared): readonly Mark[] {
  const byId = new Map(items.map((item) => [item.id, item]));
  const words = items.flatMap((item) => written([...item.marks, ...item.near]));
  const marks: Mark[] = [];
  for (const [id, sign] of comparedItems(items, comparison)) {
    const item = byId.get(id);
    if (item === undefined || item.role === 'bus') continue;
    const { x, y } = corner(item, words);
    marks.push(...badge(sign, x, y));
  }
  const labels: Label[] = [];
  for (const { segment, names } of comparison.goneFrom) {
    const bus = byId.get(`bus:${segment}`);
    if (bus !== undefined) labels.push(gone(items, bus.box, names, SIDE, (x, y) => badge('gone', x, y), labels));
  }
  return [...marks, ...labels.flatMap((label) => label.marks)];
}

const WORDS: Readonly<Record<Sign, string>> = { came: 'came', changed: 'changed', gone: 'gone from there' };

/** The key of the signs that a picture of these items has. */
export function comparedLegend(items: readonly Item[], compared: Compared): Scene['legend'] {
  const shown = new Set<Sign>(comparedItems(items, compared).values());
  if (compared.goneFrom.some(({ segment }) => items.some((item) => item.id === `bus:${segment}`))) shown.add('gone');
  return (['came', 'changed', 'gone'] as const).filter((sign) => shown.has(sign)).map((sign) => ({ marks: badge(sign, SIDE / 2, 0), width: SIDE, text: WORDS[sign] }));
}
