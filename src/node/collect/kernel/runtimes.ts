import type { Group } from '../../../core/model/index.js';
import { decode, readText } from './files.js';
import type { Proc } from './types.js';

/** What a process was recognised as part of. Equal `key`s are one group. */
export interface Recognised {
  readonly runtime: Group['runtime'];
  readonly key: string;
  readonly name: string;
  readonly evidence: string;
  /** The cgroup that is its own, where it was told by one. */
  readonly path?: string;
}

/** systemd writes `-` and others as `\x2d` in unit names, systemd.unit(5). */
function unescapeUnit(name: string): string {
  return name.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

type Pattern = readonly [RegExp, (found: RegExpExecArray) => Omit<Recognised, 'evidence'> | undefined];

const PATTERNS: readonly Pattern[] = [
  [/(?:conmon-|lxc\.monitor|\/supervisor(?:\/|$))/, () => undefined],
  [/\/libpod-(?:payload-)?([0-9a-f]{64})/, (m) => ({ runtime: 'podman', key: m[1] ?? '', name: (m[1] ?? '').slice(0, 12) })],
  [
    /\/kubepods.*?pod([0-9a-f_-]{32,36}).*\/(?:[a-z]+(?:-containerd)?-)?([0-9a-f]{64})/,
    (m) => ({ runtime: 'kubernetes', key: m[2] ?? '', name: `pod ${(m[1] ?? '').slice(0, 8)} ${(m[2] ?? '').slice(0, 12)}` }),
  ],
  [/\/docker[-/]([0-9a-f]{64})/, (m) => ({ runtime: 'docker', key: m[1] ?? '', name: (m[1] ?? '').slice(0, 12) })],
  [/\/cri-containerd-([0-9a-f]{64})/, (m) => ({ runtime: 'containerd', key: m[1] ?? '', name: (m[1] ?? '').slice(0, 12) })],
  [/\/lxc(?:\.payload)?[./]([^/]+)/, (m) => ({ runtime: 'lxc', key: m[1] ?? '', name: m[1] ?? '' })],
  [/\/machine\.slice\/systemd-nspawn@([^/]+)\.service/, (m) => ({ runtime: 'systemd-nspawn', key: unescapeUnit(m[1] ?? ''), name: unescapeUnit(m[1] ?? '') })],
  // Virtual machines are registered with systemd-machined as well; they are no containers.
  [/\/machine\.slice\/machine-(?!qemu|lxc|libvirt)([^/]+)\.scope/, (m) => ({ runtime: 'systemd-nspawn', key: unescapeUnit(m[1] ?? ''), name: unescapeUnit(m[1] ?? '') })],
  [/\/app-flatpak-([^/]+?)-(\d+)\.scope/, (m) => ({ runtime: 'flatpak', key: `${m[1]}-${m[2]}`, name: unescapeUnit(m[1] ?? '') })],
];

/** By the path of its cgroup, which anyone may read. */
export function byCgroup(path: string): Recognised | undefined {
  if (path === '/' || path.length > 1024) return undefined;
  for (const [pattern, make] of PATTERNS) {
    const found = pattern.exec(path);
    if (found === null) continue;
    const made = make(found);
    if (made === undefined) return undefined;
    const end = path.indexOf('/', found.index + found[0].length);
    const own = end < 0 ? path : path.slice(0, end);
    return { ...made, path: own, evidence: `cgroup ${own}` };
  }
  return undefined;
}

/** The innermost systemd service that the path names; a user's manager (`user@1000.service`) is none: what a user runs is below it. */
export function serviceOf(path: string): Recognised | undefined {
  const found = [...path.matchAll(/\/([^/]+\.service)(?=\/|$)/g)].at(-1);
  if (found?.[1] === undefined || /^user@\d+\.service$/.test(found[1])) return undefined;
  const own = path.slice(0, found.index + found[0].length);
  return { runtime: 'service', key: own, name: unescapeUnit(found[1]), evidence: `cgroup ${own}`, path: own };
}

/** The words of a command line; read where a name is needed and never kept. */
function words(proc: Proc): readonly string[] {
  const text = readText(`${proc.path}/cmdline`);
  return 'value' in text ? decode(text.value).split('\0') : [];
}

function option(all: readonly string[], short: string, long: string): string | undefined {
  for (let i = 0; i < all.length; i++) {
    const word = all[i] ?? '';
    if (word === short || word === long) return all[i + 1];
    if (word.startsWith(`${long}=`)) return word.slice(long.length + 1);
    if (!short.startsWith('--') && word.startsWith(short) && word.length > short.length && !word.startsWith('--')) return word.slice(short.length);
  }
  return undefined;
}

/** Podman's monitor knows the container's name, which the cgroup does not tell. */
export function nameFrom(starter: Proc | undefined): string | undefined {
  return starter?.comm === 'conmon' ? option(words(starter), '-n', '--name') : undefined;
}

/** By the program that started it, for runtimes that were not given a cgroup of their own. */
export function byStarter(starter: Proc): Recognised | undefined {
  const { comm } = starter;
  const evidence = `started by ${comm}, pid ${starter.pid}`;
  const key = `${starter.pid}`;
  if (comm.startsWith('systemd-nspawn')) {
    const all = words(starter);
    const directory = option(all, '-D', '--directory') ?? option(all, '-i', '--image') ?? '';
    const name = option(all, '-M', '--machine') ?? directory.split('/').filter((part) => part !== '').at(-1) ?? key;
    return { runtime: 'systemd-nspawn', key: name, name, evidence };
  }
  if (comm === 'lxc-start' || comm === 'lxc-execute') {
    // The monitor writes its title: `[lxc monitor] <path> <name>`.
    const all = words(starter);
    const name = option(all, '-n', '--name') ?? all.join(' ').trim().split(' ').at(-1) ?? key;
    return { runtime: 'lxc', key: name, name, evidence };
  }
  if (comm === 'conmon') {
    const id = option(words(starter), '-c', '--cid') ?? key;
    return { runtime: 'podman', key: id, name: option(words(starter), '-n', '--name') ?? id.slice(0, 12), evidence };
  }
  if (comm.startsWith('containerd-shim')) {
    const all = words(starter);
    const id = option(all, '-id', '--id') ?? key;
    return { runtime: option(all, '-namespace', '--namespace') === 'moby' ? 'docker' : 'containerd', key: id, name: id.slice(0, 12), evidence };
  }
  // What a rootless engine is made of lives in namespaces of its own; its containers have shims nearer than this.
  if (comm === 'rootlesskit') return { runtime: 'service', key: `rootlesskit:${key}`, name: `rootless engine ${starter.pid}`, evidence };
  if (comm === 'bwrap') return { runtime: 'bubblewrap', key, name: `bwrap ${starter.pid}`, evidence };
  return undefined;
}
