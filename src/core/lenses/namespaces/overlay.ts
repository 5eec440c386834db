import { rect, stroke } from '../../scene/kit.js';
import type { Mark } from '../../scene/marks.js';
import type { Item, Scene } from '../../scene/scene.js';
import type { View } from '../view.js';

function find(scene: Scene, id: string | null): Item | undefined {
  if (id === null) return undefined;
  return scene.items.find((i) => i.id === id) ?? scene.head?.items.find((i) => i.id === id);
}

/** Items of the same parties in both twins: cards, names and rows. */
function twins(scene: Scene, members: ReadonlySet<string>): readonly Item[] {
  return scene.items.filter((i) => ['card', 'stack', 'chip', 'row'].includes(i.role) && i.members.some((m) => members.has(m)));
}

function outline(i: Item, width: number): Mark {
  return rect(i.box.x, i.box.y, i.box.w, i.box.h, { r: 6, stroke: stroke('accent', width) });
}

/** The rest goes back to 40 %, what is meant is drawn once more above it. */
function lit(scene: Scene, members: ReadonlySet<string>, extra: readonly Item[]): Mark[] {
  const { bounds } = scene;
  const cells = scene.items.filter((i) => i.role === 'cell' && twinsRow(scene, i, members));
  const kept = [...extra, ...twins(scene, members), ...cells].sort((a, b) => a.layer - b.layer);
  return [rect(bounds.x, bounds.y, bounds.w, bounds.h, { fill: 'ground', opacity: 0.6 }), ...kept.flatMap((i) => [...i.marks, ...i.near])];
}

function twinsRow(scene: Scene, cell: Item, members: ReadonlySet<string>): boolean {
  const owner = cell.id.slice('cell:'.length, cell.id.lastIndexOf(':'));
  return members.has(owner) || scene.items.some((i) => i.role === 'stack' && i.id === owner && i.members.some((m) => members.has(m)));
}

/** A namespace under the pointer lights all its members in hulls and matrix; the selected party is outlined in both. */
export function overlay(_view: View, scene: Scene, selected: string | null, hovered: string | null): readonly Mark[] {
  const marks: Mark[] = [];
  const near = find(scene, hovered);
  const chosen = find(scene, selected);
  if (near && (near.role === 'hull' || near.role === 'cell') && near.id !== 'host' && near.members.length > 1) {
    const members = new Set(near.members);
    const same = scene.items.filter((i) => i.role === 'hull' && i.id !== 'host' && i.members.length === near.members.length && i.members.every((m) => members.has(m)));
    marks.push(...lit(scene, members, [...same, near]));
  }
  if (near && near !== chosen && near.role !== 'legend' && near.role !== 'note' && near.id !== 'host') {
    for (const i of near.role === 'cell' ? [near] : near.role === 'hull' ? [] : twins(scene, new Set(near.members))) marks.push(rect(i.box.x, i.box.y, i.box.w, i.box.h, { r: 4, stroke: stroke('accent', 1), opacity: 0.8 }));
  }
  if (chosen && chosen.role !== 'legend' && chosen.id !== 'host') {
    const ids = new Set(chosen.subject && chosen.role !== 'hull' ? [chosen.subject.id] : chosen.members);
    for (const i of twins(scene, ids)) {
      if (i.role === 'row' || (i.role === 'stack' && i.id.startsWith('fold:'))) marks.push(...rowTint(scene, i));
      else if (i.role === 'chip') marks.push(rect(i.box.x, i.box.y, i.box.w, i.box.h, { r: 4, stroke: stroke('accent', 1.5) }));
      else marks.push(outline(i, 2));
    }
    if (chosen.role === 'cell' || chosen.role === 'hull') marks.push(rect(chosen.box.x - 1, chosen.box.y, chosen.box.w + 2, chosen.box.h, { r: 5, stroke: stroke('accent', 2) }));
  }
  return marks;
}

/** The tint lies above the scene, so the row and its cells are drawn once more upon it. */
function rowTint(scene: Scene, row: Item): Mark[] {
  const { box } = row;
  const over = scene.items.filter((i) => i.box.y < box.y + box.h - 1 && i.box.y + i.box.h > box.y + 1 && (i.role === 'row' || i.role === 'cell' || i.role === 'stack' || (i.role === 'hull' && i.id.startsWith('block:'))) && i.box.x >= box.x);
  const marks = over.sort((a, b) => a.layer - b.layer).flatMap((i) => [...i.marks, ...i.near]);
  return [rect(box.x, box.y, box.w, box.h, { r: 3, fill: 'accentTint' }), rect(box.x, box.y, 3, box.h, { fill: 'accent' }), { kind: 'clip', x: box.x, y: box.y, w: box.w, h: box.h, children: marks }];
}
