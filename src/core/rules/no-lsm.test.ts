import { expect, test } from 'vitest';
import { known, unknown } from '../model/reading.js';
import { plainContainer, plainFacts, plainHost } from './example.js';
import { noLsm as rule } from './no-lsm.js';

test('it is one finding of the host, not of its containers', () => {
  const hits = rule.find(plainFacts([plainContainer(), plainContainer({ id: 'b'.repeat(64) })], { host: { ...plainHost, lsms: known([], 'lsm') } }));
  expect(hits.map((h) => h.subjects[0]?.kind)).toEqual(['host']);
});
test('a list that could not be read is no finding', () => {
  expect(rule.find(plainFacts([], { host: { ...plainHost, lsms: unknown('denied', 'lsm') } }))).toEqual([]);
});
