import type { NsKind } from '../../model/namespaces.js';
import { isKnown } from '../../model/reading.js';
import { FACES, cut, line, rect, stroke, text } from '../../scene/kit.js';
import { hatched } from '../../scene/hatch.js';
import { textWidth } from '../../scene/measure.js';
import type { Mark, Token } from '../../scene/marks.js';
import type { Box, Item } from '../../scene/scene.js';
import { count, listOf } from '../../facts/units.js';
import { notEqual } from '../../scene/signs.js';
import type { Party } from '../../facts/shares.js';
import type { Contradictions } from '../contradictions.js';
import { COLUMNS, HOST_BADGE, QUIET_BADGE, type Badge, type Picture } from './model.js';
import { blocksOf, type Block, type Cell, type MatrixRow } from './rows.js';

export const HEAD = 30;
/** From this height on a row has two lines, and its cells say which namespace it is. */
export const TALL = 44;
const CELL = 54;
/** How far columns are apart at most, and from when on their cells grow with them. */
const WIDEST = 96;

/** Where the columns stand, for a matrix that begins at `x` and is `w` wide. */
export interface Grid {
  readonly x: number;
  readonly right: number;
  readonly nameW: number;
  readonly countX: number;
  readonly first: number;
  readonly pitch: number;
  readonly cellW: number;
  readonly howX: number;
  readonly howW: number;
}

const COUNT = 84;
const HOW_LEAST = 110;

/** `how`: whether any row has to say how it came so; without, the kinds take that room. */
export function grid(x: number, w: number, wide: boolean, how = true): Grid {
  const nameW = wide ? Math.min(w > 1200 ? 210 : 176, w * 0.2) : Math.min(130, w * 0.26);
  const countW = wide ? COUNT : 40;
  const room = w - nameW - countW;
  const wishHow = wide && how ? Math.min(w > 1200 ? 340 : 240, Math.max(0, room - 8 * 44)) : 0;
  const howW = wishHow >= HOW_LEAST ? wishHow : 0;
  const pitch = Math.max(34, Math.min(WIDEST, (room - howW - (howW > 0 ? 18 : 0)) / 8));
  const first = x + nameW + countW;
  const howX = first + pitch * 8 + 14;
  return { x, right: Math.max(x + w, first + pitch * 8), nameW, countX: first - (wide ? 54 : 28), first, pitch, cellW: Math.min(Math.max(CELL, pitch * 0.78), pitch - 8), howX, howW: howW > 0 ? x + w - howX : 0 };
}

const columnX = (g: Grid, k: NsKind): number => g.first + COLUMNS.indexOf(k) * g.pitch + (g.pitch - g.cellW) / 2;

/** The heads of the columns, upon the given line. */
export function heads(g: Grid, y: number, howHead = true): Item[] {
  const base = y + 18;
  const items: Item[] = [];
  const put = (id: string, label: string, detail: string, box: Box, marks: readonly Mark[]): void => {
    items.push({ id, role: 'legend', subject: null, members: [], box, layer: 3, label, detail, state: 'none', order: 0, marks, near: [] });
  };
  put('head:name', 'Group', 'A container, a group of another runtime, or a process that entered.', { x: g.x, y, w: g.nameW, h: HEAD }, [text(g.x, base, 'Group', FACES.body, 'dim')]);
  const short = g.countX + 8 - (g.x + g.nameW) < 24;
  put('head:hosts', 'host’s, of 8', 'How many of its eight namespaces are the host’s own.', { x: g.x + g.nameW, y, w: g.first - g.x - g.nameW, h: HEAD }, [text(g.countX + 8, base, short ? 'host’s' : 'host’s, of 8', FACES.body, 'dim', 'middle')]);
  for (const k of COLUMNS) {
    const x = columnX(g, k);
    put(`head:${k}`, `${k} namespaces`, 'The same namespace has the same letter; H is the host’s own, a dot is alone.', { x, y, w: g.cellW, h: HEAD }, [text(x + g.cellW / 2, base, k, { ...FACES.monoStrong, size: g.pitch < 48 ? 10 : 11.5 }, 'ink', 'middle')]);
  }
  if (g.howW > 0 && howHead) put('head:how', 'How it came so', 'The declaration or event that made it so.', { x: g.howX, y, w: g.howW, h: HEAD }, [text(g.howX, base, 'How it came so', FACES.body, 'dim')]);
  return items;
}

