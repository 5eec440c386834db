import { isKnown, valueOf } from '../../model/reading.js';
import { FACES, cut, path, rect, stroke, text } from '../../scene/kit.js';
import { textWidth, type Face } from '../../scene/measure.js';
import type { Mark, Token } from '../../scene/marks.js';
import { areaFrom, lineThrough } from '../../scene/pen.js';
import { triangle } from '../../scene/signs.js';
import type { Item } from '../../scene/scene.js';
import { percent } from '../../facts/units.js';
import { NEAR, say, sayWhole } from '../../facts/uses.js';
import { notch, open, promise, walled } from './bars.js';
import { MARGIN, type Columns } from './columns.js';
import { bounded, weights, type Laid, type LaidSlice } from './layout.js';
import { nearest, type Slice, type Tree } from './model.js';
import { MONO, bracket, inLines, inSlice, miniMarks, ofWords, pressureMarks } from './rows.js';

const levelX = (slice: Slice, c: Columns): number => c.sliceX[slice.level - 1] ?? c.sliceX.at(-1) ?? MARGIN;

/** Where the words of a slice end: at what is within it, or at the containers. */
function wordsEnd(slice: Slice, c: Columns): number {
  const next = slice.closed || slice.slices.length === 0 ? c.nameX : (c.sliceX[slice.level] ?? c.nameX);
  return next - 16;
}

/** The bar of a slice, its words at its right, the bracket to its children. */
export function sliceItem(l: LaidSlice, tree: Tree, laid: Laid, c: Columns, order: number): Item {
  const { slice } = l;
  const r = tree.resource;
  const x = levelX(slice, c);
  const share = slice.limit === null || slice.use === null ? null : slice.use / slice.limit;
  const bar = slice.limit === null
    ? open(x, l.y, c.stem, l.bar, slice.use === null ? null : Math.min(c.stem * 0.8, ((slice.use * laid.scale) / l.bar) * c.stem))
    : walled(x, l.y, c.stem, l.bar, share, l.cut && l.bar > 20);
  const marks: Mark[] = [...bar];
  if (l.promised > 0) marks.push(...promise(x, l.y + l.bar, c.stem, l.promised));
  const inner = l.slices.at(-1);
  if (inner !== undefined) marks.push(...bracket((c.sliceX[slice.level] ?? c.nameX) - 8, l.y, inner.y + inner.h));
  const first = l.bands[0];
  if (slice.closed || first !== undefined) marks.push(...bracket(c.nameX - 12, slice.closed ? l.y : (first?.y ?? l.y), l.y + l.h));
  return {
    id: `stem:${slice.id}`, role: 'band', subject: slice.path.startsWith('/') ? { kind: 'cgroup', id: slice.path, name: slice.name } : null, members: slice.all.map((b) => b.w.id),
    box: { x, y: l.y, w: wordsEnd(slice, c) + 2 - x, h: l.h }, layer: 1, label: slice.name,
    detail: `${ofWords(tree, slice.use, slice.limit)}${slice.bound === 'none' ? ', no limit' : slice.bound === 'unread' ? ', limit not read' : ''}${slice.promised > 0 ? `; its children were promised ${say(r, slice.promised)} more than it has` : ''}. ${inSlice(slice)}.`,
    state: share !== null && share > NEAR ? 'risk' : slice.promised > 0 ? 'mind' : slice.unread ? 'unknown' : 'none', order, marks, near: sliceWords(l, tree, c, x),
  };
}

/** Where the whole name finds no room: without `.slice`, then without what it repeats of the one above (`kubepods-burstable`). */
function shortName(slice: Slice, width: number): string {
  const plain = slice.name.replace(/\.slice$/, '');
  const fits = (name: string): boolean => textWidth(name, FACES.name) <= width;
  if (slice.name === 'other runtimes' && !fits(slice.name)) return 'others';
  if (fits(slice.name) || !slice.name.endsWith('.slice')) return slice.name;
  const above = slice.path.split('/').at(-2)?.replace(/\.slice$/, '') ?? '';
  return fits(plain) || above === '' || !plain.startsWith(`${above}-`) ? plain : plain.slice(above.length + 1);
}

