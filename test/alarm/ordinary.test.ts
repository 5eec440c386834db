import Docker from 'dockerode';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEngine, type Lab } from '../lab/engine.js';
import { until } from '../lab/run.js';
import { arpspoof, inNetOf, ipOf, meets, stopAttacks } from './attack.js';
import { startWatcher, type Watcher } from './watcher.js';

let lab: Lab;
let watcher: Watcher;
const VIP = '10.78.0.200';
const ROUNDS = 3;

/** A container that talks to everybody on its network all the time, so that every table is full and fresh. */
const CHATTER = ['sh', '-c', 'while :; do for i in 2 3 4 5 6 7 8 9 200; do ping -c 1 -W 1 10.78.0.$i >/dev/null 2>&1 & done; wait; usleep 300000; done'];

/** Made by the API itself: a newer docker does not ask an older engine for a MAC. */
async function start(name: string, given: { readonly mac?: string; readonly ip?: string } = {}): Promise<void> {
  const engine = new Docker({ socketPath: lab.socket });
  const endpoint = given.ip === undefined ? {} : { IPAMConfig: { IPv4Address: given.ip } };
  const made = await engine.createContainer({
    name, Image: 'busybox:lab', Cmd: [...CHATTER], ...(given.mac === undefined ? {} : { MacAddress: given.mac }),
    HostConfig: { NetworkMode: 'life' }, NetworkingConfig: { EndpointsConfig: { life: endpoint } },
  });
  await made.start();
}

/** A MAC of its own each time, as newer engines give. */
const fresh = (round: number, n: number): string => `02:bb:00:00:${round.toString(16).padStart(2, '0')}:${n.toString(16).padStart(2, '0')}`;

beforeAll(async () => {
  lab = await startEngine({ bip: '172.31.10.1/24' });
  await lab.docker(['network', 'create', '--subnet', '10.78.0.0/24', '--gateway', '10.78.0.1', 'life']);
  for (const name of ['web', 'peer', 'left', 'right', 'roamer']) await start(name);
  await start('static', { mac: '02:aa:00:00:00:01', ip: '10.78.0.8' });
  watcher = await startWatcher(lab);
  await watcher.shows(['web', 'peer', 'left', 'right', 'static']);
});

afterAll(async () => {
  stopAttacks();
  await watcher?.stop();
  await lab?.stop();
});

const told = (): number => watcher.moments.filter((m) => m.text.includes(VIP)).length;

/** An address that the engine gave to nobody goes from one to another, announced as keepalived does. */
async function failover(from: string, to: string): Promise<void> {
  await inNetOf(lab, from, ['sh', '-c', `ip addr del ${VIP}/24 dev eth0 2>/dev/null || :`]);
  await inNetOf(lab, to, ['ip', 'addr', 'add', `${VIP}/24`, 'dev', 'eth0']);
  await lab.exec(to, ['arping', '-U', '-c', '2', '-I', 'eth0', VIP]);
}

async function day(round: number): Promise<void> {
  // A restart, alone and of two at a time: addresses may change hands.
  await lab.docker(['restart', '-t', '0', 'web']);
  await lab.docker(['restart', '-t', '0', 'left', 'right']);
  // Recreation with a MAC of its own, in the other order, so that the new ones get each other's addresses.
  await lab.remove('left', 'right');
  await start('right', { mac: fresh(round, 1) });
  await start('left', { mac: fresh(round, 2) });
  // The same MAC at another address, while a newcomer takes the old address.
  await lab.remove('static');
  await start('static', { mac: '02:aa:00:00:00:01', ip: round % 2 === 0 ? '10.78.0.9' : '10.78.0.8' });
  await start('newcomer', { ip: round % 2 === 0 ? '10.78.0.8' : '10.78.0.9' });
  // Failover to and fro.
  await failover('web', 'peer');
  await failover('peer', 'web');
  // The tables do move, and the reason is told.
  let holder = 'web';
  const moved = async (): Promise<boolean> => {
    if (told() > 0) return true;
    const next = holder === 'web' ? 'peer' : 'web';
    await failover(holder, next);
    holder = next;
    return false;
  };
  expect(await until(moved, 90_000, 2000), watcher.said()).toBe(true);
  // A project comes up and goes down again, network and all.
  await lab.docker(['network', 'create', '--subnet', '10.79.0.0/24', 'project_default']);
  await lab.run('project-a', { args: ['--network', 'project_default'] });
  await lab.run('project-b', { args: ['--network', 'project_default'] });
  await lab.exec('project-a', ['ping', '-c', '1', '-W', '2', await ipOf(lab, 'project-b')]);
  await lab.remove('project-a', 'project-b');
  await lab.docker(['network', 'rm', 'project_default']);
  // Plugged out and in again; paused and not.
  await lab.docker(['network', 'disconnect', 'life', 'roamer']);
  await lab.docker(['network', 'connect', 'life', 'roamer']);
  await lab.docker(['pause', 'web']);
  await lab.docker(['unpause', 'web']);
  await lab.remove('newcomer');
}

test('days of restarts, recreation, failover and projects that come and go raise no alarm', async () => {
  for (let round = 0; round < ROUNDS; round++) await day(round);
  await watcher.shows(['web', 'peer', 'left', 'right', 'static']);
  expect([...watcher.alarms.values()].map((a) => a.sentence), watcher.said()).toEqual([]);
}, 300_000);

test('and the watcher was awake: an attack after all that is found', async () => {
  await meets(lab, 'web', await ipOf(lab, 'left'));
  const spoof = await arpspoof(lab, 'right', await ipOf(lab, 'web'), await ipOf(lab, 'left'));
  const ids = async (name: string): Promise<string> => (await lab.docker(['inspect', '--format', '{{.Id}}', name])).trim();
  const [attacker, victim, impersonates] = [await ids('right'), await ids('web'), await ids('left')];
  await watcher.alarm('of right posing as left towards web', (a) => a.attacker === attacker && a.victim === victim && a.impersonates === impersonates);
  await spoof.cut();
});
