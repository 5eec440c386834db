import { byNature } from '../../facts/names.js';
import type { Placement } from '../../scene/scene.js';
import type { Station } from './stations.js';
import type { Wire } from './wires.js';

/** Who stands where: buses from top to bottom, in each row stations from left to right; `''` is a place that somebody left. */
export interface Order {
  readonly buses: readonly string[];
  readonly rows: ReadonlyMap<string, readonly string[]>;
}

const STATE_RANK = { risk: 0, mind: 1, unknown: 2, fine: 3, none: 4 } as const;

/** Sets of buses that one station joins, with how many stations do so. */
type Ties = readonly { readonly of: readonly string[]; readonly weight: number }[];

function ties(list: readonly Station[]): Ties {
  const sets = new Map<string, { of: readonly string[]; weight: number }>();
  for (const s of list) {
    if (s.plugs.length < 2) continue;
    const of = s.plugs.map((p) => p.segment).sort();
    const known = sets.get(of.join());
    if (known) known.weight += 1;
    else sets.set(of.join(), { of, weight: 1 });
  }
  return [...sets.values()];
}

/** Length of all risers; a plug to the very next bus costs nothing. */
function cost(order: readonly string[], joined: Ties): number {
  const at = new Map(order.map((id, i) => [id, i]));
  let sum = 0;
  for (const t of joined) {
    const where = t.of.map((id) => at.get(id)).filter((i) => i !== undefined);
    if (where.length < 2) continue;
    const span = Math.max(...where) - Math.min(...where);
    sum += t.weight * (t.of.length === 2 && span === 1 ? 0 : span + 0.5);
  }
  return sum;
}

function inserted(order: readonly string[], id: string, at: number): string[] {
  return [...order.slice(0, at), id, ...order.slice(at)];
}

/** Where in the order a bus that is not in it costs least, and what all risers cost then. */
function bestPlace(order: readonly string[], id: string, joined: Ties): { readonly order: string[]; readonly cost: number } {
  const at = new Map(order.map((x, i) => [x, i]));
  const spans = joined.map((t) => {
    const where = t.of.filter((x) => x !== id).map((x) => at.get(x)).filter((i) => i !== undefined);
    return { from: Math.min(...where), to: Math.max(...where), some: where.length > 0, own: t.of.includes(id), pair: t.of.length === 2, weight: t.weight };
  });
  let best = { at: order.length, cost: Infinity };
  for (let place = order.length; place >= 0; place -= 1) {
    let sum = 0;
    for (const s of spans) {
      if (!s.some || (!s.own && s.from === s.to)) continue;
      const [from, to] = [s.from >= place ? s.from + 1 : s.from, s.to >= place ? s.to + 1 : s.to];
      const span = s.own ? Math.max(to, place) - Math.min(from, place) : to - from;
      sum += s.weight * (s.pair && span === 1 ? 0 : span + 0.5);
    }
    if (sum < best.cost - 1e-9) best = { at: place, cost: sum };
  }
  return { order: inserted(order, id, best.at), cost: best.cost };
}

/** Takes each bus out and puts it where it costs least, until nothing gets better. Few passes do; the bound keeps it from lasting. */
function improved(start: readonly string[], joined: Ties): string[] {
  const involved = new Set(joined.flatMap((t) => t.of));
  let [order, now] = [[...start], cost(start, joined)];
  for (let pass = 0; pass < 6; pass += 1) {
    let better = false;
    for (const id of start) {
      if (!involved.has(id)) continue;
      const best = bestPlace(order.filter((x) => x !== id), id, joined);
      if (best.cost < now - 1e-9) [order, now, better] = [best.order, best.cost, true];
    }
    if (!better) break;
  }
  return order;
}

/** Outer before inner, the default bridge first, then by project and name. */
function plainOrder(a: Wire, b: Wire): number {
  const rank = (w: Wire) => (w.segment.name === 'bridge' ? 0 : 1);
  const [p, q] = [a.segment.project ?? '', b.segment.project ?? ''];
  return rank(a) - rank(b) || byNature(p, q) || Number(a.segment.internal) - Number(b.segment.internal) || byNature(a.segment.name, b.segment.name) || (a.segment.id < b.segment.id ? -1 : 1);
}

function orderBuses(wires: readonly Wire[], list: readonly Station[], before: readonly string[] | null): string[] {
  const joined = ties(list);
  const part = (some: readonly Wire[]): string[] => {
    const ids = [...some].sort(plainOrder).map((w) => w.segment.id);
    if (!before) return improved(ids, joined);
    const here = new Set(ids);
    let order = before.filter((id) => here.has(id));
    for (const id of ids) if (!order.includes(id)) order = order.length === 0 ? [id] : bestPlace(order, id, joined).order;
    return order;
  };
  const used = (w: Wire) => w.of > 0;
  return [...part(wires.filter((w) => w.focused && used(w))), ...part(wires.filter((w) => !w.focused && used(w))), ...part(wires.filter((w) => !used(w)))];
}

