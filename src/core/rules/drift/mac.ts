import { isKnown, known } from '../../model/reading.js';
import type { Hit, Rule } from '../rule.js';
import { plainFacts, plainInterface } from '../example.js';
import { subjectOf } from '../subjects.js';
import { givenNets, saysEngine } from './net.js';

export const driftMac: Rule = {
  id: 'BH-DRIFT-14',
  name: 'drift-mac',
  family: 'drift',
  severity: 'high',
  title: 'A container’s interface has another MAC than the engine gave it.',
  why: 'With NET_ADMIN a process takes another’s MAC; the bridge then learns that MAC at its port and sends it what was meant for the other.',
  remedy: 'Drop NET_ADMIN; ask the engine for the MAC (--mac-address).',
  references: ['ip-link(8)', 'bridge(8)'],
  good: { text: '02:42:ac:14:00:02, as the engine gave it', facts: () => plainFacts() },
  bad: { text: 'ip link set eth0 address 02:42:ac:14:00:03', facts: () => plainFacts(undefined, { interfaces: [plainInterface({ mac: known('02:42:ac:14:00:03', 'ip -j -d link') })] }) },
  find: ({ snapshot }) =>
    givenNets(snapshot).flatMap(({ c, given, of }): Hit[] =>
      given.flatMap((e): Hit[] => {
        const i = of(e);
        // ipvlan has its parent's MAC whatever the engine says.
        if (!i || i.kind === 'ipvlan' || !isKnown(i.mac) || !isKnown(e.mac) || !saysEngine(e.mac.source)) return [];
        if (i.mac.value.toLowerCase() === e.mac.value.toLowerCase()) return [];
        return [{ title: `${c.name} has the MAC ${i.mac.value} on ${i.name}, and the engine gave it ${e.mac.value}.`, subjects: [subjectOf(c)], evidence: [i.mac, e.mac], key: i.name }];
      }),
    ),
};
