import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '../..');
export const BIN = path.join(ROOT, 'bin/bulkhead.js');

/** The command line as it is built; built here where `npm test` has not. */
export function built(): void {
  if (existsSync(path.join(ROOT, 'out/cli/main.js'))) return;
  const done = spawnSync(process.execPath, [path.join(ROOT, 'scripts/build.js'), '--only', 'cli'], { stdio: 'inherit' });
  if (done.status !== 0) throw new Error('the command line could not be built');
}

export interface Done {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

export interface How {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
  /** What stands before the program: a view of another host. */
  readonly before?: readonly string[];
}

/** Runs `bulkhead` with these words, on plain Node, far from any terminal. */
export function bulkhead(words: readonly string[], how: How = {}): Promise<Done> {
  const [program = '', ...args] = [...(how.before ?? []), process.execPath, BIN, ...words];
  return new Promise((resolve, reject) => {
    const { DOCKER_HOST: _h, DOCKER_CONTEXT: _c, FORCE_COLOR: _f, ...rest } = process.env;
    const child = spawn(program, args, { env: { ...rest, ...how.env }, cwd: how.cwd ?? ROOT, stdio: ['pipe', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (c: Buffer) => out.push(c));
    child.stderr.on('data', (c: Buffer) => err.push(c));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, out: Buffer.concat(out).toString('utf8'), err: Buffer.concat(err).toString('utf8') }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(how.input ?? '');
  });
}
