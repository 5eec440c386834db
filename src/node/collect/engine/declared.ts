import { CONTAINER_STATES, type Container, type Declared, type Limit } from '../../../core/model/index.js';
import { maskCommand, maskLabels, maskText, maskValue } from '../../../core/secrets.js';
import type { Inspected } from './answers.js';
import { seccompOf } from './seccomp.js';
import type { EngineContainer, EngineEndpoint } from './types.js';

/** The engine's 0, -1 or nothing for 'no limit' is the kernel's `max`. */
const limitOf = (value: number | null | undefined): Limit => (value === null || value === undefined || value <= 0 ? 'max' : value);

function cpusOf(host: Inspected['HostConfig']): Limit {
  if (typeof host.NanoCpus === 'number' && host.NanoCpus > 0) return host.NanoCpus / 1e9;
  if (typeof host.CpuQuota === 'number' && host.CpuQuota > 0) return host.CpuQuota / (host.CpuPeriod || 100_000);
  return 'max';
}

/** Capability names as the kernel writes them; engines take them with and without the prefix. */
const capName = (name: string) => {
  const upper = name.toUpperCase();
  return upper === 'ALL' || upper.startsWith('CAP_') ? upper : `CAP_${upper}`;
};

function noNewPrivs(options: readonly string[], engineOptions: readonly string[] | null): boolean {
  const own = options.findLast((option) => /^no-new-privileges(?:[=:].*)?$/.test(option));
  if (own !== undefined) return !/[=:]false$/.test(own);
  return engineOptions?.includes('name=no-new-privileges') ?? false;
}

function portsOf(ports: Inspected['NetworkSettings']['Ports']): readonly string[] {
  const out: string[] = [];
  for (const [inside, bindings] of Object.entries(ports ?? {}).slice(0, 500)) {
    if (!bindings || bindings.length === 0) out.push(inside);
    else for (const { HostIp, HostPort } of bindings.slice(0, 20)) out.push(`${HostIp.includes(':') ? `[${HostIp}]` : HostIp}:${HostPort}->${inside}`);
  }
  return out;
}

function mountsOf(answer: Inspected): Declared['mounts'] {
  const mounts = answer.Mounts.map((m) => ({
    type: m.Type === '' ? 'bind' : m.Type,
    source: maskText(m.Source === '' ? m.Name : m.Source),
    destination: maskText(m.Destination),
    writable: m.RW ?? true,
    propagation: m.Propagation,
  }));
  const seen = new Set(mounts.map((m) => m.destination));
  for (const [destination, options] of Object.entries(answer.HostConfig.Tmpfs)) {
    if (!seen.has(destination)) mounts.push({ type: 'tmpfs', source: '', destination, writable: !options.split(',').includes('ro'), propagation: '' });
  }
  return mounts;
}

/** Of the paths that dockerd masks and locks by itself (oci/defaults.go) those that every version does. */
const MASKED = ['/proc/kcore', '/proc/keys', '/proc/timer_list', '/sys/firmware'];
const LOCKED = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

function systemPaths({ MaskedPaths: masked, ReadonlyPaths: locked }: Inspected['HostConfig']): Pick<Declared, 'systemPaths'> {
  if (masked === undefined || locked === undefined) return {};
  return { systemPaths: MASKED.every((path) => masked?.includes(path)) && LOCKED.every((path) => locked?.includes(path)) ? 'default' : 'other' };
}

