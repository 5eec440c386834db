import { known, NS_KINDS, unknown, type CgroupNode, type Connection, type NamespaceMember, type NamespaceNode, type NamespaceRefs, type NsKind, type Reading, type Segment, type Snapshot, type Workload } from '../../src/core/model/index.js';
import { HOST_NS, MIB, aContainer, aSegment, aSnapshot, idOf } from './small.js';
import type { HostSpec, NetworkSpec, WorkloadSpec } from './spec.js';
import { cgroupsOf, scopePath } from './world-cgroups.js';
import { netsOf, interfacesOf, endpointsOf } from './world-net.js';
import { declaredOf, mountsOf, processesOf } from './world-process.js';

const FIRST_INODE = 4026532200;

/** Where a workload's namespaces are: by name of the workload that made them, or `host`. */
export interface Placed {
  readonly spec: WorkloadSpec;
  readonly id: string;
  readonly pid: number | null;
  readonly inodes: Readonly<Record<NsKind, number>>;
  readonly net: string | null;
}

export function segmentOf(network: NetworkSpec): Segment {
  return aSegment({
    name: network.name,
    driver: network.driver ?? 'bridge',
    internal: network.internal ?? false,
    device: known(network.device, 'engine: network inspect'),
    subnets: [`${network.prefix}.0/${network.bits ?? 24}`],
    gateways: network.internal ? [] : [`${network.prefix}.1`],
    icc: known(network.icc ?? true, 'engine: Options com.docker.network.bridge.enable_icc'),
    project: network.project ?? null,
  });
}

function place(spec: HostSpec): Map<string, Placed> {
  const placed = new Map<string, Placed>();
  let next = FIRST_INODE;
  let pid = 40_000;
  const own = new Map<string, Record<NsKind, number>>();
  for (const w of spec.workloads) {
    const base = w.name === 'web' && spec.hostname === 'thinkpad' ? 4026532606 : (next += 8);
    own.set(w.name, { mnt: base, uts: base + 1, ipc: base + 2, pid: base + 3, cgroup: base + 4, net: base + 5, user: base + 6, time: HOST_NS.time });
  }
  for (const w of spec.workloads) {
    const inodes = { ...own.get(w.name)! };
    if (!w.ownUserNs) inodes.user = HOST_NS.user;
    for (const kind of NS_KINDS) {
      const at = w.join?.[kind];
      if (at === 'host') inodes[kind] = HOST_NS[kind];
      else if (at !== undefined) inodes[kind] = own.get(at)![kind];
    }
    const running = w.state !== 'exited';
    pid += 131;
    placed.set(w.name, {
      spec: w,
      id: idOf(w.name),
      pid: running ? (w.pid ?? pid) : null,
      inodes,
      net: !running ? null : inodes.net === HOST_NS.net ? 'host' : `net:${inodes.net}`,
    });
  }
  return placed;
}

function refsOf(p: Placed, all: ReadonlyMap<string, Placed>): NamespaceRefs {
  const ref = (kind: NsKind) => {
    const source = `/proc/${p.pid}/ns/${kind}`;
    if (p.pid === null) return { inode: unknown('absent', source), owner: unknown('absent', source) };
    const donor = p.spec.join?.[kind];
    const owner = p.inodes[kind] === HOST_NS[kind] ? 'host' : donor === undefined ? 'own' : `container:${all.get(donor)!.id}`;
    return { inode: known(p.inodes[kind], source), owner: known(owner, source) };
  };
  return Object.fromEntries(NS_KINDS.map((k) => [k, ref(k)])) as unknown as NamespaceRefs;
}

function workloadOf(p: Placed, host: HostSpec, all: ReadonlyMap<string, Placed>, tree: ReadonlyMap<string, CgroupNode>): Workload {
  const { spec, id, pid } = p;
  const processes = processesOf(p);
  const shared = {
    id,
    name: spec.name,
    pid,
    namespaces: refsOf(p, all),
    net: p.net,
    process: processes.at(-1) ?? null,
    processes,
    processCount: known(processes.length === 0 ? 0 : (spec.tasks ?? 4), `/sys/fs/cgroup${scopePath(p)}/cgroup.procs`),
    intruders: spec.entered
      ? [{
          pid: spec.entered.pid, comm: spec.entered.comm, entered: spec.entered.kinds, uid: known(0, `/proc/${spec.entered.pid}/status`),
          cgroup: known('/user.slice/user-1000.slice/session-3.scope', `/proc/${spec.entered.pid}/cgroup`),
          effective: known([], `/proc/${spec.entered.pid}/status`),
        }]
      : [],
    cgroup: tree.get(scopePath(p))!.facts,
    endpoints: endpointsOf(p, host, all),
    mounts: mountsOf(p),
    rootReadOnly: known(spec.rootReadOnly ?? false, `/proc/${pid}/mountinfo`),
    devices: (spec.devices === 'denied' ? unknown('denied', `/proc/${pid}/root/dev`) : known(spec.devices ?? [], `/proc/${pid}/root/dev`)) as Reading<readonly string[]>,
    privilegedPrograms: known(spec.setuid ? [{ path: '/bin/su', setuid: true, capabilities: [] }] : [], 'image'),
  };
  const base = aContainer({ name: spec.name });
  if (spec.runtime) {
    const { maskedPaths, readonlyPaths } = base;
    return { kind: 'group', ...shared, maskedPaths, readonlyPaths, runtime: spec.runtime, folded: false, evidence: `cgroup ${scopePath(p)}` };
  }
  const image = spec.image ?? `${spec.name}:1`;
  return {
    ...base,
    ...shared,
    image,
    imageId: `sha256:${idOf(image)}`,
    state: spec.state ?? 'running',
    project: spec.project ?? null,
    service: spec.service ?? (spec.project ? spec.name : null),
    startedAt: spec.startedAt ?? base.startedAt,
    labels: spec.project ? { 'com.docker.compose.project': spec.project, 'com.docker.compose.service': spec.service ?? spec.name } : {},
    declared: declaredOf(spec, base.declared),
  };
}

