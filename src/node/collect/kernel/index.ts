import type { KernelProof } from '../../../core/model/index.js';
import { serves } from './ahead.js';
import type { KernelCache, KernelInput } from './cache.js';
import { isFolder } from './files.js';
import { prove, unknownHost } from './host.js';
import { learnKin } from './kin.js';
import { absentFacts } from './nothing.js';
import { declaredNamespaces } from './owners.js';
import { passOver } from './pass.js';
import { readProcesses } from './processes.js';
import { sleepers } from './sleepers.js';
import { withThreads } from './threads.js';
import type { KernelPass, KnownContainer, Proc, Roots } from './types.js';

export { closeKernelCache, newKernelCache, type KernelCache, type KernelInput } from './cache.js';
export { readMoving, type MovingPass } from './moving.js';
export type { KernelFacts, KernelHost, KernelPass, KnownContainer, Roots } from './types.js';

/** Asks lsns(8) for owners and parents and looks for open files on namespaces, for the next passes. Some 70 ms, not on this thread. */
export function learn(cache: KernelCache, roots: Roots): Promise<void> {
  return learnKin(cache.kin, roots);
}

/** One pass over /proc and /sys. Never throws for what a host holds: what cannot be read is unknown, with the path. */
export function readKernel(input: KernelInput): KernelPass {
  const { roots, containers, cache } = input;
  const ahead = cache.ahead !== undefined && serves(cache.ahead, input.depth ?? 'full', input.again ?? NONE) ? cache.ahead : undefined;
  cache.ahead = undefined;
  const asleep = input.depth === 'check' ? sleepers(cache, containers) : undefined;
  const procs = ahead !== undefined ? ahead.procs : isFolder(roots.proc) ? readProcesses(roots.proc, cache.processes, input.depth, input.again, asleep?.sleeping) : new Map<number, Proc>();
  const proof = procs.size === 0 ? noKernel(roots) : prove(containers, procs, cache.proof);
  if (proof.kind === 'foreign' || (proof.kind === 'unproved' && (input.local === false || procs.size === 0))) return stranger(proof, containers);
  const threads = withThreads(procs, cache.threads, input.depth ?? 'full', input.again ?? NONE, asleep?.sleeping);
  const pass = passOver(input, threads.procs, proof, ahead, asleep);
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
