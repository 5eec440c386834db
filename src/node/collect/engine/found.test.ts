import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { foundEngines } from './found.js';

const home = mkdtempSync(join(tmpdir(), 'bulkhead-found-'));
const run = join(home, 'run');
let server: Server;

beforeAll(async () => {
  mkdirSync(run);
  const meta = join(home, '.docker/contexts/meta', createHash('sha256').update('farm').digest('hex'));
  mkdirSync(meta, { recursive: true });
  writeFileSync(join(meta, 'meta.json'), JSON.stringify({ Name: 'farm', Endpoints: { docker: { Host: 'tcp://farm.example.com:2376' } } }));
  mkdirSync(join(home, '.docker/contexts/meta/broken'));
  writeFileSync(join(home, '.docker/contexts/meta/broken/meta.json'), 'no json');
  server = createServer();
  await new Promise<void>((resolve) => server.listen(join(run, 'docker.sock'), resolve));
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(home, { recursive: true, force: true });
});

const found = (over: Parameters<typeof foundEngines>[0] = {}) => foundEngines({ env: { XDG_RUNTIME_DIR: run }, home, uid: 1000, platform: 'linux', ...over });

test('a socket that is there is told from one that is not, without being connected to', () => {
  let connections = 0;
  server.on('connection', () => { connections += 1; });
  expect(found().find((e) => e.endpoint === `unix://${run}/docker.sock`)).toMatchObject({ state: 'there', from: 'usual place' });
  expect(found().find((e) => e.endpoint === `unix://${run}/podman/podman.sock`)).toMatchObject({ state: 'absent' });
  expect(connections).toBe(0);
});

test('contexts are told by name and chosen by it, so that their certificates hold; a broken one is left out', () => {
  expect(found().filter((e) => e.from.startsWith('context'))).toEqual([{ id: 'context farm', endpoint: 'tcp://farm.example.com:2376', from: 'context farm', state: 'elsewhere', choice: { context: 'farm' } }]);
});

test('what the start named leads', () => {
  expect(found({ host: 'unix:///elsewhere.sock' })[0]).toMatchObject({ endpoint: 'unix:///elsewhere.sock', from: '--host', choice: { host: 'unix:///elsewhere.sock' } });
  expect(found({ env: { DOCKER_HOST: 'ssh://me@farm' } })[0]).toMatchObject({ endpoint: 'ssh://me@farm', from: 'DOCKER_HOST', state: 'elsewhere' });
});

test('each engine stands once', () => {
  const ids = found({ host: `unix://${run}/docker.sock` }).map((e) => e.id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('a file that is no socket is none', () => {
  const other = mkdtempSync(join(tmpdir(), 'bulkhead-found-'));
  writeFileSync(join(other, 'docker.sock'), '');
  chmodSync(join(other, 'docker.sock'), 0o666);
  expect(found({ env: { XDG_RUNTIME_DIR: other } }).find((e) => e.endpoint === `unix://${other}/docker.sock`)?.state).toBe('absent');
  rmSync(other, { recursive: true, force: true });
});