function sliceWords(l: LaidSlice, tree: Tree, c: Columns, x: number): Mark[] {
  const { slice } = l;
  const labelX = x + c.stem + 8;
  const width = wordsEnd(slice, c) - labelX;
  const out: Mark[] = [];
  let y = l.y + 12;
  const put = (words: string, face: Face, ink: Token, step: number): void => {
    out.push(cut(labelX, y, words, width, face, ink));
    y += step;
  };
  put(shortName(slice, width), FACES.name, 'ink', 15);
  for (const part of inLines(ofWords(tree, slice.use, slice.limit), width)) put(part, MONO, slice.use === null ? 'muted' : 'ink', 14);
  if (slice.within !== '') put(slice.within, FACES.body, 'muted', 14);
  if (slice.bound === 'none' || slice.bound === 'unread') put(slice.bound === 'none' ? 'no limit' : '? limit', FACES.body, 'muted', 14);
  if (slice.promised <= 0) return out;
  if (slice.closed) {
    const words = `+${say(tree.resource, slice.promised)} promised`;
    put(textWidth(words, FACES.strong) <= width ? words : `+${say(tree.resource, slice.promised)}`, FACES.strong, 'warn', 14);
    return out;
  }
  y = Math.max(y + 2, l.y + l.bar + 12);
  if (y + 14 > l.y + l.h + 10) y = Math.min(y, l.y + l.h - 4);
  put(`+${sayWhole(tree.resource, slice.promised)}`, FACES.strong, 'warn', 14);
  put('promised', FACES.body, 'warn', 14);
  return out;
}

/** The children of a closed slice, one under the other without gaps: as tall as their limits, filled by use, so that area is still bytes. Below them those that have none. */
function profile(l: LaidSlice, c: Columns, scale: number): Mark[] {
  const { slice, h } = l;
  const weighed = weights(slice);
  const parts = slice.all.map((b, i) => ({ b, weight: weighed[i] ?? 0, own: bounded(b) })).sort((x, y) => Number(y.own) - Number(x.own));
  const total = (of: readonly { readonly weight: number }[]): number => of.reduce((sum, x) => sum + x.weight, 0);
  const whole = total(parts);
  const limited = parts.some((x) => x.own);
  // Those without a limit are to be seen, however little they use.
  const [walledOnes, openOnes] = [parts.filter((x) => x.own), parts.filter((x) => !x.own)];
  const [ownWeight, openWeight] = [total(walledOnes), total(openOnes)];
  const openH = !limited ? h : openOnes.length === 0 ? 0 : Math.max(Math.min(8, h / 4), whole <= 0 ? 0 : (openWeight / whole) * h);
  const wallH = h - openH;
  const marks: Mark[] = [];
  if (limited) marks.push(rect(c.bandX, l.y, c.bandW, wallH, { fill: 'track', opacity: 0.24 }));
  if (openH > 0) {
    // They hold no more than their sum tells; where nobody has a limit each is drawn.
    const used = openOnes.reduce((sum, x) => sum + (valueOf(x.b.use.use) ?? 0), 0);
    marks.push(...open(c.bandX, l.y + wallH, c.bandW, openH, limited ? Math.min(c.bandW * 0.94, (used * scale * c.bandW) / openH) : null));
  }
  const calm: [number, number][] = [];
  const red: Mark[] = [];
  let y = l.y;
  for (const { b, weight, own } of limited ? walledOnes : parts) {
    const of = own ? ownWeight : openWeight;
    const tall = (own ? wallH : openH) * (of > 0 ? weight / of : 1 / (own ? walledOnes : openOnes).length);
    const use = valueOf(b.use.use);
    const wide = own && b.holds !== null && b.holds > 0 ? ((use ?? 0) / b.holds) * c.bandW : ((use ?? 0) * scale * c.bandW) / Math.max(0.01, tall);
    const w = use === undefined ? 0 : Math.max(1.5, Math.min(c.bandW * (own ? 1 : 0.94), wide));
    const near = b.use.share !== null && b.use.share > NEAR;
    if (near) red.push(rect(c.bandX, y, w, Math.max(1, tall), { fill: 'risk', opacity: 0.62 }), rect(c.bandX + w - 1.6, y, 1.6, Math.max(1, tall), { fill: 'risk' }));
    calm.push([c.bandX + (near ? 0 : w), y], [c.bandX + (near ? 0 : w), y + tall]);
    y += tall;
  }
  if (calm.length > 0) marks.push(path(areaFrom(c.bandX, calm), { fill: 'fill' }), path(lineThrough(calm), { stroke: stroke('accent', 1.4) }));
  marks.push(...red);
  if (!limited) return marks;
  marks.push(rect(c.bandX, l.y, c.bandW, wallH, { stroke: stroke('drop', 0.8) }), rect(c.bandX + c.bandW - 1.5, l.y - 1, 3, wallH + 2, { fill: 'ink' }));
  if (whole * scale < h * 0.7 || whole * scale > h * 1.05) marks.push(notch(c.bandX + c.bandW * 0.9, l.y, wallH));
  return marks;
}

