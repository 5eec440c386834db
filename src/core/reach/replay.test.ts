import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { slug, unpack } from '../../../test/lab/attack/recording.js';
import { RECORDED } from '../../../test/lab/attack/scenarios.js';
import { judged } from '../../../test/machine/attack/judge.js';
import { keptWorld } from '../../../test/machine/attack/recording.js';
import { snapshot } from '../model/index.js';
import { explain, judge, VERDICTS } from './index.js';

const FIXTURES = fileURLToPath(new URL('../../../test/fixtures/lab/', import.meta.url));
const files = readdirSync(FIXTURES).filter((f) => f.endsWith('.json.gz'));

test('each recording is of a scenario of the lab', () => {
  const names = new Set(RECORDED.map((s) => `${slug(`${s.family}: ${s.name}`)}.json.gz`));
  expect(files.filter((f) => !names.has(f))).toEqual([]);
  expect(files.length).toBeGreaterThan(130);
});

describe.each(files)('%s', (file) => {
  const recording = unpack(readFileSync(join(FIXTURES, file)));

  test('is a snapshot by the schema', () => {
    expect(snapshot.safeParse(recording.snapshot).error).toBeUndefined();
  });

  test('is judged as the attack went', () => {
    const verdicts = explain(recording.snapshot, recording.from, recording.to);
    for (const m of recording.measured) {
      const mine = verdicts.filter((v) => v.technique === m.technique);
      const can = mine.some((v) => v.verdict === 'possible' && v.impersonates.some((id) => id === recording.as || (recording.as === 'gateway' && (id.startsWith('gateway:') || id === 'host'))));
      expect(can, m.technique).toBe(m.worked);
    }
  });

  test('the grouped judgement says of a pair what its chain says', () => {
    const judgement = judge(recording.snapshot);
    for (const segment of judgement.segments) {
      for (const attacker of segment.attackers) {
        for (const group of attacker.groups) {
          for (const victim of group.victims) {
            const chain = explain(recording.snapshot, attacker.id, victim).filter((v) => v.segment === segment.segment);
            const strongest = VERDICTS.find((name) => chain.some((v) => v.verdict === name)) ?? 'blocked';
            expect([attacker.id, victim, group.verdict]).toEqual([attacker.id, victim, strongest]);
          }
        }
      }
    }
  });
});

const world = keptWorld();
if (world !== null) {
  describe('the emulated host', () => {
    test('is a snapshot by the schema', () => {
      expect(snapshot.safeParse(world.snapshot).error).toBeUndefined();
    });

    test('is judged as the attacks went', () => {
      const rows = judged(world.snapshot, world.fought);
      expect(rows.filter((r) => !r.agrees).map((r) => `${r.wire}, ${r.technique}, ${r.attacker} → ${r.victim}: said ${r.said}, ${r.worked ? 'worked' : 'failed'}`)).toEqual([]);
      // Some seconds of work, on a machine that may have other things to do.
    }, 600_000);
  });
}
