import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Link } from '../../src/contract/contract.js';
import { Live } from '../../src/node/session/live.js';
import { startFake, type FakeEngine } from './fake-engine.js';

let first: FakeEngine;
let second: FakeEngine;
beforeAll(async () => {
  first = await startFake();
  second = await startFake();
});
afterAll(async () => {
  await first.close();
  await second.close();
});

const nothing = (): void => undefined;

function live(host: string): { readonly live: Live; readonly links: Link[] } {
  const links: Link[] = [];
  const made = new Live({
    choice: { host }, readers: () => null, pollMs: 60_000, onLink: (link) => links.push(link), onSnapshot: nothing, onMoments: nothing, onTables: () => false,
  });
  return { live: made, links };
}
const endpoints = (links: readonly Link[], state: Link['state']): string[] => links.flatMap((l) => (l.state === state && 'endpoint' in l ? [l.endpoint] : []));

test('another engine can be chosen while one is asked: its picture follows, and nothing is reported as lost', { timeout: 60_000 }, async () => {
  const { live: one, links } = live(first.host);
  one.start();
  await expect.poll(() => endpoints(links, 'live'), { timeout: 20_000 }).toEqual([first.host]);
  one.use({ host: second.host });
  expect(links.at(-1)).toMatchObject({ state: 'connecting', endpoint: second.host });
  await expect.poll(() => endpoints(links, 'live'), { timeout: 20_000 }).toEqual([first.host, second.host]);
  expect(links.some((l) => l.state === 'stale' || l.state === 'example')).toBe(false);
  expect(one.endpoint).toBe(second.host);
  one.close();
});

test('an engine can be chosen while one waits for another that is not there', { timeout: 60_000 }, async () => {
  const { live: one, links } = live('unix:///nowhere/docker.sock');
  one.start();
  await expect.poll(() => links.some((l) => l.state === 'example'), { timeout: 20_000 }).toBe(true);
  one.use({ host: second.host });
  await expect.poll(() => endpoints(links, 'live'), { timeout: 20_000 }).toEqual([second.host]);
  one.close();
});
