import { FACES, cut, line, rect, stroke, text } from '../../scene/kit.js';
import type { Mark } from '../../scene/marks.js';
import { notEqual, triangle } from '../../scene/signs.js';
import type { Edge, Item, Placement, Scene } from '../../scene/scene.js';
import { calledName } from '../../facts/names.js';
import { listOf, plural } from '../../facts/units.js';
import { NEAR, sayWhole, type Resource } from '../../facts/uses.js';
import type { Lens, View } from '../view.js';
import { notch, open, outOfReach, promise, walled } from './bars.js';
import { MARGIN, MINI_W, columns, lay, type Columns, type Laid } from './layout.js';
import { treeOf, type Tree } from './model.js';
import { overlay } from './overlay.js';
import { bandItem, closedItem, hostItem, sliceItem } from './rows.js';

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
  put('slice', 'Slice', 'The cgroup that holds the containers.', c.sliceX, 60, left(c.sliceX, 'Slice'));
  put('container', 'Container', `As tall as its limit, filled by its use: the filled area is ${UNITS[tree.resource]}.`, c.nameX, 70, left(c.nameX, 'Container'));
  put('use', 'use', 'What is in use now.', c.useX - 40, 40, end(c.useX, 'use'));
  put('limit', 'limit', 'The limit on its own cgroup.', c.limitX - 40, 40, end(c.limitX, 'limit'));
  put('effective', 'effective', 'The tightest limit on the way up, and who imposes it.', c.effectiveX, 60, left(c.effectiveX, 'effective'));
  if (tree.slices.every((s) => s.closed) && tree.slices.length > 0) return [...items, ruleItem(c, width)];
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
  const step = 10 ** Math.floor(Math.log10(wish));
  return [1, 2, 5, 10].map((n) => n * step).reduce((best, n) => (Math.abs(n - wish) < Math.abs(best - wish) ? n : best), step);
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
    ...(laid.host.cut || laid.slices.some((x) => x.cut || x.bands.some((b) => b.notToScale)) ? [{ marks: [rect(0, -6, 20, 12, { stroke: stroke('drop', 0.8) }), notch(10, -6, 12)], width: 20, text: 'not to scale' }] : []),
    ...(laid.slices.some((x) => x.bands.some((b) => b.band.drift)) ? [{ marks: notEqual(6, 0, 5.5), width: 12, text: 'not the limit that was declared' }] : []),
    { marks: [triangle(6, 0, 5)], width: 12, text: `over ${Math.round(NEAR * 100)} % of the limit` },
  ];
}

function edgesOf(tree: Tree): Edge[] {
  return tree.slices.flatMap((s) => [
    { id: `child:host:${s.id}`, from: 'host', to: `stem:${s.id}`, kind: 'child' as const, label: '', marks: [], layer: 0 },
    ...(s.closed ? [] : s.bands.map((b): Edge => ({ id: `child:${s.id}:${b.w.id}`, from: `stem:${s.id}`, to: `band:${b.w.id}`, kind: 'child', label: b.by.kind === 'ancestor' ? 'limits' : '', marks: [], layer: 0 }))),
  ]);
}

function summary(tree: Tree, view: View): string {
  const bands = tree.slices.flatMap((s) => s.bands);
  const near = bands.filter((b) => b.use.share !== null && b.use.share > NEAR).length;
  const noRate = (tree.resource === 'cpu' || tree.resource === 'io') && !view.rates;
  if (view.snapshot.host.proof.kind !== 'proved') return 'The kernel of this host could not be read: what was declared is drawn, use is unknown.';
  const how = `A band is as tall as its limit and filled by use, so the filled area is ${UNITS[tree.resource]}. An open right end: no limit.`;
  return `${how}${noRate ? ' Use per second needs a second look.' : ''}${near > 0 ? ` ${near} ${near === 1 ? 'is near its limit' : 'are near their limits'}.` : ''}`;
}

function note(id: string, words: string, members: readonly string[], y: number, w: number, order: number): Item {
  return { id, role: 'note', subject: null, members, box: { x: MARGIN, y, w, h: 20 }, layer: 1, label: words, detail: '', state: 'none', order, marks: [], near: [cut(MARGIN, y + 14, words, w, FACES.body, 'dim')] };
}

function arrange(view: View, previous: Placement | null): { readonly scene: Scene; readonly placement: Placement } {
  const tree = treeOf(view, previous);
  const c = columns(view.width);
  const laid = lay(tree);
  const big = tree.slices.reduce((n, s) => n + s.bands.length, 0) <= 6;
  const items: Item[] = [hostItem(tree, laid, c, 1)];
  let order = 10;
  for (const l of laid.slices) {
    items.push(sliceItem(l, tree, laid, c, (order += 1)));
    if (l.slice.closed) items.push(closedItem(l, tree, c, (order += 1)));
    for (const b of l.bands) items.push(bandItem(b, laid, c, (order += 1), big));
  }
  const host = items[0] as Item;
  let y = Math.max(laid.h, host.box.y + host.box.h) + 12;
  const inner = Math.max(view.width, c.right + MARGIN) - MARGIN * 2;
  const notes: [string, string, readonly string[]][] = [];
  if (tree.slices.length === 0) notes.push(['note:empty', 'No container runs, so nothing is limited.', []]);
  if (tree.asleep.length > 0) notes.push(['note:asleep', `Not running, so it uses nothing: ${listOf(tree.asleep.map(calledName), 8)}.`, tree.asleep.map((w) => w.id)]);
  if (tree.hidden > 0) notes.push(['note:hidden', `${plural(tree.hidden, 'other')} left out by the filter; the sums are of those shown.`, []]);
  for (const [id, words, members] of notes) {
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
    edges: edgesOf(tree),
    gutters: { left: [], right: [], leftWidth: 0, rightWidth: 0 },
    head: { items: heads(tree, c, view.width), height: HEAD },
    legend: legend(tree, laid),
    home: bounds,
  };
  return { scene, placement: { lens: 'resources', order: tree.order } };
}

/** The cgroup tree: height by limit, fill by use, who imposes the limit that holds, and what was promised beyond what there is. */
export const resources: Lens = { name: 'resources', arrange, overlay };
