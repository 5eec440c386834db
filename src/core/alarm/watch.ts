import type { FdbEntry, NetKey, Neighbour } from '../model/network.js';
import type { Reading } from '../model/reading.js';
import type { Snapshot } from '../model/snapshot.js';
import { judgeEntry, judgeForwarding, type Suspicion } from './judge.js';
import { indexOf, partsOf, type WireIndex } from './index-of.js';
import { sentenceOf } from './text.js';
import type { Alarm } from './types.js';

/** One neighbour table as it was read; a namespace has one for each family, IPv4 unless said. */
export interface SeenTable {
  readonly key: NetKey;
  readonly family?: 6;
  readonly neighbours: Reading<readonly Neighbour[]>;
}

/** What a watcher is given each time. `at`: ISO 8601 of the reading. */
export interface Sight {
  readonly snapshot: Snapshot;
  readonly tables: readonly SeenTable[];
  /** Forwarding entries of the host's bridges, where they could be read. */
  readonly fdb?: Reading<readonly FdbEntry[]>;
  /**
   * Whether the snapshot already has everything the engine announced. While it has not, nothing new is held
   * against anybody: a container that was just made may carry an address that the snapshot still gives to another.
   */
  readonly settled?: boolean;
  readonly at: string;
}

/** Something ordinary that a table told, with its reason: never an alarm. */
export interface TableChange {
  readonly at: string;
  readonly reason: 'restart' | 'reuse' | 'failover' | 'flapping' | 'own-mac' | 'proxy';
  readonly about: string | null;
  readonly text: string;
}

interface Entry {
  /** MAC that the entry had when it was last found to be in order; it may go stale without becoming a crime. */
  readonly clean: string | null;
  readonly mac: string;
  readonly since: number;
  /** When the MAC last changed, newest last, for telling a flapping address. */
  readonly moves: readonly number[];
}

/** What a watcher remembers; plain data, replaced as a whole by each `watch`. */
export interface WatchState {
  readonly index: WireIndex | null;
  readonly tables: ReadonlyMap<NetKey, Reading<readonly Neighbour[]>>;
  readonly entries: ReadonlyMap<NetKey, ReadonlyMap<string, Entry>>;
  /** Open alarms, and healed ones that may still come back, by what they are about. */
  readonly alarms: ReadonlyMap<string, Alarm>;
  /** Suspicions that wait for the snapshot to settle, or for an unknown MAC to stay. */
  readonly waiting: boolean;
  readonly fdb: Reading<readonly FdbEntry[]> | null;
  /** Since when a forwarding entry leads astray, by what it is about. */
  readonly movedAt: ReadonlyMap<string, number>;
  /** What was told as ordinary lately, so that many tables that say the same are one change. */
  readonly lately: ReadonlyMap<string, number>;
}

export const START: WatchState = { index: null, tables: new Map(), entries: new Map(), alarms: new Map(), waiting: false, fdb: null, movedAt: new Map(), lately: new Map() };

/** A MAC of which nobody knows whose it is must stay this long before it is held against its sender, ms. */
export const UNKNOWN_STAYS = 3_000;
/** While the snapshot is said not to be settled, a suspicion that stays so long is an alarm all the same: unrest must not be a cover, ms. */
export const UNREST_COVERS = 10_000;
/** An alarm that comes back within this time is the same alarm, not a new one, ms. */
export const SAME_ALARM = 60_000;
const FLAPS = 4;
const FLAP_TIME = 10_000;

/** `alarms`: those that are new, came back or healed now, in that state. `open` are all that are not healed. */
export interface Watched {
  readonly state: WatchState;
  readonly alarms: readonly Alarm[];
  readonly open: readonly Alarm[];
  readonly changes: readonly TableChange[];
}

const same = (a: readonly unknown[], b: readonly unknown[]): boolean => a.length === b.length && a.every((x, i) => x === b[i]);

/**
 * Looks at neighbour tables (and forwarding entries) as they stand, and says who is impersonated by whom. Pure: the
 * state goes in and comes out. Tables and snapshot parts that are the very same objects as last time cost nothing.
 */
