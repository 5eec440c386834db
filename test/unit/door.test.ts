import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { agentFor, WriteRefused } from '../../src/node/collect/engine/agents.js';
import { compareVersions, Door, Refused } from '../../src/node/collect/engine/door.js';
import { Deadline } from '../../src/node/collect/engine/failure.js';
import { candidateOf } from '../../src/node/collect/engine/hosts.js';
import { startFake, type FakeEngine } from './fake-engine.js';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});
async function engine(version?: string): Promise<FakeEngine> {
  const fake = await startFake(version);
  open.push(fake);
  return fake;
}
async function door(fake: FakeEngine, deadline?: number): Promise<Door> {
  const opened = await Door.open(candidateOf(fake.host, '--host'), deadline);
  open.push(opened);
  return opened;
}

test('the version is agreed on, and in the path of every call, the greeting too', async () => {
  for (const [theirs, agreed] of [['1.41', '1.41'], ['1.47', '1.47'], ['1.99', '1.52']] as const) {
    const fake = await engine(theirs);
    const it = await door(fake);
    expect(it.apiVersion).toBe(agreed);
    await it.get('/info');
    expect(fake.requests).toEqual(['HEAD /v1.44/_ping', `GET /v${agreed}/info`]);
    expect(it.requests).toBe(2);
  }
});

test('versions are ordered as numbers', () => {
  expect(compareVersions('1.9', '1.41')).toBeLessThan(0);
  expect(compareVersions('2.0', '1.99')).toBeGreaterThan(0);
  expect(compareVersions('1.44', '1.44')).toBe(0);
});

test('a query is sent, an error is told in the engine’s words', async () => {
  const fake = await engine();
  const it = await door(fake);
  await it.get('/containers/json', { all: 1 });
  expect(fake.requests.at(-1)).toBe('GET /v1.41/containers/json?all=1');
  await expect(it.get('/containers/none/json')).rejects.toThrow(new Refused(404, 'no such thing'));
});

test('nothing but GET and HEAD leaves, whoever asks', async () => {
  const fake = await engine();
  const agent = agentFor(candidateOf(fake.host, '--host'));
  open.push({ close: () => agent.destroy() });
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    expect(() => http.request({ socketPath: fake.socket, path: '/x', method, agent }).end()).toThrow(WriteRefused);
  }
  expect(fake.requests).toEqual([]);
});

test('an answer that does not come is a deadline, not a wait', async () => {
  const fake = await engine();
  const it = await door(fake, 150);
  fake.on('/info', () => undefined);
  await expect(it.get('/info')).rejects.toThrow(Deadline);
  fake.on('/networks', (_, response) => { response.writeHead(200); response.write('['); });
  await expect(it.get('/networks')).rejects.toThrow(Deadline);
});

test('what is no engine is not taken for one', async () => {
  const fake = await engine();
  fake.on('/_ping', (_, response) => { response.removeHeader('Api-Version'); response.end('hello'); });
  await expect(Door.open(candidateOf(fake.host, '--host'))).rejects.toThrow('no engine');
});

test('a server of TLS that is not asked by TLS is told, though it writes more than a head', async () => {
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end('HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({ close: () => server.close() });
  await expect(Door.open(candidateOf(`tcp://127.0.0.1:${(server.address() as AddressInfo).port}`, '--host'))).rejects.toThrow('HTTPS');
});

test('an answer that breaks off, or is no JSON, is no answer', async () => {
  const fake = await engine();
  const it = await door(fake);
  fake.on('/info', (_, response) => { response.writeHead(200, { 'Content-Length': 1000 }); response.write('{"ID":'); setTimeout(() => response.destroy(), 20); });
  await expect(it.get('/info')).rejects.toThrow();
  fake.on('/networks', (_, response) => { response.end('<html>'); });
  await expect(it.get('/networks')).resolves.toBeUndefined();
});

test('ssh:// goes through the system’s ssh, with its arguments, and one connection serves many calls', async () => {
  const fake = await engine();
  const dir = mkdtempSync(join(tmpdir(), 'bulkhead-ssh-'));
  const log = join(dir, 'log');
  writeFileSync(join(dir, 'ssh'), `#!${process.execPath}
require('node:fs').appendFileSync(${JSON.stringify(log)}, process.argv.slice(2).join(' ') + '\\n');
const socket = require('node:net').connect(${JSON.stringify(fake.socket)});
process.stdin.pipe(socket); socket.pipe(process.stdout);
socket.on('close', () => process.exit(0));
`);
  chmodSync(join(dir, 'ssh'), 0o755);
  const path = process.env['PATH'];
  process.env['PATH'] = `${dir}:${path}`;
  open.push({ close: () => { process.env['PATH'] = path; rmSync(dir, { recursive: true, force: true }); } });
  const it = await Door.open(candidateOf('ssh://me@farm', '--host'));
  open.push(it);
  for (let n = 0; n < 5; n++) await it.get('/info');
  expect(readFileSync(log, 'utf8').trim().split('\n')).toEqual(['-o BatchMode=yes -o ConnectTimeout=10 -T -l me -- farm docker system dial-stdio']);
  expect(fake.requests).toHaveLength(6);
});

test('what ssh says on failing is what is told', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'bulkhead-ssh-'));
  writeFileSync(join(dir, 'ssh'), '#!/bin/sh\necho "me@farm: Permission denied (publickey)." >&2\nexit 255\n');
  chmodSync(join(dir, 'ssh'), 0o755);
  const path = process.env['PATH'];
  process.env['PATH'] = `${dir}:${path}`;
  open.push({ close: () => { process.env['PATH'] = path; rmSync(dir, { recursive: true, force: true }); } });
  await expect(Door.open(candidateOf('ssh://me@farm', '--host'))).rejects.toThrow('Permission denied (publickey)');
});
