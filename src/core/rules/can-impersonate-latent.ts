import type { Rule } from './rule.js';
import { impersonators, reaches } from './can-impersonate.js';
import { plainContainer, plainFacts } from './example.js';

const pair = () => [plainContainer(), plainContainer({ id: 'd0d0'.padEnd(64, '0'), name: 'db' })];

export const canImpersonateLatent: Rule = {
  id: 'BH-L2-02',
  name: 'can-impersonate-latent',
  family: 'wire',
  severity: 'low',
  title: 'A container could impersonate others once a program in it gives it the right.',
  why: 'Nothing that runs in it holds the right to send forged frames now; a setuid or file-capability program in its image, or a process started with more rights, would. The bounding set allows it and no_new_privs is off.',
  remedy: 'Drop NET_RAW and NET_ADMIN from the bounding set (--cap-drop), or start it with --security-opt no-new-privileges.',
  references: ['capabilities(7), file capabilities', 'docs/threat-model.md'],
  good: { text: 'docker run --user 1000 --security-opt no-new-privileges web', facts: () => plainFacts(pair(), {}, reaches('blocked')) },
  bad: { text: 'docker run --user 1000 web', facts: () => plainFacts(pair(), {}, reaches('latent')) },
  find: (facts) => impersonators(facts, 'latent', (names, segment, attacker, _right, unless) => `${attacker} could be anybody on ${segment} to ${names}, once a program in it gives it the right${unless}.`),
};
