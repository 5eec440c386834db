import { NS_KINDS, valueOf, type Group, type Intruder, type NamespaceMember, type NamespaceRefs, type Note, type NsKind } from '../../../core/model/index.js';
import { parseNsLink } from '../../../core/parse/proc.js';
import { readLink } from './files.js';
import { apart, findGroups, groupId, groupNamespaces, hostInodes, spaceKey, type Found, type HostInodes } from './groups.js';
import { hostNamespaces, isOf, type HostNamespaces } from './host.js';
import { findIntruders } from './intruders.js';
import { byContainer } from './members.js';
import { containerNamespaces, sharing, type Running } from './owners.js';
import type { KnownContainer, Proc, Roots } from './types.js';

/** Who is who among the processes: containers, groups, intruders, and whose own each namespace is. */
export interface People {
  readonly running: ReadonlyMap<string, Running>;
  readonly membersOf: ReadonlyMap<string, readonly Proc[]>;
  readonly refs: ReadonlyMap<string, NamespaceRefs>;
  readonly found: readonly Found[];
  readonly groupRefs: ReadonlyMap<string, NamespaceRefs>;
  readonly intruders: ReadonlyMap<string, readonly Intruder[]>;
  readonly host: HostNamespaces;
  readonly inodes: HostInodes;
  /** `kind:inode` to `container:<id>` or a group's id. */
  readonly owners: ReadonlyMap<string, string>;
  readonly workloadOf: ReadonlyMap<number, string>;
  /** Pids of what started the containers: the engine's shims. */
  readonly starters: ReadonlySet<number>;
  readonly notes: readonly Note[];
}

const isOwn = (spaces: NamespaceRefs | undefined, kind: NsKind): boolean => {
  const owner = spaces?.[kind].owner;
  return owner !== undefined && 'value' in owner && owner.value === 'own';
};

export function meet(roots: Roots, containers: readonly KnownContainer[], procs: ReadonlyMap<number, Proc>): People {
  const notes: Note[] = [];
  const membersOf = byContainer(procs, containers);
  const running: Running[] = [];
  for (const container of containers) {
    if (container.pid === null) continue;
    const main = procs.get(container.pid);
    if (main === undefined || !isOf(main, container.id)) notes.push({ about: container.id, text: `${container.name} ended while it was read: pid ${container.pid} is gone` });
    else running.push({ container, main, starter: procs.get(main.status.parent) });
  }
  const starters = running.flatMap((one) => (one.starter === undefined ? [] : [one.starter]));
  const host = hostNamespaces(roots, procs, starters);
  const ownNet = readLink(`${roots.proc}/self/ns/net`);
  const inodes = hostInodes(host, procs, 'value' in ownNet ? parseNsLink(ownNet.value, ownNet.source) : ownNet);
  const shared = sharing(running);
  const refs = new Map(running.map((one) => [one.container.id, containerNamespaces(one, shared, containers, host)]));

  const owners = new Map<string, string>();
  const taken = new Set<string>();
  for (const { container, main } of running) {
    for (const kind of apart(main, inodes)) {
      const key = spaceKey(kind, valueOf(main.namespaces[kind]) ?? 0);
      taken.add(key);
      if (isOwn(refs.get(container.id), kind)) owners.set(key, `container:${container.id}`);
    }
  }
  const workloadOf = new Map<number, string>();
  for (const [id, members] of membersOf) for (const proc of members) workloadOf.set(proc.pid, id);
  const rest = [...procs.values()].filter((proc) => !proc.status.kernelThread && !workloadOf.has(proc.pid));
  const found = findGroups(rest, procs, inodes, taken, new Set(starters.map((one) => one.pid)));
  const groupRefs = new Map(found.map((one) => [groupId(one), groupNamespaces(one, inodes, host, owners, found)]));
  for (const one of found) {
    const id = groupId(one);
    for (const proc of one.members) workloadOf.set(proc.pid, id);
    for (const kind of NS_KINDS) if (isOwn(groupRefs.get(id), kind)) owners.set(spaceKey(kind, valueOf(one.main.namespaces[kind]) ?? 0), id);
  }
  const intruders = findIntruders(procs, inodes, owners, workloadOf, running, found);
  return { running: new Map(running.map((one) => [one.container.id, one])), membersOf, refs, found, groupRefs, intruders, host, inodes, owners, workloadOf, starters: new Set(starters.map((one) => one.pid)), notes };
}

/** Names each process as a member of namespaces. */
export function naming(containers: readonly KnownContainer[], groups: readonly Group[], people: People, hostname: string): (proc: Proc) => NamespaceMember {
  const names = new Map<string, NamespaceMember>();
  for (const one of containers) names.set(one.id, { kind: 'container', id: one.id, name: one.name, pid: one.pid });
  for (const one of groups) names.set(one.id, { kind: 'group', id: one.id, name: one.name, pid: one.pid });
  return (proc) => {
    const named = names.get(people.workloadOf.get(proc.pid) ?? '');
    if (named !== undefined) return named;
    if (apart(proc, people.inodes).length > 0) return { kind: 'process', id: `pid:${proc.pid}`, name: proc.comm, pid: proc.pid };
    return { kind: 'host', id: 'host', name: hostname, pid: proc.pid };
  };
}
