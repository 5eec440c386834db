import type { Container, Neighbour, NetNamespace } from '../../core/model/index.js';
import type { EngineContainer } from './engine/types.js';

/** Whether the kernel holds other limits than the engine was told; roundings are small. */
export function contradicts(cgroup: Container['cgroup'], declared: EngineContainer['declared']): boolean {
  const other = (told: number | 'max', held: Container['cgroup']['memory']['limit']) => {
    if (!('value' in held) || held.value === told) return false;
    return typeof held.value === 'string' || typeof told === 'string' || Math.abs(held.value - told) > told / 50;
  };
  return other(declared.memory, cgroup.memory.limit) || other(declared.cpus, cgroup.cpu.limit) || other(declared.pidsLimit, cgroup.pids.limit);
}

type Table = NetNamespace['neighbours'];
const nameOf = (n: Neighbour): string => `${n.dev} ${n.ip} ${n.mac}`;

/** Entries that a table of /proc never lists: what was listed of them before still holds. */
const unlisted = (before: readonly Neighbour[], now: readonly Neighbour[]): readonly Neighbour[] =>
  before.filter((n) => n.state === 'NOARP' && !now.some((x) => x.ip === n.ip && x.dev === n.dev));

/** Whether addresses and MACs differ in a table of /proc from those known before; its states are fewer than those that were listed then. */
export function differs(before: Table, now: Table): boolean {
  if (!('value' in before) || !('value' in now)) return 'value' in before !== 'value' in now;
  if (before.value === now.value) return false;
  if (before.value.length - unlisted(before.value, now.value).length !== now.value.length) return true;
  const said = new Set(before.value.map(nameOf));
  return now.value.some((n) => !said.has(nameOf(n)));
}

/** The tables as they stand now, with the states that were listed before where nothing else changed, and with what /proc does not list. */
export function withStates(now: Table, before: Table): Table {
  if (!('value' in now) || !('value' in before)) return now;
  const states = new Map(before.value.map((n) => [nameOf(n), n.state]));
  return { ...now, value: [...now.value.map((n) => ({ ...n, state: states.get(nameOf(n)) ?? n.state })), ...unlisted(before.value, now.value)] };
}

/** The very same list where nothing in it became another. */
export function mapped<T>(all: readonly T[], to: (one: T) => T): readonly T[] {
  const next = all.map(to);
  return next.every((one, i) => one === all[i]) ? all : next;
}

/** What the kernel holds now beside what was declared before. */
export function withDeclaredOf(now: Container['cgroup'], { memory, cpu, pids }: Container['cgroup']): Container['cgroup'] {
  return { ...now, memory: { ...now.memory, declared: memory.declared }, cpu: { ...now.cpu, declared: cpu.declared }, pids: { ...now.pids, declared: pids.declared } };
}
