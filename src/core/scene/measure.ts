import { ADVANCES, RANGES } from './advances.js';

/** How a text is set. `size` in user units. */
export interface Face {
  readonly size: number;
  readonly weight: 400 | 600;
  readonly family: 'sans' | 'mono';
}

const FALLBACK = 600;
const WIDE = 1000;

type Table = ReadonlyMap<number, number>;
const tables = new Map<string, Table>();

function table(face: Face): Table {
  const key = `${face.family}${face.weight}` as keyof typeof ADVANCES;
  const known = tables.get(key);
  if (known) return known;
  const widths = ADVANCES[key];
  const made = new Map<number, number>();
  let i = 0;
  for (const [from, to] of RANGES) {
    for (let code = from; code <= to; code += 1) {
      const width = widths[i++] ?? 0;
      if (width > 0) made.set(code, width);
    }
  }
  tables.set(key, made);
  return made;
}

function advance(code: number, widths: Table): number {
  const known = widths.get(code);
  if (known !== undefined) return known;
  if ((code >= 0x300 && code <= 0x36f) || (code >= 0xfe00 && code <= 0xfe0f) || (code >= 0x200b && code <= 0x200d)) return 0;
  return code >= 0x1100 ? WIDE : FALLBACK;
}

/** Whether the bundled fonts have a sign; they all have the same. */
export function isDrawn(code: number): boolean {
  return table({ size: 1, weight: 400, family: 'sans' }).has(code);
}

/** Width of a text in user units: the sum of its advances, the same in window, command line and test. Kerning may make it a little narrower. */
export function textWidth(text: string, face: Face): number {
  const widths = table(face);
  let sum = 0;
  for (const c of text) sum += advance(c.codePointAt(0)!, widths);
  return (sum * face.size) / 1000;
}

const LONGEST = 400;
// Control characters and those that turn the direction of what follows would let a name pretend to be other text.
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** A text that came from outside, made fit to be drawn: one line, nothing that hides or turns, at most 400 signs. */
export function plain(text: string): string {
  const short = text.length > LONGEST * 2 ? text.slice(0, LONGEST * 2) : text;
  const clean = short.replace(/\s+/g, ' ').replace(UNPRINTABLE, '·');
  const signs = [...clean];
  return signs.length > LONGEST ? `${signs.slice(0, LONGEST - 1).join('')}…` : clean;
}

/** The longest beginning that fits, with an ellipsis where something was cut; `''` where not even that fits. */
export function cutText(text: string, width: number, face: Face): string {
  const clean = plain(text);
  if (textWidth(clean, face) <= width) return clean;
  const widths = table(face);
  const room = (width * 1000) / face.size - advance(0x2026, widths);
  if (room < 0) return '';
  let sum = 0;
  let out = '';
  for (const c of clean) {
    sum += advance(c.codePointAt(0)!, widths);
    if (sum > room) break;
    out += c;
  }
  return `${out.trimEnd()}…`;
}

/** The text in lines that fit, broken at spaces; the last of `most` lines is cut. */
export function wrapText(text: string, width: number, face: Face, most: number): string[] {
  const words = plain(text).split(' ');
  const lines: string[] = [];
  let line = '';
  for (const [i, word] of words.entries()) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line === '' || textWidth(longer, face) <= width) {
      line = longer;
      continue;
    }
    if (lines.length === most - 1) {
      lines.push(cutText(`${line} ${words.slice(i).join(' ')}`, width, face));
      return lines;
    }
    lines.push(cutText(line, width, face));
    line = word;
  }
  lines.push(cutText(line, width, face));
  return lines;
}
