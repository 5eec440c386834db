import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { until } from '../lab/run.js';
// @ts-expect-error A script of plain JavaScript: the tests are started before anything is built.
import * as childrenScript from '../../scripts/lib/children.js';
// @ts-expect-error The same.
import * as lanesScript from '../../scripts/lib/lanes.js';
// @ts-expect-error The same.
import { STAGES as stagesScript } from '../../scripts/lib/stages.js';

interface Stage { readonly name: string; readonly lane: string | null; readonly programs: readonly string[]; readonly minutes: number }

const { roundsOf, bound } = lanesScript as { roundsOf(stages: readonly Stage[], processors: number): readonly (readonly (readonly Stage[])[])[]; bound(stage: Stage, lanes: number): number };
const { run, endAll } = childrenScript as { run(command: readonly string[], how: { readonly minutes: number; readonly log: string | null }): Promise<{ readonly status: number; readonly late: boolean }>; endAll(): void };
const STAGES = stagesScript as readonly Stage[];

const stage = (name: string, lane: string | null): Stage => ({ name, lane, programs: [], minutes: 5 });
const names = (rounds: ReturnType<typeof roundsOf>): unknown => rounds.map((lanes) => lanes.map((lane) => lane.map((one) => one.name).join(' ')));
const SOME = [stage('build', null), stage('types', 'others'), stage('cli', 'engines'), stage('unit', 'others'), stage('lab', 'engines')];

test('what all others need runs first, by itself; then a lane beside a lane, each in its order', () => {
  expect(names(roundsOf(SOME, 2))).toEqual([['build'], ['types unit', 'cli lab']]);
});

test('on a single processor one follows the other in the order of the list', () => {
  expect(names(roundsOf(SOME, 1))).toEqual([['build'], ['types cli unit lab']]);
});

test('of chosen stages there are as many lanes as they are of, and none of nothing', () => {
  expect(names(roundsOf(SOME.filter((one) => one.lane === 'engines'), 2))).toEqual([['cli lab']]);
  expect(names(roundsOf([], 2))).toEqual([]);
});

test('a stage that shares the machine may take longer', () => {
  expect([1, 2].map((lanes) => bound(stage('lab', 'engines'), lanes))).toEqual([5, 10]);
});

test('no two stages that start engines on this machine, or emulate one, run side by side', () => {
  const rounds = roundsOf(STAGES, 2);
  for (const program of ['dockerd', 'qemu-system-x86_64']) for (const lanes of rounds) expect(lanes.filter((lane) => lane.some((one) => one.programs.includes(program))).length).toBeLessThan(2);
  expect(rounds.flat(2)).toHaveLength(STAGES.length);
  expect(rounds[0]).toMatchObject([[{ name: 'build' }]]);
});

test('a command’s output is kept where it is asked for, both streams in their order, and its status is told', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'bulkhead-children-'));
  try {
    const log = join(dir, 'log');
    expect(await run(['sh', '-c', 'echo one; echo two >&2; echo three; exit 7'], { minutes: 1, log })).toEqual({ status: 7, late: false });
    expect(readFileSync(log, 'utf8')).toBe('one\ntwo\nthree\n');
    expect(await run([join(dir, 'none')], { minutes: 1, log })).toEqual({ status: -1, late: false });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

test('a command that does not end in time, or when all are to end, ends with what it started', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'bulkhead-children-'));
  // Where it was ended before it could say whom it started, that one is of the same group.
  const gone = (file: string): boolean => !existsSync(file) || !existsSync(`/proc/${readFileSync(file, 'utf8').trim()}/root`);
  try {
    const script = (file: string): readonly string[] => ['sh', '-c', `sleep 1000 & echo $! > ${file}.new; mv ${file}.new ${file}; wait`];
    const [slow, other] = [join(dir, 'slow'), join(dir, 'other')];
    expect(await run(script(slow), { minutes: 0.03, log: join(dir, 'log') })).toEqual({ status: -1, late: true });
    expect(await until(() => gone(slow), 30_000)).toBe(true);
    const running = run(script(other), { minutes: 5, log: join(dir, 'log') });
    expect(await until(() => existsSync(other), 30_000)).toBe(true);
    endAll();
    expect(await running).toEqual({ status: -1, late: false });
    expect(await until(() => gone(other), 30_000)).toBe(true);
  } finally {
    endAll();
    rmSync(dir, { recursive: true, force: true });
  }
});
