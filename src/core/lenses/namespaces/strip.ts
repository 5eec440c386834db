import type { Party } from '../../facts/shares.js';
import type { Bay, Hull, Picture } from './model.js';

/** A card of the hulls: one party, or several in exactly the same namespaces, as a stack. */
export interface Card {
  readonly party: Party;
  readonly many: readonly Party[];
  readonly x: number;
  readonly y: number;
}
/** A stretch of cards that stand together in a set. `rank`: 0 is innermost. */
export interface Run<T> {
  readonly of: T;
  readonly from: number;
  readonly to: number;
  readonly rank: number;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}
/** One component, laid out in a row of cards with its hulls and bays around it. Its own coordinates; a bay hangs at y = 0. */
export interface Strip {
  readonly cards: readonly Card[];
  readonly hulls: readonly Run<Hull>[];
  readonly bays: readonly Run<Bay>[];
  readonly w: number;
  readonly h: number;
  /** Members that found no room. */
  readonly more: readonly Party[];
}

export const CARD_W = 130;
export const CARD_H = 54;
const GAP = 8;
const PAD = 12;
const STEP = 9;
const LABEL = 19;
const BAY_LABEL = 36;

interface Placed<T> {
  readonly of: T;
  readonly from: number;
  readonly to: number;
  rank: number;
}

/** Stretches of neighbours that are in a set; a set that could not be put side by side has several. */
function stretches<T extends { readonly members: ReadonlySet<string> }>(sets: readonly T[], ids: readonly string[]): Placed<T>[] {
  const out: Placed<T>[] = [];
  for (const of of sets) {
    let from = -1;
    ids.forEach((id, i) => {
      if (of.members.has(id) && from < 0) from = i;
      if (from >= 0 && (!of.members.has(id) || i === ids.length - 1)) {
        out.push({ of, from, to: of.members.has(id) ? i : i - 1, rank: 0 });
        from = -1;
      }
    });
  }
  // Short ones lie inside long ones; those that overlap never have the same rank, so no border covers another.
  out.sort((a, b) => a.to - a.from - (b.to - b.from) || a.from - b.from);
  out.forEach((run, i) => {
    const inner = out.slice(0, i).filter((o) => o.from <= run.to && o.to >= run.from);
    run.rank = inner.reduce((most, o) => Math.max(most, o.rank + 1), 0);
  });
  return out;
}

/** Parties in exactly the same shared namespaces are one stack, where a strip would be too long otherwise. */
function stacked(parties: readonly Party[], picture: Picture, most: number): readonly (readonly Party[])[] {
  if (parties.length <= most) return parties.map((p) => [p]);
  const sets = [...picture.hulls, ...picture.bays];
  const groups: { key: string; of: Party[] }[] = [];
  for (const p of parties) {
    const key = `${p.kind} ${sets.map((s) => (s.members.has(p.id) ? 1 : 0)).join('')}`;
    const last = groups[groups.length - 1];
    if (last && last.key === key) last.of.push(p);
    else groups.push({ key, of: [p] });
  }
  return groups.map((g) => g.of);
}

/** Lays one component out. `width`: what there is; who finds no room is told in `more`. The most that fit are kept. */
export function strip(parties: readonly Party[], picture: Picture, width: number): Strip {
  for (let most = Math.max(1, Math.floor(width / (CARD_W + GAP))); most > 1; most--) {
    const laid = stripOf(parties, picture, most);
    if (laid.w <= width) return laid;
  }
  return stripOf(parties, picture, 1);
}

function stripOf(parties: readonly Party[], picture: Picture, most: number): Strip {
  const groups = stacked(parties, picture, most);
  const kept = groups.slice(0, most);
  const more = groups.slice(most).flat();
  const ids = kept.map((g) => (g[0] as Party).id);
  const hulls = stretches(picture.hulls.filter((h) => ids.some((id) => h.members.has(id))), ids);
  const bays = stretches(picture.bays.filter((b) => ids.some((id) => b.members.has(id))), ids);
  // A hull of several kinds has several borders, one in the other.
  const depthOf = (r: Placed<Hull>): number => r.rank + hulls.filter((o) => o !== r && o.rank < r.rank && o.from <= r.to && o.to >= r.from).reduce((sum, o) => Math.max(sum, o.of.kinds.length - 1), 0);
  const outer = (r: Placed<Hull>): number => PAD + STEP * (depthOf(r) + r.of.kinds.length - 1);
  const side = (r: Placed<Bay>): number => PAD + 4 + STEP * r.rank;
  const need = (at: number, end: 'from' | 'to'): number =>
    Math.max(0, ...hulls.filter((r) => r[end] === at).map(outer), ...bays.filter((r) => r[end] === at).map(side));

  const xs: number[] = [];
  let x = need(0, 'from');
  ids.forEach((_, i) => {
    xs.push(x);
    const between = need(i, 'to') + need(i + 1, 'from');
    const entered = kept[i]?.[0]?.kind === 'process' || kept[i + 1]?.[0]?.kind === 'process';
    x += CARD_W + (i === ids.length - 1 ? 0 : Math.max(GAP, between > 0 ? between + 8 : 0, entered ? 38 : 0));
  });
  const w = x + need(ids.length - 1, 'to');
  const levels = hulls.reduce((n, r) => Math.max(n, depthOf(r) + r.of.kinds.length), 0);
  const top = (bays.length > 0 ? BAY_LABEL : 0) + levels * LABEL + (levels > 0 ? 0 : 4);
  const cardY = Math.max(top, 6);
  const left = (i: number): number => xs[i] as number;
  const laidHulls = hulls.map((r): Run<Hull> => {
    const pad = outer(r);
    const up = LABEL * (depthOf(r) + r.of.kinds.length) - 3;
    const down = 9 + (STEP - 2) * (depthOf(r) + r.of.kinds.length - 1);
    return { of: r.of, from: r.from, to: r.to, rank: r.rank, x: left(r.from) - pad, y: cardY - up, w: left(r.to) + CARD_W + pad * 2 - left(r.from), h: up + CARD_H + down };
  });
  const hullFoot = laidHulls.reduce((low, r) => Math.max(low, r.y + r.h), cardY + CARD_H + 6);
  const laidBays = bays.map((r): Run<Bay> => {
    const pad = side(r);
    const foot = cardY + CARD_H + 14 + 13 * r.rank;
    return { of: r.of, from: r.from, to: r.to, rank: r.rank, x: left(r.from) - pad, y: 0, w: left(r.to) + CARD_W + pad * 2 - left(r.from), h: foot };
  });
  const foot = laidBays.reduce((low, r) => Math.max(low, r.h), hullFoot);
  return {
    cards: kept.map((g, i) => ({ party: g[0] as Party, many: g, x: left(i), y: cardY })),
    hulls: laidHulls, bays: laidBays, w, h: foot, more,
  };
}
