import Table from 'cli-table3';
import { safe } from './trouble.js';

const NONE = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ' };

/** Columns on the screen of a text, wide characters counted as two; what people see, not what is stored. */
export function widthOf(text: string): number {
  let n = 0;
  for (const c of text) {
    const code = c.codePointAt(0) ?? 0;
    if (/\p{Mark}/u.test(c) || code === 0x200d || code === 0xfe0f) continue;
    n += /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Emoji_Presentation}/u.test(c) || (code >= 0xff01 && code <= 0xff60) ? 2 : 1;
  }
  return n;
}

/**
 * Rows in aligned columns without lines; the last column wraps within what is left of the width. Cells must be safe text
 * already (see `safe`), with colour if wanted.
 */
export function columns(rows: readonly (readonly string[])[], width: number, indent = 0): string {
  const count = Math.max(0, ...rows.map((r) => r.length));
  if (count === 0) return '';
   
  const bare = (text: string): string => text.replace(/\x1b\[[0-9;]*m/gu, '');
  const wide = Array.from({ length: count }, (_, i) => Math.max(0, ...rows.map((r) => widthOf(bare(r[i] ?? '')))));
  const before = wide.slice(0, -1).reduce((a, b) => a + b + 2, indent);
  const last = Math.max(24, Math.min(wide[count - 1] ?? 0, width - before));
  const table = new Table({ chars: NONE, style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true }, colWidths: [...wide.slice(0, -1), last], wordWrap: true, wrapOnWordBoundary: true });
  for (const r of rows) table.push(Array.from({ length: count }, (_, i) => r[i] ?? ''));
  return `${table.toString().split('\n').map((line) => `${' '.repeat(indent)}${line.replace(/\s+$/u, '')}`).join('\n')}\n`;
}

/** A text of at most so many characters, with an ellipsis in place of the rest; safe to print. */
export function clip(text: string, most: number): string {
  const clean = safe(text);
  return [...clean].length > most ? `${[...clean].slice(0, most - 1).join('')}…` : clean;
}
