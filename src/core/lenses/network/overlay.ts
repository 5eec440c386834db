import type { Verdict } from '../../reach/types.js';
import { FACES, line, path, rect, stroke, text, through } from '../../scene/kit.js';
import type { Mark, Stroke, Token } from '../../scene/marks.js';
import { textWidth } from '../../scene/measure.js';
import { triangle } from '../../scene/signs.js';
import type { Box, Edge, Item, Scene } from '../../scene/scene.js';
import type { View } from '../view.js';
import { BUS } from './draw-wire.js';
import { SPINE, TRUNK } from './metrics.js';
import { attackersOf, reachesOf, type Reach } from './reaches.js';

/** The port of a plug: where the line of its connector ends. */
function portOf(edge: Edge): { readonly x: number; readonly y: number } | null {
  const [drop] = edge.marks;
  const last = drop?.kind === 'path' ? drop.d.at(-1) : undefined;
  return last && (last[0] === 'L' || last[0] === 'M') ? { x: last[1], y: last[2] } : null;
}

/** Plugs of an item: its own, or those of the hull or the host's hull that it stands in. */
function plugsOf(scene: Scene, item: Item): readonly Edge[] {
  const of = new Set(item.members);
  const holders = new Set(scene.items.filter((i) => i.id === item.id || (i.role === 'hull' && i.members.some((m) => of.has(m)))).map((i) => i.id));
  return scene.edges.filter((e) => e.kind === 'plug' && holders.has(e.from));
}

function outline(box: Box, token: Token, width: number, out = 0, dash?: readonly number[]): Mark {
  return rect(box.x - out, box.y - out, box.w + out * 2, box.h + out * 2, { r: 6 + out, stroke: stroke(token, width, dash ? { dash } : {}) });
}

/** The item's lines and ports in the colour of the chosen one. */
function lit(edges: readonly Edge[], width: number): Mark[] {
  const marks: Mark[] = [];
  for (const e of edges) {
    for (const m of e.marks) if (m.kind === 'path' && m.stroke && m.fill === undefined) marks.push({ ...m, stroke: { ...m.stroke, token: 'accent', width } });
    const at = portOf(e);
    const square = e.marks.some((m) => m.kind === 'rect');
    if (at && square) marks.push(rect(at.x - 4, at.y - 4, 8, 8, { fill: 'ground', stroke: stroke('accent', 2) }));
    else if (at) marks.push(path([['A', at.x, at.y, 3.4, 0, Math.PI * 2], ['Z']], { fill: 'accent', stroke: stroke('ground', 0.8) }));
  }
  return marks;
}

interface Style {
  readonly token: Token;
  readonly stroke: Stroke;
  readonly words: (who: string, by: Reach['by']) => string;
}
const COMB: Readonly<Record<Exclude<Verdict, 'blocked'>, Style>> = {
  possible: { token: 'risk', stroke: stroke('risk', 1.5), words: (who, by) => (by === 'wire' ? `${who} can pretend to be any of the others` : `${who} can write its table, from where it is`) },
  latent: { token: 'warn', stroke: stroke('warn', 1.4, { dash: [5, 3] }), words: (who) => `${who} could pretend to be another, by a program that gives rights` },
  unknown: { token: 'muted', stroke: stroke('muted', 1.3, { dash: [1.8, 2.6] }), words: (who) => `perhaps ${who} can pretend to be another: not enough was read` },
};

/** `to each ▲ jenkins can …`: the triangle is a sign, since the fonts have none. */
function sentence(x: number, y: number, words: string, token: Token, from: number, to: number): Mark[] {
  const lead = textWidth('to each ', FACES.body);
  const width = lead + 16 + textWidth(words, FACES.body);
  const left = Math.max(from, Math.min(x - width / 2, to - width));
  return [
    rect(left - 3, y - 10.5, width + 6, 14.5, { fill: 'ground' }),
    text(left, y, 'to each', FACES.body, token), triangle(left + lead + 6.5, y - 4, 4.5, token), text(left + lead + 15, y, words, FACES.body, token),
  ];
}

interface Tooth {
  readonly x: number;
  readonly y: number;
}

/** Where the victims of one reach are plugged in on its segment. */
function teeth(scene: Scene, r: Reach): Tooth[] {
  const victims = new Set(r.victims);
  const holders = new Set(scene.items.filter((i) => (i.role === 'card' || i.role === 'stack' || i.role === 'hull') && i.members.some((m) => victims.has(m))).map((i) => i.id));
  const found: Tooth[] = [];
  for (const e of scene.edges) {
    if (e.kind !== 'plug' || e.to !== `bus:${r.segment}` || !holders.has(e.from)) continue;
    const at = portOf(e);
    if (at) found.push(at);
  }
  const bus = scene.items.find((i) => i.id === `bus:${r.segment}`);
  if (r.gateway && bus) found.unshift({ x: TRUNK, y: bus.box.y + 9 });
  return found.sort((a, b) => a.y - b.y || a.x - b.x);
}

/** What a comb with its sentence takes under a bus. */
const SENTENCE = 29;

/** From a bus to what stands under it: a card, the names of its plug, the end of the picture. */
function roomUnder(scene: Scene, y: number): number {
  const top = (i: Item): number => Math.min(i.box.y, ...i.near.flatMap((m) => (m.kind === 'text' ? [m.y - m.size] : [])));
  const below = scene.items.filter((i) => (i.role === 'card' || i.role === 'stack' || i.role === 'hull') && i.box.y > y).map(top);
  return Math.min(scene.bounds.y + scene.bounds.h + 4, ...below) - y;
}

