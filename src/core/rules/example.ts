import type { Container, Declared } from '../model/workload.js';
import type { CgroupFacts } from '../model/cgroup.js';
import type { ProcessFacts, NsInodes } from '../model/process.js';
import type { Endpoint, NetInterface, Segment } from '../model/network.js';
import { NS_KINDS, type NamespaceRefs, type NsKind } from '../model/namespaces.js';
import { known, unknown } from '../model/reading.js';
import { FORMAT, type Host, type Snapshot } from '../model/snapshot.js';
import type { Judgement } from '../reach/types.js';
import type { Facts } from './rule.js';

/**
 * A small host with quiet containers: the ground on which rules show their good and bad examples.
 * Every container is hardened unless an example says otherwise.
 */
export const PLAIN_PID = 4200;
const at = (file: string, pid = PLAIN_PID): string => `/proc/${pid}/${file}`;

export const plainDeclared: Declared = {
  privileged: false, capAdd: [], capDrop: ['ALL'], securityOpt: ['no-new-privileges'], appArmorProfile: 'docker-default',
  seccomp: { kind: 'default', defaultAction: 'SCMP_ACT_ERRNO', rules: [] }, noNewPrivs: true, readonlyRootfs: true, user: '1000',
  networkMode: 'shop', pidMode: '', ipcMode: 'private', utsMode: '', usernsMode: '', cgroupnsMode: 'private', cgroupParent: '',
  memory: 268_435_456, memorySwap: 'max', memoryReservation: 'max', cpus: 1, cpuShares: 0, cpuset: '', pidsLimit: 100,
  devices: [], mounts: [], sysctls: {}, ports: [], restartPolicy: 'no', command: 'web',
};

const HOST_NS: Readonly<Record<NsKind, number>> = { net: 4026531840, mnt: 4026531841, pid: 4026531836, ipc: 4026531839, uts: 4026531838, user: 4026531837, cgroup: 4026531835, time: 4026531834 };
const SHARED_BY_ALL: readonly NsKind[] = ['user', 'time'];

/** Inodes of a container's namespaces; the n-th container's are its own. */
export function plainInodes(n = 1, pid = PLAIN_PID): NsInodes {
  const entry = (kind: NsKind) => known(SHARED_BY_ALL.includes(kind) ? HOST_NS[kind] : HOST_NS[kind] + 1000 * n, at(`ns/${kind}`, pid));
  return { net: entry('net'), mnt: entry('mnt'), pid: entry('pid'), ipc: entry('ipc'), uts: entry('uts'), user: entry('user'), cgroup: entry('cgroup'), time: entry('time') };
}

export function plainNamespaces(n = 1): NamespaceRefs {
  const inodes = plainInodes(n);
  const refs = NS_KINDS.map((kind) => [kind, { inode: inodes[kind], owner: known(SHARED_BY_ALL.includes(kind) ? 'host' : 'own', at(`ns/${kind}`)) }] as const);
  return Object.fromEntries(refs) as NamespaceRefs;
}

export function plainProcess(edit: Partial<ProcessFacts> = {}): ProcessFacts {
  const pid = edit.pid ?? PLAIN_PID;
  const none = known<readonly string[]>([], at('status', pid));
  return {
    pid, count: 1, comm: 'web', role: 'main', uid: known(1000, at('status', pid)),
    uidMap: known([{ inside: 0, outside: 0, length: 4_294_967_295 }], at('uid_map', pid)),
    capabilities: { effective: none, permitted: none, bounding: none, ambient: none, inheritable: none },
    noNewPrivs: known(true, at('status', pid)), seccomp: known('filter', at('status', pid)), seccompFilters: known(1, at('status', pid)),
    lsm: known('docker-default (enforce)', at('attr/current', pid)), root: known('/', at('root', pid)), namespaces: plainInodes(1, pid),
    ...edit,
  };
}

/** The same capabilities in every set but the ambient one, as a root process of a container holds them. */
export function withCapabilities(names: readonly string[], pid = PLAIN_PID): ProcessFacts['capabilities'] {
  const held = known(names, at('status', pid));
  const none = known<readonly string[]>([], at('status', pid));
  return { effective: held, permitted: held, bounding: held, ambient: none, inheritable: none };
}

const CG = '/sys/fs/cgroup/system.slice/docker-web.scope';
const path = '/system.slice/docker-web.scope';

export const plainCgroup: CgroupFacts = {
  path: known(path, at('cgroup')),
  memory: {
    limit: known(268_435_456, `${CG}/memory.max`), declared: known(268_435_456, 'engine: HostConfig.Memory'), effectiveLimit: known(268_435_456, `${CG}/memory.max`),
    imposedBy: known(path, `${CG}/memory.max`), usage: known(50_000_000, `${CG}/memory.current`), high: known('max', `${CG}/memory.high`), low: known(0, `${CG}/memory.low`),
    swapLimit: known('max', `${CG}/memory.swap.max`), oomKills: known(0, `${CG}/memory.events`), pressure: unknown('absent', `${CG}/memory.pressure`),
  },
  cpu: {
    limit: known(1, `${CG}/cpu.max`), declared: known(1, 'engine: HostConfig.NanoCpus'), effectiveLimit: known(1, `${CG}/cpu.max`), imposedBy: known(path, `${CG}/cpu.max`),
    usageMs: known(1200, `${CG}/cpu.stat`), weight: known(100, `${CG}/cpu.weight`), cpuset: known('0-3', `${CG}/cpuset.cpus.effective`),
    throttledPeriods: known(0, `${CG}/cpu.stat`), throttledMs: known(0, `${CG}/cpu.stat`), pressure: unknown('absent', `${CG}/cpu.pressure`),
  },
  pids: {
    limit: known(100, `${CG}/pids.max`), declared: known(100, 'engine: HostConfig.PidsLimit'), effectiveLimit: known(100, `${CG}/pids.max`), imposedBy: known(path, `${CG}/pids.max`),
    usage: known(4, `${CG}/pids.current`),
  },
  io: { limits: known([], `${CG}/io.max`), readBytes: known(0, `${CG}/io.stat`), writtenBytes: known(0, `${CG}/io.stat`), pressure: unknown('absent', `${CG}/io.pressure`) },
};

