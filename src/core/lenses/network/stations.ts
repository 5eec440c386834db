import type { Item } from '../../scene/scene.js';
import { byNature } from '../../facts/names.js';
import { addressRange } from './addresses.js';
import type { Party, Plug, Wired, Wiring } from './wires.js';

/** One card, chip or stack: its members are alike in all that this lens shows. */
export interface Card {
  readonly id: string;
  readonly parties: readonly Party[];
  readonly name: string;
  /** `×8` where it stands for several alike, else `''`. */
  readonly count: string;
  readonly state: Item['state'];
  readonly right: string;
}

/** What is placed as one: a card, a stack, or a hull of cards that share a net namespace. */
export interface Station {
  readonly id: string;
  readonly cards: readonly Card[];
  /** More than one workload in one net namespace. */
  readonly shared: boolean;
  readonly host: boolean;
  readonly inode: number | null;
  readonly plugs: readonly Plug[];
  readonly shown: boolean;
  readonly focused: boolean;
}

const LOUD = { risk: 0, unknown: 1, mind: 2, none: 3, fine: 4 } as const;

/** Beyond so many net namespaces alike ones are drawn as stacks. */
const STACK_FROM = 24;

/** A short, steady name for a long key (FNV-1a). */
function digest(key: string): string {
  let h = 0x811c9dc5;
  for (const c of key) h = Math.imul(h ^ c.codePointAt(0)!, 0x01000193) >>> 0;
  return h.toString(16).padStart(8, '0');
}

export function imageName(image: string): string {
  return image.split('/').at(-1) ?? image;
}

/** What a stack is called: the service its members share, else what their names begin with, else their image. */
function stackName(parties: readonly Party[]): string {
  const services = new Set(parties.map((p) => (p.workload.kind === 'container' ? (p.workload.service ?? '') : '')));
  const [service] = services;
  if (services.size === 1 && service) return service;
  if (!services.has('') && services.size <= 3) return [...services].sort(byNature).join(', ');
  const names = parties.map((p) => p.workload.name);
  let prefix = names[0] ?? '';
  for (const name of names) while (!name.startsWith(prefix)) prefix = prefix.slice(0, -1);
  prefix = prefix.replace(/[-_.\d]+$/, '');
  if (prefix.length > 1) return prefix;
  const first = parties[0]!.workload;
  return first.kind === 'container' ? imageName(first.image).split(':')[0]! : first.runtime;
}

function single(p: Party): Card {
  return { id: `card:${p.workload.id}`, parties: [p], name: p.workload.name, count: '', state: p.state, right: p.right };
}

/** Equal answers: image, rights, verdict, port flags, networks. Whoever has something of its own to tell stands alone. */
function answers(w: Wired): string | null {
  const [p, ...rest] = w.parties;
  if (!p || rest.length > 0 || p.alarm !== 'none' || p.drifted || p.workload.intruders.length > 0) return null;
  const of = p.workload.kind === 'container' ? `c ${p.workload.image} ${p.workload.state}` : `g ${p.workload.runtime}`;
  const ports = [...w.plugs].sort((a, b) => (a.segment < b.segment ? -1 : 1)).map((x) => `${x.segment} ${x.isolated} ${x.exposed}`);
  return [of, p.right, p.state, p.shown, p.focused, ...ports].join('|');
}

function stackOf(id: string, members: readonly Wired[]): Station {
  const sorted = [...members].sort((a, b) => byNature(a.parties[0]!.workload.name, b.parties[0]!.workload.name));
  const parties = sorted.map((w) => w.parties[0]!);
  const [first] = sorted;
  const plugs = first!.plugs.map((p): Plug => {
    const all = sorted.map((w) => w.plugs.find((x) => x.segment === p.segment)!);
    return { ...p, address: addressRange(all.map((x) => x.address)), veth: all.length > 1 ? '' : p.veth };
  });
  const [p] = parties;
  return {
    id, cards: [{ id, parties, name: stackName(parties), count: `×${parties.length}`, state: p!.state, right: p!.right }], shared: false, host: false, inode: first!.inode, plugs,
    shown: parties.some((x) => x.shown), focused: parties.some((x) => x.focused),
  };
}

const HULL_CARDS = 5;

/** The cards of a hull. Where they are many, alike ones stand for each other, and the quietest are folded into one. */
function cardsOf(net: string, parties: readonly Party[], opened: ReadonlySet<string>): Card[] {
  const sorted = [...parties].sort((a, b) => byNature(a.workload.name, b.workload.name));
  if (sorted.length < HULL_CARDS || opened.has(`hull:${net}`)) return sorted.map(single);
  const alike = new Map<string, Party[]>();
  for (const p of sorted) {
    const of = p.workload.kind === 'container' ? `${p.workload.image} ${p.workload.state}` : p.workload.runtime;
    const own = p.alarm !== 'none' || p.drifted || p.workload.intruders.length > 0 ? p.workload.id : '';
    const key = [of, p.right, p.state, p.shown, p.focused, own].join('|');
    alike.set(key, [...(alike.get(key) ?? []), p]);
  }
  const cards = [...alike].map(([key, some]): Card => (some.length === 1 ? single(some[0]!) : { ...single(some[0]!), id: `stack:${digest(`${net} ${key}`)}`, parties: some, name: stackName(some), count: `×${some.length}` }));
  if (cards.length <= HULL_CARDS) return cards;
  const loud = [...cards].sort((a, b) => LOUD[a.state] - LOUD[b.state]);
  const rest = loud.slice(HULL_CARDS - 1);
  const folded = rest.flatMap((c) => c.parties);
  return [...cards.filter((c) => !rest.includes(c)), { id: `rest:${net}`, parties: folded, name: `${folded.length} others`, count: '', state: rest[0]!.state, right: '' }];
}

function alone(w: Wired, opened: ReadonlySet<string>): Station {
  const cards = cardsOf(w.net, w.parties, opened);
  return {
    id: w.parties.length === 1 && w.net !== 'host' ? cards[0]!.id : `hull:${w.net}`, cards, shared: w.parties.length > 1, host: w.net === 'host', inode: w.inode, plugs: w.plugs,
    shown: w.parties.some((p) => p.shown), focused: w.parties.some((p) => p.focused),
  };
}

/** Cards, hulls and, where there are many, stacks. `opened`: stacks that are shown as their members. */
export function stations(wiring: Wiring, opened: ReadonlySet<string>): { readonly list: readonly Station[]; readonly host: Station | null; readonly stacked: boolean } {
  const host = wiring.host ? alone(wiring.host, opened) : null;
  const stacked = wiring.wired.length > STACK_FROM;
  if (!stacked) return { list: wiring.wired.map((w) => alone(w, opened)), host, stacked };
  const stacks = new Map<string, Wired[]>();
  const list: Station[] = [];
  for (const w of wiring.wired) {
    const key = answers(w);
    if (key === null) list.push(alone(w, opened));
    else stacks.set(key, [...(stacks.get(key) ?? []), w]);
  }
  for (const [key, members] of stacks) {
    const id = `stack:${digest(key)}`;
    if (members.length === 1 || opened.has(id)) list.push(...members.map((w) => alone(w, opened)));
    else list.push(stackOf(id, members));
  }
  return { list, host, stacked };
}
