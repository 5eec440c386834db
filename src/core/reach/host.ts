import { unknown, valueOf, type Reading } from '../model/reading.js';
import type { NetInterface, NetNamespace } from '../model/network.js';
import { workloads, type Snapshot } from '../model/snapshot.js';
import type { ProcessFacts } from '../model/process.js';
import type { Workload } from '../model/workload.js';
import { indexed, type Indexed } from './indexed.js';
import { doorsOf, windowOf, type Window } from './window.js';
import { netsOfHolders } from './sockets.js';

/** A snapshot with the look-ups that verdicts need. */
export interface Host {
  readonly snapshot: Snapshot;
  /** Inode of the first user namespace, where it was read. */
  readonly userNs: number | undefined;
  /** Whether a security module may be in effect. */
  readonly mayHaveLsm: boolean;
  readonly nets: ReadonlyMap<string, NetNamespace>;
  readonly interfaces: ReadonlyMap<string, NetInterface>;
  readonly byNet: ReadonlyMap<string, readonly NetInterface[]>;
  /** What is stacked on a device (VLAN devices, macvlans and the like), by its id. */
  readonly uppers: ReadonlyMap<string, readonly NetInterface[]>;
  /** Net namespaces in which a workload was found to hold sockets that send, by its id. */
  readonly held: ReadonlyMap<string, readonly string[]>;
  /** What a workload's mounts of the host's files show it of others, by its id. */
  readonly windows: ReadonlyMap<string, Window>;
  /** Inode of the host's net namespace, where it was read. */
  readonly hostNet: number | undefined;
  /** Net namespaces other than its own that processes of a workload are in, by its id. */
  readonly strays: ReadonlyMap<string, ReadonlyMap<string, readonly ProcessFacts[]>>;
  /** Net namespaces of which a workload has a file, by its id. */
  readonly doors: ReadonlyMap<string, ReadonlySet<string>>;
  /** Whether some workload is in another user namespace than some other. */
  readonly remapped: boolean;
  /** Who is in a net namespace, by its key. */
  readonly inNet: ReadonlyMap<string, readonly Workload[]>;
  /** Who is in one pid namespace with a workload, other than the host's, by its id. */
  readonly mates: ReadonlyMap<string, readonly Workload[]>;
  /** The user namespace that owns a net namespace. */
  ownerOf(net: string | null): Reading<number>;
  /** Whether the first user namespace is the second or above it; undefined where the chain was not read. */
  isAbove(upper: number, lower: number): boolean | undefined;
}

/** By the inode of the pid namespace, else by the word on whose it joined. */
function matesOf(all: readonly Workload[]): ReadonlyMap<string, readonly Workload[]> {
  const rooms = new Map<string | number, Workload | Workload[]>();
  const shared: Workload[][] = [];
  for (const w of all) {
    const { inode, owner } = w.namespaces.pid;
    const whose = valueOf(owner);
    if (w.pid === null || whose === 'host') continue;
    const room = valueOf(inode) ?? (whose?.startsWith('container:') === true ? whose.slice('container:'.length) : w.id);
    const there = rooms.get(room);
    if (there === undefined) rooms.set(room, w);
    else if (Array.isArray(there)) there.push(w);
    else {
      const list = [there, w];
      rooms.set(room, list);
      shared.push(list);
    }
  }
  return new Map(shared.flatMap((list) => list.map((w) => [w.id, list.filter((x) => x !== w)] as const)));
}

const away = new WeakMap<Workload, { readonly hostNet: number; readonly processes: readonly ProcessFacts[] }>();

function awayOf(w: Workload, hostNet: number): readonly ProcessFacts[] {
  let known = away.get(w);
  if (known?.hostNet !== hostNet) {
    const own = w.net === 'host' ? hostNet : Number(w.net?.startsWith('net:') === true ? w.net.slice('net:'.length) : NaN);
    away.set(w, (known = { hostNet, processes: Number.isNaN(own) ? [] : w.processes.filter((p) => (valueOf(p.namespaces.net) ?? own) !== own) }));
  }
  return known.processes;
}

