import type { CgroupFacts, CgroupNode } from '../../model/cgroup.js';
import { isKnown, valueOf } from '../../model/reading.js';
import { workloads, type Snapshot } from '../../model/snapshot.js';
import type { Workload } from '../../model/workload.js';
import { byNature, calledName } from '../../facts/names.js';
import { RESOURCES, cgroupName, hostSize, useOf, type Resource, type Use } from '../../facts/uses.js';
import { isRunning } from '../../facts/walls/index.js';
import type { Placement } from '../../scene/scene.js';
import { FOLD_FROM, focusRank } from '../alike.js';
import { contradictions, type Contradictions } from '../contradictions.js';
import { inOrder, stableOrder } from '../stable.js';
import type { View } from '../view.js';

/** One container or group: its use, the limit that holds, and who imposes it. */
export interface Band {
  readonly w: Workload;
  readonly name: string;
  readonly use: Use;
  /** The number that holds on the way up, the host's size where nobody else limits it; null where it is unread or there is none. */
  readonly holds: number | null;
  /** Who imposes it: `own`, the name of an ancestor, `host`; `declared` where only the engine's word is known. */
  readonly by: { readonly kind: 'own' | 'ancestor' | 'host' | 'declared' | 'unknown' | 'none'; readonly name: string };
  /** The own limit, where an ancestor is tighter: what is declared and out of reach. */
  readonly beyond: number | null;
  readonly others: readonly Use[];
  readonly throttled: boolean;
  /** Whether the kernel enforces another limit than was declared, by the rules. */
  readonly drift: boolean;
  readonly trail: readonly number[];
}

/** A cgroup that holds workloads, or a project within one that holds very many. */
export interface Slice {
  readonly id: string;
  readonly path: string;
  readonly name: string;
  /** `in kubepods.slice` for what lies deeper, `''` else. */
  readonly within: string;
  readonly limit: number | null;
  /** `none`: no limit; `unread`; `project`: it is no cgroup, so there is none to ask. */
  readonly bound: 'limit' | 'none' | 'unread' | 'project';
  readonly use: number | null;
  readonly unread: boolean;
  /** Sum of the children's own limits beyond its limit; 0 for none. */
  readonly promised: number;
  readonly bands: readonly Band[];
  readonly closed: boolean;
}

export interface Tree {
  readonly resource: Resource;
  readonly name: string;
  readonly size: number | null;
  readonly use: number | null;
  /** Promised by slices and containers in all, and who has no limit anywhere. */
  readonly promised: number;
  readonly free: readonly string[];
  readonly slices: readonly Slice[];
  readonly asleep: readonly Workload[];
  readonly hidden: number;
  readonly order: Placement['order'];
}

/** With more than this, a slice that holds most of a host is parted by project. */
const PARTED = 24;

const number = (l: number | 'max' | undefined): number | null => (typeof l === 'number' ? l : null);

function bandOf(w: Workload, s: Snapshot, resource: Resource, view: View, drift: Contradictions): Band {
  const rate = view.rates?.get(w.id);
  const use = useOf(w.cgroup, resource, rate);
  const own = number(valueOf(use.own));
  const effective = valueOf(use.effective);
  const path = valueOf(w.cgroup.path);
  const by = valueOf(use.by);
  const host = number(valueOf(hostSize(s, resource)));
  const ownIsIt = own !== null && effective === own && (by === undefined || by === path || by === '');
  const throttled = rate && isKnown(rate.throttled) ? rate.throttled.value > 0.01 : !view.rates && (valueOf(w.cgroup.cpu.throttledPeriods) ?? 0) > 0;
  const base = { w, name: calledName(w), use, others: RESOURCES.filter((r) => r !== resource).map((r) => useOf(w.cgroup, r, rate)), throttled, drift: drift.get(w.id)?.has(`drift-${resource}`) ?? false, trail: rate?.pressure ?? [] };
  if (effective === undefined) {
    const told = own ?? number(valueOf(use.declared));
    return { ...base, holds: told, by: { kind: told === null ? 'unknown' : 'declared', name: '' }, beyond: null };
  }
  if (effective === 'max') return { ...base, holds: host, by: host === null ? { kind: 'none', name: '' } : { kind: 'host', name: 'host' }, beyond: null };
  if (host !== null && host < effective) return { ...base, holds: host, by: { kind: 'host', name: 'host' }, beyond: own !== null && own > host ? own : null };
  if (ownIsIt || by === path) return { ...base, holds: effective, by: { kind: 'own', name: '' }, beyond: null };
  return { ...base, holds: effective, by: { kind: 'ancestor', name: by === undefined ? 'an ancestor' : cgroupName(by, s) }, beyond: own !== null && own > effective ? own : null };
}