/** The ink of a cell. */
function look(c: Cell, picture: Picture): Badge {
  if (c.is === 'shared') return picture.badges.get(c.identity) ?? QUIET_BADGE;
  return c.is === 'host' && c.hot ? HOST_BADGE : QUIET_BADGE;
}

function blockMarks(b: Block, g: Grid, y: number, rowH: number, picture: Picture): Mark[] {
  const x = columnX(g, b.kind);
  const top = y + b.from * rowH + 2;
  const h = (b.to - b.from + 1) * rowH - 4;
  const badge = look(b.cell, picture);
  const box = { x, y: top, w: g.cellW, h };
  if (b.cell.is === 'host' && !b.cell.hot) {
    return [rect(box.x, box.y, box.w, box.h, { r: 4, ...(b.cell.ordinary ? { fill: 'track' as const } : {}), stroke: stroke('line', 1), opacity: b.cell.ordinary ? 0.55 : 1 })];
  }
  if (b.cell.is === 'host') return [...hatched(box.x, box.y, box.w, box.h, 'risk', 'riskTint', { r: 4, opacity: 0.4 }), rect(box.x, box.y, box.w, box.h, { r: 4, stroke: stroke('risk', 1.4) })];
  return [rect(box.x, box.y, box.w, box.h, { r: 4, fill: badge.tint, stroke: stroke(badge.token, 1.4) })];
}

/** A line at the left of a block, up to the one above of the same namespace: they could not be put side by side. */
function spine(b: Block, above: Block, g: Grid, y: number, rowH: number, picture: Picture): Mark {
  const quiet = b.cell.is === 'host' && !b.cell.hot;
  const x = columnX(g, b.kind) + 3;
  return line(x, y + (above.to + 1) * rowH - 2, x, y + b.from * rowH + 2, quiet ? 'line' : look(b.cell, picture).token, quiet ? 1.4 : 1.6);
}

function blockItems(rows: readonly MatrixRow[], g: Grid, y: number, rowH: number, picture: Picture, order: number): Item[] {
  const last = new Map<string, Block>();
  return blocksOf(rows).map((b, i): Item => {
    const key = `${b.kind} ${b.key}`;
    const above = last.get(key);
    last.set(key, b);
    const from = above ? above.to + 1 : b.from;
    const members = [...new Set(rows.slice(b.from, b.to + 1).flatMap((r) => r.parties.map((p) => p.id)))];
    const badge = look(b.cell, picture);
    return {
      id: `block:${key}:${members[0] ?? ''}`, role: 'hull', subject: null, members,
      box: { x: columnX(g, b.kind), y: y + from * rowH, w: g.cellW, h: (b.to - from + 1) * rowH }, layer: 0.5,
      label: b.cell.is === 'host' ? `the host’s ${b.kind}` : `${badge.letter}, one ${b.kind} namespace`,
      detail: listOf(picture.sharing.parties.filter((p) => members.includes(p.id)).map((p) => p.name), 12),
      state: b.cell.is === 'host' ? (b.cell.hot ? 'risk' : 'none') : 'mind', order: order + i,
      marks: [...(above ? [spine(b, above, g, y, rowH, picture)] : []), ...blockMarks(b, g, y, rowH, picture)], near: [],
    };
  });
}

/** Its number, or how that ends, where the cell has room for it. */
function inodeMarks(p: Party | undefined, k: NsKind, cx: number, y: number, g: Grid): Mark[] {
  const inode = p?.readings[k];
  if (inode === undefined || !isKnown(inode)) return [];
  const whole = String(inode.value);
  const words = textWidth(whole, FACES.mono) <= g.cellW - 4 ? whole : `…${whole.slice(-4)}`;
  return [text(cx, y, words, FACES.mono, 'dim', 'middle')];
}

