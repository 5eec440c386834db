import { expect, test } from 'vitest';
import { parseLsns } from './lsns.js';
import { namespaceOfLink, parseCpuCount, parseIdMap, parseLine, parseLsms, parseMemTotal, parseNsLink, parseStartTicks, parseUptime } from './proc.js';

const value = (r: object) => ('value' in r ? r.value : r);
const none = { unknown: 'unsupported', source: 'p' };

test('a map of ids, and none yet', () => {
  expect(value(parseIdMap('         0          0 4294967295\n', 'p'))).toEqual([{ inside: 0, outside: 0, length: 4294967295 }]);
  expect(value(parseIdMap('         0     100000      65536\n     65536          0          1\n', 'p'))).toHaveLength(2);
  expect(value(parseIdMap('', 'p'))).toEqual([]);
  expect(parseIdMap('         0     1000', 'p')).toEqual(none);
});

test('a namespace link holds an inode; other links are none', () => {
  expect(value(parseNsLink('net:[4026532177]', 'p'))).toBe(4026532177);
  expect(parseNsLink('net:[4026532177', 'p')).toEqual(none);
  expect(namespaceOfLink('mnt:[4026531832]')).toEqual({ kind: 'mnt', inode: 4026531832 });
  expect(namespaceOfLink('socket:[4026]')).toBeUndefined();
  expect(namespaceOfLink('/run/netns/lab')).toBeUndefined();
});

test('memory, cpus, lines and modules', () => {
  expect(value(parseMemTotal('MemTotal:       24683656 kB\nMemFree: 1 kB\n', 'p'))).toBe(24683656 * 1024);
  expect(value(parseCpuCount('0-3,8\n', 'p'))).toBe(5);
  expect(parseCpuCount('\n', 'p')).toEqual(none);
  expect(value(parseLine('docker-default (enforce)\n', 'p'))).toBe('docker-default (enforce)');
  expect(value(parseLine('system_u:system_r:container_t:s0:c1,c2\0', 'p'))).toBe('system_u:system_r:container_t:s0:c1,c2');
  expect(value(parseLsms('lockdown,capability,landlock,yama,apparmor', 'p'))).toContain('apparmor');
});

test('lsns tells parents and owners, as numbers or as text; 0 is none', () => {
  const kin = value(parseLsns('{"namespaces": [{"ns":4026532394, "pns":4026531836, "ons":4026531837},{"ns":"4026531837","pns":"0","ons":null}]}', 'p')) as Map<number, unknown>;
  expect(kin.get(4026532394)).toEqual({ parent: 4026531836, owner: 4026531837 });
  expect(kin.get(4026531837)).toEqual({ parent: undefined, owner: undefined });
  expect(parseLsns('lsns: unknown column: PNS', 'p')).toEqual(none);
});

test('when a process started, whatever it calls itself', () => {
  expect(value(parseStartTicks('11903 (a) b) S 11880 11903 11903 0 -1 4194560 1085 0 0 0 1 1 0 0 20 0 1 0 80265 2322432 316\n', 'p'))).toBe(80265);
  expect(value(parseUptime('2043.21 3900.00\n', 'p'))).toBe(2043.21);
});
