import { expect, test } from 'vitest';
import { known, unknown } from '../model/reading.js';
import { plainContainer, plainFacts, plainProcess } from './example.js';
import type { Container } from '../model/workload.js';
import { unconfinedSeccomp as rule } from './unconfined-seccomp.js';

const find = (containers: readonly Container[]) => rule.find(plainFacts(containers));
const titles = (containers: readonly Container[]) => find(containers).map((hit) => hit.title);
test('a filter that could not be read is no finding, unless it was declared away', () => {
  const process = plainProcess({ seccomp: unknown('unsupported', 'kernel') });
  expect(titles([plainContainer({ process })])).toEqual([]);
  expect(titles([plainContainer({ process, declared: { seccomp: { kind: 'unconfined', defaultAction: '', rules: [] } } })])).toHaveLength(1);
});
test('a privileged container is told once, by its own rule', () => {
  expect(titles([plainContainer({ process: plainProcess({ seccomp: known('disabled', '/proc/4200/status') }), declared: { privileged: true } })])).toEqual([]);
});
