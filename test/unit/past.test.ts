import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Moment } from '../../src/contract/contract.js';
import { Live } from '../../src/node/session/live.js';
import { startFake, type FakeEngine } from './fake-engine.js';

let engine: FakeEngine;
beforeEach(async () => {
  engine = await startFake();
});
afterEach(() => engine.close());

const event = (name: string, ago: number): object => ({ Type: 'container', Action: 'start', Actor: { ID: 'ab'.repeat(32), Attributes: { name } }, timeNano: (Date.now() - ago) * 1e6 });

function watching(past: boolean | undefined): { readonly live: Live; readonly told: Moment[]; readonly states: string[] } {
  const told: Moment[] = [];
  const states: string[] = [];
  const live = new Live({
    choice: { host: engine.host }, readers: () => null, pollMs: 60_000, past,
    onLink: ({ state }) => states.push(state), onSnapshot: () => undefined, onMoments: (moments) => told.push(...moments), onTables: () => false,
  });
  live.start();
  return { live, told, states };
}
const texts = (told: readonly Moment[]): string[] => told.map((m) => m.text);

/** An engine that remembers one start of five minutes ago, and hangs up on who listens where `hangUp` is called. */
function remembers(): { readonly hangUp: () => void; readonly asked: () => number } {
  let open: { end(): void } | null = null;
  let asked = 0;
  engine.on('/events', (request, response) => {
    response.writeHead(200);
    response.flushHeaders();
    if (request.url?.includes('until=') !== true) {
      open = response;
      return;
    }
    asked += 1;
    response.end(`${JSON.stringify(event('before', 300_000))}\n`);
  });
  return { hangUp: () => open?.end(), asked: () => asked };
}

test('a window is told what the engine remembers', { timeout: 60_000 }, async () => {
  remembers();
  const { live, told } = watching(undefined);
  await expect.poll(() => texts(told), { timeout: 20_000 }).toEqual(['before started']);
  live.close();
});

test('who asks for what happens from now on is told nothing of the past, but what happened while the engine was lost', { timeout: 60_000 }, async () => {
  const begun = Date.now() / 1000;
  const { hangUp, asked } = remembers();
  const { live, told, states } = watching(false);
  await expect.poll(() => states.filter((s) => s === 'live').length, { timeout: 20_000 }).toBe(1);
  expect([asked(), told]).toEqual([0, []]);
  hangUp();
  await expect.poll(() => states.filter((s) => s === 'live').length, { timeout: 20_000 }).toBe(2);
  await expect.poll(asked, { timeout: 20_000 }).toBe(1);
  const [since = 0] = engine.requests.filter((r) => r.includes('until=')).map((r) => Number(/since=([\d.]+)/u.exec(r)?.[1]));
  expect(since).toBeGreaterThan(begun - 2);
  live.close();
});
