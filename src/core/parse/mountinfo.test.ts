import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { valueOf } from '../model/reading.js';
import { hostPath, parseMountinfo } from './mountinfo.js';

const text = readFileSync(new URL('fixtures/mountinfo-container.txt', import.meta.url), 'latin1');
const lines = valueOf(parseMountinfo(text, 'p')) ?? [];

test('each line of a container is a mount', () => {
  expect(lines).toHaveLength(text.trimEnd().split('\n').length);
  expect(lines[0]).toMatchObject({ point: '/', fstype: 'overlay', readOnly: true, propagation: 'slave', superReadOnly: false });
  expect(lines.find((one) => one.point === '/proc/acpi')).toMatchObject({ fstype: 'tmpfs', readOnly: true, superReadOnly: true });
});

test('blanks in paths are written in octal', () => {
  expect(lines.at(-1)).toMatchObject({ root: '/srv/shop data', point: '/data here', propagation: 'private', readOnly: true });
});

test('propagation: shared wins over a master, unbindable is its own', () => {
  const of = (tags: string) => valueOf(parseMountinfo(`1 2 8:1 / /m rw${tags} - ext4 /dev/a rw\n`, 'p'))?.[0]?.propagation;
  expect(of('')).toBe('private');
  expect(of(' shared:3')).toBe('shared');
  expect(of(' shared:3 master:2')).toBe('shared');
  expect(of(' master:2')).toBe('slave');
  expect(of(' unbindable')).toBe('unbindable');
});

test('lines that are alike but for the file system and what is mounted of it differ in just that', () => {
  const two = valueOf(parseMountinfo('1 2 8:1 /a /m rw - ext4 /dev/a rw\n3 4 8:2 /b /m rw - ext4 /dev/a rw\n5 6 8:2 /b /m ro - ext4 /dev/a rw\n', 'p')) ?? [];
  expect(two).toMatchObject([{ device: '8:1', root: '/a', readOnly: false }, { device: '8:2', root: '/b', readOnly: false }, { device: '8:2', root: '/b', readOnly: true }]);
});

test('half a table is no table; an empty one is what a chroot sees', () => {
  expect(parseMountinfo(text.slice(0, -4), 'p')).toEqual({ unknown: 'unsupported', source: 'p' });
  expect(parseMountinfo(`${text}nonsense\n`, 'p')).toEqual({ unknown: 'unsupported', source: 'p' });
  expect(parseMountinfo('', 'p')).toEqual({ value: [], source: 'p' });
});

test('where a bind comes from is found in the mount table of the host', () => {
  const host = valueOf(parseMountinfo(
    '27 1 254:0 / / rw - ext4 /dev/vda rw\n28 27 8:1 / /srv rw - ext4 /dev/sda1 rw\n29 27 8:2 /vol /mnt/vol rw - ext4 /dev/sdb rw\n',
    'p',
  )) ?? [];
  expect(hostPath(host, '254:0', '/etc')).toBe('/etc');
  expect(hostPath(host, '8:1', '/data')).toBe('/srv/data');
  expect(hostPath(host, '8:1', '/')).toBe('/srv');
  expect(hostPath(host, '8:2', '/vol/a')).toBe('/mnt/vol/a');
  expect(hostPath(host, '8:2', '/other')).toBe('');
  expect(hostPath(host, '9:9', '/')).toBe('');
});
