import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { matrixOf } from './matrix.js';
import { agrees, play, type Played } from './play.js';
import { pack, record, slug } from './recording.js';
import type { Scenario } from './scenario.js';
import { SCENARIOS } from './scenarios.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const FIXTURES = join(ROOT, 'test/fixtures/lab');
let played: ReadonlyMap<Scenario, Played> = new Map();

function write(): void {
  mkdirSync(FIXTURES, { recursive: true });
  for (const old of readdirSync(FIXTURES)) rmSync(join(FIXTURES, old));
  for (const [s, p] of played) {
    const r = record(s, p);
    if (r !== null) writeFileSync(join(FIXTURES, `${slug(r.name)}.json.gz`), pack(r));
  }
  writeFileSync(join(ROOT, 'docs/attack-matrix.md'), matrixOf(SCENARIOS, played, release().split('-')[0] ?? ''));
}

beforeAll(async () => {
  played = await play(SCENARIOS);
  if (process.env['BULKHEAD_RECORD_LAB'] === '1') write();
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

test('with root nothing is left unread that decides', () => {
  const results = [...played.values()].flatMap((p) => p.results);
  expect(results.filter((r) => r.verdict === 'unknown')).toEqual([]);
});
