import { expect, test } from 'vitest';
import { known, unknown } from '../../model/reading.js';
import type { Container, Declared, Mount } from '../../model/workload.js';
import { plainContainer, plainFacts } from '../example.js';
import { driftSystemPaths as rule } from './system-paths.js';

const titles = (...containers: readonly Container[]) => rule.find(plainFacts(containers)).map((hit) => hit.title);
const has = (masked: readonly string[], locked: readonly string[], declared: Partial<Declared> = {}, edit: Partial<Container> = {}) =>
  plainContainer({ maskedPaths: known(masked, 'k'), readonlyPaths: known(locked, 'k'), ...edit, declared: { systemPaths: 'default', ...declared } });
const whole = has(['/proc/kcore', '/sys/firmware'], ['/proc/fs', '/proc/sys'], {}, { id: 'd'.repeat(64), name: 'db' });

test('what is covered in another container and not in this one is told', () => {
  expect(titles(has(['/proc/kcore'], ['/proc/fs', '/proc/sys']), whole)).toEqual(['web: /sys/firmware was declared to be masked or read-only and is not.']);
  expect(titles(whole)).toEqual([]);
});
test('a path that only newer engines mask is nobody’s drift', () => {
  const newer = has(['/proc/kcore', '/sys/firmware', '/proc/interrupts'], ['/proc/fs', '/proc/sys']);
  expect(titles(newer, whole)).toEqual([]);
});
test('a /sys that can be written to is told, and not where it was mounted so', () => {
  const sys: Mount = { destination: '/sys', root: '/', host: '', fstype: 'sysfs', device: 'sysfs', writable: true, propagation: 'private', declared: true };
  const open = (mounts: Declared['mounts']) => has(['/proc/kcore', '/sys/firmware'], ['/proc/fs', '/proc/sys'], { mounts }, { mounts: known([sys], 'k') });
  expect(titles(open([]))).toEqual(['web: /sys was declared to be masked or read-only and is not.']);
  expect(titles(open([{ type: 'bind', source: '/sys', destination: '/sys', writable: true, propagation: '' }]))).toEqual([]);
});
test('what was declared otherwise, or not told, or not read, is no drift', () => {
  expect(titles(has([], [], { systemPaths: 'other' }), whole)).toEqual([]);
  expect(titles(plainContainer({ maskedPaths: known([], 'k'), readonlyPaths: known([], 'k') }), whole)).toEqual([]);
  expect(titles(has([], [], {}, { maskedPaths: unknown('denied', 'k') }), whole)).toEqual([]);
  expect(titles(has([], [], { privileged: true }), whole)).toEqual([]);
});
