import type {
  CgroupFacts, CgroupNode, Container, Endpoint, Group, Host, KernelProof, NamespaceNode, NetInterface, NetNamespace, Note, Segment,
} from '../../core/model/index.js';
import type { EngineContainer, EngineNetwork } from './engine/types.js';

/** Where the kernel's files are; another folder in tests. */
export interface Roots {
  readonly proc: string;
  readonly sys: string;
}

/** What the reader of the kernel is given for each container. */
export type KernelContainer = Pick<EngineContainer, 'id' | 'name' | 'pid' | 'state' | 'declared'>;

/** What the kernel says of one container. */
export type KernelFacts = Pick<
  Container,
  'namespaces' | 'process' | 'processes' | 'processCount' | 'intruders' | 'cgroup' | 'mounts' | 'rootReadOnly' | 'maskedPaths' | 'readonlyPaths' | 'devices'
>;

/** One pass over `/proc` and `/sys`. A container that died while it was read is in `notes`, not in `of`. */
export interface KernelRead {
  readonly proof: KernelProof;
  readonly host: Pick<Host, 'namespaces' | 'hostname' | 'kernel' | 'cpus' | 'memory' | 'cgroupVersion' | 'lsms' | 'readAs' | 'bootId'>;
  readonly of: ReadonlyMap<string, KernelFacts>;
  readonly groups: readonly Group[];
  readonly namespaces: readonly NamespaceNode[];
  readonly cgroups: readonly CgroupNode[];
  readonly notes: readonly Note[];
}

/** What moves between two polls: the use of each workload's cgroup (by workload id) and of the tree. */
export interface KernelMoving {
  readonly of: ReadonlyMap<string, CgroupFacts>;
  readonly cgroups: readonly CgroupNode[];
}

/** One net namespace to read: a process that is in it, and the workloads (`host` for the host) that share it. */
export interface NetToRead {
  readonly key: string;
  readonly pid: number | null;
  readonly of: readonly string[];
}

export interface WireInput {
  readonly roots: Roots;
  readonly nets: readonly NetToRead[];
  readonly networks: readonly EngineNetwork[];
  readonly containers: readonly EngineContainer[];
  readonly proof: KernelProof;
}

export interface WireRead {
  readonly segments: readonly Segment[];
  readonly interfaces: readonly NetInterface[];
  readonly nets: readonly NetNamespace[];
  readonly endpoints: ReadonlyMap<string, readonly Endpoint[]>;
  readonly notes: readonly Note[];
}
