import { listOf, plural } from '../../facts/units.js';
import { FACES, faint, text } from '../../scene/kit.js';
import { hatched } from '../../scene/hatch.js';
import type { Mark } from '../../scene/marks.js';
import { arrow, diamond, enteredBox, eventBar, notEqual, port, question, tick, triangle } from '../../scene/signs.js';
import { textWidth } from '../../scene/measure.js';
import type { Edge, Item, Placement, Scene } from '../../scene/scene.js';
import type { Lens, View } from '../view.js';
import { drawCard } from './draw-card.js';
import { hullMarks, plugEdges, plugLabels, ticks } from './draw-plugs.js';
import { leftItem, rightItem, trunkItem, wireItem } from './draw-wire.js';
import { layOut, leastHeight, type Layout, type PlacedStation } from './layout.js';
import { LEFT, RIGHT, type Size } from './metrics.js';
import { arrangeOrder, placementOf, type Order } from './order.js';
import { overlay } from './overlay.js';
import { stations, type Station } from './stations.js';
import { partners, talkEdges, talks, type Talk } from './traffic.js';
import { wiring, type Wiring } from './wires.js';
import { cardDetail, summaryOf } from './words.js';

const FAINT = 0.38;
/** Three columns of cards: a narrower canvas shows them smaller rather than one under the other. */
const NARROWEST = 505;
/** Up to so many cards and stacks, the rows that lead show whole cards. */
const FEW = 30;

type Sizes = (segment: string) => Size;

/** The rows that lead: the opened ones, those of the project in focus, or the most exposed. */
function leading(view: View, wires: Wiring): ReadonlySet<string> {
  const opened = new Set(view.options.opened.filter((id) => id.startsWith('bus:')).map((id) => id.slice(4)));
  if (opened.size === 0 && view.project !== null) for (const w of wires.wires) if (w.focused) opened.add(w.segment.id);
  if (opened.size > 0) return opened;
  const [worst] = [...wires.wires].sort((a, b) => b.reached - a.reached);
  const first = wires.wires.find((w) => w.reached > 0 && w.segment.name === 'bridge') ?? worst;
  return new Set(first ? [first.segment.id] : []);
}

/**
 * How large the rows may be, the largest first: whole cards for all; then whole cards where one looks and smaller ones elsewhere, those
 * that a spoofer reaches before the others. Where the page has no height of its own, few have cards in the leading rows, many the smaller ones.
 */
function sizings(view: View, wires: Wiring, stacked: boolean, stood: number): readonly Sizes[] {
  const lead = leading(view, wires);
  const exposed = new Set(wires.wires.filter((w) => w.state === 'risk').map((w) => w.segment.id));
  const of = (first: Size, rest: Size): Sizes => (segment) => (lead.has(segment) ? first : rest);
  const loud = (first: Size): Sizes => (segment) => (lead.has(segment) ? first : exposed.has(segment) ? 'small' : 'chip');
  if (view.height === undefined || view.height === null) return !stacked ? [() => 'card'] : [...(stood <= FEW ? [of('card', 'chip')] : []), of('small', 'chip')];
  const smaller = [of('card', 'small'), loud('card'), of('card', 'chip'), loud('small'), of('small', 'chip')];
  // Rather than scrolled, few are all chips.
  return stacked ? [() => 'card', ...smaller] : [() => 'large', () => 'card', ...smaller, () => 'chip', of('small', 'chip')];
}

/** How much smaller than life whole cards may be shown, rather than smaller ones in their place. */
const WHOLE_AT = 0.9;

/** The layout of the largest size that the canvas holds, its rows spread to fill it. The largest of all only where no bus is folded for it. */
function fitted(view: View, wires: Wiring, order: Order, list: readonly Station[], host: Station | null, stacked: boolean, width: number): Layout {
  const all = sizings(view, wires, stacked, list.length);
  // A canvas that is too narrow shows all of it smaller, and has as much more height.
  const height = view.height === undefined || view.height === null ? null : view.height * (width / Math.min(width, Math.max(1, view.width - LEFT - RIGHT)));
  const whole = stacked ? 1 : 2;
  for (const [at, sizes] of all.slice(0, -1).entries()) {
    const most = height === null ? Infinity : at < whole ? height / WHOLE_AT : height;
    if (leastHeight(wires.wires, sizes) > most) continue;
    const made = layOut(order, wires.wires, list, host, sizes, width, height);
    const folded = made.wires.some((w) => w.size === 'large' && w.lines.length > 1);
    if (folded || made.bounds.h > most || made.bounds.w > width + 1) continue;
    // What is shown a little smaller has as much more room beside it.
    return height === null || made.bounds.h <= height ? made : layOut(order, wires.wires, list, host, sizes, width * (made.bounds.h / height), made.bounds.h);
  }
  return layOut(order, wires.wires, list, host, all.at(-1) ?? (() => 'card'), width, height);
}

