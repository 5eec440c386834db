import { spawn, type ChildProcess } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { toNumber } from '../../src/core/reach/filter/truth.js';
import type { Lab } from '../lab/engine.js';
import { run, tryRun, until } from '../lab/run.js';

/** Path of a container's net namespace. Refuses this process's own and the first one: attacks stay where the test made the wire. */
export async function netOf(lab: Lab, container: string): Promise<string> {
  const pid = await lab.pid(container);
  const path = `/proc/${pid}/ns/net`;
  const mine = readlinkSync('/proc/self/ns/net');
  if (pid <= 1 || readlinkSync(path) === mine) throw new Error(`${container} is in the net namespace of the test itself; nothing is sent there.`);
  return path;
}

/** Runs a command in a container's net namespace, with the machine's own programs. */
export async function inNetOf(lab: Lab, container: string, command: readonly string[]): Promise<string> {
  return run(['nsenter', `--net=${await netOf(lab, container)}`, ...command]);
}

/** Makes `from` resolve an address, so that its table has an entry which a forged answer can change. */
export async function meets(lab: Lab, from: string, ip: string): Promise<void> {
  const ok = await until(async () => (await lab.exec(from, ['ping', '-c', '1', '-W', '2', ip])).code === 0, 30_000, 200);
  if (!ok) throw new Error(`${from} does not reach ${ip}`);
}

const running = new Set<ChildProcess>();

/** Ends what a failed test left running. */
export function stopAttacks(): void {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
}

/** An attack that goes on in the attacker's namespace until it is stopped. */
export interface Attack {
  stop(): Promise<void>;
  /** Ends it at once, whatever it would still have sent. */
  cut(): Promise<void>;
}

/** Forged answers with dsniff's arpspoof, from the attacker's namespace, until it is stopped (it then sends the true ones again). */
export async function arpspoof(lab: Lab, attacker: string, victimIp: string, as: string): Promise<Attack> {
  return attackFrom(await netOf(lab, attacker), ['arpspoof', '-i', 'eth0', '-t', victimIp, as]);
}

const SENDER = fileURLToPath(new URL('../lab/attack/sender.pl', import.meta.url));
const hex = (ip: string): string => (toNumber(ip) ?? 0n).toString(16).padStart(32, '0');

/** Neighbour advertisements (RFC 4861: solicited, override) that `claims` is at `mac`, by a raw IPv6 socket, until it is stopped. */
export async function advertise(lab: Lab, attacker: string, to: string, claims: string, mac: string): Promise<Attack> {
  const net = await netOf(lab, attacker);
  const inode = /\d+/.exec(readlinkSync(net))?.[0] ?? '';
  return attackFrom(net, ['perl', SENDER, 'advertise', inode, 'eth0', hex(to), '4000', `8800000060000000${hex(claims)}0201${mac.replaceAll(':', '')}`]);
}

function attackFrom(net: string, command: readonly string[]): Attack {
  const child = spawn('nsenter', [`--net=${net}`, ...command], { stdio: 'ignore' });
  running.add(child);
  child.on('close', () => running.delete(child));
  let failed = '';
  child.on('error', (error) => (failed = error.message));
  const ended = (): boolean => failed !== '' || child.exitCode !== null || child.signalCode !== null;
  const end = async (signal: 'SIGINT' | 'SIGKILL'): Promise<void> => {
    child.kill(signal);
    if (!(await until(ended, 20_000))) child.kill('SIGKILL');
    if (failed !== '') throw new Error(failed);
  };
  return { stop: () => end('SIGINT'), cut: () => end('SIGKILL') };
}

/** Forgets what a namespace's table holds, as time would. */
export async function forget(lab: Lab, container: string): Promise<void> {
  await tryRun(['nsenter', `--net=${await netOf(lab, container)}`, 'ip', 'neigh', 'flush', 'dev', 'eth0']);
}

export async function ipOf(lab: Lab, container: string): Promise<string> {
  return (await lab.docker(['inspect', '--format', '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}', container])).trim().split(' ')[0] ?? '';
}
