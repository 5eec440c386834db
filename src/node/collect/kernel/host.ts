import { NS_KINDS, known, unknown, type KernelProof, type NsInodes, type NsKind, type Reading } from '../../../core/model/index.js';
import { pathOfId } from '../../../core/parse/cgroup.js';
import { parseCpuCount, parseLine, parseLsms, parseMemTotal, parseNsLink } from '../../../core/parse/proc.js';
import { list, read, readLink, readText } from './files.js';
import type { KernelHost, KnownContainer, Proc, Roots } from './types.js';

/** The inodes that the kernel gives its first namespaces, `include/uapi/linux/nsfs.h`; mnt and net have fixed ones only in newer kernels. */
const FIRST: Partial<Record<NsKind, number>> = {
  ipc: 0xefffffff,
  uts: 0xeffffffe,
  user: 0xeffffffd,
  pid: 0xeffffffc,
  cgroup: 0xeffffffb,
  time: 0xeffffffa,
};

/** Which namespaces are the host's, each with the link that was the reference. */
export type HostNamespaces = NsInodes;

/**
 * The host's namespaces. `/proc/1/ns` is no reference: some kernels deny it at one moment and allow it the next, even
 * to root. kthreadd (pid 2) is in the first ones and never leaves. For net, the host is where the engine makes its
 * bridges: where the process that started the containers is, else where this one is. An ordinary user may read neither,
 * but its own are the host's where their inodes are those that the kernel reserves, or, for mnt, its mounts kthreadd's.
 */
export function hostNamespaces(roots: Roots, procs: ReadonlyMap<number, Proc>, starters: readonly Proc[]): HostNamespaces {
  const kthreadd = procs.get(2);
  const steady = kthreadd?.status.kernelThread === true ? kthreadd : undefined;
  const all: Partial<Record<NsKind, Reading<number>>> = {};
  for (const kind of NS_KINDS) {
    const link = `${roots.proc}/self/ns/${kind}`;
    const target = readLink(link);
    const own = 'value' in target ? parseNsLink(target.value, link) : target;
    const first = steady?.namespaces[kind] ?? unknown('denied', `${roots.proc}/2/ns/${kind}`);
    if (kind === 'net') all[kind] = engineNet(own, starters);
    else if ('value' in first) all[kind] = first;
    else if ('value' in own && FIRST[kind] === own.value) all[kind] = own;
    else if ('value' in own && kind === 'mnt' && steady !== undefined) all[kind] = ownMounts(roots, own.value);
    else all[kind] = first;
  }
  return all as HostNamespaces;
}

/** Where the engine's shims are; the majority, since one of several engines on a host may be a stranger's. */
function engineNet(own: Reading<number>, starters: readonly Proc[]): Reading<number> {
  for (const starter of starters) {
    const net = starter.namespaces.net;
    if (!('value' in net)) continue;
    return 'value' in own && own.value === net.value ? own : net;
  }
  return own;
}

/**
 * The first mount namespace, for who may not read kthreadd's link: a mount is in one namespace alone and its number is
 * its own while it lasts (proc_pid_mountinfo(5)), so who sees a mount of kthreadd's table is in kthreadd's namespace.
 */
function ownMounts(roots: Roots, own: number): Reading<number> {
  const [table, link] = [`${roots.proc}/2/mountinfo`, `${roots.proc}/self/mountinfo`];
  const [first, mine] = [readText(table), readText(link)];
  if (!('value' in first)) return unknown('denied', `${roots.proc}/2/ns/mnt`);
  const numbers = new Set([...first.value.matchAll(/^\d+/gm)].map(([number]) => number));
  const number = 'value' in mine ? /^\d+/.exec(mine.value)?.[0] : undefined;
  if (number === undefined || !numbers.has(number)) return unknown('denied', `${roots.proc}/2/ns/mnt`);
  return known(own, `${roots.proc}/self/ns/mnt, whose mount ${number} is in ${table}`);
}

/** Facts of the host as a whole. */
export function readHost(roots: Roots, namespaces: HostNamespaces, cgroupVersion: KernelHost['cgroupVersion'], readAs: KernelHost['readAs']): KernelHost {
  const lsm = `${roots.sys}/kernel/security/lsm`;
  return {
    namespaces,
    hostname: read(`${roots.proc}/sys/kernel/hostname`, parseLine),
    kernel: read(`${roots.proc}/sys/kernel/osrelease`, parseLine),
    cpus: read(`${roots.sys}/devices/system/cpu/online`, parseCpuCount),
    memory: read(`${roots.proc}/meminfo`, parseMemTotal),
    cgroupVersion,
    lsms: lsms(roots, lsm),
    ptraceScope: read(`${roots.proc}/sys/kernel/yama/ptrace_scope`, (text, path) => (/^[0-3]\s*$/.test(text) ? known(Number(text), path) : unknown('unsupported', path))),
    readAs,
    bootId: read(`${roots.proc}/sys/kernel/random/boot_id`, parseLine),
  };
}

