import type { Box } from '../../scene/scene.js';
import { FACES } from '../../scene/kit.js';
import { textWidth } from '../../scene/measure.js';
import { needsLane, type Order } from './order.js';
import type { Card, Station } from './stations.js';
import type { Plug, Wire } from './wires.js';

export const LEFT = 176;
export const RIGHT = 120;
export const TRUNK = 12;
const LANE_FROM = 40;
const LANE = 16;
const INTERNAL_FROM = 26;

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
  readonly tier: number;
}
export interface PlacedWire {
  readonly wire: Wire;
  readonly size: Size;
  readonly y: number;
  readonly from: number;
  readonly to: number;
  /** Ports from left to right, the gateway as the first where there is one. */
  readonly ports: readonly { readonly x: number; readonly exposed: boolean }[];
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
  const count = card.parties.length > 1 ? 6 + textWidth(`×${card.parties.length}`, FACES.mono) : 0;
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
  readonly tier: number;
  readonly column: number;
}

/** Seats of a row: the tier next to the bus first; a second tier above it hangs in the gaps. More than two tiers make the bus longer. */
function seats(row: readonly string[], byId: ReadonlyMap<string, Station>, columns: number, guests: readonly Station[]): { readonly list: Seat[]; readonly tiers: number } {
  const width = (s: Station | undefined) => (s ? s.cards.length : 1);
  const all: (Station | undefined)[] = [...guests, ...row.map((id) => byId.get(id))];
  const total = all.reduce((sum, s) => sum + width(s), 0);
  const tiers = total > columns ? 2 : 1;
  const base = tiers === 1 ? columns : Math.max(columns, Math.ceil((total + 1) / 2));
  const list: Seat[] = [];
  let [tier, column] = [0, 0];
  for (const s of all) {
    if (tier === 0 && column > 0 && column + width(s) > base) [tier, column] = [1, 0];
    if (s) list.push({ station: s, tier, column });
    column += width(s);
  }
  return { list, tiers: tier + 1 };
}

interface Row {
  readonly wire: Wire;
  readonly size: Size;
  readonly seats: readonly Seat[];
  readonly tiers: number;
  readonly hulls: boolean;
}

function rowsOf(order: Order, wires: ReadonlyMap<string, Wire>, byId: ReadonlyMap<string, Station>, sizes: (segment: string) => Size, room: (size: Size) => number, host: Station | null): Row[] {
  return order.buses.map((id, i) => {
    const size = sizes(id);
    const row = order.rows.get(id) ?? [];
    const { list, tiers } = seats(row, byId, room(size), i === 0 && host ? [host] : []);
    return { wire: wires.get(id)!, size, seats: list, tiers, hulls: list.some((s) => s.station.shared || s.station.host) };
  });
}

function placeCards(seat: Seat, size: Size, x0: number, top: number): { readonly cards: PlacedCard[]; readonly box: Box } {
  const m = METRICS[size];
  const shift = seat.tier === 1 ? m.pitch - (m.pitch - m.w) / 2 - m.down : 0;
  const cards = seat.station.cards.map((card, i): PlacedCard => {
    const w = size === 'chip' ? (seat.station.shared || seat.station.host || seat.tier > 0 ? m.w : chipWidth(card)) : m.w;
    return { card, box: { x: x0 + (seat.column + i) * m.pitch + shift, y: top, w, h: m.h } };
  });
  const [first, last] = [cards[0]!.box, cards.at(-1)!.box];
  if (!seat.station.shared && !seat.station.host) return { cards, box: first };
  return { cards, box: { x: first.x - m.pad, y: first.y - m.pad - 3, w: last.x + last.w - first.x + m.pad * 2, h: first.h + m.pad * 2 + 3 } };
}

/**
 * Where everything stands, in world coordinates. `order` says who is next to whom, `sizes` how large a row's cards are,
 * `width` is what the world has at 100 %.
 */