/** Use by the limit, for the order: the worst first; without a limit last. */
function fullness(b: Band): number {
  return b.use.share ?? -1;
}

function byFullness(a: Band, b: Band): number {
  const unread = (x: Band): number => (isKnown(x.use.use) || isKnown(x.use.effective) ? 0 : 1);
  return unread(a) - unread(b) || fullness(b) - fullness(a) || byNature(a.name, b.name);
}

function parentPath(w: Workload, nodes: ReadonlyMap<string, CgroupNode>): string {
  const path = valueOf(w.cgroup.path);
  if (path === undefined) return w.kind === 'container' && w.declared.cgroupParent !== '' ? `declared:${w.declared.cgroupParent}` : '?';
  const node = nodes.get(path);
  return node?.parent ?? (path.slice(0, path.lastIndexOf('/')) || '/');
}

interface Part {
  readonly id: string;
  readonly path: string;
  readonly project: string | null;
  readonly of: Workload[];
}

/** Workloads by the cgroup above them; one that holds very many of several projects is parted by project. */
function parts(all: readonly Workload[], nodes: ReadonlyMap<string, CgroupNode>): readonly Part[] {
  const by = new Map<string, Part>();
  for (const w of all) {
    const path = parentPath(w, nodes);
    const part = by.get(path) ?? { id: `slice:${path}`, path, project: null, of: [] };
    part.of.push(w);
    by.set(path, part);
  }
  return [...by.values()].flatMap((p): Part[] => {
    if (all.length < FOLD_FROM || p.of.length <= PARTED) return [p];
    const projects = new Map<string, Workload[]>();
    for (const w of p.of) {
      const project = (w.kind === 'container' ? w.project : null) ?? '';
      projects.set(project, [...(projects.get(project) ?? []), w]);
    }
    if (projects.size < 2) return [p];
    return [...projects].map(([project, of]) => ({ id: `slice:${p.path}:${project}`, path: p.path, project: project || 'no project', of }));
  });
}

/** The ancestors above a slice that are not the root, by name. */
function withinOf(path: string, nodes: ReadonlyMap<string, CgroupNode>, s: Snapshot): string {
  const parent = nodes.get(path)?.parent;
  return parent === null || parent === undefined || parent === '/' ? '' : `in ${cgroupName(parent, s)}`;
}

function limits(facts: CgroupFacts, resource: Resource): { readonly limit: number | null; readonly use: Use } {
  const use = useOf(facts, resource, undefined);
  return { limit: number(valueOf(use.own)), use };
}

const total = (ns: readonly number[]): number => ns.reduce((a, b) => a + b, 0);
const ownLimit = (b: Band): number => number(valueOf(b.use.own)) ?? 0;

/** Opened by its band or by its bar at the left; the other of the two closes it again. */
function isOpened(id: string, opened: readonly string[]): boolean {
  return opened.includes(id) !== opened.includes(`stem:${id}`);
}

