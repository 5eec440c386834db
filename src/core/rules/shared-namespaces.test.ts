import { expect, test } from 'vitest';
import { known } from '../model/reading.js';
import { plainContainer, plainFacts, plainNamespaces } from './example.js';
import type { Container } from '../model/workload.js';
import { sharedNamespaces as rule } from './shared-namespaces.js';

const find = (containers: readonly Container[]) => rule.find(plainFacts(containers));
const donor = 'c0ffee'.padEnd(64, '0');
const joins = (...kinds: ('net' | 'pid' | 'mnt')[]) => plainContainer({
  id: 'd'.repeat(64), name: 'tap',
  namespaces: { ...plainNamespaces(2), ...Object.fromEntries(kinds.map((k) => [k, { inode: known(1, 'ns'), owner: known(`container:${donor}`, 'ns') }])) },
});

test('one finding for each pair, whatever the number of kinds', () => {
  const hits = find([plainContainer(), joins('net', 'pid')]);
  expect(hits).toHaveLength(1);
  expect(hits[0]?.title).toContain('tap is in web’s net, pid namespaces');
});
test('sharing the files is more than sharing a wire', () => {
  expect(find([plainContainer(), joins('mnt')])[0]?.severity).toBe('medium');
});
