import { cardBox } from '../../scene/forms.js';
import { hatched } from '../../scene/hatch.js';
import { FACES, cut, rect, stroke, text } from '../../scene/kit.js';
import type { Mark } from '../../scene/marks.js';
import { prompt } from '../../scene/signs.js';
import type { Edge, Item, Placement, Scene } from '../../scene/scene.js';
import { bytes, listOf, plural } from '../../facts/units.js';
import { valueOf } from '../../model/reading.js';
import type { Group } from '../../model/workload.js';
import { calledName } from '../../facts/names.js';
import { isRunning } from '../../facts/walls/index.js';
import { FOLD_FROM } from '../alike.js';
import { contradictions } from '../contradictions.js';
import { READABLE, type Lens, type View } from '../view.js';
import { hulls } from './hulls.js';
import { HEAD, grid, heads, matrix } from './matrix.js';
import { pictureOf, type Picture } from './model.js';
import { overlay } from './overlay.js';
import { matrixRows, type Cell, type MatrixRow } from './rows.js';

const MARGIN = 24;
/** Up to this many parties, the matrix stands beside the hulls. */
const BESIDE = 6;
/** The least height of a row, and from how many parties on alike ones may become one. */
const ROW = 20;
const FEWEST_TO_FOLD = 24;

/** The signs that the picture has, and no other. `rows`: those of the matrix, none where only hulls are drawn. */
function legend(picture: Picture, rows: readonly MatrixRow[]): Scene['legend'] {
  const cell = (marks: readonly Mark[], letter: string, strong: boolean): readonly Mark[] => [...marks, text(13, 4, letter, strong ? FACES.monoStrong : FACES.mono, strong ? (letter === 'H' ? 'risk' : 'identA') : 'muted', 'middle')];
  const cells = rows.flatMap((r) => Object.values(r.cells));
  const has = (is: (c: Cell) => boolean): boolean => rows.length === 0 || cells.some(is);
  const out: { readonly marks: readonly Mark[]; readonly width: number; readonly text: string }[] = [];
  if (has((c) => c.is === 'host' && c.hot)) out.push({ marks: cell([...hatched(0, -8, 26, 16, 'risk', 'riskTint', { r: 4 }), rect(0, -8, 26, 16, { r: 4, stroke: stroke('risk', 1.2) })], 'H', true), width: 26, text: 'the host’s, by choice' });
  if (has((c) => c.is === 'host' && !c.hot)) out.push({ marks: cell([rect(0, -8, 26, 16, { r: 4, fill: 'track', opacity: 0.55, stroke: stroke('line', 1) })], 'H', false), width: 26, text: 'the host’s, as for all' });
  if (has((c) => c.is === 'shared')) out.push({ marks: cell([rect(0, -8, 26, 16, { r: 4, fill: 'identATint', stroke: stroke('identA', 1.2) })], 'A', true), width: 26, text: 'shared: one letter, one namespace' });
  if (has((c) => c.is === 'alone')) out.push({ marks: [rect(4, -1, 2, 2, { r: 1, fill: 'dim' })], width: 10, text: 'alone' });
  if (cells.some((c) => c.is === 'unknown')) out.push({ marks: [rect(0, -8, 26, 16, { r: 4, stroke: stroke('drop', 1, { dash: [1.8, 2.2] }) }), text(13, 4, '?', FACES.monoStrong, 'muted', 'middle')], width: 26, text: 'not read' });
  const kinds = new Set(picture.sharing.parties.map((p) => p.kind));
  if (kinds.has('process')) out.push({ marks: [...cardBox({ x: 0, y: -8, w: 26, h: 16 }, 'dashed'), ...prompt(6, 0, 'ink', 2.8)], width: 26, text: 'process that entered' });
  if (kinds.has('group')) out.push({ marks: cardBox({ x: 0, y: -8, w: 26, h: 16 }, 'double'), width: 26, text: 'group of another runtime' });
  return out;
}

function summary(picture: Picture, view: View): string {
  const of = (kind: string): number => picture.sharing.parties.filter((p) => p.kind === kind).length;
  const others = of('group') + of('process');
  const proof = view.snapshot.host.proof.kind === 'proved' ? '' : ' The kernel could not be read: what the engine was told stands for it.';
  const unread = picture.sharing.parties.some((p) => Object.values(p.at).includes(null)) && proof === '' ? ' What is dotted could not be read.' : '';
  if (picture.sharers.length === 0 && picture.alone.length === 0) return 'No container runs: the host is alone in its eight namespaces.';
  const nothing = picture.sharers.length === 0 && picture.alone.length > 0 ? 'Nobody shares more than the ordinary.' : 'Only sharing takes ink: what is alone in its namespace stays paper.';
  return `${plural(of('container'), 'container')}${others > 0 ? ` and ${others} ${others === 1 ? 'other' : 'others'}` : ''}, 8 kinds. ${nothing}${unread}${proof}`;
}

