import { known } from '../model/reading.js';
import type { Alarm } from '../alarm/types.js';
import type { Hit, Rule } from './rule.js';
import { plainContainer, plainFacts } from './example.js';
import { HOST_SUBJECT, nameOf, subjectOf } from './subjects.js';
import { workloads, type Snapshot } from '../model/snapshot.js';
import type { Subject } from '../model/finding.js';

const A = 'c0ffee'.padEnd(64, '0');
const B = 'd0d0'.padEnd(64, '0');
const alarm: Alarm = {
  id: '1', kind: 'impersonation', at: '2026-01-01T00:00:00Z', healedAt: null, attacker: A, victim: B, impersonates: 'gateway:network:shop', address: '172.20.0.1', segment: 'network:shop',
  sentence: 'db takes web for the gateway (172.20.0.1).', evidence: [known('172.20.0.1 at 02:42:ac:14:00:02', '/proc/4300/net/arp')],
};

function who(s: Snapshot, id: string): Subject {
  const w = workloads(s).find((x) => x.id === id);
  return w ? subjectOf(w) : id === 'host' ? HOST_SUBJECT : { kind: 'process', id, name: nameOf(s, id) };
}

export const impersonationNow: Rule = {
  id: 'BH-L2-03',
  name: 'impersonation-now',
  family: 'wire',
  severity: 'critical',
  title: 'A neighbour table holds somebody’s address at another’s MAC: it is happening.',
  why: 'The table of the victim, read from the kernel, sends the packets for one address to another party. This is no possibility but a state.',
  remedy: 'Stop or disconnect the attacker (docker network disconnect), then flush the victim’s entry (ip neigh flush).',
  references: ['arp(7)', 'docs/threat-model.md'],
  good: { text: '172.20.0.1 at the gateway’s MAC', facts: () => ({ ...plainFacts(), alarms: [] }) },
  bad: { text: '172.20.0.1 at web’s MAC, in db’s table', facts: () => ({ ...plainFacts([plainContainer(), plainContainer({ id: B, name: 'db' })]), alarms: [alarm] }) },
  moves: 'alarms',
  find: ({ snapshot, alarms = [] }) =>
    alarms.filter((a) => a.healedAt === null).map((a): Hit => ({ title: a.sentence, subjects: [who(snapshot, a.attacker), who(snapshot, a.victim)], evidence: a.evidence, key: `${a.kind} ${a.address}` })),
};
