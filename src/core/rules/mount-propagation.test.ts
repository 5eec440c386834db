import { expect, test } from 'vitest';
import { plainContainer, plainFacts } from './example.js';
import type { Container } from '../model/workload.js';
import { mountPropagation as rule } from './mount-propagation.js';

const find = (containers: readonly Container[]) => rule.find(plainFacts(containers));
const titles = (containers: readonly Container[]) => find(containers).map((hit) => hit.title);
const bind = (propagation: string) => ({ type: 'bind', source: '/mnt/data', destination: '/data', writable: true, propagation });

test('only what passes mounts to the host counts', () => {
  for (const quiet of ['rprivate', 'rslave', 'private', '']) expect(titles([plainContainer({ declared: { mounts: [bind(quiet)] } })])).toEqual([]);
  expect(titles([plainContainer({ declared: { mounts: [bind('shared')] } })])).toHaveLength(1);
});
