import type { Band, Slice, Tree } from './model.js';

export const MARGIN = 24;

/** Where the columns stand, for a canvas of this width. Columns that find no room are left out, in this order: small bars, pressure. */
export interface Columns {
  readonly hostX: number;
  readonly hostLabelX: number;
  readonly hostLabelW: number;
  readonly sliceX: number;
  readonly sliceLabelX: number;
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

/** Width of the bars of host and slices. */
export const STEM = 52;
const MINI = 22;

export function columns(width: number): Columns {
  const inner = width - MARGIN * 2;
  const tight = inner < 980;
  const hostLabelW = tight ? 76 : 86;
  const sliceLabelW = tight ? 88 : 99;
  const nameW = tight ? 92 : 104;
  const hostX = MARGIN;
  const hostLabelX = hostX + STEM + 8;
  const sliceX = hostLabelX + hostLabelW + 12;
  const sliceLabelX = sliceX + STEM + 8;
  const nameX = sliceLabelX + sliceLabelW + 12;
  const bandX = nameX + nameW + 4;
  const minis = inner >= 900;
  const psi = inner >= 780;
  const effectiveW = inner >= 980 ? 118 : 104;
  const tail = 68 + 62 + 14 + effectiveW + (psi ? 66 : 0) + (minis ? 3 * (MINI + 6) + 8 : 0);
  const bandW = Math.max(96, MARGIN + inner - bandX - tail);
  const useX = bandX + bandW + 68;
  const limitX = useX + 62;
  const effectiveX = limitX + 14;
  const psiX = psi ? effectiveX + effectiveW + 60 : null;
  const first = (psiX ?? effectiveX + effectiveW) + 14;
  const right = minis ? first + 3 * (MINI + 6) - 6 : (psiX ?? effectiveX + effectiveW);
  return {
    hostX, hostLabelX, hostLabelW, sliceX, sliceLabelX, sliceLabelW, nameX, nameW, bandX, bandW, useX, limitX, effectiveX, effectiveW, psiX,
    minis: minis ? [0, 1, 2].map((i) => first + i * (MINI + 6)) : [], right,
  };
}
export const MINI_W = MINI;

export interface LaidBand {
  readonly band: Band;
  readonly y: number;
  /** Height of the band itself; below it what is declared and out of reach. */
  readonly h: number;
  readonly beyond: number;
  /** The height is the least there is, not the limit's. */
  readonly notToScale: boolean;
}
export interface LaidSlice {
  readonly slice: Slice;
  readonly y: number;
  readonly h: number;
  readonly bands: readonly LaidBand[];
  /** Height of its bar, and of what is promised beyond it. `cut`: the bar is shorter than its limit. */
  readonly bar: number;
  readonly promised: number;
  readonly cut: boolean;
}
export interface Laid {
  /** Pixels a unit (byte, core, task). */
  readonly scale: number;
  readonly slices: readonly LaidSlice[];
  readonly host: { readonly bar: number; readonly promised: number; readonly cut: boolean };
  readonly h: number;
  readonly least: number;
}

const GAP = 4;
const SLICE_GAP = 12;
const TALLEST = 150;

/** Room for a slice's name, use, what is promised. */
function labelHeight(s: Slice): number {
  return 18 + 16 + (s.within === '' ? 0 : 14) + (s.bound === 'none' || s.bound === 'unread' ? 14 : 0) + (s.promised > 0 ? (s.closed ? 12 : 30) : 0);
}

function bandHeight(b: Band, scale: number, least: number): { readonly h: number; readonly notToScale: boolean } {
  const bounded = b.by.kind === 'own' || b.by.kind === 'ancestor' || b.by.kind === 'declared';
  const own = b.by.kind === 'ancestor' && b.beyond === null;
  if (!bounded || own || b.holds === null) {
    // No limit of its own: a fixed height, unless its use would not fit into the area.
    const use = 'value' in b.use.use ? b.use.use.value : 0;
    return { h: Math.min(TALLEST, Math.max(least, (use * scale) / 0.8)), notToScale: false };
  }
  const h = b.holds * scale;
  return h < least ? { h: least, notToScale: h < least * 0.85 } : { h: Math.min(h, 4 * TALLEST), notToScale: h > 4 * TALLEST };
}

export const CLOSED_H = 40;

/** The bar of a slice: to scale where it fits beside its children, else as tall as they are. */
function stem(s: Slice, h: number, scale: number, least: number): Pick<LaidSlice, 'bar' | 'promised' | 'cut'> {
  if (s.limit === null) {
    const use = s.use === null ? 0 : (s.use * scale) / 0.75;
    return { bar: Math.min(Math.max(h, 36), Math.max(least, 36, use)), promised: 0, cut: false };
  }
  const wish = s.limit * scale;
  const extra = s.promised > 0 ? Math.max(18, s.promised * scale) : 0;
  if (wish + extra <= h) return { bar: Math.max(14, wish), promised: extra, cut: false };
  const promised = extra === 0 ? 0 : Math.max(14, Math.min(extra, h * 0.35));
  return { bar: Math.max(14, h - promised), promised, cut: wish > h - promised + 1 };
}

function laySlice(s: Slice, y: number, scale: number, least: number): LaidSlice {
  const label = labelHeight(s);
  if (s.closed) {
    const h = Math.max(CLOSED_H, label);
    return { slice: s, y, h, bands: [], ...stem(s, h - 4, scale, least) };
  }
  let at = y;
  const bands = s.bands.map((band): LaidBand => {
    const { h, notToScale } = bandHeight(band, scale, least);
    const beyond = band.beyond === null || band.holds === null ? 0 : Math.max(30, Math.min((band.beyond - band.holds) * scale, TALLEST));
    const laid = { band, y: at, h, beyond, notToScale };
    at += h + beyond + GAP;
    return laid;
  });
  // Its own limit may ask for more than its children take, where that is not much more; else its bar is cut.
  const full = s.limit === null ? 0 : (s.limit + s.promised) * scale;
  const wish = full <= (at - y) * 1.5 ? full : 0;
  const h = Math.max(at - GAP - y, wish, label);
  return { slice: s, y, h, bands, ...stem(s, h, scale, least) };
}

/** The scale at which the bands of limits fill the height that is wished, and the places at that scale. */
export function lay(tree: Tree): Laid {
  const rows = tree.slices.reduce((n, s) => n + (s.closed ? 1 : s.bands.length), 0);
  const open = tree.slices.flatMap((s) => (s.closed ? [] : s.bands));
  const limited = open.filter((b) => b.by.kind === 'own' || b.by.kind === 'declared' || b.beyond !== null);
  const least = limited.length === 0 && rows > 0 && rows <= 24 ? 24 : rows <= 20 ? 15 : 18;
  const wish = rows <= 4 ? 330 : Math.max(580, rows * (least + GAP) * 1.3);
  const sum = limited.reduce((n, b) => n + Math.max(b.holds ?? 0, b.beyond ?? 0), 0);
  const fixed = rows * GAP + tree.slices.length * SLICE_GAP + (rows - limited.length) * least;
  const total = (tree.size ?? 0) + tree.promised;
  const most = Math.max(0, ...open.map((b) => ('value' in b.use.use ? b.use.use.value : 0)));
  // Without limits the greatest use fills most of a band, and the host is as tall as that makes it, or as there is room for.
  const free = Math.min(most > 0 ? (least * 0.85) / most : Infinity, total > 0 ? (rows === 0 ? 110 : wish * 0.8) / total : Infinity);
  const scale = sum > 0 ? Math.max(wish * 0.25, wish - fixed) / sum : Number.isFinite(free) ? free : 1;
  let y = 0;
  const slices = tree.slices.map((s): LaidSlice => {
    const laid = laySlice(s, y, scale, least);
    y += laid.h + SLICE_GAP;
    return laid;
  });
  const h = Math.max(y - SLICE_GAP, 120);
  return { scale, slices, host: hostBar(tree, h, scale), h, least };
}

/** The host's bar, never taller than what stands beside it. */
function hostBar(tree: Tree, h: number, scale: number): Laid['host'] {
  if (tree.size === null) return { bar: Math.min(h, 120), promised: 0, cut: false };
  const wish = Math.max(60, tree.size * scale);
  const extra = tree.promised > 0 ? Math.max(18, tree.promised * scale) : 0;
  if (wish + extra <= h) return { bar: wish, promised: extra, cut: false };
  const promised = extra === 0 ? 0 : Math.max(18, (h * tree.promised) / (tree.size + tree.promised));
  return { bar: h - promised, promised, cut: true };
}
