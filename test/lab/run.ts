import { spawn } from 'node:child_process';

/** What a command left behind. `code` is null where a signal ended it. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunCommandOptions {
  readonly input?: string | Uint8Array;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Milliseconds after which the command is killed; default two minutes. */
  readonly timeout?: number;
}

/** Runs a command to its end; never rejects for a bad exit status, only where it cannot be started. */
export function tryRun(command: readonly string[], options: RunCommandOptions = {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(command[0] ?? '', command.slice(1), {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: options.timeout ?? 120_000,
      killSignal: 'SIGKILL',
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}

/** Runs a command and answers its standard output; rejects with the command and its standard error otherwise. */
export async function run(command: readonly string[], options: RunCommandOptions = {}): Promise<string> {
  const ran = await tryRun(command, options);
  if (ran.code !== 0) {
    throw new Error(`${command.join(' ')} ended with ${ran.code ?? 'a signal'}: ${ran.stderr.trim() || ran.stdout.trim()}`);
  }
  return ran.stdout;
}

/** Asks until the answer is true or the deadline passes; says whether it became true. */
export async function until(ask: () => boolean | Promise<boolean>, deadlineMs: number, everyMs = 50): Promise<boolean> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    if (await ask()) return true;
    if (Date.now() >= end) return false;
    await new Promise((wake) => setTimeout(wake, everyMs));
  }
}
