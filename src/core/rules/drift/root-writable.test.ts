import { expect, test } from 'vitest';
import { known, unknown } from '../../model/reading.js';
import { plainContainer, plainFacts } from '../example.js';
import type { Container } from '../../model/workload.js';
import { driftRootWritable as rule } from './root-writable.js';

const find = (containers: readonly Container[]) => rule.find(plainFacts(containers));
const titles = (containers: readonly Container[]) => find(containers).map((hit) => hit.title);
test('one that was never declared read-only is no drift, and unread is none', () => {
  expect(titles([plainContainer({ rootReadOnly: known(false, 'k'), declared: { readonlyRootfs: false } })])).toEqual([]);
  expect(titles([plainContainer({ rootReadOnly: unknown('denied', 'k') })])).toEqual([]);
});
