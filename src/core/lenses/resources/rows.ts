import { isKnown, valueOf } from '../../model/reading.js';
import { FACES, cut, line, text } from '../../scene/kit.js';
import { cutText, textWidth, wrapText, type Face } from '../../scene/measure.js';
import type { Mark, Token } from '../../scene/marks.js';
import { diamond, notEqual, triangle } from '../../scene/signs.js';
import type { Item } from '../../scene/scene.js';
import { count, limitText, percent, plural } from '../../facts/units.js';
import { NEAR, PRESSED, say, sayWhole, type Use } from '../../facts/uses.js';
import { mini, open, outOfReach, promise, spark, walled } from './bars.js';
import { MINI_W, STEM, type Columns } from './columns.js';
import type { Laid, LaidBand } from './layout.js';
import type { Band, Slice, Tree } from './model.js';

export const MONO: Face = { ...FACES.mono, size: 10.5 };
const BOLD: Face = { ...FACES.monoStrong, size: 10.5 };

function limitWords(u: Use): string {
  const own = valueOf(u.own) ?? valueOf(u.declared);
  return own === undefined ? '?' : own === 'max' ? 'none' : say(u.resource, own);
}

/** `its own`, `2 GiB, ci.slice`, `?`. */
export function effectiveWords(b: Band): { readonly words: string; readonly ink: Token } {
  switch (b.by.kind) {
    case 'own': return { words: 'its own', ink: 'muted' };
    // That nothing but the host stops it needs an answer for memory; of the others an ordinary host gives what there is.
    case 'ancestor':
    case 'host': return { words: `${b.holds === null ? '?' : sayWhole(b.use.resource, b.holds)}, ${b.by.name}`, ink: b.by.kind === 'ancestor' || b.use.resource === 'memory' ? 'warn' : 'muted' };
    case 'none': return { words: 'none', ink: 'muted' };
    case 'declared': return { words: 'as declared', ink: 'muted' };
    case 'unknown': return { words: '? not read', ink: 'muted' };
  }
}

function sentence(b: Band): string {
  const use = valueOf(b.use.use);
  const r = b.use.resource;
  const used = use === undefined ? 'Use not read' : `Uses ${sayWhole(r, use)}`;
  const holds = b.by.kind === 'own' ? ` of its own limit of ${sayWhole(r, b.holds ?? 0)}` : b.by.kind === 'ancestor' ? `; ${b.by.name} stops it at ${sayWhole(r, b.holds ?? 0)}` : b.by.kind === 'host' ? `; nothing but the host’s ${sayWhole(r, b.holds ?? 0)} stops it` : b.by.kind === 'none' ? ', without a limit' : b.by.kind === 'declared' ? `; declared is a limit of ${sayWhole(r, b.holds ?? 0)}` : '; its limit could not be read';
  const share = b.use.share !== null ? `, ${percent(b.use.share)}` : '';
  const psi = isKnown(b.use.pressure) && b.use.pressure.value > 0 ? `. Its tasks wait for it ${b.use.pressure.value} % of the time` : '';
  const kills = r === 'memory' && (valueOf(b.w.cgroup.memory.oomKills) ?? 0) > 0 ? `. The kernel killed ${plural(valueOf(b.w.cgroup.memory.oomKills) ?? 0, 'process', 'processes')} of it` : '';
  const told = valueOf(b.use.declared);
  const drift = b.drift && told !== undefined ? `. Declared was ${limitText(told, (n) => sayWhole(r, n))}` : '';
  return `${used}${holds}${share}${psi}${kills}${drift}.`;
}

/** PSI in percent, with a line of the latest; red where tasks wait for long. */
export function pressureMarks(resource: Use['resource'], psi: number | null, trail: readonly number[], c: Columns, cy: number): Mark[] {
  if (c.psiX === null || resource === 'pids') return [];
  const high = psi !== null && psi > PRESSED;
  return [
    text(c.psiX, cy + 3.8, psi === null ? '?' : String(Math.round(psi * 10) / 10), high ? BOLD : MONO, high ? 'risk' : psi === null || psi === 0 ? 'muted' : 'ink', 'end'),
    ...(resource === 'memory' && trail.some((v) => v > 0) ? spark(c.psiX - 54, cy, 24, trail, high ? 'risk' : 'drop') : []),
  ];
}

/** The three other resources as small bars; a diamond beside cpu that is held back. */
export function miniMarks(others: readonly Use[], throttled: boolean, c: Columns, cy: number): Mark[] {
  return c.minis.flatMap((x, i) => {
    const other = others[i];
    if (!other) return [];
    const effective = valueOf(other.effective);
    const held = other.resource === 'cpu' && throttled;
    return [...mini(x, cy, MINI_W, other.share, effective === undefined ? null : effective !== 'max', held), ...(held ? [diamond(x - 7, cy, 4)] : [])];
  });
}

