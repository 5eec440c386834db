import { readdirSync, statSync } from 'node:fs';
import { lineage } from '../../../core/parse/cgroup.js';
import type { CgroupNode } from '../../../core/model/index.js';
import type { Place } from './cgroup-files.js';
import { isFolder } from './files.js';
import { folder, type Hierarchies, type Hierarchy } from './hierarchies.js';
import type { Proc } from './types.js';

/** More than this no picture shows; a host that makes cgroups without end must not stop the pass. */
const MOST = 20_000;

/** Folders below one, by the number of links: a leaf has two and needs no listing. */
function walk(hierarchy: Hierarchy, dir: string, path: string, found: Set<string>): void {
  if (found.size >= MOST) return;
  let links: number;
  try {
    links = statSync(dir).nlink;
  } catch {
    return;
  }
  if (links === 2) return;
  let names: readonly { readonly name: string; isDirectory(): boolean }[];
  try {
    names = readdirSync(dir, { withFileTypes: true });
  } catch {
    return;
  }
  for (const entry of names) {
    if (!entry.isDirectory()) continue;
    const below = path === '/' ? `/${entry.name}` : `${path}/${entry.name}`;
    found.add(below);
    walk(hierarchy, `${dir}/${entry.name}`, below, found);
  }
}

/**
 * Paths of all cgroups: those that processes are in, and the empty ones of the hierarchies that hold limits. `before`:
 * the tree as it was; then only those that are still there are taken from it, without a walk for new empty ones. `trusted`:
 * of which workloads (null: of none) they are taken without a look.
 */
export function cgroupPaths(hierarchies: Hierarchies, procs: Iterable<Proc>, before: readonly CgroupNode[], trusted: (of: string | null) => boolean = () => false): ReadonlySet<string> {
  const paths = new Set<string>(['/']);
  for (const proc of procs) if (!proc.cgroup.startsWith('/..')) for (const path of lineage(proc.cgroup)) paths.add(path);
  const roots = new Set<Hierarchy>();
  if (hierarchies.unified !== undefined && (hierarchies.inUnified.has('memory') || hierarchies.v1.size === 0)) roots.add(hierarchies.unified);
  for (const name of ['memory', 'pids', 'cpu']) {
    const root = hierarchies.v1.get(name);
    if (root !== undefined) roots.add(root);
  }
  if (before.length > 0) {
    for (const { id, of } of before) if (!paths.has(id) && (trusted(of) || [...roots].some((root) => isThere(root, id)))) paths.add(id);
  } else for (const root of roots) walk(root, root.point, root.root, paths);
  return paths;
}

function isThere(root: Hierarchy, path: string): boolean {
  const dir = folder(root, path);
  return dir !== undefined && isFolder(dir);
}

/** Processes in each cgroup and below it. */
export function countProcesses(procs: Iterable<Proc>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const direct = new Map<string, number>();
  for (const proc of procs) if (proc.threadOf === undefined) direct.set(proc.cgroup, (direct.get(proc.cgroup) ?? 0) + 1);
  for (const [path, count] of direct) for (const up of lineage(path)) counts.set(up, (counts.get(up) ?? 0) + count);
  return counts;
}

/** The tree, parents before children. `places`: those of workloads, with the workload's id and what was declared. */
export function cgroupNodes(
  paths: ReadonlySet<string>,
  counts: ReadonlyMap<string, number>,
  source: string,
  workloads: ReadonlyMap<string, { readonly of: string; readonly facts: CgroupNode['facts'] }>,
  factsOf: (place: Place) => CgroupNode['facts'],
  before: readonly CgroupNode[],
): readonly CgroupNode[] {
  const known = new Map(before.map((one) => [one.id, one]));
  const sorted = [...paths].sort((a, b) => (a < b ? -1 : 1));
  return sorted.map((path) => {
    const workload = workloads.get(path);
    const up = path.lastIndexOf('/');
    const last = known.get(path);
    const of = workload?.of ?? null;
    const processCount = counts.get(path) ?? 0;
    const facts = workload?.facts ?? factsOf({ path, source, elsewhere: undefined });
    if (last !== undefined && last.facts === facts && last.of === of && last.processCount === processCount) return last;
    return { id: path, parent: path === '/' ? null : up === 0 ? '/' : path.slice(0, up), of, processCount, facts };
  });
}
