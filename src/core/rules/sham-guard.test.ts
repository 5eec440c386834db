import { expect, test } from 'vitest';
import { shamGuard as rule } from './sham-guard.js';

test('each place is told once', () => {
  const facts = rule.bad.facts();
  expect(rule.find(facts).map((h) => h.key)).toEqual(['nft bridge filter forward, rule 1']);
});