function namespacesOf(host: HostSpec, placed: readonly Placed[]): NamespaceNode[] {
  const nodes = new Map<string, { type: NsKind; inode: number; members: NamespaceMember[]; donor: Placed | null }>();
  const join = (type: NsKind, inode: number, member: NamespaceMember, donor: Placed | null) => {
    const key = `${type}:${inode}`;
    const node = nodes.get(key) ?? { type, inode, members: [], donor };
    node.members.push(member);
    nodes.set(key, node);
  };
  for (const kind of NS_KINDS) join(kind, HOST_NS[kind], { kind: 'host', id: 'host', name: host.hostname, pid: 1 }, null);
  for (const p of placed) {
    if (p.pid === null) continue;
    for (const kind of NS_KINDS) join(kind, p.inodes[kind], { kind: p.spec.runtime ? 'group' : 'container', id: p.id, name: p.spec.name, pid: p.pid }, p);
    const e = p.spec.entered;
    if (!e) continue;
    for (const kind of NS_KINDS) join(kind, e.kinds.includes(kind) ? p.inodes[kind] : HOST_NS[kind], { kind: 'process', id: `process:${e.pid}`, name: e.comm, pid: e.pid }, p);
  }
  return [...nodes.values()].map((n) => ({
    type: n.type,
    inode: n.inode,
    owner: n.donor === null ? 'host' : n.members.length > 1 ? 'shared' : 'own',
    ownerUserNs: known(n.donor?.spec.ownUserNs && n.donor.inodes[n.type] !== HOST_NS[n.type] ? n.donor.inodes.user : HOST_NS.user, 'ioctl NS_GET_USERNS'),
    parent: n.type === 'pid' || n.type === 'user' ? known(n.donor === null ? 0 : HOST_NS[n.type], 'ioctl NS_GET_PARENT') : unknown('unsupported', 'ioctl NS_GET_PARENT'),
    members: n.members,
    processCount: n.donor === null ? 312 : n.members.length * 4,
    heldBy: n.type === 'net' && n.donor !== null ? [`/run/docker/netns/${n.inode.toString(16)}`] : [],
  }));
}

/** A whole snapshot from a description of a host. Pure: the same description gives the same bytes. */
export function world(host: HostSpec): Snapshot {
  const all = place(host);
  const placed = [...all.values()];
  const cgroups = cgroupsOf(host, placed);
  const tree = new Map(cgroups.map((c) => [c.id, c]));
  const list = placed.map((p) => workloadOf(p, host, all, tree));
  const interfaces = interfacesOf(host, placed);
  const base = aSnapshot();
  const connections: Connection[] = host.talks.map((t) => {
    const ip = (name: string) => {
      const network = host.networks.find((n) => n.name === t.network)!;
      return `${network.prefix}.${all.get(name)!.spec.on![t.network]!.at}`;
    };
    return { protocol: 'tcp', from: idOf(t.from), fromIp: ip(t.from), to: idOf(t.to), toIp: ip(t.to), port: t.port, count: t.count };
  });
  return {
    ...base,
    host: {
      ...base.host,
      hostname: known(host.hostname, '/proc/sys/kernel/hostname'),
      memory: known(host.memory * MIB, '/proc/meminfo'),
      cpus: known(host.cpus, '/proc/cpuinfo'),
      readAs: host.filters === 'denied' ? 'user' : 'root',
    },
    containers: list.flatMap((w) => (w.kind === 'container' ? [w] : [])),
    groups: list.flatMap((w) => (w.kind === 'group' ? [w] : [])),
    namespaces: namespacesOf(host, placed),
    cgroups,
    segments: host.networks.map(segmentOf),
    interfaces,
    nets: netsOf(host, placed, interfaces),
    connections: host.talks.length > 0 ? known(connections, '/proc/<pid>/net/tcp') : unknown('not-asked', '/proc/<pid>/net/tcp'),
  };
}
