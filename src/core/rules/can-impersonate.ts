import { byNature } from '../facts/names.js';
import { listOf } from '../facts/units.js';
import { known } from '../model/reading.js';
import { workloads } from '../model/snapshot.js';
import type { Judgement } from '../reach/types.js';
import type { Facts, Hit, Rule } from './rule.js';
import { plainContainer, plainFacts, nothingReached } from './example.js';
import { living, nameOf, subjectOf } from './subjects.js';
import type { Verdict } from '../reach/types.js';

const A = 'c0ffee'.padEnd(64, '0');
const B = 'd0d0'.padEnd(64, '0');
const pair = () => [plainContainer(), plainContainer({ id: B, name: 'db' })];

/** A judgement in which the first container reaches the second with a verdict; for examples. */
export function reaches(verdict: Verdict): Judgement {
  return {
    ...nothingReached,
    counts: { ...nothingReached.counts, [verdict]: 1 },
    segments: [{
      segment: 'network:shop', members: [A, B], others: [], exposed: verdict === 'possible' ? [B] : [],
      attackers: [{ id: A, verdict, right: 'NET_RAW', groups: [{ victims: [B], verdict, techniques: ['arp-spoof'], unless: [], reads: 'yes', reason: 'CAP_NET_RAW' }] }],
    }],
  };
}

/** One hit for each attacker and segment on which it reaches somebody with this verdict. */
export function impersonators({ snapshot, judgement }: Facts, verdict: Verdict, says: (names: string, segment: string, attacker: string, right: string, unless: string) => string): readonly Hit[] {
  const byId = new Map(living(snapshot).map((w) => [w.id, w]));
  // Sorted once: on a wire of 200 each of them has 199 names to tell.
  const places = new Map([...new Set(workloads(snapshot).map((w) => w.name))].sort(byNature).map((name, place) => [name, place]));
  const inOrder = (a: string, b: string): number => {
    const [x, y] = [places.get(a), places.get(b)];
    return x === undefined || y === undefined ? byNature(a, b) : x - y;
  };
  return judgement.segments.flatMap((reach) => {
    const segment = snapshot.segments.find((s) => s.id === reach.segment);
    const segmentName = segment?.name ?? reach.segment;
    return reach.attackers.flatMap((attacker): Hit[] => {
      const w = byId.get(attacker.id);
      if (!w || attacker.verdict !== verdict) return [];
      const groups = attacker.groups.filter((g) => g.verdict === verdict);
      const victims = [...new Set(groups.flatMap((g) => g.victims))];
      if (victims.length === 0) return [];
      const names = victims.map((id) => (id === 'host' ? 'the host' : id.startsWith('gateway:') ? 'the gateway' : nameOf(snapshot, id)));
      const last = (name: string): number => Number(name === 'the host' || name === 'the gateway');
      names.sort((a, b) => last(a) - last(b) || inOrder(a, b));
      const unless = [...new Set(groups.flatMap((g) => g.unless))];
      const techniques = [...new Set(groups.flatMap((g) => g.techniques))];
      const because = [...new Set(groups.map((g) => g.reason))];
      return [{
        title: says(listOf(names), segmentName, w.name, attacker.right, unless.length > 0 ? `, unless ${unless.join(', or ')}` : ''),
        subjects: [subjectOf(w), { kind: 'segment', id: reach.segment, name: segmentName }],
        evidence: [known(`${techniques.join(', ')}: ${because.join('; ')}`, `bulkhead l2 --from ${w.name}`), ...(w.process ? [w.process.capabilities.effective] : [])],
      }];
    });
  });
}

export const canImpersonate: Rule = {
  id: 'BH-L2-01',
  name: 'can-impersonate',
  family: 'wire',
  severity: 'high',
  title: 'A container can make others on its segment believe that it is somebody else.',
  why: 'Who can send Ethernet frames of its own making (CAP_NET_RAW, or CAP_NET_ADMIN, in the namespace that owns the wire) can answer for any address of its segment: the victim’s packets to the gateway or to another container go to it, to be read or changed. A network of the user’s own does not stop that; only separation, a lost right, isolated ports or a filter of bridge frames do.',
  remedy: 'Drop NET_RAW (and NET_ADMIN), put it on a network without others, or isolate its port; `bulkhead l2 --from NAME --to NAME` lists what would stop each pair.',
  references: ['RFC 826', 'packet(7)', 'bridge(8)', 'docs/threat-model.md'],
  good: { text: 'docker run --cap-drop NET_RAW --network shop web', facts: () => plainFacts(pair(), {}, reaches('blocked')) },
  bad: { text: 'docker run --network shop web', facts: () => plainFacts(pair(), {}, reaches('possible')) },
  find: (facts) => impersonators(facts, 'possible', (names, segment, attacker, right, unless) => `${attacker} can be anybody on ${segment} to ${names} (${right})${unless}.`),
};
