import { expect, test } from 'vitest';
import { unknown } from '../model/reading.js';
import { plainCgroup, plainContainer, plainFacts } from './example.js';
import type { Container } from '../model/workload.js';
import { oomKilled as rule } from './oom-killed.js';

const find = (containers: readonly Container[]) => rule.find(plainFacts(containers));
const titles = (containers: readonly Container[]) => find(containers).map((hit) => hit.title);
test('a count that could not be read is no finding', () => {
  expect(titles([plainContainer({ cgroup: { ...plainCgroup, memory: { ...plainCgroup.memory, oomKills: unknown('absent', 'memory.events') } } })])).toEqual([]);
});