/** Who of a closed slice is nearest to its limit; where nobody has one, who uses most. */
function foremost(slice: Slice, tree: Tree): { readonly what: string; readonly who: string; readonly near: boolean } {
  const worst = nearest(slice);
  if (worst !== null) return { what: 'nearest to its limit', who: `${worst.name}, ${percent(worst.use.share ?? 0)}`, near: (worst.use.share ?? 0) > NEAR };
  const most = slice.all.reduce<{ name: string; use: number } | null>((best, b) => {
    const use = valueOf(b.use.use);
    return use !== undefined && use > (best?.use ?? -1) ? { name: b.name, use } : best;
  }, null);
  if (most !== null) return { what: 'none has a limit; most uses', who: `${most.name}, ${say(tree.resource, most.use)}`, near: false };
  return { what: '', who: slice.all.some((b) => isKnown(b.use.effective)) ? 'none has a limit of its own' : '? not read', near: false };
}

/** A closed slice: its use and limit, its children as one profile, the one nearest to its limit by name. */
export function closedItem(l: LaidSlice, tree: Tree, laid: Laid, c: Columns, order: number): Item {
  const { slice } = l;
  const r = tree.resource;
  const { what, who, near } = foremost(slice, tree);
  const cy = l.y + Math.min(l.h / 2, 20);
  const used = slice.use === null ? '?' : say(r, slice.use);
  const texts: Mark[] = [
    cut(c.nameX, cy - 2, inSlice(slice), c.nameW - 20, FACES.strong),
    text(c.nameX, cy + 12, 'open', FACES.body, 'accent'),
    text(c.useX, cy + 3.8, used, MONO, slice.use === null ? 'muted' : 'ink', 'end'),
    text(c.limitX, cy + 3.8, slice.limit === null ? (slice.bound === 'unread' ? '?' : 'none') : say(r, slice.limit), MONO, slice.limit === null ? 'muted' : 'ink', 'end'),
    cut(c.effectiveX, what === '' ? cy + 4 : cy - 2, what === '' ? who : what, c.effectiveW + 6, FACES.small, 'muted'),
    ...(what === '' ? [] : [cut(c.effectiveX, cy + 12, who, c.effectiveW + 6, near ? FACES.strong : FACES.body, near ? 'risk' : 'ink')]),
    ...(slice.others.length > 0 ? [...pressureMarks(r, slice.pressure, [], c, cy), ...miniMarks(slice.others, false, c, cy)] : []),
  ];
  return {
    id: slice.id, role: 'stack', subject: null, members: slice.all.map((b) => b.w.id), box: { x: c.nameX - 6, y: l.y - 1, w: c.right - c.nameX + 10, h: l.h + 2 }, layer: 2,
    label: `${slice.name}, ${inSlice(slice)}`, detail: `Uses ${used}${slice.limit === null ? ', no limit of its own' : ` of ${say(r, slice.limit)}`}. ${what === '' ? who : `${what.charAt(0).toUpperCase()}${what.slice(1)}: ${who}`}.`,
    state: near ? 'risk' : slice.promised > 0 ? 'mind' : 'none', order, marks: [...profile(l, c, laid.scale), ...(near ? [triangle(c.bandX - 14, cy, 4.8)] : [])], near: texts,
  };
}
