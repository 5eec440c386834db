import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import path from 'node:path';
import type { Lab } from '../lab/engine.js';

const ROOT = path.resolve(import.meta.dirname, '../..');

export interface Live {
  readonly url: string;
  stop(): Promise<void>;
}

/** The program as it is built, serving its window as it would run on the lab engine's host. */
export async function serveLive(lab: Lab, args: readonly string[] = ['--host', lab.host]): Promise<Live> {
  const [program, ...rest] = lab.viewCommand([process.execPath, path.join(ROOT, 'scripts/start.js'), '--serve', ...args]);
  if (program === undefined) throw new Error('the lab gave no command');
  const child = spawn(program, rest, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, BROWSER: 'none' } });
  let errors = '';
  child.stderr.on('data', (chunk) => (errors = (errors + String(chunk)).slice(-4000)));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => {
      if (line.startsWith('http://127.0.0.1:')) resolve(line.trim());
    });
    void ended.then(() => reject(new Error(`it ended before it served: ${errors}`)));
    setTimeout(() => reject(new Error(`it printed no address within 60 s: ${errors}`)), 60_000).unref();
  });
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
