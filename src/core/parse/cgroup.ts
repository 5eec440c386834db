import { known, unknown, type Reading } from '../model/reading.js';
import { ownWord } from './words.js';

/** Where a process is in each hierarchy: `''` for the unified one (v2), a controller's name or `name=systemd` for those of v1. */
export type CgroupPaths = ReadonlyMap<string, string>;

/** Texts that were read last: most processes of a host are in the cgroups of a few. */
const recent: { text: string; paths: CgroupPaths }[] = [];
const RECENT = 4;

/** `/proc/<pid>/cgroup`, cgroups(7): lines of `hierarchy:controllers:path`. Equal texts may give the very same paths. */
export function parseCgroup(text: string, path: string): Reading<CgroupPaths> {
  for (const one of recent) if (one.text === text) return known(one.paths, path);
  const paths = pathsIn(text);
  if (paths === undefined) return unknown('unsupported', path);
  recent.unshift({ text, paths });
  if (recent.length > RECENT) recent.pop();
  return known(paths, path);
}

function pathsIn(text: string): CgroupPaths | undefined {
  const paths = new Map<string, string>();
  if (text.length === 0 || !text.endsWith('\n')) return undefined;
  let last = '';
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    const first = text.indexOf(':', start);
    const second = text.indexOf(':', first + 1);
    if (first <= start || second < 0 || second >= end || text[second + 1] !== '/' || !/^\d+$/.test(text.slice(start, first))) return undefined;
    const controllers = text.slice(first + 1, second);
    // A process is in the same place in most hierarchies.
    if (last === '' || end - second - 1 !== last.length || !text.startsWith(last, second + 1)) last = ownWord(text.slice(second + 1, end));
    // A cgroup that was removed while a zombie is in it.
    const where = last.endsWith(' (deleted)') ? last.slice(0, -' (deleted)'.length) : last;
    if (controllers.includes(',')) for (const one of controllers.split(',')) paths.set(ownWord(one), where);
    else paths.set(ownWord(controllers), where);
    start = end + 1;
  }
  return paths;
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
