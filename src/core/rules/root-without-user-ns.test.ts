import { expect, test } from 'vitest';
import { known, unknown } from '../model/reading.js';
import { plainContainer, plainFacts, plainProcess } from './example.js';
import type { Container } from '../model/workload.js';
import { rootWithoutUserNs as rule } from './root-without-user-ns.js';

const find = (containers: readonly Container[]) => rule.find(plainFacts(containers));
const titles = (containers: readonly Container[]) => find(containers).map((hit) => hit.title);
test('root in a user namespace of its own is no finding', () => {
  const process = plainProcess({ uid: known(100000, '/proc/4200/status'), uidMap: known([{ inside: 0, outside: 100000, length: 65536 }], '/proc/4200/uid_map') });
  expect(titles([plainContainer({ process })])).toEqual([]);
});
test('one root among several processes is enough', () => {
  expect(titles([plainContainer({ processes: [plainProcess(), plainProcess({ pid: 4300, uid: known(0, '/proc/4300/status') })] })])).toHaveLength(1);
});
test('a user that could not be read is no finding', () => {
  expect(titles([plainContainer({ process: plainProcess({ uid: unknown('unsupported', 'kernel') }), declared: { user: 'app' } })])).toEqual([]);
});
