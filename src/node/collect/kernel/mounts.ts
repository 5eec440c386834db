import { known, unknown, type Declared, type Mount, type Reading } from '../../../core/model/index.js';
import { hostPath, parseMountinfo, type MountLine } from '../../../core/parse/mountinfo.js';
import { decode, readText } from './files.js';
import type { KernelFacts, Proc } from './types.js';

type MountFacts = Pick<KernelFacts, 'mounts' | 'rootReadOnly' | 'maskedPaths' | 'readonlyPaths'>;

/** What is kept of a mount table: an equal text gives the same facts, and most never change. */
export type MountCache = Map<number, { readonly inode: number; readonly text: string; readonly declared: Declared | undefined; readonly facts: MountFacts; readonly holding: readonly MountLine[] }>;

/** Made by every runtime, or by an engine for each container: runtime-spec 'Default Filesystems', dockerd and podman sources. */
const ORDINARY = new Set([
  '/', '/proc', '/dev', '/dev/pts', '/dev/shm', '/dev/mqueue', '/dev/console', '/dev/ptmx', '/sys', '/sys/fs/cgroup', '/etc/resolv.conf', '/etc/hostname', '/etc/hosts',
  '/run/.containerenv', '/run/secrets', '/run/lock', '/sbin/docker-init', '/dev/init', '/run/podman-init', '/etc/mtab', '/etc/passwd', '/etc/group',
]);

/** Where nodes cannot be made (in a user namespace) a runtime binds those that every container has from the host's. */
const NODES = new Set(['full', 'null', 'random', 'tty', 'urandom', 'zero']);

function isNode(line: MountLine): boolean {
  const name = line.point.startsWith('/dev/') ? line.point.slice(5) : '';
  return NODES.has(name) && (line.fstype === 'devtmpfs' || line.fstype === 'tmpfs') && line.root.slice(line.root.lastIndexOf('/') + 1) === name;
}

/** A folder that an engine keeps for one container: files that it makes itself come from there and from nowhere else. */
const OF_A_CONTAINER = /\/[0-9a-f]{64}\//;

/** A container can make mounts without end. */
const MOST_MOUNTS = 1000;

/** File systems that hold nothing of the host's. */
const OWN = new Set(['tmpfs', 'ramfs', 'devpts', 'mqueue', 'cgroup', 'cgroup2', 'overlay', 'fuse.fuse-overlayfs', 'shm', 'nsfs', 'pstore', 'securityfs', 'hugetlbfs', 'configfs']);

function under(path: string, folder: string): boolean {
  return path === folder || folder === '/' || path.startsWith(`${folder}/`);
}

/** Whether the mount is the engine's way of hiding or locking a path of /proc or /sys. */
function masks(line: MountLine): 'masked' | 'read-only' | undefined {
  if (!under(line.point, '/proc') && !under(line.point, '/sys')) return undefined;
  if (line.point === '/proc' || line.point === '/sys' || under(line.point, '/sys/fs/cgroup')) return undefined;
  // The node that masks stays what it is when its name is taken away: `/null//deleted`.
  const isNull = line.root === '/null' || line.root === '/null//deleted';
  if (line.fstype === 'tmpfs' && (line.readOnly || line.superReadOnly || isNull)) return 'masked';
  if (line.fstype === 'devtmpfs' && isNull) return 'masked';
  if ((line.fstype === 'proc' || line.fstype === 'sysfs') && line.readOnly) return 'read-only';
  return undefined;
}

function isDeclared(line: MountLine, declared: Declared | undefined): boolean {
  // Of other runtimes no declaration is known, so nothing contradicts it.
  if (declared === undefined) return true;
  if (under(line.point, '/sys/fs/cgroup') || isNode(line)) return true;
  if (ORDINARY.has(line.point) && (!line.point.startsWith('/etc/') || OF_A_CONTAINER.test(line.root))) return true;
  // What lies below a declared mount came with it (a bind is recursive) or was made by what is kept there.
  return declared.mounts.some((one) => under(line.point, one.destination.replace(/\/+$/, '') || '/'));
}

/**
 * Which lines were put there after the container was made, in table order (the kernel's: as they were made). The last
 * that a runtime does is to mask paths of /proc and /sys; what follows came later. So did a second mount at one point,
 * where no recursive bind could have brought both. What propagates from the host is the declaration's doing.
 */
function latecomers(lines: readonly MountLine[], declared: Declared | undefined): ReadonlySet<MountLine> {
  const late = new Set<MountLine>();
  if (declared === undefined) return late;
  const points = new Set<string>();
  let masking: 'not yet' | 'now' | 'done' = 'not yet';
  for (const line of lines) {
    if (masks(line) !== undefined) {
      if (masking === 'not yet') masking = 'now';
      continue;
    }
    if (masking === 'now') masking = 'done';
    const again = points.has(line.point) && line.point !== '/' && !under(line.point, '/sys/fs/cgroup') && !declared.mounts.some((one) => one.destination !== line.point && under(line.point, one.destination));
    points.add(line.point);
    // Some runtimes give a terminal last of all.
    if (again || (masking === 'done' && line.propagation === 'private' && line.point !== '/dev/console')) late.add(line);
  }
  return late;
}

/** Whether it can be written to, and the engine was told that it could not. */
function isLoosened(line: MountLine, declared: Declared | undefined): boolean {
  return !line.readOnly && !line.superReadOnly && declared?.mounts.some((one) => one.destination === line.point && !one.writable) === true;
}

function matters(line: MountLine, declaredHere: boolean, ofEngine: boolean): boolean {
  if (!declaredHere) return true;
  // A container's root is its image; that of another group can well be the host's own.
  if (line.point === '/' && ofEngine) return false;
  if (isNode(line)) return false;
  if (OF_A_CONTAINER.test(line.root) && ORDINARY.has(line.point)) return false;
  return !OWN.has(line.fstype);
}

