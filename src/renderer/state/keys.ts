import { LENSES, type Item } from '../../core/scene/scene.js';
import type { Bulkhead } from './app.svelte.js';
import { alongTree, jumpsOf, sibling } from './jumps.js';

/** What the keyboard does, for the help dialog. A test compares it with what the keys do. */
export const KEYS: readonly { readonly keys: string; readonly does: string }[] = [
  { keys: '← →', does: 'previous and next thing' },
  { keys: '↑ ↓', does: 'the nearest thing above and below' },
  { keys: 'Enter', does: 'why: go to the inspector; on a segment, show its row in cards' },
  { keys: 'Space', does: 'open or close a stack, a band or a folded row' },
  { keys: 'Esc', does: 'close, then choose nothing' },
  { keys: 'E', does: 'next exposed segment (Network); next that is shared, near its limit or open by choice' },
  { keys: 'S', does: 'what would stop it' },
  { keys: 'H', does: 'next that shares with the host (Namespaces)' },
  { keys: '[ ]', does: 'previous and next shared namespace (Namespaces)' },
  { keys: 'M', does: 'hulls, matrix or both (Namespaces)' },
  { keys: '1 2 3 4', does: 'memory, cpu, pids, io (Resources)' },
  { keys: '← → ↑ ↓', does: 'whoever is above, the first within, siblings (Resources)' },
  { keys: 'L', does: 'the one nearest to its limit (Resources)' },
  { keys: 'D', does: 'next contradiction with the declaration (Enforcement)' },
  { keys: 'O', does: 'other order (Enforcement)' },
  { keys: '↑ ↓ ← → C', does: 'readings, victims, copy the evidence (in the chain of a pair)' },
  { keys: '+ − 0', does: 'zoom in, out, fit' },
  { keys: 'Alt 1 … 4', does: 'Network, Namespaces, Resources, Enforcement' },
  { keys: '/', does: 'filter' },
  { keys: 'Ctrl K', does: 'find or do' },
  { keys: 'Ctrl O, Ctrl E', does: 'open a file, export' },
  { keys: 'I, T, V', does: 'show or hide inspector, time strip, list' },
  { keys: '?', does: 'these keys' },
];

/** The nearest item above (-1) or below (1): by distance down the picture, then across it. */
export function nearest(items: readonly Item[], from: Item, direction: -1 | 1): Item | null {
  const cx = from.box.x + from.box.w / 2;
  const cy = from.box.y + from.box.h / 2;
  let best: Item | null = null;
  let least = Infinity;
  for (const item of items) {
    const dy = (item.box.y + item.box.h / 2 - cy) * direction;
    const dx = Math.abs(item.box.x + item.box.w / 2 - cx);
    if (item === from || dy <= Math.min(from.box.h, item.box.h) * 0.4) continue;
    const distance = dy + dx * 2;
    if (distance < least) [best, least] = [item, distance];
  }
  return best;
}

/** Chooses a thing and brings it into view. */
export function choose(app: Bulkhead, item: Item | null | undefined): void {
  if (!item) return;
  app.view.select(item);
  app.stage.reveal(item.box);
}

/** In Resources the arrows follow the tree: left and right between levels, up and down between siblings. */
function tree(key: string, app: Bulkhead): boolean {
  if (app.view.lens !== 'resources' || app.view.chosen === null) return false;
  if (key === 'ArrowLeft' || key === 'ArrowRight') choose(app, alongTree(app, key));
  else if (key === 'ArrowUp' || key === 'ArrowDown') {
    const found = sibling(app, key === 'ArrowDown' ? 1 : -1);
    if (found === undefined) return false;
    choose(app, found);
  } else return false;
  return true;
}

function jump(key: string, app: Bulkhead): boolean {
  const found = jumpsOf(app.view.lens).find((one) => one.key === key);
  if (found === undefined) return false;
  choose(app, found.to(app));
  return true;
}

