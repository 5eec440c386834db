import { METRICS, SPINE, isWhole, type Size } from './metrics.js';
import { needsLane, type Order } from './order.js';
import type { Station } from './stations.js';
import type { Wire } from './wires.js';

const LANE_FROM = 38;
const LANE = 14;

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

/** A station's place on a line: its first column, how far columns are apart there, and how wide a card is. */
export interface Seat {
  readonly station: Station;
  readonly column: number;
  readonly pitch: number;
  readonly w: number;
}
/** The least room between two cards; a row that just does not fit moves together before it folds. */
export const CLOSE = 7;
/** By how much the sheets of a stack stand out at its right. */
const SHEETS = 6;

/** Seats of a row, line after line of a bus that is folded where the width ends. `room`: what a line has for cards. */
function seats(row: readonly string[], byId: ReadonlyMap<string, Station>, size: Size, free: number, guests: readonly Station[]): Seat[][] {
  const m = METRICS[size];
  const all: (Station | undefined)[] = [...guests, ...row.map((id) => byId.get(id))];
  const last = all.at(-1);
  const room = free - (last && (last.shared || last.host) ? m.pad + 5 : 0);
  const close = Math.max(CLOSE, ...all.map((s, i) => between(s, all[i + 1], m.pad)));
  const total = all.reduce((sum, s) => sum + wide(s), 0);
  const apart = Math.max(m.pitch, m.w + close);
  const usual = Math.max(1, Math.floor((room + apart - m.w) / apart));
  const most = Math.max(usual, Math.floor((room + close) / (m.w + close)));
  // A row that fits in one line where its cards are a little narrower is not folded.
  const narrow = Math.floor((room + close) / total) - close;
  if (total > most && narrow >= m.least) return filled(all, total, narrow + close, narrow);
  const columns = total > usual ? Math.min(total, most) : usual;
  const pitch = columns > usual ? Math.floor((room - m.w) / (columns - 1)) : apart;
  const lines = filled(all, columns, pitch, m.w);
  return isWhole(size) ? evened(lines, (most) => filled(all, most, pitch, m.w)) : lines;
}

/** How far columns may be apart, of what is usual, where the width is there: the larger the cards, the farther. */
const APART_AT_MOST: Readonly<Record<Size, number>> = { large: 1.9, card: 1.45, small: 1.45, chip: 1.35 };

/** Where no bus is folded, all rows share one pitch that uses the width: what has room stands in it, and plugs line up. */
function spaced(lines: readonly Line[], free: number): readonly Line[] {
  if (lines.some((l) => !l.first)) return lines;
  const most = Math.max(...lines.filter((l) => l.seats.length > 0).map((l) => METRICS[l.size].pitch * APART_AT_MOST[l.size]));
  const room = (l: Line): number => {
    const last = l.seats.at(-1);
    return free - (last?.w ?? 0) - (last !== undefined && isHull(last.station) ? METRICS[l.size].pad + 5 : SHEETS);
  };
  const pitch = Math.floor(Math.min(most, ...lines.filter((l) => used(l.seats) > 1).map((l) => room(l) / (used(l.seats) - 1))));
  return lines.map((l) => (l.seats.some((s) => s.pitch < pitch) ? { ...l, seats: l.seats.map((s) => ({ ...s, pitch })) } : l));
}

const isHull = (s: Station | undefined): boolean => s !== undefined && (s.shared || s.host);

/** The least room between the cards of two neighbours: hulls stand out by their padding, stacks by their sheets. */
function between(a: Station | undefined, b: Station | undefined, pad: number): number {
  if (a === undefined || b === undefined) return 0;
  const sheet = (a.cards.at(-1)?.parties.length ?? 1) > 1 ? SHEETS : 0;
  return CLOSE + sheet + (isHull(a) ? pad : 0) + (isHull(b) ? pad : 0);
}

const wide = (s: Station | undefined): number => (s ? s.cards.length : 1);

function filled(all: readonly (Station | undefined)[], columns: number, pitch: number, w: number): Seat[][] {
  const lines: Seat[][] = [[]];
  let column = 0;
  for (const s of all) {
    const width = wide(s);
    if (column > 0 && column + width > columns) {
      lines.push([]);
      column = 0;
    }
    if (s) lines.at(-1)!.push({ station: s, column, pitch, w });
    column += width;
  }
  return lines.filter((l, i) => i === 0 || l.length > 0);
}

const used = (line: readonly Seat[] | undefined): number => (line ?? []).reduce((end, s) => Math.max(end, s.column + wide(s.station)), 0);
const risersOf = (lines: readonly (readonly Seat[])[]): number => lines.slice(1).flat().filter((s) => s.station.plugs.length > 1).length;

/** Nobody alone on a last line beside a full one, as long as that costs neither a line nor a riser. */
function evened(lines: Seat[][], fill: (columns: number) => Seat[][]): Seat[][] {
  let best = lines;
  while (best.length > 1 && used(best.at(-1)) * 2 < used(best[0])) {
    const next = fill(used(best[0]) - 1);
    if (next.length !== best.length || risersOf(next) > risersOf(best) || used(next[0]) >= used(best[0])) return best;
    best = next;
  }
  return best;
}

/** One line of a bus, with those who hang above it. */
export interface Line {
  readonly wire: Wire;
  readonly size: Size;
  readonly seats: readonly Seat[];
  readonly first: boolean;
  readonly hulls: boolean;
}

export interface Plan {
  readonly lines: readonly Line[];
  readonly x0: number;
  readonly laneX: (id: string) => number;
  readonly risers: ReadonlySet<string>;
}

/**
 * Lines, and who needs a lane. The first guess knows only those whose segments are not neighbours; whoever has to sit on
 * a later line of a folded bus cannot plug up either and joins them, which may take a column away: so it goes round.
 */
export function plan(order: Order, wires: ReadonlyMap<string, Wire>, list: readonly Station[], host: Station | null, sizes: (segment: string) => Size, width: number): Plan {
  const at = new Map(order.buses.map((id, i) => [id, i]));
  const byId = new Map(list.map((s) => [s.id, s]));
  const risers = new Set(list.filter((s) => needsLane(s, at)).map((s) => s.id));
  let folded = false;
  for (let round = 0; ; round += 1) {
    const spans = [...risers].map((id) => {
      const where = byId.get(id)!.plugs.map((p) => at.get(p.segment)!);
      return { id, from: Math.min(...where), to: Math.max(...where) };
    });
    const lane = lanes(spans);
    const x0 = lane.count > 0 ? LANE_FROM + lane.count * LANE + 2 : folded ? SPINE + 16 : 28;
    const lines = order.buses.flatMap((id, i): Line[] => {
      const size = sizes(id);
      return seats(order.rows.get(id) ?? [], byId, size, width - x0 - 8, i === 0 && host ? [host] : []).map((some, k) => ({
        wire: wires.get(id)!, size, seats: some, first: k === 0, hulls: some.some((s) => s.station.shared || s.station.host),
      }));
    });
    const more = lines.filter((l) => !l.first).flatMap((l) => l.seats.map((s) => s.station)).filter((s) => s.plugs.length > 1 && !risers.has(s.id));
    const folds = lines.some((l) => !l.first);
    if ((more.length === 0 && (folded || !folds)) || round === 8) return { lines: spaced(lines, width - x0 - 8), x0, laneX: (id) => x0 - 13 - lane.of.get(id)! * LANE, risers };
    folded ||= folds;
    for (const s of more) risers.add(s.id);
  }
}
