import type { CgroupNode } from '../../model/cgroup.js';
import { valueOf } from '../../model/reading.js';
import type { Workload } from '../../model/workload.js';
import { RESOURCES, useOf } from '../../facts/uses.js';

/** A cgroup that is drawn: those that hang on it, and those drawn within it. `project`: a part of it, by compose project. */
export interface Branch {
  readonly id: string;
  readonly path: string;
  readonly project: string | null;
  readonly of: readonly Workload[];
  readonly within: readonly Branch[];
}

type Nodes = ReadonlyMap<string, CgroupNode>;

/** With more than this, a cgroup that holds most of a host is parted by project. */
const PARTED = 24;

/** Whether it limits anything. Which cgroups are drawn does not hang on the resource that is shown, so that nothing jumps. */
function limits(node: CgroupNode | undefined): boolean {
  return node !== undefined && RESOURCES.some((r) => typeof valueOf(useOf(node.facts, r, undefined).own) === 'number');
}

/** The cgroups above a workload, nearest first, without the root. */
function above(path: string, nodes: Nodes): readonly string[] {
  const out: string[] = [];
  for (let at = parentOf(path, nodes); at !== '/' && !out.includes(at); at = parentOf(at, nodes)) out.push(at);
  return out;
}

function parentOf(path: string, nodes: Nodes): string {
  return nodes.get(path)?.parent ?? (path.slice(0, path.lastIndexOf('/')) || '/');
}

interface Growing {
  readonly path: string;
  readonly of: Workload[];
  readonly within: Map<string, Growing>;
}

const growing = (path: string): Growing => ({ path, of: [], within: new Map() });

function child(of: Growing, path: string): Growing {
  const made = of.within.get(path) ?? growing(path);
  of.within.set(path, made);
  return made;
}

function byProject(b: Growing): readonly Branch[] {
  const projects = new Map<string, Workload[]>();
  for (const w of b.of) {
    const project = w.kind === 'container' ? (w.project ?? 'no project') : 'other runtimes';
    projects.set(project, [...(projects.get(project) ?? []), w]);
  }
  return [...projects].map(([project, of]) => ({ id: `slice:${b.path}:${project}`, path: b.path, project, of, within: [] }));
}

function grown(b: Growing, parted: boolean, nodes: Nodes): readonly Branch[] {
  const within = [...b.within.values()].flatMap((g) => grown(g, parted, nodes));
  const whole = { id: `slice:${b.path}`, path: b.path, project: null };
  if (!parted || b.of.length <= PARTED) return [{ ...whole, of: b.of, within }];
  const projects = byProject(b);
  if (projects.length < 2) return [{ ...whole, of: b.of, within }];
  // A cgroup that limits stays to be seen above its projects.
  return limits(nodes.get(b.path)) || within.length > 0 ? [{ ...whole, of: [], within: [...within, ...projects] }] : projects;
}

/**
 * Workloads by the cgroups above them. Drawn are the nearest that limits or holds several, and every one above it that limits, to any
 * depth; the others have nothing to say. `parted`: one that holds very many is parted by project.
 */
export function branches(all: readonly Workload[], nodes: Nodes, parted: boolean): readonly Branch[] {
  const ways = new Map<string, readonly string[]>();
  const held = new Map<string, number>();
  for (const w of all) {
    const path = valueOf(w.cgroup.path);
    if (path === undefined) continue;
    const way = above(path, nodes);
    ways.set(w.id, way);
    for (const at of way) held.set(at, (held.get(at) ?? 0) + 1);
  }
  const root = growing('/');
  for (const w of all) {
    const way = ways.get(w.id);
    if (way === undefined) {
      child(root, w.kind === 'container' && w.declared.cgroupParent !== '' ? `declared:${w.declared.cgroupParent}` : '?').of.push(w);
      continue;
    }
    const first = way.findIndex((at, i) => limits(nodes.get(at)) || (held.get(at) ?? 0) > 1 || i === way.length - 1);
    if (first < 0) {
      child(root, '/').of.push(w);
      continue;
    }
    const drawn = way.slice(first).filter((at, i) => i === 0 || limits(nodes.get(at)));
    drawn.reduceRight((at, path) => child(at, path), root).of.push(w);
  }
  return [...root.within.values()].flatMap((b) => grown(b, parted, nodes));
}
