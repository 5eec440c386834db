import { isKnown, type Reading } from '../model/reading.js';
import type { Subject } from '../model/finding.js';

export type RowState = 'risk' | 'mind' | 'fine' | 'unknown' | 'none';

/** One line of the inspector. A fact always carries the place it was read from. */
export type Row =
  | { readonly row: 'fact'; readonly name: string; readonly value: string; readonly source: string; readonly state: RowState; readonly note: string }
  | { readonly row: 'meter'; readonly name: string; readonly text: string; readonly share: number | null; readonly state: RowState; readonly source: string }
  | { readonly row: 'words'; readonly text: string; readonly state: RowState }
  | { readonly row: 'link'; readonly name: string; readonly text: string; readonly state: RowState; readonly to: string; readonly pair: PairRef | null }
  | { readonly row: 'chips'; readonly chips: readonly { readonly text: string; readonly state: RowState; readonly full: string }[] }
  | { readonly row: 'remedy'; readonly text: string; readonly command: string; readonly breaks: string };

/** An ordered pair on a segment, whose whole chain can be shown. */
export interface PairRef {
  readonly attacker: string;
  readonly victim: string;
  readonly segment: string;
}

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly rows: readonly Row[];
}

/** The card on top: the verdict in one sentence; `pair` leads to the whole chain. */
export interface Card {
  readonly state: RowState;
  readonly heading: string;
  readonly text: string;
  readonly pair: PairRef | null;
}

/** All that the inspector says of one thing. */
export interface Inspection {
  readonly subject: Subject;
  readonly title: string;
  readonly subtitle: string;
  readonly card: Card | null;
  readonly sections: readonly Section[];
}

const UNREAD = { denied: 'denied: needs root', absent: 'not there', unsupported: 'cannot be read from here', 'not-asked': 'not read' } as const;

/** A value in words, in the field's own notation: lists by blanks, records by name=value. */
export function valueWords(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(valueWords).join(' ');
  if (typeof value === 'object') return Object.entries(value).map(([name, inner]) => `${name}=${valueWords(inner)}`).join(' ');
  return String(value);
}

/**
 * A value where a sentence asks for some capabilities: `has CAP_NET_RAW, of 14` instead of all of them.
 * Other values, and sets that the sentence names nothing of, in full.
 */
export function decisive(sentence: string): (value: unknown) => string {
  const asked = [...new Set(sentence.match(/CAP_[A-Z_]+[A-Z]/g) ?? [])];
  return (value) => {
    if (!Array.isArray(value) || value.length === 0 || !value.every((one) => typeof one === 'string' && one.startsWith('CAP_'))) return valueWords(value);
    const held = asked.filter((cap) => value.includes(cap));
    if (held.length > 0) return value.length === held.length ? held.join(' ') : `has ${held.join(' ')}, of ${value.length}`;
    return value.length > 4 ? `${value.length}, ${asked.length > 0 ? `not ${asked.join(' ')}` : `${value.slice(0, 3).join(' ')} …`}` : value.join(' ');
  };
}

/** A reading in words; unknown says why. */
export function readingWords<T>(reading: Reading<T>, say: (value: T) => string = valueWords): string {
  return isKnown(reading) ? say(reading.value) : `? ${UNREAD[reading.unknown]}`;
}

export function fact<T>(name: string, reading: Reading<T>, say: (value: T) => string = valueWords, state: RowState = 'none', note = ''): Row {
  return { row: 'fact', name, value: readingWords(reading, say), source: reading.source, state: isKnown(reading) ? state : 'unknown', note };
}

export function words(text: string, state: RowState = 'none'): Row {
  return { row: 'words', text, state };
}

/** A section, or nothing where it would be empty. */
export function section(id: string, title: string, rows: readonly Row[]): readonly Section[] {
  return rows.length === 0 ? [] : [{ id, title, rows }];
}
