import uFuzzy from '@leeoniya/ufuzzy';
import { workloads } from '../../core/model/snapshot.js';
import { LENSES } from '../../core/scene/scene.js';
import type { Bulkhead } from './app.svelte.js';
import { jumpsOf } from './jumps.js';
import { choose } from './keys.js';

/** Something that the palette finds: a thing to select or an action. */
export interface Entry {
  readonly id: string;
  readonly text: string;
  readonly about: string;
  readonly sign: 'risk' | 'mind' | 'fine' | 'unknown' | null;
  readonly act: () => void;
}

const NAMES = { network: 'Network', namespaces: 'Namespaces', resources: 'Resources', enforcement: 'Enforcement' } as const;

function actions(app: Bulkhead): readonly Entry[] {
  const { session, settings, view, stage } = app;
  const entry = (id: string, text: string, about: string, act: () => void): Entry => ({ id: `do:${id}`, text, about, sign: null, act });
  return [
    ...LENSES.map((lens, n) => entry(lens, `Lens: ${NAMES[lens]}`, `Alt ${n + 1}`, () => view.setLens(lens))),
    entry('open', 'Open a snapshot or recording…', 'Ctrl O', () => void app.open()),
    entry('export', 'Export…', 'Ctrl E', () => (app.dialog = 'export')),
    entry('compare', 'Compare with a file…', '', () => (app.dialog = 'compare')),
    entry('live', 'Back to the live host', '', () => void session.ask('goLive')),
    entry('engines', 'Choose a socket or context…', '', () => (app.dialog = 'engines')),
    entry('again', 'Ask the engine again', '', () => void session.ask('tryNow')),
    entry('root', 'Read as root…', '', () => void session.ask('elevate')),
    entry('traffic', 'Read connections once', '', () => void session.ask('readTraffic')),
    entry('programs', 'Look for setuid programs once', '', () => void session.ask('readPrograms')),
    entry('theme', 'Theme: system, light, dark', settings.value.theme, () => settings.nextTheme()),
    entry('list', 'Show or hide the list', 'V', () => settings.set({ listShown: !settings.value.listShown })),
    entry('inspector', 'Show or hide the inspector', 'I', () => settings.set({ inspectorShown: !settings.value.inspectorShown })),
    entry('strip', 'Show or hide the time strip', 'T', () => settings.set({ stripShown: !settings.value.stripShown })),
    ...jumpsOf(view.lens).map((jump) => entry(`jump-${jump.key}`, jump.text, jump.key.toUpperCase(), () => choose(app, jump.to(app)))),
    entry('fit', 'Fit the picture', '0', () => stage.fit()),
    entry('sort', 'Order the picture anew', '', () => view.sortAgain()),
    ...[500, 1000, 2000, 5000, 15_000].map((ms) => entry(`poll-${ms}`, `Read use every ${ms / 1000} s`, settings.value.pollMs === ms ? 'now' : '', () => {
      settings.set({ pollMs: ms });
      void session.ask('setPollInterval', { ms });
    })),
    ...(session.shell === 'browser' && 'Notification' in window ? [entry('notify', 'Let the browser notify of alarms', Notification.permission, () => void Notification.requestPermission())] : []),
    entry('keys', 'Keys', '?', () => (app.dialog = 'keys')),
  ];
}

/** All that can be found now. */
export function commandsOf(app: Bulkhead): readonly Entry[] {
  const { session, view } = app;
  const snapshot = session.picture?.snapshot;
  if (snapshot === undefined) return actions(app);
  const things = workloads(snapshot).map((w): Entry => ({ id: w.id, text: w.name, about: w.kind === 'container' ? w.image : w.runtime, sign: null, act: () => {
    view.selectId(w.id);
    app.settings.set({ inspectorShown: true });
    const item = view.item === null ? undefined : view.index?.byId.get(view.item);
    if (item) app.stage.reveal(item.box);
  } }));
  const segments = snapshot.segments.map((s): Entry => ({ id: s.id, text: s.name, about: `network ${s.subnets.join(' ')}`, sign: null, act: () => view.selectId(s.id) }));
  const projects = [...new Set(snapshot.containers.flatMap((c) => (c.project === null ? [] : [c.project])))].map((name): Entry => ({ id: `project:${name}`, text: `Project ${name}`, about: view.project === name ? 'in focus' : 'focus', sign: null, act: () => (view.project = view.project === name ? null : name) }));
  return [...things, ...projects, ...segments, ...actions(app)];
}

const fuzzy = new uFuzzy({ intraMode: 1, intraIns: 1 });

/** The entries that fit what was typed, best first; all where nothing was. A long text or many words is cut, to stay quick. */
export function search(entries: readonly Entry[], text: string): readonly Entry[] {
  const needle = text.trim().slice(0, 80);
  if (needle === '') return entries;
  const haystack = entries.map((entry) => `${entry.text} ${entry.about}`);
  const [found, info, order] = fuzzy.search(haystack, needle, 1, 1000);
  if (found === null || found.length === 0) return entries.filter((entry) => entry.text.toLowerCase().includes(needle.toLowerCase()));
  const ranked = info !== null && order !== null ? order.map((n) => info.idx[n] ?? 0) : found;
  // What is called exactly so comes first, then what begins so, then what holds it as it was typed: whoever types a whole name means it.
  const typed = needle.toLowerCase();
  const rank = ({ text: name }: Entry): number => {
    const at = name.toLowerCase().indexOf(typed);
    return at < 0 ? 3 : at > 0 ? 2 : name.length === needle.length ? 0 : 1;
  };
  return ranked.flatMap((n) => entries[n] ?? []).sort((a, b) => rank(a) - rank(b));
}
