import { isKnown, valueOf, type Reading } from '../model/reading.js';
import type { Neighbour } from '../model/network.js';
import type { Snapshot } from '../model/snapshot.js';
import { merge, outranks, verdictOf, type State } from './answer.js';
import { indexed, indexedNext, type Indexed } from './indexed.js';
import { attackersOf, courtOf, techniquesFor, victimsOf, type Court } from './pair.js';
import type { Attacker, Judgement, ReachGroup, SegmentReach, Technique, Verdict } from './types.js';
import { ELSEWHERE, type Party, type Plugs, type Wire } from './wire.js';
import type { Mask } from './victim.js';
import { alike, someMacStays, tellsApart } from './alike.js';
import { shamOn, shamOnHost, unreadFilters } from './sham.js';

interface Met {
  readonly state: State;
  readonly techniques: readonly Technique[];
  readonly unless: readonly string[];
  readonly reads: ReachGroup['reads'];
  readonly reason: string;
}

/** The strongest answer over the techniques. */
function meet(court: Court, a: Party, v: Party, wire: Wire): Met {
  let state: State = 'shut';
  let techniques: Technique[] = [];
  let unless: (readonly string[])[] = [];
  let masks: readonly Mask[] = [];
  let reason = '';
  for (const technique of techniquesFor(false, a, v, wire, court)) {
    const { answer, masks: whom } = court.pair(technique, a, v, wire);
    if (techniques.length === 0 || outranks(answer.state, state)) {
      state = answer.state;
      techniques = [technique];
      masks = whom;
      unless = [answer.unless];
      reason = answer.reason;
    } else if (answer.state === state && state !== 'shut') {
      techniques.push(technique);
      unless.push(answer.unless);
    }
  }
  // Who writes the table by another's process need not send frames by it: that is said where nothing else is.
  const writes = techniques.indexOf('table-write');
  if (writes >= 0 && techniques.length > 1 && sendsNothing(court, a)) {
    techniques = ['table-write'];
    unless = [unless[writes] ?? []];
  }
  // A reservation that one technique does not have does not hold for the pair.
  const kept = unless.some((list) => list.length === 0) ? [] : merge(unless);
  const reads = state === 'shut' ? 'no' : court.reads(a, v, wire, techniques[0] ?? 'arp-spoof', masks).state;
  return { state, techniques: state === 'shut' ? [] : techniques, unless: kept, reads, reason: state === 'open' && a.workload !== null && !byAnother(court, a, techniques[0]) ? (techniques[0] === 'table-write' || a.plug.on === ELSEWHERE ? tableRight(a, court.host) : court.sender(a.workload).right) : reason };
}

/** Whether it is another's process that sends for it. */
function byAnother(court: Court, a: Party, technique: Technique | undefined): boolean {
  return technique !== 'table-write' && a.plug.on !== ELSEWHERE && sendsNothing(court, a);
}

const sendsNothing = (court: Court, a: Party): boolean => a.workload !== null && Object.values(court.sender(a.workload).channels).every((c) => c.state !== 'open');

function tableRight(a: Party, { windows }: Court['host']): string {
  if (a.workload !== null && valueOf(a.workload.namespaces.pid.owner) === 'host') return 'host pid namespace';
  return windows.has(a.id) ? 'mount of the host’s files' : 'shares its namespaces';
}

const ORDER: readonly Verdict[] = ['possible', 'latent', 'unknown', 'blocked'];

/** One wire's answers. */
export interface Judged {
  readonly reach: SegmentReach;
  readonly counts: Readonly<Record<Verdict, number>>;
  readonly sham: Judgement['sham'];
}

const none = (): Record<Verdict, number> => ({ possible: 0, latent: 0, unknown: 0, blocked: 0 });

