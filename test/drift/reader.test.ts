import { build } from 'esbuild';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '../../src/node/collect/connect.js';
import { Reader } from '../../src/node/collect/reader.js';
import type { KernelReaders } from '../../src/node/collect/parts.js';
import { startReader } from '../../src/node/reader/client.js';
import { NS_KINDS, snapshot as schema } from '../../src/core/model/index.js';
import { startEngine, type Lab } from '../lab/engine.js';
import { until } from '../lab/run.js';

/** The reader with rights as it is built, on a real engine's host, asked over its streams. */

const dir = mkdtempSync(join(tmpdir(), 'bulkhead-reader-'));
const program = join(dir, 'reader.mjs');
let lab: Lab;

/** Processes of the built reader. */
const running = (): readonly string[] =>
  readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').at(-2) === program;
    } catch {
      return false;
    }
  });

async function start(): Promise<KernelReaders> {
  const started = await startReader(lab.viewCommand([process.execPath, program]));
  if ('what' in started) throw new Error(started.why);
  return started;
}

beforeAll(async () => {
  await build({
    entryPoints: ['src/node/reader/main.ts'], outfile: program, bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'error',
    banner: { js: "import { createRequire as $require } from 'node:module'; const require = $require(import.meta.url);" },
  });
  lab = await startEngine();
  await lab.image('setuid:lab', { setuid: ['bin/su'] });
  await lab.run('plain');
  await lab.run('rising', { image: 'setuid:lab', args: ['--memory', '64m'] });
}, 240_000);
afterAll(async () => {
  await lab?.stop();
  rmSync(dir, { recursive: true, force: true });
}, 120_000);

test('a snapshot by the reader has what root reads, and the reader ends when it is let go', async () => {
  const readers = await start();
  const door = await connect({ host: lab.host });
  const reader = new Reader(door, { readers });
  const snapshot = await reader.snapshot();
  expect(schema.safeParse(snapshot).error?.issues ?? []).toEqual([]);
  expect(snapshot.host.readAs).toBe('reader');
  expect(snapshot.host.proof.kind).toBe('proved');
  for (const c of snapshot.containers) for (const kind of NS_KINDS) expect([c.name, kind, 'value' in c.namespaces[kind].inode]).toEqual([c.name, kind, true]);
  expect(snapshot.containers.flatMap((c) => c.endpoints.map((e) => 'value' in e.peer))).toEqual([true, true]);
  expect((await reader.poll())?.containers).toHaveLength(2);
  expect(running()).toHaveLength(1);
  readers.close();
  door.close();
  expect(await until(() => running().length === 0, 30_000)).toBe(true);
});

test('programs that give rights are found in a container, and none where there are none', async () => {
  const readers = await start();
  const which = [{ id: 'plain', pid: await lab.pid('plain') }, { id: 'rising', pid: await lab.pid('rising') }];
  const programs = await readers.programs?.(which);
  expect(programs?.get('plain')).toMatchObject({ value: [] });
  expect(programs?.get('rising')).toMatchObject({ value: [{ path: '/bin/su', setuid: true, capabilities: [] }] });
  readers.close();
  expect(await until(() => running().length === 0, 30_000)).toBe(true);
});

test('where it is not allowed, that is said and nothing is left running', async () => {
  const refused = await startReader(['sh', '-c', 'echo "Error executing command as another user: Not authorized" >&2; echo >&2; echo "This incident has been reported." >&2; exit 127']);
  expect(refused).toMatchObject({ why: 'Error executing command as another user: Not authorized' });
  expect(existsSync(program) && running()).toEqual([]);
});
