import { byNature } from '../facts/names.js';
import { hostPaths } from '../facts/mounts.js';
import { listOf } from '../facts/units.js';
import { identityOf } from '../identity.js';
import { workloads, type Snapshot } from '../model/snapshot.js';
import type { Workload } from '../model/workload.js';
import { judgeApart } from '../reach/index.js';
import { differences, type Told } from './facets.js';
import { reachChanges } from './reached.js';
import { surroundings } from './surroundings.js';
import type { Change, Comparison } from './types.js';

/** From so many alike changes on, one sentence speaks for all. */
const TOGETHER = 4;

interface Matched {
  readonly pairs: readonly (readonly [Workload, Workload])[];
  readonly came: readonly Workload[];
  readonly gone: readonly Workload[];
}

/** The same workload on both sides: the same id, else the same lasting identity, in the order of names where several share it. */
function match(a: Snapshot, b: Snapshot): Matched {
  const before = workloads(a);
  const left = new Map<string, Workload[]>();
  const byId = new Map(before.map((w) => [w.id, w]));
  const after = workloads(b);
  const kept = new Set(after.filter((w) => byId.has(w.id)).map((w) => w.id));
  for (const w of before.filter((x) => !kept.has(x.id)).sort((x, y) => byNature(x.name, y.name))) left.set(identityOf(w), [...(left.get(identityOf(w)) ?? []), w]);
  const pairs: [Workload, Workload][] = [];
  const came: Workload[] = [];
  for (const w of after) {
    const old = byId.get(w.id) ?? left.get(identityOf(w))?.shift();
    if (old === undefined) came.push(w);
    else pairs.push([old, w]);
  }
  return { pairs, came, gone: [...left.values()].flat() };
}

const possessive = (text: string): boolean => text.startsWith('’s') || text.startsWith(':');

/** What several workloads are, in the plural. */
function kindOf(list: readonly Workload[]): string {
  if (list.every((w) => w.kind === 'container')) return 'containers';
  return list.every((w) => w.kind === 'group') ? 'groups of other runtimes' : 'containers and groups';
}

/** Sentences of many workloads, alike ones said together. */
function sentences(told: readonly { readonly w: Workload; readonly t: Told }[]): readonly Change[] {
  const groups = new Map<string, { readonly w: Workload; readonly t: Told }[]>();
  for (const x of told) {
    const key = `${x.t.direction} ${x.t.key}`;
    groups.set(key, [...(groups.get(key) ?? []), x]);
  }
  const out: Change[] = [];
  for (const group of groups.values()) {
    const first = group[0];
    if (first === undefined) continue;
    if (group.length >= TOGETHER) {
      const names = group.map((x) => x.w.name).sort(byNature);
      const key = first.t.key.startsWith(':') ? first.t.key : ` ${first.t.key}`;
      out.push({ direction: first.t.direction, text: `${group.length} ${kindOf(group.map((x) => x.w))}${key}: ${listOf(names, 5)}`, about: group.map((x) => x.w.id) });
    } else for (const { w, t } of group) out.push({ direction: t.direction, text: `${w.name}${possessive(t.text) ? '' : ' '}${t.text}`, about: [w.id] });
  }
  return out;
}

/** What a newcomer brings that an ordinary one does not. */
function arrival(w: Workload, s: Snapshot): Told | null {
  if (w.kind !== 'container') return null;
  const brings: string[] = [];
  if (w.declared.privileged) brings.push('privileged');
  for (const kind of ['net', 'pid', 'ipc', 'user'] as const) {
    const mode = { net: w.declared.networkMode, pid: w.declared.pidMode, ipc: w.declared.ipcMode, user: w.declared.usernsMode }[kind];
    if (mode === 'host') brings.push(`on the host’s ${kind} namespace`);
  }
  for (const h of hostPaths(w.declared.mounts.map((m) => ({ host: m.source, destination: m.destination, writable: m.writable })), s.host)) {
    if (h.grade === 'socket' || h.grade === 'writes') brings.push(`with ${h.path} of the host`);
  }
  return brings.length === 0 ? null : { direction: 'worse', text: `came ${listOf(brings)}`, key: `came ${listOf(brings)}` };
}

