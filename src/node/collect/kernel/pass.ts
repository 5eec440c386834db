import { NS_KINDS, known, unknown, valueOf, type CgroupFacts, type CgroupNode, type Group, type KernelProof, type NamespaceNode, type NamespaceRefs, type NsKind } from '../../../core/model/index.js';
import type { MountLine } from '../../../core/parse/mountinfo.js';
import type { Ahead, KernelCache, KernelInput, LastPass } from './cache.js';
import type { Place } from './cgroup-files.js';
import { CgroupReader } from './cgroups.js';
import { isFolder } from './files.js';
import { freshness } from './freshness.js';
import { apart, groupId, spaceKey, type Found } from './groups.js';
import { findHierarchies } from './hierarchies.js';
import { readHost } from './host.js';
import { cutAt, cutAtId, placeOf } from './members.js';
import { heldInside, hostMounts, hostsOwn, readMounts, type Holding } from './mounts.js';
import { absentFacts } from './nothing.js';
import { declaredNamespaces } from './owners.js';
import { meet, naming, type People } from './people.js';
import { classify } from './rights.js';
import { byCgroup } from './runtimes.js';
import type { Sleepers } from './sleepers.js';
import { namespaceNodes } from './spaces.js';
import { cgroupNodes, cgroupPaths, countProcesses } from './tree.js';
import type { KernelFacts, KernelPass, KnownContainer, Proc } from './types.js';

function sameContainers(last: LastPass, containers: readonly KnownContainer[]): boolean {
  return (
    last.containers.length === containers.length &&
    containers.every((one, i) => {
      const before = last.containers[i];
      return before !== undefined && before.id === one.id && before.pid === one.pid && before.name === one.name && before.declared === one.declared;
    })
  );
}

/** Whether a process is just one of the host's: in all of its namespaces, no workload's, not what started a container. */
function isPlain(proc: Proc, { people }: LastPass): boolean {
  if (proc.status.kernelThread) return apart(proc, people.inodes).length === 0;
  const root = 'value' in proc.root ? proc.root.value : '/';
  return root === '/' && !people.workloadOf.has(proc.pid) && !people.starters.has(proc.pid) && byCgroup(proc.cgroup) === undefined && apart(proc, people.inodes).length === 0;
}

/** `same`: nobody came, went or changed. `plain`: only the host's own processes did, which on most hosts is always so. */
function compare(last: LastPass | undefined, procs: ReadonlyMap<number, Proc>, containers: readonly KnownContainer[]): 'same' | 'plain' | 'changed' {
  if (last === undefined || !sameContainers(last, containers)) return 'changed';
  let plain = false;
  for (const [pid, proc] of procs) {
    const before = last.procs.get(pid);
    if (before === proc) continue;
    if (!isPlain(proc, last) || (before !== undefined && !isPlain(before, last)) || inContainer(proc, last)) return 'changed';
    plain = true;
  }
  for (const [pid, proc] of last.procs) {
    if (procs.has(pid)) continue;
    if (!isPlain(proc, last)) return 'changed';
    plain = true;
  }
  return plain ? 'plain' : 'same';
}

const inContainer = (proc: Proc, last: LastPass): boolean => last.containers.some((one) => proc.cgroup.includes(one.id));

/** The same namespaces with the host's own counted anew. */
function recounted(nodes: readonly NamespaceNode[], procs: ReadonlyMap<number, Proc>): readonly NamespaceNode[] {
  const counts = new Map<string, number>();
  for (const node of nodes) if (node.owner === 'host') counts.set(spaceKey(node.type, node.inode), 0);
  for (const proc of procs.values()) {
    if (proc.threadOf !== undefined) continue;
    for (const kind of NS_KINDS) {
      const inode = proc.namespaces[kind];
      const key = 'value' in inode ? spaceKey(kind, inode.value) : '';
      const count = counts.get(key);
      if (count !== undefined) counts.set(key, count + 1);
    }
  }
  return nodes.map((node) => {
    const count = counts.get(spaceKey(node.type, node.inode)) ?? node.processCount;
    return count === node.processCount ? node : { ...node, processCount: count };
  });
}

