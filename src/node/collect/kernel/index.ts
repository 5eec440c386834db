import type { CgroupFacts, CgroupNode, KernelProof } from '../../../core/model/index.js';
import { isStale, type Ahead } from './ahead.js';
import { CgroupFiles, type Place } from './cgroup-files.js';
import { CgroupReader } from './cgroups.js';
import { isFolder, holdingOfProcess } from './files.js';
import type { Hierarchies } from './hierarchies.js';
import { prove, unknownHost, type ProofCache } from './host.js';
import { learnKin, newKinCache, type KinCache } from './kin.js';
import type { MountCache, TableCache } from './mounts.js';
import { absentFacts } from './nothing.js';
import { declaredNamespaces } from './owners.js';
import { passOver, type LastPass } from './pass.js';
import { closeProcesses, newProcessCache, readProcesses, type Depth, type ProcessCache } from './processes.js';
import { newThreadCache, withThreads, type ThreadCache } from './threads.js';
import type { KernelFacts, KernelPass, KnownContainer, Proc, Roots } from './types.js';

export type { KernelFacts, KernelHost, KernelPass, KnownContainer, Roots } from './types.js';

/** What is kept from pass to pass; one for each engine. */
export interface KernelCache {
  readonly processes: ProcessCache;
  readonly threads: ThreadCache;
  readonly proof: ProofCache;
  readonly mounts: MountCache;
  readonly kin: KinCache;
  readonly cgroups: CgroupFiles;
  readonly tables: TableCache;
  /** Devices of each container, with the inode of its first process. */
  readonly devices: Map<string, { readonly inode: number; readonly devices: KernelFacts['devices'] }>;
  hierarchies: Hierarchies | undefined;
  /** Paths of cgroups that were read briefly and are owed the rest. */
  readonly brief: Set<string>;
  /** When all of the cgroups was read last, also what is set once. */
  settledAt: number;
  /** The places of workloads, for polling what moves. */
  places: ReadonlyMap<string, Place>;
  nodes: readonly CgroupNode[];
  polls: number;
  last: LastPass | undefined;
  /** Read for the next pass, which takes it. */
  ahead: Ahead | undefined;
}

export function newKernelCache(): KernelCache {
  const holding = holdingOfProcess();
  return {
    processes: newProcessCache(holding), threads: newThreadCache(), proof: { proved: undefined }, mounts: new Map(), kin: newKinCache(), cgroups: new CgroupFiles(holding), tables: { text: '', table: [] },
    devices: new Map(), brief: new Set(), hierarchies: undefined, settledAt: 0, places: new Map(), nodes: [], polls: 0, last: undefined, ahead: undefined,
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

/** Asks lsns(8) for owners and parents and looks for open files on namespaces, for the next passes. Some 70 ms, not on this thread. */
export function learn(cache: KernelCache, roots: Roots): Promise<void> {
  return learnKin(cache.kin, roots);
}

/** One pass over /proc and /sys. Never throws for what a host holds: what cannot be read is unknown, with the path. */
export function readKernel(input: KernelInput): KernelPass {
  const { roots, containers, cache } = input;
  const ahead = cache.ahead === undefined || isStale(cache.ahead) ? undefined : cache.ahead;
  cache.ahead = undefined;
  const procs = ahead !== undefined ? ahead.procs : isFolder(roots.proc) ? readProcesses(roots.proc, cache.processes, input.depth, input.again) : new Map<number, Proc>();
  const proof = procs.size === 0 ? noKernel(roots) : prove(containers, procs, cache.proof);
  if (proof.kind === 'foreign' || (proof.kind === 'unproved' && (input.local === false || procs.size === 0))) return stranger(proof, containers);
  const threads = withThreads(procs, cache.threads, input.depth ?? 'full', input.again ?? NONE);
  const pass = passOver(input, threads.procs, proof, ahead);
  const notes = threads.left.map((one) => ({ about: 'host', text: `not every thread of process ${one.pid} (${one.comm}) was looked at: it has ${one.status.threads}` }));
  return notes.length === 0 ? pass : { ...pass, notes: [...pass.notes, ...notes] };
}

const NONE: ReadonlySet<string> = new Set();

function noKernel(roots: Roots): KernelProof {
  return { kind: 'foreign', why: `${roots.proc} holds no processes: this is no Linux machine` };
}

/** Nothing of this kernel is the engine's. */
function stranger(proof: KernelProof, containers: readonly KnownContainer[]): KernelPass {
  const source = proof.kind === 'proved' ? '' : proof.why;
  const of = new Map(
    containers.map((one) => [one.id, absentFacts('unsupported', one.pid === null ? '/proc' : `/proc/${one.pid}`, one.declared, declaredNamespaces(one, containers, 'unsupported', `/proc/${one.pid ?? ''}`))]),
  );
  return { proof, host: unknownHost(source), of, groups: [], namespaces: [], cgroups: [], notes: [] };
}

export interface MovingPass {
  /** By workload's id, containers and groups with a cgroup of their own. */
  readonly of: ReadonlyMap<string, CgroupFacts>;
  /** The whole tree, with workloads' nodes and their ancestors read anew. */
  readonly cgroups: readonly CgroupNode[];
}

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));

/** Pressure is an average over ten seconds at least: not each poll can tell something new. */
const POLLS_PER_PRESSURE = 3;

/**
 * Usage, throttling, OOM kills and (at each third call) pressure of the workloads' cgroups and of those above them, as
 * the last full pass found them. Where nothing ran below a cgroup since the call before, what is below it is taken to be
 * as it was but for each third call: memory can then only have been taken back.
 */
export function readMoving(cache: KernelCache): MovingPass {
  const of = new Map<string, CgroupFacts>();
  if (cache.hierarchies === undefined) return { of, cgroups: cache.nodes };
  const reader = new CgroupReader(cache.hierarchies, cache.cgroups);
  const pressure = cache.polls % POLLS_PER_PRESSURE === 0;
  cache.polls += 1;
  const above = new Set<string>(['/']);
  for (const place of cache.places.values()) {
    for (let at = place.path.lastIndexOf('/'); at > 0; at = place.path.lastIndexOf('/', at - 1)) above.add(place.path.slice(0, at));
  }
  const asleep = new Map<string, boolean>();
  for (const place of cache.places.values()) {
    const parent = parentOf(place.path);
    if (parent !== '' && !asleep.has(parent)) asleep.set(parent, reader.sleepsBelow(parent));
  }
  cache.nodes = cache.nodes.map((node) => {
    const place = node.of === null ? undefined : cache.places.get(node.of);
    if (place === undefined && !above.has(node.id)) return node;
    if (place !== undefined && place.elsewhere === undefined && !pressure && asleep.get(parentOf(place.path)) === true) {
      if (node.of !== null) of.set(node.of, node.facts);
      return node;
    }
    const facts = reader.again(node.facts, place ?? { path: node.id, source: '', elsewhere: undefined }, { limits: false, use: true, pressure });
    if (node.of !== null) of.set(node.of, facts);
    return facts === node.facts ? node : { ...node, facts };
  });
  return { of, cgroups: cache.nodes };
}
