import { expect, test } from 'vitest';
import { known } from '../../model/reading.js';
import { plainCgroup, plainContainer, plainFacts } from '../example.js';
import type { Container } from '../../model/workload.js';
import { driftCpu as rule } from './cpu.js';

const find = (containers: readonly Container[]) => rule.find(plainFacts(containers));
const kernel = (limit: number | 'max', declared: number | 'max') =>
  find([plainContainer({ cgroup: { ...plainCgroup, cpu: { ...plainCgroup.cpu, limit: known(limit, 'k') } }, declared: { cpus: declared } })]);
 
test('rounding to a hundredth of a core is no drift', () => {
  expect(kernel(0.34, 0.333)).toEqual([]);
  expect(kernel(0.5, 0.333)).toHaveLength(1);
});
test('no limit on both sides is no drift', () => {
  expect(kernel('max', 'max')).toEqual([]);
});
