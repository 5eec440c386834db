import type { Mark, TextMark } from './marks.js';
import { isDrawn, textWidth } from './measure.js';

/** Code points of a text that the bundled fonts do not have. */
export function foreignIn(text: string): Set<number> {
  const out = new Set<number>();
  // Basic Latin is most of what there is.
  for (const c of text.match(/[^\n\u0020-\u007e]/gu) ?? []) {
    const code = c.codePointAt(0) ?? 0;
    if (!isDrawn(code)) out.add(code);
  }
  return out;
}

/** The x of the beginning of a text. */
export function startOf(m: TextMark): number {
  return m.anchor === 'start' ? m.x : m.x - textWidth(m.text, m) / (m.anchor === 'end' ? 1 : 2);
}

/** A box as wide as the sign that cannot be drawn, with the sign's number in it. */
function numbered(code: number, m: TextMark, x: number): readonly Mark[] {
  const w = textWidth(String.fromCodePoint(code), m);
  const inset = m.size * 0.05;
  const digits = code.toString(16).toUpperCase().padStart(4, '0').padStart(code > 0xffff ? 6 : 4, '0');
  const half = digits.length / 2;
  const size = Math.min(m.size * 0.42, (w - 3 * inset) / (half * 0.6));
  const row = (text: string, y: number): TextMark => ({ kind: 'text', x: x + w / 2, y, text, size, weight: 400, family: 'mono', anchor: 'middle', fill: m.fill, ...(m.opacity === undefined ? {} : { opacity: m.opacity }) });
  return [
    { kind: 'rect', x: x + inset, y: m.y - m.size * 0.83, w: w - 2 * inset, h: m.size * 0.98, r: m.size * 0.08, stroke: { token: m.fill, width: Math.max(0.4, m.size * 0.05) }, ...(m.opacity === undefined ? {} : { opacity: m.opacity }) },
    row(digits.slice(0, half), m.y - m.size * 0.42),
    row(digits.slice(half), m.y),
  ];
}

/** A text whose signs can be drawn but for `missing`: those become numbered boxes, so that what was there can still be read. */
export function legible(m: TextMark, missing: ReadonlySet<number>): readonly Mark[] {
  const out: Mark[] = [];
  let x = startOf(m);
  let run = '';
  const flush = (): void => {
    // A reader of SVG drops spaces at the beginning of a text.
    const text = run.trimStart();
    const skipped = textWidth(run.slice(0, run.length - text.length), m);
    if (text !== '') out.push({ ...m, x: x + skipped, anchor: 'start', text });
    x += textWidth(run, m);
    run = '';
  };
  for (const c of m.text) {
    const code = c.codePointAt(0) ?? 0;
    const w = missing.has(code) ? textWidth(c, m) : -1;
    if (w < 0) run += c;
    // What takes no room (joiners, selectors) is nothing by itself.
    else if (w > 0) {
      flush();
      out.push(...numbered(code, m, x));
      x += w;
    }
  }
  flush();
  return out;
}
