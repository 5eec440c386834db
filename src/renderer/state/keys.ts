import { LENSES, type Item } from '../../core/scene/scene.js';
import type { Bulkhead } from './app.svelte.js';

/** What the keyboard does, for the help dialog. A test compares it with what the keys do. */
export const KEYS: readonly { readonly keys: string; readonly does: string }[] = [
  { keys: '← →', does: 'previous and next thing' },
  { keys: '↑ ↓', does: 'the nearest thing above and below' },
  { keys: 'Enter', does: 'why: go to the inspector' },
  { keys: 'Space', does: 'open or close a stack, a band or a folded row' },
  { keys: 'Esc', does: 'close, then choose nothing' },
  { keys: 'E', does: 'next thing that is exposed, shared, near its limit or open by choice' },
  { keys: 'S', does: 'what would stop it' },
  { keys: 'M', does: 'hulls, matrix or both (Namespaces)' },
  { keys: '1 2 3 4', does: 'memory, cpu, pids, io (Resources)' },
  { keys: 'O', does: 'other order (Enforcement)' },
  { keys: '+ − 0', does: 'zoom in, out, fit' },
  { keys: 'Alt 1 … 4', does: 'Network, Namespaces, Resources, Enforcement' },
  { keys: '/', does: 'filter' },
  { keys: 'Ctrl K', does: 'find or do' },
  { keys: 'Ctrl O, Ctrl E', does: 'open a file, export' },
  { keys: 'I, T, L', does: 'show or hide inspector, time strip, list' },
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

function choose(app: Bulkhead, item: Item | null | undefined): void {
  if (!item) return;
  app.view.select(item);
  app.stage.reveal(item.box);
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
  else if (key === 'e') choose(app, [...ordered.slice(at + 1), ...ordered.slice(0, Math.max(0, at))].find((item) => item.state === 'risk'));
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
  else if (key === 'Enter') document.getElementById('inspector')?.focus();
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
  if (move(key, app) || ofLens(key, app) || plain(key, app)) event.preventDefault();
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
  else if (key === 'l') settings.set({ listShown: !settings.value.listShown });
  else return;
  event.preventDefault();
}
