import { expect, test } from 'vitest';
import { known, unknown } from '../model/reading.js';
import { plainContainer, plainFacts } from './example.js';
import type { Container } from '../model/workload.js';
import { unmaskedPaths as rule } from './unmasked-paths.js';

const find = (containers: readonly Container[]) => rule.find(plainFacts(containers));
const titles = (containers: readonly Container[]) => find(containers).map((hit) => hit.title);
test('unread is no finding, and neither is one of the two alone', () => {
  expect(titles([plainContainer({ maskedPaths: unknown('denied', 'mountinfo'), readonlyPaths: known([], 'mountinfo') })])).toEqual([]);
  expect(titles([plainContainer({ maskedPaths: known([], 'mountinfo') })])).toEqual([]);
});
