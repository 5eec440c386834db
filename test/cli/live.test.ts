import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSnapshot } from '../../src/core/model/open.js';
import { bytesOf, exported, pictureOf } from '../export/sheet.js';
import { startEngine, type Lab } from '../lab/engine.js';
import { until } from '../lab/run.js';
import { BIN, built, bulkhead, type Done } from './bulkhead.js';

let lab: Lab;
const dir = mkdtempSync(path.join(tmpdir(), 'bulkhead-cli-live-'));
const at = (name: string): string => path.join(dir, name);

/** As on that engine's own host, with the engine named by DOCKER_HOST. */
const there = (...words: string[]): Promise<Done> => bulkhead(words, { before: lab.viewCommand([]), env: { DOCKER_HOST: lab.host } });

beforeAll(async () => {
  built();
  lab = await startEngine();
  await lab.run('plain', { args: ['--memory', '64m', '--pids-limit', '50'] });
  await lab.run('loose', { args: ['--cap-add', 'NET_ADMIN'] });
}, 240_000);

const PLANTED = { env: 'planted-in-env-7Kq2', label: 'planted-in-label-8Xw3', command: 'planted-in-command-9Zt4', path: 'planted-in-path-5Bn6' } as const;
afterAll(async () => {
  rmSync(dir, { recursive: true, force: true });
  await lab?.stop();
}, 120_000);

test('a snapshot of a live engine goes through jq’s hands and opens again', async () => {
  const done = await there('snapshot');
  expect(done).toMatchObject({ status: 0, err: '' });
  const s = JSON.parse(done.out) as { containers: { name: string; cgroup: { memory: { limit: { value: number } } } }[]; host: { proof: { kind: string } } };
  expect(s.containers.map((c) => c.name).sort()).toEqual(['loose', 'plain']);
  expect(s.host.proof.kind).toBe('proved');
  expect(s.containers.find((c) => c.name === 'plain')?.cgroup.memory.limit.value).toBe(64 * 1024 * 1024);
  writeFileSync(at('live.json'), done.out);
  const saved = await bulkhead(['check', '--format', 'json', at('live.json')]);
  const live = await there('check', '--format', 'json');
  const names = (text: string): string[] => (JSON.parse(text) as { findings: { name: string; subjects: { name: string; kind: string }[] }[] }).findings.filter((f) => f.subjects[0]?.kind === 'container').map((f) => `${f.name} ${f.subjects[0]?.name}`).filter((t) => /plain|loose/u.test(t)).sort();
  expect(names(saved.out)).toEqual(names(live.out));
  expect(names(live.out)).toContain('no-memory-limit loose');
});

test('--host names the engine, and the gate fails by what is found there', async () => {
  const done = await bulkhead(['check', '--host', lab.host, '--fail-on', 'medium'], { before: lab.viewCommand([]) });
  expect(done.status).toBe(1);
  expect(done.out).toContain('can-impersonate');
  expect((await bulkhead(['drift', '--host', lab.host, '--format', 'json'], { before: lab.viewCommand([]) })).status).toBe(0);
});

test('two containers on one bridge can impersonate each other, in words and in JSON', async () => {
  const text = await there('l2', '--from', 'loose', '--to', 'plain');
  expect(text.out).toMatch(/^loose can make plain believe/u);
  const pairs = (JSON.parse((await there('l2', '--from', 'loose', '--to', 'plain', '--format', 'json')).out) as { pairs: { technique: string; verdict: string }[] }).pairs;
  expect(pairs.find((p) => p.technique === 'arp-spoof')?.verdict).toBe('possible');
});

test('doctor tells what is read and proved', async () => {
  const done = await there('doctor');
  expect(done.status).toBe(0);
  expect(done.out).toMatch(/Kernel +proved/u);
  expect(done.out).toContain(lab.host);
});

test('watch tells a start as a line, and ends quietly when interrupted', async () => {
  const [program = '', ...args] = lab.viewCommand([process.execPath, BIN, 'watch', '--format', 'json']);
  const child = spawn(program, args, { env: { ...process.env, DOCKER_HOST: lab.host }, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', (c: Buffer) => (out += c.toString('utf8')));
  child.stderr.on('data', (c: Buffer) => (err += c.toString('utf8')));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  expect(await until(() => err.includes('Watching'), 60_000)).toBe(true);
  await lab.run('newcomer');
  expect(await until(() => out.includes('newcomer'), 60_000), out + err).toBe(true);
  const first = JSON.parse(out.split('\n')[0] ?? '') as { kind: string; at: string };
  expect(first.kind).toBe('start');
  child.kill('SIGINT');
  expect(await ended).toBe(0);
  await lab.remove('newcomer');
});

test('a recording of a moment opens with a first frame', async () => {
  const done = await there('record', '-o', at('day.bulkhead'), '--for', '2s');
  expect(done.err).toMatch(/\d+ frames/u);
  expect(done.status).toBe(0);
  expect(readFileSync(at('day.bulkhead'), 'utf8').split('\n').length).toBeGreaterThan(1);
});

test('a secret in environment, label, command line or mount path is in no redacted file, and masked but for the path in any other', async () => {
  const folder = at(PLANTED.path);
  await lab.run('keeper', {
    args: ['-e', `DB_PASSWORD=${PLANTED.env}`, '--label', `db.password=${PLANTED.label}`, '-v', `${folder}:/data`],
    command: ['sh', '-c', 'while :; do sleep 100; done', 'keeper', `--password=${PLANTED.command}`],
  });
  const file = at('keeper.json');
  expect((await there('snapshot', '-o', file)).status).toBe(0);
  const whole = readFileSync(file, 'utf8');
  expect(whole).toContain('keeper');
  expect(whole).toContain(PLANTED.path);
  for (const word of [PLANTED.env, PLANTED.label, PLANTED.command]) expect(whole).not.toContain(word);
  const told = await bulkhead(['export', '--format', 'json', '--redact', '-o', at('redacted.json'), file]);
  expect(told.err).toContain('What is left of this host');
  const opened = openSnapshot(whole);
  if (!opened.ok) throw new Error(opened.trouble.why);
  const picture = pictureOf(opened.snapshot);
  const texts = new Map([['the command line', readFileSync(at('redacted.json'), 'utf8')]]);
  for (const format of ['svg', 'drawio', 'mermaid', 'dot', 'html', 'graphml', 'gexf', 'csv', 'sarif', 'json', 'junit'] as const) texts.set(format, bytesOf(await exported(picture, format, 'enforcement', { redact: true })).toString('latin1'));
  for (const [format, text] of texts) {
    expect(text.length, format).toBeGreaterThan(100);
    for (const word of [...Object.values(PLANTED), 'keeper']) expect(text.includes(word), `${format}: ${word}`).toBe(false);
  }
  await lab.remove('keeper');
}, 300_000);
