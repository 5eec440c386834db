import { NS_KINDS, type NsKind } from '../../model/namespaces.js';
import type { Snapshot } from '../../model/snapshot.js';
import { byNature } from '../../facts/names.js';
import { sharing, type Identity, type Party, type Sharing } from '../../facts/shares.js';
import type { Token } from '../../scene/marks.js';
import type { Placement } from '../../scene/scene.js';
import { focusRank } from '../alike.js';
import { stableOrder } from '../stable.js';
import { seriate, type WeightedSet } from './seriate.js';

/** The columns of the matrix, most telling first. */
export const COLUMNS: readonly NsKind[] = ['pid', 'net', 'ipc', 'uts', 'mnt', 'cgroup', 'user', 'time'];

/** One shared namespace as it is drawn: its letter and colours. H and red are the host's. */
export interface Badge {
  readonly letter: string;
  readonly token: Token;
  readonly tint: Token;
}
export const HOST_BADGE: Badge = { letter: 'H', token: 'risk', tint: 'riskTint' };
export const QUIET_BADGE: Badge = { letter: 'H', token: 'dim', tint: 'track' };

const TOKENS: readonly (readonly [Token, Token])[] = [
  ['identA', 'identATint'], ['identB', 'identBTint'], ['identC', 'identCTint'], ['identD', 'identDTint'], ['identE', 'identETint'], ['identF', 'identFTint'],
];
/** Without H, which is the host's, and without I and O, which read as digits. */
const LETTERS = 'ABCDEFGJKLMNPQRSTUVWXYZ';

export function badgeAt(i: number): Badge {
  const [token, tint] = TOKENS[i % TOKENS.length] as readonly [Token, Token];
  const turn = Math.floor(i / LETTERS.length);
  return { letter: `${LETTERS[i % LETTERS.length] ?? 'A'}${turn === 0 ? '' : turn + 1}`, token, tint };
}

/** Private namespaces with the same members, drawn nested. */
export interface Hull {
  readonly kinds: readonly { readonly kind: NsKind; readonly identity: Identity; readonly badge: Badge }[];
  readonly members: ReadonlySet<string>;
  readonly owner: Party | null;
}
/** Kinds of the host's that the same parties are in. */
export interface Bay {
  readonly kinds: readonly NsKind[];
  readonly members: ReadonlySet<string>;
}

export interface Picture {
  readonly sharing: Sharing;
  readonly host: Party;
  /** Who shares something worth ink, in components: within one, sets stand together. */
  readonly sharers: readonly (readonly Party[])[];
  /** Alone in all but the ordinary kinds, by name. */
  readonly alone: readonly Party[];
  /** Sandboxed programs and services that left most of their namespaces the host's, as they are meant to. */
  readonly loose: readonly Party[];
  readonly hulls: readonly Hull[];
  readonly bays: readonly Bay[];
  readonly badges: ReadonlyMap<Identity, Badge>;
  readonly order: Placement['order'];
}

function sameMembers<T extends { readonly members: readonly string[] }>(sets: readonly T[]): readonly (readonly T[])[] {
  const by = new Map<string, T[]>();
  for (const s of sets) {
    const key = [...s.members].sort().join(' ');
    by.set(key, [...(by.get(key) ?? []), s]);
  }
  return [...by.values()];
}

const rankOf = (k: NsKind): number => ['net', 'pid', 'ipc', 'uts', 'mnt', 'cgroup', 'user', 'time'].indexOf(k);

/** Letters stay with their namespaces; one that is gone leaves its letter to the next that comes. */
function lettered(wished: readonly Identity[], previous: readonly string[] | undefined): readonly string[] {
  const here = new Set(wished);
  const slots = (previous ?? []).map((id) => (here.has(id) ? id : ''));
  const had = new Set(slots);
  for (const id of wished) {
    if (had.has(id)) continue;
    const free = slots.indexOf('');
    if (free >= 0) slots[free] = id;
    else slots.push(id);
  }
  return slots;
}

