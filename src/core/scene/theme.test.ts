import { expect, test } from 'vitest';
import { TOKENS, type Token } from './marks.js';
import { THEMES, channels, contrast, type Palette } from './theme.js';

const TEXT: readonly Token[] = ['ink', 'muted', 'accent', 'risk', 'warn', 'fine'];
const GROUNDS: readonly Token[] = ['paper', 'ground', 'raised', 'accentTint', 'riskTint', 'warnTint', 'fineTint'];
const IDENTITIES = ['identA', 'identB', 'identC', 'identD', 'identE', 'identF'] as const;

const themes = Object.entries(THEMES) as [string, Palette][];

test.each(themes)('%s: text keeps 4.5:1 on every ground and tint', (_, palette) => {
  const poor = TEXT.flatMap((t) => GROUNDS.map((g) => ({ t, g, c: contrast(palette[t], palette[g]) }))).filter((x) => x.c < 4.5);
  expect(poor).toEqual([]);
});

test.each(themes)('%s: quiet text keeps 4.5:1 on the plain grounds', (_, palette) => {
  for (const g of ['paper', 'ground', 'raised'] as const) expect(contrast(palette.dim, palette[g])).toBeGreaterThanOrEqual(4.5);
});

test.each(themes)('%s: an identity keeps 4.5:1 on its own tint and on cards', (_, palette) => {
  for (const i of IDENTITIES) {
    expect(contrast(palette[i], palette[`${i}Tint`])).toBeGreaterThanOrEqual(4.5);
    expect(contrast(palette[i], palette.raised)).toBeGreaterThanOrEqual(4.5);
  }
});

test.each(themes)('%s: what is written on a filled sign keeps 4.5:1', (_, palette) => {
  for (const t of ['risk', 'warn', 'fine', 'accent'] as const) expect(contrast(palette.white, palette[t])).toBeGreaterThanOrEqual(4.5);
});

test.each(themes)('%s: lines that mean something keep 3:1 on the canvas', (_, palette) => {
  for (const t of ['drop', 'ink', 'risk', 'warn', 'accent', 'fine'] as const) expect(contrast(palette[t], palette.ground)).toBeGreaterThanOrEqual(3);
});

// Machado, Oliveira, Fernandes 2009, severity 1, on linear RGB.
const BLIND = {
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
} as const;

function lab(colour: string, matrix: readonly (readonly number[])[]): [number, number, number] {
  const linear = channels(colour).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  const [r, g, b] = matrix.map((row) => Math.min(1, Math.max(0, row.reduce((sum, m, i) => sum + m * linear[i]!, 0)))) as [number, number, number];
  const f = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const [x, y, z] = [f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505), f(0.2126 * r + 0.7152 * g + 0.0722 * b), f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089)];
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

test.each(themes)('%s: risk, fine and the chosen one stay apart for eyes that do not tell red from green', (_, palette) => {
  for (const matrix of Object.values(BLIND)) {
    for (const [a, b] of [['risk', 'fine'], ['risk', 'accent'], ['fine', 'accent'], ['risk', 'drop'], ['risk', 'ink']] as const) {
      const [p, q] = [lab(palette[a], matrix), lab(palette[b], matrix)];
      expect(Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]), `${a} and ${b}`).toBeGreaterThan(15);
    }
  }
});

test('both palettes know every token and nothing else', () => {
  for (const [, palette] of themes) expect(Object.keys(palette).sort()).toEqual([...TOKENS].sort());
});
