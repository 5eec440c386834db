import { expect, test } from 'vitest';
import { parseCfsQuota, parseCount, parseCpuMax, parseCpuset, parseIoBytes, parseIoMax, parseKeyed, parseLimit, parsePressure, parseThrottle } from './cgroupfs.js';

const value = (r: object) => ('value' in r ? r.value : r);
const none = { unknown: 'unsupported', source: 'p' };

test('no limit is the word max, in v2 and in what v1 writes for it', () => {
  expect(value(parseLimit('max\n', 'p'))).toBe('max');
  expect(value(parseLimit('9223372036854771712\n', 'p'))).toBe('max');
  expect(value(parseLimit('-1\n', 'p'))).toBe('max');
  expect(value(parseLimit('67108864\n', 'p'))).toBe(67108864);
  expect(parseLimit('', 'p')).toEqual(none);
  expect(parseLimit('12 MB\n', 'p')).toEqual(none);
});

test('a quota of cpu is told in cores', () => {
  expect(value(parseCpuMax('50000 100000\n', 'p'))).toBe(0.5);
  expect(value(parseCpuMax('max 100000\n', 'p'))).toBe('max');
  expect(parseCpuMax('50000 0\n', 'p')).toEqual(none);
  expect(value(parseCfsQuota('-1\n', 100000, 'p'))).toBe('max');
  expect(value(parseCfsQuota('150000\n', 100000, 'p'))).toBe(1.5);
});

test('counts are plain numbers', () => {
  expect(value(parseCount('331776\n', 'p'))).toBe(331776);
  expect(parseCount('max\n', 'p')).toEqual(none);
});

test('keyed files give their numbers and pass over what is not one', () => {
  const stat = value(parseKeyed('usage_usec 25511\nnr_throttled 3\nodd\nnext max\n', 'p')) as Map<string, number>;
  expect([...stat]).toEqual([['usage_usec', 25511], ['nr_throttled', 3]]);
  expect(parseKeyed('', 'p')).toEqual(none);
});

test('pressure', () => {
  const both = 'some avg10=0.12 avg60=1.50 avg300=0.12 total=11769699\nfull avg10=0.07 avg60=0.00 avg300=0.07 total=10104472\n';
  expect(value(parsePressure(both, 'p'))).toEqual({ some10: 0.12, some60: 1.5, some300: 0.12, full10: 0.07 });
  expect(parsePressure('full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n', 'p')).toEqual(none);
});

test('io limits of v2 and v1 read alike', () => {
  expect(value(parseIoMax('8:16 rbps=2097152 wbps=max riops=max wiops=120\n8:0 rbps=max wbps=max riops=max wiops=max\n', 'p'))).toEqual(['8:16 rbps=2097152 wiops=120']);
  expect(value(parseThrottle('8:16 2097152\n', 'rbps', 'p'))).toEqual(['8:16 rbps=2097152']);
  expect(value(parseIoMax('', 'p'))).toEqual([]);
});

test('io bytes are summed over devices', () => {
  expect(value(parseIoBytes('8:16 rbytes=1459200 wbytes=314773504 rios=192 wios=353 dbytes=0 dios=0\n8:0 rbytes=1 wbytes=2 rios=0 wios=0\n', 'p'))).toEqual({ read: 1459201, written: 314773506 });
  expect(value(parseIoBytes('8:0 Read 10\n8:0 Write 20\n8:0 Sync 30\n8:0 Total 30\nTotal 30\n', 'p'))).toEqual({ read: 10, written: 20 });
  expect(value(parseIoBytes('Total 0\n', 'p'))).toEqual({ read: 0, written: 0 });
  // v2 lists a device that had no traffic by its number alone.
  expect(value(parseIoBytes('8:0 \n', 'p'))).toEqual({ read: 0, written: 0 });
});

test('cpusets are lists', () => {
  expect(value(parseCpuset('0-1,4\n', 'p'))).toBe('0-1,4');
  expect(parseCpuset('all of them\n', 'p')).toEqual(none);
});
