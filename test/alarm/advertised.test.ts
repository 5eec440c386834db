import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEngine, type Lab } from '../lab/engine.js';
import { until } from '../lab/run.js';
import { advertise, forget, stopAttacks } from './attack.js';
import { startWatcher, type Watcher } from './watcher.js';

let lab: Lab;
let watcher: Watcher;
const id: Record<string, string> = {};
const ip: Record<string, string> = {};
const mac: Record<string, string> = {};

const field = async (name: string, what: string): Promise<string> => (await lab.docker(['inspect', '--format', `{{range .NetworkSettings.Networks}}{{.${what}}}{{end}}`, name])).trim();

/** Makes `from` resolve an IPv6 address: the entry is what a forged advertisement can change. */
async function meets6(from: string, to: string): Promise<void> {
  const ok = await until(async () => (await lab.exec(from, ['ping', '-6', '-c', '1', '-W', '2', to])).code === 0, 30_000, 200);
  if (!ok) throw new Error(`${from} does not reach ${to}`);
}

beforeAll(async () => {
  lab = await startEngine({ bip: '172.31.11.1/24' });
  await lab.docker(['network', 'create', '--ipv6', '--subnet', '10.79.0.0/24', '--subnet', 'fd00:79::/64', '--gateway', 'fd00:79::1', 'wire6']);
  for (const name of ['alice', 'bob', 'mallory']) {
    id[name] = await lab.run(name, { args: ['--network', 'wire6'] });
    ip[name] = await field(name, 'GlobalIPv6Address');
    mac[name] = await field(name, 'MacAddress');
  }
  watcher = await startWatcher(lab);
  await watcher.shows(['alice', 'bob', 'mallory']);
});

afterAll(async () => {
  stopAttacks();
  await watcher?.stop();
  await lab?.stop();
});

test.each([
  ['a neighbour', (): string => ip['bob'] ?? '', (): Promise<string> => Promise.resolve(id['bob'] ?? '')],
  ['the gateway', (): string => 'fd00:79::1', async (): Promise<string> => `gateway:network:${(await lab.docker(['network', 'inspect', '--format', '{{.Id}}', 'wire6'])).trim()}`],
])('a forged advertisement of %s’s IPv6 address is found, and heals', async (_, whose, impersonated) => {
  const [as, impersonates] = [whose(), await impersonated()];
  await meets6('alice', as);
  const is = { attacker: id['mallory'], victim: id['alice'], impersonates, address: as };
  const spoof = await advertise(lab, 'mallory', ip['alice'] ?? '', as, mac['mallory'] ?? '');
  const alarm = await watcher.alarm(`of mallory posing as ${as} towards alice`, (a) => a.healedAt === null && Object.entries(is).every(([k, v]) => a[k as keyof typeof a] === v));
  expect(alarm.kind).toBe('impersonation');
  // By the event's reading or by a whole one, whichever came first.
  expect(alarm.evidence.map((e) => e.source)).toContainEqual(expect.stringMatching(/^ip -j (-6 )?neigh$/));
  await spoof.stop();
  await forget(lab, 'alice');
  await watcher.alarm('that healed', (a) => a.id === alarm.id && a.healedAt !== null);
});

test('nobody else was accused', () => {
  expect([...watcher.alarms.values()].filter((a) => a.attacker !== id['mallory']).map((a) => a.sentence)).toEqual([]);
});