/** Where securityfs is mounted and empty of modules, or the kernel has no modules at all, there are none: that is a fact. */
function lsms(roots: Roots, path: string): Reading<readonly string[]> {
  const named = read(path, parseLsms);
  if ('value' in named || named.unknown !== 'absent') return named;
  const attr = `${roots.proc}/self/attr/current`;
  const label = read(attr, parseLine);
  return 'unknown' in label && label.unknown === 'absent' && list(`${roots.proc}/self/attr`).length > 0 ? known([], attr) : named;
}

/** The same members where this kernel is not the engine's. */
export function unknownHost(why: string): KernelHost {
  const far = unknown('unsupported', why);
  return {
    namespaces: Object.fromEntries(NS_KINDS.map((kind) => [kind, far])),
    hostname: far, kernel: far, cpus: far, memory: far, cgroupVersion: far, lsms: far, readAs: 'nobody', bootId: far,
  };
}

/** Proof that has been given stays, until a container's pid is somebody else here. */
export interface ProofCache {
  proved: KernelProof | undefined;
}

/** Whether this kernel is the engine's: a container's pid lies in a cgroup that carries its id (or mounts do). */
export function prove(containers: readonly KnownContainer[], procs: ReadonlyMap<number, Proc>, cache: ProofCache): KernelProof {
  let stranger: KnownContainer | undefined;
  let missing: KnownContainer | undefined;
  for (const container of containers) {
    if (container.pid === null) continue;
    const proc = procs.get(container.pid);
    if (proc === undefined) missing ??= container;
    else if (carriesId(proc, container.id)) {
      const proof: KernelProof = { kind: 'proved', by: `${proc.path}/cgroup carries ${container.id.slice(0, 12)}` };
      cache.proved = proof;
      return proof;
    } else if (mountsCarryId(proc, container.id)) {
      const proof: KernelProof = { kind: 'proved', by: `${proc.path}/mountinfo carries ${container.id.slice(0, 12)}` };
      cache.proved = proof;
      return proof;
    } else if (monitorCarriesId(proc, container.id)) {
      const proof: KernelProof = { kind: 'proved', by: `/proc/${proc.status.parent}/cmdline, which started pid ${proc.pid}, carries ${container.id.slice(0, 12)}` };
      cache.proved = proof;
      return proof;
    } else stranger ??= container;
  }
  if (stranger !== undefined) {
    cache.proved = undefined;
    return { kind: 'foreign', why: `pid ${stranger.pid}, which the engine gives for ${stranger.name}, is in no cgroup here that carries its id` };
  }
  if (cache.proved !== undefined) return cache.proved;
  if (missing !== undefined) return { kind: 'foreign', why: `pid ${missing.pid}, which the engine gives for ${missing.name}, is no process here` };
  return { kind: 'unproved', why: 'no container runs whose pid could be compared' };
}

/** Rootless engines cannot always make cgroups; then the files that they mount into a container still carry its id. */
export function mountsCarryId(proc: Proc, id: string): boolean {
  const table = readText(`${proc.path}/mountinfo`);
  if (id.length < 12 || !('value' in table) || !table.value.includes(id)) return false;
  // The host's own table may name it as well, and then proves nothing of this process.
  const own = readText(`${proc.path.slice(0, proc.path.lastIndexOf('/'))}/self/mountinfo`);
  return 'value' in own && own.value !== table.value;
}

/** Runtimes' monitors name their container on their command line, which anyone may read. */
const MONITOR = /^(?:[^\0]*\/)?(?:containerd-shim[^\0/]*|conmon)\0/;

/** What started it was started for this container: for those without a cgroup of their own that mount another's files. */
export function monitorCarriesId(proc: Proc, id: string): boolean {
  if (id.length < 12) return false;
  const words = readText(`${proc.path.slice(0, proc.path.lastIndexOf('/'))}/${proc.status.parent}/cmdline`);
  return 'value' in words && MONITOR.test(words.value) && words.value.split('\0').includes(id);
}

/** Whether a process is the container's: not a stranger that got its pid meanwhile. */
export function isOf(proc: Proc, id: string): boolean {
  return carriesId(proc, id) || mountsCarryId(proc, id) || monitorCarriesId(proc, id);
}

export function carriesId(proc: Proc, id: string): boolean {
  for (const path of proc.cgroups.values()) if (pathOfId(path, id) !== undefined) return true;
  return false;
}
