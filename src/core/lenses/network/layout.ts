import type { Box } from '../../scene/scene.js';
import { FACES } from '../../scene/kit.js';
import { textWidth } from '../../scene/measure.js';
import { needsLane, type Order } from './order.js';
import type { Card, Station } from './stations.js';
import type { Plug, Wire } from './wires.js';

export const LEFT = 176;
export const RIGHT = 120;
export const TRUNK = 12;
/** Where an internal bus begins, and where the lines of a folded one are joined. */
export const SPINE = 26;
const LANE_FROM = 38;
const LANE = 14;

/** card: everything; small: name and addresses, where alike ones are stacked; chip: the name alone. */
export type Size = 'card' | 'small' | 'chip';
interface Metrics {
  readonly pitch: number;
  readonly w: number;
  readonly h: number;
  readonly down: number;
  readonly up: number;
  readonly drop: number;
  readonly gap: number;
  readonly pad: number;
}
export const METRICS: Readonly<Record<Size, Metrics>> = {
  card: { pitch: 153, w: 136, h: 70, down: 28, up: 108, drop: 39, gap: 26, pad: 9 },
  small: { pitch: 132, w: 112, h: 44, down: 30, up: 84, drop: 17, gap: 22, pad: 7 },
  chip: { pitch: 132, w: 112, h: 20, down: 30, up: 84, drop: 13, gap: 18, pad: 6 },
};
/** Room under a bus for the comb of the chosen one and its sentence. */
const COMB = { card: 64, small: 40, chip: 22 } as const;
/** Names in the gutter must not touch. */
const APART = { card: 62, small: 44, chip: 38 } as const;
const UPLINKS = { card: 42, small: 24, chip: 18 } as const;

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

export function chipWidth(card: Card): number {
  const sign = card.state === 'risk' || card.state === 'mind' || card.state === 'unknown' ? 15 : 0;
  const count = card.count === '' ? 0 : 6 + textWidth(card.count, FACES.mono);
  return Math.min(METRICS.chip.w, Math.max(44, 20 + sign + count + textWidth(card.name, FACES.strong)));
}

/** Lanes for those with several plugs: short ones next to the cards, a lane is used again where nobody passes. */
function lanes(risers: readonly { readonly id: string; readonly from: number; readonly to: number }[]): { readonly of: ReadonlyMap<string, number>; readonly count: number } {
  const taken: { readonly from: number; readonly to: number }[][] = [];
  const of = new Map<string, number>();
  for (const r of [...risers].sort((a, b) => a.to - a.from - (b.to - b.from) || a.from - b.from || (a.id < b.id ? -1 : 1))) {
    let lane = taken.findIndex((used) => used.every((u) => u.to < r.from || u.from > r.to));
    if (lane < 0) lane = taken.push([]) - 1;
    taken[lane]!.push(r);
    of.set(r.id, lane);
  }
  return { of, count: taken.length };
}

interface Seat {
  readonly station: Station;
  readonly column: number;
  readonly pitch: number;
}
/** The least room between two cards; a row that just does not fit moves together before it folds. */
const CLOSE = 7;

/** Seats of a row, line after line of a bus that is folded where the width ends. `room`: what a line has for cards. */
function seats(row: readonly string[], byId: ReadonlyMap<string, Station>, size: Size, room: number, guests: readonly Station[]): Seat[][] {
  const m = METRICS[size];
  const lines: Seat[][] = [[]];
  const all: (Station | undefined)[] = [...guests, ...row.map((id) => byId.get(id))];
  const wide = (s: Station | undefined) => (s ? s.cards.length : 1);
  const total = all.reduce((sum, s) => sum + wide(s), 0);
  const usual = Math.max(1, Math.floor((room + m.pitch - m.w) / m.pitch));
  const closer = total > usual && total * (m.w + CLOSE) - CLOSE <= room;
  const columns = closer ? total : usual;
  const pitch = closer ? Math.floor((room - m.w) / (total - 1)) : m.pitch;
  let column = 0;
  for (const s of all) {
    const width = wide(s);
    if (column > 0 && column + width > columns) {
      lines.push([]);
      column = 0;
    }
    if (s) lines.at(-1)!.push({ station: s, column, pitch });
    column += width;
  }
  return lines.filter((l, i) => i === 0 || l.length > 0);
}

interface Line {
  readonly wire: Wire;
  readonly size: Size;
  readonly seats: readonly Seat[];
  readonly first: boolean;
  readonly hulls: boolean;
}

function placeCards(seat: Seat, size: Size, x0: number, top: number): { readonly cards: PlacedCard[]; readonly box: Box } {
  const m = METRICS[size];
  const hull = seat.station.shared || seat.station.host;
  const cards = seat.station.cards.map((card, i): PlacedCard => {
    const w = size === 'chip' ? (hull ? m.w : chipWidth(card)) : m.w;
    return { card, box: { x: x0 + (seat.column + i) * seat.pitch, y: top, w, h: m.h } };
  });
  const [first, last] = [cards[0]!.box, cards.at(-1)!.box];
  if (!hull) return { cards, box: first };
  const sheet = cards.at(-1)!.card.parties.length > 1 ? 5 : 0;
  return { cards, box: { x: first.x - m.pad, y: first.y - m.pad - 3 - sheet, w: last.x + last.w - first.x + m.pad * 2 + sheet, h: first.h + m.pad * 2 + 3 + sheet } };
}

interface Plan {
  readonly lines: readonly Line[];
  readonly x0: number;
  readonly laneX: (id: string) => number;
  readonly risers: ReadonlySet<string>;
}

