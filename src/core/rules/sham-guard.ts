import { known } from '../model/reading.js';
import type { Hit, Rule } from './rule.js';
import { nothingReached, plainFacts } from './example.js';
import { HOST_SUBJECT } from './subjects.js';

export const shamGuard: Rule = {
  id: 'BH-L2-04',
  name: 'sham-guard',
  family: 'wire',
  severity: 'medium',
  title: 'A rule looks like a guard against impersonation and is none.',
  why: 'A filter counts only if it stops the forged frame of every technique that is open, on the hook and port where the frame passes. Many published rules stop replies but not requests, look at the wrong hook, or let a tagged frame by.',
  remedy: 'Replace it by one that drops what does not come from the port’s own address: per port, both ARP operations, and neighbour advertisements.',
  references: ['nft(8), bridge family', 'ebtables(8)', 'docs/threat-model.md'],
  good: { text: 'nft: iifname veth01 arp saddr ip != 172.20.0.2 drop', facts: () => plainFacts() },
  bad: { text: 'nft: arp operation reply drop, nothing for requests', facts: () => plainFacts([], {}, { ...nothingReached, sham: [{ where: 'nft bridge filter forward, rule 1', why: 'It stops replies; a request fills the table as well.' }] }) },
  find: ({ judgement }) =>
    judgement.sham.map((s): Hit => ({ title: `${s.where} looks like a guard and is none: ${s.why}`, subjects: [HOST_SUBJECT], evidence: [known(s.why, s.where)], key: s.where })),
};
