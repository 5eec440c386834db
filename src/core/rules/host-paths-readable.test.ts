import { expect, test } from 'vitest';
import { plainContainer, plainFacts } from './example.js';
import type { Container } from '../model/workload.js';
import { hostPathsReadable as rule } from './host-paths-readable.js';

const find = (containers: readonly Container[]) => rule.find(plainFacts(containers));
const titles = (containers: readonly Container[]) => find(containers).map((hit) => hit.title);
const bind = (source: string, writable = false) => ({ type: 'bind', source, destination: '/x', writable, propagation: 'rprivate' });

test('a whole folder with secrets counts, harmless single files do not', () => {
  expect(titles([plainContainer({ declared: { mounts: [bind('/root')] } })])).toHaveLength(1);
  expect(titles([plainContainer({ declared: { mounts: [bind('/etc/resolv.conf')] } })])).toEqual([]);
});
test('what can be written as well is told by the rule on writing', () => {
  expect(titles([plainContainer({ declared: { mounts: [bind('/root', true)] } })])).toEqual([]);
});
