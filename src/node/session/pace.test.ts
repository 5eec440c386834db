import { expect, test } from 'vitest';
import { backoffMs, Pace } from './pace.js';

test('an urgent event hardly waits, a quiet one gathers', () => {
  const pace = new Pace(0);
  expect(pace.delay(0, true)).toBe(1);
  expect(pace.delay(0, false)).toBe(500);
});

test('a storm of a hundred starts, one each 30 ms, makes far fewer snapshots', () => {
  const pace = new Pace(0);
  let snapshots = 0;
  let due: number | null = null;
  for (let now = 0; now < 10_000; now++) {
    if (now < 3_000 && now % 30 === 0) due ??= now + pace.delay(now, true);
    if (due !== null && now >= due) {
      pace.spend(now);
      snapshots += 1;
      due = null;
    }
  }
  expect(snapshots).toBeLessThan(20);
});

test('after a rest the next is quick again', () => {
  const pace = new Pace(0);
  for (let n = 0; n < 20; n++) pace.spend(0);
  expect(pace.delay(0, true)).toBeGreaterThan(100);
  expect(pace.delay(60_000, true)).toBe(1);
});

test('attempts at reconnecting: 1, 2, 4 … 30 s', () => {
  expect([0, 1, 2, 3, 4, 5, 50].map(backoffMs)).toEqual([1000, 2000, 4000, 8000, 16000, 30000, 30000]);
});