function figures(l: LaidBand, c: Columns, cy: number, near: boolean): Mark[] {
  const { band } = l;
  const u = band.use;
  const use = valueOf(u.use);
  const words = effectiveWords(band);
  const marks: Mark[] = [
    text(c.useX, cy + 3.8, use === undefined ? '?' : say(u.resource, use), near ? BOLD : MONO, near ? 'risk' : use === undefined ? 'muted' : 'ink', 'end'),
    text(c.limitX, cy + 3.8, limitWords(u), MONO, limitWords(u) === 'none' || limitWords(u) === '?' ? 'muted' : 'ink', 'end'),
    cut(c.effectiveX, cy + 3.8, words.words, c.effectiveW, words.ink === 'warn' ? FACES.strong : FACES.body, words.ink),
  ];
  if (band.drift) marks.push(...notEqual(c.limitX - textWidth(limitWords(u), MONO) - 9, cy, 5));
  marks.push(...pressureMarks(u.resource, valueOf(u.pressure) ?? null, band.trail, c, cy), ...miniMarks(band.others, band.throttled, c, cy));
  return marks;
}

/** From a parent to its children. */
export function bracket(x: number, from: number, to: number): Mark[] {
  return [line(x, from, x, to, 'line', 1), line(x, from, x + 4, from, 'line', 1), line(x, to, x + 4, to, 'line', 1)];
}

/** One container's band with its figures. */
export function bandItem(l: LaidBand, laid: Laid, c: Columns, order: number, big: boolean): Item {
  const { band } = l;
  const near = band.use.share !== null && band.use.share > NEAR;
  const bounded = (band.by.kind === 'own' || band.by.kind === 'declared' || band.beyond !== null) && band.holds !== null;
  const use = valueOf(band.use.use);
  const bar = bounded
    ? walled(c.bandX, l.y, c.bandW, l.h, use === undefined || band.holds === null ? null : use / band.holds, l.notToScale)
    : open(c.bandX, l.y, c.bandW, l.h, use === undefined || laid.scale <= 0 ? null : Math.min(c.bandW * 0.94, ((use * laid.scale) / l.h) * c.bandW), l.notToScale);
  const marks: Mark[] = [...bar];
  if (l.beyond > 0) marks.push(...outOfReach(c.bandX, l.y + l.h, c.bandW, l.beyond));
  if (near) marks.push(triangle(c.bandX - 14, l.y + Math.min(l.h / 2, 17), 4.8));
  const cy = l.y + Math.min(l.h / 2, 17);
  const face = big ? { ...FACES.name, size: 13.5 } : FACES.name;
  const tall = l.h >= 34 && band.w.kind === 'group';
  const texts: Mark[] = [cut(c.nameX, cy + 4.3, band.name, c.nameW - (near ? 20 : 6), face), ...figures(l, c, cy, near)];
  if (tall && band.w.kind === 'group') texts.push(cut(c.nameX, cy + 19, band.w.runtime, c.nameW - 6, FACES.body, 'muted'));
  if (l.beyond > 0 && band.beyond !== null && band.holds !== null) {
    const words = `declared ${say(band.use.resource, band.beyond)}, stopped at ${say(band.use.resource, band.holds)} by ${band.by.name}`;
    wrapText(words, c.right - c.bandX - c.bandW - 16, FACES.body, 2).forEach((part, i) => texts.push(text(c.bandX + c.bandW + 14, l.y + l.h + 14 + i * 14, part, FACES.body, 'warn')));
  }
  return {
    id: `band:${band.w.id}`, role: 'band', subject: { kind: band.w.kind, id: band.w.id, name: band.name }, members: [band.w.id],
    box: { x: c.nameX - 6, y: l.y - 1.5, w: c.right - c.nameX + 10, h: l.h + l.beyond + 3 }, layer: 2, label: band.name, detail: sentence(band),
    state: near ? 'risk' : band.throttled || band.drift || band.beyond !== null ? 'mind' : band.by.kind === 'unknown' || use === undefined ? 'unknown' : 'none', order, marks, near: texts,
  };
}

/** How many are in it; only what the engine started is called a container. */
export function inSlice({ all }: Slice): string {
  return plural(all.length, all.every((b) => b.w.kind === 'container') ? 'container' : all.every((b) => b.w.kind === 'group') ? 'group' : 'workload');
}