/**
 * Lines, and who needs a lane. The first guess knows only those whose segments are not neighbours; whoever has to sit on
 * a later line of a folded bus cannot plug up either and joins them, which may take a column away: so it goes round.
 */
function plan(order: Order, wires: ReadonlyMap<string, Wire>, list: readonly Station[], host: Station | null, sizes: (segment: string) => Size, width: number): Plan {
  const at = new Map(order.buses.map((id, i) => [id, i]));
  const byId = new Map(list.map((s) => [s.id, s]));
  const risers = new Set(list.filter((s) => needsLane(s, at)).map((s) => s.id));
  for (let round = 0; ; round += 1) {
    const spans = [...risers].map((id) => {
      const where = byId.get(id)!.plugs.map((p) => at.get(p.segment)!);
      return { id, from: Math.min(...where), to: Math.max(...where) };
    });
    const lane = lanes(spans);
    const x0 = lane.count === 0 ? 28 : LANE_FROM + lane.count * LANE + 2;
    const lines = order.buses.flatMap((id, i): Line[] => {
      const size = sizes(id);
      return seats(order.rows.get(id) ?? [], byId, size, width - x0 - 8, i === 0 && host ? [host] : []).map((some, k) => ({
        wire: wires.get(id)!, size, seats: some, first: k === 0, hulls: some.some((s) => s.station.shared || s.station.host),
      }));
    });
    const more = lines.filter((l) => !l.first).flatMap((l) => l.seats.map((s) => s.station)).filter((s) => s.plugs.length > 1 && !risers.has(s.id));
    if (more.length === 0 || round === 8) return { lines, x0, laneX: (id) => x0 - 13 - lane.of.get(id)! * LANE, risers };
    for (const s of more) risers.add(s.id);
  }
}

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
function stack(p: Plan): { readonly draft: Draft[]; readonly lineY: number[]; readonly right: number; readonly bottom: number } {
  const draft: Draft[] = [];
  const lineY: number[] = [];
  let [y, right] = [36, 0];
  for (const [i, line] of p.lines.entries()) {
    const m = METRICS[line.size];
    const above = p.lines[i - 1];
    if (above) {
      const comb = above.wire.reach?.attackers.some((a) => a.verdict !== 'blocked') ?? false;
      const ups = line.first && line.seats.some((s) => s.station.plugs.length === 2 && !p.risers.has(s.station.id));
      const channel = line.seats.filter((s) => p.risers.has(s.station.id) && s.column > 0).length;
      y += Math.max(m.gap, comb ? COMB[above.size] : 0, ups ? UPLINKS[line.size] : 0, channel > 0 ? 24 : 0);
    }
    const hullTop = line.hulls ? m.pad + (line.size === 'card' ? 3 : 9) : 0;
    const top = y + hullTop;
    if (line.seats.length > 0) y = top + m.h + (line.hulls ? m.pad : 0) + m.drop;
    else y += line.size === 'card' ? 18 : 8;
    if (above) y = Math.max(y, lineY[i - 1]! + Math.max(APART[above.size], APART[line.size]));
    const shift = line.seats.length > 0 ? y - (top + m.h + (line.hulls ? m.pad : 0) + m.drop) : 0;
    for (const seat of line.seats) {
      const placed = placeCards(seat, line.size, p.x0, top + shift);
      draft.push({ line, y, seat, ...placed, clear: top + shift - hullTop - 5 });
      right = Math.max(right, placed.box.x + placed.box.w + 8);
    }
    lineY.push(y);
  }
  return { draft, lineY, right, bottom: y + (p.lines.at(-1)?.size === 'card' ? 44 : 30) };
}

/** The lines of each bus by segment. */
function linesOf(p: Plan, lineY: readonly number[]): Map<string, number[]> {
  const out = new Map<string, number[]>();
  p.lines.forEach((l, i) => out.set(l.wire.segment.id, [...(out.get(l.wire.segment.id) ?? []), lineY[i]!]));
  return out;
}

function placeStation(d: Draft, p: Plan, lines: ReadonlyMap<string, readonly number[]>, channels: Map<Line, number>): PlacedStation {
  const { station } = d.seat;
  const { size } = d.line;
  const m = METRICS[size];
  const segment = d.line.wire.segment.id;
  const x = d.cards[0]!.box.x;
  const riser = p.risers.has(station.id);
  const up = size === 'card' ? m.up : Math.min(m.up, 12);
  const down = size === 'chip' ? Math.min(m.down, d.box.w / 2) : m.down;
  const plugs = station.host ? [] : station.plugs.map((plug): PlacedPlug => {
    if (plug.segment === segment) return { plug, x: x + down, from: d.box.y + d.box.h, bus: d.y, way: 'down' };
    const ys = lines.get(plug.segment)!;
    const bus = ys[0]! > d.y ? ys[0]! : ys.at(-1)!;
    return riser ? { plug, x: p.laneX(station.id), from: bus, bus, way: 'lane' } : { plug, x: x + up, from: d.box.y, bus, way: 'up' };
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
 * `width` is what the world has at 100 %.
 */
export function layOut(order: Order, wires: readonly Wire[], list: readonly Station[], host: Station | null, sizes: (segment: string) => Size, width: number): Layout {
  const p = plan(order, new Map(wires.map((w) => [w.segment.id, w])), list, host, sizes, width);
  const { draft, lineY, right, bottom } = stack(p);
  const lines = linesOf(p, lineY);
  const channels = new Map<Line, number>();
  const stations = draft.map((d) => placeStation(d, p, lines, channels));
  const end = Math.max(width - 8, right - 4);
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
