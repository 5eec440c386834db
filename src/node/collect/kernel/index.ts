import {
  NS_KINDS, known, unknown, valueOf, type CgroupFacts, type CgroupNode, type Group, type Intruder, type KernelProof, type NamespaceMember, type NamespaceRefs, type Note, type NsKind,
} from '../../../core/model/index.js';
import { pathOfId } from '../../../core/parse/cgroup.js';
import { parseNsLink } from '../../../core/parse/proc.js';
import { CgroupReader, moved, type Place } from './cgroups.js';
import { isFolder, readLink } from './files.js';
import { apart, findGroups, groupNamespaces, hostInodes, spaceKey, type Found, type HostInodes } from './groups.js';
import { findHierarchies, type Hierarchies } from './hierarchies.js';
import { hostNamespaces, prove, readHost, unknownHost, type ProofCache } from './host.js';
import { learnKin, newKinCache, type KinCache } from './kin.js';
import { hostMounts, readDevices, readMounts, type MountCache } from './mounts.js';
import { containerNamespaces, declaredNamespaces, type Running } from './owners.js';
import { newProcessCache, readProcesses, type Depth, type ProcessCache } from './processes.js';
import { asIntruder, classify } from './rights.js';
import { namespaceNodes } from './spaces.js';
import { cgroupNodes, cgroupPaths, countProcesses } from './tree.js';
import { absentFacts } from './nothing.js';
import type { KernelFacts, KernelPass, KnownContainer, Proc, Roots } from './types.js';

export type { KernelFacts, KernelHost, KernelPass, KnownContainer, Roots } from './types.js';

/** What is kept from pass to pass; one for each engine. */
export interface KernelCache {
  readonly processes: ProcessCache;
  readonly proof: ProofCache;
  readonly mounts: MountCache;
  readonly kin: KinCache;
  hierarchies: Hierarchies | undefined;
  /** The places of workloads, for polling what moves. */
  places: ReadonlyMap<string, Place>;
  nodes: readonly CgroupNode[];
}

export function newKernelCache(): KernelCache {
  return {
    processes: newProcessCache(), proof: { proved: undefined }, mounts: new Map(), kin: newKinCache(), hierarchies: undefined, places: new Map(), nodes: [],
  };
}

export interface KernelInput {
  readonly roots: Roots;
  readonly containers: readonly KnownContainer[];
  readonly cache: KernelCache;
  /** How much of what is known already is read again; new processes always are read in full. Default `full`. */
  readonly depth?: Depth;
  /** Whether the engine is reached by a socket of this machine. Where no container can prove the kernel, it is read nevertheless. */
  readonly local?: boolean;
}

/** Asks lsns(8) for owners and parents and looks for open files on namespaces, for the next passes. Some 70 ms, not on this thread. */
export function learn(cache: KernelCache, roots: Roots): Promise<void> {
  return learnKin(cache.kin, roots);
}

/** One pass over /proc and /sys. Never throws for what a host holds: what cannot be read is unknown, with the path. */
export function readKernel(input: KernelInput): KernelPass {
  const { roots, containers, cache } = input;
  const procs = isFolder(roots.proc) ? readProcesses(roots.proc, cache.processes, input.depth) : new Map<number, Proc>();
  const proof = procs.size === 0 ? noKernel(roots) : prove(containers, procs, cache.proof);
  if (proof.kind === 'foreign' || (proof.kind === 'unproved' && (input.local === false || procs.size === 0))) return stranger(proof, containers);
  return pass(input, procs, proof);
}

function noKernel(roots: Roots): KernelProof {
  return { kind: 'foreign', why: `${roots.proc} holds no processes: this is no Linux machine` };
}

/** Nothing of this kernel is the engine's. */
function stranger(proof: KernelProof, containers: readonly KnownContainer[]): KernelPass {
  const source = proof.kind === 'proved' ? '' : proof.why;
  const of = new Map(
    containers.map((one) => [one.id, absentFacts('unsupported', one.pid === null ? '/proc' : `/proc/${one.pid}`, one.declared, declaredNamespaces(one, containers, 'unsupported', `/proc/${one.pid ?? ''}`))]),
  );
  return { proof, host: unknownHost(source), of, groups: [], namespaces: [], cgroups: [], notes: [] };
}

function readAs(): 'root' | 'user' {
  return process.geteuid?.() === 0 ? 'root' : 'user';
}

