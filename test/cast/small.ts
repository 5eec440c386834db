import { known, unknown, type CapabilitySets, type CgroupFacts, type Container, type Limit, type NamespaceRefs, type ProcessFacts, type Reading, type Segment, type Snapshot } from '../../src/core/model/index.js';

/** The fourteen capabilities that Docker leaves in a container. */
export const DEFAULT_CAPS = [
  'CAP_CHOWN', 'CAP_DAC_OVERRIDE', 'CAP_FOWNER', 'CAP_FSETID', 'CAP_KILL', 'CAP_SETGID', 'CAP_SETUID', 'CAP_SETPCAP', 'CAP_NET_BIND_SERVICE',
  'CAP_NET_RAW', 'CAP_SYS_CHROOT', 'CAP_MKNOD', 'CAP_AUDIT_WRITE', 'CAP_SETFCAP',
] as const;

/** All 41 of a current kernel, in the kernel's order. */
export const ALL_CAPS = [
  'CAP_CHOWN', 'CAP_DAC_OVERRIDE', 'CAP_DAC_READ_SEARCH', 'CAP_FOWNER', 'CAP_FSETID', 'CAP_KILL', 'CAP_SETGID', 'CAP_SETUID', 'CAP_SETPCAP',
  'CAP_LINUX_IMMUTABLE', 'CAP_NET_BIND_SERVICE', 'CAP_NET_BROADCAST', 'CAP_NET_ADMIN', 'CAP_NET_RAW', 'CAP_IPC_LOCK', 'CAP_IPC_OWNER',
  'CAP_SYS_MODULE', 'CAP_SYS_RAWIO', 'CAP_SYS_CHROOT', 'CAP_SYS_PTRACE', 'CAP_SYS_PACCT', 'CAP_SYS_ADMIN', 'CAP_SYS_BOOT', 'CAP_SYS_NICE',
  'CAP_SYS_RESOURCE', 'CAP_SYS_TIME', 'CAP_SYS_TTY_CONFIG', 'CAP_MKNOD', 'CAP_LEASE', 'CAP_AUDIT_WRITE', 'CAP_AUDIT_CONTROL', 'CAP_SETFCAP',
  'CAP_MAC_OVERRIDE', 'CAP_MAC_ADMIN', 'CAP_SYSLOG', 'CAP_WAKE_ALARM', 'CAP_BLOCK_SUSPEND', 'CAP_AUDIT_READ', 'CAP_PERFMON', 'CAP_BPF',
  'CAP_CHECKPOINT_RESTORE',
] as const;

export const MIB = 1024 * 1024;
export const TAKEN_AT = '2026-11-30T14:32:07.000Z';

/** The inodes of the host's own namespaces, as on an ordinary machine. */
export const HOST_NS = {
  net: 4026531840, mnt: 4026531841, pid: 4026531836, ipc: 4026531839, uts: 4026531838, user: 4026531837, cgroup: 4026531835, time: 4026531834,
} as const;

/** 64 hex digits that follow from a name alone. */
export function idOf(name: string): string {
  let out = '';
  let h = 0x811c9dc5;
  for (let round = 0; out.length < 64; round += 1) {
    for (const c of `${round}:${name}`) h = Math.imul(h ^ c.codePointAt(0)!, 0x01000193) >>> 0;
    h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d) >>> 0;
    out += h.toString(16).padStart(8, '0');
  }
  return out;
}

export function capSets(effective: readonly string[], bounding: readonly string[] = effective, pid = 1000): CapabilitySets {
  const source = `/proc/${pid}/status`;
  return {
    effective: known(effective, source),
    permitted: known(effective, source),
    bounding: known(bounding, source),
    ambient: known([], source),
    inheritable: known([], source),
  };
}

