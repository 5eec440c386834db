import { NS_KINDS, known, unknown, valueOf, type CgroupFacts, type Group, type KernelProof, type NamespaceMember, type NamespaceRefs, type Note } from '../../../core/model/index.js';
import { parseNsLink } from '../../../core/parse/proc.js';
import type { Place } from './cgroup-files.js';
import { CgroupReader } from './cgroups.js';
import type { KernelCache, KernelInput } from './index.js';
import { isFolder, readLink } from './files.js';
import { apart, findGroups, groupId, groupNamespaces, hostInodes, spaceKey, type Found, type HostInodes } from './groups.js';
import { findHierarchies } from './hierarchies.js';
import { hostNamespaces, readHost, type HostNamespaces } from './host.js';
import { findIntruders } from './intruders.js';
import { byContainer, cutAt, cutAtId, placeOf } from './members.js';
import { hostMounts, hostsOwn, readDevices, readMounts } from './mounts.js';
import { absentFacts } from './nothing.js';
import { containerNamespaces, declaredNamespaces, sharing, type Running } from './owners.js';
import { classify } from './rights.js';
import { namespaceNodes } from './spaces.js';
import { cgroupNodes, cgroupPaths, countProcesses } from './tree.js';
import type { KernelFacts, KernelPass, KnownContainer, Proc } from './types.js';

/** Who is who among the processes: containers, groups, whose own each namespace is. */
interface People {
  readonly running: readonly Running[];
  readonly membersOf: ReadonlyMap<string, readonly Proc[]>;
  readonly refs: ReadonlyMap<string, NamespaceRefs>;
  readonly found: readonly Found[];
  readonly host: HostNamespaces;
  readonly inodes: HostInodes;
  /** `kind:inode` to `container:<id>` or a group's id. */
  readonly owners: ReadonlyMap<string, string>;
  readonly workloadOf: ReadonlyMap<number, string>;
}

/** One pass over a kernel that was proved to be the engine's. */
export function passOver(input: KernelInput, procs: ReadonlyMap<number, Proc>, proof: KernelProof): KernelPass {
  const { roots, containers, cache } = input;
  const notes: Note[] = [];
  const fresh = freshness(input);
  const hierarchies = fresh.settle || cache.hierarchies === undefined ? findHierarchies(roots) : cache.hierarchies;
  cache.hierarchies = hierarchies;
  const reader = new CgroupReader(hierarchies, cache.cgroups);
  const people = meet(input, procs, notes);
  const intruders = findIntruders(procs, people.inodes, people.owners, people.workloadOf, people.running, people.found);
  const isNew = people.running.some((one) => cache.mounts.get(one.main.pid)?.inode !== one.main.inode);
  const table = hostMounts(roots.proc, cache.tables, isNew || fresh.settle);
  const places = new Map<string, Place>();
  const atPath = new Map<string, { readonly of: string; readonly facts: CgroupFacts }>();
  const placed = (id: string, place: Place, declared: KnownContainer['declared'] | undefined): CgroupFacts => {
    const facts = fresh.cgroup(reader, place, id, declared);
    if (place.path !== '/') {
      places.set(id, place);
      atPath.set(place.path, { of: id, facts });
    }
    return facts;
  };

  const runs = new Map(people.running.map((one) => [one.container.id, one]));
  const of = new Map<string, KernelFacts>();
  for (const container of containers) {
    const one = runs.get(container.id);
    if (one === undefined) {
      const source = `${roots.proc}/${container.pid ?? ''}`;
      of.set(container.id, absentFacts('absent', source, container.declared, declaredNamespaces({ ...container, pid: null }, containers, 'absent', source)));
      continue;
    }
    const place = placeOf(one.main, cutAtId(container.id));
    const members = people.membersOf.get(container.id) ?? [one.main];
    const { processes, weakest } = classify(members, one.main, procs, valueOf(people.host.user));
    of.set(container.id, {
      namespaces: people.refs.get(container.id) ?? declaredNamespaces(container, containers, 'absent', one.main.path),
      process: weakest,
      processes,
      processCount: known(members.length, place.source),
      intruders: intruders.get(container.id) ?? [],
      cgroup: placed(container.id, place, container.declared),
      ...readMounts(one.main, container.declared, table, cache.mounts, fresh.reuse(container.id)),
      devices: fresh.devices(container.id, one.main),
    });
  }
  const groups = people.found.map((one): Group => {
    const id = groupId(one);
    const place = placeOf(one.main, cutAt(one.path));
    const { processes, weakest } = classify(one.members, one.main, procs, valueOf(people.host.user));
    const net = valueOf(one.main.namespaces.net);
    const withHost = one.runtime !== 'chroot' && 'value' in one.main.namespaces.mnt && !apart(one.main, people.inodes).includes('mnt');
    return {
      kind: 'group', id, name: one.name, pid: one.main.pid, runtime: one.runtime, folded: one.folded, evidence: one.evidence,
      namespaces: groupNamespaces(one, people.inodes, people.host, people.owners, people.found),
      net: net === undefined ? `of:${id}` : net === valueOf(people.host.net) ? 'host' : `net:${net}`,
      process: weakest, processes, processCount: known(one.members.length, place.source),
      intruders: intruders.get(id) ?? [],
      cgroup: one.path === undefined ? reader.facts(place, undefined) : placed(id, place, undefined),
      endpoints: [],
      ...(withHost ? hostsOwn(`${one.main.path}/mountinfo`, table) : readMounts(one.main, undefined, table, cache.mounts, fresh.reuse(id))),
      devices: one.folded || withHost ? unknown('not-asked', `${one.main.path}/root/dev`) : fresh.devices(id, one.main),
      privilegedPrograms: unknown('not-asked', `${one.main.path}/root`),
    };
  });
  for (const [pid, kept] of cache.mounts) if (procs.get(pid)?.inode !== kept.inode) cache.mounts.delete(pid);
  const cgroups = cgroupNodes(cgroupPaths(hierarchies, procs.values()), countProcesses(procs.values()), `${roots.proc}/self/mountinfo`, atPath, (place) => fresh.cgroup(reader, place, '', undefined));
  keep(cache, places, cgroups);
  if (isFolder(`${roots.proc}/vz`)) notes.push({ about: 'host', text: 'OpenVZ is here (/proc/vz): its containers are not read, they are not supported' });
  const host = readHost(roots, people.host, hierarchies.version, process.geteuid?.() === 0 ? 'root' : 'user');
  const memberOf = naming(containers, groups, people, valueOf(host.hostname) ?? 'host');
  const namespaces = namespaceNodes(procs.values(), memberOf, people.owners, people.host, table, cache.kin);
  return { proof, host, of, groups, namespaces, cgroups, notes };
}

