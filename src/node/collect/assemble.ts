import {
  FORMAT, isKnown, known, unknown, valueOf, type Container, type Host, type NetNamespace, type Note, type Reading, type Snapshot, type Workload,
} from '../../core/model/index.js';
import type { EngineContainer, EngineInfo, EngineNetwork } from './engine/types.js';
import type { KernelFacts, KernelRead, NetToRead, WireRead } from './parts.js';
import { engineEndpoints, engineSegments, unreadFacts, withDeclared, type Unread } from './unread.js';

const told = <T>(value: T | null, field: string): Reading<T> => (value === null ? unknown('absent', `engine: ${field}`) : known(value, `engine: ${field}`));

/** Podman before 4.5 does not tell by its options; rootful it keeps its data where the system's is, and a user cannot. */
function rootlessOf(info: EngineInfo, told_: Reading<boolean>): Reading<boolean> {
  if (info.name !== 'Podman' || valueOf(told_) !== false) return told_;
  const source = 'engine: DockerRootDir';
  return info.dataRoot?.startsWith('/var/lib/') === true ? known(false, source) : unknown('absent', source);
}

function hostOf(info: EngineInfo, kernel: KernelRead | null): Host {
  const options = info.securityOptions;
  const option = (name: string): Reading<boolean> =>
    options === null ? unknown('absent', 'engine: SecurityOptions') : known(options.some((o) => o === `name=${name}` || o.startsWith(`name=${name},`)), 'engine: SecurityOptions');
  const lsms = (options ?? []).flatMap((o) => /^name=(apparmor|selinux)/.exec(o)?.[1] ?? []);
  const engine: Host['engine'] = {
    name: info.name,
    version: info.version,
    apiVersion: info.apiVersion,
    endpoint: info.endpoint,
    rootless: rootlessOf(info, option('rootless')),
    usernsRemap: option('userns'),
    dataRoot: told(info.dataRoot, 'DockerRootDir'),
    cgroupDriver: told(info.cgroupDriver, 'CgroupDriver'),
  };
  const os = told(info.os, 'OperatingSystem');
  const word: Host = {
    hostname: told(info.hostname, 'Name'),
    os,
    kernel: told(info.kernel, 'KernelVersion'),
    cpus: told(info.cpus, 'NCPU'),
    memory: told(info.memory, 'MemTotal'),
    cgroupVersion: told(info.cgroupVersion === null ? null : info.cgroupVersion === '2' ? 'v2' : 'v1', 'CgroupVersion'),
    lsms: options === null ? unknown('absent', 'engine: SecurityOptions') : known(lsms, 'engine: SecurityOptions'),
    engine,
    proof: kernel?.proof ?? { kind: 'unproved', why: 'no kernel was read' },
    namespaces: {},
    readAs: 'nobody',
    bootId: unknown('unsupported', '/proc/sys/kernel/random/boot_id'),
  };
  if (kernel === null || kernel.proof.kind === 'foreign') return word;
  const better = <T>(own: Reading<T>, engines: Reading<T>): Reading<T> => (isKnown(own) ? own : engines);
  return {
    ...word,
    ...kernel.host,
    hostname: better(kernel.host.hostname, word.hostname),
    kernel: better(kernel.host.kernel, word.kernel),
    cpus: better(kernel.host.cpus, word.cpus),
    memory: better(kernel.host.memory, word.memory),
    cgroupVersion: better(kernel.host.cgroupVersion, word.cgroupVersion),
    lsms: better(kernel.host.lsms, word.lsms),
  };
}

/** Key of the net namespace that a container is in: the kernel's inode, else the engine's word on who shares it. */
export function netKeyOf(container: EngineContainer, facts: KernelFacts, byName: ReadonlyMap<string, string>): string | null {
  if (container.pid === null) return null;
  const { inode, owner } = facts.namespaces.net;
  if (valueOf(owner) === 'host') return 'host';
  if (isKnown(inode)) return `net:${inode.value}`;
  const mode = container.declared.networkMode;
  if (mode === 'host') return 'host';
  const donor = /^container:(.+)$/.exec(mode)?.[1];
  return `of:${donor === undefined ? container.id : (byName.get(donor) ?? donor)}`;
}

const FOREIGN = 'the kernel of the engine is not this one';

/** Ids of containers by all that a declaration may call them. */
export function idsByName(containers: Iterable<EngineContainer>): ReadonlyMap<string, string> {
  return new Map([...containers].flatMap((c) => [[c.name, c.id], [c.id, c.id], [c.id.slice(0, 12), c.id]] as const));
}

/** A container of the engine's word and the kernel's. */
export function containerOf(word: EngineContainer, facts: KernelFacts, net: string | null, endpoints: Container['endpoints']): Container {
  const { id, name, image, imageId, state, pid, health, project, service, createdAt, startedAt, labels, declared } = word;
  return {
    kind: 'container',
    id, name, image, imageId, state, pid, health, project, service, createdAt, startedAt, labels, declared,
    ...facts,
    cgroup: withDeclared(facts.cgroup, declared),
    net,
    endpoints,
    privilegedPrograms: unknown('not-asked', `engine: GET /containers/${id.slice(0, 12)}/export`),
  };
}

