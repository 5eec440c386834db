import { expect } from 'vitest';
import { valueOf, type Container, type Reading } from '../../src/core/model/index.js';

/** What moves between two looks. */
const MOVES = /usage|pressure|cpu\.usageMs|throttled|oomKills|Bytes|processCount/;

/** Every reading of a value, with its place. */
export function readings(value: unknown, place: string, all: Map<string, Reading<unknown>> = new Map()): ReadonlyMap<string, Reading<unknown>> {
  if (typeof value !== 'object' || value === null) return all;
  if ('source' in value && ('value' in value || 'unknown' in value)) {
    all.set(place, value as Reading<unknown>);
    return all;
  }
  for (const [key, one] of Object.entries(value)) readings(one, `${place}.${key}`, all);
  return all;
}

/** Each reading of a thing is what root reads of it, or denied where root reads it; answers how many are known. Nothing is made up. */
export function sameOrDenied(mine: unknown, roots: unknown, name: string): number {
  const theirs = readings(roots, name);
  let known = 0;
  for (const [place, one] of readings(mine, name)) {
    const other = theirs.get(place);
    if (other === undefined || MOVES.test(place)) continue;
    if ('unknown' in one) expect([place, one.unknown, other]).toEqual([place, 'unknown' in other ? other.unknown : 'denied', other]);
    else {
      expect([place, one.value]).toEqual([place, valueOf(other)]);
      // An owner that could not be read is told by the engine's word, and says so.
      if (!(place.endsWith('.owner') && one.source.startsWith('engine:'))) known += 1;
    }
  }
  return known;
}

/** Each reading of a container is the very same, sources included, but for what moves. */
export function sameReadings(mine: Container, roots: Container): void {
  const theirs = readings(roots, roots.name);
  const ours = readings(mine, roots.name);
  for (const [place, one] of theirs) if (!MOVES.test(place)) expect([place, ours.get(place)]).toEqual([place, one]);
}
