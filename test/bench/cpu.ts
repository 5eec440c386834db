import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';

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

/**
 * Keeps every core awake with a loop that anything else may push aside, until it is told to stop. A core that slept
 * wakes at a lower clock, with caches that others have used meanwhile, and the time lost by that is charged to whoever
 * woke: what a poll costs would be told by how idle the machine is, three to eight times too high on a quiet virtual one.
 */
function keepAwake(): () => void {
  const loops: ChildProcess[] = cpus().map(() => spawn('chrt', ['--idle', '0', process.execPath, '-e', 'for (;;);'], { stdio: 'ignore', detached: true }));
  for (const { pid } of loops) {
    try {
      // Where sessions are scheduled against each other (sched(7), autogroup), a low rank within its own is not enough.
      if (pid !== undefined) writeFileSync(`/proc/${pid}/autogroup`, '19');
    } catch {
      // Sessions are not, here.
    }
  }
  return () => loops.forEach((loop) => loop.kill('SIGKILL'));
}

/** Measures with every core awake. */
export async function awake<T>(measure: () => Promise<T>): Promise<T> {
  const sleep = keepAwake();
  try {
    return await measure();
  } finally {
    sleep();
  }
}

/** Says what the same costs where cores sleep, which is no bound but what a user's machine may show. */
export function asleep(name: string, percent: number): void {
  process.stderr.write(`${name}: ${percent.toFixed(2)} % with cores that sleep in between\n`);
}
