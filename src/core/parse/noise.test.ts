import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Reading } from '../model/reading.js';
import { parseCgroup } from './cgroup.js';
import { parseCfsQuota, parseCount, parseCpuMax, parseCpuset, parseIoBytes, parseIoMax, parseKeyed, parseLimit, parsePressure, parseThrottle } from './cgroupfs.js';
import { parseLsns } from './lsns.js';
import { parseMountinfo } from './mountinfo.js';
import { parseCpuCount, parseIdMap, parseLine, parseLsms, parseMemTotal, parseNsLink, parseStartTicks, parseUptime } from './proc.js';
import { parseStatus } from './status.js';

const real = (name: string) => readFileSync(new URL(`fixtures/${name}.txt`, import.meta.url), 'latin1');

const PARSERS: readonly (readonly [string, string, (text: string, path: string) => Reading<unknown>])[] = [
  ['status', real('status-container'), parseStatus],
  ['cgroup', real('cgroup-v1'), parseCgroup],
  ['mountinfo', real('mountinfo-container'), parseMountinfo],
  ['uid_map', '         0     100000      65536\n', parseIdMap],
  ['ns link', 'net:[4026532177]', parseNsLink],
  ['meminfo', 'MemTotal:       24683656 kB\nMemFree:        20000000 kB\n', parseMemTotal],
  ['cpus online', '0-3,8\n', parseCpuCount],
  ['one line', 'docker-default (enforce)\n', parseLine],
  ['lsm', 'lockdown,capability,landlock,yama,apparmor', parseLsms],
  ['stat', '11903 (a) b) S 11880 11903 11903 0 -1 4194560 1085 0 0 0 1 1 0 0 20 0 1 0 80265 2322432 316\n', parseStartTicks],
  ['uptime', '2043.21 3900.00\n', parseUptime],
  ['lsns', '{"namespaces": [{"ns":4026532394, "pns":4026531836, "ons":4026531837}]}', parseLsns],
  ['memory.max', '67108864\n', parseLimit],
  ['pids.current', '3\n', parseCount],
  ['cpu.max', '50000 100000\n', parseCpuMax],
  ['cpu.cfs_quota_us', '50000\n', (text, path) => parseCfsQuota(text, 100000, path)],
  ['cpu.stat', 'usage_usec 25511\nnr_throttled 3\nthrottled_usec 7\n', parseKeyed],
  ['cpu.pressure', 'some avg10=0.12 avg60=1.50 avg300=0.12 total=1\nfull avg10=0.07 avg60=0.00 avg300=0.07 total=1\n', parsePressure],
  ['io.max', '8:16 rbps=2097152 wbps=max riops=max wiops=120\n', parseIoMax],
  ['blkio.throttle', '8:16 2097152\n', (text, path) => parseThrottle(text, 'rbps', path)],
  ['io.stat', '8:16 rbytes=1459200 wbytes=314773504 rios=192 wios=353 dbytes=0 dios=0\n', parseIoBytes],
  ['cpuset', '0-1,4\n', parseCpuset],
];

/** Real text cut, repeated, with foreign lines or bytes put in, or made huge. */
const noisy = (text: string) =>
  fc.oneof(
    fc.nat(text.length).map((at) => text.slice(0, at)),
    fc.nat(text.length).map((at) => text.slice(at)),
    fc.tuple(fc.nat(text.length), fc.string({ unit: 'binary', maxLength: 200 })).map(([at, noise]) => text.slice(0, at) + noise + text.slice(at)),
    fc.tuple(fc.nat(text.length), fc.constantFrom('\n', '\0', ' ', ':', '-1', '9'.repeat(400), 'max', '\t', '\\', '[', ' - ', 'NaN', 'Infinity', '1e999')).map(([at, noise]) => text.slice(0, at) + noise + text.slice(at)),
    fc.tuple(fc.nat(text.length), fc.nat(40)).map(([at, length]) => text.slice(0, at) + text.slice(at + length)),
    fc.integer({ min: 2, max: 300 }).map((times) => text.repeat(times)),
    fc.string({ unit: 'binary', maxLength: 3000 }),
    fc.constantFrom('', '\n', '\0', 'x'.repeat(200_000), ' '.repeat(200_000), '\n'.repeat(100_000), '0'.repeat(200_000)),
  );

for (const [name, text, parse] of PARSERS) {
  test(`${name}: the real text is a reading`, () => {
    expect(parse(text, '/the/path')).toMatchObject({ value: expect.anything(), source: '/the/path' });
  });

  test(`${name}: noise gives a reading or an unknown with the path, never an exception`, () => {
    fc.assert(
      fc.property(noisy(text), (noise) => {
        const read = parse(noise, '/the/path');
        expect(read.source).toBe('/the/path');
        if ('value' in read) expect(hasNoNaN(read.value)).toBe(true);
        else expect(read.unknown).toBe('unsupported');
      }),
      { seed: 20240, numRuns: 300 },
    );
  });
}

function hasNoNaN(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (value instanceof Map) return [...value.values()].every(hasNoNaN);
  if (typeof value === 'object' && value !== null) return Object.values(value).every(hasNoNaN);
  return true;
}
