import type {
  CgroupFacts, CgroupNode, Declared, Group, Host, Intruder, KernelProof, Mount, NamespaceNode, NamespaceRefs, Note, NsInodes, ProcessFacts, Reading,
} from '../../../core/model/index.js';
import type { CgroupPaths } from '../../../core/parse/cgroup.js';
import type { Status } from '../../../core/parse/status.js';
import type { UidRange } from '../../../core/parse/proc.js';

/** Folders to read from: `/proc` and `/sys`, or a recorded host's. */
export interface Roots {
  readonly proc: string;
  readonly sys: string;
}

/** What the kernel reader has to know of a container. `pid` is null where none runs. */
export interface KnownContainer {
  readonly id: string;
  readonly name: string;
  readonly pid: number | null;
  readonly state: string;
  readonly declared: Declared;
}

/** One process of the host as it was read. Capability masks stay masks until somebody asks for names. */
export interface Proc {
  readonly pid: number;
  /** Inode of `/proc/<pid>`: another one means another process, even where the pid is the same. */
  readonly inode: number;
  readonly path: string;
  /** Its name, decoded; `status.comm` is byte by byte. */
  readonly comm: string;
  readonly status: Status;
  readonly cgroups: CgroupPaths;
  /** The path that stands for it, see core/parse/cgroup. */
  readonly cgroup: string;
  readonly namespaces: NsInodes;
  readonly uidMap: Reading<readonly UidRange[]>;
  readonly lsm: Reading<string>;
  readonly root: Reading<string>;
  /** Of a thread that differs from the first of its process: that process. `pid` is the thread's own id then. */
  readonly threadOf?: number;
}

/** What the kernel tells of one container. */
export interface KernelFacts {
  readonly namespaces: NamespaceRefs;
  readonly process: ProcessFacts | null;
  readonly processes: readonly ProcessFacts[];
  readonly processCount: Reading<number>;
  readonly intruders: readonly Intruder[];
  readonly cgroup: CgroupFacts;
  readonly mounts: Reading<readonly Mount[]>;
  readonly rootReadOnly: Reading<boolean>;
  readonly maskedPaths: Reading<readonly string[]>;
  readonly readonlyPaths: Reading<readonly string[]>;
  readonly devices: Reading<readonly string[]>;
}

export type KernelHost = Pick<
  Host, 'namespaces' | 'hostname' | 'kernel' | 'cpus' | 'memory' | 'cgroupVersion' | 'lsms' | 'ptraceScope' | 'readAs' | 'bootId'
>;

/** One pass over the kernel. Where the proof fails, `host` is unknown and the lists are empty: a stranger's facts are no facts. */
export interface KernelPass {
  readonly proof: KernelProof;
  readonly host: KernelHost;
  readonly of: ReadonlyMap<string, KernelFacts>;
  readonly groups: readonly Group[];
  readonly namespaces: readonly NamespaceNode[];
  readonly cgroups: readonly CgroupNode[];
  readonly notes: readonly Note[];
}
