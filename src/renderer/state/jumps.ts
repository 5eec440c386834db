import { workloads } from '../../core/model/snapshot.js';
import { useOf } from '../../core/facts/uses.js';
import { isRunning } from '../../core/facts/walls/index.js';
import type { Item, LensName } from '../../core/scene/scene.js';
import type { Bulkhead } from './app.svelte.js';
import { itemOf } from '../../core/scene/item-of.js';

/** A jump to what matters in a lens, by key and from the palette. */
export interface Jump {
  readonly lens: LensName | null;
  readonly key: string;
  readonly text: string;
  readonly to: (app: Bulkhead) => Item | null | undefined;
}

const ordered = (app: Bulkhead): readonly Item[] => app.view.index?.ordered ?? [];

/** The next (or, backwards, the previous) item that passes, after the chosen one and round the end. */
function next(app: Bulkhead, passes: (item: Item) => boolean, backwards = false): Item | undefined {
  const all = backwards ? [...ordered(app)].reverse() : ordered(app);
  const at = all.findIndex((item) => item.id === app.view.chosen);
  return [...all.slice(at + 1), ...all.slice(0, Math.max(0, at))].find(passes);
}

const isIdentity = (item: Item): boolean => item.role === 'hull' && item.members.length > 1;

/** Whoever runs and has used most of the limit that holds, of the resource that is shown. */
function nearestToLimit(app: Bulkhead): Item | undefined {
  const { view } = app.view;
  if (view === null) return undefined;
  const { snapshot, options, rates } = view;
  const shares = workloads(snapshot).filter(isRunning).map((w) => ({ id: w.id, share: useOf(w.cgroup, options.resource, rates?.get(w.id)).share ?? -1 }));
  const [most] = shares.sort((a, b) => b.share - a.share);
  if (most === undefined || most.share < 0) return undefined;
  const id = itemOf(ordered(app), most.id);
  return id === null ? undefined : app.view.index?.byId.get(id);
}

/** The item above it in the cgroup tree, or the first within it. */
function along(app: Bulkhead, down: boolean): Item | null {
  const { index, chosen } = app.view;
  if (index === null || chosen === null) return null;
  const now = index.byId.get(chosen);
  const own = now?.role === 'stack' ? `stem:${chosen}` : chosen;
  const edge = index.scene.edges.find((e) => e.kind === 'child' && (down ? e.from : e.to) === own);
  if (edge !== undefined) return index.byId.get(down ? edge.to : edge.from) ?? null;
  // A closed slice's children are in its one band.
  return down ? (index.byId.get(own.replace(/^stem:/, '')) ?? null) : null;
}

/** Up and down the tree of Resources: left to whoever is above, right to the first within. */
export function alongTree(app: Bulkhead, key: 'ArrowLeft' | 'ArrowRight'): Item | null {
  return along(app, key === 'ArrowRight');
}

/** The previous or next of those with the same parent, in the order of the picture; undefined where it has none. */
export function sibling(app: Bulkhead, by: -1 | 1): Item | undefined {
  const { index, chosen } = app.view;
  const parent = index?.scene.edges.find((e) => e.kind === 'child' && e.to === chosen)?.from;
  if (index === null || parent === undefined) return undefined;
  const all = index.scene.edges.flatMap((e) => (e.kind === 'child' && e.from === parent ? [index.byId.get(e.to)] : [])).filter((i) => i !== undefined).sort((a, b) => a.box.y - b.box.y);
  return all[all.findIndex((i) => i.id === chosen) + by];
}

export const JUMPS: readonly Jump[] = [
  { lens: null, key: 'e', text: 'Next thing that is exposed, shared, near its limit or open by choice', to: (app) => next(app, (item) => item.state === 'risk' && (app.view.lens !== 'network' || item.role === 'bus')) },
  { lens: 'namespaces', key: 'h', text: 'Next that shares with the host', to: (app) => next(app, (item) => (item.role === 'row' || item.role === 'stack' || item.role === 'card') && item.state === 'risk') },
  { lens: 'namespaces', key: ']', text: 'Next shared namespace', to: (app) => next(app, isIdentity) },
  { lens: 'namespaces', key: '[', text: 'Previous shared namespace', to: (app) => next(app, isIdentity, true) },
  { lens: 'resources', key: 'l', text: 'The one nearest to its limit', to: nearestToLimit },
  { lens: 'enforcement', key: 'd', text: 'Next contradiction between kernel and declaration', to: (app) => next(app, (item) => item.role === 'cell' && item.label.includes(', but declared ')) },
];

/** The jumps of a lens, with those of all. */
export const jumpsOf = (lens: LensName): readonly Jump[] => JUMPS.filter((jump) => jump.lens === null || jump.lens === lens);
