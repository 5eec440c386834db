import { valueOf } from '../model/reading.js';
import type { Snapshot } from '../model/snapshot.js';
import { merge, outranks, verdictOf, type State } from './answer.js';
import { attackersOf, courtOf, techniquesFor, victimsOf, type Court } from './pair.js';
import type { Attacker, Judgement, ReachGroup, SegmentReach, Technique, Verdict } from './types.js';
import type { Party, Wire } from './wire.js';
import { alike } from './alike.js';
import { shamGuards, unreadFilters } from './sham.js';

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
  let reason = '';
  for (const technique of techniquesFor(false, a, v, wire)) {
    const { answer } = court.pair(technique, a, v, wire);
    if (reason === '' || outranks(answer.state, state)) {
      state = answer.state;
      techniques = [technique];
      unless = [answer.unless];
      reason = answer.reason;
    } else if (answer.state === state && state !== 'shut') {
      techniques.push(technique);
      unless.push(answer.unless);
    }
  }
  // A reservation that one technique does not have does not hold for the pair.
  const kept = unless.some((list) => list.length === 0) ? [] : merge(unless);
  const reads = state === 'shut' ? 'no' : court.reads(a, v, wire, techniques[0] ?? 'arp-spoof').state;
  return { state, techniques: state === 'shut' ? [] : techniques, unless: kept, reads, reason: state === 'open' && a.workload !== null ? (techniques[0] === 'table-write' ? tableRight(a) : court.sender(a.workload).right) : reason };
}

function tableRight(a: Party): string {
  return a.workload !== null && valueOf(a.workload.namespaces.pid.owner) === 'host' ? 'host pid namespace' : 'shares its namespaces';
}

const ORDER: readonly Verdict[] = ['possible', 'latent', 'unknown', 'blocked'];

function judgeWire(court: Court, wire: Wire, counts: Record<Verdict, number>): SegmentReach {
  const victims = victimsOf(wire).filter((v) => v.workload === null || v.plug.net !== 'host');
  const classes = new Map<string, Party[]>();
  for (const v of victims) {
    const key = alike(v, wire, court.host);
    const list = classes.get(key);
    if (list === undefined) classes.set(key, [v]);
    else list.push(v);
  }
  const memo = new Map<string, Met>();
  const attackers: Attacker[] = [];
  const exposed = new Set<string>();
  const plugs = new Map<string, Party[]>();
  for (const p of attackersOf(wire)) plugs.set(p.id, [...(plugs.get(p.id) ?? []), p]);
  for (const mine of plugs.values()) {
    const a = mine[0] as Party;
    const workload = a.workload;
    if (workload === null) continue;
    const kind = mine.map((p) => `${court.senderKey(workload)}\n${alike(p, wire, court.host)}`).join('\n');
    const groups = new Map<string, { met: Met; victims: string[] }>();
    const put = (met: Met, ids: readonly string[]) => {
      if (ids.length === 0) return;
      const key = JSON.stringify([met.state, met.techniques, met.unless, met.reads, met.reason]);
      const g = groups.get(key);
      if (g === undefined) groups.set(key, { met, victims: [...ids] });
      else g.victims.push(...ids);
    };
    for (const [key, list] of classes) {
      const near = list.filter((v) => v.id !== a.id && v.plug.net === a.plug.net);
      for (const v of near) put(meet(court, a, v, wire), [v.id]);
      const far = list.filter((v) => v.id !== a.id && v.plug.net !== a.plug.net);
      const first = far[0];
      if (first === undefined) continue;
      const memoKey = `${kind}\n\n${key}`;
      let met = memo.get(memoKey);
      if (met === undefined) {
        met = mine.map((p) => meet(court, p, first, wire)).reduce((best, m) => (outranks(m.state, best.state) ? m : best));
        memo.set(memoKey, met);
      }
      put(met, [...new Set(far.map((v) => v.id))]);
    }
    const list = [...groups.values()].map(({ met, victims: ids }): ReachGroup => ({ victims: ids, verdict: verdictOf(met.state), techniques: met.techniques, unless: met.unless, reads: met.reads, reason: met.reason }));
    list.sort((x, y) => ORDER.indexOf(x.verdict) - ORDER.indexOf(y.verdict) || y.victims.length - x.victims.length);
    for (const g of list) {
      counts[g.verdict] += g.victims.length;
      if (g.verdict === 'possible') for (const id of g.victims) exposed.add(id);
    }
    const verdict = list[0]?.verdict ?? 'blocked';
    const byTable = verdict === 'possible' && list.every((g) => g.verdict !== 'possible' || g.techniques.every((t) => t === 'table-write'));
    if (verdict !== 'blocked' || a.plug.net !== 'host') attackers.push({ id: a.id, verdict, right: byTable ? tableRight(a) : court.sender(workload).right, groups: list });
  }
  const gateway = `gateway:${wire.segment.id}`;
  if (wire.gatewayIsHost && exposed.has('host')) exposed.add(gateway);
  return {
    segment: wire.segment.id,
    members: [...new Set(wire.members.map((p) => p.id))],
    others: [...(wire.hostHears ? ['host'] : []), ...(wire.gateways.length > 0 ? [gateway] : [])],
    attackers,
    exposed: [...exposed],
  };
}

/**
 * Who can impersonate whom, for every ordered pair of every segment, grouped by equal answers. Victims are the
 * members and the host where it has an address on the wire; attackers are the members, and those in the host's net
 * namespace that can do something. Pure; 1,000 containers on 50 segments take some tens of milliseconds.
 */
export function judge(snapshot: Snapshot): Judgement {
  const court = courtOf(snapshot);
  const counts: Record<Verdict, number> = { possible: 0, latent: 0, unknown: 0, blocked: 0 };
  const segments = court.wires.map((wire) => judgeWire(court, wire, counts));
  return { segments, counts, unread: unreadFilters(court.host), sham: shamGuards(court) };
}
