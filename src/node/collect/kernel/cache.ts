import type { CgroupNode, Group, NamespaceNode } from '../../../core/model/index.js';
import type { MountLine } from '../../../core/parse/mountinfo.js';
import { CgroupFiles, type Place } from './cgroup-files.js';
import type { CgroupReader } from './cgroups.js';
import { holdingOfProcess } from './files.js';
import type { Hierarchies } from './hierarchies.js';
import type { ProofCache } from './host.js';
import { newKinCache, type KinCache } from './kin.js';
import type { Holding, MountCache, TableCache } from './mounts.js';
import type { People } from './people.js';
import { closeProcesses, newProcessCache, type Depth, type ProcessCache } from './processes.js';
import { newThreadCache, type ThreadCache } from './threads.js';
import type { KernelFacts, KnownContainer, Proc, Roots } from './types.js';

/** The last pass: where nobody came, went or changed, all that follows from the processes is taken from it. */
export interface LastPass {
  readonly procs: ReadonlyMap<number, Proc>;
  readonly containers: readonly KnownContainer[];
  readonly people: People;
  readonly of: ReadonlyMap<string, KernelFacts>;
  readonly groups: ReadonlyMap<string, Group>;
  readonly namespaces: readonly NamespaceNode[];
  readonly kin: KinCache['kin'];
  readonly table: readonly MountLine[];
  readonly inside: readonly Holding[];
}

/** What was read while the engine was being asked, for the one pass that comes. */
export interface Ahead {
  readonly depth: 'full' | 'known';
  /** When the processes were read, by performance.now(). */
  readonly at: number;
  readonly procs: ReadonlyMap<number, Proc>;
  readonly hierarchies: Hierarchies;
  /** Has read the cgroups of containers; within its pass no file is read twice. */
  readonly reader: CgroupReader;
}

/** What is kept from pass to pass; one for each engine. */
export interface KernelCache {
  readonly processes: ProcessCache;
  readonly threads: ThreadCache;
  readonly proof: ProofCache;
  readonly mounts: MountCache;
  readonly kin: KinCache;
  readonly cgroups: CgroupFiles;
  readonly tables: TableCache;
  /** Devices of each workload, with the inode of its first process, those of them that are outside of /dev, and when these were looked for (0: never). */
  readonly devices: Map<string, { readonly inode: number; readonly devices: KernelFacts['devices']; readonly elsewhere: readonly string[]; readonly everywhereAt: number }>;
  hierarchies: Hierarchies | undefined;
  /** Paths of cgroups that were read briefly and are owed the rest. */
  readonly brief: Set<string>;
  /** When all of the cgroups was read last, also what is set once. */
  settledAt: number;
  /** The places of workloads, for polling what moves. */
  places: ReadonlyMap<string, Place>;
  nodes: readonly CgroupNode[];
  polls: number;
  checks: number;
  last: LastPass | undefined;
  /** Read for the next pass, which takes it. */
  ahead: Ahead | undefined;
}

export function newKernelCache(): KernelCache {
  const holding = holdingOfProcess();
  return {
    processes: newProcessCache(holding), threads: newThreadCache(), proof: { proved: undefined }, mounts: new Map(), kin: newKinCache(), cgroups: new CgroupFiles(holding), tables: { text: '', table: [] },
    devices: new Map(), brief: new Set(), hierarchies: undefined, settledAt: 0, places: new Map(), nodes: [], polls: 0, checks: 0, last: undefined, ahead: undefined,
  };
}

/** Lets go of the files that it holds open; it can be used again. */
export function closeKernelCache(cache: KernelCache): void {
  cache.cgroups.close();
  closeProcesses(cache.processes);
}

export interface KernelInput {
  readonly roots: Roots;
  readonly containers: readonly KnownContainer[];
  readonly cache: KernelCache;
  /** How much of what is known already is read again; new processes always are read in full. Default `full`. */
  readonly depth?: Depth;
  /** With depth `known` or `touched`: the containers of which everything is read again. */
  readonly again?: ReadonlySet<string>;
  /** Of cgroups that are new, only what a first picture needs; the next pass that is not brief reads the rest. */
  readonly brief?: boolean;
  /** Whether the engine is reached by a socket of this machine. Where no container can prove the kernel, it is read nevertheless. */
  readonly local?: boolean;
}