function keep(cache: KernelCache, places: ReadonlyMap<string, Place>, nodes: KernelCache['nodes']): void {
  const now = new Set(nodes.map((one) => one.id));
  cache.cgroups.drop(cache.nodes.filter((one) => !now.has(one.id)).map((one) => one.id));
  for (const id of cache.devices.keys()) if (!places.has(id)) cache.devices.delete(id);
  cache.places = places;
  cache.nodes = nodes;
}

/** What is set once in a cgroup is read again after this time, or where the engine told of a change. */
const SETTLED_MS = 30_000;

/** What of an earlier pass is good enough for this one. */
interface Freshness {
  readonly settle: boolean;
  readonly reuse: (id: string) => boolean;
  readonly cgroup: (reader: CgroupReader, place: Place, id: string, declared: KnownContainer['declared'] | undefined) => CgroupFacts;
  readonly devices: (id: string, main: Proc) => KernelFacts['devices'];
}

function freshness({ cache, depth = 'full', again }: KernelInput): Freshness {
  const now = Date.now();
  const settle = depth !== 'known' && now - cache.settledAt > SETTLED_MS;
  if (settle) cache.settledAt = now;
  const before = new Map(cache.nodes.map((one) => [one.id, one]));
  const reuse = (id: string) => depth !== 'full' && again?.has(id) !== true;
  return {
    settle,
    reuse,
    cgroup: (reader, place, id, declared) => {
      const last = before.get(place.path);
      if (last === undefined || last.of !== (id === '' ? null : id)) return reader.facts(place, declared);
      if (depth === 'known' && reuse(id)) return reader.moved(last.facts, place);
      return reader.facts(place, declared, last.facts, settle || again?.has(id) === true);
    },
    devices: (id, main) => {
      const last = cache.devices.get(id);
      if (reuse(id) && last?.inode === main.inode) return last.devices;
      const devices = readDevices(main);
      cache.devices.set(id, { inode: main.inode, devices });
      return devices;
    },
  };
}

function meet(input: KernelInput, procs: ReadonlyMap<number, Proc>, notes: Note[]): People {
  const { roots, containers } = input;
  const membersOf = byContainer(procs, containers);
  const running: Running[] = [];
  for (const container of containers) {
    if (container.pid === null) continue;
    const main = procs.get(container.pid);
    if (main === undefined) notes.push({ about: container.id, text: `${container.name} ended while it was read: pid ${container.pid} is gone` });
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
  const own = (spaces: NamespaceRefs | undefined, kind: (typeof NS_KINDS)[number]) => {
    const owner = spaces?.[kind].owner;
    return owner !== undefined && 'value' in owner && owner.value === 'own';
  };
  for (const { container, main } of running) {
    for (const kind of apart(main, inodes)) {
      const key = spaceKey(kind, valueOf(main.namespaces[kind]) ?? 0);
      taken.add(key);
      if (own(refs.get(container.id), kind)) owners.set(key, `container:${container.id}`);
    }
  }
  const workloadOf = new Map<number, string>();
  for (const [id, members] of membersOf) for (const proc of members) workloadOf.set(proc.pid, id);
  const rest = [...procs.values()].filter((proc) => !proc.status.kernelThread && !workloadOf.has(proc.pid));
  const found = findGroups(rest, procs, inodes, taken);
  for (const one of found) {
    const id = groupId(one);
    for (const proc of one.members) workloadOf.set(proc.pid, id);
    const spaces = groupNamespaces(one, inodes, host, owners, found);
    for (const kind of NS_KINDS) if (own(spaces, kind)) owners.set(spaceKey(kind, valueOf(one.main.namespaces[kind]) ?? 0), id);
  }
  return { running, membersOf, refs, found, host, inodes, owners, workloadOf };
}

function naming(containers: readonly KnownContainer[], groups: readonly Group[], people: People, hostname: string): (proc: Proc) => NamespaceMember {
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
