import { knownOf, type FilterFacts, type Known } from './filter/known.js';
import { parseText, type Expression, type FilterError, type Term } from './filter/parse.js';
import { WORDS, askPlain, type Answer } from './filter/terms.js';
import { workloads } from './model/snapshot.js';
import type { Workload } from './model/workload.js';

export type { FilterError } from './filter/parse.js';
export type { FilterFacts } from './filter/known.js';

/** A filter that was understood, ready to be asked; `empty` lets everybody pass. */
export interface Filter {
  readonly text: string;
  readonly expression: Expression | null;
}
export type FilterResult = { readonly ok: true; readonly filter: Filter } | { readonly ok: false; readonly error: FilterError };

const byKey = new Map(WORDS.map((w) => [w.key, w]));

/** Letters to change to get from one word to the other. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row.at(-1)!;
}

function wrong(t: Term): FilterError | null {
  const at = { at: t.at, length: t.length };
  if (t.key === null) return null;
  const word = byKey.get(t.key);
  if (!word) {
    const near = WORDS.map((w) => ({ key: w.key, far: distance(w.key, t.key!.slice(0, 40)) })).sort((a, b) => a.far - b.far)[0]!;
    return { ...at, text: `There is no word ${t.key}: here${near.far <= 2 ? `. Did you mean ${near.key}:?` : '. In quotation marks it is looked for as text.'}` };
  }
  const problem = word.check?.(t) ?? null;
  if (problem !== null) return { ...at, text: problem };
  return t.compare !== '=' && t.key !== 'use' ? { ...at, text: `${t.key}: cannot be compared with ${t.compare}.` } : null;
}

function firstWrong(e: Expression): FilterError | null {
  switch (e.kind) {
    case 'term': return wrong(e);
    case 'not': return firstWrong(e.of);
    default: return firstWrong(e.left) ?? firstWrong(e.right);
  }
}

/**
 * Understands a filter: `shares:host`, `risk:possible project:shop`, `172.20.0.0/16`, `web or cart`, `not (image:redis*)`, free words.
 * Words side by side mean and. An error says what is wrong and where (offset and length in the text).
 */
export function parseFilter(text: string): FilterResult {
  const parsed = parseText(text);
  if (!parsed.ok) return parsed;
  const error = parsed.expression === null ? null : firstWrong(parsed.expression);
  return error === null ? { ok: true, filter: { text, expression: parsed.expression } } : { ok: false, error };
}

function ask(e: Expression, w: Workload, known: Known): Answer {
  switch (e.kind) {
    case 'term': return e.key === null ? askPlain(w, e, known) : byKey.get(e.key)!.ask(w, e, known);
    case 'not': {
      const of = ask(e.of, w, known);
      return of === 'unknown' ? 'unknown' : of === 'yes' ? 'no' : 'yes';
    }
    case 'and': {
      const left = ask(e.left, w, known);
      if (left === 'no') return 'no';
      const right = ask(e.right, w, known);
      return right === 'no' ? 'no' : left === 'unknown' ? 'unknown' : right;
    }
    case 'or': {
      const left = ask(e.left, w, known);
      if (left === 'yes') return 'yes';
      const right = ask(e.right, w, known);
      return right === 'yes' ? 'yes' : left === 'unknown' ? 'unknown' : right;
    }
  }
}

/** Ids of the workloads that pass; null where the filter is empty and all do. Who cannot be judged for want of a reading does not pass. */
export function applyFilter(filter: Filter, facts: FilterFacts): ReadonlySet<string> | null {
  const { expression } = filter;
  if (expression === null) return null;
  const known = knownOf(facts);
  return new Set(workloads(facts.snapshot).filter((w) => ask(expression, w, known) === 'yes').map((w) => w.id));
}

/** The words that may stand before a colon, what they ask, and usual values: for help and completion. */
export const FILTER_WORDS: readonly { readonly key: string; readonly about: string; readonly values: readonly string[] }[] = WORDS.map(({ key, about, values }) => ({ key, about, values }));
