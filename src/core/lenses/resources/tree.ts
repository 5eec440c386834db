import { hierarchy, type HierarchyNode } from 'd3-hierarchy';
import type { CgroupNode } from '../../model/cgroup.js';
import { isKnown, valueOf } from '../../model/reading.js';
import { workloads, type Snapshot } from '../../model/snapshot.js';
import { byNature, calledName } from '../../facts/names.js';
import { RESOURCES, cgroupName, hostSize, useOf } from '../../facts/uses.js';
import { isRunning } from '../../facts/walls/index.js';
import type { Placement } from '../../scene/scene.js';
import { FOLD_FROM, focusRank } from '../alike.js';
import { contradictions, type Contradictions } from '../contradictions.js';
import { inOrder, stableOrder } from '../stable.js';
import type { View } from '../view.js';
import { branches, type Branch } from './branches.js';
import { bandOf, byFullness, fullness, number, type Band, type Slice, type Tree } from './model.js';

/** What all branches of one picture are made from. */
interface Ground {
  readonly view: View;
  readonly nodes: ReadonlyMap<string, CgroupNode>;
  readonly previous: Placement | null;
  readonly closing: boolean;
  /** The engine's own containers are few: it is other runtimes' groups that are many, and what holds its own stays open. */
  readonly fewOwn: boolean;
  /** Whether any of the engine's own runs. */
  readonly own: boolean;
  readonly drift: Contradictions;
}

const total = (ns: readonly number[]): number => ns.reduce((a, b) => a + b, 0);
const ownLimit = (b: Band): number => number(valueOf(b.use.own)) ?? 0;

/** The ancestor above a slice that is neither the root nor drawn, by name. */
function withinOf(b: Branch, above: string, nodes: Ground['nodes'], s: Snapshot): string {
  if (b.project !== null) return above === b.path ? '' : `in ${cgroupName(b.path, s)}`;
  const parent = nodes.get(b.path)?.parent;
  return parent === null || parent === undefined || parent === '/' || parent === above ? '' : `in ${cgroupName(parent, s)}`;
}

function nameOf(b: Branch, s: Snapshot): string {
  if (b.project !== null) return b.project;
  if (b.path === '?') return 'not read';
  if (b.path.startsWith('declared:')) return b.path.slice('declared:'.length);
  return b.path === '/' ? 'no slice' : cgroupName(b.path, s);
}

/** Opened by its band or by its bar at the left; the other of the two closes it again. */
function isOpened(id: string, opened: readonly string[]): boolean {
  return opened.includes(id) !== opened.includes(`stem:${id}`);
}

const holdsOwn = (all: readonly Band[]): boolean => all.some((b) => b.w.kind === 'container');

const worstOf = (x: Slice): number => Math.max(-1, ...x.all.map(fullness));

function ranked(slices: readonly Slice[], { view, closing }: Ground): readonly Slice[] {
  const focus = (x: Slice): number => Math.min(...x.all.map((b) => focusRank(b.w, view.project)));
  // Among many groups of other runtimes, what holds the engine's own containers leads.
  const other = (x: Slice): number => (closing && x.aside ? 1 : 0);
  return [...slices].sort((a, b) => focus(a) - focus(b) || other(a) - other(b) || Number(a.limit === null) - Number(b.limit === null) || worstOf(b) - worstOf(a) || byNature(a.name, b.name));
}

/** Slices in an order that does not jump, by the key under which the last picture kept it. */
function steady(slices: readonly Slice[], key: string, ground: Ground): readonly Slice[] {
  return inOrder(slices, (x) => x.id, stableOrder(ranked(slices, ground).map((x) => x.id), ground.previous?.order[key]));
}

const insideKey = (id: string): string => `in ${id}`;

