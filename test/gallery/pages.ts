import { rates } from '../../src/core/facts/rates.js';
import { parseFilter, applyFilter } from '../../src/core/filter.js';
import type { Alarm } from '../../src/core/alarm/types.js';
import { lensByName } from '../../src/core/lenses/index.js';
import { DEFAULT_OPTIONS, type LensOptions, type View } from '../../src/core/lenses/view.js';
import { known, type Snapshot } from '../../src/core/model/index.js';
import { toSvg } from '../../src/core/paint/svg.js';
import { judge } from '../../src/core/reach/index.js';
import { check } from '../../src/core/rules/index.js';
import { LENSES, type LensName, type Scene } from '../../src/core/scene/scene.js';
import type { ThemeName } from '../../src/core/scene/theme.js';
import { cast, castSpec, idOf, world, type CastSize } from '../cast/cast.js';
import { crowd, kernelUnknown, strangeNames, wires } from './hosts.js';
import { busy, pods, sharing, unlimited } from './sharing.js';

/** What a page shows besides lens and theme. One entry here is one more picture of it. */
export interface State {
  readonly name: string;
  readonly about: string;
  readonly lenses: readonly LensName[];
  readonly snapshot: () => Snapshot;
  readonly alarms?: (s: Snapshot) => readonly Alarm[];
  readonly filter?: string;
  readonly project?: string;
  readonly options?: Partial<LensOptions>;
  /** The name of the workload or segment that is selected. */
  readonly selected?: string;
  readonly stale?: boolean;
  /** Labels of stacks and segments that are opened. */
  readonly open?: readonly string[];
  readonly width?: number;
  /** What was read two seconds before, for pages that show use per second; unsaid: the same. */
  readonly earlier?: (s: Snapshot) => Snapshot;
}

const size = (n: CastSize, about: string, over: Partial<State> = {}): State => ({ name: String(n), about, lenses: LENSES, snapshot: () => cast(n), ...over });

function spoofed(s: Snapshot): readonly Alarm[] {
  const [jenkins, registry] = ['jenkins', 'registry'].map((n) => s.containers.find((c) => c.name === n)!.id) as [string, string];
  const segment = s.segments.find((x) => x.name === 'bridge')!.id;
  return [{
    id: 'alarm:1', kind: 'impersonation', at: '2026-11-30T14:31:22.000Z', healedAt: null, attacker: jenkins, victim: registry, impersonates: `gateway:${segment}`, address: '172.17.0.1', segment,
    sentence: 'jenkins answers for the gateway 172.17.0.1 in the table of registry.', evidence: [known('172.17.0.1 at 02:42:ac:11:00:03', '/proc/49876/net/arp')],
  }];
}

