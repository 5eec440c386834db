import { expect, test } from 'vitest';
import { plainContainer, plainFacts } from './example.js';
import type { Container } from '../model/workload.js';
import { privileged as rule } from './privileged.js';

const find = (containers: readonly Container[]) => rule.find(plainFacts(containers));
const titles = (containers: readonly Container[]) => find(containers).map((hit) => hit.title);
test('a privileged container that has stopped is no finding', () => {
  expect(titles([plainContainer({ state: 'exited', pid: null, declared: { privileged: true } })])).toEqual([]);
});
