import { NS_KINDS, known, unknown, type CapabilitySets, type Intruder, type NsKind, type ProcessFacts, type Reading } from '../../../core/model/index.js';
import { capabilityNames } from '../../../core/parse/capabilities.js';
import { isUnconfined } from '../../../core/facts/label.js';
import { sameNamespace } from './processes.js';
import type { Proc } from './types.js';

function names(hex: string, source: string): Reading<readonly string[]> {
  const list = capabilityNames(hex);
  return list === undefined ? unknown('unsupported', source) : known(list, source);
}

/** Readings of one process. */
function facts(proc: Proc, role: ProcessFacts['role'], count: number): ProcessFacts {
  const source = `${proc.path}/status`;
  const { status } = proc;
  const capabilities: CapabilitySets = {
    effective: names(status.effective, source),
    permitted: names(status.permitted, source),
    bounding: names(status.bounding, source),
    ambient: names(status.ambient, source),
    inheritable: names(status.inheritable, source),
  };
  const told = <T>(value: T | undefined): Reading<T> => (value === undefined ? unknown('absent', source) : known(value, source));
  return {
    pid: proc.pid,
    count,
    comm: proc.comm,
    role,
    uid: known(status.uid, source),
    // The map is read once for each user namespace, and is the same under every process in it: each is told by its own.
    uidMap: 'value' in proc.uidMap ? { ...proc.uidMap, source: `${proc.path}/uid_map` } : proc.uidMap,
    capabilities,
    noNewPrivs: told(status.noNewPrivs),
    seccomp: told(status.seccomp),
    seccompFilters: told(status.seccompFilters),
    lsm: proc.lsm,
    root: proc.root,
    namespaces: proc.namespaces,
  };
}

const words = new WeakMap<Proc, string>();

/** Two processes with the same word are alike in all that isolates them. */
function likeness(proc: Proc): string {
  let word = words.get(proc);
  if (word === undefined) {
    word = spell(proc);
    words.set(proc, word);
  }
  return word;
}

function spell(proc: Proc): string {
  const { status: s } = proc;
  const word = <T>(r: Reading<T>) => ('value' in r ? r.value : r.unknown);
  const spaces = NS_KINDS.map((kind) => word(proc.namespaces[kind])).join();
  return [s.effective, s.permitted, s.bounding, s.ambient, s.inheritable, s.uid, s.noNewPrivs, s.seccomp, s.seccompFilters, word(proc.lsm), word(proc.root), spaces].join('|');
}

const bits = (hex: string): number => {
  let count = 0;
  for (const digit of hex) count += [0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4][parseInt(digit, 16)] ?? 0;
  return count;
};

/** Whether the second set holds something that the first does not. */
function beyond(first: string, second: string): boolean {
  return (BigInt(`0x${second}`) & ~BigInt(`0x${first}`)) !== 0n;
}

/**
 * How much a process holds, for comparing those of one workload: rights in another user namespace than its first
 * process's are rights over less, then the capabilities it has, then what it could get, then what confines it.
 */
function holds(proc: Proc, main: Proc, hostUser: number | undefined): readonly number[] {
  const { status: s } = proc;
  const user = proc.namespaces.user;
  const inner = 'value' in user && user.value !== hostUser && sameNamespace(proc, main, 'user') === false;
  return [
    inner ? 0 : 1,
    bits(s.effective),
    bits(s.permitted),
    bits(s.bounding),
    s.seccomp === 'disabled' ? 1 : 0,
    s.noNewPrivs === false ? 1 : 0,
    'value' in proc.lsm && isUnconfined(proc.lsm.value) ? 1 : 0,
    s.uid === 0 ? 1 : 0,
    proc === main ? 1 : 0,
  ];
}

function more(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return (a[i] ?? 0) > (b[i] ?? 0);
  return false;
}

function descends(proc: Proc, main: Proc, procs: ReadonlyMap<number, Proc>): boolean {
  let at: Proc | undefined = proc;
  for (let steps = 0; at !== undefined && steps < 64; steps++) {
    if (at.pid === main.pid) return true;
    at = procs.get(at.status.parent);
  }
  return false;
}

/** The classes of alike processes of one workload, the main one's first, and the weakest of them. */
export interface Classes {
  readonly processes: readonly ProcessFacts[];
  readonly weakest: ProcessFacts;
}

const sorted = new WeakMap<Proc, { readonly members: readonly Proc[]; readonly classes: Classes }>();

/** The same classes as before where the very same processes are in it. */
export function classify(members: readonly Proc[], main: Proc, procs: ReadonlyMap<number, Proc>, hostUser: number | undefined): Classes {
  const before = sorted.get(main);
  if (before !== undefined && before.members.length === members.length && members.every((one, i) => one === before.members[i])) return before.classes;
  const classes = sort(members, main, procs, hostUser);
  sorted.set(main, { members, classes });
  return classes;
}

function sort(members: readonly Proc[], main: Proc, procs: ReadonlyMap<number, Proc>, hostUser: number | undefined): Classes {
  const classes = new Map<string, Proc[]>([[likeness(main), [main]]]);
  for (const proc of members) {
    if (proc.pid === main.pid) continue;
    const word = likeness(proc);
    const alike = classes.get(word);
    if (alike === undefined) classes.set(word, [proc]);
    else alike.push(proc);
  }
  let weakest: ProcessFacts | undefined;
  let most: readonly number[] = [];
  const processes: ProcessFacts[] = [];
  for (const alike of classes.values()) {
    const first = alike[0];
    if (first === undefined) continue;
    // What a container's own children hold lies within its bounding set, but for what they may do in a user namespace that they made; more than that came from outside.
    const outside = first !== main && ((beyond(main.status.bounding, first.status.bounding) && sameNamespace(first, main, 'user') !== false) || !alike.some((proc) => descends(proc, main, procs)));
    const one = facts(first, outside ? 'exec' : 'main', alike.length);
    const held = holds(first, main, hostUser);
    processes.push(one);
    if (weakest === undefined || more(held, most)) {
      weakest = one;
      most = held;
    }
  }
  return { processes, weakest: weakest ?? facts(main, 'main', 1) };
}

/** A process that entered namespaces of a workload from outside its cgroup. */
export function asIntruder(proc: Proc, entered: readonly NsKind[]): Intruder {
  const source = `${proc.path}/status`;
  return {
    pid: proc.pid,
    comm: proc.comm,
    entered,
    cgroup: known(proc.cgroup, `${proc.path}/cgroup`),
    uid: known(proc.status.uid, source),
    effective: names(proc.status.effective, source),
  };
}