export const STATES: readonly State[] = [
  size(3, 'three containers'),
  size(14, 'the cast of the sketches'),
  size(40, 'forty containers'),
  size(200, 'two hundred containers'),
  size(14, 'one chosen: whom it reaches, who reaches it', { name: '14-selected', selected: 'jenkins', alarms: spoofed }),
  size(14, 'one on an isolated port chosen', { name: '14-isolated', selected: 'web', lenses: ['network'] }),
  size(14, 'the filter leaves the rest faint', { name: '14-filtered', filter: 'project:shop risk:possible' }),
  size(14, 'one project leads', { name: '14-project', project: 'shop', lenses: ['network', 'namespaces', 'enforcement'] }),
  size(14, 'not of now: the engine is gone', { name: '14-stale', stale: true }),
  size(14, 'the engine’s kernel is not this machine’s', { name: '14-kernel-unknown', snapshot: () => kernelUnknown(cast(14)) }),
  size(3, 'nothing runs', { name: 'empty', snapshot: () => world({ ...castSpec(3), workloads: [], talks: [] }) }),
  size(3, 'names that fight back', { name: 'strange', snapshot: strangeNames }),
  size(3, 'every kind of wire', { name: 'wires', snapshot: wires, lenses: ['network'], selected: 'sniffer' }),
  size(40, 'many different ones on one bridge', { name: 'crowd', snapshot: crowd, selected: 'side-cherry', lenses: ['network'] }),
  size(200, 'a stack chosen', { name: '200-selected', selected: 'ci-agent', lenses: ['network'] }),
  size(200, 'one project leads, its segment in whole cards', { name: '200-project', selected: 'notebook', lenses: ['network'], project: 'ml' }),
  size(200, 'one stack and one segment opened', { name: '200-opened', open: ['mail-ui', 'shop_front'], selected: 'mail-ui-2', lenses: ['network'] }),
  size(40, 'forty of which the kernel is not this machine’s', { name: '40-kernel-unknown', snapshot: () => kernelUnknown(cast(40)) }),
  size(200, 'two hundred, not of now', { name: '200-stale', stale: true }),
  size(200, 'filtered: the rest is left out', { name: '200-filtered', filter: 'network:shop_front or risk:possible', lenses: ['network', 'enforcement'] }),
  size(40, 'forty and some that share', { name: '40-sharing', snapshot: () => sharing(40), lenses: ['namespaces', 'enforcement'] }),
  size(200, 'two hundred and some that share', { name: '200-sharing', snapshot: () => sharing(200), lenses: ['namespaces', 'enforcement'] }),
  size(40, 'pods: many small shared sets', { name: 'pods', snapshot: pods, lenses: ['namespaces', 'resources'] }),
  size(14, 'cores instead of memory', { name: '14-cpu', lenses: ['resources'], options: { resource: 'cpu' }, earlier: busy }),
  size(14, 'no limit anywhere', { name: '14-unlimited', snapshot: unlimited, lenses: ['resources'] }),
  size(200, 'one slice opened', { name: '200-slice', lenses: ['resources'], options: { opened: ['slice:/ml.slice'] } }),
  size(14, 'only what contradicts its declaration', { name: '14-drift', lenses: ['enforcement'], options: { order: 'drift' } }),
  size(14, 'the matrix alone', { name: '14-matrix', lenses: ['namespaces'], options: { parts: 'matrix' }, selected: 'web-tap' }),
];

export interface Page {
  readonly file: string;
  readonly lens: LensName;
  readonly state: State;
  readonly theme: ThemeName;
}

/** Every page, in the order of the gallery. */
export const PAGES: readonly Page[] = STATES.flatMap((state) => state.lenses.flatMap((lens) => (['light', 'dark'] as const).map((theme) => ({ file: `${lens}-${state.name}-${theme}.svg`, lens, state, theme }))));

const views = new Map<string, View>();

/** The same view for all lenses and both themes of a state. */
function viewOf(state: State): View {
  const before = views.get(state.name);
  if (before) return before;
  const snapshot = state.snapshot();
  const judgement = judge(snapshot);
  const alarms = state.alarms?.(snapshot) ?? [];
  const findings = check({ snapshot, judgement, alarms });
  const parsed = parseFilter(state.filter ?? '');
  if (!parsed.ok) throw new Error(parsed.error.text);
  const shown = applyFilter(parsed.filter, { snapshot, judgement, findings });
  const view: View = {
    snapshot, judgement, findings, alarms, shown, project: state.project ?? null, width: state.width ?? 1080, options: { ...DEFAULT_OPTIONS, ...state.options },
    rates: rates(state.earlier?.(snapshot) ?? snapshot, { ...snapshot, takenAt: new Date(Date.parse(snapshot.takenAt) + 2000).toISOString() }),
  };
  views.set(state.name, view);
  return view;
}

/** Draws one page. Deterministic. */
export function draw(page: Page): string {
  const view = viewOf(page.state);
  const lens = lensByName(page.lens);
  const { scene, placement } = lens.arrange(view, null);
  if (page.state.open !== undefined && view.options.opened.length === 0) {
    const opened = page.state.open.flatMap((label) => scene.items.filter((i) => i.label === label || i.label.startsWith(`${label} ×`)).map((i) => i.id));
    return drawn(page, { ...view, options: { ...view.options, opened } }, lens.arrange({ ...view, options: { ...view.options, opened } }, placement).scene);
  }
  return drawn(page, view, scene);
}

function drawn(page: Page, view: View, scene: Scene): string {
  const lens = lensByName(page.lens);
  const wanted = page.state.selected;
  const all = scene.items.filter((i) => i.role !== 'bus' && i.role !== 'hull');
  const chosen = wanted === undefined ? undefined : all.find((i) => i.label === wanted || i.label.startsWith(`${wanted} ×`) || i.members[0] === idOf(wanted));
  const overlay = chosen ? lens.overlay(view, scene, chosen.id, null) : [];
  return toSvg(scene, { theme: page.theme, overlay, ...(page.state.stale === true ? { stale: true } : {}) });
}
