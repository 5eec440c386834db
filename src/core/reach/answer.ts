import type { Step, Verdict } from './types.js';

/**
 * What is known of one condition or a chain of them. `open`: nothing that was read stops it. `shut`: something that was
 * read stops it. `latent`: only what could be started would open it. `unknown`: what decides was not read.
 */
export type State = 'open' | 'latent' | 'unknown' | 'shut';

export interface Answer {
  readonly state: State;
  /** What decides, short. */
  readonly reason: string;
  /** What was not read and would stop it. */
  readonly unless: readonly string[];
  /** Made when asked for: only one pair's chain is ever shown. */
  readonly steps: () => readonly Step[];
}

const WEIGHT: Readonly<Record<State, number>> = { open: 3, latent: 2, unknown: 1, shut: 0 };

export function answer(state: State, reason: string, steps: () => readonly Step[] = () => [], unless: readonly string[] = []): Answer {
  return { state, reason, unless, steps };
}

/** All conditions must hold: the weakest state counts, and each unread thing that could stop it is kept. */
export function series(parts: readonly Answer[]): Answer {
  let weakest = parts[0] ?? answer('open', '');
  for (const part of parts) if (WEIGHT[part.state] < WEIGHT[weakest.state]) weakest = part;
  return {
    state: weakest.state,
    reason: weakest.reason,
    unless: weakest.state === 'shut' ? [] : merge(parts.map((part) => part.unless)),
    steps: () => parts.flatMap((part) => part.steps()),
  };
}

/** One way is enough: the strongest counts, and of equals the one with the fewest reservations. */
export function strongest<T extends Answer>(parts: readonly T[]): T | undefined {
  let best: T | undefined;
  for (const part of parts) {
    if (best === undefined || WEIGHT[part.state] > WEIGHT[best.state] || (part.state === best.state && part.unless.length < best.unless.length)) best = part;
  }
  return best;
}

export function merge(lists: readonly (readonly string[])[]): readonly string[] {
  const full = lists.filter((list) => list.length > 0);
  return full.length < 2 ? (full[0] ?? []) : [...new Set(full.flat())];
}

export function verdictOf(state: State): Verdict {
  return state === 'open' ? 'possible' : state === 'shut' ? 'blocked' : state;
}

/** Whether the first is the stronger verdict. */
export function outranks(a: State, b: State): boolean {
  return WEIGHT[a] > WEIGHT[b];
}
