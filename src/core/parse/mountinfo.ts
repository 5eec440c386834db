import { known, unknown, type Reading } from '../model/reading.js';

/** One line of `/proc/<pid>/mountinfo`, proc_pid_mountinfo(5). */
export interface MountLine {
  readonly id: number;
  readonly parent: number;
  /** `major:minor` of the file system. */
  readonly device: string;
  readonly root: string;
  readonly point: string;
  readonly readOnly: boolean;
  readonly superReadOnly: boolean;
  readonly propagation: 'private' | 'shared' | 'slave' | 'unbindable';
  readonly fstype: string;
  readonly source: string;
  readonly superOptions: string;
}

/** Blank, tab, newline and backslash are written in octal. */
function unescape(text: string): string {
  return text.includes('\\') ? text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))) : text;
}

function has(options: string, word: string): boolean {
  return options === word || options.startsWith(`${word},`) || options.endsWith(`,${word}`) || options.includes(`,${word},`);
}

function parseLine(line: string): MountLine | undefined {
  const dash = line.indexOf(' - ');
  if (dash < 0) return undefined;
  const head = line.slice(0, dash).split(' ');
  const tail = line.slice(dash + 3).split(' ');
  const [id, parent, device, root, point, options] = head;
  const [fstype, source, superOptions] = tail;
  if (device === undefined || root === undefined || point === undefined || options === undefined) return undefined;
  if (fstype === undefined || source === undefined || superOptions === undefined) return undefined;
  const ids = [Number(id), Number(parent)] as const;
  if (!Number.isInteger(ids[0]) || !Number.isInteger(ids[1]) || !/^\d+:\d+$/.test(device)) return undefined;
  let propagation: MountLine['propagation'] = 'private';
  for (let i = 6; i < head.length; i++) {
    const tag = head[i] ?? '';
    if (tag.startsWith('shared:')) propagation = 'shared';
    else if (tag.startsWith('master:') && propagation === 'private') propagation = 'slave';
    else if (tag === 'unbindable') propagation = 'unbindable';
  }
  return {
    id: ids[0],
    parent: ids[1],
    device,
    root: unescape(root),
    point: unescape(point),
    readOnly: has(options, 'ro'),
    superReadOnly: has(superOptions, 'ro'),
    propagation,
    fstype,
    source: unescape(source),
    superOptions,
  };
}

/** Unknown as a whole where a line is not one: half a table could hide the mount that matters. */
export function parseMountinfo(text: string, path: string): Reading<readonly MountLine[]> {
  // A process in a chroot sees no mount at all where none lies below its root.
  if (text === '') return known([], path);
  if (!text.endsWith('\n')) return unknown('unsupported', path);
  const lines: MountLine[] = [];
  for (const line of text.slice(0, -1).split('\n')) {
    const mount = parseLine(line);
    if (mount === undefined) return unknown('unsupported', path);
    lines.push(mount);
  }
  return known(lines, path);
}

/**
 * The path on the host of a directory of a file system, from the host's own mount table: the mount of the same
 * device whose root holds it most closely. `''` where the host has not mounted it.
 */
export function hostPath(host: readonly MountLine[], device: string, root: string): string {
  let best: MountLine | undefined;
  for (const mount of host) {
    if (mount.device !== device) continue;
    const holds = mount.root === '/' || mount.root === root || root.startsWith(`${mount.root}/`);
    if (holds && (best === undefined || mount.root.length > best.root.length)) best = mount;
  }
  if (best === undefined) return '';
  const rest = best.root === '/' ? root : root.slice(best.root.length);
  const path = best.point === '/' ? rest : rest === '/' ? best.point : best.point + rest;
  return path === '' ? '/' : path;
}
