import { valueOf } from '../../model/reading.js';
import type { Band, Slice, Tree } from './model.js';

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
  readonly slices: readonly LaidSlice[];
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
  /** Where the last slice ends, and where the taller of it and the host does. */
  readonly end: number;
  readonly h: number;
}

/** The room of a page that has no height of its own. */
export const ROOM = 600;
const FEW = 24;
const TALLEST = 150;
const BEYOND = 30;
/** From this part of the host on that is promised, its bar is to scale. */
const MOST_OF_IT = 0.6;
export const CLOSED_H = 40;
/** The most that groups of other runtimes take beside the engine's own. */
const ASIDE_H = 56;

/** How near things may come, by how many rows there are. */
interface Fine {
  readonly least: number;
  readonly gap: number;
  readonly between: number;
  readonly room: number;
  readonly scale: number;
}

/** Room for a slice's name, use, what is promised. */
function labelHeight(s: Slice): number {
  return 18 + (s.level > 1 ? 28 : 14) + (s.within === '' ? 0 : 14) + (s.bound === 'none' || s.bound === 'unread' ? 14 : 0) + (s.promised > 0 ? (s.closed ? 14 : 30) : 0);
}

export const bounded = (b: Band): boolean => b.holds !== null && (b.by.kind === 'own' || b.by.kind === 'declared' || b.beyond !== null);

function bandHeight(b: Band, { scale, least, room }: Fine): { readonly h: number; readonly notToScale: boolean } {
  // No limit of its own: a fixed height, unless its use would not fit into the area.
  if (!bounded(b) || b.holds === null) {
    const wish = ((valueOf(b.use.use) ?? 0) * scale) / 0.8;
    return { h: Math.min(TALLEST, Math.max(least, wish)), notToScale: wish > TALLEST * 1.02 };
  }
  const h = b.holds * scale;
  const most = Math.max(TALLEST, room);
  return h < least ? { h: least, notToScale: h < least * 0.85 } : { h: Math.min(h, most), notToScale: h > most };
}

/** The bar of a slice: to scale where it fits beside its children, else as tall as they are. */
function stem(s: Slice, h: number, { scale, least }: Fine): Pick<LaidSlice, 'bar' | 'promised' | 'cut'> {
  if (s.limit === null) {
    const use = s.use === null ? 0 : (s.use * scale) / 0.75;
    return { bar: Math.min(Math.max(h, 28), Math.max(least, 28, use)), promised: 0, cut: false };
  }
  const wish = s.limit * scale;
  const extra = s.promised > 0 ? Math.max(s.closed ? 12 : 18, s.promised * scale) : 0;
  if (wish + extra <= h + 0.5) return { bar: Math.max(14, wish), promised: extra, cut: false };
  const promised = extra === 0 ? 0 : Math.max(12, Math.min(extra, h * 0.35));
  return { bar: Math.max(14, h - promised), promised, cut: wish > h - promised + 1 };
}

/** What fills the part of an open bar that is not its fade. */
const OPEN_FILL = 0.8;

/** The most that each child of a closed slice may use; of those without a limit what they use, and where nobody has one all alike. */
export function weights(s: Slice): readonly number[] {
  const use = (b: Band): number => valueOf(b.use.use) ?? 0;
  if (!s.all.some(bounded)) return s.all.map(() => Math.max(1, ...s.all.map(use)));
  return s.all.map((b) => (bounded(b) ? (b.holds ?? 0) : use(b) / OPEN_FILL));
}

function laySlice(s: Slice, y: number, fine: Fine): LaidSlice {
  const label = labelHeight(s);
  const { scale } = fine;
  if (s.closed) {
    const limited = s.all.some(bounded);
    const wish = limited ? weights(s).reduce((a, b) => a + b, 0) * scale : 0;
    const tall = Math.max(wish, s.limit === null ? 0 : (s.limit + s.promised) * scale);
    const h = Math.max(CLOSED_H, label, s.aside ? Math.min(ASIDE_H, tall) : tall);
    return { slice: s, y, h, slices: [], bands: [], ...stem(s, h, fine) };
  }
  let at = y;
  const slices = s.slices.map((x): LaidSlice => {
    const laid = laySlice(x, at, fine);
    at += laid.h + fine.between;
    return laid;
  });
  const bands = s.bands.map((band): LaidBand => {
    const { h, notToScale } = bandHeight(band, fine);
    const beyond = band.beyond === null || band.holds === null ? 0 : Math.max(BEYOND, Math.min((band.beyond - band.holds) * scale, TALLEST));
    const laid = { band, y: at, h, beyond, notToScale };
    at += h + beyond + fine.gap;
    return laid;
  });
  const children = at - y - (bands.length > 0 ? fine.gap : fine.between);
  // Its own limit may ask for more than its children take, where that is not much more; else its bar is cut.
  const full = s.limit === null ? 0 : (s.limit + s.promised) * scale;
  const h = Math.max(children, full <= children * 1.5 ? full : 0, label);
  return { slice: s, y, h, slices, bands, ...stem(s, h, fine) };
}

