import type { Comparison } from '../../core/diff/types.js';
import { path, rect, stroke } from '../../core/scene/kit.js';
import type { Mark, PathStep } from '../../core/scene/marks.js';
import type { Item } from '../../core/scene/scene.js';
import { itemOf } from '../state/item-of.js';
import { gone } from './gone.js';

const SIDE = 16;
const ARM = 4;

type Sign = 'came' | 'changed' | 'gone';

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

/** What the picture shows of a comparison: who came (+), who changed (△), and on each bus who is gone (−). */
export function comparedMarks(items: readonly Item[], comparison: Comparison): readonly Mark[] {
  const signs = new Map<string, Sign>();
  for (const [sign, ids] of [['changed', comparison.changed], ['came', comparison.came]] as const) {
    for (const id of ids) {
      const item = itemOf(items, id);
      if (item !== null) signs.set(item, sign);
    }
  }
  const byId = new Map(items.map((item) => [item.id, item]));
  const marks: Mark[] = [];
  for (const [id, sign] of signs) {
    const item = byId.get(id);
    if (item !== undefined && item.role !== 'bus') marks.push(...badge(sign, item.box.x, item.box.y));
  }
  for (const { segment, names } of comparison.goneFrom) {
    const bus = byId.get(`bus:${segment}`);
    if (bus !== undefined) marks.push(...gone(items, bus.box, names, SIDE, (x, y) => badge('gone', x, y)));
  }
  return marks;
}
