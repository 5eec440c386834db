import { judge } from '../reach/index.js';
import type { Snapshot } from '../model/snapshot.js';
import { compareWith } from './compare.js';
import type { Comparison } from './types.js';

export { compareWith } from './compare.js';
export { comparisonJson, comparisonMarkdown, comparisonText } from './print.js';
export type { Change, Comparison } from './types.js';

/** What changed about isolation from `a` (earlier) to `b` (later). */
export function compare(a: Snapshot, b: Snapshot): Comparison {
  return compareWith(a, b, judge);
}