/** What the host is, in a few lines. */
function hostWords(view: View): readonly string[] {
  const { host } = view.snapshot;
  const [kernel, os, cpus, memory] = [valueOf(host.kernel), valueOf(host.os), valueOf(host.cpus), valueOf(host.memory)];
  return [
    [os ?? '', kernel === undefined ? '' : `kernel ${kernel}`].filter((x) => x !== '').join(', '),
    [`${host.engine.name} ${host.engine.version}`, cpus === undefined ? '' : plural(cpus, 'core'), memory === undefined ? '' : bytes(memory)].filter((x) => x !== '').join(', '),
  ].filter((x) => x !== '');
}

/** The folded row of services: opened and closed like any other fold. */
const SERVICES = 'fold:services';

interface Note {
  readonly id: string;
  readonly words: string;
  readonly detail: string;
  readonly members: readonly string[];
}

/** What is not drawn, in words: what rests, what is ordinary, and namespaces that only a mount or an open file holds. */
function notes(view: View, picture: Picture, folded: readonly Group[], opened: boolean): readonly Note[] {
  const s = view.snapshot;
  const out: Note[] = [];
  const asleep = s.containers.filter((c) => !isRunning(c));
  if (asleep.length > 0) out.push({ id: 'note:asleep', words: `Not running, so in no namespace: ${listOf(asleep.map(calledName), 8)}.`, detail: '', members: asleep.map((c) => c.id) });
  const hidden = s.containers.filter((c) => isRunning(c)).length - picture.sharers.flat().concat(picture.alone).filter((p) => p.kind === 'container').length;
  if (view.shown !== null && hidden > 0) out.push({ id: 'note:hidden', words: `${plural(hidden, 'other')} left out by the filter.`, detail: '', members: [] });
  if (folded.length > 0) {
    const words = `${plural(folded.length, 'service')} of the host with a namespace of ${folded.length === 1 ? 'its' : 'their'} own, as is ordinary: ${opened ? 'hide' : 'show'}`;
    out.push({ id: SERVICES, words, detail: listOf(folded.map(calledName), 12), members: folded.map((g) => g.id) });
  }
  const held = s.namespaces.filter((n) => n.processCount === 0 && n.heldBy.length > 0);
  for (const n of held.slice(0, 4)) out.push({ id: `note:held:${n.type}:${n.inode}`, words: `${n.type} ${n.inode}: no process is in it, ${n.heldBy[0] ?? ''} holds it.`, detail: n.heldBy.join(', '), members: [] });
  if (held.length > 4) out.push({ id: 'note:held', words: `${held.length - 4} more namespaces without a process are held by mounts or open files.`, detail: '', members: [] });
  return out;
}

/**
 * Hulls above the matrix. Where a window holds not both but the whole matrix, that leads instead, so that the answer is seen
 * without scrolling.
 */
function arrange(view: View, previous: Placement | null): { readonly scene: Scene; readonly placement: Placement } {
  const made = lay(view, previous, false);
  const height = view.height ?? null;
  if (height === null || view.options.parts !== 'both' || made.scene.head !== undefined || made.scene.bounds.h * READABLE <= height) return made;
  const led = lay(view, previous, true);
  return led.matrix <= height ? led : made;
}

interface Laid {
  readonly scene: Scene;
  readonly placement: Placement;
  /** Where the matrix ends, its head included. */
  readonly matrix: number;
}

