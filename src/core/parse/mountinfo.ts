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

/** The number written between two places of a text, or -1. */
function numberAt(text: string, from: number, to: number): number {
  if (from >= to || to - from > 10) return -1;
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** `major:minor` */
function isDevice(text: string): boolean {
  const colon = text.indexOf(':');
  return colon > 0 && numberAt(text, 0, colon) >= 0 && numberAt(text, colon + 1, text.length) >= 0;
}

/** Tags between the options and the dash. */
function propagationOf(text: string, from: number, to: number): MountLine['propagation'] {
  if (from >= to) return 'private';
  let propagation: MountLine['propagation'] = 'private';
  for (const tag of text.slice(from, to).split(' ')) {
    if (tag.startsWith('shared:')) propagation = 'shared';
    else if (tag.startsWith('master:') && propagation === 'private') propagation = 'slave';
    else if (tag === 'unbindable') propagation = 'unbindable';
  }
  return propagation;
}

/** The line between two places of the text. Words are cut where they stand: a host has some ten thousand lines. */
function parseLine(text: string, start: number, end: number): MountLine | undefined {
  const dash = text.indexOf(' - ', start);
  if (dash < 0 || dash >= end) return undefined;
  const a = text.indexOf(' ', start);
  const b = text.indexOf(' ', a + 1);
  const c = text.indexOf(' ', b + 1);
  const d = text.indexOf(' ', c + 1);
  const e = text.indexOf(' ', d + 1);
  if (e < 0 || e >= dash) return undefined;
  const f = Math.min(text.indexOf(' ', e + 1), dash);
  const id = numberAt(text, start, a);
  const parent = numberAt(text, a + 1, b);
  const device = text.slice(b + 1, c);
  const g = text.indexOf(' ', dash + 3);
  const h = text.indexOf(' ', g + 1);
  if (id < 0 || parent < 0 || !isDevice(device) || g < 0 || h < 0 || h >= end) return undefined;
  const blank = text.indexOf(' ', h + 1);
  const superOptions = text.slice(h + 1, blank < 0 || blank > end ? end : blank);
  return {
    id,
    parent,
    device,
    root: unescape(text.slice(c + 1, d)),
    point: unescape(text.slice(d + 1, e)),
    readOnly: has(text.slice(e + 1, f), 'ro'),
    superReadOnly: has(superOptions, 'ro'),
    propagation: propagationOf(text, f + 1, dash),
    fstype: text.slice(dash + 3, g),
    source: unescape(text.slice(g + 1, h)),
    superOptions,
  };
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
