import { known, unknown, type Reading } from '../model/reading.js';
import type { Limit, Pressure } from '../model/cgroup.js';

/** Above this a v1 limit means 'none': the kernel writes PAGE_COUNTER_MAX rounded to pages. */
const V1_NONE = 2 ** 62;

/** A file that holds one number: `memory.current`, `pids.current`, `memory.usage_in_bytes`, `cpu.weight`. */
export function parseCount(text: string, path: string): Reading<number> {
  return /^\d{1,20}\n?$/.test(text) ? known(Number(text), path) : unknown('unsupported', path);
}

/** A number or `max`: `memory.max`, `pids.max`; and `memory.limit_in_bytes`, where 'none' is a number near 2^63, or -1. */
export function parseLimit(text: string, path: string): Reading<Limit> {
  const word = text.trimEnd();
  if (word === 'max' || word === '-1') return known('max', path);
  if (!/^\d{1,20}$/.test(word)) return unknown('unsupported', path);
  const value = Number(word);
  return known(value >= V1_NONE ? 'max' : value, path);
}

/** `cpu.max`: quota and period in microseconds, to cores. */
export function parseCpuMax(text: string, path: string): Reading<Limit> {
  const found = /^(max|\d{1,15}) (\d{1,15})\n?$/.exec(text);
  if (found === null) return unknown('unsupported', path);
  return cores(found[1] ?? '', Number(found[2]), path);
}

/** `cpu.cfs_quota_us` with the period of `cpu.cfs_period_us`; -1 is no limit. */
export function parseCfsQuota(text: string, period: number, path: string): Reading<Limit> {
  const word = text.trimEnd();
  if (!/^(-1|\d{1,15})$/.test(word)) return unknown('unsupported', path);
  return cores(word === '-1' ? 'max' : word, period, path);
}

function cores(quota: string, period: number, path: string): Reading<Limit> {
  if (quota === 'max') return known('max', path);
  if (!(period > 0)) return unknown('unsupported', path);
  return known(Number(quota) / period, path);
}

/** Lines of `key number`: `cpu.stat`, `memory.events`, `memory.oom_control`. Lines of another form are passed over. */
export function parseKeyed(text: string, path: string): Reading<ReadonlyMap<string, number>> {
  const values = new Map<string, number>();
  let start = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
    const blank = text.indexOf(' ', start);
    if (blank > start && blank < end) {
      const value = Number(text.slice(blank + 1, end));
      if (Number.isFinite(value) && value >= 0) values.set(text.slice(start, blank), value);
    }
    start = end + 1;
  }
  return values.size === 0 ? unknown('unsupported', path) : known(values, path);
}

/** `cpu.pressure` and its kin; `cpu.pressure` has no `full` line before Linux 5.13, then it is 0 as the kernel says later. */
export function parsePressure(text: string, path: string): Reading<Pressure> {
  const some = /^some avg10=(\d{1,6}\.\d{1,6}) avg60=(\d{1,6}\.\d{1,6}) avg300=(\d{1,6}\.\d{1,6}) /m.exec(text);
  const full = /^full avg10=(\d{1,6}\.\d{1,6}) /m.exec(text);
  if (some === null) return unknown('unsupported', path);
  return known({ some10: Number(some[1]), some60: Number(some[2]), some300: Number(some[3]), full10: full === null ? 0 : Number(full[1]) }, path);
}

/** Microseconds in all that tasks waited, of `cpu.pressure` and its kin: `some` and `full` together, which grow whenever one does. */
export function parseWaits(text: string, path: string): Reading<number> {
  const totals = [...text.matchAll(/ total=(\d{1,15})$/gm)];
  return totals.length === 0 ? unknown('unsupported', path) : known(totals.reduce((sum, [, total]) => sum + Number(total), 0), path);
}

/** `io.max` (`8:0 rbps=1048576 wbps=max riops=max wiops=max`): each device with what is limited there. */
export function parseIoMax(text: string, path: string): Reading<readonly string[]> {
  const limits: string[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [device, ...rest] = line.split(' ');
    if (device === undefined || !/^\d+:\d+$/.test(device)) return unknown('unsupported', path);
    const set = rest.filter((one) => /^[a-z]+=\d+$/.test(one));
    if (set.length > 0) limits.push(`${device} ${set.join(' ')}`);
  }
  return known(limits, path);
}

/** `blkio.throttle.*_device` of v1 (`8:0 1048576`), told with the name of what it limits as in v2. */
export function parseThrottle(text: string, name: string, path: string): Reading<readonly string[]> {
  const limits: string[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const found = /^(\d{1,9}:\d{1,9}) (\d{1,20})$/.exec(line);
    if (found === null) return unknown('unsupported', path);
    limits.push(`${found[1]} ${name}=${found[2]}`);
  }
  return known(limits, path);
}

/** Bytes read and written over all devices: `io.stat` (`8:0 rbytes=1 wbytes=2 …`) or `blkio.throttle.io_service_bytes` (`8:0 Read 1`). */
export function parseIoBytes(text: string, path: string): Reading<{ readonly read: number; readonly written: number }> {
  let read = 0;
  let written = 0;
  for (const line of text.split('\n')) {
    const v2 = /^\d+:\d+ .*?\brbytes=(\d{1,20}) wbytes=(\d{1,20})/.exec(line);
    if (v2 !== null) {
      read += Number(v2[1]);
      written += Number(v2[2]);
      continue;
    }
    const v1 = /^\d+:\d+ (Read|Write) (\d{1,20})$/.exec(line);
    if (v1 !== null && v1[1] === 'Read') read += Number(v1[2]);
    else if (v1 !== null) written += Number(v1[2]);
    else if (line !== '' && !/^(\d+:\d+( |$)|Total )/.test(line)) return unknown('unsupported', path);
  }
  return known({ read, written }, path);
}

/** `cpuset.cpus.effective`, `cpuset.cpus`: the list as the kernel writes it. */
export function parseCpuset(text: string, path: string): Reading<string> {
  const list = text.trimEnd();
  return list.length <= 4096 && /^[0-9,-]*$/.test(list) ? known(list, path) : unknown('unsupported', path);
}
