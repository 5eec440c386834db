import { expect, test } from 'vitest';
import { known, unknown } from '../model/reading.js';
import { plainContainer, plainFacts, plainHost, plainNamespaces } from './example.js';
import type { Container } from '../model/workload.js';
import { hostCgroupNamespace as rule } from './host-cgroup-namespace.js';

const find = (containers: readonly Container[]) => rule.find(plainFacts(containers));
const titles = (containers: readonly Container[]) => find(containers).map((hit) => hit.title);
test('where the namespace could not be read the declaration speaks', () => {
  const namespaces = { ...plainNamespaces(), cgroup: { inode: unknown('denied' as const, 'ns'), owner: unknown('denied' as const, 'ns') } };
  expect(titles([plainContainer({ namespaces, declared: { cgroupnsMode: 'host' } })])).toHaveLength(1);
  expect(titles([plainContainer({ namespaces })])).toEqual([]);
});

test('with cgroup v1 it is the engines’ way', () => {
  const facts = rule.bad.facts();
  expect(rule.find({ ...facts, snapshot: { ...facts.snapshot, host: { ...plainHost, cgroupVersion: known('v1', '/sys/fs/cgroup') } } })).toEqual([]);
});