function cellMarks(c: Cell, x: number, y: number, g: Grid, rowH: number, picture: Picture, one: Party | undefined, k: NsKind): { readonly marks: Mark[]; readonly near: Mark[] } {
  const cx = x + g.cellW / 2;
  const said = rowH >= TALL && (c.is === 'alone' || c.is === 'host' || c.is === 'shared') ? inodeMarks(one, k, cx, y + rowH / 2 + 15, g) : [];
  const cy = y + rowH / 2 - (said.length > 0 ? 5 : 0);
  switch (c.is) {
    case 'alone':
      return { marks: [rect(cx - 1, cy - 1, 2, 2, { r: 1, fill: 'dim' })], near: said };
    case 'none':
      return { marks: [line(cx - 3, cy, cx + 3, cy, 'drop', 1)], near: [] };
    case 'unknown':
      return { marks: [rect(x + 0.5, y + 3, g.cellW - 1, rowH - 6, { r: 4, stroke: stroke('drop', 1, { dash: [1.8, 2.2] }) })], near: [text(cx, cy + 3.8, '?', FACES.monoStrong, 'muted', 'middle')] };
    case 'host':
    case 'shared': {
      const badge = look(c, picture);
      const strong = badge !== QUIET_BADGE;
      return { marks: [], near: [text(cx, cy + 3.8, badge.letter, strong ? { ...FACES.monoStrong, size: 10.5 } : { ...FACES.mono, size: 10.5 }, strong ? badge.token : 'muted', 'middle'), ...said] };
    }
  }
}

function cellWords(r: MatrixRow, k: NsKind, picture: Picture): { readonly label: string; readonly detail: string; readonly members: readonly string[]; readonly state: Item['state'] } {
  const c = r.cells[k];
  const party = r.parties[0];
  const inode = party ? party.readings[k] : undefined;
  const where = inode && isKnown(inode) ? `inode ${inode.value}, read from ${inode.source}` : inode ? `not read from ${inode.source}` : '';
  const own = r.parties.map((p) => p.id);
  switch (c.is) {
    case 'alone': return { label: `${r.name}, ${k}: its own`, detail: where, members: own, state: 'fine' };
    case 'none': return { label: `${r.name}, ${k}: this kernel has none`, detail: where, members: own, state: 'none' };
    case 'unknown': return { label: `${r.name}, ${k}: unknown`, detail: where, members: own, state: 'unknown' };
    case 'host': {
      const members = picture.sharing.parties.filter((p) => p.at[k] === 'host').map((p) => p.id);
      return { label: `${r.name}, ${k}: the host’s${c.ordinary ? ', as every container here' : ''}`, detail: where, members, state: c.hot ? 'risk' : 'none' };
    }
    case 'shared': {
      const set = picture.sharing.sets.find((x) => x.identity === c.identity);
      const members = set?.members ?? own;
      const names = picture.sharing.parties.filter((p) => members.includes(p.id) && !own.includes(p.id)).map((p) => p.name);
      return { label: `${r.name}, ${k}: ${picture.badges.get(c.identity)?.letter ?? ''}, shared with ${listOf(names)}`, detail: where, members, state: 'mind' };
    }
  }
}

function nameMarks(r: MatrixRow, g: Grid, y: number, rowH: number): Mark[] {
  const party = r.parties[0];
  // A tall row has a second line for what stands behind the name.
  const second = rowH >= TALL && party !== undefined && r.parties.length === 1 ? party.about : '';
  const base = y + rowH / 2 + (second === '' ? 4 : -4);
  const indent = r.inner ? 12 : 0;
  const room = g.nameW + (g.countX - g.x - g.nameW) - 14 - indent;
  const quiet = r.band === 'alone' || r.band === 'loose';
  const face = { ...(quiet ? FACES.summary : FACES.name), size: rowH >= TALL ? 14 : 12 };
  let behind = second !== '' ? '' : r.parties.length > 1 ? `×${count(r.parties.length)}` : party === undefined || r.band === 'alone' || party.kind === 'container' ? '' : party.about;
  const behindFace = r.parties.length > 1 ? FACES.mono : FACES.body;
  // A name comes before what stands behind it: where both have no room, that is left to the tooltip.
  const left = room - textWidth(r.name, face) - 7;
  if (r.parties.length === 1 && textWidth(behind, behindFace) > Math.max(left, room * 0.25)) behind = '';
  const behindW = behind === '' ? 0 : Math.min(textWidth(behind, behindFace), room * 0.45) + 7;
  const name = cut(g.x + indent, base, r.name, room - behindW, face);
  const marks: Mark[] = [name];
  if (second !== '') marks.push(cut(g.x + indent, base + 17, second, room, FACES.body, 'muted'));
  if (behind !== '') marks.push(cut(g.x + indent + textWidth(name.text, face) + 7, base, behind, room * 0.45, behindFace, 'muted'));
  return marks;
}

