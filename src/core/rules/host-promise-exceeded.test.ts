import { expect, test } from 'vitest';
import { known } from '../model/reading.js';
import { plainCgroup, plainContainer, plainFacts } from './example.js';
import { hostPromiseExceeded as rule } from './host-promise-exceeded.js';

const GIB = 1024 ** 3;
const at = (n: number, limit: number | 'max', parent: string) => plainContainer({ id: String(n).padEnd(64, '0'), name: `c${n}`, cgroup: { ...plainCgroup, path: known(`${parent}/${n}`, 'cgroup'), memory: { ...plainCgroup.memory, limit: known(limit, 'memory.max') } } });
const node = (id: string, parent: string | null, limit: number | 'max') => ({ id, parent, of: null, processCount: 0, facts: { ...plainCgroup, memory: { ...plainCgroup.memory, limit: known(limit, 'memory.max') } } });
const tree = (slice: number | 'max', ...leaves: number[]) => [node('/', null, 'max'), node('/shop.slice', '/', slice), ...leaves.map((n) => node(`/shop.slice/${n}`, '/shop.slice', 'max'))];

test('a slice’s own limit caps what its children were promised', () => {
  const containers = [at(1, 6 * GIB, '/shop.slice'), at(2, 6 * GIB, '/shop.slice')];
  expect(rule.find(plainFacts(containers, { cgroups: tree(4 * GIB, 1, 2) }))).toEqual([]);
  expect(rule.find(plainFacts(containers, { cgroups: tree('max', 1, 2) }))).toHaveLength(1);
});
test('one without a limit is named, and promised nothing', () => {
  expect(rule.find(plainFacts([at(1, 'max', '')]))).toEqual([]);
  expect(rule.find(plainFacts([at(1, 'max', ''), at(2, 9 * GIB, '')]))[0]?.title).toContain('1 more');
});