export function layOut(order: Order, wires: readonly Wire[], list: readonly Station[], host: Station | null, sizes: (segment: string) => Size, width: number): Layout {
  const at = new Map(order.buses.map((id, i) => [id, i]));
  const byId = new Map(list.map((s) => [s.id, s]));
  const risers = list.filter((s) => needsLane(s, at));
  const spans = risers.map((s) => {
    const where = s.plugs.map((p) => at.get(p.segment)!);
    return { id: s.id, from: Math.min(...where), to: Math.max(...where) };
  });
  const lane = lanes(spans);
  const x0 = lane.count === 0 ? 28 : LANE_FROM + lane.count * LANE + 2;
  const laneX = (id: string) => x0 - 14 - lane.of.get(id)! * LANE;
  const room = (size: Size) => Math.max(1, Math.floor((width - x0 + METRICS[size].pitch - METRICS[size].w) / METRICS[size].pitch));
  const rows = rowsOf(order, new Map(wires.map((w) => [w.segment.id, w])), byId, sizes, room, host);
  const needsUp = order.buses.map((id) => list.some((s) => s.plugs.length === 2 && !needsLane(s, at) && Math.min(...s.plugs.map((p) => at.get(p.segment)!)) === at.get(id)));

  let y = 36;
  let right = width;
  const busY = new Map<string, number>();
  const draft: { row: Row; seat: Seat; cards: PlacedCard[]; box: Box }[] = [];
  for (const [i, row] of rows.entries()) {
    const m = METRICS[row.size];
    const above = rows[i - 1];
    const comb = above?.wire.reach?.attackers.some((a) => a.verdict !== 'blocked') ?? false;
    if (above) y += Math.max(m.gap, comb ? COMB[above.size] : 0, needsUp[i - 1] ? UPLINKS[row.size] : 0);
    const hullTop = row.hulls ? m.pad + (row.size === 'card' ? 3 : 9) : 0;
    const step = m.h + hullTop + (row.hulls ? m.pad : 0) + (row.size === 'card' ? 26 : 12);
    for (const seat of row.seats) {
      const top = y + hullTop + (row.tiers - 1 - seat.tier) * step;
      const placed = placeCards(seat, row.size, x0, top);
      draft.push({ row, seat, ...placed });
      right = Math.max(right, placed.box.x + placed.box.w + 8);
    }
    if (row.seats.length > 0) y += (row.tiers - 1) * step + hullTop + m.h + (row.hulls ? m.pad : 0) + m.drop;
    else y += row.size === 'card' ? 18 : 8;
    busY.set(row.wire.segment.id, y);
  }

  const firstOf = new Map<string, string>();
  for (const d of draft) if (d.seat.tier === 0 && !d.seat.station.host && !firstOf.has(d.row.wire.segment.id)) firstOf.set(d.row.wire.segment.id, d.seat.station.id);
  const channels = new Map<string, number>();
  const stations = draft.map(({ row, seat, cards, box }): PlacedStation => {
    const { station } = seat;
    const m = METRICS[row.size];
    const segment = row.wire.segment.id;
    const x = cards[0]!.box.x;
    const riser = !station.host && needsLane(station, at);
    const up = row.tiers > 1 || row.size === 'card' ? m.up : Math.min(m.up, 12);
    const down = row.size === 'chip' && row.tiers === 1 ? Math.min(m.down, box.w / 2) : m.down;
    const plugs = station.host ? [] : station.plugs.map((plug): PlacedPlug => {
      const bus = busY.get(plug.segment)!;
      if (plug.segment === segment) return { plug, x: x + down, from: box.y + box.h, bus, way: 'down' };
      if (riser) return { plug, x: laneX(station.id), from: bus, bus, way: 'lane' };
      return { plug, x: x + up, from: box.y, bus, way: 'up' };
    });
    let way: PlacedStation['lane'] = null;
    if (riser) {
      const ys = plugs.filter((p) => p.way === 'lane').map((p) => p.bus);
      const direct = firstOf.get(segment) === station.id;
      const nth = channels.get(segment) ?? 0;
      if (!direct) channels.set(segment, nth + 1);
      const channelY = direct ? null : box.y - 5 - (nth % 3) * 3;
      const fromY = direct ? cards[0]!.box.y + m.h / 2 : box.y;
      const start = channelY ?? fromY;
      way = { x: laneX(station.id), fromX: direct ? box.x : x + up, fromY, channelY, from: Math.min(start, ...ys), to: Math.max(start, ...ys) };
    }
    return { station, size: row.size, cards, box, plugs, lane: way, segment, tier: seat.tier };
  });

  const end = Math.max(width - 8, right - 4);
  const placedWires = rows.map(({ wire, size }): PlacedWire => {
    const id = wire.segment.id;
    const plugs = stations.flatMap((s) => s.plugs.filter((p) => p.plug.segment === id));
    const gateway = wire.segment.internal || wire.gateway === '' ? [] : [{ x: TRUNK, exposed: wire.gatewayReached }];
    const ports = [...gateway, ...plugs.map((p) => ({ x: p.x, exposed: p.plug.exposed }))].sort((a, b) => a.x - b.x);
    return { wire, size, y: busY.get(id)!, from: wire.segment.internal ? INTERNAL_FROM : TRUNK, to: end, ports, empty: plugs.length === 0 };
  });
  const joined = placedWires.filter((w) => !w.wire.segment.internal);
  const hostPlaced = stations.find((s) => s.station.host) ?? null;
  return {
    wires: placedWires,
    stations: stations.filter((s) => !s.station.host),
    host: hostPlaced,
    bounds: { x: 0, y: 0, w: Math.max(width, end + 8), h: y + (rows.at(-1)?.size === 'card' ? 44 : 30) },
    trunk: joined.length === 0 && !hostPlaced ? null : { from: 12, to: Math.max(hostPlaced ? hostPlaced.box.y + hostPlaced.box.h / 2 : 0, ...joined.map((w) => w.y)) },
  };
}
