import { execFileSync } from 'node:child_process';
import { START, watch, type WatchState } from '../../src/core/alarm/index.js';
import type { Snapshot } from '../../src/core/model/index.js';
import { look } from '../../src/node/collect/look.js';
import { ROOTS } from '../../src/node/collect/machine.js';
import { readTables } from '../../src/node/collect/wire/index.js';
import { Session, DEFAULT_POLL_MS } from '../../src/node/session/session.js';
import { STANDARD_PARTS } from '../../src/node/session/standard.js';
import { forge } from '../alarm/forge.js';

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

/** CPU of reading and watching all tables at the default rate, in % of a core. */
async function watchCost(): Promise<number[]> {
  const s = await look({ host });
  const nets = s.nets.map((n) => ({ key: n.key, pid: n.key === 'host' ? null : (s.containers.find((c) => c.net === n.key)?.pid ?? null) }));
  // Quiet containers have empty tables: two entries each, as one that talks to its gateway and a neighbour has.
  for (const c of s.containers) {
    const e = c.endpoints[0];
    if (c.pid === null || e === undefined || !('value' in e.interface) || !('value' in e.gateway)) continue;
    inNet(c.pid, 'ip', 'neigh', 'replace', e.gateway.value, 'lladdr', '02:42:00:00:00:01', 'nud', 'stale', 'dev', e.interface.value);
  }
  const reader = readTables(ROOTS);
  let state: WatchState = START;
  const once = (): void => {
    const { tables, fdb } = reader.read(nets);
    state = watch(state, { snapshot: s, tables, fdb, settled: true, at: new Date().toISOString() }).state;
  };
  for (let n = 0; n < 50; n++) once();
  const samples: number[] = [];
  for (let n = 0; n < 6; n++) {
    const timer = setInterval(once, DEFAULT_POLL_MS / 10);
    const [before, from] = [process.cpuUsage(), performance.now()];
    await sleep(5000);
    const used = process.cpuUsage(before);
    samples.push((100 * (used.user + used.system)) / 1000 / (performance.now() - from));
    clearInterval(timer);
  }
  return samples;
}

const samples = what === 'spoof' ? await spoofToAlarm() : await watchCost();
process.stdout.write(JSON.stringify(samples));
process.exit(0);