export function ofWords(tree: Tree, use: number | null, limit: number | null): string {
  const r = tree.resource;
  if (use === null) return limit === null ? '?' : `? of ${say(r, limit)}`;
  return limit === null ? sayWhole(r, use) : r === 'memory' ? `${inUnitOf(use, limit)} of ${say(r, limit)}` : `${say(r, use)} of ${sayWhole(r, limit)}`;
}

/** Bytes in the unit of a limit, one digit: `0.9`. */
function inUnitOf(n: number, limit: number): string {
  let unit = 1;
  while (limit / unit >= 1024) unit *= 1024;
  const v = n / unit;
  return v > 0 && v < 0.05 ? '0.1' : String(v >= 100 ? Math.round(v) : Math.round(v * 10) / 10);
}

/** `6.8 of 8 GiB` in one line, or in two, parted before the amount that is the limit. */
export function inLines(words: string, width: number): readonly string[] {
  const at = words.indexOf(' of ');
  return at < 0 || textWidth(words, MONO) <= width ? [cutText(words, width, MONO)] : [words.slice(0, at + 3), cutText(words.slice(at + 4), width, MONO)];
}

/** The host at the left: its size, its use, what was promised beyond it. */
export function hostItem(tree: Tree, laid: Laid, c: Columns, order: number): Item {
  const r = tree.resource;
  const { bar: h, promised: extra, cut: clipped } = laid.host;
  const share = tree.size === null || tree.use === null ? null : tree.use / tree.size;
  const marks: Mark[] = tree.size === null ? open(c.hostX, 0, STEM, h, tree.use === null ? null : Math.min(STEM * 0.8, ((tree.use * laid.scale) / h) * STEM)) : walled(c.hostX, 0, STEM, h, share, clipped);
  if (extra > 0) marks.push(...promise(c.hostX, h, STEM, extra));
  const bx = (c.sliceX[0] ?? c.nameX) - 8;
  if (tree.slices.length > 0) marks.push(...bracket(bx, 0, laid.end));
  const amounts = inLines(ofWords(tree, tree.use, tree.size), c.hostLabelW);
  const near: Mark[] = [
    cut(c.hostLabelX, 12, tree.name, c.hostLabelW, FACES.name),
    ...amounts.map((part, i) => text(c.hostLabelX, 27 + i * 14, part, MONO, tree.use === null ? 'muted' : 'ink')),
  ];
  const under = 27 + amounts.length * 14 + 6;
  let y = extra > 0 ? Math.max(under, h + 16) : under;
  if (tree.size !== null && extra > 0) {
    near.push(diamond(c.hostLabelX + 5, y - 4, 4.5), text(c.hostLabelX + 14, y, `+${sayWhole(r, tree.promised)}`, FACES.strong, 'warn'));
    y += 16;
    const words = `${sayWhole(r, tree.promised + tree.size)} are promised, ${say(r, tree.size)} exist: ${percent((tree.promised + tree.size) / tree.size).replace(' ', '\u00a0')}`;
    for (const part of wrapText(words, c.hostLabelW, FACES.body, 4)) {
      near.push(text(c.hostLabelX, y, part, FACES.body, 'warn'));
      y += 14;
    }
    y += 6;
  }
  if (tree.unpromised > 0 && tree.slices.length > 0) {
    for (const part of wrapText(`${sayWhole(r, tree.unpromised)} are promised to nobody`, c.hostLabelW, FACES.body, 3)) {
      near.push(text(c.hostLabelX, y, part, FACES.body, 'muted'));
      y += 14;
    }
  }
  if (tree.free.length > 0 && tree.size !== null) {
    const who = tree.free.length <= 2 ? tree.free.join(' and ') : `${tree.free[0] ?? ''} and ${count(tree.free.length - 1)} others`;
    for (const part of wrapText(`${extra > 0 ? 'and nothing' : 'nothing'} but the host stops ${who}`, c.hostLabelW, FACES.body, 5)) {
      near.push(text(c.hostLabelX, y, part, FACES.body, 'muted'));
      y += 14;
    }
  }
  return {
    id: 'host', role: 'band', subject: { kind: 'host', id: 'host', name: tree.name }, members: [], box: { x: c.hostX, y: 0, w: (c.sliceX[0] ?? c.nameX) - 12 - c.hostX, h: Math.max(h + extra, y - 10) }, layer: 1, label: tree.name,
    detail: `${ofWords(tree, tree.use, tree.size)} in use${tree.promised > 0 ? `; ${say(r, tree.promised)} more is promised than it has` : ''}.`, state: tree.promised > 0 ? 'mind' : 'none', order, marks, near,
  };
}
