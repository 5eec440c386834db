import type { Comparison } from '../../core/diff/types.js';
import { cut, FACES, path, rect, stroke } from '../../core/scene/kit.js';
import type { Mark, PathStep } from '../../core/scene/marks.js';
import { cutText, textWidth } from '../../core/scene/measure.js';
import type { Box, Item } from '../../core/scene/scene.js';
import { itemOf } from '../state/item-of.js';

const SIDE = 16;
const ARM = 4;
/** A bar shows no more of the names of those who left it. */
const NAMES = 190;

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
    if (bus !== undefined) marks.push(...gone(bus.box, names));
  }
  return marks;
}

/** At the far end of the bus, above it. */
function gone(box: Box, names: readonly string[]): readonly Mark[] {
  const words = cutText(names.join(', '), NAMES, FACES.body);
  const w = textWidth(words, FACES.body) + SIDE + 14;
  const [x, y] = [box.x + box.w - w, box.y - 12];
  return [
    rect(x, y - 10, w, 20, { r: 4, fill: 'ground', stroke: stroke('dim', 1, { dash: [3, 2] }) }),
    ...badge('gone', x + 11, y),
    cut(x + SIDE + 8, y + 4, words, NAMES, FACES.body, 'muted'),
  ];
}