/** Who shares what with whom, ordered and lettered; all but where it is drawn. `shown`: ids that pass the filter. */
export function pictureOf(s: Snapshot, shown: ReadonlySet<string> | null, previous: Placement | null, project: string | null = null): Picture {
  const all = sharing(s);
  const host = all.parties[0] as Party;
  const by = new Map(all.parties.map((p) => [p.id, p]));
  const passes = (p: Party): boolean => shown === null || shown.has(p.id) || p.entered.some((id) => shown.has(id));
  const seen = new Set<string>();
  for (const p of all.parties) if (p.kind !== 'host' && passes(p)) seen.add(p.id);
  // With one member that passes, the others of a set come along: sharing cannot be shown alone.
  for (const set of all.sets) if (set.members.some((m) => seen.has(m) && !all.ordinary.has(set.kind))) for (const m of set.members) seen.add(m);
  const parties = all.parties.filter((p) => seen.has(p.id));

  const privateSets = all.sets.filter((x) => !all.ordinary.has(x.kind) && x.members.some((m) => seen.has(m)));
  const hotSets = [...all.hot].map((kind) => ({ kind, members: parties.filter((p) => p.at[kind] === 'host').map((p) => p.id) }));
  const bays = sameMembers(hotSets).map((group): Bay => ({ kinds: group.map((g) => g.kind).sort((a, b) => rankOf(a) - rankOf(b)), members: new Set(group[0]?.members ?? []) }));

  const inSet = new Set([...privateSets, ...hotSets].flatMap((x) => x.members));
  const sharing_ = parties.filter((p) => inSet.has(p.id) || p.kind === 'process');
  const base = stableOrder([...sharing_].sort((a, b) => byNature(a.name, b.name)).map((p) => p.id), previous?.order['sharers']);
  const weighted: WeightedSet[] = [
    ...bays.flatMap((b): WeightedSet[] => [{ members: b.members, first: true, weight: b.kinds.length }, { members: b.members, first: false, weight: b.kinds.length * 2 }]),
    ...privateSets.map((x): WeightedSet => ({ members: new Set(x.members), first: false, weight: 2 })),
  ];
  const components = seriate(base, weighted);
  // Larger components first, those of the host's bays before all.
  const leads = new Set(s.containers.filter((c) => focusRank(c, project) === 0).map((c) => c.id));
  const focus = (id: string): number => (project === null || leads.has(id) ? 0 : 1);
  const shared = (ids: readonly string[]): number => privateSets.filter((x) => x.members.some((m) => ids.includes(m))).length;
  const ranked = components.map((ids, i) => ({ ids, shared: shared(ids), host: ids.some((id) => hotSets.some((h) => h.members.includes(id))), i })).sort((a, b) => Number(b.host) - Number(a.host) || Math.min(...a.ids.map(focus)) - Math.min(...b.ids.map(focus)) || b.ids.length - a.ids.length || b.shared - a.shared || a.i - b.i);
  const sharers = ranked.map((c) => c.ids.flatMap((id) => by.get(id) ?? []));

  const place = new Map(sharers.flat().map((p, i) => [p.id, i]));
  const start = (members: readonly string[]): number => Math.min(...members.map((m) => place.get(m) ?? Infinity));
  const groups = sameMembers(privateSets).map((g) => [...g].sort((a, b) => rankOf(a.kind) - rankOf(b.kind)));
  const entered = (g: readonly { readonly members: readonly string[] }[]): number => Number(g[0]?.members.some((m) => by.get(m)?.kind === 'process') ?? false);
  groups.sort((a, b) => entered(a) - entered(b) || b.length - a.length || start(a[0]?.members ?? []) - start(b[0]?.members ?? []));
  const letters = lettered(groups.flat().map((x) => x.identity), previous?.order['letters']);
  const badges = new Map(letters.map((id, i) => [id, badgeAt(i)]));
  const hulls = groups.map((g): Hull => ({
    kinds: g.map((x) => ({ kind: x.kind, identity: x.identity, badge: badges.get(x.identity) as Badge })),
    members: new Set(g[0]?.members ?? []),
    owner: by.get(g.find((x) => x.owner !== null)?.owner ?? '') ?? null,
  }));
  const mute = (p: Party): number => (p.kind === 'group' && NS_KINDS.every((k) => p.at[k] === null) ? 1 : 0);
  const rest = parties.filter((p) => !place.has(p.id)).sort((a, b) => focus(a.id) - focus(b.id) || mute(a) - mute(b) || byNature(a.name, b.name));
  const isOfHost = (p: Party): boolean => NS_KINDS.some((k) => p.at[k] === 'host' && !all.ordinary.has(k));
  return {
    sharing: all, host, sharers, alone: rest.filter((p) => !isOfHost(p)), loose: rest.filter(isOfHost), hulls, bays, badges,
    order: { sharers: sharers.flat().map((p) => p.id), letters },
  };
}

/** The ordinary kinds in words: `user and time`. */
export function ordinaryWords(s: Sharing): string {
  const kinds = NS_KINDS.filter((k) => s.ordinary.has(k)).sort((a, b) => COLUMNS.indexOf(a) - COLUMNS.indexOf(b));
  return kinds.length <= 1 ? (kinds[0] ?? 'none') : `${kinds.slice(0, -1).join(', ')} and ${kinds[kinds.length - 1] ?? ''}`;
}