/** The bus a station hangs above: of two neighbours the lower, else the uppermost of its own. */
export function homeOf(s: Station, at: ReadonlyMap<string, number>): string {
  const mine = [...s.plugs].sort((a, b) => at.get(a.segment)! - at.get(b.segment)!);
  const [first, second] = mine;
  if (mine.length === 2 && at.get(second!.segment)! - at.get(first!.segment)! === 1) return second!.segment;
  return first!.segment;
}

/** Whether its other plugs need a lane of their own. */
export function needsLane(s: Station, at: ReadonlyMap<string, number>): boolean {
  if (s.plugs.length < 2) return false;
  return s.plugs.length > 2 || Math.abs(at.get(s.plugs[0]!.segment)! - at.get(s.plugs[1]!.segment)!) > 1;
}

/** Those with several plugs at the left, in common columns; those reached side by side, next to the gateway where it is reached too. */
function classOf(s: Station, home: string, wire: Wire, at: ReadonlyMap<string, number>): number {
  if (needsLane(s, at)) return 0;
  const reached = s.plugs.find((p) => p.segment === home)?.exposed ?? false;
  const near = reached === wire.gatewayReached ? 0 : 1;
  return s.plugs.length > 1 ? 1 + near * 0.1 : 2 + near;
}

/** Mean place of those it talks to: neighbours in conversation stand near each other. */
function sweeps(rows: Map<string, string[]>, classes: ReadonlyMap<string, number>, talks: ReadonlyMap<string, readonly string[]>): void {
  if (talks.size === 0) return;
  for (let pass = 0; pass < 2; pass += 1) {
    const place = new Map<string, number>();
    for (const row of rows.values()) for (const [i, id] of row.entries()) place.set(id, i);
    for (const [segment, row] of rows) {
      const wish = (id: string) => {
        const others = (talks.get(id) ?? []).map((o) => place.get(o)).filter((i) => i !== undefined);
        return others.length === 0 ? place.get(id)! : others.reduce((sum, i) => sum + i, 0) / others.length;
      };
      const wishes = new Map(row.map((id) => [id, wish(id)]));
      rows.set(segment, [...row].sort((a, b) => classes.get(a)! - classes.get(b)! || wishes.get(a)! - wishes.get(b)! || place.get(a)! - place.get(b)!));
    }
  }
}

/** Whoever was there keeps its place, newcomers take a place that was left or go to the end. Many empty places are closed up. */
function remembered(wanted: readonly string[], before: readonly string[] | undefined): string[] {
  if (!before) return [...wanted];
  const here = new Set(wanted);
  const places = before.map((id) => (here.has(id) ? id : ''));
  const known = new Set(places);
  for (const id of wanted) {
    if (known.has(id)) continue;
    const hole = places.indexOf('');
    if (hole >= 0) places[hole] = id;
    else places.push(id);
  }
  while (places.at(-1) === '') places.pop();
  return places.filter((id) => id === '').length * 3 > places.length ? places.filter((id) => id !== '') : places;
}

export function arrangeOrder(wires: readonly Wire[], list: readonly Station[], talks: ReadonlyMap<string, readonly string[]>, project: string | null, previous: Placement | null): Order {
  const before = previous?.lens === 'network' && (previous.order['project']?.[0] ?? '') === (project ?? '') ? previous.order : null;
  const buses = orderBuses(wires, list, before?.['buses'] ?? null);
  const at = new Map(buses.map((id, i) => [id, i]));
  const byId = new Map(wires.map((w) => [w.segment.id, w]));
  const classes = new Map<string, number>();
  const homes = new Map<string, Station[]>(buses.map((id) => [id, []]));
  for (const s of list) {
    const home = homeOf(s, at);
    classes.set(s.id, classOf(s, home, byId.get(home)!, at));
    homes.get(home)!.push(s);
  }
  const state = (s: Station) => Math.min(...s.cards.map((c) => STATE_RANK[c.state]));
  const rows = new Map<string, string[]>();
  for (const [id, some] of homes) {
    const sorted = [...some].sort((a, b) => classes.get(a.id)! - classes.get(b.id)! || state(a) - state(b) || byNature(a.cards[0]!.name, b.cards[0]!.name) || (a.id < b.id ? -1 : 1));
    rows.set(id, sorted.map((s) => s.id));
  }
  sweeps(rows, classes, talks);
  for (const [id, row] of rows) rows.set(id, remembered(row, before?.[`row:${id}`]));
  return { buses, rows };
}

/** The memory for the next time. */
export function placementOf(order: Order, project: string | null): Placement {
  return { lens: 'network', order: { buses: order.buses, project: [project ?? ''], ...Object.fromEntries([...order.rows].map(([id, row]) => [`row:${id}`, row])) } };
}
