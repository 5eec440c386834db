import { expect, test } from 'vitest';
import { known } from '../../model/reading.js';
import { plainContainer, plainFacts, plainProcess } from '../example.js';
import type { Container } from '../../model/workload.js';
import { driftNoNewPrivs as rule } from './no-new-privs.js';

const find = (containers: readonly Container[]) => rule.find(plainFacts(containers));
const titles = (containers: readonly Container[]) => find(containers).map((hit) => hit.title);
test('a process that set it by itself is no drift, and neither is one that came by exec', () => {
  expect(titles([plainContainer({ declared: { noNewPrivs: false } })])).toEqual([]);
  expect(titles([plainContainer({ processes: [plainProcess(), plainProcess({ pid: 4300, role: 'exec', noNewPrivs: known(false, 'k') })] })])).toEqual([]);
});
