import { known, unknown, type Reading } from '../../../core/model/index.js';
import { isFolder, list } from './files.js';
import type { Proc } from './types.js';

/** Device nodes that every runtime makes, all for characters: runtime-spec 'Default Devices'. */
const DEVICES = new Set(['null', 'zero', 'full', 'random', 'urandom', 'tty', 'console', 'ptmx']);
/** Folders of /dev that are file systems or links of their own. */
const NOT_BELOW = new Set(['pts', 'shm', 'mqueue', 'fd']);
const MOST_DEVICES = 200;
const DEEPEST = 4;
const MOST_FOLDERS = 100;

/** Where else a node may lie that somebody made: one folder each, and not what is below. */
const ELSEWHERE = ['', '/tmp', '/root', '/home', '/run', '/mnt', '/opt', '/srv', '/etc', '/var', '/var/tmp'];

const ahead = new WeakMap<Proc, readonly string[]>();

/** Lists a process's devices for the pass that comes. */
export function listDevicesAhead(process: Proc): void {
  if ('value' in process.root) ahead.set(process, inDev(process));
}

/**
 * Device nodes of a workload beyond those that every one has; `/proc/<pid>/root` opens to root only. Takes what was
 * listed ahead. `elsewhere`: those that are known to be outside of its /dev.
 */
export function readDevices(process: Proc, elsewhere: readonly string[]): Reading<readonly string[]> {
  const path = `${process.path}/root/dev`;
  if ('unknown' in process.root) return unknown(process.root.unknown, path);
  const there = ahead.get(process) ?? inDev(process);
  ahead.delete(process);
  return known([...there, ...elsewhere].sort().slice(0, MOST_DEVICES), path);
}

function inDev(process: Proc): readonly string[] {
  const found: string[] = [];
  let folders = 0;
  const look = (folder: string, depth: number): void => {
    folders += 1;
    for (const entry of list(`${process.path}/root${folder}`)) {
      if (found.length >= MOST_DEVICES) return;
      if (entry.isBlockDevice() || (entry.isCharacterDevice() && (depth > 1 || !DEVICES.has(entry.name)))) found.push(`${folder}/${entry.name}`);
      else if (entry.isDirectory() && depth < DEEPEST && folders < MOST_FOLDERS && (depth > 1 || !NOT_BELOW.has(entry.name))) look(`${folder}/${entry.name}`, depth + 1);
    }
  };
  // A symbolic link would be followed from this process's root, not from the container's.
  if (isFolder(`${process.path}/root/dev`)) look('/dev', 1);
  return found;
}

/** Device nodes where none belongs: at the top of its root folder, and in those where programs write. */
export function devicesElsewhere(process: Proc): readonly string[] {
  if ('unknown' in process.root) return [];
  const root = `${process.path}/root`;
  const isHere = (folder: string): boolean => folder === '' || (isHere(folder.slice(0, folder.lastIndexOf('/'))) && isFolder(`${root}${folder}`));
  return ELSEWHERE.filter(isHere).flatMap((folder) =>
    list(`${root}${folder}`).flatMap((entry) => (entry.isBlockDevice() || entry.isCharacterDevice() ? [`${folder}/${entry.name}`] : [])),
  ).slice(0, MOST_DEVICES);
}