/** One process as the engine ships it; say what differs. */
export function aProcess(over: Partial<ProcessFacts> = {}): ProcessFacts {
  const pid = over.pid ?? 1000;
  const status = `/proc/${pid}/status`;
  return {
    pid,
    count: 1,
    comm: 'app',
    role: 'main',
    uid: known(0, status),
    uidMap: known([{ inside: 0, outside: 0, length: 4294967295 }], `/proc/${pid}/uid_map`),
    capabilities: capSets(DEFAULT_CAPS, DEFAULT_CAPS, pid),
    noNewPrivs: known(false, status),
    seccomp: known('filter', status),
    seccompFilters: known(1, status),
    lsm: known('docker-default (enforce)', `/proc/${pid}/attr/current`),
    root: known('/', `/proc/${pid}/root`),
    namespaces: Object.fromEntries(Object.entries(HOST_NS).map(([k, v]) => [k, known(v, `/proc/${pid}/ns/${k}`)])) as ProcessFacts['namespaces'],
    ...over,
  };
}

/** Facts of a cgroup that has no limit and uses nothing. */
export function aCgroup(path = '/system.slice/docker-x.scope', over: Partial<CgroupFacts> = {}): CgroupFacts {
  const file = (name: string) => `/sys/fs/cgroup${path === '/' ? '' : path}/${name}`;
  const none = (name: string): Reading<Limit> => known('max', file(name));
  const calm = (name: string) => known({ some10: 0, some60: 0, some300: 0, full10: 0 }, file(name));
  return {
    path: known(path, '/proc/1000/cgroup'),
    memory: {
      limit: none('memory.max'), declared: known('max', 'engine: HostConfig.Memory'), effectiveLimit: none('memory.max'),
      imposedBy: known(path, file('memory.max')), usage: known(0, file('memory.current')), high: none('memory.high'), low: known(0, file('memory.low')),
      swapLimit: none('memory.swap.max'), oomKills: known(0, file('memory.events')), pressure: calm('memory.pressure'),
    },
    cpu: {
      limit: none('cpu.max'), declared: known('max', 'engine: HostConfig.NanoCpus'), effectiveLimit: none('cpu.max'),
      imposedBy: known(path, file('cpu.max')), usageMs: known(0, file('cpu.stat')), weight: known(100, file('cpu.weight')),
      cpuset: known('', file('cpuset.cpus')), throttledPeriods: known(0, file('cpu.stat')), throttledMs: known(0, file('cpu.stat')),
      pressure: calm('cpu.pressure'),
    },
    pids: {
      limit: none('pids.max'), declared: known('max', 'engine: HostConfig.PidsLimit'), effectiveLimit: none('pids.max'),
      imposedBy: known(path, file('pids.max')), usage: known(1, file('pids.current')),
    },
    io: {
      limits: known([], file('io.max')), readBytes: known(0, file('io.stat')), writtenBytes: known(0, file('io.stat')), pressure: calm('io.pressure'),
    },
    ...over,
  };
}

/** Namespaces of an ordinary container: its own but for user and time. `base`: the first inode. */
export function ownNamespaces(base: number, pid = 1000): NamespaceRefs {
  const ref = (kind: keyof typeof HOST_NS, step: number) => ({
    inode: known(step < 0 ? HOST_NS[kind] : base + step, `/proc/${pid}/ns/${kind}`),
    owner: known(step < 0 ? 'host' : 'own', `/proc/${pid}/ns/${kind}`),
  });
  return {
    net: ref('net', 5), mnt: ref('mnt', 0), pid: ref('pid', 3), ipc: ref('ipc', 2), uts: ref('uts', 1), user: ref('user', -1),
    cgroup: ref('cgroup', 4), time: ref('time', -1),
  };
}

