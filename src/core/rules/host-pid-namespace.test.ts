import { expect, test } from 'vitest';
import { unknown } from '../model/reading.js';
import { plainContainer, plainFacts, plainNamespaces } from './example.js';
import type { Container } from '../model/workload.js';
import { hostPidNamespace as rule } from './host-pid-namespace.js';

const find = (containers: readonly Container[]) => rule.find(plainFacts(containers));
const titles = (containers: readonly Container[]) => find(containers).map((hit) => hit.title);
test('where the namespace could not be read the declaration speaks', () => {
  const namespaces = { ...plainNamespaces(), pid: { inode: unknown('denied' as const, 'ns'), owner: unknown('denied' as const, 'ns') } };
  expect(titles([plainContainer({ namespaces, declared: { pidMode: 'host' } })])).toHaveLength(1);
  expect(titles([plainContainer({ namespaces })])).toEqual([]);
});
