import { z } from 'zod';
import { reading } from './reading.js';
import { namespaceRefs } from './namespaces.js';
import { intruder, processFacts } from './process.js';
import { cgroupFacts, limit } from './cgroup.js';
import { endpoint } from './network.js';

/** One mount of `/proc/<pid>/mountinfo` (proc(5)). `root` is the path within the file system; `host`: the path on the host where it can be told, else `''`. */
export const mount = z
  .object({
    destination: z.string(),
    root: z.string(),
    host: z.string(),
    fstype: z.string(),
    device: z.string(),
    writable: z.boolean(),
    propagation: z.enum(['private', 'shared', 'slave', 'unbindable']),
    /** Whether the engine's inspect names it, or the runtime always makes it (proc, dev, resolv.conf …). */
    declared: z.boolean(),
  })
  .readonly();
export type Mount = z.infer<typeof mount>;

/** A program in the image that gives rights to who starts it: setuid root, or file capabilities. */
export const privilegedProgram = z
  .object({ path: z.string(), setuid: z.boolean(), capabilities: z.array(z.string()).readonly() })
  .readonly();

/** What a seccomp profile says of the calls that matter here; from `HostConfig.SecurityOpt` or the engine's default. */
export const seccompProfile = z
  .object({
    kind: z.enum(['default', 'unconfined', 'custom']),
    defaultAction: z.string(),
    /** Architectures that it admits beside the machine's own (`SCMP_ARCH_X86`); unsaid: none. */
    architectures: z.array(z.string()).readonly().optional(),
    rules: z
      .array(
        z
          .object({
            names: z.array(z.string()).readonly(),
            action: z.string(),
            args: z
              .array(z.object({ index: z.number(), value: z.number(), valueTwo: z.number(), op: z.string() }).readonly())
              .readonly(),
            includes: z.array(z.string()).readonly(),
            excludes: z.array(z.string()).readonly(),
          })
          .readonly(),
      )
      .readonly(),
  })
  .readonly();
export type SeccompProfile = z.infer<typeof seccompProfile>;

const shared = {
  id: z.string(),
  name: z.string(),
  /** The first process's pid on the engine's host; null where none runs. */
  pid: z.number().nullable(),
  namespaces: namespaceRefs,
  /** Key of its net namespace, see NetKey; null where none runs. */
  net: z.string().nullable(),
  /** The weakest process: the one that holds most. */
  process: processFacts.nullable(),
  /** One entry for each set of alike processes, the main one first. */
  processes: z.array(processFacts).readonly(),
  processCount: reading(z.number()),
  intruders: z.array(intruder).readonly(),
  cgroup: cgroupFacts,
  endpoints: z.array(endpoint).readonly(),
  /** Mounts of the host and those that matter: binds, devices, proc, sys, and what was not declared. */
  mounts: reading(z.array(mount).readonly()),
  rootReadOnly: reading(z.boolean()),
  maskedPaths: reading(z.array(z.string()).readonly()),
  readonlyPaths: reading(z.array(z.string()).readonly()),
  /** Device nodes beyond the runtime's ordinary ones, e.g. `/dev/kmsg`: in its /dev, and where none belongs. */
  devices: reading(z.array(z.string()).readonly()),
  privilegedPrograms: reading(z.array(privilegedProgram).readonly()),
};

/**
 * What the engine was told, from `GET /containers/<id>/json`. The field each is read from is in DECLARED_SOURCES.
 * Memory in bytes, cpus in cores. Environment values are never here.
 */