/** Victims by alike: all of one list get the same answer from an attacker in another net namespace. */
function classesOf(victims: readonly Party[], court: Court): Map<string, Party[]> {
  const classes = new Map<string, Party[]>();
  for (const v of victims) {
    const key = alike(v, court.host);
    const list = classes.get(key);
    if (list === undefined) classes.set(key, [v]);
    else list.push(v);
  }
  return classes;
}

/** Every ordered pair of one wire. */
export function judgeWire(court: Court, wire: Wire): Judged {
  const classes = classesOf(victimsOf(wire).filter((v) => v.workload === null || v.plug.net !== 'host'), court);
  const counts = none();
  const lists = [...classes.values()];
  // Where a victim believes some addresses and not others, whom an attacker can be depends on who it is itself.
  const own = lists.map((list) => list.some((v) => tellsApart(v, court.host)));
  const stays = someMacStays(wire, court.host);
  const memo = new Map<string, (Met | undefined)[]>();
  // Equal answers are one object, so that groups are told apart by identity.
  const interned = new Map<string, Met>();
  const one = (met: Met): Met => {
    const key = JSON.stringify([met.state, met.techniques, met.unless, met.reads, met.reason]);
    const kept = interned.get(key) ?? met;
    interned.set(key, kept);
    return kept;
  };
  const attackers: Attacker[] = [];
  const exposed = new Set<string>();
  const plugs = new Map<string, Party[]>();
  for (const p of attackersOf(wire)) {
    const list = plugs.get(p.id);
    if (list === undefined) plugs.set(p.id, [p]);
    else list.push(p);
  }
  for (const mine of plugs.values()) {
    const a = mine[0] as Party;
    const workload = a.workload;
    if (workload === null) continue;
    const kind = mine.map((p) => `${court.senderKey(workload)}\n${alike(p, court.host)}`).join('\n');
    // A victim that is plugged in several times counts once, by its strongest answer.
    const best = new Map<string, Met>();
    const put = (met: Met, id: string) => {
      const before = best.get(id);
      if (before === undefined || outranks(met.state, before.state)) best.set(id, met);
    };
    // Whom it acts by may be the victim itself, and a MAC that stays may be anybody's: then each is asked for itself.
    const alone = stays || court.puppets(workload, wire).length > 0;
    const row = memo.get(kind) ?? [];
    memo.set(kind, row);
    for (const [at, list] of lists.entries()) {
      let met: Met | null = null;
      for (const v of list) {
        if (v.id === a.id) continue;
        if (alone || v.plug.net === a.plug.net) {
          put(one(mine.map((p) => meet(court, p, v, wire)).reduce((best, m) => (outranks(m.state, best.state) ? m : best))), v.id);
          continue;
        }
        if (met === null) {
          met = (own[at] === true ? undefined : row[at]) ?? one(mine.map((p) => meet(court, p, v, wire)).reduce((best, m) => (outranks(m.state, best.state) ? m : best)));
          row[at] = met;
        }
        put(met, v.id);
      }
    }
    const groups = new Map<Met, Set<string>>();
    for (const [id, met] of best) {
      const g = groups.get(met);
      if (g === undefined) groups.set(met, new Set([id]));
      else g.add(id);
    }
    const list = [...groups].map(([met, ids]): ReachGroup => ({ victims: [...ids], verdict: verdictOf(met.state), techniques: met.techniques, unless: met.unless, reads: met.reads, reason: met.reason }));
    list.sort((x, y) => ORDER.indexOf(x.verdict) - ORDER.indexOf(y.verdict) || y.victims.length - x.victims.length);
    const off = a.plug.net === 'host' || a.plug.on === ELSEWHERE;
    if (off && list.every((g) => g.verdict === 'blocked')) continue;
    for (const g of list) {
      counts[g.verdict] += g.victims.length;
      if (g.verdict === 'possible') for (const id of g.victims) exposed.add(id);
    }
    const verdict = list[0]?.verdict ?? 'blocked';
    const byTable = verdict === 'possible' && (a.plug.on === ELSEWHERE || list.every((g) => g.verdict !== 'possible' || g.techniques.every((t) => t === 'table-write')));
    attackers.push({ id: a.id, verdict, right: byTable ? tableRight(a, court.host) : court.sender(workload).right, groups: list });
  }
  const gateway = `gateway:${wire.segment.id}`;
  if (wire.gatewayIsHost && exposed.has('host')) exposed.add(gateway);
  const reach: SegmentReach = {
    segment: wire.segment.id,
    members: [...new Set(wire.members.map((p) => p.id))],
    others: [...(wire.hostHears ? ['host'] : []), ...(wire.gateways.length > 0 ? [gateway] : [])],
    attackers,
    exposed: [...exposed],
  };
  return { reach, counts, sham: shamOn(court, wire) };
}