function move(key: string, app: Bulkhead): boolean {
  const ordered = app.view.index?.ordered ?? [];
  const at = ordered.findIndex((item) => item.id === app.view.chosen);
  const now = ordered[at];
  if (ordered.length === 0) return false;
  if (key === 'ArrowRight') choose(app, ordered[Math.min(ordered.length - 1, at + 1)]);
  else if (key === 'ArrowLeft') choose(app, ordered[Math.max(0, at - 1)]);
  else if (key === 'Home') choose(app, ordered[0]);
  else if (key === 'End') choose(app, ordered[ordered.length - 1]);
  else if (key === 'ArrowDown' || key === 'ArrowUp') choose(app, now === undefined ? ordered[0] : nearest(ordered, now, key === 'ArrowDown' ? 1 : -1));
  else return false;
  return true;
}

function ofLens(key: string, app: Bulkhead): boolean {
  const { view } = app;
  const options = view.options[view.lens];
  if (view.lens === 'resources' && /^[1-4]$/.test(key)) view.setOption({ resource: (['memory', 'cpu', 'pids', 'io'] as const)[Number(key) - 1] ?? 'memory' });
  else if (view.lens === 'namespaces' && key === 'm') view.setOption({ parts: options.parts === 'both' ? 'hulls' : options.parts === 'hulls' ? 'matrix' : 'both' });
  else if (view.lens === 'enforcement' && key === 'o') view.setOption({ order: options.order === 'verdict' ? 'name' : options.order === 'name' ? 'drift' : 'verdict' });
  else return false;
  return true;
}

function plain(key: string, app: Bulkhead): boolean {
  const { view, stage } = app;
  if (key === '+' || key === '=') stage.zoomBy(1.25);
  else if (key === '-') stage.zoomBy(0.8);
  else if (key === '0') stage.fit();
  else if (key === 'Enter') {
    const item = view.chosen === null ? undefined : view.index?.byId.get(view.chosen);
    if (item?.role === 'bus') view.toggleOpened(item.id);
    else document.getElementById('inspector')?.focus();
  }
  else if (key === 's') document.getElementById('remedies')?.scrollIntoView({ block: 'start' });
  else if (key === ' ') {
    const item = view.chosen === null ? undefined : view.index?.byId.get(view.chosen);
    if (item) view.toggleOpened(item.id);
  } else return false;
  return true;
}

/** Keys of the picture, while it has the focus. */
export function stageKey(event: KeyboardEvent, app: Bulkhead): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (tree(key, app) || move(key, app) || jump(key, app) || ofLens(key, app) || plain(key, app)) event.preventDefault();
}

const typing = (target: EventTarget | null): boolean => target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

function close(app: Bulkhead): void {
  if (app.dialog !== null) app.dialog = null;
  else if (app.view.pair !== null) app.view.pair = null;
  else app.view.select(null);
}

/** Keys that work anywhere in the window. */
export function windowKey(event: KeyboardEvent, app: Bulkhead): void {
  const ctrl = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  const { settings } = app;
  // What the picture took for itself is no key of the window.
  if (event.defaultPrevented) return;
  if (ctrl && key === 'k') app.dialog = app.dialog === 'palette' ? null : 'palette';
  else if (ctrl && key === 'o') void app.open();
  else if (ctrl && key === 'e') app.dialog = 'export';
  else if (event.altKey && /^Digit[1-4]$/.test(event.code)) app.view.setLens(LENSES[Number(event.code.slice(5)) - 1] ?? 'network');
  else if (ctrl || event.altKey) return;
  else if (key === 'escape' && app.dialog === null) close(app);
  else if (typing(event.target) || app.dialog !== null) return;
  else if (key === '/') document.getElementById('filter')?.focus();
  else if (key === '?') app.dialog = 'keys';
  else if (key === 'i') settings.set({ inspectorShown: !settings.value.inspectorShown });
  else if (key === 't') settings.set({ stripShown: !settings.value.stripShown });
  else if (key === 'v') settings.set({ listShown: !settings.value.listShown });
  else return;
  event.preventDefault();
}
