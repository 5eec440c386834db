import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build, type BuildOptions } from 'esbuild';
// @ts-expect-error A script of plain JavaScript, shared with the build.
import { nodeProgram as nodeProgramScript } from '../../scripts/lib/bundle.js';
import { startEngine, type Lab } from '../lab/engine.js';

const nodeProgram = nodeProgramScript as (external: readonly string[]) => BuildOptions;
const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly dependencies: Readonly<Record<string, string>> };

/** A real engine with so many quiet containers, made once for all benchmarks that want it. */
export interface Host {
  readonly lab: Lab;
  readonly names: readonly string[];
}

const hosts = new Map<number, Promise<Host>>();

/** Networks of 40, with a few containers that have limits, rights and mounts of their own. */
async function fill(count: number): Promise<Host> {
  const lab = await startEngine({ bip: '172.30.0.1/16' });
  const names = Array.from({ length: count }, (_, n) => `quiet-${String(n).padStart(3, '0')}`);
  const networks = Array.from({ length: Math.ceil(count / 40) }, (_, n) => `net-${n}`);
  for (const [n, network] of networks.entries()) await lab.docker(['network', 'create', '--subnet', `172.29.${n}.0/24`, '--label', `com.docker.compose.project=p${n}`, network]);
  const start = async (name: string, n: number) => {
    const project = Math.floor(n / 40);
    const args = ['--network', `net-${project}`, '--label', `com.docker.compose.project=p${project}`, '--label', `com.docker.compose.service=s${n % 8}`];
    if (n % 3 === 0) args.push('--memory', '64m', '--pids-limit', '64');
    if (n % 5 === 0) args.push('--cap-drop', 'NET_RAW');
    if (n % 7 === 0) args.push('-v', '/etc/hostname:/host/hostname:ro', '--read-only');
    await lab.run(name, { args });
  };
  let next = 0;
  const worker = async () => {
    for (let n = next++; n < count; n = next++) await start(names[n] ?? '', n);
  };
  await Promise.all(Array.from({ length: 4 }, worker));
  return { lab, names };
}

export function hostOf(count: number): Promise<Host> {
  const there = hosts.get(count) ?? fill(count);
  hosts.set(count, there);
  return there;
}

export async function closeHosts(): Promise<void> {
  for (const host of hosts.values()) await host.then(({ lab }) => lab.stop(), () => undefined);
  if (built !== undefined) rmSync(await built, { force: true });
}

/** A process of ours on that engine's host (its net namespace, its /sys), asked line by line. */
export interface Inside {
  readonly pid: number;
  ask<T>(what: string, ...args: readonly unknown[]): Promise<T>;
  close(): void;
}

let built: Promise<string> | undefined;

/** `inside.ts` as one file for plain Node: what is measured is the program, not what reads TypeScript. */
function program(): Promise<string> {
  const outfile = join('node_modules', '.cache', 'bulkhead-bench', `inside-${process.pid}.mjs`);
  built ??= build({ ...nodeProgram(Object.keys(dependencies)), entryPoints: [join(import.meta.dirname, 'inside.ts')], outfile, logLevel: 'error' }).then(() => outfile);
  return built;
}

/** Starts `test/bench/inside.ts` as on the engine's host. */
export async function inside(host: Host): Promise<Inside> {
  const [command = '', ...args] = host.lab.viewCommand([process.execPath, '--expose-gc', await program(), host.lab.host]);
  const child: ChildProcess = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting: ((line: string) => void)[] = [];
  let ended: Error | null = null;
  const { stdout, stdin } = child;
  if (stdout === null || stdin === null) throw new Error('no streams');
  const failures: ((error: Error) => void)[] = [];
  createInterface({ input: stdout }).on('line', (line) => {
    failures.shift();
    waiting.shift()?.(line);
  });
  child.on('exit', (code) => {
    ended = new Error(`the process on the host ended with ${code}`);
    for (const fail of failures.splice(0)) fail(ended);
  });
  const ask = <T>(what: string, ...rest: readonly unknown[]): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      if (ended !== null) return reject(ended);
      waiting.push((line) => {
        const answer = JSON.parse(line) as { readonly value?: T; readonly error?: string };
        if (answer.error === undefined) resolve(answer.value as T);
        else reject(new Error(answer.error));
      });
      failures.push(reject);
      stdin.write(`${JSON.stringify([what, ...rest])}\n`);
    });
  await ask('ready');
  return { pid: child.pid ?? 0, ask, close: () => stdin.end() };
}
