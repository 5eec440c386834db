import { judgeAgain, newMemory } from '../reach/index.js';
import type { Snapshot } from '../model/snapshot.js';
import { compareWith } from './compare.js';
import { shareForVerdicts } from './share.js';
import type { Comparison } from './types.js';

export { compareWith } from './compare.js';
export { comparisonJson, comparisonMarkdown, comparisonText } from './print.js';
export type { Change, Comparison } from './types.js';

/** What changed about isolation from `a` (earlier) to `b` (later). Segments of which nothing changed are judged once. */
export function compare(a: Snapshot, b: Snapshot): Comparison {
  const memory = newMemory();
  return compareWith(a, shareForVerdicts(a, b), (s) => judgeAgain(s, memory));
}
