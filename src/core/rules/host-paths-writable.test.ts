import { expect, test } from 'vitest';
import { known } from '../model/reading.js';
import { plainContainer, plainFacts, plainProcess } from './example.js';
import type { Container } from '../model/workload.js';
import { hostPathsWritable as rule } from './host-paths-writable.js';

const find = (containers: readonly Container[]) => rule.find(plainFacts(containers));
const bind = (source: string, writable = true) => ({ type: 'bind', source, destination: '/x', writable, propagation: 'rprivate' });
const found = (source: string, writable = true) => find([plainContainer({ declared: { mounts: [bind(source, writable)] } })]).map((h) => h.severity);

test('what the host runs or trusts is critical, a folder of data is nothing', () => {
  expect(found('/')).toEqual(['critical']);
  expect(found('/var/lib/docker')).toEqual(['critical']);
  expect(found('/srv/data')).toEqual([]);
  expect(found('/etc', false)).toEqual([]);
});
test('the kernel’s word on read-only is taken over the declaration’s', () => {
  const mounts = known([{ destination: '/x', root: '/etc', host: '/etc', fstype: 'ext4', device: '/dev/sda1', writable: false, propagation: 'private' as const, declared: true }], '/proc/4200/mountinfo');
  expect(find([plainContainer({ mounts, declared: { mounts: [bind('/etc')] } })])).toEqual([]);
});
test('with a user namespace of its own it is one step less', () => {
  const process = plainProcess({ uidMap: known([{ inside: 0, outside: 100000, length: 65536 }], '/proc/4200/uid_map') });
  expect(find([plainContainer({ process, declared: { mounts: [bind('/etc')] } })]).map((h) => h.severity)).toEqual(['high']);
});