export function watch(state: WatchState, sight: Sight): Watched {
  const now = Date.parse(sight.at);
  const fresh = state.index === null || !same(state.index.of, partsOf(sight.snapshot));
  const index = fresh || state.index === null ? indexOf(sight.snapshot) : state.index;
  const settled = sight.settled ?? true;
  const fdb = sight.fdb ?? null;
  if (!fresh && !state.waiting && fdb === state.fdb && stands(state, sight.tables)) return { state, alarms: [], open: openOf(state.alarms), changes: [] };
  const entries = new Map(state.entries);
  const alarms = new Map(state.alarms);
  const tables = new Map<NetKey, Reading<readonly Neighbour[]>>();
  const told: Alarm[] = [];
  const changes: TableChange[] = [];
  let waiting = false;
  const lately = new Map([...state.lately].filter(([, at]) => now - at < SAME_ALARM));
  const tell = (change: TableChange): void => {
    const key = `${change.reason} ${change.text}`;
    if (lately.has(key)) return;
    lately.set(key, now);
    changes.push(change);
  };

  const raise = (key: string, s: Suspicion): void => {
    const before = alarms.get(key);
    if (before !== undefined && before.healedAt === null && before.attacker === s.attacker) return;
    const comesBack = before?.healedAt != null && before.attacker === s.attacker && now - Date.parse(before.healedAt) < SAME_ALARM;
    const alarm: Alarm = comesBack
      ? { ...before, healedAt: null, evidence: s.evidence }
      : { id: `${s.kind}:${key}@${sight.at}`, at: sight.at, healedAt: null, kind: s.kind, attacker: s.attacker, victim: s.victim, impersonates: s.impersonates, address: s.address, segment: s.segment, sentence: sentenceOf(s), evidence: s.evidence };
    if (before !== undefined && before.healedAt === null) told.push({ ...before, healedAt: sight.at });
    alarms.set(key, alarm);
    told.push(alarm);
  };
  const heal = (key: string): void => {
    const before = alarms.get(key);
    if (before === undefined || before.healedAt !== null) return;
    const healed = { ...before, healedAt: sight.at };
    alarms.set(key, healed);
    told.push(healed);
  };

  const fdbMoved = fdb !== state.fdb;
  for (const table of sight.tables) {
    const name = nameOf(table);
    tables.set(name, table.neighbours);
    if (!fresh && !state.waiting && !fdbMoved && state.tables.get(name) === table.neighbours) continue;
    if (!('value' in table.neighbours)) continue;
    const old = state.entries.get(name);
    const seen = new Map<string, Entry>();
    entries.set(name, seen);
    for (const n of table.neighbours.value) {
      const key = `${name} ${n.dev} ${n.ip}`;
      const before = old?.get(key);
      const moved = before !== undefined && before.mac !== n.mac;
      const moves = moved ? [...before.moves.slice(1 - 2 * FLAPS), now] : (before?.moves ?? []);
      const since = before === undefined || moved ? now : before.since;
      const verdict = judgeEntry(index, table.key, n, table.neighbours.source, fdb);
      // A MAC that nobody knows, in a table never seen before, may be that of a container long gone.
      const trusted = verdict.is === 'clean' || (verdict.is === 'unknown' && old === undefined);
      const entry = { mac: n.mac, since, moves, clean: trusted ? n.mac : (before?.clean ?? null) };
      seen.set(key, entry);
      if (verdict.is === 'clean') {
        heal(key);
        if (moved && before.clean !== null && alarms.get(key)?.healedAt !== sight.at) tell({ at: sight.at, reason: 'restart', about: verdict.owner.id, text: `${verdict.owner.name} answers for ${n.ip} with a new MAC, its own.` });
      } else if (verdict.is === 'nobody' || verdict.is === 'ordinary') {
        heal(key);
        const recent = moves.filter((m) => now - m < FLAP_TIME).length;
        if (moved && recent <= FLAPS) tell(ordinary(sight.at, n, before.mac, verdict, recent === FLAPS));
      } else if (entry.clean === n.mac) {
        // The table has not moved, the address has: an old entry that nobody forged. It heals by itself when it is used.
        heal(key);
      } else if ((!settled && now - since < UNREST_COVERS) || (verdict.is === 'unknown' && now - since < UNKNOWN_STAYS)) {
        waiting = true;
      } else raise(key, verdict.suspicion);
    }
    for (const key of old?.keys() ?? []) if (!seen.has(key)) heal(key);
  }

  const bridged = new Set<string>();
  const movedAt = new Map<string, number>();
  if (fdb !== null && 'value' in fdb) {
    for (const e of fdb.value) {
      const s = judgeForwarding(index, e, fdb.source);
      if (s === null) continue;
      const key = `fdb ${e.bridge} ${e.mac}`;
      bridged.add(key);
      const since = state.movedAt.get(key) ?? now;
      movedAt.set(key, since);
      if (settled || now - since >= UNREST_COVERS) raise(key, s);
      else waiting = true;
    }
  }
  for (const key of [...alarms.keys()]) if (key.startsWith('fdb ') && !bridged.has(key) && (fdb === null || 'value' in fdb)) heal(key);

  // A namespace that went takes its table along.
  for (const key of state.tables.keys()) {
    if (tables.has(key)) continue;
    entries.delete(key);
    for (const a of [...alarms.keys()]) if (a.startsWith(`${key} `)) heal(a);
  }
  for (const [key, a] of alarms) if (a.healedAt !== null && now - Date.parse(a.healedAt) > SAME_ALARM) alarms.delete(key);
  return { state: { index, tables, entries, alarms, waiting, fdb, movedAt, lately }, alarms: told, open: openOf(alarms), changes };
}

const nameOf = (table: SeenTable): string => (table.family === 6 ? `${table.key} ipv6` : table.key);

/** Whether all tables are those of last time. */
const stands = (state: WatchState, tables: readonly SeenTable[]): boolean => state.tables.size === tables.length && tables.every((one) => state.tables.get(nameOf(one)) === one.neighbours);

const openOf = (alarms: WatchState['alarms']): readonly Alarm[] => [...alarms.values()].filter((a) => a.healedAt === null);

function ordinary(at: string, n: Neighbour, from: string, verdict: { readonly is: 'nobody' | 'ordinary'; readonly why?: TableChange['reason']; readonly text?: string }, flaps: boolean): TableChange {
  if (flaps) return { at, reason: 'flapping', about: null, text: `${n.ip} flaps between ${from} and ${n.mac}; the engine did not give that address to anybody, so it is not held against anyone.` };
  if (verdict.is === 'ordinary') return { at, reason: verdict.why ?? 'own-mac', about: null, text: verdict.text ?? '' };
  const vrrp = n.mac.startsWith('00:00:5e:00:01:') || n.mac.startsWith('00:00:5e:00:02:');
  return { at, reason: 'failover', about: null, text: `${n.ip} moved from ${from} to ${n.mac}${vrrp ? ' (a VRRP address)' : ''}: the engine did not give that address, so this is failover or a lease.` };
}
