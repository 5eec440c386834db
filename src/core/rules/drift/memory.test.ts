import { expect, test } from 'vitest';
import { known, unknown } from '../../model/reading.js';
import { plainCgroup, plainContainer, plainFacts } from '../example.js';
import type { Container } from '../../model/workload.js';
import { driftMemory as rule } from './memory.js';

const find = (containers: readonly Container[]) => rule.find(plainFacts(containers));
const titles = (containers: readonly Container[]) => find(containers).map((hit) => hit.title);
const kernel = (limit: number | 'max', declared: number | 'max') =>
  find([plainContainer({ cgroup: { ...plainCgroup, memory: { ...plainCgroup.memory, limit: known(limit, 'k') } }, declared: { memory: declared } })]);
 
test('rounding to a page is no drift', () => {
  expect(kernel(99_999_744, 100_000_000)).toEqual([]);
});
test('looser is more than tighter', () => {
  expect(kernel('max', 1e9).map((h) => h.severity)).toEqual(['medium']);
  expect(kernel(5e8, 1e9).map((h) => h.severity)).toEqual(['low']);
  expect(kernel(5e8, 'max').map((h) => h.severity)).toEqual(['low']);
});
test('a paused container is held to its word, one that is being started is not', () => {
  const cgroup = { ...plainCgroup, memory: { ...plainCgroup.memory, limit: known('max' as const, 'k') } };
  expect(titles([plainContainer({ cgroup, state: 'paused' })])).toHaveLength(1);
  expect(titles([plainContainer({ cgroup, state: 'restarting' })])).toEqual([]);
  expect(titles([plainContainer({ cgroup: { ...plainCgroup, memory: { ...plainCgroup.memory, limit: unknown('absent', 'k') } } })])).toEqual([]);
});