/** What a judgement of before leaves for the next one: segments of which nothing changed are not judged again. */
export interface Memory {
  readonly judged: Map<string, { readonly of: readonly unknown[]; readonly judged: Judged }>;
  readonly plugs: Plugs;
  /** Used up by the next judgement. */
  index: Indexed | null;
}

export function newMemory(): Memory {
  return { judged: new Map(), plugs: new WeakMap(), index: null };
}

/** All of the host itself that the answers on any wire depend on. */
export function dependsOnHost({ host }: Court): readonly unknown[] {
  const { ptraceScope, lsms } = host.snapshot.host;
  const out: unknown[] = [host.userNs, host.mayHaveLsm, host.remapped, ptraceScope === undefined ? undefined : told(ptraceScope), told(lsms)];
  const outer = host.nets.get('host');
  if (outer !== undefined) out.push(outer.nft, outer.ebtables, outer.arptables, outer.tc, outer.sysctls, outer.fdb, outer.sockets, fixed(outer.neighbours), fixed(outer.neighbours6));
  return out;
}

/** All else that the answers on a wire depend on. */
export function dependsOn({ host }: Court, wire: Wire, out: unknown[] = []): readonly unknown[] {
  out.push(wire.segment);
  const device = valueOf(wire.segment.device);
  const lower = host.interfaces.get(`host/${device}`);
  // What is at the other end of a parent decides whether its macvlans' frames come back.
  out.push(lower ?? null, host.interfaces.get((lower === undefined ? undefined : valueOf(lower.peer)) ?? '') ?? null);
  if (device !== undefined) for (const i of host.uppers.get(`host/${device}`) ?? []) out.push(i);
  for (const part of betweenBridges(wire, host)) out.push(part);
  for (const list of [wire.members, wire.beyond, wire.hostParties, wire.elsewhere]) for (const p of list) partOf(p, host, out);
  return out;
}

function partOf({ plug, workload: w }: Party, host: Court['host'], out: unknown[]): void {
  out.push(plug.net, plug.iface, plug.stack, plug.port, plug.entry, plug.on);
  // Addresses on what is stacked inside it, or a bridge's other devices, change what it takes.
  for (const i of plug.iface === plug.stack ? [plug.iface] : [plug.iface, plug.stack]) if (i !== undefined) for (const upper of host.uppers.get(i.id) ?? []) out.push(upper);
  // Without the interface, the engine's word for its addresses is what counts.
  if (plug.iface === undefined) out.push(plug.mac, plug.ipv4.join(), plug.ipv6.join());
  if (w !== null) out.push(w.id, w.processes, w.namespaces, w.privilegedPrograms, w.mounts);
  if (w !== null && host.doors.size > 0) out.push([...(host.doors.get(w.id) ?? [])].join());
  if (w?.kind === 'container') out.push(w.declared.mounts, w.state, w.declared.seccomp, w.declared.appArmorProfile, w.declared.capDrop);
  const net = plug.net === 'host' ? undefined : host.nets.get(plug.net);
  if (net !== undefined) out.push(net.ownerUserNs, net.nft, net.arptables, net.tc, net.sysctls, net.sockets, fixed(net.neighbours), fixed(net.neighbours6));
}

