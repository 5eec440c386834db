import { expect, test } from 'vitest';
import { plainContainer, plainFacts } from './example.js';
import { reaches } from './can-impersonate.js';
import { canImpersonateLatent as rule } from './can-impersonate-latent.js';

const pair = [plainContainer(), plainContainer({ id: 'd0d0'.padEnd(64, '0'), name: 'db' })];

test('possible is told by its own rule', () => {
  expect(rule.find(plainFacts(pair, {}, reaches('possible')))).toEqual([]);
});