/** A process may have gone into another net namespace, or been started there, and stay one of its workload's. */
function straysOf(all: readonly Workload[], hostNet: number | undefined): Host['strays'] {
  const out = new Map<string, Map<string, ProcessFacts[]>>();
  if (hostNet === undefined) return out;
  for (const w of all) {
    for (const p of awayOf(w, hostNet)) {
      const inode = valueOf(p.namespaces.net);
      const at = inode === hostNet ? 'host' : `net:${inode}`;
      const mine = out.get(w.id) ?? new Map<string, ProcessFacts[]>();
      out.set(w.id, mine.set(at, [...(mine.get(at) ?? []), p]));
    }
  }
  return out;
}

function windowsOf(all: readonly Workload[], doors: Host['doors']): Host['windows'] {
  const out = new Map<string, Window>();
  for (const w of all) {
    const window = windowOf(w) ?? (doors.has(w.id) ? 'some' : undefined);
    if (window !== undefined) out.set(w.id, window);
  }
  return out;
}

/** Whether not all processes are in one user namespace: by its inode, or by whom its root is outside. */
function isRemapped(all: readonly Workload[]): boolean {
  let first: { readonly user: number | undefined } | undefined;
  for (const w of all) {
    for (const p of w.processes) {
      const user = valueOf(p.namespaces.user) ?? valueOf(p.uidMap)?.[0]?.outside;
      first ??= { user };
      if (user !== first.user) return true;
    }
  }
  return false;
}

export function hostOf(snapshot: Snapshot, index: Indexed = indexed(snapshot.interfaces)): Host {
  // This is made anew for each picture of a thousand containers: loops, and no list for each of what is looked at.
  const nets = new Map<string, NetNamespace>();
  for (const n of snapshot.nets) nets.set(n.key, n);
  const { interfaces, byNet, uppers } = index;
  const owners = new Map<number, Reading<number>>();
  const parents = new Map<number, Reading<number>>();
  for (const n of snapshot.namespaces) {
    if (n.type === 'net') owners.set(n.inode, n.ownerUserNs);
    if (n.type === 'user') parents.set(n.inode, n.parent);
  }
  const first = snapshot.host.namespaces.user;
  const userNs = first === undefined ? undefined : valueOf(first);
  const lsms = valueOf(snapshot.host.lsms);
  const all = workloads(snapshot);
  const hostNet = valueOf(nets.get('host')?.inode ?? unknown('not-asked', ''));
  const doors = doorsOf(snapshot, all, hostNet);
  const inNet = new Map<string, Workload[]>();
  for (const w of all) {
    const list = w.net === null ? undefined : inNet.get(w.net);
    if (list !== undefined) list.push(w);
    else if (w.net !== null) inNet.set(w.net, [w]);
  }
  return {
    snapshot,
    userNs,
    mayHaveLsm: lsms === undefined || lsms.some((l) => l === 'apparmor' || l === 'selinux' || l === 'smack' || l === 'tomoyo'),
    nets,
    interfaces,
    byNet,
    uppers,
    held: netsOfHolders(snapshot),
    hostNet,
    strays: straysOf(all, hostNet),
    doors,
    windows: windowsOf(all, doors),
    remapped: isRemapped(all),
    inNet,
    mates: matesOf(all),
    ownerOf: (net) => {
      const n = net === null ? undefined : nets.get(net);
      if (n !== undefined && valueOf(n.ownerUserNs) !== undefined) return n.ownerUserNs;
      const inode = n === undefined ? (net?.startsWith('net:') === true ? Number(net.slice(4)) : undefined) : (valueOf(n.inode) ?? (net?.startsWith('net:') === true ? Number(net.slice(4)) : undefined));
      return (inode === undefined ? undefined : owners.get(inode)) ?? n?.ownerUserNs ?? unknown('not-asked', 'NS_GET_USERNS');
    },
    isAbove: (upper, lower) => {
      let at = lower;
      for (let n = 0; n < 33; n++) {
        if (at === upper) return true;
        if (at === userNs) return false;
        const parent = parents.get(at);
        const next = parent === undefined ? undefined : valueOf(parent);
        if (next === undefined) return parent !== undefined && 'unknown' in parent && parent.unknown === 'absent' ? false : undefined;
        at = next;
      }
      return undefined;
    },
  };
}
