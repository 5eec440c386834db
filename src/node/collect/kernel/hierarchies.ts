import { parseMountinfo, type MountLine } from '../../../core/parse/mountinfo.js';
import { known, unknown, type Host, type Reading } from '../../../core/model/index.js';
import { isFolder, read, readText } from './files.js';
import type { Roots } from './types.js';

/** The controllers that are read, by their v1 names; in v2 `cpuacct` is part of `cpu` and `blkio` is called `io`. */
export const CONTROLLERS = ['memory', 'cpu', 'cpuacct', 'cpuset', 'pids', 'blkio'] as const;
export type Controller = (typeof CONTROLLERS)[number];

/** One mounted cgroup file system. `root`: which cgroup is at `point`; a container's view begins below the real root. */
export interface Hierarchy {
  readonly point: string;
  readonly root: string;
}

/** Where each controller lives. */
export interface Hierarchies {
  readonly version: Reading<'v1' | 'v2' | 'hybrid'>;
  readonly unified: Hierarchy | undefined;
  readonly v1: ReadonlyMap<string, Hierarchy>;
  /** v1 name of each controller that the unified hierarchy carries. */
  readonly inUnified: ReadonlySet<string>;
}

const V2_NAMES: Readonly<Record<string, readonly string[]>> = { io: ['blkio'], cpu: ['cpu', 'cpuacct'] };

/** Mount points below /sys are looked for below the given root, so that a recorded host can be read. */
function inRoots(roots: Roots, point: string): string {
  return point === '/sys' || point.startsWith('/sys/') ? roots.sys + point.slice('/sys'.length) : point;
}

export function findHierarchies(roots: Roots): Hierarchies {
  const path = `${roots.proc}/self/mountinfo`;
  const table = read(path, parseMountinfo);
  const v1 = new Map<string, Hierarchy>();
  let unified: Hierarchy | undefined;
  if (!('value' in table)) return { version: table, unified, v1, inUnified: new Set() };
  for (const mount of table.value) {
    const here = { point: inRoots(roots, mount.point), root: mount.root };
    if (mount.fstype === 'cgroup2') unified ??= here;
    if (mount.fstype === 'cgroup') for (const name of controllersOf(mount)) if (!v1.has(name)) v1.set(name, here);
  }
  const inUnified = new Set<string>();
  if (unified !== undefined) {
    const names = readText(`${unified.point}/cgroup.controllers`);
    if ('value' in names) for (const name of names.value.trim().split(' ')) for (const v1Name of V2_NAMES[name] ?? [name]) inUnified.add(v1Name);
  }
  for (const name of inUnified) if (!(CONTROLLERS as readonly string[]).includes(name)) inUnified.delete(name);
  return { version: version(v1, unified, inUnified, path), unified, v1, inUnified };
}

function controllersOf(mount: MountLine): readonly string[] {
  return mount.superOptions.split(',').filter((word) => word.startsWith('name=') || (CONTROLLERS as readonly string[]).includes(word));
}

/** `hybrid`: v1 controllers beside a unified hierarchy that is in use, by controllers or by systemd. */
function version(v1: ReadonlyMap<string, Hierarchy>, unified: Hierarchy | undefined, inUnified: ReadonlySet<string>, path: string): Host['cgroupVersion'] {
  const controllers = CONTROLLERS.some((name) => v1.has(name));
  if (!controllers && unified !== undefined) return known('v2', path);
  if (v1.size === 0) return unknown('absent', path);
  const used = unified !== undefined && (inUnified.size > 0 || isFolder(`${unified.point}/init.scope`));
  return known(used ? 'hybrid' : 'v1', path);
}

/** The folder of a cgroup in a hierarchy, `undefined` where it lies outside what this process sees. */
export function folder(hierarchy: Hierarchy, path: string): string | undefined {
  if (path.startsWith('/..')) return undefined;
  if (hierarchy.root === '/') return path === '/' ? hierarchy.point : hierarchy.point + path;
  if (path === hierarchy.root) return hierarchy.point;
  return path.startsWith(`${hierarchy.root}/`) ? hierarchy.point + path.slice(hierarchy.root.length) : undefined;
}