/** One comb under the bus: from the chosen one's port along to each victim's, line by line of a folded bus, and one sentence. */
function comb(scene: Scene, r: Reach, from: Tooth | undefined, who: string): Mark[] {
  if (r.verdict === 'blocked') return [];
  const style = COMB[r.verdict];
  const found = teeth(scene, r);
  if (found.length === 0) return [];
  const deep = roomUnder(scene, from?.y ?? found[0]!.y) >= SENTENCE;
  const under = deep ? 16 : 12;
  const buses = [...new Set([...found.map((t) => t.y), ...(from ? [from.y] : [])])].sort((a, b) => a - b);
  const marks: Mark[] = [];
  for (const bus of buses) {
    const here = found.filter((t) => t.y === bus);
    const own = from?.y === bus ? from : undefined;
    const xs = [...here.map((t) => t.x), ...(own ? [own.x] : []), ...(buses.length > 1 ? [SPINE + 6] : [])];
    marks.push(path(through([[Math.min(...xs), bus + under], [Math.max(...xs), bus + under]]), { stroke: style.stroke }));
    if (own) marks.push(line(own.x, bus + 3, own.x, bus + under, r.verdict === 'possible' ? 'accent' : style.token, 1.5));
    for (const t of here) marks.push(line(t.x, bus + 9, t.x, bus + under, style.token, 1.5), triangle(t.x, bus + 8, 5, style.token));
  }
  if (buses.length > 1) marks.push(path(through([[SPINE + 6, buses[0]! + under], [SPINE + 6, buses.at(-1)! + under]]), { stroke: style.stroke }));
  const xs = [...found, ...(from ? [from] : [])].filter((t) => t.y === (from?.y ?? found[0]!.y)).map((t) => t.x);
  if (deep) marks.push(...sentence((Math.min(...xs) + Math.max(...xs)) / 2, (from?.y ?? found[0]!.y) + under + 12.5, style.words(who, r.by), style.token, Math.min(...scene.items.flatMap((i) => (i.role === 'card' || i.role === 'stack' ? [i.box.x] : []))), scene.bounds.w - 8));
  return marks;
}

/** Victims of the chosen ones and, dashed, those who can do the same to them. */
function story(view: View, scene: Scene, item: Item, plugs: readonly Edge[]): Mark[] {
  const marks: Mark[] = [];
  const told = new Set<string>();
  for (const id of item.members) {
    for (const r of reachesOf(view.judgement, id)) {
      const key = `${r.segment} ${r.verdict} ${r.by}`;
      if (r.verdict === 'blocked' || told.has(key)) continue;
      told.add(key);
      const own = plugs.find((e) => e.to === `bus:${r.segment}`);
      marks.push(...comb(scene, r, own ? (portOf(own) ?? undefined) : undefined, item.members.length > 1 ? 'each of them' : item.label));
    }
  }
  const attackers = new Set(item.members.flatMap((id) => attackersOf(view.judgement, id)));
  for (const i of scene.items) {
    if (i.id === item.id || (i.role !== 'card' && i.role !== 'stack')) continue;
    if (i.members.some((m) => attackers.has(m))) marks.push(outline(i.box, 'risk', 1.3, 3.5, [4, 3]));
  }
  return marks;
}

function busLit(scene: Scene, item: Item, width: number): Mark[] {
  const ports = scene.edges.filter((e) => e.kind === 'plug' && e.to === item.id);
  const lines = item.marks.flatMap((m): Mark[] => {
    if (m.kind !== 'path' || m.stroke?.width !== BUS) return [];
    const [start, ...rest] = m.d;
    const clear = start?.[0] === 'M' && start[1] === TRUNK ? (['M', TRUNK + 7.5, start[2]] as const) : start!;
    return [{ ...m, d: [clear, ...rest], stroke: { ...m.stroke, token: 'accent', width } }];
  });
  return [...lines, ...lit(ports, 2)];
}

/** A gutter's item or count speaks for its bus. */
function meant(scene: Scene, id: string): Item | undefined {
  const found = scene.items.find((i) => i.id === id) ?? [...scene.gutters.left, ...scene.gutters.right].find((i) => i.id === id);
  if (found?.role !== 'gutter' || found.subject?.kind !== 'segment') return found;
  return scene.items.find((i) => i.id === `bus:${found.subject!.id}`);
}

/** What is pointed at: its outline and its ports on all buses. */
function hover(scene: Scene, item: Item): Mark[] {
  if (item.role === 'bus') return busLit(scene, item, 3);
  return [...lit(plugsOf(scene, item), 1.8), outline(item.box, 'accent', 1.5)];
}

/** Marks above the scene for what is selected and what is pointed at. */
export function overlay(view: View, scene: Scene, selected: string | null, hovered: string | null): readonly Mark[] {
  const marks: Mark[] = [];
  const under = hovered === null || hovered === selected ? undefined : meant(scene, hovered);
  if (under) marks.push(...hover(scene, under));
  const chosen = selected === null ? undefined : meant(scene, selected);
  if (!chosen) return marks;
  if (chosen.role === 'bus') return [...marks, ...busLit(scene, chosen, 4)];
  if (chosen.role !== 'card' && chosen.role !== 'stack' && chosen.role !== 'hull') return marks;
  const plugs = plugsOf(scene, chosen);
  return [...marks, ...story(view, scene, chosen, plugs), ...lit(plugs, 2.2), outline(chosen.box, 'accent', 2.2)];
}
