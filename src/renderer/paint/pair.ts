import type { PairRef } from '../../core/inspect/row.js';
import { line, path, rect, stroke } from '../../core/scene/kit.js';
import type { Mark } from '../../core/scene/marks.js';
import type { Edge, Item, Scene } from '../../core/scene/scene.js';
import { triangle } from '../../core/scene/signs.js';

const stands = (item: Item, id: string): boolean => (item.role === 'card' || item.role === 'stack') && (item.subject?.id === id || item.members.includes(id));

/** The two ends of a pair and their wire, as far as the picture shows them. The host and a gateway are on the wire itself. */
export function pairItems(scene: Scene, pair: PairRef): readonly Item[] {
  const ends = [pair.attacker, pair.victim].flatMap((id) => scene.items.find((item) => stands(item, id)) ?? []);
  return [...ends, ...scene.items.filter((item) => item.id === `bus:${pair.segment}`)];
}

/** Plugs of an item on the pair's wire: its own, or those of the hull around it. */
function plugs(scene: Scene, item: Item, segment: string): readonly Edge[] {
  const holders = new Set([item.id, ...scene.items.filter((other) => other.role === 'hull' && other.members.some((id) => item.members.includes(id) || item.subject?.id === id)).map((other) => other.id)]);
  return scene.edges.filter((edge) => edge.kind === 'plug' && holders.has(edge.from) && edge.to === `bus:${segment}`);
}

function port(edges: readonly Edge[]): { readonly x: number; readonly y: number } | null {
  const drop = edges[0]?.marks[0];
  const last = drop?.kind === 'path' ? drop.d.at(-1) : undefined;
  return last && (last[0] === 'L' || last[0] === 'M') ? { x: last[1], y: last[2] } : null;
}

/** The pair lit above the dimmed picture: its wire, its plugs, its cards, and the way of the forged frame. */
export function pairMarks(scene: Scene, pair: PairRef): readonly Mark[] {
  const items = pairItems(scene, pair);
  const bus = items.find((item) => item.role === 'bus');
  const [from, to] = [pair.attacker, pair.victim].map((id) => items.find((item) => stands(item, id)));
  const marks: Mark[] = [...(bus?.marks ?? []), ...(bus?.near ?? [])];
  for (const item of [from, to]) {
    if (item === undefined) continue;
    const own = plugs(scene, item, pair.segment);
    for (const edge of own) marks.push(...edge.marks);
    marks.push(...item.marks, ...item.near, rect(item.box.x, item.box.y, item.box.w, item.box.h, { r: 6, stroke: stroke(item === from ? 'accent' : 'ink', 2) }));
  }
  const start = from && port(plugs(scene, from, pair.segment));
  const end = to ? port(plugs(scene, to, pair.segment)) : bus ? { x: bus.box.x, y: bus.box.y + bus.box.h / 2 } : null;
  if (start && end && start.x !== end.x) {
    const y = Math.max(start.y, end.y) + 17;
    marks.push(
      path([['M', start.x, start.y], ['L', start.x, y], ['L', end.x, y], ['L', end.x, end.y + 12]], { stroke: stroke('risk', 1.6) }),
      triangle(end.x, end.y + 9, 5, 'risk'),
      line(start.x, start.y, start.x, start.y + 1, 'accent', 5, { cap: 'round' }),
    );
  }
  return marks;
}
