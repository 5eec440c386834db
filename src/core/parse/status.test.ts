import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { valueOf } from '../model/reading.js';
import { capabilityNames } from './capabilities.js';
import { parseStatus } from './status.js';

const real = (name: string) => readFileSync(new URL(`fixtures/${name}.txt`, import.meta.url), 'latin1');

test('the rights of a container are read from its status', () => {
  const status = valueOf(parseStatus(real('status-container'), '/proc/11967/status'));
  expect(status).toMatchObject({ comm: 'sleep', uid: 0, pidInside: 1, kernelThread: false, noNewPrivs: false, seccomp: 'filter', seccompFilters: 1 });
  const names = capabilityNames(status?.effective ?? '');
  expect(names).toContain('CAP_NET_RAW');
  expect(names).toHaveLength(14);
});

test('a kernel thread is told by the kernel, and before Linux 6.8 by its parent', () => {
  const text = real('status-kthreadd');
  expect(valueOf(parseStatus(text, 'p'))?.kernelThread).toBe(true);
  const older = text.replace('Kthread:\t1\n', '');
  expect(valueOf(parseStatus(older, 'p'))?.kernelThread).toBe(true);
  expect(valueOf(parseStatus(older.replace('PPid:\t0', 'PPid:\t2').replace('\nPid:\t2\n', '\nPid:\t30\n'), 'p'))?.kernelThread).toBe(true);
  const child = real('status-container').replace('Kthread:\t0\n', '').replace(/PPid:\t\d+/, 'PPid:\t2');
  expect(valueOf(parseStatus(child, 'p'))?.kernelThread).toBe(false);
});

test('what an older kernel does not tell is undefined and not fine', () => {
  const status = valueOf(parseStatus(real('status-container').replace(/NoNewPrivs.*\n/, '').replace(/Seccomp:.*\n/, '').replace(/Seccomp_filters.*\n/, ''), 'p'));
  expect(status?.noNewPrivs).toBeUndefined();
  expect(status?.seccomp).toBeUndefined();
  expect(status?.seccompFilters).toBeUndefined();
});

test('a name cannot pretend to be another line', () => {
  // The kernel escapes the newline in a name.
  const text = real('status-container').replace('Name:\tsleep', 'Name:\ta\\nUid:\\t1');
  const status = valueOf(parseStatus(text, 'p'));
  expect(status?.comm).toBe('a\nUid:\\t1');
  expect(status?.uid).toBe(0);
});

test('a text cut anywhere before its end of rights is unknown, with the path', () => {
  const text = real('status-container');
  const last = text.indexOf('CapAmb:') + 'CapAmb:\t0000000000000000'.length;
  for (let length = 0; length <= last; length += 7) expect(parseStatus(text.slice(0, length), '/proc/7/status')).toEqual({ unknown: 'unsupported', source: '/proc/7/status' });
});

test('capabilities without a name yet keep their number, and no mask is no list', () => {
  expect(capabilityNames('0000020000000000')).toEqual(['CAP_41']);
  expect(capabilityNames('0000000000000000')).toEqual([]);
  expect(capabilityNames('what')).toBeUndefined();
});
