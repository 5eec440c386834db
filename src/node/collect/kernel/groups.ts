import { NS_KINDS, unknown, valueOf, type NamespaceRefs, type NsKind, type Reading } from '../../../core/model/index.js';
import { byCgroup, byStarter, nameFrom, serviceOf, type Recognised } from './runtimes.js';
import type { HostNamespaces } from './host.js';
import type { Proc } from './types.js';

/** Processes of another runtime, before their facts are read. */
export interface Found extends Recognised {
  readonly main: Proc;
  readonly members: readonly Proc[];
  readonly folded: boolean;
}

/** Inodes of the namespaces that count as the host's. */
export type HostInodes = Readonly<Record<NsKind, ReadonlySet<number>>>;

/** The engine's may be another net namespace than the machine's first one; who is in either, and nothing else, is of the host. */
export function hostInodes(host: HostNamespaces, procs: ReadonlyMap<number, Proc>, own: Reading<number>): HostInodes {
  const kthreadd = procs.get(2);
  return Object.fromEntries(
    NS_KINDS.map((kind) => {
      const inodes = new Set<number>();
      const add = (one: Reading<number> | undefined) => void (one !== undefined && 'value' in one && inodes.add(one.value));
      add(host[kind]);
      if (kthreadd?.status.kernelThread === true) add(kthreadd.namespaces[kind]);
      if (kind === 'net') add(own);
      return [kind, inodes];
    }),
  ) as unknown as HostInodes;
}

/** The kinds in which a process is in a namespace that is not the host's; none where that cannot be told. */
export function apart(proc: Proc, host: HostInodes): readonly NsKind[] {
  const kinds: NsKind[] = [];
  for (const kind of NS_KINDS) {
    const inode = proc.namespaces[kind];
    if ('value' in inode && host[kind].size > 0 && !host[kind].has(inode.value)) kinds.push(kind);
  }
  return kinds;
}

/** One namespace as a word. */
export const spaceKey = (kind: NsKind, inode: number) => `${kind}:${inode}`;

/** Joins what shares. */
class Sets {
  private readonly up = new Map<string, string>();
  find(one: string): string {
    let at = one;
    for (let next = this.up.get(at); next !== undefined; next = this.up.get(at)) at = next;
    return at;
  }
  join(a: string, b: string): void {
    const one = this.find(a);
    const two = this.find(b);
    if (one !== two) this.up.set(two, one);
  }
}

/** The nearest ancestor that is a known runtime's program. */
function starterOf(proc: Proc, procs: ReadonlyMap<number, Proc>): Recognised | undefined {
  let at = procs.get(proc.status.parent);
  for (let steps = 0; at !== undefined && at.pid > 1 && steps < 32; steps++) {
    const found = byStarter(at);
    if (found !== undefined) return found;
    at = procs.get(at.status.parent);
  }
  return undefined;
}

/**
 * Groups among the processes that are in no container of the engine's: by cgroup, then by who started them, then by
 * the namespaces they share. `taken`: namespaces of containers; who is only in those has entered them and is no group.
 * `starters`: pids of what started the engine's containers; those of a rootless engine are in namespaces of their own.
 */