/** An ordinary running container, alone and without limits; say what differs. */
export function aContainer(over: Partial<Container> & { readonly name: string }): Container {
  const id = over.id ?? idOf(over.name);
  const pid = over.pid === undefined ? 1000 + (parseInt(id.slice(0, 4), 16) % 60000) : over.pid;
  const base = 4026532200 + (parseInt(id.slice(0, 5), 16) % 90000) * 8;
  const process = pid === null ? null : aProcess({ pid });
  return {
    kind: 'container',
    id,
    pid,
    namespaces: ownNamespaces(base, pid ?? 0),
    net: pid === null ? null : `net:${base + 5}`,
    process,
    processes: process === null ? [] : [process],
    processCount: known(process === null ? 0 : 1, '/sys/fs/cgroup/cgroup.procs'),
    intruders: [],
    cgroup: aCgroup(`/system.slice/docker-${id}.scope`),
    endpoints: [],
    mounts: known([], `/proc/${pid}/mountinfo`),
    rootReadOnly: known(false, `/proc/${pid}/mountinfo`),
    maskedPaths: known(['/proc/kcore', '/proc/keys', '/sys/firmware'], 'engine: HostConfig.MaskedPaths'),
    readonlyPaths: known(['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'], 'engine: HostConfig.ReadonlyPaths'),
    devices: known([], `/proc/${pid}/root/dev`),
    privilegedPrograms: known([], 'image'),
    image: 'app:1',
    imageId: `sha256:${idOf(over.image ?? 'app:1')}`,
    state: 'running',
    health: null,
    project: null,
    service: null,
    createdAt: '2026-11-27T09:00:00.000Z',
    startedAt: '2026-11-27T09:00:01.000Z',
    labels: {},
    declared: {
      privileged: false, capAdd: [], capDrop: [], securityOpt: [], appArmorProfile: 'docker-default',
      seccomp: { kind: 'default', defaultAction: 'SCMP_ACT_ERRNO', rules: [] }, noNewPrivs: false, readonlyRootfs: false, user: '',
      networkMode: 'bridge', pidMode: '', ipcMode: 'private', utsMode: '', usernsMode: '', cgroupnsMode: 'private', cgroupParent: '',
      memory: 'max', memorySwap: 'max', memoryReservation: 'max', cpus: 'max', cpuShares: 0, cpuset: '', pidsLimit: 'max', devices: [],
      mounts: [], sysctls: {}, ports: [], restartPolicy: 'no', command: 'app',
    },
    ...over,
  };
}

/** A bridge network of the engine; say what differs. */
export function aSegment(over: Partial<Segment> & { readonly name: string }): Segment {
  return {
    id: `network:${idOf(`network ${over.name}`)}`,
    driver: 'bridge',
    scope: 'local',
    internal: false,
    device: known('docker0', 'engine: Options'),
    mode: '',
    subnets: ['172.17.0.0/16'],
    gateways: ['172.17.0.1'],
    icc: known(true, 'engine: Options com.docker.network.bridge.enable_icc'),
    project: null,
    ...over,
  };
}

/** An empty host on which everything could be read; say what is on it. */
export function aSnapshot(over: Partial<Snapshot> = {}): Snapshot {
  return {
    format: 1,
    takenAt: TAKEN_AT,
    origin: 'live',
    redacted: false,
    host: {
      hostname: known('thinkpad', '/proc/sys/kernel/hostname'),
      os: known('Debian GNU/Linux 13 (trixie)', 'engine: OperatingSystem'),
      kernel: known('6.12.57', '/proc/sys/kernel/osrelease'),
      cpus: known(8, '/proc/cpuinfo'),
      memory: known(8192 * MIB, '/proc/meminfo'),
      cgroupVersion: known('v2', '/sys/fs/cgroup/cgroup.controllers'),
      lsms: known(['apparmor'], '/sys/kernel/security/lsm'),
      ptraceScope: known(1, '/proc/sys/kernel/yama/ptrace_scope'),
      engine: {
        name: 'Docker', version: '26.1.5', apiVersion: '1.45', endpoint: 'unix:///var/run/docker.sock', rootless: known(false, 'engine: SecurityOptions'),
        usernsRemap: known(false, 'engine: SecurityOptions'), dataRoot: known('/var/lib/docker', 'engine: DockerRootDir'),
        cgroupDriver: known('systemd', 'engine: CgroupDriver'),
      },
      proof: { kind: 'proved', by: '/proc/48211/cgroup' },
      namespaces: Object.fromEntries(Object.entries(HOST_NS).map(([k, v]) => [k, known(v, `/proc/2/ns/${k}`)])),
      readAs: 'root',
      bootId: known('5f0c2b1e-7a1d-4a52-9d0f-6a3e0c9b7d11', '/proc/sys/kernel/random/boot_id'),
    },
    containers: [],
    groups: [],
    namespaces: [],
    cgroups: [],
    segments: [],
    interfaces: [],
    nets: [],
    connections: unknown('not-asked', '/proc/<pid>/net/tcp'),
    notes: [],
    ...over,
  };
}
