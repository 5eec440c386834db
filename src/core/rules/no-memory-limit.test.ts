import { expect, test } from 'vitest';
import { known, unknown } from '../model/reading.js';
import { plainCgroup, plainContainer, plainFacts } from './example.js';
import type { Container } from '../model/workload.js';
import { noMemoryLimit as rule } from './no-memory-limit.js';

const find = (containers: readonly Container[]) => rule.find(plainFacts(containers));
const titles = (containers: readonly Container[]) => find(containers).map((hit) => hit.title);
const memory = (edit: Partial<typeof plainCgroup.memory>) => ({ ...plainCgroup, memory: { ...plainCgroup.memory, ...edit } });
const max = known('max' as const, 'memory.max');

test('a limit of an ancestor is a limit', () => {
  expect(titles([plainContainer({ cgroup: memory({ limit: max, effectiveLimit: known(1024, 'slice') }) })])).toEqual([]);
});
test('where the kernel cannot be read the declaration speaks', () => {
  const unread = memory({ limit: unknown('unsupported', 'k'), effectiveLimit: unknown('unsupported', 'k') });
  expect(titles([plainContainer({ cgroup: unread, declared: { memory: 'max' } })])).toHaveLength(1);
  expect(titles([plainContainer({ cgroup: unread })])).toEqual([]);
});
test('an effective limit that could not be read says nothing of a known own one', () => {
  expect(titles([plainContainer({ cgroup: memory({ effectiveLimit: unknown('denied', 'k') }), declared: { memory: 'max' } })])).toEqual([]);
});
