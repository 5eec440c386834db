import { FACES, cut, rect, text } from '../../scene/kit.js';
import type { Mark, Token } from '../../scene/marks.js';
import { stateSign } from '../../scene/signs.js';
import { textWidth } from '../../scene/measure.js';
import type { Item, Placement, Scene } from '../../scene/scene.js';
import type { Subject } from '../../model/finding.js';
import type { Workload } from '../../model/workload.js';
import { DRIFT_STATE, wallDetail, wallWords } from './words.js';
import { WALLS, wallTitle, type Wall } from '../../facts/walls/index.js';
import { count, listOf, plural } from '../../facts/units.js';
import type { Lens, View } from '../view.js';
import { HOST_WIDTH, LINE, MARGIN, TALL, cell, columns, head, hostHead, legend, rule, type Columns } from './columns.js';
import { countedLines } from './names.js';
import { overlay } from './overlay.js';
import { kinsOf } from '../alike.js';
import { rowsOf, type Row, type Rows } from './rows.js';

const HEAD = 48;
const TALLEST = 208;
const NARROW_NAMES = 140;

/** Height of a row and its lines of text, by how many there are and how much room there is for each; null: as much as they like. */
function rowForm(n: number, room: number | null): { readonly h: number; readonly lines: number } {
  const usual = n <= 6 ? 112 : n <= 24 ? 42 : 22;
  const h = room === null ? usual : Math.max(22, Math.min(n <= 6 ? TALLEST : 84, Math.floor(room)));
  return { h, lines: h < 34 ? 1 : Math.floor((h - 6) / LINE) };
}

function subjectOf(w: Workload): Subject {
  return { kind: w.kind, id: w.id, name: w.name };
}

function nameMarks(row: Row, y: number, h: number, lines: number, c: Columns, lead: boolean): { readonly marks: readonly Mark[]; readonly near: readonly Mark[] } {
  const { standing } = row;
  const indent = row.inner ? 12 : 0;
  const x = MARGIN + 20 + indent;
  const room = c.nameW - 28 - indent;
  const mid = y + h / 2;
  const small = lines === 1;
  const face = small ? { ...FACES.name, size: 11.5 } : h >= TALL ? { ...FACES.name, size: 14.5 } : FACES.name;
  const kins = row.members.length > 1 ? kinsOf(row.members) : [];
  // Where there is room for their names below, many of different kinds are counted first.
  const listed = kins.length > 1 && lines > 2 && !row.head;
  const below = listed ? countedLines(kins, ', ', room, FACES.body, Math.max(1, lines - 2 - (h >= TALL ? 1 : 0))) : [];
  const nameY = small ? mid + 4.2 : mid - 3 - below.length * 6.5;
  const times = row.members.length > 1 && !listed ? `×${count(row.members.length)}` : '';
  // A name that leaves no room for how many it is of has that said behind the verdict.
  const apart = times !== '' && !small && textWidth(row.name, face) + 6 + textWidth(times, FACES.mono) > room;
  const many = apart ? '' : times;
  const manyW = many === '' ? 0 : textWidth(many, FACES.mono) + 6;
  const near: Mark[] = [];
  const name = cut(x, nameY, listed ? `${count(row.members.length)} alike` : row.name, room - manyW, face);
  near.push(name);
  const end = x + textWidth(name.text, face);
  if (many !== '') near.push(text(end + 6, nameY - 0.3, many, FACES.mono, 'muted'));
  const ink: Token = standing.state === 'risk' ? 'risk' : 'dim';
  if (!small) near.push(cut(x, nameY + 15, apart ? `${standing.words}, ${times}` : standing.words, room, FACES.body, ink));
  else if (lead && textWidth(standing.words, FACES.small) <= x + room - end - manyW - 10) near.push(cut(x + room, nameY, standing.words, x + room - end - manyW - 10, FACES.small, ink, 'end'));
  below.forEach((words, i) => near.push({ ...cut(x, nameY + 29 + i * 13, words, room, FACES.body, 'dim'), full: kins.join(', ') }));
  return { marks: stateSign(standing.state, MARGIN + 7 + indent, small ? mid : nameY + 1 - 5 + 4, small ? 4.5 : 5.5), near };
}

