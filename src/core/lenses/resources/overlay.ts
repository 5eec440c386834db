import { valueOf } from '../../model/reading.js';
import { workloads } from '../../model/snapshot.js';
import { useOf } from '../../facts/uses.js';
import { rect, stroke } from '../../scene/kit.js';
import type { Mark } from '../../scene/marks.js';
import type { Item, Scene } from '../../scene/scene.js';
import type { View } from '../view.js';

function find(scene: Scene, id: string | null): Item | undefined {
  return id === null ? undefined : scene.items.find((i) => i.id === id);
}

/** The item itself and those above it, by the child edges. */
function chain(scene: Scene, item: Item): readonly Item[] {
  const parent = new Map(scene.edges.map((e) => [e.to, e.from]));
  const out: Item[] = [];
  const start = item.role === 'stack' ? `stem:${item.id}` : item.id;
  for (let at: string | undefined = start; at !== undefined && out.length < 8; at = parent.get(at)) {
    const found = find(scene, at);
    if (found) out.push(found);
  }
  return out;
}

/** The bar of the cgroup above that imposes the limit which holds, at whatever depth. */
function imposing(view: View, item: Item): string | null {
  const w = workloads(view.snapshot).find((x) => x.id === item.subject?.id);
  const by = w && valueOf(useOf(w.cgroup, view.options.resource, undefined).by);
  return by === undefined || by === '' ? null : `stem:slice:${by}`;
}

/** A row in the accent's tint, drawn once more upon it; over a band, the way up to the host is outlined and the limiting step is thick. */
export function overlay(view: View, scene: Scene, selected: string | null, hovered: string | null): readonly Mark[] {
  const marks: Mark[] = [];
  const chosen = find(scene, selected);
  const near = find(scene, hovered);
  if (chosen && chosen.role !== 'note') {
    const { x, y, w, h } = chosen.box;
    const row = chosen.id.startsWith('band:') || chosen.role === 'stack';
    if (row) marks.push(rect(x, y, w, h, { r: 3, fill: 'accentTint' }), ...chosen.marks, ...chosen.near);
    else marks.push(rect(x - 3, y - 3, w + 6, h + 6, { r: 5, stroke: stroke('accent', 2) }));
  }
  if (near && near.role !== 'note' && near !== chosen) {
    const limiting = imposing(view, near);
    for (const i of new Set([near, ...chain(scene, near)])) {
      const { x, y, w, h } = i.box;
      marks.push(rect(x - 2, y - 1, w + 4, h + 2, { r: 4, stroke: stroke(i.id === limiting ? 'warn' : 'accent', i.id === limiting ? 2 : 1), opacity: 0.9 }));
    }
  }
  return marks;
}
