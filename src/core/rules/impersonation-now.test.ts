import { expect, test } from 'vitest';
import { impersonationNow as rule } from './impersonation-now.js';

test('a healed alarm is no finding', () => {
  const facts = rule.bad.facts();
  expect(rule.find({ ...facts, alarms: facts.alarms?.map((a) => ({ ...a, healedAt: '2026-01-01T00:01:00Z' })) ?? [] })).toEqual([]);
});
