import { expect, test } from 'vitest';
import { shamGuard as rule } from './sham-guard.js';

test('each place is told once', () => {
  const facts = rule.bad.facts();
  expect(rule.find(facts).map((h) => h.key)).toEqual(['nft bridge filter forward, rule 1']);
});

test('its reason is a sentence that ends once', () => {
  expect(rule.find(rule.bad.facts()).map((h) => h.title)).toEqual([expect.stringMatching(/is none: .*[^.]\.$/)]);
});
