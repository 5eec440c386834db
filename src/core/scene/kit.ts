import type { Fill, Mark, PathMark, PathStep, RectMark, Stroke, TextMark, Token } from './marks.js';
import { cutText, plain, textWidth, type Face } from './measure.js';

/** The few ways in which text is set, so that all lenses speak with one voice. */
export const FACES = {
  name: { size: 12.5, weight: 600, family: 'sans' },
  strong: { size: 11, weight: 600, family: 'sans' },
  body: { size: 11, weight: 400, family: 'sans' },
  small: { size: 10, weight: 400, family: 'sans' },
  mono: { size: 10, weight: 400, family: 'mono' },
  monoStrong: { size: 10, weight: 600, family: 'mono' },
  heading: { size: 14.5, weight: 600, family: 'sans' },
  summary: { size: 12.5, weight: 400, family: 'sans' },
  head: { size: 12, weight: 600, family: 'sans' },
} as const satisfies Record<string, Face>;

export const round = (n: number): number => Math.round(n * 100) / 100;

/** A text of our own or already plain; it is not cut. `y` is the baseline. */
export function text(x: number, y: number, words: string, face: Face, fill: Token = 'ink', anchor: TextMark['anchor'] = 'start'): TextMark {
  return { kind: 'text', x: round(x), y: round(y), text: plain(words), size: face.size, weight: face.weight, family: face.family, anchor, fill };
}

/** A text from outside, cut to a width; the whole of it stays in `full`. */
export function cut(x: number, y: number, words: string, width: number, face: Face, fill: Token = 'ink', anchor: TextMark['anchor'] = 'start'): TextMark {
  const whole = plain(words);
  const short = cutText(whole, width, face);
  const mark = text(x, y, short, face, fill, anchor);
  return short === whole ? mark : { ...mark, full: whole };
}

/** The same text on a plain patch, for places where lines or hatches pass. */
export function patched(mark: TextMark, ground: Token = 'ground', pad = 3): Mark[] {
  const w = textWidth(mark.text, mark);
  const x = mark.anchor === 'start' ? mark.x : mark.anchor === 'end' ? mark.x - w : mark.x - w / 2;
  return [{ kind: 'rect', x: round(x - pad), y: round(mark.y - mark.size), w: round(w + pad * 2), h: round(mark.size * 1.32), fill: ground }, mark];
}

export function rect(x: number, y: number, w: number, h: number, over: Omit<RectMark, 'kind' | 'x' | 'y' | 'w' | 'h'>): RectMark {
  return { kind: 'rect', x: round(x), y: round(y), w: round(Math.max(0, w)), h: round(Math.max(0, h)), ...over };
}

export function path(d: readonly PathStep[], over: { readonly fill?: Fill; readonly stroke?: Stroke; readonly opacity?: number }): PathMark {
  return { kind: 'path', d, ...over };
}

export function stroke(token: Token, width: number, over: Omit<Stroke, 'token' | 'width'> = {}): Stroke {
  return { token, width, ...over };
}

export function line(x1: number, y1: number, x2: number, y2: number, token: Token, width = 1, over: Omit<Stroke, 'token' | 'width'> = {}): PathMark {
  return path([['M', round(x1), round(y1)], ['L', round(x2), round(y2)]], { stroke: stroke(token, width, over) });
}

/** Steps through points, closed or open. */
export function through(points: readonly (readonly [number, number])[], closed = false): PathStep[] {
  const steps: PathStep[] = points.map(([x, y], i) => [i === 0 ? 'M' : 'L', round(x), round(y)] as const);
  if (closed) steps.push(['Z']);
  return steps;
}

export function circle(cx: number, cy: number, r: number, over: { readonly fill?: Fill; readonly stroke?: Stroke }): PathMark {
  return path([['A', round(cx), round(cy), r, 0, Math.PI * 2], ['Z']], over);
}

/** The same marks elsewhere. */
export function moved(marks: readonly Mark[], dx: number, dy: number): Mark[] {
  return marks.map((m): Mark => {
    switch (m.kind) {
      case 'rect': return { ...m, x: round(m.x + dx), y: round(m.y + dy) };
      case 'text': return { ...m, x: round(m.x + dx), y: round(m.y + dy) };
      case 'clip': return { ...m, x: round(m.x + dx), y: round(m.y + dy), children: moved(m.children, dx, dy) };
      case 'path': return { ...m, d: m.d.map((s) => movedStep(s, dx, dy)) };
    }
  });
}

function movedStep(s: PathStep, dx: number, dy: number): PathStep {
  switch (s[0]) {
    case 'M': return ['M', round(s[1] + dx), round(s[2] + dy)];
    case 'L': return ['L', round(s[1] + dx), round(s[2] + dy)];
    case 'C': return ['C', round(s[1] + dx), round(s[2] + dy), round(s[3] + dx), round(s[4] + dy), round(s[5] + dx), round(s[6] + dy)];
    case 'A': return ['A', round(s[1] + dx), round(s[2] + dy), s[3], s[4], s[5]];
    case 'Z': return s;
  }
}

/** The same marks fainter: what the filter leaves out, or what is not meant at the moment. */
export function faint(marks: readonly Mark[], opacity: number): Mark[] {
  return marks.map((m): Mark => (m.kind === 'clip' ? { ...m, children: faint(m.children, opacity) } : { ...m, opacity: round((m.opacity ?? 1) * opacity) }));
}
