import { expect, test } from 'vitest';
import { known, unknown } from '../../model/reading.js';
import { plainContainer, plainFacts, plainProcess } from '../example.js';
import type { Container } from '../../model/workload.js';
import { driftSeccomp as rule } from './seccomp.js';

const find = (containers: readonly Container[]) => rule.find(plainFacts(containers));
const titles = (containers: readonly Container[]) => find(containers).map((hit) => hit.title);
const off = (edit: Parameters<typeof plainContainer>[0] = {}) => plainContainer({ process: plainProcess({ seccomp: known('disabled', '/proc/4200/status') }), ...edit });

test('an engine that gives nobody a filter by default is its ordinary way', () => {
  expect(titles([off(), off({ id: 'b'.repeat(64), name: 'db' })])).toEqual([]);
  expect(titles([off(), plainContainer({ id: 'b'.repeat(64), name: 'db' })])).toHaveLength(1);
});
test('a filter that a process gave itself is no drift, and neither is --privileged', () => {
  expect(titles([plainContainer({ declared: { seccomp: { kind: 'unconfined', defaultAction: '', rules: [] } } })])).toEqual([]);
  expect(titles([off({ declared: { privileged: true } })])).toEqual([]);
});
test('unread is no drift', () => {
  expect(titles([plainContainer({ process: plainProcess({ seccomp: unknown('denied', 'k') }), declared: { seccomp: { kind: 'custom', defaultAction: '', rules: [] } } })])).toEqual([]);
});