/** What one look at everything has gathered; `kernel` and `wire` are null where they were not read. */
export interface Gathered {
  readonly takenAt: string;
  readonly info: EngineInfo;
  readonly containers: readonly EngineContainer[];
  readonly networks: readonly EngineNetwork[];
  readonly kernel: KernelRead | null;
  readonly notes: readonly Note[];
}

/** What was joined before, by id: where nothing that it was made of is another, the very same container comes again. */
export type Joined = Map<string, { readonly of: readonly unknown[]; readonly container: Container }>;

/** Containers before the wire is known: their endpoints are the engine's word. */
export function joinContainers(gathered: Gathered, memory: Joined = new Map()): readonly Container[] {
  const { containers, kernel, networks } = gathered;
  const foreign = kernel === null || kernel.proof.kind !== 'proved';
  const byName = idsByName(containers);
  const segments = new Set(engineSegments(networks).map((s) => s.id));
  const there = new Set(containers.map((c) => c.id));
  for (const id of memory.keys()) if (!there.has(id)) memory.delete(id);
  return containers.map((word): Container => {
    const read = kernel?.of.get(word.id);
    const of = read === undefined ? [] : [word, read, networks, foreign, netKeyOf(word, read, byName)];
    const last = memory.get(word.id);
    if (last !== undefined && of.length > 0 && of.every((part, i) => part === last.of[i])) return last.container;
    // Its process went while the kernel was read, though the engine was asked twice (a crash loop): the reader left a
    // note, and what is known of it is the engine's word alone, not half of a process.
    const gone = !foreign && word.pid !== null && (read === undefined || read.process === null);
    const c = gone ? { ...word, pid: null } : word;
    const facts = (gone ? undefined : read) ?? unreadFacts(c.pid === null ? 'absent' : 'unsupported', gone ? 'its process ended while it was read' : c.pid === null ? 'no process runs in it' : FOREIGN);
    const container = containerOf(c, facts, netKeyOf(c, facts, byName), engineEndpoints(c, segments));
    memory.set(word.id, { of, container });
    return container;
  });
}

/** A process in the net namespace where the engine makes its bridges; null where that is this process's own, as it is but for a rootless engine. */
function bridgesAt(host: Pick<Host, 'namespaces'> | null): number | null {
  const net = host?.namespaces.net;
  const pid = net !== undefined && isKnown(net) ? /\/(\d+)\/ns\/net$/.exec(net.source)?.[1] : undefined;
  return pid === undefined ? null : Number(pid);
}

/** The net namespaces of all workloads and of the host, each with one process that is in it. */
export function netsToRead(all: readonly Workload[], host: Pick<Host, 'namespaces'> | null = null): readonly NetToRead[] {
  const nets = new Map<string, { pid: number | null; of: string[] }>([['host', { pid: bridgesAt(host), of: ['host'] }]]);
  for (const w of all) {
    if (w.net === null) continue;
    const net = nets.get(w.net) ?? { pid: w.pid, of: [] };
    nets.set(w.net, net);
    net.of.push(w.id);
  }
  return [...nets].map(([key, net]) => ({ key, ...net }));
}

/** A net namespace of which nothing was read, and why. */
export function unreadNet(net: Pick<NetToRead, 'key' | 'of'>, none: Unread = unknown('unsupported', FOREIGN)): NetNamespace {
  return {
    key: net.key, of: net.of, inode: none, ownerUserNs: none, neighbours: none, neighbours6: none, routes: none,
    sysctls: none, nft: none, ebtables: none, arptables: none, tc: none, fdb: none, sockets: none,
  };
}

/** One snapshot of what was gathered. */
export function assemble(gathered: Gathered, containers: readonly Container[], wire: WireRead | null): Snapshot {
  const { info, kernel } = gathered;
  const here = kernel !== null && kernel.proof.kind !== 'foreign' ? kernel : null;
  const groups = here?.groups ?? [];
  const plugged = <T extends Workload>(w: T): T => (wire === null ? w : { ...w, endpoints: wire.endpoints.get(w.id) ?? w.endpoints });
  return {
    format: FORMAT,
    takenAt: gathered.takenAt,
    origin: 'live',
    redacted: false,
    host: hostOf(info, kernel),
    containers: containers.map(plugged),
    groups: groups.map(plugged),
    namespaces: here?.namespaces ?? [],
    cgroups: here?.cgroups ?? [],
    segments: wire?.segments ?? engineSegments(gathered.networks),
    interfaces: wire?.interfaces ?? [],
    nets: wire?.nets ?? netsToRead(containers).map((net) => unreadNet(net)),
    connections: unknown('not-asked', '/proc/<pid>/net/tcp'),
    notes: [...gathered.notes, ...(here?.notes ?? []), ...(wire?.notes ?? [])],
  };
}