function pass(input: KernelInput, procs: ReadonlyMap<number, Proc>, proof: KernelProof): KernelPass {
  const { roots, containers, cache } = input;
  const notes: Note[] = [];
  const hierarchies = findHierarchies(roots);
  cache.hierarchies = hierarchies;
  const reader = new CgroupReader(hierarchies);
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
  const table = hostMounts(roots.proc);

  const refs = new Map(running.map((one) => [one.container.id, containerNamespaces(one, running, containers, host)]));
  const owners = new Map<string, string>();
  const taken = new Set<string>();
  for (const one of running) {
    for (const kind of apart(one.main, inodes)) {
      const key = spaceKey(kind, valueOf(one.main.namespaces[kind]) ?? 0);
      taken.add(key);
      if (valueOf(refs.get(one.container.id)?.[kind].owner ?? unknown('absent', '')) === 'own') owners.set(key, `container:${one.container.id}`);
    }
  }
  const inContainer = new Map<number, string>();
  for (const [id, members] of membersOf) for (const proc of members) inContainer.set(proc.pid, id);
  const rest = [...procs.values()].filter((proc) => !proc.status.kernelThread && !inContainer.has(proc.pid));
  const found = findGroups(rest, procs, inodes, taken);
  const groupRefs = new Map(found.map((one) => [groupId(one), groupNamespaces(one, inodes, host, owners, found)]));
  for (const one of found) {
    for (const kind of NS_KINDS) {
      if (valueOf(groupRefs.get(groupId(one))?.[kind].owner ?? unknown('absent', '')) !== 'own') continue;
      owners.set(spaceKey(kind, valueOf(one.main.namespaces[kind]) ?? 0), `group:${groupId(one)}`);
    }
  }
  const workloadOf = new Map<number, string>(inContainer);
  for (const one of found) for (const proc of one.members) workloadOf.set(proc.pid, groupId(one));
  const intruders = findIntruders(procs, inodes, owners, workloadOf, running, found);

  const places = new Map<string, Place>();
  const atPath = new Map<string, { readonly of: string; readonly facts: CgroupFacts }>();
  const of = new Map<string, KernelFacts>();
  const isRunning = new Map(running.map((one) => [one.container.id, one]));
  const hostUser = valueOf(host.user);
  for (const container of containers) {
    const one = isRunning.get(container.id);
    if (one === undefined) {
      const source = `/proc/${container.pid ?? ''}`;
      of.set(container.id, absentFacts('absent', source, container.declared, declaredNamespaces({ ...container, pid: null }, containers, 'absent', source)));
      continue;
    }
    const place = placeOf(one.main, container.id);
    places.set(container.id, place);
    const facts = reader.facts(place, container.declared);
    if (place.path !== '/') atPath.set(place.path, { of: container.id, facts });
    const members = membersOf.get(container.id) ?? [one.main];
    const { processes, weakest } = classify(members, one.main, procs, hostUser);
    of.set(container.id, {
      namespaces: refs.get(container.id) ?? declaredNamespaces(container, containers, 'absent', one.main.path),
      process: weakest,
      processes,
      processCount: known(members.length, place.source),
      intruders: intruders.get(container.id) ?? [],
      cgroup: facts,
      ...readMounts(one.main, container.declared, table, cache.mounts),
      devices: readDevices(one.main),
    });
  }
  const groups = found.map((one): Group => {
    const id = groupId(one);
    const place = placeOf(one.main, one.byCgroup ? one.key : '');
    const cgroup = reader.facts(place, undefined);
    if (one.byCgroup && place.path !== '/') {
      places.set(id, place);
      atPath.set(place.path, { of: id, facts: cgroup });
    }
    const { processes, weakest } = classify(one.members, one.main, procs, hostUser);
    const net = valueOf(one.main.namespaces.net);
    return {
      kind: 'group', id, name: one.name, pid: one.main.pid, runtime: one.runtime, folded: one.folded, evidence: one.evidence,
      namespaces: groupRefs.get(id) ?? namespacesOf(one.main),
      net: net === undefined ? `of:${id}` : net === valueOf(host.net) ? 'host' : `net:${net}`,
      process: weakest, processes, processCount: known(one.members.length, `${one.main.path}/cgroup`),
      intruders: intruders.get(id) ?? [], cgroup, endpoints: [],
      ...readMounts(one.main, undefined, table, cache.mounts),
      devices: one.folded ? unknown('not-asked', `${one.main.path}/root/dev`) : readDevices(one.main),
      privilegedPrograms: unknown('not-asked', `${one.main.path}/root`),
    };
  });
  forgetMounts(cache.mounts, procs);
  const cgroupSource = `${roots.proc}/self/mountinfo`;
  const cgroups = cgroupNodes(cgroupPaths(hierarchies, procs.values()), countProcesses(procs.values()), cgroupSource, reader, atPath);
  cache.places = places;
  cache.nodes = cgroups;
  if (isFolder(`${roots.proc}/vz`)) notes.push({ about: 'host', text: 'OpenVZ is here (/proc/vz): its containers are not read, they are not supported' });

  const names = new Map<string, NamespaceMember>();
  for (const one of containers) names.set(one.id, { kind: 'container', id: one.id, name: one.name, pid: one.pid });
  for (const one of groups) names.set(one.id, { kind: 'group', id: one.id, name: one.name, pid: one.pid });
  const kernelHost = readHost(roots, host, hierarchies.version, readAs());
  const hostname = valueOf(kernelHost.hostname) ?? 'host';
  const memberOf = (proc: Proc): NamespaceMember => {
    const workload = workloadOf.get(proc.pid);
    const named = workload === undefined ? undefined : names.get(workload);
    if (named !== undefined) return named;
    if (apart(proc, inodes).length > 0) return { kind: 'process', id: `pid:${proc.pid}`, name: proc.status.comm, pid: proc.pid };
    return { kind: 'host', id: 'host', name: hostname, pid: proc.pid };
  };
  const namespaces = namespaceNodes(procs.values(), memberOf, owners, host, table, cache.kin);
  return { proof, host: kernelHost, of, groups, namespaces, cgroups, notes };
}