function stationItems(p: PlacedStation, view: View, names: ReadonlyMap<string, string>, order: number): Item[] {
  const dim = (marks: Mark[], shown: boolean) => (shown ? marks : faint(marks, FAINT));
  const addresses = p.station.plugs.find((x) => x.segment === p.segment)?.address ?? '';
  const items = p.cards.map(({ card, box }, i): Item => {
    const drawn = drawCard(card, box, p.size, addresses);
    const [first] = card.parties;
    const shown = card.parties.some((x) => x.shown) && card.parties.some((x) => x.focused);
    const near = i === 0 && !p.station.host ? [...plugLabels(p), ...drawn.near] : drawn.near;
    return {
      id: card.id, role: card.parties.length > 1 ? 'stack' : 'card',
      subject: card.parties.length > 1 ? null : { kind: first!.workload.kind, id: first!.workload.id, name: first!.workload.name },
      members: card.parties.map((x) => x.workload.id), box, layer: 5, label: `${card.name} ${card.count}`.trimEnd(),
      detail: cardDetail(card, p.station, view.judgement, names), state: card.state, order: order + 1 + i, marks: dim(drawn.marks, shown), near: dim(near, shown), far: dim(ticks(p, i, card.state === 'risk'), shown),
    };
  });
  const marks = hullMarks(p);
  if (marks.length === 0) return items;
  const members = p.station.cards.flatMap((c) => c.parties);
  const label = p.station.host ? 'the host’s net namespace' : 'one net namespace';
  const hull: Item = {
    id: p.station.id, role: 'hull', subject: p.station.host ? { kind: 'host', id: 'host', name: 'host' } : null, members: members.map((m) => m.workload.id), box: p.box, layer: 4, label,
    detail: `shared by ${listOf(members.map((m) => m.workload.name))}`, state: 'none', order, marks: dim(marks, p.station.shown && p.station.focused), near: [], far: [],
  };
  return [hull, ...items];
}

/** A sentence at the upper right for what keeps the verdicts from being sure. */
function notes(view: View, wires: Wiring, width: number): Item[] {
  const told: { readonly id: string; readonly words: string; readonly short: string; readonly sign: (x: number) => Mark[]; readonly detail: string }[] = [];
  const { unread, sham } = view.judgement;
  if (unread.length > 0) told.push({ id: 'unread', words: unread.some((u) => /rule|filter/.test(u)) ? 'filter rules not read: one may stop a spoofer' : 'not all was read that may stop a spoofer', short: 'not all read', sign: (x) => question(x, 12), detail: listOf(unread, 12) });
  if (sham.length > 0) told.push({ id: 'sham', words: `${plural(sham.length, 'rule')} looks like a guard and is none`, short: 'sham guard', sign: (x) => [diamond(x, 12)], detail: listOf(sham.map((s) => `${s.where}: ${s.why}`), 12) });
  if (wires.unplugged.length > 0) told.push({ id: 'unplugged', words: `${plural(wires.unplugged.length, 'workload')} without a plug`, short: `${wires.unplugged.length} unplugged`, sign: () => [], detail: listOf(wires.unplugged.map((p) => p.workload.name), 40) });
  let right = width - 44;
  // The uplink's name stands at the left end of the same line.
  const left = 190;
  return told.map((t, i): Item => {
    const words = right - textWidth(t.words, FACES.body) - 22 >= left ? t.words : t.short;
    const w = textWidth(words, FACES.body);
    const marks = right - w - 22 >= left ? [...t.sign(right - w - 13), text(right, 16, words, FACES.body, 'muted', 'end')] : [];
    const box = { x: right - w - 22, y: 2, w: w + 24, h: 20 };
    right -= w + 44;
    return { id: `note:${t.id}`, role: 'note', subject: null, members: [], box, layer: 6, label: t.words, detail: t.detail, state: t.id === 'unread' ? 'unknown' : 'mind', order: 1 + i, marks, near: [] };
  });
}

/** Only signs that the picture holds, in words. */
function legendOf(layout: Layout, list: readonly Talk[], wires: Wiring, stacked: boolean): Scene['legend'] {
  const states = new Set(wires.parties.map((p) => p.state));
  const some = (test: (p: Wiring['parties'][number]) => boolean) => wires.parties.some(test);
  const isolated = layout.stations.some((s) => s.plugs.some((p) => p.plug.isolated === true));
  const entries: (Scene['legend'][number] | false)[] = [
    states.has('risk') && { marks: [triangle(6, 0)], width: 12, text: 'spoofer' },
    states.has('mind') && { marks: [diamond(6, 0)], width: 12, text: 'could become one' },
    states.has('fine') && { marks: [tick(6, 0)], width: 12, text: 'cannot' },
    states.has('unknown') && { marks: question(7, 0), width: 14, text: 'unknown' },
    wires.wires.some((w) => w.state === 'risk') && { marks: hatched(0, -6, 26, 12, 'risk', 'riskTint', { r: 6 }), width: 26, text: 'reached by a spoofer' },
    layout.stations.some((s) => s.plugs.some((p) => p.plug.isolated === false)) && { marks: [port(4, 0, false)], width: 8, text: 'port' },
    isolated && { marks: [port(5, 0, true)], width: 10, text: 'isolated port' },
    layout.stations.some((s) => s.plugs.some((p) => p.plug.isolated === null)) && { marks: [port(4, 0, null)], width: 8, text: 'port not read' },
    layout.stations.some((s) => s.lane !== null) && { marks: [hopSign()], width: 10, text: 'passes, not plugged in' },
    list.length > 0 && { marks: arrow(0, 0, 24, 0), width: 24, text: 'talking' },
    stacked && { marks: [text(0, 4, '×4', FACES.mono, 'muted')], width: 14, text: 'so many alike' },
    some((p) => p.alarm !== 'none') && { marks: [eventBar(3, 0)], width: 6, text: 'alarm' },
    some((p) => p.drifted) && { marks: notEqual(6, 0), width: 12, text: 'not as declared' },
    some((p) => p.workload.intruders.length > 0) && { marks: enteredBox(0, 0, '', 'ground').marks, width: 20, text: 'process that entered' },
  ];
  return entries.filter((e) => e !== false);
}