/** `leads`: the matrix comes first, under a head that stays, as it does where there are many. */
function lay(view: View, previous: Placement | null, leads: boolean): Laid {
  const folded = view.snapshot.groups.filter((g) => g.folded);
  const opened = view.options.opened.includes(SERVICES);
  const seen = opened ? { ...view.snapshot, groups: view.snapshot.groups.map((g) => (g.folded ? { ...g, folded: false } : g)) } : view.snapshot;
  const picture = pictureOf(seen, view.shown, previous, view.project);
  const drift = contradictions(view.findings);
  const { parts } = view.options;
  const inner = view.width - MARGIN * 2;
  const parties = picture.sharers.flat().length + picture.alone.length + picture.loose.length;
  const beside = parts === 'both' && parties <= BESIDE && inner >= 820;
  const height = view.height ?? null;
  // Alike rows become one where all together would be taller than the window.
  const many = parties >= FOLD_FROM || (height !== null && parties >= FEWEST_TO_FOLD && parties * ROW > height - HEAD - 120);
  const rows = matrixRows(picture, view.snapshot, view.options.opened, many);
  const told = notes(view, picture, folded, opened);
  // With many, the matrix leads, under heads and a host's row that stay.
  const pinned = parts === 'matrix' || parties >= FOLD_FROM || leads;
  const items: Item[] = [];
  const edges: Edge[] = [];
  let bottom = 0;
  let matrixEnd = 0;
  let right = view.width;
  let head: Scene['head'];
  const hullW = beside ? Math.round(inner * 0.36) : inner;
  const usual = rows.length <= 8 && beside ? 28 : rows.length <= 24 ? 22 : ROW;
  /** As tall as the window lets rows be, between what can be read and what is still one table. */
  const rowHeight = (above: number, count: number): number => (height === null || count === 0 ? usual : Math.max(ROW, Math.min(beside ? 190 : parties <= BESIDE ? 72 : 40, Math.floor((height - above - 14 - told.length * 22) / count))));
  const besideH = rowHeight(10 + HEAD, rows.length);
  const putHulls = (): void => {
    const drawn = hulls(picture, MARGIN, bottom + 10, hullW, pinned ? 100_000 : 0, beside ? { head: HEAD, row: besideH, rows: rows.length, told: hostWords(view) } : null);
    items.push(...drawn.items);
    edges.push(...drawn.edges);
    bottom += 10 + drawn.h;
  };
  if (parts !== 'matrix' && (!pinned || parts === 'hulls')) putHulls();
  if (parts !== 'hulls') {
    const x = beside ? MARGIN + hullW + 32 : MARGIN;
    const w = beside ? inner - hullW - 32 : inner;
    const g = grid(x, w, !beside && w > 760, rows.some((r) => r.band !== 'host' && r.parties.some((p) => p.how !== '')) || drift.size > 0);
    const y = pinned ? 2 : beside ? 10 + HEAD : bottom + 12 + HEAD;
    const headItems = heads(g, pinned ? 0 : y - HEAD);
    const below = pinned ? rows.slice(1) : rows;
    if (pinned) head = { items: [...headItems, ...matrix(rows.slice(0, 1), g, HEAD, 22, picture, 5_000, drift)], height: HEAD + 24 };
    else items.push(...headItems);
    const rowH = beside ? besideH : rowHeight(pinned ? HEAD + 26 : y, below.length);
    items.push(...matrix(below, g, y, rowH, picture, 10_000, drift));
    bottom = Math.max(bottom, y + below.length * rowH);
    matrixEnd = bottom + (head?.height ?? 0);
    right = Math.max(right, g.right + MARGIN);
    if (parts === 'both' && pinned) {
      bottom += 16;
      putHulls();
    }
  }
  let order = 1_000_000;
  for (const n of told) {
    items.push({
      id: n.id, role: n.id === SERVICES ? 'stack' : 'note', subject: null, members: n.members, box: { x: MARGIN, y: bottom + 6, w: inner, h: 20 }, layer: 1, label: n.words, detail: n.detail, state: 'none', order: (order += 1),
      marks: [], near: [cut(MARGIN, bottom + 20, n.words, inner, FACES.body, n.id === SERVICES ? 'accent' : 'dim')],
    });
    bottom += 22;
  }
  const bounds = { x: 0, y: 0, w: right, h: bottom + 10 };
  const scene: Scene = {
    lens: 'namespaces',
    title: 'Who shares a namespace with whom, or with the host',
    summary: summary(picture, view),
    bounds,
    items,
    edges,
    gutters: { left: [], right: [], leftWidth: 0, rightWidth: 0 },
    ...(head ? { head } : {}),
    legend: legend(picture, parts === 'hulls' ? [] : rows),
    home: bounds,
  };
  return { scene, placement: { lens: 'namespaces', order: picture.order }, matrix: matrixEnd };
}

/** Shared namespaces as hulls within the host's, and a matrix of groups by the eight kinds. */
export const namespaces: Lens = { name: 'namespaces', arrange, overlay };