function sliceOf(branch: Branch, level: number, above: string, ground: Ground): Slice {
  const { view, nodes, previous } = ground;
  const s = view.snapshot;
  const { resource } = view.options;
  const slices = steady(branch.within.map((b) => sliceOf(b, level + 1, branch.path, ground)), insideKey(branch.id), ground);
  const found = branch.of.map((w) => bandOf(w, s, resource, view, ground.drift)).sort(byFullness);
  const bands = inOrder(found, (b) => b.w.id, stableOrder(found.map((b) => b.w.id), previous?.order[branch.id]));
  const all = [...slices.flatMap((x) => x.all), ...bands];
  const node = branch.project === null ? nodes.get(branch.path) : undefined;
  const rate = node && view.rates?.get(node.id);
  const own = node ? useOf(node.facts, resource, rate) : null;
  const limit = own === null ? null : number(valueOf(own.own));
  const used = own === null ? undefined : valueOf(own.use);
  const known = all.map((b) => valueOf(b.use.use)).filter((u) => u !== undefined);
  const asked = total(bands.map(ownLimit)) + total(slices.map((x) => x.claim));
  // A child without a limit of its own may use all that its slice may.
  const bounded = bands.every((b) => typeof valueOf(b.use.own) === 'number') && slices.every((x) => x.limit !== null);
  return {
    id: branch.id, path: branch.path, name: nameOf(branch, s), within: withinOf(branch, above, nodes, s), level, limit,
    bound: limit !== null ? 'limit' : branch.project !== null ? 'project' : own !== null && isKnown(own.own) ? 'none' : 'unread',
    use: used ?? (known.length === 0 ? null : total(known)),
    pressure: own === null ? null : (valueOf(own.pressure) ?? null),
    others: node ? RESOURCES.filter((r) => r !== resource).map((r) => useOf(node.facts, r, rate)) : [],
    unread: used === undefined && known.length === 0,
    promised: limit === null ? 0 : Math.max(0, asked - limit),
    claim: limit === null ? asked : bounded ? Math.min(limit, asked) : limit,
    slices, bands, all,
    aside: ground.own && !holdsOwn(all),
    closed: ground.closing && all.length > 1 && !(ground.fewOwn && all.length < FOLD_FROM && holdsOwn(all)) && !isOpened(branch.id, view.options.opened),
  };
}

/** The slices of a host as d3-hierarchy has them, below a root that is none; `drawn`: a closed one hides what is within it. */
function hierarchyOf(slices: readonly Slice[], drawn: boolean): HierarchyNode<Pick<Slice, 'slices'> & Partial<Slice>> {
  return hierarchy<Pick<Slice, 'slices'> & Partial<Slice>>({ slices }, (x) => (drawn && x.closed === true ? [] : x.slices));
}

function ordersOf(slices: readonly Slice[]): Placement['order'] {
  return Object.fromEntries(hierarchyOf(slices, false).descendants().flatMap(({ data: { id, bands, slices: within } }): [string, readonly string[]][] => (id === undefined || bands === undefined ? [] : [
    [id, bands.map((b) => b.w.id)],
    ...(within.length === 0 ? [] : [[insideKey(id), within.map((y) => y.id)] as [string, readonly string[]]]),
  ])));
}

function useOfHost(s: Snapshot, ground: Ground): number | null {
  const { resource } = ground.view.options;
  const of = (c: CgroupNode): number | undefined => valueOf(useOf(c.facts, resource, ground.view.rates?.get(c.id)).use);
  const root = ground.nodes.get('/');
  const top = s.cgroups.filter((c) => c.parent === '/').map(of).filter((u) => u !== undefined);
  return (root && of(root)) ?? (top.length > 0 ? total(top) : null);
}

/** The host, its slices and what is in them, ordered; all but where it is drawn. */
export function treeOf(view: View, previous: Placement | null): Tree {
  const s = view.snapshot;
  const { resource } = view.options;
  const all = workloads(s);
  const passes = all.filter((w) => view.shown === null || view.shown.has(w.id));
  const running = passes.filter(isRunning);
  const nodes = new Map(s.cgroups.map((c) => [c.id, c]));
  const many = running.length >= FOLD_FROM;
  const own = running.filter((w) => w.kind === 'container').length;
  const found = branches(running, nodes, many);
  // One alone has nothing beside it to be compared with: it is shown open, however many it holds.
  const ground: Ground = { view, nodes, previous, closing: many && (found.length > 1 || (found[0]?.within.length ?? 0) > 1), fewOwn: own < FOLD_FROM / 2, own: own > 0, drift: contradictions(view.findings) };
  const key = `slices:${view.project ?? ''}`;
  const slices = steady(found.map((b) => sliceOf(b, 1, '/', ground)), key, ground);
  const size = number(valueOf(hostSize(s, resource)));
  const claimed = total(slices.map((x) => x.claim));
  const free = slices.flatMap((x) => x.all.filter((b) => b.by.kind === 'host' && valueOf(b.use.effective) === 'max').map((b) => b.name));
  return {
    resource, name: valueOf(s.host.hostname) ?? 'host', size, use: useOfHost(s, ground),
    promised: size === null ? 0 : Math.max(0, claimed - size),
    unpromised: size === null || free.length > 0 ? 0 : Math.max(0, size - claimed),
    free, slices, depth: Math.max(1, hierarchyOf(slices, true).height),
    asleep: passes.filter((w) => !isRunning(w)).sort((a, b) => byNature(calledName(a), calledName(b))),
    hidden: all.length - passes.length,
    order: { [key]: slices.map((x) => x.id), ...ordersOf(slices) },
  };
}