/** What the engine was told about one container. `engineOptions`: `/info`'s SecurityOptions, null where it tells none. */
export function declaredOf(answer: Inspected, engineOptions: readonly string[] | null): Declared {
  const host = answer.HostConfig;
  return {
    privileged: host.Privileged,
    capAdd: host.CapAdd.map(capName),
    capDrop: host.CapDrop.map(capName),
    // A custom profile is in here whole; it is read into `seccomp`, and named only.
    securityOpt: host.SecurityOpt.map((option) => (/^seccomp[=:]\s*\{/.test(option) ? 'seccomp=(custom profile)' : option.slice(0, 4000))),
    appArmorProfile: answer.AppArmorProfile,
    seccomp: seccompOf(host.SecurityOpt, host.Privileged, engineOptions),
    noNewPrivs: noNewPrivs(host.SecurityOpt, engineOptions),
    readonlyRootfs: host.ReadonlyRootfs,
    ...systemPaths(host),
    user: answer.Config.User,
    networkMode: host.NetworkMode,
    pidMode: host.PidMode,
    ipcMode: host.IpcMode,
    utsMode: host.UTSMode,
    usernsMode: host.UsernsMode,
    cgroupnsMode: host.CgroupnsMode,
    cgroupParent: host.CgroupParent,
    memory: limitOf(host.Memory),
    memorySwap: limitOf(host.MemorySwap),
    memoryReservation: limitOf(host.MemoryReservation),
    cpus: cpusOf(host),
    cpuShares: host.CpuShares ?? 0,
    cpuset: host.CpusetCpus,
    pidsLimit: limitOf(host.PidsLimit),
    devices: [
      ...host.Devices.map((d) => `${d.PathOnHost}:${d.PathInContainer}:${d.CgroupPermissions}`),
      ...host.DeviceCgroupRules.map((rule) => `rule ${rule}`),
      ...host.DeviceRequests.map((r) => `request ${[r.Driver, r.DeviceIDs.join(','), r.Count ?? ''].filter((part) => part !== '').join(' ')}`),
    ],
    mounts: mountsOf(answer),
    sysctls: Object.fromEntries(Object.entries(host.Sysctls).map(([name, value]) => [name, maskValue(name, value)])),
    ports: portsOf(answer.NetworkSettings.Ports),
    restartPolicy: host.RestartPolicy?.Name ?? '',
    command: maskCommand([answer.Path, ...answer.Args].filter((word) => word !== '')).join(' ').slice(0, 4000),
  };
}

const withPrefix = (address: string, prefix: number | null | undefined) => (address === '' ? '' : `${address}/${prefix ?? (address.includes(':') ? 128 : 32)}`);

function endpointsOf(answer: Inspected): readonly EngineEndpoint[] {
  return Object.entries(answer.NetworkSettings.Networks ?? {}).flatMap(([network, at]) =>
    at === null || at === undefined
      ? []
      : [
          {
            network,
            networkId: at.NetworkID,
            mac: at.MacAddress.toLowerCase(),
            ipv4: withPrefix(at.IPAddress, at.IPPrefixLen),
            ipv6: withPrefix(at.GlobalIPv6Address, at.GlobalIPv6PrefixLen),
            gateway: at.Gateway,
            gateway6: at.IPv6Gateway,
          },
        ],
  );
}

/** Podman has states of its own; each is one of Docker's to its user. */
const STATES: Readonly<Record<string, Container['state']>> = { configured: 'created', initialized: 'created', stopped: 'exited', stopping: 'running' };

export function stateOf(status: string): Container['state'] {
  const word = status.toLowerCase();
  return STATES[word] ?? CONTAINER_STATES.find((state) => state === word) ?? 'dead';
}

const NEVER = /^0001-01-01/;

/** One answer of `GET /containers/<id>/json` as the rest of the program speaks of it. */
export function containerOf(answer: Inspected, engineOptions: readonly string[] | null): EngineContainer {
  const labels = answer.Config.Labels;
  const health = answer.State.Health?.Status ?? '';
  return {
    id: answer.Id,
    name: answer.Name.replace(/^\//, '') || answer.Id.slice(0, 12),
    image: answer.Config.Image === '' ? answer.Image : answer.Config.Image,
    imageId: answer.Image,
    state: stateOf(answer.State.Status),
    pid: typeof answer.State.Pid === 'number' && answer.State.Pid > 0 ? answer.State.Pid : null,
    health: health === '' || health === 'none' ? null : health,
    project: labels['com.docker.compose.project'] ?? labels['io.podman.compose.project'] ?? null,
    service: labels['com.docker.compose.service'] ?? null,
    createdAt: answer.Created,
    startedAt: NEVER.test(answer.State.StartedAt) ? '' : answer.State.StartedAt,
    labels: maskLabels(labels),
    declared: declaredOf(answer, engineOptions),
    endpoints: endpointsOf(answer),
    sandboxKey: answer.NetworkSettings.SandboxKey,
  };
}