/** One pass over a kernel that was proved to be the engine's. */
export function passOver(input: KernelInput, procs: ReadonlyMap<number, Proc>, proof: KernelProof, ahead: Ahead | undefined, asleep: Sleepers | undefined): KernelPass {
  const { roots, containers, cache } = input;
  const fresh = freshness(input, asleep);
  const change = compare(cache.last, procs, containers);
  const quiet = change === 'changed' ? undefined : cache.last;
  const people = quiet?.people ?? meet(roots, containers, procs);
  const hierarchies = ahead !== undefined ? ahead.hierarchies : fresh.settle || cache.hierarchies === undefined ? findHierarchies(roots) : cache.hierarchies;
  cache.hierarchies = hierarchies;
  const reader = ahead?.reader ?? (fresh.settle ? undefined : asleep?.reader) ?? new CgroupReader(hierarchies, cache.cgroups);
  const isNew = [...people.running.values()].some((one) => cache.mounts.get(one.main.pid)?.inode !== one.main.inode);
  let lines: readonly MountLine[] | undefined;
  const table = () => (lines ??= hostMounts(roots.proc, cache.tables, isNew || fresh.settle));

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
  const moreOf = (id: string, main: Proc, declared: KnownContainer['declared'] | undefined) => ({
    ...readMounts(main, declared, table, cache.mounts, fresh.reuse(id)),
    devices: fresh.devices(id, main),
  });

  const of = new Map<string, KernelFacts>();
  for (const container of containers) {
    const one = people.running.get(container.id);
    if (one === undefined) {
      const source = `${roots.proc}/${container.pid ?? ''}`;
      of.set(container.id, quiet?.of.get(container.id) ?? absentFacts('absent', source, container.declared, declaredNamespaces({ ...container, pid: null }, containers, 'absent', source)));
      continue;
    }
    const place = placeOf(one.main, cutAtId(container.id));
    const members = people.membersOf.get(container.id) ?? [one.main];
    const { processes, weakest } = classify(members, one.main, procs, valueOf(people.host.user));
    const facts: KernelFacts = {
      namespaces: people.refs.get(container.id) ?? declaredNamespaces(container, containers, 'absent', one.main.path),
      process: weakest,
      processes,
      processCount: countOf(members, place.source),
      intruders: people.intruders.get(container.id) ?? [],
      cgroup: placed(container.id, place, container.declared),
      ...moreOf(container.id, one.main, container.declared),
    };
    of.set(container.id, keepSame(cache.last?.of.get(container.id), facts));
  }
  const groups = people.found.map((one): Group => {
    const id = groupId(one);
    const place = placeOf(one.main, cutAt(one.path));
    const cgroup = one.path === undefined ? reader.facts(place, undefined) : placed(id, place, undefined);
    const more = isWithHost(one, people)
      ? { ...hostsOwn(`${one.main.path}/mountinfo`, table), devices: unknown('not-asked', `${one.main.path}/root/dev`) }
      : one.folded
        ? { ...readMounts(one.main, undefined, table, cache.mounts, fresh.reuse(id)), devices: unknown('not-asked', `${one.main.path}/root/dev`) }
        : moreOf(id, one.main, undefined);
    return keepSame(cache.last?.groups.get(id), { ...groupOf(one, people, procs, place), cgroup, ...more });
  });
  for (const [pid, kept] of cache.mounts) if (procs.get(pid)?.inode !== kept.inode) cache.mounts.delete(pid);

  const cgroupOf = (place: Place) => fresh.cgroup(reader, place, '', undefined);
  const paths = change === 'same' && !fresh.settle ? new Set(cache.nodes.map((one) => one.id)) : cgroupPaths(hierarchies, procs.values(), fresh.settle ? [] : cache.nodes, input.depth === 'touched' ? (of) => of === null || people.running.has(of) : () => false);
  const cgroups = cgroupNodes(paths, countProcesses(procs.values()), `${roots.proc}/self/mountinfo`, atPath, cgroupOf, cache.nodes);
  keep(cache, places, cgroups);

  const host = readHost(roots, people.host, hierarchies.version, process.geteuid?.() === 0 ? 'root' : 'user');
  const memberOf = naming(containers, groups, people, valueOf(host.hostname) ?? 'host');
  // The mounts that hold namespaces are read with the depth that follows.
  const holding = input.depth === 'touched' ? cache.tables.table : table();
  const inside = heldInside(cache.mounts, roots.proc, holding);
  const unchanged = quiet !== undefined && quiet.kin === cache.kin.kin && quiet.table === holding && sameHolding(quiet.inside, inside);
  const namespaces = unchanged ? (change === 'same' ? quiet.namespaces : recounted(quiet.namespaces, procs)) : namespaceNodes(procs.values(), memberOf, people.owners, people.host, [...holding.filter((one) => one.fstype === 'nsfs'), ...inside], cache.kin);
  cache.last = { procs, containers, people, of, groups: new Map(groups.map((one) => [one.id, one])), namespaces, kin: cache.kin.kin, table: holding, inside };
  const vz = isFolder(`${roots.proc}/vz`) ? [{ about: 'host', text: 'OpenVZ is here (/proc/vz): its containers are not read, they are not supported' }] : [];
  return { proof, host, of, groups, namespaces, cgroups, notes: [...people.notes, ...vz] };
}

