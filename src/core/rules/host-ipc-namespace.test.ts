import { expect, test } from 'vitest';
import { unknown } from '../model/reading.js';
import { plainContainer, plainFacts, plainNamespaces } from './example.js';
import type { Container } from '../model/workload.js';
import { hostIpcNamespace as rule } from './host-ipc-namespace.js';

const find = (containers: readonly Container[]) => rule.find(plainFacts(containers));
const titles = (containers: readonly Container[]) => find(containers).map((hit) => hit.title);
test('where the namespace could not be read the declaration speaks', () => {
  const namespaces = { ...plainNamespaces(), ipc: { inode: unknown('denied' as const, 'ns'), owner: unknown('denied' as const, 'ns') } };
  expect(titles([plainContainer({ namespaces, declared: { ipcMode: 'host' } })])).toHaveLength(1);
  expect(titles([plainContainer({ namespaces })])).toEqual([]);
});