function sliceOf(part: Part, view: View, nodes: ReadonlyMap<string, CgroupNode>, previous: Placement | null, closing: boolean, drift: Contradictions): Slice {
  const s = view.snapshot;
  const resource = view.options.resource;
  const bands = part.of.map((w) => bandOf(w, s, resource, view, drift)).sort(byFullness);
  const order = stableOrder(bands.map((b) => b.w.id), previous?.order[part.id]);
  const node = part.project === null ? nodes.get(part.path) : undefined;
  const facts = node ? limits(node.facts, resource) : null;
  const used = node ? valueOf(useOf(node.facts, resource, view.rates?.get(node.id)).use) : undefined;
  const known = bands.map((b) => valueOf(b.use.use)).filter((u) => u !== undefined);
  const limit = facts?.limit ?? null;
  const name = part.project ?? (part.path === '?' ? 'not read' : part.path.startsWith('declared:') ? part.path.slice('declared:'.length) : part.path === '/' ? 'no slice' : cgroupName(part.path, s));
  return {
    id: part.id, path: part.path, name,
    within: part.project !== null ? `in ${cgroupName(part.path, s)}` : withinOf(part.path, nodes, s),
    limit,
    bound: limit !== null ? 'limit' : part.project !== null ? 'project' : facts !== null && isKnown(facts.use.own) ? 'none' : 'unread',
    use: used ?? (known.length === 0 ? null : total(known)),
    unread: used === undefined && known.length === 0,
    promised: limit === null ? 0 : Math.max(0, total(bands.map(ownLimit)) - limit),
    bands: inOrder(bands, (b) => b.w.id, order),
    closed: closing && part.of.length > 1 && !isOpened(part.id, view.options.opened),
  };
}

/** The worst of a slice's children by use of their limit; null where none has one. */
export function nearest(slice: Slice): Band | null {
  return slice.bands.reduce<Band | null>((worst, b) => (b.use.share !== null && b.use.share > (worst?.use.share ?? -1) ? b : worst), null);
}

/** The host, its slices and what is in them, ordered; all but where it is drawn. */
export function treeOf(view: View, previous: Placement | null): Tree {
  const s = view.snapshot;
  const resource = view.options.resource;
  const all = workloads(s);
  const passes = all.filter((w) => view.shown === null || view.shown.has(w.id));
  const running = passes.filter(isRunning);
  const nodes = new Map(s.cgroups.map((c) => [c.id, c]));
  const closing = running.length >= FOLD_FROM;
  const drift = contradictions(view.findings);
  const slices = parts(running, nodes).map((p) => sliceOf(p, view, nodes, previous, closing, drift));
  const worst = (x: Slice): number => Math.max(-1, ...x.bands.map(fullness));
  const focus = (x: Slice): number => Math.min(...x.bands.map((b) => focusRank(b.w, view.project)));
  const wished = [...slices].sort((a, b) => focus(a) - focus(b) || Number(a.limit === null) - Number(b.limit === null) || worst(b) - worst(a) || byNature(a.name, b.name));
  const key = `slices:${view.project ?? ''}`;
  const order = stableOrder(wished.map((x) => x.id), previous?.order[key]);
  const size = number(valueOf(hostSize(s, resource)));
  const root = nodes.get('/');
  const rootUse = root ? valueOf(useOf(root.facts, resource, view.rates?.get('/')).use) : undefined;
  const top = s.cgroups.filter((c) => c.parent === '/').map((c) => valueOf(useOf(c.facts, resource, view.rates?.get(c.id)).use)).filter((u) => u !== undefined);
  const sums = total(slices.map((x) => {
    const children = total(x.bands.map(ownLimit));
    // A child without a limit of its own may use all that its slice may.
    const bounded = x.bands.every((b) => typeof valueOf(b.use.own) === 'number');
    return x.limit === null ? children : bounded ? Math.min(x.limit, children) : x.limit;
  }));
  return {
    resource,
    name: valueOf(s.host.hostname) ?? 'host',
    size,
    use: rootUse ?? (top.length > 0 ? total(top) : null),
    promised: size === null ? 0 : Math.max(0, sums - size),
    free: slices.flatMap((x) => x.bands.filter((b) => b.by.kind === 'host' && valueOf(b.use.effective) === 'max').map((b) => b.name)),
    slices: inOrder(slices, (x) => x.id, order),
    asleep: passes.filter((w) => !isRunning(w)),
    hidden: all.length - passes.length,
    order: { [key]: order, ...Object.fromEntries(slices.map((x) => [x.id, x.bands.map((b) => b.w.id)])) },
  };
}
