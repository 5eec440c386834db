import { known, unknown, type Reading } from '../model/reading.js';

/** Where a process is in each hierarchy: `''` for the unified one (v2), a controller's name or `name=systemd` for those of v1. */
export type CgroupPaths = ReadonlyMap<string, string>;

/** `/proc/<pid>/cgroup`, cgroups(7): lines of `hierarchy:controllers:path`. */
export function parseCgroup(text: string, path: string): Reading<CgroupPaths> {
  const paths = new Map<string, string>();
  if (text.length === 0 || !text.endsWith('\n')) return unknown('unsupported', path);
  for (const line of text.slice(0, -1).split('\n')) {
    const first = line.indexOf(':');
    const second = line.indexOf(':', first + 1);
    if (first < 1 || second < 0 || line[second + 1] !== '/' || !/^\d+$/.test(line.slice(0, first))) return unknown('unsupported', path);
    const controllers = line.slice(first + 1, second);
    // A cgroup that was removed while a zombie is in it.
    const where = line.slice(second + 1).replace(/ \(deleted\)$/, '');
    if (controllers.includes(',')) for (const one of controllers.split(',')) paths.set(one, where);
    else paths.set(controllers, where);
  }
  return known(paths, path);
}

/** The hierarchies that name a process's place, in order of trust: what a runtime sets up always comes first. */
const NAMING = ['', 'name=systemd', 'pids', 'memory', 'devices', 'cpu', 'freezer', 'cpuset', 'blkio'];

/**
 * The one path that stands for a process: of the unified hierarchy where that is not the root, else of the first
 * v1 hierarchy in which it is not in the root (a v1 process can be elsewhere in each).
 */
export function mainPath(paths: CgroupPaths): string {
  for (const name of NAMING) {
    const path = paths.get(name);
    if (path !== undefined && path !== '/') return path;
  }
  return '/';
}

/** The ancestors of a path and itself, root first: `/a/b` gives `/`, `/a`, `/a/b`. */
export function lineage(path: string): readonly string[] {
  const all = ['/'];
  for (let at = path.indexOf('/', 1); at > 0; at = path.indexOf('/', at + 1)) all.push(path.slice(0, at));
  if (path !== '/') all.push(path);
  return all;
}

/** The cgroup of a container: the path cut after the component that carries its id, or `undefined` where none does. */
export function pathOfId(path: string, id: string): string | undefined {
  if (id.length < 12) return undefined;
  const at = path.indexOf(id);
  if (at < 0) return undefined;
  const end = path.indexOf('/', at + id.length);
  return end < 0 ? path : path.slice(0, end);
}
