import type { Box } from '../../scene/scene.js';
import { APART, COMB, COMB_AND_NAMES, METRICS, SPINE, TRUNK, UPLINKS, chipWidth, isWhole, type Size } from './metrics.js';
import type { Order } from './order.js';
import { CLOSE, plan, type Line, type Plan, type Seat } from './plan.js';
import type { Card, Station } from './stations.js';
import type { Plug, Wire } from './wires.js';

export interface PlacedCard {
  readonly card: Card;
  readonly box: Box;
}
/** A plug drawn: from the station's edge to the bus. `lane`: it runs in a lane of its own, with the others of the same station. */
export interface PlacedPlug {
  readonly plug: Plug;
  readonly x: number;
  readonly from: number;
  readonly bus: number;
  readonly way: 'down' | 'up' | 'lane';
}
export interface PlacedStation {
  readonly station: Station;
  readonly size: Size;
  readonly cards: readonly PlacedCard[];
  /** The hull where there is one, else the card. */
  readonly box: Box;
  readonly plugs: readonly PlacedPlug[];
  readonly lane: { readonly x: number; readonly fromX: number; readonly fromY: number; readonly channelY: number | null; readonly from: number; readonly to: number } | null;
  readonly segment: string;
}
/** One line of a bus: a bus with more stations than the width holds is folded. */
export interface BusLine {
  readonly y: number;
  /** Ports from left to right, the gateway as the first where there is one. */
  readonly ports: readonly { readonly x: number; readonly exposed: boolean }[];
}
export interface PlacedWire {
  readonly wire: Wire;
  readonly size: Size;
  readonly y: number;
  readonly from: number;
  readonly to: number;
  readonly lines: readonly [BusLine, ...BusLine[]];
  readonly empty: boolean;
}
export interface Layout {
  readonly wires: readonly PlacedWire[];
  readonly stations: readonly PlacedStation[];
  readonly host: PlacedStation | null;
  readonly bounds: Box;
  readonly trunk: { readonly from: number; readonly to: number } | null;
}

function placeCards(seat: Seat, size: Size, x0: number, top: number): { readonly cards: PlacedCard[]; readonly box: Box } {
  const m = METRICS[size];
  const hull = seat.station.shared || seat.station.host;
  const cards = seat.station.cards.map((card, i): PlacedCard => {
    const w = size === 'chip' ? (hull ? m.w : chipWidth(card)) : seat.w;
    // Who shares a hull stands close, also where the row's columns are apart.
    return { card, box: { x: x0 + seat.column * seat.pitch + i * Math.min(seat.pitch, Math.max(m.pitch, seat.w + CLOSE)), y: top, w, h: m.h } };
  });
  const [first, last] = [cards[0]!.box, cards.at(-1)!.box];
  if (!hull) return { cards, box: first };
  const sheet = cards.at(-1)!.card.parties.length > 1 ? 5 : 0;
  return { cards, box: { x: first.x - m.pad, y: first.y - m.pad - 3 - sheet, w: last.x + last.w - first.x + m.pad * 2 + sheet, h: first.h + m.pad * 2 + 3 + sheet } };
}

/** Below the words at the top, where nothing hangs above the first bus. */
const FIRST = 26;

interface Draft {
  readonly line: Line;
  readonly y: number;
  readonly seat: Seat;
  readonly cards: readonly PlacedCard[];
  readonly box: Box;
  /** Above all that hangs on this line. */
  readonly clear: number;
}