const sameHolding = (a: readonly Holding[], b: readonly Holding[]): boolean => a.length === b.length && a.every((one, i) => one.root === b[i]?.root && one.point === b[i]?.point);

/** How many processes these are, threads that stand beside theirs left out. */
function countOf(members: readonly Proc[], source: string): KernelFacts['processCount'] {
  let count = 0;
  for (const one of members) if (one.threadOf === undefined) count += 1;
  return known(count, source);
}

/** Whether a group is in the host's own mount namespace, and sees what the host sees. */
function isWithHost(one: Found, people: People): boolean {
  return one.runtime !== 'chroot' && 'value' in one.main.namespaces.mnt && !apart(one.main, people.inodes).includes('mnt');
}

function groupOf(one: Found, people: People, procs: ReadonlyMap<number, Proc>, place: Place): Omit<Group, 'cgroup' | 'mounts' | 'rootReadOnly' | 'maskedPaths' | 'readonlyPaths' | 'devices'> {
  const id = groupId(one);
  const { processes, weakest } = classify(one.members, one.main, procs, valueOf(people.host.user));
  const net = valueOf(one.main.namespaces.net);
  const refs = people.groupRefs.get(id);
  if (refs === undefined) throw new Error(`no namespaces were told of ${id}`);
  return {
    kind: 'group', id, name: one.name, pid: one.main.pid, runtime: one.runtime, folded: one.folded, evidence: one.evidence,
    namespaces: refs,
    net: net === undefined ? `of:${id}` : net === valueOf(people.host.net) ? 'host' : `net:${net}`,
    process: weakest,
    processes,
    processCount: countOf(one.members, place.source),
    intruders: people.intruders.get(id) ?? [],
    endpoints: [],
    privilegedPrograms: unknown('not-asked', `${one.main.path}/root`),
  };
}

/** The earlier object where every member is the very same, or an equal count. */
function keepSame<T extends KernelFacts>(before: T | undefined, now: T): T {
  if (before === undefined) return now;
  for (const key in now) {
    const a = before[key];
    const b = now[key];
    if (a === b) continue;
    if (key === 'processCount' && before.processCount.source === now.processCount.source && valueOf(before.processCount) === valueOf(now.processCount)) continue;
    if (Array.isArray(a) && Array.isArray(b) && a.length === 0 && b.length === 0) continue;
    if (key === 'namespaces' && NS_KINDS.every((kind) => sameRef(before.namespaces[kind], now.namespaces[kind]))) continue;
    if ((key === 'devices' || key === 'privilegedPrograms' || key === 'mounts' || key === 'rootReadOnly') && JSON.stringify(a) === JSON.stringify(b)) continue;
    return now;
  }
  return before;
}

function sameRef(a: NamespaceRefs[NsKind], b: NamespaceRefs[NsKind]): boolean {
  return a.inode === b.inode && valueOf(a.owner) === valueOf(b.owner) && a.owner.source === b.owner.source && 'value' in a.owner === 'value' in b.owner;
}

function keep(cache: KernelCache, places: ReadonlyMap<string, Place>, nodes: readonly CgroupNode[]): void {
  const now = new Set(nodes.map((one) => one.id));
  cache.cgroups.drop(cache.nodes.filter((one) => !now.has(one.id)).map((one) => one.id));
  for (const path of cache.brief) if (!now.has(path)) cache.brief.delete(path);
  for (const id of cache.devices.keys()) if (!cache.last?.of.has(id) && !places.has(id)) cache.devices.delete(id);
  cache.places = places;
  cache.nodes = nodes;
}
