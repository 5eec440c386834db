import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { unknown } from '../../core/model/index.js';
import type { KernelReaders, NetToRead, Tables } from '../collect/parts.js';
import { Rounds } from './rounds.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const POLL = 2_000;
const TABLES: Tables = { tables: [], fdb: unknown('absent', 'nowhere') };
const NETS: readonly NetToRead[] = [];

/** Rounds over readers that are played: what they hear, whether something else reads, and whether what is seen may change by itself. */
function play(hears: boolean | undefined) {
  const now = { hears, busy: false, restless: false, fails: false, moved: (): void => undefined };
  const errors: unknown[] = [];
  let looks = 0;
  const readers = {
    tables: () => {
      if (now.fails) throw new Error('gone');
      return TABLES;
    },
    ...(hears === undefined ? {} : { hears: () => now.hears === true, onMoved: (told: () => void) => (now.moved = told) }),
  } as unknown as KernelReaders;
  const rounds = new Rounds({
    readers: () => readers,
    nets: () => NETS,
    busy: () => now.busy,
    onTables: () => {
      looks += 1;
      return now.restless;
    },
    onError: (error) => errors.push(error),
  }, POLL);
  rounds.start(POLL);
  const looksIn = async (ms: number): Promise<number> => {
    const before = looks;
    await vi.advanceTimersByTimeAsync(ms);
    return looks - before;
  };
  return { rounds, now, errors, looksIn };
}

test('where nobody tells what moved, tables are read ten times as often as use', async () => {
  const { looksIn } = play(undefined);
  await looksIn(1_000);
  expect(await looksIn(POLL)).toBe(10);
});

test('where each change is heard, nothing is read until one is, and then once for all that come together', async () => {
  const { now, looksIn } = play(true);
  await looksIn(1_000);
  expect(await looksIn(10 * POLL)).toBe(0);
  for (let n = 0; n < 50; n++) now.moved();
  expect(await looksIn(20)).toBe(1);
  expect(await looksIn(10 * POLL)).toBe(0);
});

test('a storm of events is read no more often than a poll would read', async () => {
  const { now, looksIn } = play(true);
  await looksIn(1_000);
  let looks = 0;
  for (let ms = 0; ms < POLL; ms += 5) {
    now.moved();
    looks += await looksIn(5);
  }
  expect(looks).toBeLessThanOrEqual(11);
});

test('with the poll of use they are looked at all the same', async () => {
  const { rounds, looksIn } = play(true);
  await looksIn(1_000);
  rounds.tick();
  expect(await looksIn(POLL)).toBe(1);
});

test('while something in sight may change by itself, and once events are no longer heard, they are polled', async () => {
  const { now, looksIn } = play(true);
  await looksIn(1_000);
  now.restless = true;
  now.moved();
  expect(await looksIn(POLL)).toBeGreaterThanOrEqual(9);
  now.restless = false;
  await looksIn(POLL);
  expect(await looksIn(POLL)).toBe(0);
  now.hears = false;
  now.moved();
  expect(await looksIn(POLL)).toBeGreaterThanOrEqual(9);
});

test('what moved while something else was read is looked at when that is through', async () => {
  const { now, looksIn } = play(true);
  await looksIn(1_000);
  now.busy = true;
  now.moved();
  expect(await looksIn(POLL)).toBe(0);
  now.busy = false;
  expect(await looksIn(POLL)).toBe(1);
});

test('what goes wrong is told once a look, and after the end nothing is read', async () => {
  const { rounds, now, errors, looksIn } = play(undefined);
  now.fails = true;
  await looksIn(POLL);
  expect(errors.length).toBeGreaterThan(5);
  now.fails = false;
  rounds.stop();
  expect(await looksIn(POLL)).toBe(0);
});
