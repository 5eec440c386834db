import { known, unknown, type Reading } from '../model/reading.js';
import { ownCopy } from './words.js';

/** What a line tells from the mount point on: containers of one engine have most of it in common. */
interface Mounted {
  readonly point: string;
  readonly readOnly: boolean;
  readonly superReadOnly: boolean;
  readonly propagation: 'private' | 'shared' | 'slave' | 'unbindable';
  readonly fstype: string;
  readonly source: string;
  readonly superOptions: string;
}

/** One line of `/proc/<pid>/mountinfo`, proc_pid_mountinfo(5). */
export interface MountLine extends Mounted {
  /** `major:minor` of the file system. */
  readonly device: string;
  readonly root: string;
}

/** Blank, tab, newline and backslash are written in octal. */
function unescape(text: string): string {
  return text.includes('\\') ? text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))) : text;
}

function has(options: string, word: string): boolean {
  return options === word || options.startsWith(`${word},`) || options.endsWith(`,${word}`) || options.includes(`,${word},`);
}

/** Whether a text has nothing but digits between two places. */
function isNumber(text: string, from: number, to: number): boolean {
  if (from >= to || to - from > 10) return false;
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return false;
  }
  return true;
}

/** `major:minor` */
function isDevice(text: string): boolean {
  const colon = text.indexOf(':');
  return colon > 0 && isNumber(text, 0, colon) && isNumber(text, colon + 1, text.length);
}

/** Tags between the options and the dash. */
function propagationOf(tags: string): MountLine['propagation'] {
  if (tags === '') return 'private';
  let propagation: MountLine['propagation'] = 'private';
  for (const tag of tags.split(' ')) {
    if (tag.startsWith('shared:')) propagation = 'shared';
    else if (tag.startsWith('master:') && propagation === 'private') propagation = 'slave';
    else if (tag === 'unbindable') propagation = 'unbindable';
  }
  return propagation;
}

/** `point options [tags] - fstype source superoptions` */
function parseMounted(text: string): Mounted | undefined {
  const dash = text.indexOf(' - ');
  const a = text.indexOf(' ');
  if (dash < 0 || a >= dash) return undefined;
  const b = Math.min(text.indexOf(' ', a + 1), dash);
  const [fstype, source, superOptions] = text.slice(dash + 3).split(' ');
  if (fstype === undefined || source === undefined || superOptions === undefined) return undefined;
  return {
    point: unescape(text.slice(0, a)),
    readOnly: has(text.slice(a + 1, b), 'ro'),
    superReadOnly: has(superOptions, 'ro'),
    propagation: propagationOf(text.slice(b + 1, dash)),
    fstype,
    source: unescape(source),
    superOptions,
  };
}

const recent = new Map<string, Mounted>();
const MOST_RECENT = 2048;
/** Longer ones have the layers of one container's own in them. */
const LONGEST_RECENT = 256;

/** The same for equal texts; they are remembered as texts of their own, so that no whole table is kept for one of them. */
function mountedOf(text: string): Mounted | undefined {
  const known = recent.get(text);
  if (known !== undefined) return known;
  const own = ownCopy(text);
  const mounted = parseMounted(own);
  if (mounted === undefined || own.length > LONGEST_RECENT) return mounted;
  if (recent.size >= MOST_RECENT) recent.clear();
  recent.set(own, mounted);
  return mounted;
}

/** The line between two places of the text. */
function parseLine(text: string, start: number, end: number): MountLine | undefined {
  const a = text.indexOf(' ', start);
  const b = text.indexOf(' ', a + 1);
  const c = text.indexOf(' ', b + 1);
  const d = text.indexOf(' ', c + 1);
  if (d < 0 || d >= end || !isNumber(text, start, a) || !isNumber(text, a + 1, b)) return undefined;
  const device = text.slice(b + 1, c);
  const mounted = isDevice(device) ? mountedOf(text.slice(d + 1, end)) : undefined;
  return mounted === undefined ? undefined : { ...mounted, device, root: unescape(text.slice(c + 1, d)) };
}

/** Unknown as a whole where a line is not one: half a table could hide the mount that matters. */
export function parseMountinfo(text: string, path: string): Reading<readonly MountLine[]> {
  // A process in a chroot sees no mount at all where none lies below its root.
  if (text === '') return known([], path);
  if (!text.endsWith('\n')) return unknown('unsupported', path);
  const lines: MountLine[] = [];
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    const mount = parseLine(text, start, end);
    if (mount === undefined) return unknown('unsupported', path);
    lines.push(mount);
    start = end + 1;
  }
  return known(lines, path);
}

/**
 * The path on the host of a directory of a file system, from the host's own mount table: the mount of the same
 * device whose root holds it most closely. `''` where the host has not mounted it.
 */
export function hostPath(host: readonly MountLine[], device: string, root: string): string {
  let best: MountLine | undefined;
  for (const mount of byDevice(host).get(device) ?? []) {
    const holds = mount.root === '/' || mount.root === root || root.startsWith(`${mount.root}/`);
    if (holds && (best === undefined || mount.root.length > best.root.length)) best = mount;
  }
  if (best === undefined) return '';
  const rest = best.root === '/' ? root : root.slice(best.root.length);
  const path = best.point === '/' ? rest : rest === '/' ? best.point : best.point + rest;
  return path === '' ? '/' : path;
}

const devices = new WeakMap<readonly MountLine[], ReadonlyMap<string, readonly MountLine[]>>();

/** The lines of a table by file system; a table is asked for each mount of each container. */
function byDevice(table: readonly MountLine[]): ReadonlyMap<string, readonly MountLine[]> {
  const known = devices.get(table);
  if (known !== undefined) return known;
  const made = new Map<string, MountLine[]>();
  for (const line of table) {
    const those = made.get(line.device);
    if (those === undefined) made.set(line.device, [line]);
    else those.push(line);
  }
  devices.set(table, made);
  return made;
}
