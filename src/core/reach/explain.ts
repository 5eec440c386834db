import type { Container } from '../model/workload.js';
import { unknown } from '../model/reading.js';
import type { Snapshot } from '../model/snapshot.js';
import { verdictOf } from './answer.js';
import { attackersOf, courtOf, techniquesFor, victimsOf, type Court } from './pair.js';
import { remediesFor } from './remedies.js';
import { VERDICTS, type PairVerdict, type Technique } from './types.js';
import { ELSEWHERE, type Party, type Wire } from './wire.js';

function verdictFor(court: Court, technique: Technique, a: Party, v: Party, wire: Wire): PairVerdict {
  const link = court.pair(technique, a, v, wire);
  const state = link.answer.state;
  const because = link.answer.steps();
  const reads = state === 'shut' ? null : court.reads(a, v, wire, technique, link.masks);
  return {
    attacker: a.id,
    victim: v.id,
    impersonates: state === 'shut' ? [] : [...new Set(link.masks.map((m) => m.id))],
    technique,
    segment: wire.segment.id,
    verdict: verdictOf(state),
    because,
    unless: link.answer.unless,
    reads: reads?.state ?? 'no',
    readsBecause: reads?.steps() ?? [],
    remedies: state === 'shut' ? [] : remediesFor(a, v, wire, because, a.workload === null ? [] : court.puppets(a.workload, wire), court.host),
  };
}

/** The strongest verdict of each technique: one that is plugged in several times has several ways. */
function strongestOf(court: Court, from: readonly Party[], to: readonly Party[], wire: Wire, every: boolean): readonly PairVerdict[] {
  const best = new Map<Technique, PairVerdict>();
  for (const a of from) {
    for (const v of to) {
      if (a === v || a.id === v.id) continue;
      for (const technique of techniquesFor(every, a, v, wire, court)) {
        const one = verdictFor(court, technique, a, v, wire);
        const before = best.get(technique);
        const [rank, old] = [VERDICTS.indexOf(one.verdict), before === undefined ? VERDICTS.length : VERDICTS.indexOf(before.verdict)];
        if (before === undefined || rank < old || (rank === old && one.unless.length < before.unless.length)) best.set(technique, one);
      }
    }
  }
  return [...best.values()];
}

function byId(parties: readonly Party[]): ReadonlyMap<string, readonly Party[]> {
  const out = new Map<string, Party[]>();
  for (const p of parties) out.set(p.id, [...(out.get(p.id) ?? []), p]);
  return out;
}

/** Containers that run by the engine's word, and whose process was not met while the kernel was read: where they are plugged in nobody saw. */
function unmet(snapshot: Snapshot, ids: readonly string[]): readonly Container[] {
  return snapshot.containers.filter((c) => ids.includes(c.id) && c.pid === null && (c.state === 'running' || c.state === 'paused'));
}

function notSeen(of: Container, fromId: string, toId: string, segment: string): PairVerdict {
  const because = [{ link: 'wire' as const, step: 'there is a wire', holds: 'unknown' as const, reading: unknown('absent', '/proc'), why: `The process of ${of.name} was not met while the kernel was read: it had just begun, or ended. The next snapshot tells.` }];
  return { attacker: fromId, victim: toId, impersonates: [], technique: 'arp-spoof', segment, verdict: 'unknown', because, unless: [], reads: 'unknown', readsBecause: [], remedies: [] };
}

/**
 * The whole chain for one attacker and victim: one verdict for each segment that they share and each technique.
 * Ids as in Subject; `host` for the host. Empty where they share no segment.
 */
export function explain(snapshot: Snapshot, fromId: string, toId: string): readonly PairVerdict[] {
  const court = courtOf(snapshot);
  const [one] = unmet(snapshot, [fromId, toId]);
  if (one !== undefined) return [...new Set(one.endpoints.map((e) => e.segment))].map((segment) => notSeen(one, fromId, toId, segment));
  const out: PairVerdict[] = [];
  for (const wire of court.wires) {
    const to = toId === `gateway:${wire.segment.id}` && wire.gatewayIsHost ? 'host' : toId;
    out.push(...strongestOf(court, attackersOf(wire).filter((p) => p.id === fromId), victimsOf(wire).filter((p) => p.id === to), wire, true));
  }
  return out;
}

/** Every ordered pair of every segment with each technique that says something about it, one at a time. */
export function* pairs(snapshot: Snapshot): Generator<PairVerdict> {
  const court = courtOf(snapshot);
  for (const wire of court.wires) {
    const victims = byId(victimsOf(wire));
    for (const from of byId(attackersOf(wire)).values()) {
      const plugged = from.some((a) => a.plug.on !== ELSEWHERE);
      for (const to of victims.values()) {
        for (const verdict of strongestOf(court, from, to, wire, false)) {
          // Who is not on the wire is told of only where it can do something.
          if (plugged || verdict.verdict !== 'blocked') yield verdict;
        }
      }
    }
  }
}
