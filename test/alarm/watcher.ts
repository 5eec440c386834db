import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Alarm } from '../../src/core/alarm/types.js';
import type { Lab } from '../lab/engine.js';
import { until } from '../lab/run.js';

interface Line {
  readonly link?: string;
  /** Alarms of the live host while a saved file is shown. */
  readonly aside?: readonly Alarm[];
  readonly alarm?: Alarm;
  readonly moment?: { readonly kind: string; readonly text: string };
  readonly seen?: readonly { readonly name: string; readonly state: string; readonly net: string | null }[];
}

/** A session that watches a lab engine as on its host, and what it has told so far. */
export interface Watcher {
  /** By id, as last told. */
  readonly alarms: ReadonlyMap<string, Alarm>;
  readonly moments: readonly { readonly kind: string; readonly text: string }[];
  /** As last told of the live host while a saved file was shown. */
  readonly aside: () => readonly Alarm[];
  /** Has a saved file shown, or the live host again, and waits until it is. */
  show(what: 'file' | 'live'): Promise<void>;
  /** Waits until an alarm is as asked; rejects with all that was told where it does not come. */
  alarm(what: string, is: (alarm: Alarm) => boolean): Promise<Alarm>;
  /** Waits until the picture shows so many running containers with a net namespace. */
  shows(running: readonly string[]): Promise<void>;
  /** All lines and errors, for a failed expectation. */
  said(): string;
  stop(): Promise<void>;
}

const DEADLINE = 60_000;

/** Starts watching; ready when the picture is live. */
export async function startWatcher(lab: Lab): Promise<Watcher> {
  const script = fileURLToPath(new URL('./watching.ts', import.meta.url));
  const [command = '', ...args] = lab.viewCommand([process.execPath, '--import', 'tsx', script, lab.host]);
  const child: ChildProcess = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const alarms = new Map<string, Alarm>();
  const moments: { readonly kind: string; readonly text: string }[] = [];
  let seen: Line['seen'] = [];
  let link = '';
  let aside: readonly Alarm[] = [];
  let rest = '';
  let log = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    rest += chunk.toString();
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) {
      const line = JSON.parse(text) as Line;
      if (line.seen === undefined) log += `${text}\n`;
      if (line.link !== undefined) link = line.link;
      if (line.aside !== undefined) aside = line.aside;
      if (line.alarm !== undefined) alarms.set(line.alarm.id, line.alarm);
      if (line.moment !== undefined) moments.push(line.moment);
      if (line.seen !== undefined) seen = line.seen;
    }
  });
  child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  child.on('error', (error) => (log += String(error)));
  const stop = async (): Promise<void> => {
    child.stdin?.end();
    if (!(await until(() => child.exitCode !== null || child.signalCode !== null, 10_000))) child.kill('SIGKILL');
  };
  const said = (): string => `${log}\nlast seen: ${JSON.stringify(seen)}`;
  if (!(await until(() => link === 'live', DEADLINE))) {
    await stop();
    throw new Error(`The watcher did not go live. It said:\n${said()}`);
  }
  return {
    alarms,
    moments,
    said,
    stop,
    aside: () => aside,
    async show(what) {
      child.stdin?.write(`${what}\n`);
      if (!(await until(() => link === what, DEADLINE))) throw new Error(`The watcher does not show the ${what}. It said:\n${said()}`);
    },
    async alarm(what, is) {
      if (!(await until(() => [...alarms.values()].some(is), DEADLINE))) throw new Error(`No alarm ${what} was told. Told was:\n${said()}`);
      return [...alarms.values()].find(is) as Alarm;
    },
    async shows(running) {
      const there = (): boolean => running.every((name) => seen?.some((c) => c.name === name && c.state === 'running' && c.net !== null) === true);
      if (!(await until(there, DEADLINE))) throw new Error(`The picture does not show ${running.join(', ')}:\n${said()}`);
    },
  };
}
