import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cast } from '../../../test/cast/cast.js';
import type { Snapshot } from '../model/index.js';
import { judge, judgeApart } from './index.js';

const copy = (s: Snapshot): Snapshot => JSON.parse(JSON.stringify(s)) as Snapshot;
const here = copy(cast(14));

/** Every place in a value where something plain stands. */
function leaves(value: unknown, at: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [at];
  return Object.entries(value).flatMap(([key, v]) => leaves(v, [...at, Array.isArray(value) ? Number(key) : key]));
}

function change(s: Snapshot, path: readonly (string | number)[]): Snapshot {
  const out = copy(s);
  let at = out as unknown as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
  const last = path.at(-1) ?? '';
  const old = at[last];
  at[last] = typeof old === 'boolean' ? !old : typeof old === 'number' ? old + 1 : typeof old === 'string' ? (old === '' ? 'x' : '') : 'x';
  return out;
}

test('nothing is judged where nothing differs', () => {
  expect(judgeApart(here, copy(here))).toEqual([[], []]);
});

test('a segment that is only on one side is judged there', () => {
  const less: Snapshot = { ...here, segments: here.segments.slice(1) };
  expect(judgeApart(here, less)[0].map((s) => s.segment)).toContain(here.segments[0]?.id);
  expect(judgeApart(less, here)[1].map((s) => s.segment)).toContain(here.segments[0]?.id);
});

test('whatever changes: what is left out has the same answers on both sides, what is judged the whole answer', () => {
  const all = leaves(here);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: all.length - 1 }), (n) => {
      const there = change(here, all[n] ?? []);
      const [a, b] = judgeApart(here, there);
      const whole = [judge(here).segments, judge(there).segments] as const;
      for (const [part, full] of [[a, whole[0]], [b, whole[1]]] as const) for (const s of part) expect(s).toEqual(full.find((x) => x.segment === s.segment));
      const told = new Set([...a, ...b].map((s) => s.segment));
      for (const s of whole[1]) if (!told.has(s.segment)) expect(s, all[n]?.join('.')).toEqual(whole[0].find((x) => x.segment === s.segment));
    }),
    { seed: 20_261_130, numRuns: 80 },
  );
});
