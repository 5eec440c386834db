import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startEngine, type Lab } from '../lab/engine.js';
import { Listener } from './listen.js';
import { openProxy, type Proxy } from './proxy.js';

/** The live session in front of a real engine, with a proxy between that sees each request. */

let lab: Lab;
let proxy: Proxy;
let open: Listener[] = [];
/** Listens from the first test on; those that break the connection have listeners of their own. */
let shared: Listener;

beforeAll(async () => {
  lab = await startEngine();
  await lab.run('first');
  proxy = await openProxy(join(lab.dir, 'proxy.sock'), lab.socket);
  shared = await listening({ pollMs: 1_000 });
  open = [];
}, 180_000);
afterEach(() => {
  for (const listener of open) listener.close();
  open = [];
});
afterAll(async () => {
  shared?.close();
  await proxy?.close();
  await lab?.stop();
}, 120_000);

async function listening(options: Partial<ConstructorParameters<typeof Listener>[0]> = {}): Promise<Listener> {
  const listener = new Listener({ host: proxy.host, pollMs: 600_000, heartbeatMs: 600_000, ...options });
  open.push(listener);
  await listener.until('live', () => listener.link?.state === 'live' && listener.picture !== null);
  return listener;
}

test('a session is live with a first picture, and says how far it has come', async () => {
  const listener = shared;
  expect(listener.links[0]).toMatchObject({ state: 'connecting' });
  expect(listener.container('first')).toMatchObject({ state: 'running' });
  expect(listener.picture?.findings.length).toBeGreaterThan(0);
});

test('what happens on the engine appears, and on the time strip', async () => {
  const listener = shared;
  await lab.run('guest', { args: ['--memory', '32m'] });
  await listener.until('guest runs', () => listener.container('guest')?.state === 'running' && listener.container('guest')?.process !== null);
  expect(listener.container('guest')?.cgroup.memory.limit).toMatchObject({ value: 32 * 1024 * 1024 });
  await lab.docker(['update', '--memory', '48m', '--memory-swap', '96m', 'guest']);
  await listener.until('another limit', () => JSON.stringify(listener.container('guest')?.cgroup.memory.limit).includes(String(48 * 1024 * 1024)));
  expect(listener.container('guest')?.declared.memory).toBe(48 * 1024 * 1024);
  await lab.docker(['pause', 'guest']);
  await listener.until('paused', () => listener.container('guest')?.state === 'paused');
  await lab.docker(['unpause', 'guest']);
  await listener.until('running', () => listener.container('guest')?.state === 'running');
  await lab.docker(['rename', 'guest', 'visitor']);
  await listener.until('renamed', () => listener.container('visitor') !== undefined);
  await lab.docker(['kill', 'visitor']);
  await listener.until('exited', () => listener.container('visitor')?.state === 'exited' && listener.container('visitor')?.process === null);
  await lab.remove('visitor');
  await listener.until('gone', () => listener.container('visitor') === undefined);
  const told = listener.moments.map((m) => `${m.kind} ${m.text}`);
  expect(told).toEqual(expect.arrayContaining(['start guest started', 'change guest has other limits', 'change guest was paused', expect.stringMatching(/^stop visitor stopped \(exit 137\)/)]));
  expect(listener.gap).toBe(false);
});

test('a network that is made, joined and left', async () => {
  const listener = shared;
  await lab.docker(['network', 'create', 'side']);
  await listener.until('the segment', () => listener.picture?.snapshot.segments.some((s) => s.name === 'side') ?? false);
  await lab.docker(['network', 'connect', 'side', 'first']);
  await listener.until('plugged in', () => listener.container('first')?.endpoints.some((e) => e.network === 'side') ?? false);
  await lab.docker(['network', 'disconnect', 'side', 'first']);
  await listener.until('unplugged', () => listener.container('first')?.endpoints.every((e) => e.network !== 'side') ?? false);
  await lab.docker(['network', 'rm', 'side']);
  await listener.until('no segment', () => listener.picture?.snapshot.segments.every((s) => s.name !== 'side') ?? false);
  expect(listener.moments.map((m) => m.text)).toEqual(expect.arrayContaining(['first joined side', 'first left side']));
});

test('a process that comes by exec with more rights is seen', async () => {
  const listener = shared;
  await lab.docker(['exec', '-d', '--privileged', 'first', 'sleep', '5000']);
  await listener.until('the exec', () => listener.container('first')?.processes.some((p) => p.role === 'exec') ?? false);
  const exec = listener.container('first')?.processes.find((p) => p.role === 'exec');
  expect(exec && 'value' in exec.capabilities.effective && exec.capabilities.effective.value).toContain('CAP_SYS_ADMIN');
});

test('a start costs at most eight requests, and nothing is asked while nothing happens', async () => {
  const listener = shared;
  const before = proxy.requests.length;
  await new Promise((wake) => setTimeout(wake, 2_500));
  expect(proxy.requests.slice(before)).toEqual([]);
  await lab.docker(['create', '--name', 'counted', 'busybox:lab', 'sleep', '1000']);
  await listener.until('made', () => listener.container('counted') !== undefined);
  const from = proxy.requests.length;
  await lab.docker(['start', 'counted']);
  await listener.until('runs', () => listener.container('counted')?.state === 'running' && (listener.container('counted')?.endpoints.length ?? 0) > 0);
  const asked = proxy.requests.slice(from);
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.length).toBeLessThanOrEqual(8);
  await lab.remove('counted');
});