export const declared = z
  .object({
    privileged: z.boolean(),
    capAdd: z.array(z.string()).readonly(),
    capDrop: z.array(z.string()).readonly(),
    securityOpt: z.array(z.string()).readonly(),
    appArmorProfile: z.string(),
    seccomp: seccompProfile,
    noNewPrivs: z.boolean(),
    readonlyRootfs: z.boolean(),
    /** Whether the engine was to mask and lock of /proc and /sys what engines do; unsaid where it does not tell. */
    systemPaths: z.enum(['default', 'other']).optional(),
    user: z.string(),
    networkMode: z.string(),
    pidMode: z.string(),
    ipcMode: z.string(),
    utsMode: z.string(),
    usernsMode: z.string(),
    cgroupnsMode: z.string(),
    cgroupParent: z.string(),
    memory: limit,
    memorySwap: limit,
    memoryReservation: limit,
    cpus: limit,
    cpuShares: z.number(),
    cpuset: z.string(),
    pidsLimit: limit,
    devices: z.array(z.string()).readonly(),
    mounts: z
      .array(
        z
          .object({ type: z.string(), source: z.string(), destination: z.string(), writable: z.boolean(), propagation: z.string() })
          .readonly(),
      )
      .readonly(),
    sysctls: z.record(z.string(), z.string()).readonly(),
    ports: z.array(z.string()).readonly(),
    restartPolicy: z.string(),
    command: z.string(),
  })
  .readonly();
export type Declared = z.infer<typeof declared>;

/** The engine API field behind each member of Declared. */
export const DECLARED_SOURCES: Readonly<Record<keyof Declared, string>> = {
  privileged: 'engine: HostConfig.Privileged',
  capAdd: 'engine: HostConfig.CapAdd',
  capDrop: 'engine: HostConfig.CapDrop',
  securityOpt: 'engine: HostConfig.SecurityOpt',
  appArmorProfile: 'engine: AppArmorProfile',
  seccomp: 'engine: HostConfig.SecurityOpt',
  noNewPrivs: 'engine: HostConfig.SecurityOpt',
  readonlyRootfs: 'engine: HostConfig.ReadonlyRootfs',
  systemPaths: 'engine: HostConfig.MaskedPaths',
  user: 'engine: Config.User',
  networkMode: 'engine: HostConfig.NetworkMode',
  pidMode: 'engine: HostConfig.PidMode',
  ipcMode: 'engine: HostConfig.IpcMode',
  utsMode: 'engine: HostConfig.UTSMode',
  usernsMode: 'engine: HostConfig.UsernsMode',
  cgroupnsMode: 'engine: HostConfig.CgroupnsMode',
  cgroupParent: 'engine: HostConfig.CgroupParent',
  memory: 'engine: HostConfig.Memory',
  memorySwap: 'engine: HostConfig.MemorySwap',
  memoryReservation: 'engine: HostConfig.MemoryReservation',
  cpus: 'engine: HostConfig.NanoCpus',
  cpuShares: 'engine: HostConfig.CpuShares',
  cpuset: 'engine: HostConfig.CpusetCpus',
  pidsLimit: 'engine: HostConfig.PidsLimit',
  devices: 'engine: HostConfig.Devices',
  mounts: 'engine: Mounts',
  sysctls: 'engine: HostConfig.Sysctls',
  ports: 'engine: NetworkSettings.Ports',
  restartPolicy: 'engine: HostConfig.RestartPolicy',
  command: 'engine: Config.Cmd',
};

export const CONTAINER_STATES = ['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead'] as const;

export const container = z
  .object({
    kind: z.literal('container'),
    ...shared,
    image: z.string(),
    imageId: z.string(),
    state: z.enum(CONTAINER_STATES),
    health: z.string().nullable(),
    /** Compose's project and service, from the labels `com.docker.compose.*`. */
    project: z.string().nullable(),
    service: z.string().nullable(),
    createdAt: z.string(),
    startedAt: z.string(),
    labels: z.record(z.string(), z.string()).readonly(),
    declared,
  })
  .readonly();
export type Container = z.infer<typeof container>;

export const GROUP_RUNTIMES = [
  'systemd-nspawn', 'lxc', 'podman', 'docker', 'containerd', 'kubernetes', 'flatpak', 'bubblewrap', 'openvz', 'unshare', 'chroot', 'service',
] as const;

/** Processes of another runtime that share namespaces. `folded`: ordinary (a systemd service with a mount namespace of its own). */
export const group = z
  .object({
    kind: z.literal('group'),
    ...shared,
    runtime: z.enum(GROUP_RUNTIMES),
    folded: z.boolean(),
    /** How it was recognised, e.g. `cgroup /machine.slice/debian.service`. */
    evidence: z.string(),
  })
  .readonly();
export type Group = z.infer<typeof group>;

/** What lenses, rules and verdicts speak of: a container or a group of another runtime. */
export type Workload = Container | Group;
