import { expect, it } from 'vitest';
import { MIB, aCgroup, cast } from '../../../test/cast/cast.js';
import { known, unknown, workloads, type Workload } from '../model/index.js';
import { rates } from './rates.js';
import { ioLimit, useOf, uses, wayUp } from './uses.js';

const s = cast(14);
const named = (name: string): Workload => workloads(s).find((w) => w.name === name)!;
const line = (name: string, resource: 'memory' | 'cpu' | 'pids' | 'io') => uses(named(name), s).find((u) => u.resource === resource)!;

it('compares use with the limit that holds', () => expect(line('jenkins', 'memory')).toMatchObject({ words: '932 MiB of 1 GiB', near: true }));
it('names the ancestor that imposes the limit', () => expect(line('worker', 'memory').sentence).toBe('60\u00a0% of its memory limit. batch.slice imposes it.'));
it('says that nothing but the host stops one without a limit', () => expect(line('node-exporter', 'memory')).toMatchObject({ words: '22 MiB, no limit', sentence: 'Nothing but the host stops its memory.' }));
it('has no rate from one instant: unknown, not 0', () => expect(line('jenkins', 'cpu')).toMatchObject({ words: '? of 2 cores', share: null }));
it('leads from the own cgroup up to the host, and marks the tightest', () => {
  expect(wayUp(named('worker'), s, 'memory').map((x) => [x.name, 'value' in x.limit ? x.limit.value : null, x.tightest])).toEqual([
    ['worker', 2048 * MIB, false], ['batch.slice', 1024 * MIB, true], ['thinkpad', 8192 * MIB, false],
  ]);
});
it('reads io.max only where reading and writing are both held', () => {
  expect([ioLimit(['8:0 rbps=1048576 wbps=1048576 riops=max wiops=max']), ioLimit(['8:0 rbps=1048576 wbps=max']), ioLimit([])]).toEqual([2097152, 'max', 'max']);
});

const later = (ms: number, usage: number) => ({
  ...s,
  takenAt: new Date(Date.parse(s.takenAt) + ms).toISOString(),
  containers: s.containers.map((c) => (c.name === 'jenkins' ? { ...c, cgroup: { ...c.cgroup, cpu: { ...c.cgroup.cpu, usageMs: known(usage, 'cpu.stat') } } } : c)),
});
it('has rates from two', () => {
  const told = rates(later(0, 1000), later(2000, 2400));
  expect(told.get(named('jenkins').id)?.cores).toEqual(known(0.7, 'cpu.stat'));
  expect(uses(named('jenkins'), s, told).find((u) => u.resource === 'cpu')?.words).toBe('0.7 of 2 cores');
});
it('takes a counter that fell, or two looks at once, for unknown', () => {
  expect(rates(later(0, 5000), later(2000, 10)).get(named('jenkins').id)?.cores).toEqual(unknown('not-asked', 'cpu.stat'));
  expect(rates(later(0, 1), later(0, 2)).get(named('jenkins').id)?.cores).toEqual(unknown('not-asked', 'cpu.stat'));
});
it('keeps a trail of pressure, of bounded length', () => {
  let trail = rates(s, s);
  for (let i = 0; i < 100; i++) trail = rates(s, s, trail);
  expect(trail.get(named('jenkins').id)?.pressure).toHaveLength(60);
});
it('has no share where the limit is unread', () => {
  const c = aCgroup('/x');
  expect(useOf({ ...c, memory: { ...c.memory, effectiveLimit: unknown('denied', 'memory.max') } }, 'memory', undefined).share).toBeNull();
});
