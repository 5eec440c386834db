import { untrack } from 'svelte';
import { DEFAULT_OPTIONS, type Lens, type LensOptions, type View } from '../../core/lenses/view.js';
import { LENSES, type Item, type LensName, type Placement } from '../../core/scene/scene.js';
import type { Subject } from '../../core/model/finding.js';
import type { Comparison } from '../../core/diff/types.js';
import { workloads } from '../../core/model/snapshot.js';
import { applyFilter, parseFilter, type Filter } from '../../core/filter.js';
import { lensByName } from '../../core/lenses/index.js';
import type { Mark } from '../../core/scene/marks.js';
import { indexScene } from '../paint/index.js';
import { comparedMarks } from '../../core/lenses/compared.js';
import { pairItems, pairMarks } from '../paint/pair.js';
import type { PairRef } from '../../core/inspect/row.js';
import { itemOf } from '../../core/scene/item-of.js';
import type { SessionState } from './session.svelte.js';

/** What of the picture is looked at and how: lens, filter, focus, selection. The scene is derived from it, never stored. */
export class ViewState {
  readonly session: SessionState;
  #placements = new Map<LensName, Placement>();
  #sorted = $state(0);
  #understood: Filter = { text: '', expression: null };

  lens = $state<LensName>('network');
  filter = $state('');
  project = $state<string | null>(null);
  options = $state.raw<Record<LensName, LensOptions>>({ network: DEFAULT_OPTIONS, namespaces: DEFAULT_OPTIONS, resources: DEFAULT_OPTIONS, enforcement: DEFAULT_OPTIONS });
  width = $state(1032);
  /** Height of the stage; null until it stands, so that the first picture is arranged once. */
  height = $state<number | null>(null);
  /** The chosen thing as the lens's item, and whom or what it stands for: that stays chosen in the other lenses. */
  item = $state<string | null>(null);
  subject = $state.raw<Subject | null>(null);
  hovered = $state<string | null>(null);
  pair = $state.raw<PairRef | null>(null);
  /** What is marked on the picture until it is put away. */
  comparison = $state.raw<Comparison | null>(null);
  /** While a filter is being typed and not yet understood, the last one that was goes on. */
  readonly query = $derived.by((): { readonly filter: Filter; readonly error: string | null } => {
    const parsed = parseFilter(this.filter);
    if (parsed.ok) this.#understood = parsed.filter;
    return { filter: this.#understood, error: parsed.ok ? null : parsed.error.text };
  });
  readonly shown = $derived.by(() => {
    const { picture } = this.session;
    return picture === null ? null : applyFilter(this.query.filter, picture);
  });

  readonly view = $derived.by((): View | null => {
    const picture = this.session.picture;
    if (picture === null || this.height === null) return null;
    const { snapshot, judgement, findings, alarms } = picture;
    return { snapshot, judgement, findings, alarms, shown: this.shown, project: this.project, width: Math.max(640, this.width), height: this.height, options: this.options[this.lens], rates: this.session.rates };
  });

  readonly of: Lens = $derived(lensByName(this.lens));
  readonly index = $derived.by(() => {
    void this.#sorted;
    if (this.view === null) return null;
    const lens = this.of;
    const { scene, placement } = lens.arrange(this.view, this.#placements.get(lens.name) ?? null);
    this.#placements.set(lens.name, placement);
    return indexScene(scene);
  });

  /** The chosen item as the picture has it now: stacks open and close, rows fold, and the one that stands for the subject changes. */
  readonly chosen = $derived.by((): string | null => {
    if (this.index === null) return null;
    if (this.item !== null && this.index.byId.has(this.item)) return this.item;
    return this.subject === null ? null : itemOf(this.index.ordered, this.subject.id);
  });

  /** What is drawn above the picture: the chosen and the hovered thing, or the pair whose chain is shown. */
  readonly overlay = $derived.by((): readonly Mark[] => {
    if (this.view === null || this.index === null) return [];
    if (this.pair !== null && this.lens === 'network') return pairMarks(this.index.scene, this.pair);
    const marks = this.of.overlay(this.view, this.index.scene, this.chosen, this.hovered);
    return this.comparison === null ? marks : [...marks, ...comparedMarks(this.index.scene.items, this.comparison)];
  });
  readonly pairBoxes = $derived(this.pair === null || this.index === null ? [] : pairItems(this.index.scene, this.pair).filter((item) => item.role !== 'bus').map((item) => item.box));

  constructor(session: SessionState) {
    this.session = session;
  }

  /** Where things stand in the lens that is shown, for a file of it. */
  get order(): Placement['order'] | null {
    return this.#placements.get(this.lens)?.order ?? null;
  }

  setLens(lens: LensName): void {
    this.lens = lens;
    this.hovered = null;
    this.pair = null;
    this.item = this.#itemOf(this.subject?.id ?? null);
  }

  step(by: number): void {
    this.setLens(LENSES[(LENSES.indexOf(this.lens) + by + LENSES.length) % LENSES.length] ?? 'network');
  }

  setOption(change: Partial<LensOptions>): void {
    this.options = { ...this.options, [this.lens]: { ...this.options[this.lens], ...change } };
  }

  toggleOpened(id: string): void {
    const { opened } = this.options[this.lens];
    this.setOption({ opened: opened.includes(id) ? opened.filter((other) => other !== id) : [...opened, id] });
  }

  /** Forgets where things stood, so that the lens orders them anew. */
  sortAgain(): void {
    this.#placements.delete(this.lens);
    this.#sorted += 1;
  }

  select(item: Item | null): void {
    this.pair = null;
    this.item = item?.id ?? null;
    this.subject = item === null ? null : (item.subject ?? this.#subject(item.members[0] ?? ''));
  }

  /** Selects by the id of a workload, segment or cgroup, from the inspector, the strip or the palette. */
  selectId(id: string): void {
    const item = this.#itemOf(id);
    const subject = (item === null ? undefined : untrack(() => this.index)?.byId.get(item)?.subject) ?? this.#subject(id);
    if (subject === null) return;
    this.pair = null;
    this.item = item;
    this.subject = subject.id === id ? subject : (this.#subject(id) ?? subject);
  }

  #itemOf(id: string | null): string | null {
    const index = untrack(() => this.index);
    return id === null || index === null ? null : itemOf(index.ordered, id);
  }

  #subject(id: string): Subject | null {
    const snapshot = this.session.picture?.snapshot;
    if (snapshot === undefined) return null;
    const workload = workloads(snapshot).find((w) => w.id === id);
    if (workload) return { kind: workload.kind, id, name: workload.name };
    const segment = snapshot.segments.find((s) => s.id === id);
    if (segment) return { kind: 'segment', id, name: segment.name };
    if (snapshot.cgroups.some((c) => c.id === id)) return { kind: 'cgroup', id, name: id };
    if (id === 'host') return { kind: 'host', id, name: 'host' };
    return null;
  }
}
