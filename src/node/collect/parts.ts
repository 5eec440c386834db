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
  readonly host: Pick<Host, 'namespaces' | 'hostname' | 'kernel' | 'cpus' | 'memory' | 'cgroupVersion' | 'lsms' | 'ptraceScope' | 'readAs' | 'bootId'>;
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

/**
 * `previous` and `touched`: an earlier read, and the keys of net namespaces that may have changed since (the host's is
 * always read anew); the rest of `previous` may be taken over. Without them everything is read anew.
 * `depth` (default `full`): a full read enters each namespace by a child (10 ms each); `quick` asks for the host's links
 * alone and takes over the rest, so that a first picture need not wait; what it leaves is `not-asked`.
 */
export interface WireInput {
  readonly depth?: Depth;
  readonly roots: Roots;
  readonly nets: readonly NetToRead[];
  readonly networks: readonly EngineNetwork[];
  readonly containers: readonly EngineContainer[];
  readonly proof: KernelProof;
  readonly previous?: WireRead | undefined;
  readonly touched?: ReadonlySet<string> | undefined;
  /** For a full read: at most so many namespaces are asked by a child now; the others are `left`. */
  readonly most?: number | undefined;
  /** Neighbour tables that were just read, by key; those that are missing are read. */
  readonly neighbours?: ReadonlyMap<string, NetNamespace['neighbours']> | undefined;
  /** For a quick read: the host's links, asked for already (`askHostLinks`). */
  readonly hostLinks?: ReturnType<typeof import('./wire/script.js').askNet> | undefined;
  /** Every process by pid, with the id of its workload or `host`: asked for only where a socket is open of which it matters who holds it. */
  readonly people?: (() => ReadonlyMap<number, string>) | undefined;
  /** Net namespaces that no process is in, by key, with a file that holds each (`ip netns add`): asked for only where a veth leads somewhere that was not read. */
  readonly held?: (() => ReadonlyMap<string, string>) | undefined;
}

export interface WireRead {
  readonly segments: readonly Segment[];
  readonly interfaces: readonly NetInterface[];
  readonly nets: readonly NetNamespace[];
  readonly endpoints: ReadonlyMap<string, readonly Endpoint[]>;
  readonly notes: readonly Note[];
  /** Keys of namespaces that a limited read has yet to ask. */
  readonly left?: readonly string[];
}

/** The neighbour tables as they stand; an unchanged table is the very same object as before, and so may all of them be. `fdb` is the host's. */
export interface Tables {
  readonly tables: readonly { readonly key: string; readonly neighbours: NetNamespace['neighbours'] }[];
  readonly fdb: NetNamespace['fdb'];
  /** IPv6 tables, where the kernel's events are heard (root); a namespace that was never read is missing. */
  readonly tables6?: readonly { readonly key: string; readonly neighbours: NetNamespace['neighbours6'] }[];
}

/**
 * How deep: `quick` leaves what needs a child process (for each net namespace, and for the namespaces' kin). `touched` is
 * quick, and takes over all that was not touched as it was: what moves by itself is read with the depth that follows.
 */
export type Depth = 'touched' | 'quick' | 'full';

/**
 * Who reads the kernel: this process, or a reader with more rights. Each remembers what it read.
 * `touched` null reads everything anew, else what was not touched (containers, or keys of net namespaces) may be
 * taken from the last pass.
 */
export interface KernelReaders {
  /** Begins what needs no word of the engine's, as the engine is asked: the next `kernel` and `wire` take it. `known`: for a snapshot where the containers are known. */
  begin?(depth: Depth, known: boolean): void;
  /** Depth `check`: as `full` with nothing touched, but containers in which nothing ran are read whole by turns, within two minutes. */
  kernel(containers: readonly KernelContainer[], touched: ReadonlySet<string> | null, depth: Depth | 'check'): KernelRead | Promise<KernelRead>;
  /** What can be told of a container as soon as it has begun, without a look at any other; null where its program does not run yet. */
  first?(container: KernelContainer, all: readonly KernelContainer[]): KernelFacts | null;
  moving(): KernelMoving | Promise<KernelMoving>;
  wire(input: Pick<WireInput, 'nets' | 'networks' | 'containers' | 'proof'>, touched: ReadonlySet<string> | null, depth: Depth, most?: number): Promise<WireRead>;
  tables(nets: readonly NetToRead[]): Tables | Promise<Tables>;
  /** Whether the kernel's events tell of each change of these tables; where not, or where this is missing, they must be polled. */
  hears?(nets: readonly NetToRead[]): boolean;
  /** Has `moved` called when tables may have moved, or `hears` may answer otherwise from now on. */
  onMoved?(moved: () => void): void;
  /** Programs in containers' root folders that give rights, on request; by container id. */
  readonly programs?: (which: readonly { readonly id: string; readonly pid: number }[]) => Promise<ReadonlyMap<string, Container['privilegedPrograms']>>;
  /** Forgets all that was remembered: another engine, or the same after a restart. */
  forget(): void;
  close(): void;
}
