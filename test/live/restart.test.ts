import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEngine, type DockerLab } from '../lab/engine.js';
import { Listener } from './listen.js';

/** The engine itself crashes and comes again: what a window shows meanwhile, and afterwards. */

let lab: DockerLab;
let listener: Listener;

beforeAll(async () => {
  lab = await startEngine({ bip: '172.31.12.1/24' });
  await lab.docker(['network', 'create', '--subnet', '10.81.0.0/24', 'wire']);
  await lab.run('mortal', { args: ['--network', 'wire'] });
  await lab.run('phoenix', { args: ['--network', 'wire', '--restart', 'always'] });
  listener = new Listener({ host: lab.host, pollMs: 1_000, heartbeatMs: 1_000 });
  await listener.until('live', () => listener.link?.state === 'live' && listener.container('phoenix')?.process !== undefined);
}, 180_000);
afterAll(async () => {
  listener?.close();
  await lab?.stop();
}, 120_000);

/** State and pid of each container by the engine's own tool. */
async function truth(): Promise<Readonly<Record<string, string>>> {
  const out = await lab.docker(['inspect', '--format', '{{.Name}} {{.State.Status}} {{.State.Pid}}', 'mortal', 'phoenix', 'newcomer']);
  return Object.fromEntries(out.trim().split('\n').map((line) => [line.slice(1, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]));
}
const shown = (name: string): string => `${listener.container(name)?.state} ${listener.container(name)?.pid ?? 0}`;

test('when the engine crashes the last picture stays, marked stale with the time it is of, and why', async () => {
  const [last, pid] = [listener.picture?.snapshot.takenAt, listener.container('phoenix')?.pid];
  await lab.crash();
  await listener.until('stale', () => listener.link?.state === 'stale');
  const { link } = listener;
  if (link?.state !== 'stale') throw new Error('it is not stale');
  expect(link.trouble.what).toBe('The engine is gone');
  expect(link.trouble.todo).not.toBe('');
  expect(Date.parse(link.since)).toBeGreaterThanOrEqual(Date.parse(last ?? ''));
  expect(Date.parse(link.since)).toBeLessThanOrEqual(Date.now());
  expect(Date.parse(link.nextTryAt)).toBeGreaterThan(Date.parse(link.since));
  expect(listener.container('phoenix')).toMatchObject({ state: 'running', pid });
  expect(listener.picture?.findings.length).toBeGreaterThan(0);
});

test('while it is away each attempt says when the next one follows, and nothing of the picture moves', async () => {
  const before = listener.picture?.snapshot;
  const told = listener.links.length;
  await listener.until('tried again', () => listener.links.length >= told + 1);
  expect(listener.links.slice(told).every((link) => link.state === 'stale')).toBe(true);
  expect(listener.picture?.snapshot).toBe(before);
});

test('when it comes again the session connects by itself and reads everything anew', async () => {
  await lab.rise();
  await lab.run('newcomer', { args: ['--network', 'wire'] });
  await listener.until('live by itself', () => listener.link?.state === 'live', 100_000);
  // Who was running when it crashed is no longer, or is again with another process: what counts is the engine's word now.
  let now = await truth();
  const right = async (): Promise<boolean> => {
    now = await truth();
    return Object.entries(now).every(([name, is]) => shown(name) === is);
  };
  for (const end = Date.now() + 100_000; !(await right()) && Date.now() < end; ) await new Promise((wake) => setTimeout(wake, 200));
  expect(Object.fromEntries(Object.keys(now).map((name) => [name, shown(name)]))).toEqual(now);
  expect(listener.container('newcomer')).toMatchObject({ state: 'running' });
  await listener.until('the newcomer plugged in', () => listener.container('newcomer')?.endpoints.some((e) => e.network === 'wire') === true && listener.container('newcomer')?.process !== null);
  expect(listener.gap).toBe(false);
}, 300_000);

test('and from then on its events are heard again', async () => {
  await lab.docker(['kill', 'newcomer']);
  await listener.until('the stop', () => listener.container('newcomer')?.state === 'exited');
  await lab.remove('newcomer');
  await listener.until('it gone', () => listener.container('newcomer') === undefined);
});
