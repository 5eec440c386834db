import { expect, test } from 'vitest';
import { unknown } from '../model/reading.js';
import { plainContainer, plainFacts, plainNamespaces } from './example.js';
import type { Container } from '../model/workload.js';
import { hostMntNamespace as rule } from './host-mnt-namespace.js';

const find = (containers: readonly Container[]) => rule.find(plainFacts(containers));
const titles = (containers: readonly Container[]) => find(containers).map((hit) => hit.title);
test('unread is no finding', () => {
  const namespaces = { ...plainNamespaces(), mnt: { inode: unknown('denied' as const, 'ns'), owner: unknown('denied' as const, 'ns') } };
  expect(titles([plainContainer({ namespaces })])).toEqual([]);
});
