import type { Snapshot } from '../model/snapshot.js';
import { verdictOf } from './answer.js';
import { attackersOf, courtOf, techniquesFor, victimsOf, type Court } from './pair.js';
import { remediesFor } from './remedies.js';
import type { PairVerdict, Technique } from './types.js';
import { ELSEWHERE, type Party, type Wire } from './wire.js';

function verdictFor(court: Court, technique: Technique, a: Party, v: Party, wire: Wire): PairVerdict {
  const link = court.pair(technique, a, v, wire);
  const state = link.answer.state;
  const reads = state === 'shut' ? null : court.reads(a, v, wire, technique);
  return {
    attacker: a.id,
    victim: v.id,
    impersonates: state === 'shut' ? [] : [...new Set(link.masks.map((m) => m.id))],
    technique,
    segment: wire.segment.id,
    verdict: verdictOf(state),
    because: link.answer.steps(),
    unless: link.answer.unless,
    reads: reads?.state ?? 'no',
    readsBecause: reads?.steps() ?? [],
    remedies: state === 'shut' ? [] : remediesFor(technique, a, v, wire),
  };
}

/**
 * The whole chain for one attacker and victim: one verdict for each segment that they share and each technique.
 * Ids as in Subject; `host` for the host. Empty where they share no segment.
 */
export function explain(snapshot: Snapshot, fromId: string, toId: string): readonly PairVerdict[] {
  const court = courtOf(snapshot);
  const out: PairVerdict[] = [];
  for (const wire of court.wires) {
    const a = attackersOf(wire).find((p) => p.id === fromId);
    const to = toId === `gateway:${wire.segment.id}` && wire.gatewayIsHost ? 'host' : toId;
    const v = victimsOf(wire).find((p) => p.id === to);
    if (a === undefined || v === undefined || a === v) continue;
    for (const technique of techniquesFor(true, a, v, wire)) out.push(verdictFor(court, technique, a, v, wire));
  }
  return out;
}

/** Every ordered pair of every segment with each technique that says something about it, one at a time. */
export function* pairs(snapshot: Snapshot): Generator<PairVerdict> {
  const court = courtOf(snapshot);
  for (const wire of court.wires) {
    const victims = victimsOf(wire);
    for (const a of attackersOf(wire)) {
      for (const v of victims) {
        if (a.id === v.id) continue;
        for (const technique of techniquesFor(false, a, v, wire)) {
          const verdict = verdictFor(court, technique, a, v, wire);
          // Who is not on the wire is told of only where it can do something.
          if (a.plug.on !== ELSEWHERE || verdict.verdict !== 'blocked') yield verdict;
        }
      }
    }
  }
}