/** Bridges that frames may cross, with the filters of their net namespaces; of several, all ports too, whoever is plugged in there. */
function betweenBridges(wire: Wire, host: Court['host']): readonly unknown[] {
  const ids = new Set([...wire.members, ...wire.beyond, ...wire.hostParties].map((p) => p.plug.bridge ?? ''));
  ids.delete('');
  const all = ids.size > 1 ? host.snapshot.interfaces.filter((i) => i.bridge !== null || (valueOf(i.master) ?? '') !== '') : [...ids].flatMap((id) => host.interfaces.get(id) ?? []);
  const nets = [...new Set(all.map((i) => i.net))].flatMap((key) => (key === 'host' ? [] : (host.nets.get(key) ?? [])));
  return [...all, ...nets.flatMap((n) => [n.nft, n.ebtables, n.arptables, n.tc, n.sysctls, n.fdb])];
}

const told = (r: Reading<unknown>): string => (isKnown(r) ? JSON.stringify(r.value) : r.unknown);

/** Entries that count for a verdict: those that do not change by themselves. */
function fixed(table: Reading<readonly Neighbour[]>): string {
  if (!isKnown(table)) return table.unknown;
  let text = fixedOf.get(table.value);
  if (text === undefined) {
    text = table.value.filter((e) => e.state === 'PERMANENT' || e.state === 'NOARP').map((e) => `${e.ip} ${e.dev}`).join();
    fixedOf.set(table.value, text);
  }
  return text;
}

const fixedOf = new WeakMap<readonly Neighbour[], string>();

/**
 * The same as `judge`, with what was judged before: `memory` is read, and made anew for the next time. Segments whose
 * parts are the very objects of before are taken over, so that one container more or less costs its segments alone.
 */
export function judgeAgain(snapshot: Snapshot, memory: Memory): Judgement {
  memory.index = memory.index === null ? indexed(snapshot.interfaces) : indexedNext(memory.index, snapshot.interfaces);
  const court = courtOf(snapshot, memory.plugs, memory.index);
  const alive = new Set<string>();
  const outer = dependsOnHost(court);
  // One list for all: only of a segment that changed a copy is kept.
  const of: unknown[] = [];
  const judgement = judgeCourt(court, (wire) => {
    of.length = 0;
    for (const part of outer) of.push(part);
    dependsOn(court, wire, of);
    const before = memory.judged.get(wire.segment.id);
    const same = before !== undefined && before.of.length === of.length && before.of.every((x, i) => x === of[i]);
    const judged = same ? before.judged : judgeWire(court, wire);
    if (!same) memory.judged.set(wire.segment.id, { of: of.slice(), judged });
    alive.add(wire.segment.id);
    return judged;
  });
  for (const id of memory.judged.keys()) if (!alive.has(id)) memory.judged.delete(id);
  return judgement;
}

function judgeCourt(court: Court, judgedOf: (wire: Wire) => Judged): Judgement {
  const counts = none();
  const segments: SegmentReach[] = [];
  const sham: Judgement['sham'][number][] = [...shamOnHost(court)];
  for (const wire of court.wires) {
    const judged = judgedOf(wire);
    segments.push(judged.reach);
    sham.push(...judged.sham);
    for (const v of ORDER) counts[v] += judged.counts[v];
  }
  return { segments, counts, unread: unreadFilters(court.host), sham: [...new Map(sham.map((x) => [x.where, x])).values()] };
}

/**
 * Who can impersonate whom, for every ordered pair of every segment, grouped by equal answers. Victims are the
 * members and the host where it has an address on the wire; attackers are the members, and those in the host's net
 * or pid namespace that can do something. Pure; 1,000 containers on 50 segments take some tens of milliseconds.
 */
export function judge(snapshot: Snapshot): Judgement {
  const court = courtOf(snapshot);
  return judgeCourt(court, (wire) => judgeWire(court, wire));
}
