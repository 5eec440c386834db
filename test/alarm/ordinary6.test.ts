import Docker from 'dockerode';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEngine, type Lab } from '../lab/engine.js';
import { until } from '../lab/run.js';
import { advertise, forget, inNetOf, stopAttacks } from './attack.js';
import { startWatcher, type Watcher } from './watcher.js';

let lab: Lab;
let watcher: Watcher;
const ROUNDS = 2;
/** An address that the engine gave to nobody; it goes from one to another. */
const VIP = 'fd00:82::200';

/** A container that talks to everybody by IPv6 all the time, so that every table is full and fresh. */
const CHATTER = ['sh', '-c', 'while :; do for i in 2 3 4 5 6 7 8 9 200; do ping -6 -c 1 -W 1 fd00:82::$i >/dev/null 2>&1 & done; wait; usleep 300000; done'];

/** Made by the API itself: a newer docker does not ask an older engine for a MAC. */
async function start(name: string, given: { readonly mac?: string; readonly ip: string }): Promise<void> {
  const engine = new Docker({ socketPath: lab.socket });
  const made = await engine.createContainer({
    name, Image: 'busybox:lab', Cmd: [...CHATTER], ...(given.mac === undefined ? {} : { MacAddress: given.mac }),
    HostConfig: { NetworkMode: 'life6' }, NetworkingConfig: { EndpointsConfig: { life6: { IPAMConfig: { IPv6Address: given.ip } } } },
  });
  await made.start();
}

/** A MAC of its own each time, as newer engines give. */
const fresh = (round: number, n: number): string => `02:bc:00:00:${round.toString(16).padStart(2, '0')}:${n.toString(16).padStart(2, '0')}`;

const field = async (name: string, what: string): Promise<string> => (await lab.docker(['inspect', '--format', `{{range .NetworkSettings.Networks}}{{.${what}}}{{end}}`, name])).trim();

/** Waits until `from` has an IPv6 address in its table: the entry is what ordinary life, and an attack, can change. */
async function meets6(from: string, to: string): Promise<void> {
  const ok = await until(async () => (await lab.exec(from, ['ping', '-6', '-c', '1', '-W', '2', to])).code === 0, 60_000, 300);
  if (!ok) throw new Error(`${from} does not reach ${to}`);
}

beforeAll(async () => {
  lab = await startEngine({ bip: '172.31.13.1/24' });
  await lab.docker(['network', 'create', '--ipv6', '--subnet', '10.82.0.0/24', '--subnet', 'fd00:82::/64', '--gateway', 'fd00:82::1', 'life6']);
  for (const [name, n] of [['web', 2], ['peer', 3], ['left', 4], ['right', 5], ['roamer', 6]] as const) await start(name, { ip: `fd00:82::${n}` });
  await start('static', { mac: '02:ab:00:00:00:01', ip: 'fd00:82::8' });
  watcher = await startWatcher(lab);
  await watcher.shows(['web', 'peer', 'left', 'right', 'static']);
});

afterAll(async () => {
  stopAttacks();
  await watcher?.stop();
  await lab?.stop();
});

/** The address goes from one to another, announced as keepalived does: by an unsolicited advertisement that overrides. */
async function failover(from: string, to: string): Promise<void> {
  await inNetOf(lab, from, ['sh', '-c', `ip -6 addr del ${VIP}/64 dev eth0 2>/dev/null || :`]);
  await inNetOf(lab, to, ['ip', '-6', 'addr', 'add', `${VIP}/64`, 'dev', 'eth0', 'nodad']);
  const announce = await advertise(lab, to, await field('static', 'GlobalIPv6Address'), VIP, await field(to, 'MacAddress'));
  await new Promise((wake) => setTimeout(wake, 600));
  await announce.stop();
}

async function day(round: number): Promise<void> {
  // A restart, alone and of two at a time.
  await lab.docker(['restart', '-t', '0', 'web']);
  await lab.docker(['restart', '-t', '0', 'left', 'right']);
  // Recreation with MACs of their own, each at the other's address.
  await lab.remove('left', 'right');
  await start('right', { mac: fresh(round, 1), ip: round % 2 === 0 ? 'fd00:82::4' : 'fd00:82::5' });
  await start('left', { mac: fresh(round, 2), ip: round % 2 === 0 ? 'fd00:82::5' : 'fd00:82::4' });
  // The same MAC at another address, while a newcomer takes the old one.
  await lab.remove('static');
  await start('static', { mac: '02:ab:00:00:00:01', ip: round % 2 === 0 ? 'fd00:82::9' : 'fd00:82::8' });
  await start('newcomer', { ip: round % 2 === 0 ? 'fd00:82::8' : 'fd00:82::9' });
  await meets6('web', await field('newcomer', 'GlobalIPv6Address'));
  // Failover to and fro.
  await failover('web', 'peer');
  await failover('peer', 'web');
  // A project comes up and goes down again, network and all.
  await lab.docker(['network', 'create', '--ipv6', '--subnet', '10.83.0.0/24', '--subnet', 'fd00:83::/64', 'project6_default']);
  await lab.run('project-a', { args: ['--network', 'project6_default'] });
  await lab.run('project-b', { args: ['--network', 'project6_default'] });
  await meets6('project-a', await field('project-b', 'GlobalIPv6Address'));
  await lab.remove('project-a', 'project-b');
  await lab.docker(['network', 'rm', 'project6_default']);
  // Plugged out and in again; paused and not.
  await lab.docker(['network', 'disconnect', 'life6', 'roamer']);
  await lab.docker(['network', 'connect', '--ip6', 'fd00:82::6', 'life6', 'roamer']);
  await lab.docker(['pause', 'web']);
  await lab.docker(['unpause', 'web']);
  await lab.remove('newcomer');
}

test('days of restarts, recreation, failover and projects that come and go raise no alarm by IPv6', async () => {
  for (let round = 0; round < ROUNDS; round++) await day(round);
  await watcher.shows(['web', 'peer', 'left', 'right', 'static']);
  expect([...watcher.alarms.values()].map((a) => a.sentence), watcher.said()).toEqual([]);
}, 400_000);

test('and the watcher was awake: a forged advertisement after all that is found', async () => {
  const [as, to] = [await field('left', 'GlobalIPv6Address'), await field('web', 'GlobalIPv6Address')];
  // It would hold on to what it has for half a minute, to an address that has changed hands.
  await forget(lab, 'web');
  await meets6('web', as);
  const spoof = await advertise(lab, 'right', to, as, await field('right', 'MacAddress'));
  const id = async (name: string): Promise<string> => (await lab.docker(['inspect', '--format', '{{.Id}}', name])).trim();
  const [attacker, victim, impersonates] = [await id('right'), await id('web'), await id('left')];
  await watcher.alarm('of right posing as left towards web', (a) => a.attacker === attacker && a.victim === victim && a.impersonates === impersonates && a.address === as);
  await spoof.stop();
});