const groupId = (one: Found): string => `group:${one.runtime}:${one.key}`;

function namespacesOf(main: Proc): NamespaceRefs {
  return Object.fromEntries(NS_KINDS.map((kind) => [kind, { inode: main.namespaces[kind], owner: unknown('absent', main.path) }])) as NamespaceRefs;
}

const ID = /[0-9a-f]{64}/g;

/** The processes of each container, by the id in the path of their cgroup. */
function byContainer(procs: ReadonlyMap<number, Proc>, containers: readonly KnownContainer[]): ReadonlyMap<string, Proc[]> {
  const members = new Map<string, Proc[]>(containers.map((one) => [one.id, []]));
  for (const proc of procs.values()) {
    if (proc.cgroup === '/') continue;
    for (const [id] of proc.cgroup.matchAll(ID)) {
      // An engine within a container nests its own below: the outermost that is known is the one.
      const list = members.get(id);
      if (list === undefined) continue;
      if (!proc.cgroup.includes('conmon-')) list.push(proc);
      break;
    }
  }
  return members;
}

/** A container's cgroup in each hierarchy, from its first process, cut at the component that carries its id. */
function placeOf(main: Proc, id: string): Place {
  const cut = (path: string) => pathOfId(path, id) ?? path;
  const path = cut(main.cgroup);
  let elsewhere: Map<string, string> | undefined;
  for (const [controller, one] of main.cgroups) {
    const here = cut(one);
    if (here !== path) (elsewhere ??= new Map()).set(controller, here);
  }
  return { path, source: `${main.path}/cgroup`, elsewhere };
}

/** Processes that are in a namespace which is a workload's own, without being of it, nor of one that shares it by right. */
function findIntruders(
  procs: ReadonlyMap<number, Proc>,
  inodes: HostInodes,
  owners: ReadonlyMap<string, string>,
  workloadOf: ReadonlyMap<number, string>,
  running: readonly Running[],
  found: readonly Found[],
): ReadonlyMap<string, readonly Intruder[]> {
  const mains = new Map<string, Proc>(running.map((one) => [one.container.id, one.main]));
  for (const one of found) mains.set(groupId(one), one.main);
  const loose = new Set(found.filter((one) => !one.byCgroup).map(groupId));
  const intruders = new Map<string, Intruder[]>();
  for (const proc of procs.values()) {
    if (proc.status.kernelThread) continue;
    const mine = workloadOf.get(proc.pid);
    const main = mine === undefined ? undefined : mains.get(mine);
    const entered = new Map<string, NsKind[]>();
    for (const kind of apart(proc, inodes)) {
      const inode = valueOf(proc.namespaces[kind]);
      const owner = owners.get(spaceKey(kind, inode ?? 0));
      const workload = owner?.slice(owner.indexOf(':') + 1);
      if (workload === undefined || workload === mine || loose.has(workload)) continue;
      // Its workload as a whole shares this namespace: declared, not entered.
      if (main !== undefined && main !== proc && valueOf(main.namespaces[kind]) === inode) continue;
      if (main === proc) continue;
      entered.set(workload, [...(entered.get(workload) ?? []), kind]);
    }
    for (const [workload, kinds] of entered) intruders.set(workload, [...(intruders.get(workload) ?? []), asIntruder(proc, kinds)]);
  }
  return intruders;
}

function forgetMounts(mounts: MountCache, procs: ReadonlyMap<number, Proc>): void {
  for (const [pid, kept] of mounts) if (procs.get(pid)?.inode !== kept.inode) mounts.delete(pid);
}

export interface MovingPass {
  /** By workload's id, containers and groups with a cgroup of their own. */
  readonly of: ReadonlyMap<string, CgroupFacts>;
  /** The whole tree, with workloads' nodes and their ancestors read anew. */
  readonly cgroups: readonly CgroupNode[];
}

/** Usage, throttling, OOM kills and pressure of the workloads' cgroups and of those above them, as the last full pass found them. */
export function readMoving(cache: KernelCache): MovingPass {
  const of = new Map<string, CgroupFacts>();
  if (cache.hierarchies === undefined) return { of, cgroups: cache.nodes };
  const reader = new CgroupReader(cache.hierarchies);
  const above = new Set<string>(['/']);
  for (const place of cache.places.values()) {
    for (let at = place.path.lastIndexOf('/'); at > 0; at = place.path.lastIndexOf('/', at - 1)) above.add(place.path.slice(0, at));
  }
  cache.nodes = cache.nodes.map((node) => {
    const place = node.of === null ? undefined : cache.places.get(node.of);
    if (place === undefined && !above.has(node.id)) return node;
    const facts = moved(node.facts, reader.moving(place ?? { path: node.id, source: '', elsewhere: undefined }));
    if (node.of !== null) of.set(node.of, facts);
    return { ...node, facts };
  });
  return { of, cgroups: cache.nodes };
}