const one = (n: number, verb: string, more = verb): string => `${n} ${n === 1 ? verb : more}`;
const named = (list: readonly Workload[]): string => ` (${listOf(list.map((w) => w.name).sort(byNature), 5)})`;

/** Who came or went: this engine's containers, and groups of other runtimes by themselves. */
function moved(list: readonly Workload[], verb: string): string[] {
  const containers = list.filter((w) => w.kind === 'container');
  const groups = list.filter((w) => w.kind === 'group');
  const out: string[] = [];
  if (containers.length > 0) out.push(`${one(containers.length, 'container', 'containers')} ${verb}${named(containers)}`);
  if (groups.length > 0) out.push(`${one(groups.length, 'group of another runtime', 'groups of other runtimes')} ${verb}${named(groups)}`);
  return out;
}

function summaryOf(m: Matched, recreated: readonly Workload[], changedRecreated: number, changes: readonly Change[]): string {
  const parts = [...moved(m.came, 'came'), ...moved(m.gone, 'went')];
  if (recreated.length > 0) {
    const was = recreated.length === 1 ? 'was recreated and is' : 'were recreated and are';
    parts.push(`${recreated.length} ${was} the same${changedRecreated > 0 ? ', changed' : ''}`);
  }
  if (parts.length === 0 && changes.length === 0) return 'Nothing about isolation changed.';
  if (parts.length === 0) return `The same containers; ${one(changes.length, 'change', 'changes')} in their isolation.`;
  return `${parts.join(', ')}.`;
}

/** The networks that those who are gone were on and that are still there. */
function goneFrom(gone: readonly Workload[], b: Snapshot): Comparison['goneFrom'] {
  return b.segments.flatMap((s) => {
    const names = gone.filter((w) => w.endpoints.some((e) => e.network === s.name)).map((w) => w.name).sort(byNature);
    return names.length === 0 ? [] : [{ segment: s.id, names }];
  });
}

const WEIGHT = { worse: 0, better: 1, neutral: 2 } as const;

/**
 * What changed about isolation from `a` (earlier) to `b` (later), worst first, in sentences. Pure and deterministic.
 * Pids, counters, times and addresses are no change.
 */
export function compare(a: Snapshot, b: Snapshot): Comparison {
  const m = match(a, b);
  const told: { w: Workload; t: Told }[] = [];
  const dark = new Map<string, Workload[]>();
  const changed = new Set<string>();
  for (const [before, after] of m.pairs) {
    const list = differences({ before, after, a, b, dark: (what) => dark.set(what, [...(dark.get(what) ?? []), after]) });
    for (const t of list) told.push({ w: after, t });
    if (list.length > 0) changed.add(after.id);
  }
  for (const w of m.came) {
    const t = arrival(w, b);
    if (t !== null) told.push({ w, t });
  }
  const naming = (s: Snapshot): Map<string, string> => new Map(workloads(s).map((w) => [w.id, w.id]));
  const ids = { a: naming(a), b: naming(b), goneIds: new Set(m.gone.map((w) => w.id)) };
  for (const [before, after] of m.pairs) ids.a.set(before.id, after.id);
  const reach = reachChanges(a, b, judgeApart(a, b), ids);
  const renewed = new Map(m.pairs.map(([before, after]) => [before.id, after.id]));
  const changes: Change[] = [...reach, ...sentences(told), ...surroundings(a, b, m.pairs)].map((c) => ({ ...c, about: c.about.map((id) => renewed.get(id) ?? id) }));
  for (const [what, list] of dark) {
    changes.push({ direction: 'neutral', text: `Not compared: ${what} of ${listOf(list.map((w) => w.name).sort(byNature), 5)} could be read on one side only`, about: list.map((w) => w.id) });
  }
  changes.sort((x, y) => WEIGHT[x.direction] - WEIGHT[y.direction]);
  const recreated = m.pairs.filter(([before, after]) => before.id !== after.id).map(([, after]) => after);
  return {
    from: a.takenAt,
    to: b.takenAt,
    came: m.came.map((w) => w.id),
    gone: m.gone.map((w) => w.id),
    goneFrom: goneFrom(m.gone, b),
    recreated: recreated.map((w) => w.id),
    changed: [...changed],
    summary: summaryOf(m, recreated, recreated.filter((w) => changed.has(w.id)).length, changes),
    changes,
  };
}
