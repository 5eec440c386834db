import { expect, test } from 'vitest';
import { check } from '../rules/index.js';
import { plainContainer, plainFacts } from '../rules/example.js';
import { against, baselineSchema, baselineText } from './baseline.js';
import { applyPolicy, policySchema, type Policy } from './policy.js';

const facts = plainFacts([
  plainContainer({ declared: { privileged: true } }),
  plainContainer({ id: 'b'.repeat(64), name: 'shop-db-1', project: 'shop', service: 'db', declared: { privileged: true } }),
]);
const findings = check(facts);
const judged = (policy: Policy, today = '2026-06-01') => applyPolicy(policy, findings, facts.snapshot, today);

test('without a policy everything counts', () => {
  expect(applyPolicy(null, findings, facts.snapshot, '2026-06-01').findings).toBe(findings);
});

test('a rule is raised or lowered for the containers that are named, by name, service or pattern; the last entry counts', () => {
  const policy: Policy = { version: 1, severity: [{ rule: 'privileged', to: 'medium' }, { rule: 'BH-HOST-04', containers: ['shop/*'], to: 'low' }] };
  expect(judged(policy).findings.map((f) => [f.subjects[0]?.name, f.severity])).toEqual([['shop-db-1', 'low'], ['web', 'medium']]);
});

test('an acceptance holds to the end of its day, then counts again and is told', () => {
  const policy: Policy = { version: 1, accept: [{ rule: 'privileged', containers: ['web'], reason: 'builds images', until: '2026-06-01' }] };
  expect(judged(policy).accepted.map((a) => a.finding.subjects[0]?.name)).toEqual(['web']);
  expect(judged(policy).findings).toHaveLength(1);
  const later = judged(policy, '2026-06-02');
  expect(later.findings).toHaveLength(2);
  expect(later.remarks).toEqual(['privileged for web was accepted until 2026-06-01: that day has passed, and it counts again.']);
});

test('an acceptance of what is not there is told', () => {
  expect(judged({ version: 1, accept: [{ rule: 'intruder', reason: 'x', until: '2027-01-01' }] }).remarks).toEqual(['intruder is accepted and not found: the entry can go.']);
});

test('the schema refuses rules that there are not, days that there are not, and an acceptance without a reason', () => {
  const why = (value: object) => policySchema.safeParse({ version: 1, ...value }).error?.issues[0]?.message;
  expect(why({ accept: [{ rule: 'privilegd', reason: 'x', until: '2027-01-01' }] })).toContain('there is no rule "privilegd"');
  expect(why({ accept: [{ rule: 'privileged', reason: ' ', until: '2027-01-01' }] })).toBe('say why it is accepted');
  expect(why({ accept: [{ rule: 'privileged', reason: 'x', until: '2027-02-30' }] })).toBe('there is no such day');
  expect(why({ acept: [] })).toContain('acept');
});

test('a pattern is no regular expression', () => {
  expect(judged({ version: 1, severity: [{ rule: '*', containers: ['w.b'], to: 'info' }] }).findings.every((f) => f.severity === 'critical')).toBe(true);
});

test('a baseline holds what was found: only what is new counts', () => {
  const baseline = baselineSchema.parse(JSON.parse(baselineText(findings.slice(0, 1))));
  expect(against(baseline, findings).fresh).toEqual(findings.slice(1));
  expect(against(baseline, findings.slice(1))).toEqual({ fresh: findings.slice(1), gone: 1 });
  expect(baselineText(findings)).toBe(baselineText([...findings].reverse()));
});