function facts(lines: readonly MountLine[], source: string, declared: Declared | undefined, host: HostTable): MountFacts {
  const mounts: Mount[] = [];
  const masked: string[] = [];
  const locked: string[] = [];
  let root: MountLine | undefined;
  const late = latecomers(lines, declared);
  for (const line of lines) {
    if (line.point === '/') root = line;
    const mask = masks(line);
    if (mask === 'masked') masked.push(decode(line.point));
    else if (mask === 'read-only') locked.push(decode(line.point));
    if (mask !== undefined) continue;
    const declaredHere = isDeclared(line, declared) && !late.has(line);
    if (!matters(line, declaredHere, declared !== undefined) && !isLoosened(line, declared)) continue;
    if (mounts.length >= MOST_MOUNTS) break;
    const path = OWN.has(line.fstype) && line.fstype !== 'overlay' ? '' : hostPath(host(), line.device, line.root);
    mounts.push({
      destination: decode(line.point),
      root: decode(line.root),
      host: line.fstype === 'proc' || line.fstype === 'sysfs' ? '' : decode(path),
      fstype: line.fstype,
      device: decode(line.source).slice(0, 256),
      writable: !line.readOnly && !line.superReadOnly,
      propagation: line.propagation,
      declared: declaredHere,
    });
  }
  return {
    mounts: known(mounts, source),
    rootReadOnly: root === undefined ? unknown('absent', source) : known(root.readOnly || root.superReadOnly, source),
    maskedPaths: known(masked.sort(), source),
    readonlyPaths: known(locked.sort(), source),
  };
}

/** The host's mount table: it has a line or two for each container, so it is read only where something new is to be found in it. */
export interface TableCache {
  text: string;
  table: readonly MountLine[];
}

/** The same for who may not need it: it is read when it is asked for first. */
export type HostTable = () => readonly MountLine[];

/** The host's own mount table, for finding the paths that binds come from: of the first process where that can be read. */
export function hostMounts(proc: string, cache: TableCache, anew: boolean): readonly MountLine[] {
  if (!anew) return cache.table;
  for (const pid of ['1', 'self']) {
    const path = `${proc}/${pid}/mountinfo`;
    const text = readText(path);
    if (!('value' in text) || text.value === '') continue;
    if (text.value === cache.text) return cache.table;
    const table = parseMountinfo(text.value, path);
    if (!('value' in table)) continue;
    cache.text = text.value;
    cache.table = table.value;
    return cache.table;
  }
  return cache.table;
}

interface TextAndTable {
  readonly text: Reading<string>;
  readonly table: Reading<readonly MountLine[]>;
}

const ahead = new WeakMap<Proc, TextAndTable>();

/** Reads a process's mount table for the pass that comes. */
export function readTableAhead(process: Proc): void {
  const path = `${process.path}/mountinfo`;
  const text = readText(path);
  ahead.set(process, { text, table: 'value' in text ? parseMountinfo(text.value, path) : text });
}

/** `reuse`: what is known of the same process is good enough. */
export function readMounts(process: Proc, declared: Declared | undefined, host: HostTable, cache: MountCache, reuse = false): MountFacts {
  const path = `${process.path}/mountinfo`;
  const known = cache.get(process.pid);
  if (reuse && known?.inode === process.inode && known.declared === declared) return known.facts;
  const read = ahead.get(process);
  ahead.delete(process);
  const text = read?.text ?? readText(path);
  if (!('value' in text)) return { mounts: text, rootReadOnly: text, maskedPaths: text, readonlyPaths: text };
  const before = cache.get(process.pid);
  if (before?.inode === process.inode && before.text === text.value && before.declared === declared) return before.facts;
  const table = read?.table ?? parseMountinfo(text.value, path);
  if (!('value' in table)) return { mounts: table, rootReadOnly: table, maskedPaths: table, readonlyPaths: table };
  const made = facts(table.value, path, declared, host);
  cache.set(process.pid, { inode: process.inode, text: text.value, declared, facts: made, holding: table.value.filter((line) => line.fstype === 'nsfs') });
  return made;
}

/** A bind mount that holds a namespace: `net:[4026532177]`, and where. */
export type Holding = Pick<MountLine, 'root' | 'point'>;

/** Those in workloads' own mount namespaces, by way of their process's root: of an engine's container all (by them it enters), of others what the host's table lacks. */
export function heldInside(cache: MountCache, proc: string, table: readonly MountLine[]): readonly Holding[] {
  const inside: Holding[] = [];
  for (const [pid, { declared, holding }] of cache) {
    for (const line of holding) {
      if (declared !== undefined || !table.some((one) => one.fstype === 'nsfs' && one.root === line.root)) inside.push({ root: line.root, point: `${proc}/${pid}/root${decode(line.point)}` });
    }
  }
  return inside;
}

/** Mounts of a process in the host's own mount namespace: it has what the host has, in one line. */
export function hostsOwn(source: string, host: HostTable): MountFacts {
  const root = host().findLast((line) => line.point === '/');
  const none = known([], source);
  if (root === undefined) return { mounts: unknown('denied', source), rootReadOnly: unknown('denied', source), maskedPaths: none, readonlyPaths: none };
  const { fstype, propagation } = root;
  const all: Mount = { destination: '/', root: root.root, host: '/', fstype, device: root.source, writable: !root.readOnly, propagation, declared: true };
  return { mounts: known([all], source), rootReadOnly: known(root.readOnly, source), maskedPaths: none, readonlyPaths: none };
}
