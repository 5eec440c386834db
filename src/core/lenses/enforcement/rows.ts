import { workloads } from '../../model/snapshot.js';
import type { Workload } from '../../model/workload.js';
import { byStanding, standing, type Standing } from '../../facts/standing.js';
import { byNature, calledName } from '../../facts/names.js';
import { isRunning } from '../../facts/walls/index.js';
import type { Placement } from '../../scene/scene.js';
import { FOLD_FROM, focusRank, foldAlike, nameOfMany, shortHash } from '../alike.js';
import { inOrder, stableOrder } from '../stable.js';
import type { View } from '../view.js';

/** One row: one workload, or many with the same eight answers. `head`: a fold that was opened, its members follow. */
export interface Row {
  readonly id: string;
  readonly name: string;
  readonly members: readonly Workload[];
  readonly standing: Standing;
  readonly head: boolean;
  readonly inner: boolean;
}

interface Judged {
  readonly w: Workload;
  readonly name: string;
  readonly standing: Standing;
}

function compare(order: View['options']['order']): (a: Judged, b: Judged) => number {
  const byName = (a: Judged, b: Judged): number => byNature(a.name, b.name);
  // Containers of the host's engine lead, groups of other runtimes follow those that are as open.
  const rank = (x: Judged): number => (x.w.kind === 'group' ? 1 : 0);
  if (order === 'name') return (a, b) => rank(a) - rank(b) || byName(a, b);
  if (order === 'drift') return (a, b) => b.standing.drift - a.standing.drift || byStanding(a, b);
  return byStanding;
}

const answers = (x: Judged): string =>
  `${x.standing.kind} ${x.standing.words} ${x.w.kind} ${x.standing.walls.map((w) => `${w.state}=${w.short}${w.drift ?? ''}`).join('|')}`;

export interface Rows {
  readonly rows: readonly Row[];
  /** Those judged, running and shown; the counts of the heads are of them. */
  readonly judged: readonly Judged[];
  readonly asleep: readonly Workload[];
  readonly hidden: number;
  readonly order: Placement['order'];
}

/** Rows in their order; the previous order holds as long as the same order is asked for. */
export function rowsOf(view: View, previous: Placement | null): Rows {
  const { options, shown } = view;
  const all = workloads(view.snapshot);
  const passes = all.filter((w) => shown === null || shown.has(w.id));
  const judged = passes.filter(isRunning).map((w): Judged => ({ w, name: calledName(w), standing: standing(w, view.snapshot) }));
  const wanted = options.order === 'drift' ? judged.filter((x) => x.standing.drift > 0) : judged;
  const within = compare(options.order);
  const focus = (x: Judged): number => focusRank(x.w, view.project);
  // Groups of other runtimes that could not be read say nothing: they come last, after all of which something is known.
  const mute = (x: Judged): number => (x.w.kind === 'group' && x.standing.kind === 'unknown' ? 1 : 0);
  const sorted = [...wanted].sort((a, b) => focus(a) - focus(b) || mute(a) - mute(b) || within(a, b));
  const key = `rows:${options.order}:${view.project ?? ''}`;
  const folds = foldAlike(sorted, (x) => `${focus(x)} ${answers(x)}`, FOLD_FROM).map((f) => ({
    id: f.members.length === 1 ? `row:${f.members[0]?.w.id ?? ''}` : `fold:${shortHash(f.key)}`,
    members: f.members,
  }));
  const order = stableOrder(folds.map((f) => f.id), previous?.order[key]);
  const rows = inOrder(folds, (f) => f.id, order).flatMap((f): Row[] => {
    const first = f.members[0];
    if (!first) return [];
    const one: Row = { id: f.id, name: nameOfMany(f.members.map((m) => m.w)), members: f.members.map((m) => m.w), standing: first.standing, head: false, inner: false };
    if (f.members.length === 1 || !options.opened.includes(f.id)) return [one];
    return [{ ...one, head: true }, ...f.members.map((m): Row => ({ id: `row:${m.w.id}`, name: m.name, members: [m.w], standing: m.standing, head: false, inner: true }))];
  });
  return { rows, judged, asleep: passes.filter((w) => !isRunning(w)), hidden: all.length - passes.length, order: { [key]: order } };
}