/** Rules whose word is that a namespace is not the declared one. */
const NOT_DECLARED = ['drift-namespace', 'drift-process-elsewhere'] as const;

/** How many are the host's; with something unread, at least how many. */
function hostsWords(r: MatrixRow): string {
  if (!COLUMNS.some((k) => r.cells[k].is === 'unknown')) return String(r.hosts);
  return r.hosts === 0 ? '?' : `≥ ${r.hosts}`;
}

/** Where a path has no room, its folders go: its last part is what names the thing. */
function shorter(said: string, width: number): string {
  return textWidth(said, FACES.mono) <= width ? said : said.replace(/\/\S+\/(?=[^\s/]+$)/, '…/');
}

/** The matrix below a head: groups by kinds, one letter a namespace. `y`: where its first row begins. */
export function matrix(rows: readonly MatrixRow[], g: Grid, y: number, rowH: number, picture: Picture, firstOrder: number, drift: Contradictions): Item[] {
  const items: Item[] = [];
  items.push(...blockItems(rows, g, y, rowH, picture, firstOrder + rows.length * 10));
  rows.forEach((r, i) => {
    const top = y + i * rowH;
    const party = r.parties[0];
    const one = r.parties.length === 1 && party ? party : null;
    const members = r.parties.map((p) => p.id);
    const red = r.band !== 'host' && one?.kind !== 'process' && COLUMNS.some((k) => r.cells[k].is === 'host' && 'hot' in r.cells[k] && (r.cells[k] as { hot: boolean }).hot);
    const ink: Token = red ? 'risk' : 'muted';
    const how = r.parties.every((x) => x.how === party?.how) ? (party?.how ?? '') : '';
    const said = r.band === 'host' ? `${COLUMNS.filter((k) => picture.sharing.ordinary.has(k)).join(', ')}: the host’s for all` : how;
    const near: Mark[] = [
      ...nameMarks(r, g, top, rowH),
      text(g.countX + 8, top + rowH / 2 + 4, hostsWords(r), red ? FACES.monoStrong : FACES.mono, ink, 'middle'),
    ];
    const contradicts = members.some((m) => NOT_DECLARED.some((rule) => drift.get(m)?.has(rule)));
    const howX = g.howX + (contradicts ? 16 : 0);
    if (contradicts) near.push(...notEqual(g.howW > 0 ? g.howX + 6 : g.countX - 10, top + rowH / 2, 5));
    const room = g.howW - (howX - g.howX);
    if (g.howW > 0 && said !== '') near.push(cut(howX, top + rowH / 2 + 4, shorter(said, room), room, r.band === 'host' ? FACES.body : FACES.mono, 'muted'));
    const next = rows[i + 1];
    const edge = (r.band !== next?.band && next !== undefined) || false;
    items.push({
      id: r.id, role: r.parties.length > 1 ? 'stack' : 'row', subject: one?.subject ?? null, members, box: { x: g.x - 8, y: top, w: g.right - g.x + 8, h: rowH }, layer: 0,
      label: r.parties.length > 1 ? `${r.name}, ${r.parties.length} alike` : r.name, detail: `${r.hosts} of its 8 namespaces are the host’s${how === '' ? '' : `. ${how}`}${contradicts ? '. Not as declared' : ''}`,
      state: red ? 'risk' : r.band === 'sharer' ? 'mind' : 'none', order: firstOrder + i * 10, marks: edge ? [line(g.x, top + rowH, g.right, top + rowH, 'line', 1)] : [], near,
    });
    if (r.head) return;
    COLUMNS.forEach((k, j) => {
      const x = columnX(g, k);
      const words = cellWords(r, k, picture);
      const drawn = cellMarks(r.cells[k], x, top, g, rowH, picture, one ?? undefined, k);
      items.push({
        id: `cell:${r.id.replace(/^row:/, '')}:${k}`, role: 'cell', subject: r.cells[k].is === 'shared' ? null : (one?.subject ?? null), members: words.members,
        box: { x, y: top, w: g.cellW, h: rowH }, layer: 2, label: words.label, detail: words.detail, state: words.state, order: firstOrder + i * 10 + 1 + j,
        marks: drawn.marks, near: drawn.near,
      });
    });
  });
  return items;
}
