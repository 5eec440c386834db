import { execFileSync } from 'node:child_process';
import type { Snapshot } from '../../src/core/model/index.js';
import { connect } from '../../src/node/collect/connect.js';
import { machineReaders } from '../../src/node/collect/machine.js';
import { Reader } from '../../src/node/collect/reader.js';
import { Watcher } from '../../src/node/session/alarms.js';
import { Rounds } from '../../src/node/session/rounds.js';
import { Session, DEFAULT_POLL_MS } from '../../src/node/session/session.js';
import { STANDARD_PARTS } from '../../src/node/session/standard.js';
import { forge } from '../alarm/forge.js';
import { cpuMs, family } from './cpu.js';

/** Stands on an engine's host and measures what the alarm costs or how long it takes; prints the samples as JSON. */
const [what, host = ''] = process.argv.slice(2);
const sleep = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms));
const inNet = (pid: number, ...command: string[]): void => void execFileSync('nsenter', [`--net=/proc/${pid}/ns/net`, ...command], { stdio: 'ignore' });

function plug(s: Snapshot, name: string): { readonly pid: number; readonly ip: string; readonly mac: string; readonly dev: string } {
  const c = s.containers.find((x) => x.name === name);
  const e = c?.endpoints[0];
  if (c?.pid == null || e === undefined || !('value' in e.ipv4) || !('value' in e.mac) || !('value' in e.interface)) throw new Error(`${name} is not plugged in`);
  return { pid: c.pid, ip: e.ipv4.value.split('/')[0] ?? '', mac: e.mac.value, dev: e.interface.value };
}

/** From the first forged frame to the push that carries the alarm, ms, at the default rate. */
async function spoofToAlarm(): Promise<number[]> {
  const session = new Session({ host, parts: STANDARD_PARTS, version: '0', shell: 'browser' });
  let open: (at: number) => void = () => undefined;
  let healed: () => void = () => undefined;
  await new Promise<void>((live) => {
    session.subscribe((push) => {
      if (push.push === 'link' && push.link.state === 'live') live();
      const alarms = push.push === 'delta' ? push.delta.alarms : null;
      if (alarms?.some((a) => a.healedAt === null) === true) open(Date.now());
      else if (alarms !== null && alarms !== undefined) healed();
    });
    session.start();
  });
  await sleep(4000);
  const s = session.picture?.snapshot;
  if (s === undefined) throw new Error('no picture');
  const [alice, bob, mallory] = [plug(s, 'alice'), plug(s, 'bob'), plug(s, 'mallory')];
  const samples: number[] = [];
  for (let n = 0; n < 20; n++) {
    inNet(alice.pid, 'ip', 'neigh', 'replace', bob.ip, 'lladdr', bob.mac, 'nud', 'reachable', 'dev', alice.dev);
    // The kernel does not take another answer within a second (locktime); and the poll must not be met at one phase only.
    await sleep(1200 + ((n * 37) % DEFAULT_POLL_MS) / 10);
    const alarm = new Promise<number>((told, never) => {
      open = told;
      setTimeout(() => never(new Error('no alarm within 10 s')), 10_000).unref();
    });
    const sent = await forge({ pid: mallory.pid, dev: mallory.dev, src: mallory.mac, dst: alice.mac, claims: bob.ip, to: alice.ip });
    samples.push((await alarm) - sent);
    const clean = new Promise<void>((told) => (healed = told));
    inNet(alice.pid, 'ip', 'neigh', 'replace', bob.ip, 'lladdr', bob.mac, 'nud', 'reachable', 'dev', alice.dev);
    await Promise.race([clean, sleep(5000)]);
  }
  return samples;
}

/** CPU of reading and watching all tables at the default rate as a session does, the child that listens included, in % of a core. */
async function watchCost(): Promise<number[]> {
  const door = await connect({ host });
  const readers = machineReaders();
  if (readers === null) throw new Error('there is no kernel to read');
  const reader = new Reader(door, { readers });
  // As a session does: listening begins before tables are read in depth, so that none need be read again.
  await reader.snapshot('quick');
  const watcher = new Watcher();
  const rounds = new Rounds({
    readers: () => readers,
    nets: () => reader.nets,
    busy: () => reader.last === null,
    onTables(tables) {
      if (reader.last !== null) watcher.see(tables, reader.last, true);
      return watcher.restless;
    },
    onError(error) {
      throw error;
    },
  }, DEFAULT_POLL_MS);
  rounds.start(DEFAULT_POLL_MS);
  await sleep(1000);
  const snapshot = await reader.deepen();
  if (snapshot === null) throw new Error('no picture');
  // Quiet containers have empty tables: an entry each, as one that talks to its gateway has. Another MAC than the gateway's would be an alarm, and alarms are looked at again and again.
  const macs = new Map(snapshot.interfaces.flatMap((i) => (i.net === 'host' && 'value' in i.mac && 'value' in i.addresses ? i.addresses.value.map((a) => [a.split('/')[0], 'value' in i.mac ? i.mac.value : ''] as const) : [])));
  for (const c of snapshot.containers) {
    const e = c.endpoints[0];
    const mac = e !== undefined && 'value' in e.gateway ? macs.get(e.gateway.value) : undefined;
    if (c.pid === null || e === undefined || !('value' in e.interface) || !('value' in e.gateway) || mac === undefined) continue;
    inNet(c.pid, 'ip', 'neigh', 'replace', e.gateway.value, 'lladdr', mac, 'nud', 'stale', 'dev', e.interface.value);
  }
  const timer = setInterval(() => rounds.tick(), DEFAULT_POLL_MS);
  // Until what begins with it is through.
  await sleep(15_000);
  const pids = family(process.pid);
  const samples: number[] = [];
  for (let n = 0; n < 6; n++) {
    const [before, from] = [cpuMs(pids), performance.now()];
    await sleep(5000);
    samples.push((100 * (cpuMs(pids) - before)) / (performance.now() - from));
  }
  clearInterval(timer);
  if (watcher.alarms.length > 0) throw new Error('a quiet host has an alarm');
  rounds.stop();
  readers.close();
  door.close();
  return samples;
}

const samples = what === 'spoof' ? await spoofToAlarm() : await watchCost();
process.stdout.write(JSON.stringify(samples));
process.exit(0);