function hopSign(): Mark {
  return { kind: 'path', d: [['M', 3, -8], ['L', 3, -5], ['C', 11, -5, 11, 5, 3, 5], ['L', 3, 8]], stroke: { token: 'drop', width: 1.4 } };
}

function heads(width: number): { readonly left: Item; readonly right: Item } {
  const item = (id: string, words: string, mark: Mark): Item => ({
    id, role: 'note', subject: null, members: [], box: { x: 0, y: 2, w: width, h: 20 }, layer: 6, label: words, detail: '', state: 'none', order: 0, marks: [mark], near: [],
  });
  return {
    left: item('head:segment', 'Segment', text(24, 16, 'Segment', FACES.body, 'muted')),
    right: item('head:reached', 'reached by a spoofer', text(RIGHT - 24, 16, 'reached by a spoofer', FACES.body, 'muted', 'end')),
  };
}

function dimmedEdges(edges: readonly Edge[], shown: boolean): Edge[] {
  return shown ? [...edges] : edges.map((e) => ({ ...e, marks: faint(e.marks, FAINT), ...(e.far ? { far: faint(e.far, FAINT) } : {}) }));
}

function arrange(view: View, previous: Placement | null): { readonly scene: Scene; readonly placement: Placement } {
  const wires = wiring(view);
  const { list: all, host, stacked } = stations(wires, new Set(view.options.opened));
  const list = stacked && view.shown !== null ? all.filter((s) => s.shown) : all;
  const talk = talks(view.snapshot, list);
  const order = arrangeOrder(wires.wires, list, partners(talk), view.project, previous);
  const width = Math.max(NARROWEST, view.width - LEFT - RIGHT);
  const layout = fitted(view, wires, order, list, host, stacked, width);
  const names = new Map(view.snapshot.segments.map((s) => [s.id, s.name]));
  const trunk = trunkItem(layout, wires.uplink);
  const items: Item[] = [...(trunk ? [trunk] : []), ...notes(view, wires, width)];
  if (layout.host) items.push(...stationItems(layout.host, view, names, 10));
  const edges: Edge[] = [];
  layout.wires.forEach((w, i) => {
    items.push(wireItem(w, (i + 1) * 1000));
    const row = layout.stations.filter((s) => s.segment === w.wire.segment.id);
    row.forEach((s, k) => items.push(...stationItems(s, view, names, (i + 1) * 1000 + (k + 1) * 20)));
    for (const s of row) edges.push(...dimmedEdges(plugEdges(s, layout.wires), s.station.shown && s.station.focused));
  });
  const lit = new Set(layout.stations.filter((s) => s.station.shown && s.station.focused).map((s) => s.station.id));
  for (const e of talkEdges(talk, layout)) edges.push(...dimmedEdges([e], lit.has(e.from) && lit.has(e.to)));
  const head = heads(RIGHT);
  const cards = layout.stations.reduce((sum, s) => sum + s.cards.length, 0) + (layout.host?.cards.length ?? 0);
  const scene: Scene = {
    lens: 'network',
    title: 'Who can impersonate whom on the wire',
    summary: summaryOf(wires, view.judgement, stacked ? cards : null) + (view.shown === null ? '' : ` The filter shows ${wires.parties.filter((p) => p.shown).length} of ${wires.parties.length}.`),
    bounds: layout.bounds,
    items,
    edges,
    gutters: {
      left: [head.left, ...layout.wires.map((w, i) => leftItem(w, (i + 1) * 1000))],
      right: [head.right, ...layout.wires.map((w, i) => rightItem(w, (i + 1) * 1000 + 999))],
      leftWidth: LEFT,
      rightWidth: RIGHT,
    },
    legend: legendOf(layout, talk, wires, stacked),
    home: { x: 0, y: 0, w: width, h: Math.min(layout.bounds.h, Math.round(width * 0.85)) },
  };
  return { scene, placement: placementOf(order, view.project) };
}

/** Each L2 segment a bus, each workload a card plugged into it; risk lies on the bus. */
export const network: Lens = { name: 'network', arrange, overlay };
