import { expect, test } from 'vitest';
import { known } from '../../model/reading.js';
import { plainCgroup, plainContainer, plainFacts, plainHost } from '../example.js';
import type { Container } from '../../model/workload.js';
import { driftPids as rule } from './pids.js';

const find = (containers: readonly Container[]) => rule.find(plainFacts(containers));
const kernel = (limit: number | 'max', declared: number | 'max') =>
  find([plainContainer({ cgroup: { ...plainCgroup, pids: { ...plainCgroup.pids, limit: known(limit, 'k') } }, declared: { pidsLimit: declared } })]);
 
test('a limit that systemd or Podman gives where none was declared is their way', () => {
  expect(kernel(4915, 'max')).toEqual([]);
  const c = plainContainer({ declared: { pidsLimit: 'max' } });
  const engine = { ...plainHost.engine, cgroupDriver: known('cgroupfs', 'engine: CgroupDriver') };
  expect(rule.find(plainFacts([c], { host: { ...plainHost, engine } }))).toHaveLength(1);
  expect(rule.find(plainFacts([c], { host: { ...plainHost, engine: { ...engine, name: 'Podman Engine' } } }))).toEqual([]);
});
test('one that was declared and is gone is drift', () => {
  expect(kernel('max', 100)).toHaveLength(1);
});
