import type { Picture } from '../contract/contract.js';
import type { Facts } from '../core/inspect/index.js';
import type { Rates } from '../core/facts/rates.js';
import type { Snapshot } from '../core/model/snapshot.js';
import { explain, TECHNIQUES, VERDICTS, type PairVerdict } from '../core/reach/index.js';

/** The chain that decides for a pair on a segment: the strongest verdict, then the first technique. */
function strongest(all: readonly PairVerdict[], segment: string): PairVerdict | null {
  const rank = (p: PairVerdict): number => VERDICTS.indexOf(p.verdict) * 10 + TECHNIQUES.indexOf(p.technique);
  return all.filter((p) => p.segment === segment).sort((a, b) => rank(a) - rank(b))[0] ?? null;
}

let last: { readonly snapshot: Snapshot; readonly asked: Map<string, readonly PairVerdict[]> } | null = null;

/** Chains of the latest snapshot, each pair asked for once. */
function explained(snapshot: Snapshot, attacker: string, victim: string): readonly PairVerdict[] {
  if (last?.snapshot !== snapshot) last = { snapshot, asked: new Map() };
  const key = `${attacker}\n${victim}`;
  const known = last.asked.get(key);
  if (known) return known;
  const all = explain(snapshot, attacker, victim);
  last.asked.set(key, all);
  return all;
}

/** What the inspector may look at, of one picture. */
export function factsOf(picture: Picture, rates: Rates | null): Facts {
  const { snapshot, judgement, findings, alarms } = picture;
  return { snapshot, judgement, findings, alarms, rates, explain: (attacker, victim, segment) => strongest(explained(snapshot, attacker, victim), segment) };
}
