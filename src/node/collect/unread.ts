import {
  known, NS_KINDS, unknown, type CgroupFacts, type Declared, type Endpoint, type Limit, type NamespaceRefs, type Reading, type Segment, type Unknown,
} from '../../core/model/index.js';
import type { EngineContainer, EngineNetwork } from './engine/types.js';
import type { KernelFacts } from './parts.js';

export type Unread = { readonly unknown: Unknown; readonly source: string };

/** A container of whose kernel nothing was read, and why. */
export function unreadFacts(why: Unknown, source: string): KernelFacts {
  const none = unknown(why, source);
  const refs = Object.fromEntries(NS_KINDS.map((kind) => [kind, { inode: none, owner: none }])) as unknown as NamespaceRefs;
  return {
    namespaces: refs,
    process: null,
    processes: [],
    processCount: none,
    intruders: [],
    cgroup: unreadCgroup(none),
    mounts: none,
    rootReadOnly: none,
    maskedPaths: none,
    readonlyPaths: none,
    devices: none,
  };
}

export function unreadCgroup(none: Unread): CgroupFacts {
  return {
    path: none,
    memory: { limit: none, declared: none, effectiveLimit: none, imposedBy: none, usage: none, high: none, low: none, swapLimit: none, oomKills: none, pressure: none },
    cpu: { limit: none, declared: none, effectiveLimit: none, imposedBy: none, usageMs: none, weight: none, cpuset: none, throttledPeriods: none, throttledMs: none, pressure: none },
    pids: { limit: none, declared: none, effectiveLimit: none, imposedBy: none, usage: none },
    io: { limits: none, readBytes: none, writtenBytes: none, pressure: none },
  };
}

/** The kernel's facts of a cgroup, with what the engine was told beside them. */
export function withDeclared(facts: CgroupFacts, declared: Declared): CgroupFacts {
  const told = (value: Limit, field: string): Reading<Limit> => known(value, `engine: HostConfig.${field}`);
  return {
    ...facts,
    memory: { ...facts.memory, declared: told(declared.memory, 'Memory') },
    cpu: { ...facts.cpu, declared: told(declared.cpus, 'NanoCpus') },
    pids: { ...facts.pids, declared: told(declared.pidsLimit, 'PidsLimit') },
  };
}

const asReading = (text: string, source: string): Reading<string> => (text === '' ? unknown('absent', source) : known(text, source));

/** Segments and endpoints by the engine's word alone. */
export function engineSegments(networks: readonly EngineNetwork[]): readonly Segment[] {
  return networks
    .filter((network) => network.driver !== 'null' && network.driver !== 'host')
    .map((network) => ({
      id: `network:${network.id}`,
      name: network.name,
      driver: network.driver,
      scope: network.scope,
      internal: network.internal,
      device: network.options['com.docker.network.bridge.name']
        ? known(network.options['com.docker.network.bridge.name'], 'engine: Network.Options')
        : network.options['parent']
          ? known(network.options['parent'], 'engine: Network.Options')
          : unknown('unsupported', 'engine: Network.Options'),
      mode: network.options['macvlan_mode'] ?? network.options['ipvlan_mode'] ?? '',
      subnets: network.subnets,
      gateways: network.gateways,
      icc:
        network.driver !== 'bridge'
          ? unknown('absent', 'engine: Network.Options')
          : known(network.options['com.docker.network.bridge.enable_icc'] !== 'false', 'engine: Network.Options'),
      project: network.project,
    }));
}

/** `none`: why the kernel's part of them is not known. */
export function engineEndpoints(container: EngineContainer, segments: ReadonlySet<string>, none: Unread = unknown('unsupported', 'the kernel of the engine is not this one')): readonly Endpoint[] {
  const source = (field: string) => `engine: NetworkSettings.Networks.${field}`;
  return container.endpoints
    .filter((at) => segments.has(`network:${at.networkId}`) && container.pid !== null)
    .map((at) => ({
      segment: `network:${at.networkId}`,
      network: at.network,
      interface: none,
      peer: none,
      mac: asReading(at.mac, source('MacAddress')),
      ipv4: asReading(at.ipv4, source('IPAddress')),
      ipv6: asReading(at.ipv6, source('GlobalIPv6Address')),
      gateway: asReading(at.gateway, source('Gateway')),
    }));
}
