import fc from 'fast-check';
import { expect, it } from 'vitest';
import { standing } from '../../src/core/facts/standing.js';
import { sharing, shares } from '../../src/core/facts/shares.js';
import { uses } from '../../src/core/facts/uses.js';
import { enforcement } from '../../src/core/lenses/enforcement/index.js';
import { namespaces } from '../../src/core/lenses/namespaces/index.js';
import { resources } from '../../src/core/lenses/resources/index.js';
import { DEFAULT_OPTIONS, type View } from '../../src/core/lenses/view.js';
import { UNKNOWN, isKnown, workloads, type Snapshot } from '../../src/core/model/index.js';
import { cast } from '../cast/cast.js';

/** The same snapshot in which some readings of the kernel could not be read; the engine's word stays. */
function blinded(s: Snapshot, lost: (source: string, n: number) => (typeof UNKNOWN)[number] | null): Snapshot {
  let n = 0;
  const walk = (v: unknown): unknown => {
    if (Array.isArray(v)) return v.map(walk);
    if (v === null || typeof v !== 'object') return v;
    if ('source' in v && 'value' in v && !String(v.source).startsWith('engine')) {
      const why = lost(String(v.source), (n += 1));
      if (why !== null) return { unknown: why, source: v.source };
    }
    return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, walk(x)]));
  };
  const host = walk(s.host) as Snapshot['host'];
  return { ...s, host, containers: s.containers.map((c) => walk(c) as typeof c), groups: s.groups.map((g) => walk(g) as typeof g) };
}

const base = cast(14);
const before = new Map(workloads(base).map((w) => [w.id, standing(w, base)]));
const some = fc.record({ every: fc.integer({ min: 1, max: 9 }), from: fc.nat(8), why: fc.constantFrom(...UNKNOWN) });
const lose = ({ every, from, why }: { every: number; from: number; why: (typeof UNKNOWN)[number] }): Snapshot => blinded(base, (_, n) => (n % every === from % every ? why : null));

it('no wall stands, and nobody is hardened, because something could not be read', () => {
  fc.assert(
    fc.property(some, (how) => {
      const s = lose(how);
      for (const w of workloads(s)) {
        const was = before.get(w.id)!;
        const is = standing(w, s);
        if (was.state !== 'fine') expect([w.name, is.state]).not.toEqual([w.name, 'fine']);
        is.walls.forEach((x, i) => {
          if (was.walls[i]!.state !== 'stands') expect([w.name, x.name, x.state]).not.toEqual([w.name, x.name, 'stands']);
        });
      }
    }),
    { seed: 11, numRuns: 120 },
  );
});

it('nobody is alone in a namespace, within a limit, or without one, because it could not be read', () => {
  const all = sharing(base);
  fc.assert(
    fc.property(some, (how) => {
      const s = lose(how);
      const now = sharing(s);
      for (const w of workloads(s)) {
        const was = shares(w.id, all);
        shares(w.id, now).forEach((x, i) => {
          // Who joined may be the one that could not be read; but the host's is never taken for one's own.
          if (x.state === 'own' || x.state === 'shared') expect([w.name, x.kind, was[i]!.state]).not.toEqual([w.name, x.kind, 'host']);
          if (x.state === 'own' && was[i]!.state === 'shared') expect(now.parties.some((p) => !isKnown(p.readings[x.kind]))).toBe(true);
        });
        const old = uses(workloads(base).find((o) => o.id === w.id)!, base);
        uses(w, s).forEach((u, i) => {
          if (u.words.endsWith('no limit')) expect(old[i]!.words.endsWith('no limit')).toBe(true);
          if (u.share !== null) expect(u.share).toBe(old[i]!.share);
        });
      }
    }),
    { seed: 12, numRuns: 60 },
  );
});

it('every lens draws what is left, whatever could not be read', () => {
  fc.assert(
    fc.property(some, (how) => {
      const view: View = {
        snapshot: lose(how), judgement: { segments: [], counts: { possible: 0, latent: 0, unknown: 0, blocked: 0 }, unread: [], sham: [] }, findings: [], alarms: [], shown: null, project: null, width: 1080, options: DEFAULT_OPTIONS,
      };
      for (const lens of [enforcement, namespaces, resources]) {
        const { scene } = lens.arrange(view, null);
        expect(scene.items.every((i) => [i.box.x, i.box.y, i.box.w, i.box.h].every(Number.isFinite))).toBe(true);
      }
    }),
    { seed: 13, numRuns: 40 },
  );
});
