import type { Container, NetNamespace } from '../../core/model/index.js';
import type { EngineContainer } from './engine/types.js';

/** Whether the kernel holds other limits than the engine was told; roundings are small. */
export function contradicts(cgroup: Container['cgroup'], declared: EngineContainer['declared']): boolean {
  const other = (told: number | 'max', held: Container['cgroup']['memory']['limit']) => {
    if (!('value' in held) || held.value === told) return false;
    return typeof held.value === 'string' || typeof told === 'string' || Math.abs(held.value - told) > told / 50;
  };
  return other(declared.memory, cgroup.memory.limit) || other(declared.cpus, cgroup.cpu.limit) || other(declared.pidsLimit, cgroup.pids.limit);
}

/** Whether addresses and MACs differ; the states of /proc are fewer than those that were listed before. */
export function differs(a: NetNamespace['neighbours'], b: NetNamespace['neighbours']): boolean {
  if (!('value' in a) || !('value' in b)) return 'value' in a !== 'value' in b;
  if (a.value === b.value) return false;
  if (a.value.length !== b.value.length) return true;
  const said = new Set(a.value.map((n) => `${n.dev} ${n.ip} ${n.mac}`));
  return b.value.some((n) => !said.has(`${n.dev} ${n.ip} ${n.mac}`));
}

/** The tables as they stand now, with the states that were listed before where nothing else changed. */
export function withStates(now: NetNamespace['neighbours'], before: NetNamespace['neighbours']): NetNamespace['neighbours'] {
  if (!('value' in now) || !('value' in before)) return now;
  const states = new Map(before.value.map((n) => [`${n.dev} ${n.ip} ${n.mac}`, n.state]));
  return { ...now, value: now.value.map((n) => ({ ...n, state: states.get(`${n.dev} ${n.ip} ${n.mac}`) ?? n.state })) };
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
