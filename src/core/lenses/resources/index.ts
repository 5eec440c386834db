import { scaleLinear } from 'd3-scale';
import { valueOf } from '../../model/reading.js';
import { FACES, cut, line, rect, stroke, text } from '../../scene/kit.js';
import type { Mark } from '../../scene/marks.js';
import { notEqual, triangle } from '../../scene/signs.js';
import type { Edge, Item, Placement, Scene } from '../../scene/scene.js';
import { calledName } from '../../facts/names.js';
import { listOf, plural } from '../../facts/units.js';
import { NEAR, sayWhole, type Resource } from '../../facts/uses.js';
import type { Lens, View } from '../view.js';
import { notch, open, outOfReach, promise, walled } from './bars.js';
import { MARGIN, MINI_W, columns, type Columns } from './columns.js';
import { ROOM, lay, type Laid, type LaidSlice } from './layout.js';
import type { Tree } from './model.js';
import { overlay } from './overlay.js';
import { bandItem, hostItem } from './rows.js';
import { closedItem, sliceItem } from './slices.js';
import { treeOf } from './tree.js';

const HEAD = 30;
const MINI_NAMES: Readonly<Record<Resource, string>> = { memory: 'mem', cpu: 'cpu', pids: 'pid', io: 'io' };
const UNITS: Readonly<Record<Resource, string>> = { memory: 'bytes', cpu: 'cores', pids: 'tasks', io: 'bytes a second' };

function ruleItem(c: Columns, width: number): Item {
  return { id: 'head:rule', role: 'legend', subject: null, members: [], box: { x: MARGIN, y: HEAD - 5, w: Math.max(0, width - MARGIN * 2), h: 1 }, layer: 2, label: '', detail: '', state: 'none', order: 0, marks: [line(MARGIN, HEAD - 5, Math.max(c.right, width - MARGIN), HEAD - 5, 'line', 1)], near: [] };
}

function heads(tree: Tree, c: Columns, width: number): Item[] {
  const base = 16;
  const items: Item[] = [];
  const put = (id: string, label: string, detail: string, x: number, w: number, mark: Mark): void => {
    items.push({ id: `head:${id}`, role: 'legend', subject: null, members: [], box: { x, y: 0, w, h: HEAD - 4 }, layer: 3, label, detail, state: 'none', order: 0, marks: [mark], near: [] });
  };
  const left = (x: number, words: string): Mark => text(x, base, words, FACES.body, 'dim');
  const end = (x: number, words: string): Mark => text(x, base, words, FACES.body, 'dim', 'end');
  put('host', 'Host', 'What the host has.', c.hostX, 60, left(c.hostX, 'Host'));
  c.sliceX.forEach((x, i) => put(i === 0 ? 'slice' : `slice-${i + 1}`, i === 0 ? 'Slice' : 'within it', i === 0 ? 'The cgroup that holds the containers.' : 'A cgroup within the one at its left, with limits of its own.', x, 60, left(x, i === 0 ? 'Slice' : 'within it')));
  put('container', 'Container', `As tall as its limit, filled by its use: the filled area is ${UNITS[tree.resource]}.`, c.nameX, 70, left(c.nameX, 'Container'));
  put('use', 'use', 'What is in use now.', c.useX - 40, 40, end(c.useX, 'use'));
  put('limit', 'limit', 'The limit on its own cgroup.', c.limitX - 40, 40, end(c.limitX, 'limit'));
  put('effective', 'effective', 'The tightest limit on the way up, and who imposes it.', c.effectiveX, 60, left(c.effectiveX, 'effective'));
  if (c.psiX !== null && tree.resource !== 'pids') put('psi', 'PSI, %', 'Share of the last 10 s in which some of its tasks waited for it.', c.psiX - 44, 44, end(c.psiX, 'PSI, %'));
  const others = (['memory', 'cpu', 'pids', 'io'] as const).filter((r) => r !== tree.resource);
  c.minis.forEach((x, i) => {
    const r = others[i];
    if (r) put(r, r, `Its ${r}: a wall where there is a limit, dots where there is none.`, x, MINI_W, text(x, base, MINI_NAMES[r], FACES.small, 'dim'));
  });
  items.push(ruleItem(c, width));
  return items;
}

/** A round amount for the key of the scale, 8 to 22 pixels tall. */
function keyAmount(tree: Tree, scale: number): number {
  const wish = 15 / scale;
  if (tree.resource === 'memory' || tree.resource === 'io') return 2 ** Math.round(Math.log2(wish));
  return scaleLinear([0, wish * 2], [0, 30]).ticks(2)[1] ?? wish;
}

function legend(tree: Tree, laid: Laid): Scene['legend'] {
  const amount = keyAmount(tree, laid.scale);
  const h = Math.min(22, amount * laid.scale);
  return [
    { marks: [rect(1.5, -h / 2, 2, h, { fill: 'ink' }), line(0, -h / 2, 5, -h / 2, 'ink', 1.2), line(0, h / 2, 5, h / 2, 'ink', 1.2)], width: 5, text: `${sayWhole(tree.resource, amount)} tall` },
    { marks: walled(0, -6, 20, 12, 0.45), width: 21, text: 'limit, and use' },
    { marks: open(0, -6, 20, 12, 6), width: 20, text: 'no limit' },
    { marks: promise(0, -6, 20, 12), width: 20, text: 'promised beyond what there is' },
    { marks: outOfReach(0, -6, 20, 12), width: 20, text: 'declared, out of reach' },
    ...(laid.host.cut || flat(laid.slices).some((x) => x.cut || x.bands.some((b) => b.notToScale)) ? [{ marks: [rect(0, -6, 20, 12, { stroke: stroke('drop', 0.8) }), notch(10, -6, 12)], width: 20, text: 'not to scale' }] : []),
    ...(flat(laid.slices).some((x) => x.bands.some((b) => b.band.drift)) ? [{ marks: notEqual(6, 0, 5.5), width: 12, text: 'not the limit that was declared' }] : []),
    { marks: [triangle(6, 0, 5)], width: 12, text: `over ${Math.round(NEAR * 100)} % of the limit` },
  ];
}

