import type { Token } from './marks.js';

/** A palette: a colour for every token, `#rrggbb`. */
export type Palette = Readonly<Record<Token, string>>;
export type ThemeName = 'light' | 'dark';

/**
 * Chosen so that text tokens keep 4.5:1 on every plain and tinted ground, and so that risk, warn, fine and the
 * identities stay apart for eyes that do not tell red from green (theme.test.ts computes both).
 * ground: the canvas; paper: panels; raised: cards; line: hairlines; drop: thin lines of the picture;
 * dim: quiet text on plain ground; muted: quiet text anywhere; track: an empty meter; fill: an area in use;
 * white: what is written on a filled sign.
 */
export const LIGHT: Palette = {
  paper: '#ffffff',
  ground: '#f4f6f8',
  raised: '#ffffff',
  line: '#cbd5df',
  drop: '#768494',
  dim: '#5a6a7b',
  muted: '#526375',
  ink: '#17222d',
  accent: '#0069a6',
  accentTint: '#d9eaf4',
  risk: '#b93610',
  riskTint: '#fbeee6',
  warn: '#855800',
  warnTint: '#fbf2dc',
  fine: '#00704a',
  fineTint: '#dff1e8',
  identA: '#0069a6',
  identB: '#9c2f72',
  identC: '#5747b5',
  identD: '#5c6600',
  identE: '#00706e',
  identF: '#8a4b1f',
  identATint: '#dbe8ef',
  identBTint: '#f3e2ec',
  identCTint: '#e5e3f4',
  identDTint: '#e8ebd8',
  identETint: '#d8ebe9',
  identFTint: '#f1e5da',
  track: '#d5dde5',
  fill: '#87b6d2',
  white: '#ffffff',
};

export const DARK: Palette = {
  paper: '#121b25',
  ground: '#0d131a',
  raised: '#182430',
  line: '#2a3949',
  drop: '#6b7c8e',
  dim: '#8797a8',
  muted: '#8fa1b4',
  ink: '#e3ebf3',
  accent: '#56b4e9',
  accentTint: '#1c3142',
  risk: '#ff7a59',
  riskTint: '#31272c',
  warn: '#f0b34a',
  warnTint: '#332c1f',
  fine: '#3dbf92',
  fineTint: '#163029',
  identA: '#56b4e9',
  identB: '#e58cc3',
  identC: '#a99bff',
  identD: '#b9c652',
  identE: '#4fc6c0',
  identF: '#dd9e6c',
  identATint: '#1a2f3f',
  identBTint: '#33273a',
  identCTint: '#2a2c47',
  identDTint: '#2b3222',
  identETint: '#173335',
  identFTint: '#34291f',
  track: '#3a4c5e',
  fill: '#305e7b',
  white: '#0d131a',
};

export const THEMES: Readonly<Record<ThemeName, Palette>> = { light: LIGHT, dark: DARK };

const QUIET: readonly Token[] = ['accent', 'risk', 'warn', 'fine', 'identA', 'identB', 'identC', 'identD', 'identE', 'identF'];
const TINTS: readonly Token[] = ['accentTint', 'riskTint', 'warnTint', 'fineTint', 'identATint', 'identBTint', 'identCTint', 'identDTint', 'identETint', 'identFTint', 'fill'];

/** The palette of a picture that is not of now: marks keep their form and lose their colour, names go dim. */
export function stale(palette: Palette): Palette {
  const faded: Record<Token, string> = { ...palette, ink: palette.dim };
  for (const t of QUIET) faded[t] = palette.drop;
  for (const t of TINTS) faded[t] = palette.track;
  return faded;
}

/** WCAG 2.2 relative luminance of `#rrggbb`, 0 to 1. */
function luminance(colour: string): number {
  const [r, g, b] = channels(colour).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG 2.2 contrast of two colours, 1 to 21. */
export function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

/** Red, green and blue of `#rrggbb`, each 0 to 1. */
export function channels(colour: string): [number, number, number] {
  const n = parseInt(colour.slice(1), 16);
  return [(n >> 16) / 255, ((n >> 8) & 255) / 255, (n & 255) / 255];
}