function laySlices(tree: Tree, fine: Fine): { readonly slices: readonly LaidSlice[]; readonly end: number } {
  let y = 0;
  const slices = tree.slices.map((s): LaidSlice => {
    const laid = laySlice(s, y, fine);
    y += laid.h + fine.between;
    return laid;
  });
  return { slices, end: Math.max(0, y - fine.between) };
}

function rowsOf(s: Slice): { readonly rows: number; readonly open: readonly Band[] } {
  if (s.closed) return { rows: 1, open: [] };
  const within = s.slices.map(rowsOf);
  return { rows: s.bands.length + within.reduce((n, x) => n + x.rows, 0), open: [...s.bands, ...within.flatMap((x) => x.open)] };
}

/** The greatest scale at which the slices are not taller than `room`; 0 where they are at any. */
function filling(tree: Tree, fine: Fine, room: number, most: number): number {
  const tall = (scale: number): number => laySlices(tree, { ...fine, scale }).end;
  if (tall(most) <= room) return most;
  let [low, high] = [0, most];
  for (let i = 0; i < 18; i++) {
    const mid = (low + high) / 2;
    if (tall(mid) <= room) low = mid;
    else high = mid;
  }
  return low;
}

/**
 * The places of all, at the scale at which they fill `room`. The host's bar is to that scale where what is promised takes most of
 * it: then the empty rest is what nobody was promised. Else the host is cut.
 */
export function lay(tree: Tree, room: number): Laid {
  const parts = tree.slices.map(rowsOf);
  const rows = parts.reduce((n, x) => n + x.rows, 0);
  const open = parts.flatMap((x) => x.open);
  const few = rows <= FEW;
  const limited = open.some(bounded) || tree.slices.some((s) => s.limit !== null || s.closed);
  const least = limited || rows === 0 ? (few ? 16 : 18) : Math.max(18, Math.min(44, room / rows - 8));
  const base: Fine = { least, gap: few ? 4 : 2, between: few ? 12 : 9, room, scale: 0 };
  const bottom = laySlices(tree, base).end;
  // What cannot fit is scrolled; a little over the least height shows who may use more.
  const target = bottom <= room ? room : bottom * 1.12;
  const whole = (tree.size ?? 0) + tree.promised;
  const toHost = whole > 0 ? room / whole : null;
  const greatest = Math.max(1e-9, ...open.map((b) => Math.max(bounded(b) ? (b.holds ?? 0) : 0, valueOf(b.use.use) ?? 0)), ...tree.slices.map((s) => Math.max(s.limit ?? 0, s.use ?? 0)));
  // One that has no limit and uses much must not keep those that have one flat: it is cut.
  const largest = Math.max(0, ...open.map((b) => (bounded(b) ? (b.holds ?? 0) : 0))) || greatest;
  const full = filling(tree, base, target, (room * 2) / largest);
  const claimed = tree.slices.reduce((n, x) => n + (x.aside ? 0 : x.claim), 0);
  const fitsHost = toHost !== null && toHost <= full && claimed >= whole * MOST_OF_IT;
  const scale = fitsHost ? toHost : full > 0 ? full : least / greatest;
  const { slices, end } = laySlices(tree, { ...base, scale });
  const h = Math.max(end, fitsHost ? room : 0, Math.min(room, 120));
  return { scale, slices, host: hostBar(tree, h, scale), end, h };
}

/** The host's bar, never taller than what stands beside it. */
function hostBar(tree: Tree, h: number, scale: number): Laid['host'] {
  if (tree.size === null) return { bar: Math.min(h, 120), promised: 0, cut: false };
  const wish = Math.max(60, tree.size * scale);
  const extra = tree.promised > 0 ? Math.max(18, tree.promised * scale) : 0;
  if (wish + extra <= h + 1) return { bar: wish, promised: extra, cut: false };
  const promised = extra === 0 ? 0 : Math.max(18, (h * tree.promised) / (tree.size + tree.promised));
  return { bar: h - promised, promised, cut: true };
}