/** Heights: what hangs above a line, and what is needed under the one before it. */
function stack(p: Plan, air: number, lead = 0): { readonly draft: Draft[]; readonly lineY: number[]; readonly right: number; readonly bottom: number } {
  const draft: Draft[] = [];
  const lineY: number[] = [];
  let [y, right] = [27 + lead, 0];
  for (const [i, line] of p.lines.entries()) {
    const m = METRICS[line.size];
    const above = p.lines[i - 1];
    if (above) {
      const comb = above.wire.reach?.attackers.some((a) => a.verdict !== 'blocked') ?? false;
      const ups = line.first && line.seats.some((s) => s.station.plugs.length === 2 && !p.risers.has(s.station.id));
      const channel = line.seats.filter((s) => p.risers.has(s.station.id) && s.column > 0).length;
      y += Math.max(m.gap, comb ? (ups && (line.size === 'large' || line.size === 'card') ? COMB_AND_NAMES[line.size] : COMB[above.size]) : 0, ups ? UPLINKS[line.size] : 0, channel > 0 ? 24 : 0) + air;
    }
    const hullTop = line.hulls ? m.pad + (isWhole(line.size) ? 3 : 9) : 0;
    const top = y + hullTop;
    if (line.seats.length > 0) y = top + m.h + (line.hulls ? m.pad : 0) + m.drop;
    else y += above ? (isWhole(line.size) ? 18 : 8) : FIRST;
    if (above) y = Math.max(y, lineY[i - 1]! + Math.max(APART[above.size], APART[line.size]));
    const shift = line.seats.length > 0 ? y - (top + m.h + (line.hulls ? m.pad : 0) + m.drop) : 0;
    for (const seat of line.seats) {
      const placed = placeCards(seat, line.size, p.x0, top + shift);
      draft.push({ line, y, seat, ...placed, clear: top + shift - hullTop - 5 });
      right = Math.max(right, placed.box.x + placed.box.w);
    }
    lineY.push(y);
  }
  return { draft, lineY, right, bottom: y + ((p.lines.at(-1)?.size ?? 'chip') !== 'chip' ? 27 : 21) };
}

/** The most by which rows move apart. */
const AIR: Readonly<Record<Size, number>> = { large: 220, card: 120, small: 30, chip: 22 };

/** The most room above the first row. */
const LEAD = 150;

/** The same lines, moved apart to fill the height, but never so far that they are no longer one picture. */
function spread(p: Plan, close: ReturnType<typeof stack>, height: number | null): ReturnType<typeof stack> {
  const gaps = p.lines.length - 1;
  if (height === null || close.bottom >= height) return close;
  if (gaps < 1) return stack(p, 0, Math.min(LEAD, Math.floor((height - close.bottom) * 0.4)));
  const most = Math.max(...p.lines.map((l) => AIR[l.size]));
  const air = Math.floor(Math.min(most, (height - close.bottom) / gaps));
  // What is then left is shared above and below, the larger part below.
  return stack(p, air, Math.min(LEAD, Math.floor((height - close.bottom - air * gaps) * 0.4)));
}

/** Less than this no layout of these sizes needs: a quick look before it is worked out. */
export function leastHeight(wires: readonly Wire[], sizes: (segment: string) => Size): number {
  return wires.filter((w) => w.of > 0).reduce((sum, w) => sum + METRICS[sizes(w.segment.id)].h + METRICS[sizes(w.segment.id)].drop + METRICS[sizes(w.segment.id)].gap, 30);
}

/** The lines of each bus by segment. */
function linesOf(p: Plan, lineY: readonly number[]): Map<string, number[]> {
  const out = new Map<string, number[]>();
  p.lines.forEach((l, i) => out.set(l.wire.segment.id, [...(out.get(l.wire.segment.id) ?? []), lineY[i]!]));
  return out;
}

/** Where on a card a plug goes up: at its place, or beside it where another port of that line would be hidden. */
function upX(x: number, at: number, w: number, taken: readonly number[]): number {
  for (const shift of [0, 10, -10, 20, -20, 30]) {
    const tried = x + at + shift;
    if (tried >= x + 6 && tried <= x + w - 6 && taken.every((t) => Math.abs(t - tried) >= 9)) return tried;
  }
  return x + at;
}

function downX(d: Draft): number {
  const m = METRICS[d.line.size];
  return d.cards[0]!.box.x + (d.line.size === 'chip' ? Math.min(m.down, d.cards[0]!.box.w / 2) : m.down);
}

