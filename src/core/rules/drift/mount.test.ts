import { expect, test } from 'vitest';
import type { Mount } from '../../model/workload.js';
import { known } from '../../model/reading.js';
import { plainContainer, plainFacts } from '../example.js';
import type { Container } from '../../model/workload.js';
import { driftMount as rule } from './mount.js';

const find = (containers: readonly Container[]) => rule.find(plainFacts(containers));
const mount = (edit: Partial<Mount>): Mount => ({ destination: '/x', root: '/', host: '', fstype: 'ext4', device: '/dev/sdb1', writable: true, propagation: 'private', declared: false, ...edit });
const has = (...mounts: Mount[]) => find([plainContainer({ mounts: known(mounts, 'k') })]);

test('a file system of its own that holds nothing of the host is low, and told once', () => {
  expect(has(mount({ fstype: 'tmpfs' }), mount({ fstype: 'overlay', destination: '/y' })).map((h) => h.severity)).toEqual(['low']);
});
test('a disk or a folder of the host is high, read-only less', () => {
  expect(has(mount({})).map((h) => h.severity)).toEqual(['high']);
  expect(has(mount({ host: '/etc', writable: false })).map((h) => h.severity)).toEqual(['medium']);
});
test('what was declared is quiet', () => {
  expect(has(mount({ declared: true }))).toEqual([]);
});
test('what was declared read-only and can be written to is told', () => {
  const declared = { mounts: [{ type: 'bind', source: '/srv', destination: '/x', writable: false, propagation: '' }] };
  const titles = (writable: boolean) => find([plainContainer({ declared, mounts: known([mount({ declared: true, host: '/srv', writable })], 'k') })]).map((h) => h.title);
  expect(titles(true)).toEqual(['web can write to /srv of the host, at /x, which was declared read-only.']);
  expect(titles(false)).toEqual([]);
});
