import { expect, test } from 'vitest';
import { known, unknown } from '../model/reading.js';
import { plainContainer, plainFacts, plainProcess } from './example.js';
import type { Container } from '../model/workload.js';
import { lsmComplain as rule } from './lsm-complain.js';

const find = (containers: readonly Container[]) => rule.find(plainFacts(containers));
const titles = (containers: readonly Container[]) => find(containers).map((hit) => hit.title);
test('a profile that is enforced, and a label that could not be read, are no finding', () => {
  expect(titles([plainContainer({ process: plainProcess({ lsm: known('shop-web (enforce)', '/proc/4200/attr/current') }) })])).toEqual([]);
  expect(titles([plainContainer({ process: plainProcess({ lsm: unknown('absent', '/proc/4200/attr/current') }) })])).toEqual([]);
});
