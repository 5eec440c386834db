import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Alarm } from '../../src/core/alarm/types.js';
import { startEngine, type Lab } from '../lab/engine.js';
import { until } from '../lab/run.js';
import { arpspoof, forget, inNetOf, ipOf, meets, stopAttacks } from './attack.js';
import { startWatcher, type Watcher } from './watcher.js';

let lab: Lab;
let watcher: Watcher;
const id: Record<string, string> = {};
const ip: Record<string, string> = {};
const GATEWAY = '10.77.0.1';

beforeAll(async () => {
  lab = await startEngine({ bip: '172.31.9.1/24' });
  await lab.docker(['network', 'create', '--subnet', '10.77.0.0/24', '--gateway', GATEWAY, 'wire']);
  for (const name of ['alice', 'bob', 'mallory']) {
    id[name] = await lab.run(name, { args: ['--network', 'wire'] });
    ip[name] = await ipOf(lab, name);
  }
  id['node'] = await lab.run('node', { args: ['--network', 'host'] });
  watcher = await startWatcher(lab);
  await watcher.shows(['alice', 'bob', 'mallory', 'node']);
});

afterAll(async () => {
  stopAttacks();
  await watcher?.stop();
  await lab?.stop();
});

/** Poisons, waits for the alarm, stops (`stop` with the true answers first), lets the table forget, and waits until the alarm is healed. */
async function attackAndHeal(victim: string, victimIp: string, as: string, expected: { readonly victim: string; readonly impersonates: string }, stop: 'stop' | 'cut' = 'cut'): Promise<void> {
  const spoof = await arpspoof(lab, 'mallory', victimIp, as);
  const is = { attacker: id['mallory'], ...expected, address: as };
  const alarm = await watcher.alarm(`of mallory posing as ${as} towards ${victim}`, (a) => a.healedAt === null && Object.entries(is).every(([k, v]) => a[k as keyof typeof a] === v));
  expect(alarm.kind).toBe('impersonation');
  expect(alarm.evidence.some((e) => e.source.endsWith('/net/arp'))).toBe(true);
  await spoof[stop]();
  if (victim !== 'node') await forget(lab, victim);
  else await lab.inNet(['ip', 'neigh', 'flush', 'to', as]);
  await watcher.alarm('that healed', (a) => a.id === alarm.id && a.healedAt !== null);
}

test('posing as a neighbour towards another is found, and heals', async () => {
  await meets(lab, 'alice', ip['bob'] ?? '');
  await attackAndHeal('alice', ip['alice'] ?? '', ip['bob'] ?? '', { victim: id['alice'] ?? '', impersonates: id['bob'] ?? '' }, 'stop');
});

test('posing as the gateway is found, and heals', async () => {
  await meets(lab, 'alice', GATEWAY);
  const network = (await lab.docker(['network', 'inspect', '--format', '{{.Id}}', 'wire'])).trim();
  await attackAndHeal('alice', ip['alice'] ?? '', GATEWAY, { victim: id['alice'] ?? '', impersonates: `gateway:network:${network}` });
});

test('posing as a container towards the host is found, and heals', async () => {
  await meets(lab, 'node', ip['bob'] ?? '');
  await attackAndHeal('node', GATEWAY, ip['bob'] ?? '', { victim: 'host', impersonates: id['bob'] ?? '' });
});

test('whoever looks at a saved file meanwhile is told of it as well', async () => {
  await meets(lab, 'alice', ip['bob'] ?? '');
  await watcher.show('file');
  const spoof = await arpspoof(lab, 'mallory', ip['alice'] ?? '', ip['bob'] ?? '');
  const is = (a: Alarm): boolean => a.attacker === id['mallory'] && a.victim === id['alice'] && a.address === ip['bob'];
  expect(await until(() => watcher.aside().some((a) => is(a) && a.healedAt === null), 60_000), watcher.said()).toBe(true);
  await spoof.stop();
  await forget(lab, 'alice');
  expect(await until(() => watcher.aside().every((a) => !is(a) || a.healedAt !== null), 60_000), watcher.said()).toBe(true);
  await watcher.show('live');
});

test('taking a neighbour’s MAC is found by the bridge’s forwarding entries, though every table is clean', async () => {
  const mac = async (name: string): Promise<string> => (await lab.docker(['inspect', '--format', '{{range .NetworkSettings.Networks}}{{.MacAddress}}{{end}}', name])).trim();
  const [bobs, own] = [await mac('bob'), await mac('mallory')];
  await meets(lab, 'alice', ip['bob'] ?? '');
  await inNetOf(lab, 'mallory', ['ip', 'link', 'set', 'eth0', 'address', bobs]);
  await lab.exec('mallory', ['ping', '-c', '1', '-W', '1', GATEWAY]);
  const alarm = await watcher.alarm('of mallory taking bob’s MAC', (a) => a.kind === 'mac-move' && a.attacker === id['mallory'] && a.victim === id['bob'] && a.address === bobs);
  await inNetOf(lab, 'mallory', ['ip', 'link', 'set', 'eth0', 'address', own]);
  await meets(lab, 'mallory', GATEWAY);
  await meets(lab, 'bob', GATEWAY);
  await watcher.alarm('that healed', (a) => a.id === alarm.id && a.healedAt !== null);
});

test('nobody else was accused', () => {
  expect([...watcher.alarms.values()].filter((a) => a.attacker !== id['mallory']).map((a) => a.sentence)).toEqual([]);
});
