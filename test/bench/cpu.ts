import { readdirSync, readFileSync } from 'node:fs';

const TICKS = 100;

function stat(pid: number): { readonly parent: number; readonly ms: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    // utime, stime and those of children that were waited for, proc(5); fields count from the state.
    const ticks = [11, 12, 13, 14].reduce((sum, n) => sum + Number(fields[n]), 0);
    return { parent: Number(fields[1]), ms: (ticks * 1000) / TICKS };
  } catch {
    return null;
  }
}

/** Milliseconds of CPU that processes have used so far, children that ended included. Below 10 ms it is not exact. */
export function cpuMs(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + (stat(pid)?.ms ?? 0), 0);
}

/** A process and all below it, by name where one is given: the engine is dockerd and containerd, not its containers. */
export function family(root: number, names: readonly string[] | null = null): readonly number[] {
  const parents = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    const read = Number.isInteger(pid) ? stat(pid) : null;
    if (read !== null) parents.set(read.parent, [...(parents.get(read.parent) ?? []), pid]);
  }
  const out: number[] = [];
  const walk = (pid: number) => {
    out.push(pid);
    for (const child of parents.get(pid) ?? []) walk(child);
  };
  walk(root);
  if (names === null) return out;
  return out.filter((pid) => {
    try {
      return names.includes(readFileSync(`/proc/${pid}/comm`, 'utf8').trim());
    } catch {
      return false;
    }
  });
}
