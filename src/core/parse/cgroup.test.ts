import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { valueOf } from '../model/reading.js';
import { lineage, mainPath, parseCgroup, pathOfId } from './cgroup.js';

const ID = 'a860826b7e0fe8380c36b69d32a5776e2f23c7dc83da177e592392c3ae167d1d';
const v1 = readFileSync(new URL('fixtures/cgroup-v1.txt', import.meta.url), 'latin1');

test('v1 tells a path for each hierarchy, v2 one', () => {
  const paths = valueOf(parseCgroup(v1, 'p'));
  expect(paths?.get('memory')).toBe(`/docker/${ID}`);
  expect(paths?.get('name=systemd')).toBe(`/docker/${ID}`);
  expect(valueOf(parseCgroup(`0::/system.slice/docker-${ID}.scope\n`, 'p'))?.get('')).toBe(`/system.slice/docker-${ID}.scope`);
});

test('controllers mounted together each have the path', () => {
  expect(valueOf(parseCgroup('4:cpu,cpuacct:/a\n', 'p'))?.get('cpuacct')).toBe('/a');
});

test('one path stands for a process, the root only where it is in no other', () => {
  const of = (text: string) => mainPath(valueOf(parseCgroup(text, 'p')) ?? new Map());
  expect(of('9:name=systemd:/\n4:memory:/somewhere\n0::/\n')).toBe('/somewhere');
  expect(of('9:name=systemd:/\n4:memory:/\n0::/\n')).toBe('/');
  expect(of('0::/a (deleted)\n')).toBe('/a');
});

test('a path with colons stays whole', () => {
  expect(valueOf(parseCgroup('0::/a:b/c\n', 'p'))?.get('')).toBe('/a:b/c');
});

test('a line that is none makes the file unknown', () => {
  for (const text of ['', '0::/a', 'x\n', '0:/a\n', ':memory:/a\n', '0::a\n']) expect(parseCgroup(text, '/proc/1/cgroup')).toEqual({ unknown: 'unsupported', source: '/proc/1/cgroup' });
});

test('the container is the component that carries its id, whatever lies below', () => {
  expect(pathOfId(`/system.slice/docker-${ID}.scope/init.scope`, ID)).toBe(`/system.slice/docker-${ID}.scope`);
  expect(pathOfId(`/docker/${ID}`, ID)).toBe(`/docker/${ID}`);
  expect(pathOfId('/docker/other', ID)).toBeUndefined();
  expect(pathOfId('/docker/abc', 'abc')).toBeUndefined();
});

test('ancestors come root first', () => {
  expect(lineage('/a/b')).toEqual(['/', '/a', '/a/b']);
  expect(lineage('/')).toEqual(['/']);
});
