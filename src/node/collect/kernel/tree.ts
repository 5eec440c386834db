import { readdirSync, statSync } from 'node:fs';
import { lineage } from '../../../core/parse/cgroup.js';
import type { CgroupNode } from '../../../core/model/index.js';
import type { Place } from './cgroup-files.js';
import type { Hierarchies, Hierarchy } from './hierarchies.js';
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

/** Paths of all cgroups: those that processes are in, and the empty ones of the hierarchies that hold limits. */
export function cgroupPaths(hierarchies: Hierarchies, procs: Iterable<Proc>): ReadonlySet<string> {
  const paths = new Set<string>(['/']);
  for (const proc of procs) if (!proc.cgroup.startsWith('/..')) for (const path of lineage(proc.cgroup)) paths.add(path);
  const roots = hierarchies.inUnified.has('memory') || hierarchies.v1.size === 0 ? [hierarchies.unified] : [];
  for (const name of ['memory', 'pids', 'cpu']) roots.push(hierarchies.v1.get(name));
  const seen = new Set<string>();
  for (const root of roots) {
    if (root === undefined || seen.has(root.point)) continue;
    seen.add(root.point);
    walk(root, root.point, root.root, paths);
  }
  return paths;
}

/** Processes in each cgroup and below it. */
export function countProcesses(procs: Iterable<Proc>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const direct = new Map<string, number>();
  for (const proc of procs) direct.set(proc.cgroup, (direct.get(proc.cgroup) ?? 0) + 1);
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
): readonly CgroupNode[] {
  const sorted = [...paths].sort((a, b) => (a < b ? -1 : 1));
  return sorted.map((path) => {
    const workload = workloads.get(path);
    const place: Place = { path, source, elsewhere: undefined };
    const up = path.lastIndexOf('/');
    return {
      id: path,
      parent: path === '/' ? null : up === 0 ? '/' : path.slice(0, up),
      of: workload?.of ?? null,
      processCount: counts.get(path) ?? 0,
      facts: workload?.facts ?? factsOf(place),
    };
  });
}