/** Every slice that is drawn, parents first. */
function flat(slices: readonly LaidSlice[]): readonly LaidSlice[] {
  return slices.flatMap((l) => [l, ...flat(l.slices)]);
}

function edgesOf(laid: Laid): Edge[] {
  const child = (from: string, to: string, label = ''): Edge => ({ id: `child:${from.replace(/^stem:/, '')}:${to.replace(/^(?:stem|band):/, '')}`, from, to, kind: 'child', label, marks: [], layer: 0 });
  const within = (slices: readonly LaidSlice[], above: string): Edge[] => slices.flatMap((l) => {
    const own = `stem:${l.slice.id}`;
    const imposes = (path: string | undefined, kind: string): string => (kind === 'ancestor' && path === l.slice.path ? 'limits' : '');
    return [child(above, own), ...within(l.slices, own), ...l.bands.map((b) => child(own, `band:${b.band.w.id}`, imposes(valueOf(b.band.use.by), b.band.by.kind)))];
  });
  return within(laid.slices, 'host');
}

function summary(tree: Tree, view: View): string {
  const bands = tree.slices.flatMap((s) => s.all);
  const near = bands.filter((b) => b.use.share !== null && b.use.share > NEAR).length;
  const noRate = (tree.resource === 'cpu' || tree.resource === 'io') && !view.rates;
  if (view.snapshot.host.proof.kind !== 'proved') return 'The kernel of this host could not be read: what was declared is drawn, use is unknown.';
  const how = `A band is as tall as its limit and filled by use, so the filled area is ${UNITS[tree.resource]}. An open right end: no limit.`;
  return `${how}${noRate ? ' Use per second needs a second look.' : ''}${near > 0 ? ` ${near} ${near === 1 ? 'is near its limit' : 'are near their limits'}.` : ''}`;
}

function note(id: string, words: string, members: readonly string[], y: number, w: number, order: number): Item {
  return { id, role: 'note', subject: null, members, box: { x: MARGIN, y, w, h: 20 }, layer: 1, label: words, detail: '', state: 'none', order, marks: [], near: [cut(MARGIN, y + 14, words, w, FACES.body, 'dim')] };
}

/** What stands below the bands: whom the host could still promise to, who sleeps, who was left out. */
function notesOf(tree: Tree): readonly { readonly id: string; readonly words: string; readonly members: readonly string[] }[] {
  return [
    ...(tree.slices.length === 0 ? [{ id: 'note:empty', words: 'No container runs, so nothing is limited.', members: [] }] : []),
    ...(tree.asleep.length > 0 ? [{ id: 'note:asleep', words: `Not running, so it uses nothing: ${listOf(tree.asleep.map(calledName), 8)}.`, members: tree.asleep.map((w) => w.id) }] : []),
    ...(tree.hidden > 0 ? [{ id: 'note:hidden', words: `${plural(tree.hidden, 'other')} left out by the filter; the sums are of those shown.`, members: [] }] : []),
  ];
}

function arrange(view: View, previous: Placement | null): { readonly scene: Scene; readonly placement: Placement } {
  const tree = treeOf(view, previous);
  const c = columns(view.width, tree.depth);
  const notes = notesOf(tree);
  const room = view.height === undefined || view.height === null ? ROOM : Math.max(200, view.height - HEAD - 20 - (notes.length > 0 ? 12 + notes.length * 22 : 0));
  const laid = lay(tree, room);
  const big = tree.slices.reduce((n, s) => n + s.all.length, 0) <= 6;
  const items: Item[] = [hostItem(tree, laid, c, 1)];
  let order = 10;
  for (const l of flat(laid.slices)) {
    items.push(sliceItem(l, tree, laid, c, (order += 1)));
    if (l.slice.closed) items.push(closedItem(l, tree, laid, c, (order += 1)));
    for (const b of l.bands) items.push(bandItem(b, laid, c, (order += 1), big));
  }
  const host = items[0] as Item;
  let y = Math.max(laid.h, host.box.y + host.box.h) + (notes.length > 0 ? 12 : 4);
  const inner = Math.max(view.width, c.right + MARGIN) - MARGIN * 2;
  for (const { id, words, members } of notes) {
    items.push(note(id, words, members, y, inner, (order += 1)));
    y += 22;
  }
  const bounds = { x: 0, y: -4, w: Math.max(view.width, c.right + MARGIN), h: y + 6 };
  const scene: Scene = {
    lens: 'resources',
    title: 'What each may use, and what it uses',
    summary: summary(tree, view),
    bounds,
    items,
    edges: edgesOf(laid),
    gutters: { left: [], right: [], leftWidth: 0, rightWidth: 0 },
    head: { items: heads(tree, c, view.width), height: HEAD },
    legend: legend(tree, laid),
    home: bounds,
  };
  return { scene, placement: { lens: 'resources', order: tree.order } };
}

/** The cgroup tree: height by limit, fill by use, who imposes the limit that holds, and what was promised beyond what there is. */
export const resources: Lens = { name: 'resources', arrange, overlay };
