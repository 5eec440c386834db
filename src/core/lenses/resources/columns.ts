export const MARGIN = 24;

/** Where the columns stand, for a canvas of this width. Columns that find no room are left out, in this order: small bars, pressure. */
export interface Columns {
  readonly hostX: number;
  readonly hostLabelX: number;
  readonly hostLabelW: number;
  /** Of each level of slices. */
  readonly sliceX: readonly number[];
  /** Width of the bars of slices. */
  readonly stem: number;
  readonly sliceLabelW: number;
  readonly nameX: number;
  readonly nameW: number;
  readonly bandX: number;
  readonly bandW: number;
  readonly useX: number;
  readonly limitX: number;
  readonly effectiveX: number;
  readonly effectiveW: number;
  readonly psiX: number | null;
  readonly minis: readonly number[];
  readonly right: number;
}

/** Width of the host's bar. */
export const STEM = 52;
export const MINI_W = 22;
const MINIS = 3 * (MINI_W + 6) + 8;
const PSI = 66;
const LEAST_BAND = 96;

/** Bars and labels of slices, by how many levels of them there are. */
function level(depth: number, tight: boolean): { readonly stem: number; readonly label: number } {
  if (depth <= 1) return { stem: STEM, label: tight ? 88 : 99 };
  return depth === 2 ? { stem: 34, label: tight ? 72 : 82 } : { stem: 22, label: 70 };
}

export function columns(width: number, depth: number): Columns {
  const inner = width - MARGIN * 2;
  const tight = inner < 980;
  const hostLabelW = tight ? 76 : 86;
  const nameW = tight ? 92 : 104;
  const hostX = MARGIN;
  const hostLabelX = hostX + STEM + 8;
  const { stem, label } = level(depth, tight);
  const first = hostLabelX + hostLabelW + 12;
  const pitch = stem + 8 + label + 12;
  const sliceX = Array.from({ length: depth }, (_, i) => first + i * pitch);
  const nameX = first + depth * pitch;
  const bandX = nameX + nameW + 4;
  const effectiveW = inner >= 980 ? 118 : 104;
  const fixed = 68 + 62 + 14 + effectiveW;
  const room = MARGIN + inner - bandX - LEAST_BAND - fixed;
  const psi = inner >= 780 && room >= PSI;
  const minis = inner >= 900 && psi && room >= PSI + MINIS;
  const bandW = Math.max(LEAST_BAND, LEAST_BAND + room - (psi ? PSI : 0) - (minis ? MINIS : 0));
  const useX = bandX + bandW + 68;
  const limitX = useX + 62;
  const effectiveX = limitX + 14;
  const psiX = psi ? effectiveX + effectiveW + 60 : null;
  const firstMini = (psiX ?? effectiveX + effectiveW) + 14;
  return {
    hostX, hostLabelX, hostLabelW, sliceX, stem, sliceLabelW: label, nameX, nameW, bandX, bandW, useX, limitX, effectiveX, effectiveW, psiX,
    minis: minis ? [0, 1, 2].map((i) => firstMini + i * (MINI_W + 6)) : [],
    right: minis ? firstMini + 3 * (MINI_W + 6) - 6 : (psiX ?? effectiveX + effectiveW),
  };
}
