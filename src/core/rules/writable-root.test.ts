import { expect, test } from 'vitest';
import { known, unknown } from '../model/reading.js';
import { plainContainer, plainFacts } from './example.js';
import type { Container } from '../model/workload.js';
import { writableRoot as rule } from './writable-root.js';

const find = (containers: readonly Container[]) => rule.find(plainFacts(containers));
const titles = (containers: readonly Container[]) => find(containers).map((hit) => hit.title);
test('one that was declared read-only is left to the rule on drift', () => {
  expect(titles([plainContainer({ rootReadOnly: known(false, '/proc/4200/mountinfo') })])).toEqual([]);
});
test('where the kernel cannot be read the declaration speaks', () => {
  expect(titles([plainContainer({ rootReadOnly: unknown('unsupported', 'kernel'), declared: { readonlyRootfs: false } })])).toHaveLength(1);
});