export const plainEndpoint: Endpoint = {
  segment: 'network:shop', network: 'shop', interface: known('eth0', 'ip -j addr'), peer: known('veth01', 'ip -j link'),
  mac: known('02:42:ac:14:00:02', 'engine: NetworkSettings.Networks.shop.MacAddress'), ipv4: known('172.20.0.2/24', 'engine: NetworkSettings.Networks.shop.IPAddress'),
  ipv6: unknown('absent', 'engine: NetworkSettings.Networks.shop.GlobalIPv6Address'), gateway: known('172.20.0.1', 'engine: NetworkSettings.Networks.shop.Gateway'),
};

export const plainSegment: Segment = {
  id: 'network:shop', name: 'shop', driver: 'bridge', scope: 'local', internal: false, device: known('br-7f3a', 'engine: Networks'), mode: '',
  subnets: ['172.20.0.0/24'], gateways: ['172.20.0.1'], icc: known(true, 'engine: Options'), project: 'shop',
};

export function plainInterface(edit: Partial<NetInterface> = {}): NetInterface {
  const src = 'ip -j -d link';
  return {
    id: 'net:4026532840/eth0', net: 'net:4026532840', name: 'eth0', index: known(7, src), kind: 'veth', mac: known('02:42:ac:14:00:02', src),
    addresses: known(['172.20.0.2/24'], 'ip -j addr'), up: known(true, src), noarp: known(false, src), peer: known('host/veth01', src), master: known('', src),
    mode: known('', src), port: null, bridge: null, xdp: known([], src), ...edit,
  };
}

export function plainContainer(edit: Partial<Omit<Container, 'declared'>> & { readonly declared?: Partial<Declared> } = {}): Container {
  const { declared, ...rest } = edit;
  const first = plainProcess();
  return {
    kind: 'container', id: 'c0ffee'.padEnd(64, '0'), name: 'web', pid: PLAIN_PID, namespaces: plainNamespaces(), net: 'net:4026532840',
    process: first, processes: rest.process ? [rest.process] : [first], processCount: known(1, `${CG}/cgroup.procs`), intruders: [], cgroup: plainCgroup, endpoints: [plainEndpoint],
    mounts: known([], at('mountinfo')), rootReadOnly: known(true, at('mountinfo')), maskedPaths: known(['/proc/kcore', '/proc/keys'], at('mountinfo')),
    readonlyPaths: known(['/proc/sys', '/sys'], at('mountinfo')), devices: known([], at('root/dev')), privilegedPrograms: unknown('not-asked', 'image'),
    image: 'shop-web:3.1', imageId: 'sha256:0', state: 'running', health: null, project: null, service: null,
    createdAt: '2026-01-01T00:00:00Z', startedAt: '2026-01-01T00:00:00Z', labels: {}, ...rest, declared: { ...plainDeclared, ...declared },
  };
}

export const plainHost: Host = {
  hostname: known('host', 'engine: Name'), os: known('Debian GNU/Linux 13', 'engine: OperatingSystem'), kernel: known('6.12', 'engine: KernelVersion'), cpus: known(4, 'engine: NCPU'),
  memory: known(8_589_934_592, '/proc/meminfo'), cgroupVersion: known('v2', '/sys/fs/cgroup'), lsms: known(['apparmor'], '/sys/kernel/security/lsm'),
  engine: { name: 'Docker', version: '26.1.5', apiVersion: '1.45', endpoint: 'unix:///var/run/docker.sock', rootless: known(false, 'engine: SecurityOptions'), usernsRemap: known(false, 'engine: SecurityOptions'), dataRoot: known('/var/lib/docker', 'engine: DockerRootDir'), cgroupDriver: known('systemd', 'engine: CgroupDriver') },
  proof: { kind: 'proved', by: `/proc/${PLAIN_PID}/cgroup` },
  namespaces: Object.fromEntries(NS_KINDS.map((kind) => [kind, known(HOST_NS[kind], `/proc/2/ns/${kind}`)])), readAs: 'root', bootId: known('b', '/proc/sys/kernel/random/boot_id'),
};

export const nothingReached: Judgement = { segments: [], counts: { possible: 0, latent: 0, unknown: 0, blocked: 0 }, unread: [], sham: [] };

/** A host with these containers. */
export function plainFacts(containers: readonly Container[] = [plainContainer()], edit: Partial<Snapshot> = {}, judgement: Judgement = nothingReached): Facts {
  return {
    snapshot: {
      format: FORMAT, takenAt: '2026-01-01T00:00:00.000Z', origin: 'live', redacted: false, host: plainHost, containers, groups: [], namespaces: [], cgroups: [],
      segments: [plainSegment], interfaces: [plainInterface()], nets: [], connections: unknown('not-asked', '/proc/net/tcp'), notes: [], ...edit,
    },
    judgement,
  };
}
