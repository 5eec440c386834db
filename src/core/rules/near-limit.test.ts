import { expect, test } from 'vitest';
import { known } from '../model/reading.js';
import { plainCgroup, plainContainer, plainFacts } from './example.js';
import type { Container } from '../model/workload.js';
import { nearLimit as rule } from './near-limit.js';

const find = (containers: readonly Container[]) => rule.find(plainFacts(containers));
test('the effective limit counts, whoever imposes it', () => {
  const cgroup = { ...plainCgroup, memory: { ...plainCgroup.memory, effectiveLimit: known(52_000_000, 'slice') } };
  expect(find([plainContainer({ cgroup })]).map((h) => h.key)).toEqual(['memory']);
});
test('processes count as well, and without a limit nothing is near', () => {
  expect(find([plainContainer({ cgroup: { ...plainCgroup, pids: { ...plainCgroup.pids, usage: known(95, 'pids.current') } } })]).map((h) => h.key)).toEqual(['pids']);
  expect(find([plainContainer({ cgroup: { ...plainCgroup, pids: { ...plainCgroup.pids, effectiveLimit: known('max', 'k'), usage: known(95, 'k') } } })])).toEqual([]);
});