export function findGroups(rest: readonly Proc[], procs: ReadonlyMap<number, Proc>, host: HostInodes, taken: ReadonlySet<string>, starters: ReadonlySet<number>): readonly Found[] {
  const named = new Map<string, { readonly is: Recognised; readonly members: Proc[]; folded: boolean }>();
  const put = (is: Recognised, proc: Proc, folded = false) => {
    const key = `${is.runtime}:${is.key}`;
    const entry = named.get(key);
    if (entry === undefined) named.set(key, { is, members: [proc], folded });
    else {
      entry.members.push(proc);
      entry.folded &&= folded;
    }
  };
  const loose: { readonly proc: Proc; readonly kinds: readonly NsKind[] }[] = [];
  for (const proc of rest) {
    const is = byCgroup(proc.cgroup);
    if (is !== undefined) {
      put(is, proc);
      continue;
    }
    const kinds = apart(proc, host);
    if (kinds.length > 0) {
      const entered = kinds.every((kind) => taken.has(spaceKey(kind, valueOf(proc.namespaces[kind]) ?? 0)));
      if (!entered) loose.push({ proc, kinds });
    } else if ('value' in proc.root && proc.root.value !== '/') {
      put({ runtime: 'chroot', key: proc.root.value, name: proc.root.value, evidence: `${proc.path}/root is ${proc.root.value}` }, proc);
    }
  }
  const inNamed = new Map<string, Recognised>();
  for (const { is, members } of named.values()) {
    for (const proc of members) for (const kind of apart(proc, host)) inNamed.set(spaceKey(kind, valueOf(proc.namespaces[kind]) ?? 0), is);
  }
  const enginesUsers = new Set<number>();
  for (const pid of starters) {
    const user = valueOf(procs.get(pid)?.namespaces.user ?? { unknown: 'absent', source: '' });
    if (user !== undefined && !host.user.has(user)) enginesUsers.add(user);
  }
  const sets = new Sets();
  const left: typeof loose = [];
  for (const one of loose) {
    const { proc, kinds } = one;
    // A rootless engine's own processes may be in several units of its owner's.
    const engines = !kinds.includes('pid') && enginesUsers.has(valueOf(proc.namespaces.user) ?? 0);
    const service = engines ? undefined : serviceOf(proc.cgroup);
    const started = starterOf(proc, procs);
    const spaces = kinds.map((kind) => spaceKey(kind, valueOf(proc.namespaces[kind]) ?? 0));
    if (started !== undefined) put(started, proc, started.runtime === 'service');
    else if (spaces.every((space) => inNamed.has(space) || taken.has(space))) continue;
    else if (service !== undefined) {
      const ordinary = !kinds.includes('pid') && !kinds.includes('user');
      put(service, proc, ordinary);
    } else {
      left.push(one);
      const me = `pid:${proc.pid}`;
      for (const space of spaces) sets.join(space, me);
    }
  }
  const leftPids = new Set(left.map((one) => one.proc.pid));
  for (const { proc } of left) if (leftPids.has(proc.status.parent)) sets.join(`pid:${proc.status.parent}`, `pid:${proc.pid}`);
  const clusters = new Map<string, typeof left>();
  for (const one of left) {
    const key = sets.find(`pid:${one.proc.pid}`);
    const cluster = clusters.get(key);
    if (cluster === undefined) clusters.set(key, [one]);
    else cluster.push(one);
  }
  for (const cluster of clusters.values()) {
    const main = leader(cluster.map((one) => one.proc));
    const kinds = NS_KINDS.filter((kind) => cluster.some((one) => one.kinds.includes(kind)));
    const kind = kinds[0] ?? 'mnt';
    const holder = cluster.find((one) => one.kinds.includes(kind))?.proc ?? main;
    const inode = valueOf(holder.namespaces[kind]) ?? 0;
    const engine = engineOf(cluster, starters);
    const is: Recognised = {
      runtime: engine === undefined ? 'unshare' : 'service', key: spaceKey(kind, inode), name: `${main.comm} ${main.pid}`,
      evidence: engine ?? `${holder.path}/ns/${kind} is ${kind}:[${inode}], not the host's; its own: ${kinds.join(' ')}`,
    };
    for (const one of cluster) put(is, one.proc, engine !== undefined);
  }
  return [...named.values()].map((one) => {
    const main = leader(one.members);
    const name = one.is.runtime === 'podman' ? nameFrom(procs.get(main.status.parent)) : undefined;
    return { ...one.is, ...(name === undefined ? {} : { name }), main, members: one.members, folded: one.folded };
  });
}

/** What Podman leaves running in a user namespace: who holds that open, and each container's monitor. */
const PODMANS_OWN: ReadonlySet<string> = new Set(['podman pause', 'catatonit', 'conmon']);

/** What tells that processes which share namespaces are what a rootless engine is made of, and no workload. */
function engineOf(cluster: readonly { readonly proc: Proc; readonly kinds: readonly NsKind[] }[], starters: ReadonlySet<number>): string | undefined {
  const starter = cluster.find((one) => starters.has(one.proc.pid))?.proc;
  if (starter !== undefined) return `${starter.comm}, pid ${starter.pid}, started containers of the engine`;
  const own = cluster.find(({ proc, kinds }) => kinds.includes('user') && !kinds.includes('pid') && PODMANS_OWN.has(proc.comm))?.proc;
  return own === undefined ? undefined : `${own.comm}, pid ${own.pid}, is of a rootless Podman`;
}

/** The first process of a group: pid 1 of its own pid namespace, else the one whose parent is not in it. */
function leader(members: readonly Proc[]): Proc {
  const pids = new Set(members.map((one) => one.pid));
  const roots = members.filter((one) => !pids.has(one.status.parent));
  const init = members.find((one) => one.status.pidInside === 1 && one.pid !== 1);
  const first = init ?? [...(roots.length > 0 ? roots : members)].sort((a, b) => a.pid - b.pid)[0];
  if (first === undefined) throw new Error('a group has at least one process');
  return first;
}

export const groupId = (one: Found): string => `group:${one.runtime}:${one.key}`;

/** Namespaces of a group: the host's, its own, a container's that it joined, or shared with others. */
export function groupNamespaces(found: Found, host: HostInodes, reference: HostNamespaces, ownerOfSpace: ReadonlyMap<string, string>, groups: readonly Found[]): NamespaceRefs {
  return Object.fromEntries(
    NS_KINDS.map((kind) => {
      const inode = found.main.namespaces[kind];
      if (!('value' in inode)) return [kind, { inode, owner: inode }];
      if (host[kind].size === 0) return [kind, { inode, owner: unknown('denied', reference[kind].source) }];
      if (host[kind].has(inode.value)) return [kind, { inode, owner: { value: 'host', source: `${inode.source} = ${reference[kind].source}` } }];
      const owner = ownerOfSpace.get(spaceKey(kind, inode.value));
      const others = groups.some((other) => other !== found && valueOf(other.main.namespaces[kind]) === inode.value);
      return [kind, { inode, owner: { value: owner ?? (others ? 'shared' : 'own'), source: inode.source } }];
    }),
  ) as NamespaceRefs;
}
