import { expect, test } from 'vitest';
import { plainContainer, plainFacts } from './example.js';
import { reaches } from './can-impersonate.js';
import { canImpersonate as rule } from './can-impersonate.js';

const pair = [plainContainer(), plainContainer({ id: 'd0d0'.padEnd(64, '0'), name: 'db' })];

test('the sentence names attacker, segment, victim and what could stop it', () => {
  const judgement = reaches('possible');
  const unless = { ...judgement, segments: judgement.segments.map((s) => ({ ...s, attackers: s.attackers.map((a) => ({ ...a, groups: a.groups.map((g) => ({ ...g, unless: ['an nft rule stops it'] })) })) })) };
  expect(rule.find(plainFacts(pair, {}, unless))[0]?.title).toBe('web can be anybody on shop to db (NET_RAW), unless an nft rule stops it.');
});
test('the host and the gateway come last, in words', () => {
  const judgement = reaches('possible');
  const all = { ...judgement, segments: judgement.segments.map((s) => ({ ...s, attackers: s.attackers.map((a) => ({ ...a, groups: a.groups.map((g) => ({ ...g, victims: ['host', ...g.victims] })) })) })) };
  expect(rule.find(plainFacts(pair, {}, all))[0]?.title).toBe('web can be anybody on shop to db and the host (NET_RAW).');
});
test('latent, blocked and unknown are not this', () => {
  for (const verdict of ['latent', 'blocked', 'unknown'] as const) expect(rule.find(plainFacts(pair, {}, reaches(verdict)))).toEqual([]);
});