/** `web, 12 alike`; many of different kinds are counted first: `128 alike: api, backup, blackbox and 23 more`. */
function rowLabel(row: Row): string {
  if (row.members.length === 1) return row.name;
  const kins = kinsOf(row.members);
  return kins.length > 1 ? `${row.members.length} alike: ${listOf(kins, 4)}` : `${row.name}, ${row.members.length} alike`;
}

function toneOf(row: Row): Token {
  return row.standing.state === 'risk' ? 'risk' : 'warn';
}

function rowItems(row: Row, y: number, h: number, lines: number, c: Columns, view: View, first: number, lead: boolean): Item[] {
  const members = row.members.map((w) => w.id);
  const one = row.members.length === 1 ? row.members[0] : undefined;
  const named = nameMarks(row, y, h, lines, c, lead);
  const open = row.standing.open;
  const items: Item[] = [{
    id: row.id,
    role: row.members.length > 1 ? 'stack' : 'row',
    subject: one ? subjectOf(one) : null,
    members,
    box: { x: MARGIN - 8, y, w: c.right - HOST_WIDTH - MARGIN, h },
    layer: 0,
    label: rowLabel(row),
    detail: `${row.standing.words}. ${plural(open, 'wall')} of 8 ${open === 1 ? 'is' : 'are'} open${row.standing.drift > 0 ? `, ${row.standing.drift} not as declared` : ''}.`,
    state: row.standing.state,
    order: first,
    marks: [rule(MARGIN, c.right - HOST_WIDTH - 8, y + h), ...named.marks],
    near: named.near,
  }];
  if (row.head) return items;
  row.standing.walls.forEach((w: Wall, i) => {
    const column = c.walls[i];
    if (!column) return;
    const drawn = cell(w, column, y, h, lines, toneOf(row));
    items.push({
      id: `cell:${row.id.replace(/^row:/, '')}:${w.name}`,
      role: 'cell',
      subject: one ? subjectOf(one) : null,
      members,
      box: { x: column.x - 3, y, w: column.w - 2, h },
      layer: 1,
      label: `${row.members.length > 1 ? rowLabel(row) : row.name}, ${wallTitle(w.name, view.snapshot.host)}: ${wallWords(w)}`,
      detail: wallDetail(w),
      state: w.state === 'open-by-choice' ? (toneOf(row) === 'risk' ? 'risk' : 'mind') : DRIFT_STATE[w.state],
      order: first + 1 + i,
      marks: drawn.marks,
      near: drawn.near,
    });
  });
  return items;
}

function heads(view: View, rows: Rows, c: Columns): Item[] {
  const title = (x: number): Mark => text(x, 17, 'Process in', FACES.body, 'dim');
  const items: Item[] = [{
    id: 'head:names', role: 'legend', subject: null, members: [], box: { x: MARGIN, y: 0, w: c.nameW, h: HEAD - 6 }, layer: 2,
    label: 'Process in', detail: 'The process is on the left, the host on the right.', state: 'none', order: 0, marks: [title(MARGIN)], near: [],
  }];
  WALLS.forEach((name, i) => {
    const column = c.walls[i];
    if (!column) return;
    const of = rows.judged.map((j) => j.standing.walls[i] as Wall);
    const stands = of.filter((w) => w.state === 'stands').length;
    const unread = of.filter((w) => w.state === 'unknown').length;
    const name_ = wallTitle(name, view.snapshot.host);
    items.push({
      id: `head:${name}`, role: 'legend', subject: null, members: [], box: { x: column.x - 3, y: 0, w: column.w - 2, h: HEAD - 6 }, layer: 2,
      label: name_, detail: `stands for ${stands} of ${of.length}${unread > 0 ? `, unknown for ${unread}` : ''}`, state: 'none', order: 0,
      marks: head(name_, stands, of.length, unread, column), near: [],
    });
  });
  items.push({
    id: 'head:host', role: 'legend', subject: { kind: 'host', id: 'host', name: 'host' }, members: [], box: { x: c.right - 40, y: 0, w: 40, h: HEAD - 6 }, layer: 2,
    label: 'host', detail: 'What the walls guard.', state: 'none', order: 0, marks: hostHead(c), near: [],
  });
  return items;
}

function note(id: string, words: string, members: readonly string[], y: number, c: Columns, order: number): Item {
  return {
    id, role: 'note', subject: null, members, box: { x: MARGIN, y, w: c.right - MARGIN, h: 20 }, layer: 1, label: words, detail: '', state: 'none', order,
    marks: [], near: [cut(MARGIN, y + 14, words, c.right - MARGIN, FACES.body, 'dim')],
  };
}

