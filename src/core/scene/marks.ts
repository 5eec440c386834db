/**
 * The few kinds of marks that every painter knows (canvas, SVG, PNG, PDF, HTML).
 * Colours are tokens of a theme, so one scene serves light and dark.
 */
export const TOKENS = [
  'paper', 'ground', 'raised', 'line', 'drop', 'dim', 'muted', 'ink', 'accent', 'accentTint', 'risk', 'riskTint', 'warn', 'warnTint',
  'fine', 'fineTint', 'identA', 'identB', 'identC', 'identD', 'identE', 'identF', 'identATint', 'identBTint', 'identCTint', 'identDTint',
  'identETint', 'identFTint', 'track', 'fill', 'white',
] as const;
export type Token = (typeof TOKENS)[number];

/** A plain token, or a hatch: lines of a token at an angle (degrees) with a gap, in user units. */
export type Fill = Token | { readonly hatch: Token; readonly angle: number; readonly gap: number; readonly width: number };

export interface Stroke {
  readonly token: Token;
  readonly width: number;
  readonly dash?: readonly number[];
  readonly cap?: 'butt' | 'round';
}

export type PathStep =
  | readonly ['M', number, number]
  | readonly ['L', number, number]
  | readonly ['C', number, number, number, number, number, number]
  | readonly ['A', number, number, number, number, number] // centre x, y, radius, start and end angle in radians, clockwise
  | readonly ['Z'];

export interface RectMark {
  readonly kind: 'rect';
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly r?: number;
  readonly fill?: Fill;
  readonly stroke?: Stroke;
  readonly opacity?: number;
}
export interface PathMark {
  readonly kind: 'path';
  readonly d: readonly PathStep[];
  readonly fill?: Fill;
  readonly stroke?: Stroke;
  readonly opacity?: number;
}
/** `y` is the baseline. Text is already cut to its width by arrange (core/scene/measure). */
export interface TextMark {
  readonly kind: 'text';
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly size: number;
  readonly weight: 400 | 600;
  readonly family: 'sans' | 'mono';
  readonly anchor: 'start' | 'middle' | 'end';
  readonly fill: Token;
  /** The whole text, where `text` is a cut one. */
  readonly full?: string;
  readonly opacity?: number;
}
/** Children clipped to a rectangle. */
export interface ClipMark {
  readonly kind: 'clip';
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly children: readonly Mark[];
}
export type Mark = RectMark | PathMark | TextMark | ClipMark;
