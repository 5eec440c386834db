import { expect, test } from 'vitest';
import { known, unknown } from '../../model/reading.js';
import { plainContainer, plainFacts, plainInodes, plainNamespaces, plainProcess } from '../example.js';
import type { Container } from '../../model/workload.js';
import { driftProcessElsewhere as rule } from './process-elsewhere.js';

const find = (containers: readonly Container[]) => rule.find(plainFacts(containers));
const at = (edit: Partial<ReturnType<typeof plainInodes>>) => [plainProcess(), plainProcess({ pid: 4400, comm: 'x', namespaces: { ...plainInodes(1, 4400), ...edit } })];

test('namespaces of a program’s own making are low, the host’s and another container’s are high', () => {
  expect(find([plainContainer({ processes: at({ mnt: known(77, 'ns') }) })]).map((h) => h.severity)).toEqual(['low']);
  expect(find([plainContainer({ processes: at({ mnt: known(4026531841, 'ns') }) })]).map((h) => h.severity)).toEqual(['high']);
  const other = plainContainer({ id: 'd'.repeat(64), name: 'db', namespaces: plainNamespaces(2) });
  expect(find([plainContainer({ processes: at({ net: plainInodes(2).net }) }), other]).map((h) => h.severity)).toEqual(['high']);
});
test('unread is no drift', () => {
  expect(find([plainContainer({ processes: at({ mnt: unknown('denied', 'ns') }) })])).toEqual([]);
});
test('each place that it is in is named', () => {
  const [hit] = find([plainContainer({ processes: at({ mnt: known(4026531841, 'ns'), net: known(88, 'ns') }) })]);
  expect(hit?.title).toContain('in other namespaces: the host’s mnt; its own net.');
});