test('a storm of starts makes few snapshots, and the last one is right', async () => {
  const names = Array.from({ length: 40 }, (_, n) => `storm-${n}`);
  for (let n = 0; n < names.length; n += 20) await Promise.all(names.slice(n, n + 20).map((name) => lab.docker(['create', '--network', 'none', '--name', name, 'busybox:lab', 'sleep', '1000'])));
  const listener = await listening();
  const [from, begun] = [listener.snapshots, Date.now()];
  await Promise.all([0, 1, 2, 3].map((part) => lab.docker(['start', ...names.slice(part * 10, part * 10 + 10)])));
  await listener.until('all run', () => names.every((name) => listener.container(name)?.state === 'running'), 100_000);
  // However long the machine takes for the starts: a few at once, then one in a while.
  expect(listener.snapshots - from).toBeLessThan(16 + (2.5 * (Date.now() - begun)) / 1000);
  await lab.remove(...names);
  await listener.until('all gone', () => names.every((name) => listener.container(name) === undefined), 100_000);
}, 240_000);

test('all that was asked so far were GET and HEAD, each with a version in its path', () => {
  expect(proxy.requests.length).toBeGreaterThan(20);
  for (const line of proxy.requests) expect(line).toMatch(/^(?:GET|HEAD) \/v1\.\d+\//);
});

test('an engine that hangs: the picture stays, marked stale, and the session comes back', async () => {
  const listener = await listening({ heartbeatMs: 200, heartbeatDeadlineMs: 500 });
  proxy.hang();
  await listener.until('stale', () => listener.link?.state === 'stale');
  expect(listener.link).toMatchObject({ trouble: { what: 'The engine does not answer' } });
  expect(listener.container('first')).toMatchObject({ state: 'running' });
  await proxy.fall();
  await proxy.rise();
  await listener.session.call('tryNow', []);
  await listener.until('live again', () => listener.link?.state === 'live');
});

test('an engine that is gone for a while: what happened meanwhile is in the next picture', async () => {
  const listener = await listening();
  await proxy.fall();
  await listener.until('stale', () => listener.link?.state === 'stale');
  await lab.run('meanwhile');
  await proxy.rise();
  await listener.session.call('tryNow', []);
  await listener.until('live again', () => listener.link?.state === 'live' && listener.container('meanwhile') !== undefined);
  await lab.remove('meanwhile');
});

test('an engine that takes connections and never answers does not hold up the start', async () => {
  proxy.hang();
  const begun = Date.now();
  const listener = new Listener({ host: proxy.host });
  open.push(listener);
  expect(Date.now() - begun).toBeLessThan(2_000);
  expect(listener.link).toMatchObject({ state: 'connecting' });
  await listener.until('said why', () => listener.link?.state === 'example');
  expect(listener.link).toMatchObject({ tried: [{ failure: 'silent', endpoint: proxy.host }] });
  await proxy.fall();
  await proxy.rise();
  await listener.until('live by itself', () => listener.link?.state === 'live');
});

test('where no engine is, the example is shown with what was tried, until one appears', async () => {
  const path = join(lab.dir, 'later.sock');
  const listener = new Listener({ host: `unix://${path}`, pollMs: 600_000 });
  open.push(listener);
  await listener.until('the example', () => listener.link?.state === 'example' && listener.picture !== null);
  expect(listener.picture?.snapshot.origin).toBe('example');
  expect(listener.link).toMatchObject({ tried: [{ failure: 'absent', endpoint: `unix://${path}` }] });
  const late = await openProxy(path, lab.socket);
  await listener.until('live by itself', () => listener.link?.state === 'live' && listener.picture?.snapshot.origin === 'live');
  expect(listener.container('first')).toMatchObject({ state: 'running' });
  await late.close();
});

test('an opened file takes the picture’s place, a broken one does not, and back', async () => {
  const listener = await listening();
  const text = JSON.stringify({ ...listener.picture?.snapshot, takenAt: '2020-01-01T00:00:00.000Z' });
  expect(await listener.session.call('openText', [{ name: 'broken.json', text: text.slice(0, 1000) }])).toMatchObject({ ok: false, trouble: { todo: expect.any(String) as string } });
  expect(listener.link?.state).toBe('live');
  expect(await listener.session.call('openText', [{ name: 'old.json', text }])).toEqual({ ok: true, value: null });
  expect(listener.link).toEqual({ state: 'file', name: 'old.json', takenAt: '2020-01-01T00:00:00.000Z' });
  await lab.run('behind');
  expect(listener.container('behind')).toBeUndefined();
  await listener.session.call('goLive', []);
  await listener.until('the live host', () => listener.link?.state === 'live' && listener.container('behind') !== undefined);
  expect(listener.gap).toBe(false);
  await lab.remove('behind');
});