function placeStation(d: Draft, p: Plan, lines: ReadonlyMap<string, readonly number[]>, channels: Map<Line, number>, downs: ReadonlyMap<number, readonly number[]>): PlacedStation {
  const { station } = d.seat;
  const { size } = d.line;
  const m = METRICS[size];
  const segment = d.line.wire.segment.id;
  const x = d.cards[0]!.box.x;
  const riser = p.risers.has(station.id);
  const up = isWhole(size) ? Math.min(m.up, d.cards[0]!.box.w - 26) : Math.min(m.up, 12);
  const plugs = station.host ? [] : station.plugs.map((plug): PlacedPlug => {
    if (plug.segment === segment) return { plug, x: downX(d), from: d.box.y + d.box.h, bus: d.y, way: 'down' };
    const ys = lines.get(plug.segment)!;
    const bus = ys[0]! > d.y ? ys[0]! : ys.at(-1)!;
    return riser ? { plug, x: p.laneX(station.id), from: bus, bus, way: 'lane' } : { plug, x: upX(x, up, d.cards[0]!.box.w, downs.get(bus) ?? []), from: d.box.y, bus, way: 'up' };
  });
  if (!riser) return { station, size, cards: d.cards, box: d.box, plugs, lane: null, segment };
  const ys = plugs.filter((q) => q.way === 'lane').map((q) => q.bus);
  const direct = d.seat.column === 0;
  const nth = channels.get(d.line) ?? 0;
  if (!direct) channels.set(d.line, nth + 1);
  const channelY = direct ? null : Math.min(d.clear, d.box.y - 5) - (nth % 3) * 3;
  const fromY = direct ? d.cards[0]!.box.y + m.h / 2 : d.box.y;
  const start = channelY ?? fromY;
  const lane = { x: p.laneX(station.id), fromX: direct ? d.box.x : x + up, fromY, channelY, from: Math.min(start, ...ys), to: Math.max(start, ...ys) };
  return { station, size, cards: d.cards, box: d.box, plugs, lane, segment };
}

/**
 * Where everything stands, in world coordinates. `order` says who is next to whom, `sizes` how large a row's cards are,
 * `width` is what the world has at 100 %, `height` what it may spread to; null: no more than it needs.
 */
export function layOut(order: Order, wires: readonly Wire[], list: readonly Station[], host: Station | null, sizes: (segment: string) => Size, width: number, height: number | null): Layout {
  const p = plan(order, new Map(wires.map((w) => [w.segment.id, w])), list, host, sizes, width);
  const close = stack(p, 0);
  const { draft, lineY, right, bottom } = spread(p, close, height);
  const lines = linesOf(p, lineY);
  const channels = new Map<Line, number>();
  const downs = new Map<number, number[]>();
  for (const d of draft) if (!d.seat.station.host) downs.set(d.y, [...(downs.get(d.y) ?? []), downX(d)]);
  const stations = draft.map((d) => placeStation(d, p, lines, channels, downs));
  const end = Math.max(width - 8, right);
  const portsOf = new Map<string, { x: number; y: number; exposed: boolean }[]>();
  for (const s of stations) for (const q of s.plugs) portsOf.set(q.plug.segment, [...(portsOf.get(q.plug.segment) ?? []), { x: q.x, y: q.bus, exposed: q.plug.exposed }]);
  const placedWires = p.lines.filter((l) => l.first).map(({ wire, size }): PlacedWire => {
    const id = wire.segment.id;
    const ports = portsOf.get(id) ?? [];
    const gateway = wire.segment.internal || wire.gateway === '' ? [] : [{ x: TRUNK, exposed: wire.gatewayReached }];
    const made = lines.get(id)!.map((y, k): BusLine => ({ y, ports: [...(k === 0 ? gateway : []), ...ports.filter((q) => q.y === y)].sort((a, b) => a.x - b.x) }));
    return { wire, size, y: made[0]!.y, from: wire.segment.internal ? SPINE : TRUNK, to: end, lines: made as [BusLine, ...BusLine[]], empty: ports.length === 0 && wire.of === 0 && wire.segment.driver !== 'host' };
  });
  const joined = placedWires.filter((w) => !w.wire.segment.internal);
  const hostPlaced = stations.find((s) => s.station.host) ?? null;
  return {
    wires: placedWires,
    stations: stations.filter((s) => !s.station.host),
    host: hostPlaced,
    bounds: { x: 0, y: 0, w: Math.max(width, end + 8), h: bottom },
    trunk: joined.length === 0 && !hostPlaced ? null : { from: 12, to: Math.max(hostPlaced ? hostPlaced.box.y + hostPlaced.box.h / 2 : 0, ...joined.map((w) => w.y)) },
  };
}
