import { beforeAll, describe, expect, test } from 'vitest';
import { agrees, play, type Played } from './play.js';
import { save } from './recording.js';
import type { Scenario } from './scenario.js';
import { RECORDED, SCENARIOS } from './scenarios.js';

let played: ReadonlyMap<Scenario, Played> = new Map();

beforeAll(async () => {
  played = await play(SCENARIOS);
  if (process.env['BULKHEAD_RECORD_LAB'] === '1') save(RECORDED, played);
}, 1_500_000);

describe.each([...new Set(SCENARIOS.map((s) => s.family))])('%s', (family) => {
  test.each(SCENARIOS.filter((s) => s.family === family))('$name: what is said is what happens', (scenario) => {
    const p = played.get(scenario);
    expect(p?.failed).toBeNull();
    for (const r of p?.results ?? []) {
      expect(agrees(r), `${r.technique}: said ${r.verdict} (${r.reason}), ${r.outcome.worked ? `worked by ${r.outcome.by}` : 'failed'}`).toBe(true);
      expect(r.outcome.worked, `${r.technique} was expected to ${scenario.works ? 'work' : 'fail'}`).toBe(scenario.works);
      if (r.outcome.heard !== null && r.reads !== 'unknown') expect(r.reads === 'yes', `its traffic: said ${r.reads}`).toBe(r.outcome.heard);
    }
  });
});

test('with root nothing is left unread that decides, but what nobody can read', () => {
  const results = [...played.values()].flatMap((p) => p.results);
  expect(results.filter((r) => (r.verdict === 'unknown') !== (r.scenario.unread === true)).map((r) => [r.scenario.name, r.verdict, r.reason])).toEqual([]);
});