function summary(view: View, rows: Rows): string {
  const bad = rows.judged.filter((j) => j.standing.state === 'risk').length;
  const drift = rows.judged.reduce((sum, j) => sum + j.standing.drift, 0);
  const words = view.options.order === 'drift' && drift === 0 ? 'Nothing contradicts what was declared.' : 'Process on the left, host on the right. A wall that stands is quiet; a hole takes ink.';
  if (view.snapshot.host.proof.kind !== 'proved') return `The kernel of this host could not be read: holes that were asked for are known, walls are not.${bad > 0 ? ` ${bad} of ${rows.judged.length} can reach past them.` : ''}`;
  return `${words}${bad > 0 ? ` ${bad} of ${rows.judged.length} can reach past them.` : ''}`;
}

/** What stands below the rows: nobody, who sleeps, who was left out. */
function notesOf(view: View, rows: Rows): readonly (readonly [string, string, readonly string[]])[] {
  const notes: [string, string, readonly string[]][] = [];
  if (rows.rows.length === 0) notes.push(['note:empty', view.options.order === 'drift' ? 'The kernel agrees with every declaration.' : 'No container runs.', []]);
  if (rows.asleep.length > 0) notes.push(['note:asleep', `Not running, so there is no process to be held: ${listOf(rows.asleep.map((w) => w.name), 8)}.`, rows.asleep.map((w) => w.id)]);
  if (rows.hidden > 0) notes.push(['note:hidden', `${plural(rows.hidden, 'other')} left out by the filter.`, []]);
  return notes;
}

function arrange(view: View, previous: Placement | null): { readonly scene: Scene; readonly placement: Placement } {
  const rows = rowsOf(view, previous);
  const notes = notesOf(view, rows);
  // A canvas that is too narrow shows all of it smaller, and has as much more height.
  const least = columns(view.width, NARROW_NAMES).right + MARGIN;
  const tall = view.height === undefined || view.height === null ? null : (view.height - HEAD) * Math.max(1, least / view.width);
  const { h, lines } = rowForm(rows.rows.length, tall === null ? null : (tall - 14 - notes.length * 22) / Math.max(1, rows.rows.length));
  // In rows of one line the verdict stands beside the name, where there is room for both.
  const c = columns(view.width, lines > 1 ? 148 : view.width < 900 ? NARROW_NAMES : 196);
  const items: Item[] = [];
  let y = 0;
  let order = 1;
  for (const [i, row] of rows.rows.entries()) {
    // In rows of one line the verdict is said once for a run of rows, and for each where it is bad.
    const lead = !row.inner && (row.standing.state === 'risk' || rows.rows[i - 1]?.standing.words !== row.standing.words);
    items.push(...rowItems(row, y, h, lines, c, view, order, lead));
    order += 10;
    y += h;
  }
  const bottom = Math.max(y, h);
  items.push({
    id: 'host', role: 'band', subject: { kind: 'host', id: 'host', name: 'host' }, members: [], box: { x: c.hostX, y: 0, w: HOST_WIDTH, h: bottom }, layer: 1,
    label: 'the host', detail: 'What the walls guard.', state: 'none', order, marks: [rect(c.hostX, 0, HOST_WIDTH, bottom, { fill: 'ink' })], near: [],
  });
  y = bottom + 8;
  for (const [id, words, members] of notes) {
    items.push(note(id, words, members, y, c, (order += 1)));
    y += 22;
  }
  const bounds = { x: 0, y: 0, w: Math.max(view.width, c.right + MARGIN), h: y + 4 };
  const scene: Scene = {
    lens: 'enforcement',
    title: 'What stands between a process and the host',
    summary: summary(view, rows),
    bounds,
    items,
    edges: [],
    gutters: { left: [], right: [], leftWidth: 0, rightWidth: 0 },
    head: { items: heads(view, rows, c), height: HEAD },
    legend: legend(),
    home: bounds,
  };
  return { scene, placement: { lens: 'enforcement', order: rows.order } };
}

/** Per container the eight layers between a process and the host, worst first. */
export const enforcement: Lens = { name: 'enforcement', arrange, overlay };
