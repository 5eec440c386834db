import type { Picture } from '../contract/contract.js';
import type { Rates } from '../core/facts/rates.js';

export interface Query {
  readonly text: string;
  readonly error: string | null;
}

export function parse(text: string): Query {
  return { text, error: null };
}

export function shownBy(query: Query, picture: Picture, _rates: Rates | null): ReadonlySet<string> | null {
  if (query.text.trim() === '') return null;
  return new Set(picture.snapshot.containers.filter((c) => c.name.includes(query.text.trim())).map((c) => c.id));
}
