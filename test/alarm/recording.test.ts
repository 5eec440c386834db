import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { frameAt, openRecording, type Recording } from '../../src/core/record/index.js';
import { startEngine, type Lab } from '../lab/engine.js';
import { until } from '../lab/run.js';
import { ipOf, meets, netOf } from './attack.js';
import { forge } from './forge.js';

let lab: Lab;
let dir: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'bulkhead-recording-'));
  lab = await startEngine({ bip: '172.31.11.1/24' });
  await lab.docker(['network', 'create', '--subnet', '10.75.0.0/24', 'wire']);
  for (const name of ['alice', 'bob', 'mallory']) await lab.run(name, { args: ['--network', 'wire'] });
});

afterAll(async () => {
  for (const child of children) if (child.exitCode === null) child.kill('SIGKILL');
  await lab?.stop();
  rmSync(dir, { recursive: true, force: true });
});

function start(file: string): { readonly child: ChildProcess; said(): string } {
  const script = fileURLToPath(new URL('./recording-in-view.ts', import.meta.url));
  const [command = '', ...args] = lab.viewCommand([process.execPath, '--import', 'tsx', script, lab.host, file]);
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  children.push(child);
  let log = '';
  child.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  return { child, said: () => log };
}

function opened(file: string): Recording | null {
  const o = openRecording(readFileSync(file, 'utf8'));
  return o.ok ? o.recording : null;
}

test('an attack and a stop are in the file, and the end of a recorder that was killed costs nothing else', async () => {
  const file = join(dir, 'night.jsonl');
  const recorder = start(file);
  expect(await until(() => existsSync(file), 60_000), recorder.said()).toBe(true);
  const first = opened(file);
  const shown = frameAt(first as Recording, 0);
  expect(shown.ok && shown.snapshot.containers.map((c) => c.name).sort()).toEqual(['alice', 'bob', 'mallory']);

  const [alice, bob] = [await ipOf(lab, 'alice'), await ipOf(lab, 'bob')];
  const mac = async (name: string): Promise<string> => (await lab.docker(['inspect', '--format', '{{range .NetworkSettings.Networks}}{{.MacAddress}}{{end}}', name])).trim();
  const pid = await lab.pid('mallory');
  await netOf(lab, 'mallory');
  const frame = { pid, dev: 'eth0', src: await mac('mallory'), dst: await mac('alice'), claims: bob, to: alice };
  await meets(lab, 'alice', bob);
  // The kernel refuses to change an entry within a second of the last change, so one forged answer may be too early.
  const found = await until(async () => {
    await forge(frame);
    return (opened(file)?.alarms.length ?? 0) > 0;
  }, 60_000, 500);
  expect(found, recorder.said()).toBe(true);
  expect(opened(file)?.alarms[0]?.sentence).toContain('mallory poses as bob towards alice');

  await lab.docker(['stop', '-t', '0', 'bob']);
  const states = (): string[] => {
    const r = opened(file);
    const f = r === null ? null : frameAt(r, r.frames.length - 1);
    return f?.ok === true ? f.snapshot.containers.map((c) => `${c.name} ${c.state}`).sort() : [];
  };
  expect(await until(() => states().includes('bob exited'), 60_000), recorder.said()).toBe(true);

  recorder.child.kill('SIGKILL');
  expect(await until(() => recorder.child.exitCode !== null || recorder.child.signalCode !== null, 20_000)).toBe(true);
  expect(states()).toContain('bob exited');
});

test('a file that is there is not replaced, and a recorder that is stopped says what it wrote', async () => {
  const file = join(dir, 'day.jsonl');
  const recorder = start(file);
  expect(await until(() => existsSync(file), 60_000), recorder.said()).toBe(true);
  const refused = start(file);
  expect(await until(() => refused.child.exitCode === 2, 60_000), refused.said()).toBe(true);
  expect(refused.said()).toContain('is there already');
  recorder.child.stdin?.end();
  expect(await until(() => recorder.child.exitCode === 0, 60_000), recorder.said()).toBe(true);
  expect(recorder.said()).toMatch(/"ok":true,"frames":\d+/);
  expect(opened(file)?.truncated).toBe(false);
});
