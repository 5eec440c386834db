import { workloads, type Snapshot } from '../../../src/core/model/index.js';
import { explain } from '../../../src/core/reach/index.js';
import type { PairVerdict, Technique, Verdict } from '../../../src/core/reach/types.js';
import type { Struck } from './strike.js';
import { WORLD } from './world.js';

/** Who is on a wire by process id, and what the attacks there came to. */
export interface Fought {
  readonly wire: string;
  readonly members: Readonly<Record<string, number>>;
  readonly struck: readonly Struck[];
}

/** One attack beside what is said of it. `can`: it is possible, and as `x`. */
export interface Row extends Struck {
  readonly wire: string;
  readonly said: Verdict;
  readonly can: boolean;
  readonly unless: readonly string[];
  /** What the author expected. */
  readonly expected: boolean;
  readonly agrees: boolean;
}

const RANK: readonly Verdict[] = ['possible', 'latent', 'unknown', 'blocked'];

/** What is said of one pair, the strongest; no segment in common is as good as blocked. */
export function saidOf(snapshot: Snapshot, from: string, to: string, technique: Technique): PairVerdict | null {
  const list = explain(snapshot, from, to).filter((v) => v.technique === technique);
  return list.reduce<PairVerdict | null>((best, v) => (best === null || RANK.indexOf(v.verdict) < RANK.indexOf(best.verdict) ? v : best), null);
}

/** Every attack with the verdict on it. Throws where a member is not in the snapshot. */
export function judged(snapshot: Snapshot, fought: readonly Fought[]): readonly Row[] {
  const byPid = new Map(workloads(snapshot).map((w) => [w.pid, w.id]));
  return fought.flatMap(({ wire, members, struck }) => {
    const is = WORLD.find((w) => w.name === wire);
    const id = (name: string): string => {
      const found = name === 'host' ? 'host' : byPid.get(members[name] ?? 0);
      if (found === undefined) throw new Error(`${name} on ${wire} is not in the snapshot`);
      return found;
    };
    return struck.map((s): Row => {
      const v = saidOf(snapshot, id(s.attacker), id(s.victim), s.technique);
      const can = v?.verdict === 'possible' && v.impersonates.includes(id('x'));
      const reserve = is?.members[s.attacker]?.reserve;
      const reserved = can && reserve !== undefined && v.unless.some((u) => u.includes(reserve));
      const expected = (is?.fools[s.technique]?.[s.attacker] ?? '').split(' ').includes(s.victim);
      return { ...s, wire, said: v?.verdict ?? 'blocked', can, unless: v?.unless ?? [], expected, agrees: v?.verdict === 'unknown' || can === s.worked || (reserved && !s.worked) };
    });
  });
}
