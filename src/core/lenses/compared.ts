import type { Comparison } from '../diff/types.js';
import { itemOf } from '../scene/item-of.js';
import { path, rect, stroke } from '../scene/kit.js';
import type { Mark, PathStep } from '../scene/marks.js';
import type { Item, Scene } from '../scene/scene.js';
import { gone } from './gone.js';

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
  const marks: Mark[] = [];
  for (const [id, sign] of comparedItems(items, comparison)) {
    const item = byId.get(id);
    if (item !== undefined && item.role !== 'bus') marks.push(...badge(sign, item.box.x, item.box.y));
  }
  for (const { segment, names } of comparison.goneFrom) {
    const bus = byId.get(`bus:${segment}`);
    if (bus !== undefined) marks.push(...gone(items, bus.box, names, SIDE, (x, y) => badge('gone', x, y)));
  }
  return marks;
}

const WORDS: Readonly<Record<Sign, string>> = { came: 'came', changed: 'changed', gone: 'gone from there' };

/** The key of the marks that a picture has of this comparison. */
export function comparedLegend(compared: Compared): Scene['legend'] {
  const signs: readonly Sign[] = [...(compared.came.length > 0 ? ['came' as const] : []), ...(compared.changed.length > 0 ? ['changed' as const] : []), ...(compared.goneFrom.length > 0 ? ['gone' as const] : [])];
  return signs.map((sign) => ({ marks: badge(sign, SIDE / 2, 0), width: SIDE, text: WORDS[sign] }));
}
