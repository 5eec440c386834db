import { rect, stroke } from '../../scene/kit.js';
import type { Mark } from '../../scene/marks.js';
import type { Item, Scene } from '../../scene/scene.js';
import type { View } from '../view.js';
import { MARGIN } from './columns.js';

function find(scene: Scene, id: string | null): Item | undefined {
  if (id === null) return undefined;
  return scene.items.find((i) => i.id === id) ?? scene.head?.items.find((i) => i.id === id) ?? scene.items.find((i) => i.role !== 'cell' && (i.subject?.id === id || i.members.includes(id)));
}

/** The row of a cell: the cell's box lies in it. */
function rowOf(scene: Scene, item: Item): Item {
  if (item.role !== 'cell') return item;
  return scene.items.find((i) => i.role !== 'cell' && i.box.y === item.box.y && i.box.h === item.box.h && i.id !== 'host') ?? item;
}

/**
 * The selected row in the accent's tint, a selected cell with an outline; what is hovered fainter.
 * Over a column's head, all other columns go back.
 */
export function overlay(_view: View, scene: Scene, selected: string | null, hovered: string | null): readonly Mark[] {
  const marks: Mark[] = [];
  const chosen = find(scene, selected);
  const near = find(scene, hovered);
  const veil = (x: number, w: number): Mark => rect(x, 0, w, scene.bounds.h, { fill: 'ground', opacity: 0.72 });
  if (near?.role === 'legend' && near.id.startsWith('head:') && near.id !== 'head:names' && near.id !== 'head:host') {
    const { x, w } = near.box;
    const names = scene.head?.items.find((i) => i.id === 'head:names');
    const from = names ? names.box.x + names.box.w - 3 : MARGIN;
    marks.push(veil(from, x - from), veil(x + w + 2, scene.bounds.w - x - w - 2));
  }
  if (chosen && chosen.role !== 'legend') {
    const row = rowOf(scene, chosen);
    marks.push(rect(row.box.x, row.box.y + 0.5, row.box.w, row.box.h - 1, { r: 3, fill: 'accentTint' }), rect(row.box.x, row.box.y + 0.5, 3, row.box.h - 1, { fill: 'accent' }));
    // The tint lies above the scene, so the row is drawn once more upon it.
    for (const i of scene.items) if (i.id !== 'host' && i.box.y === row.box.y && i.box.h === row.box.h) marks.push(...i.marks, ...i.near);
    if (chosen.role === 'cell') marks.push(rect(chosen.box.x, chosen.box.y + 1, chosen.box.w, chosen.box.h - 2, { r: 3, stroke: stroke('accent', 1.5) }));
  }
  if (near && near !== chosen && near.role !== 'legend' && near.role !== 'band') {
    const row = rowOf(scene, near);
    marks.push(rect(row.box.x, row.box.y + 0.5, row.box.w, row.box.h - 1, { r: 3, fill: 'accent', opacity: 0.06 }));
    if (near.role === 'cell') marks.push(rect(near.box.x, near.box.y + 1, near.box.w, near.box.h - 2, { r: 3, stroke: stroke('accent', 1), opacity: 0.7 }));
  }
  return marks;
}
