import { spawn } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { arpFrames, INVENTED, localFrames, ndFrames, stealFrames, type Frame, type Tag } from '../../../src/core/reach/frames.js';
import type { Technique } from '../../../src/core/reach/types.js';
import { bytesOf } from '../../../src/core/reach/bytes.js';
import { tryRun } from '../../lab/run.js';
import type { Place, Stand } from './stand.js';

/** What one attacker did to one victim. */
export interface Struck {
  readonly attacker: string;
  readonly victim: string;
  readonly technique: Technique;
  readonly worked: boolean;
}

interface Hub {
  send(seat: number, rounds: number, frames: readonly string[]): Promise<void>;
  /** What came to a seat of the experimental EtherType: `<destination>:<payload>`. */
  heard(seat: number): Promise<readonly string[]>;
  stop(): void;
}

const HUB = fileURLToPath(new URL('./hub.pl', import.meta.url));
const SENDER = fileURLToPath(new URL('./sender.pl', import.meta.url));
const sleep = (ms: number) => new Promise((wake) => setTimeout(wake, ms));
const inode = (pid: number): string => /\[(\d+)\]/.exec(readlinkSync(`/proc/${pid}/ns/net`))?.[1] ?? '';

async function openHub(places: readonly Place[]): Promise<Hub> {
  const child = spawn('perl', [HUB, ...places.map((p) => `${p.pid}:${inode(p.pid)}:eth0`)], { stdio: ['pipe', 'pipe', 'pipe'] });
  const waiting: { done: (line: string) => void; failed: (error: Error) => void }[] = [];
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)));
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.done(line));
  child.on('close', () => {
    for (const w of waiting.splice(0)) w.failed(new Error(`the sender ended: ${said}`));
  });
  child.stdin.on('error', () => undefined);
  const answer = () => new Promise<string>((done, failed) => void waiting.push({ done, failed }));
  await answer();
  return {
    send: async (seat, rounds, frames) => {
      const sent = answer();
      child.stdin.write(`send ${seat} ${rounds}\n${frames.join('\n')}\n.\n`);
      await sent;
    },
    heard: async (seat) => {
      const line = answer();
      child.stdin.write(`hear ${seat}\n`);
      return (await line).split(' ').slice(1);
    },
    stop: () => void child.stdin.end(),
  };
}

const tagsOf = (s: Stand): readonly (readonly Tag[])[] => (s.wire.tags ?? []).map((id) => [{ protocol: 0x8100 as const, id }]);

/** MACs that tell who forged an entry: an attacker's own, and one that it invented. */
const inventedBy = (s: Stand, a: Place): string => `02:bd:00:be:ee:${s.places.indexOf(a).toString(16).padStart(2, '0')}`;

/** Frames in hex, each once; the invented MAC is the attacker's own invention. */
function written(s: Stand, a: Place, frames: Iterable<Frame>): readonly string[] {
  const [from, to] = [INVENTED.replaceAll(':', ''), inventedBy(s, a).replaceAll(':', '')];
  return [...new Set([...frames].map((f) => bytesOf(f).replaceAll(from, to)))];
}

const end = (p: Place, six: boolean) => ({ mac: p.mac, ip: six ? p.ip6 : p.ip });

/** The MAC that a victim's table holds for an address. */
async function entry(v: Place, x: Place, six: boolean): Promise<string> {
  if (!six) {
    const dev = v.name === 'host' ? v.port : 'eth0';
    return readFileSync(`/proc/${v.pid}/net/arp`, 'utf8').split('\n').map((l) => l.split(/\s+/)).find((l) => l[0] === x.ip && l[5] === dev)?.[3] ?? '';
  }
  const ran = await tryRun(['nsenter', `--net=/proc/${v.pid}/ns/net`, 'ip', '-6', '-j', 'neigh', 'show', x.ip6]);
  return ran.stdout.startsWith('[') ? ((JSON.parse(ran.stdout) as { readonly lladdr?: string }[])[0]?.lladdr ?? '') : '';
}

/**
 * Messages that differ in what these wires look at: tags, whom they are for, and whether anybody asked. How else one can be
 * disguised is tried in the lab on the tests’ own kernel; under emulation each frame costs.
 */
const tried = (f: Frame): boolean => !RARE.test(f.name) && (f.body.kind === 'arp' ? f.body.hardware === 1 && f.source === f.body.senderMac && /^ARP re/.test(f.name) : f.body.kind === 'nd' && f.body.extension === null && f.source === f.body.mac);

/** Forms that differ from others in what only a rule looks at: the emulated host has none for them. */
const RARE = /third|by broadcast|all nodes/;

/** Where all share the parent's MAC, only a frame that comes from it and goes to it stays inside; the message names another. */
const triedOnOneMac = (f: Frame): boolean => tried(f) || (f.body.kind === 'nd' && f.body.extension === null && f.source === f.destination);

/** A message that changes an entry shortly after another is refused (locktime, a second): the attack goes on for longer than that. */
const BURSTS = 5;

async function spoof(s: Stand, a: Place, six: boolean, send: (frames: readonly string[]) => Promise<void>): Promise<readonly Struck[]> {
  const x = s.places.find((p) => p.name === 'x') as Place;
  const victims = [...s.places.filter((p) => p !== a && p !== x), ...(s.host === null || six ? [] : [s.host])];
  const ways = { own: a.ip6, router: true, tags: tagsOf(s) };
  const make = (v: Place): readonly string[] => written(s, a, [...(six ? ndFrames(end(a, true), end(v, true), end(x, true), ways) : arpFrames(end(a, false), end(v, false), end(x, false), ways.tags))].filter(s.wire.kind === 'ipvlan' ? triedOnOneMac : tried));
  const frames = new Map(victims.map((v) => [v, make(v)]));
  // A lock lets in whom it has heard of: not its own, or it would be let in for good.
  const known = s.wire.kind === 'bridge' ? written(s, a, [...localFrames(INVENTED)].slice(0, 1)) : [];
  const forged = [inventedBy(s, a), ...(a.mac === x.mac ? [] : [a.mac])];
  const left = new Set(victims);
  for (let n = 0; n < BURSTS && left.size > 0; n++) {
    await send([...known, ...[...left].flatMap((v) => frames.get(v) ?? [])]);
    await sleep(350);
    for (const v of left) if (forged.includes(await entry(v, x, six))) left.delete(v);
  }
  return victims.map((v) => ({ attacker: a.name, victim: v.name, technique: six ? 'ndp-spoof' : 'arp-spoof', worked: !left.has(v) }));
}

const OTHER = '88b5';
const bare = (mac: string): string => mac.replaceAll(':', '');

/** One attempt: who among the victims sent a frame for `x` that landed at the attacker. */
async function stealOnce(s: Stand, hub: Hub, a: Place, x: Place, victims: readonly Place[]): Promise<readonly Place[]> {
  const seat = (p: Place): number => s.places.indexOf(p);
  // Its owner speaks first, so that the bridge has it where it belongs.
  await hub.send(seat(x), 2, [`ffffffffffff${bare(x.mac)}${OTHER}`.padEnd(120, '0')]);
  await hub.send(seat(a), 2, written(s, a, [...[...stealFrames(end(a, false), end(x, false), tagsOf(s))].filter((f) => f.body.kind !== 'ip' || f.body.protocol === 17), ...localFrames(x.mac, tagsOf(s))]));
  await hub.heard(seat(a));
  for (const v of victims) await hub.send(seat(v), 2, [`${bare(x.mac)}${bare(v.mac)}${OTHER}${seat(v).toString(16).padStart(4, '0')}`.padEnd(120, '0')]);
  const heard = await hub.heard(seat(a));
  const ran = await tryRun(['bridge', '-j', 'fdb', 'show', 'br', s.bridge]);
  const moved = ran.stdout.startsWith('[') && (JSON.parse(ran.stdout) as { readonly mac: string; readonly ifname: string }[]).some((e) => e.mac === x.mac && e.ifname === a.port);
  return moved ? victims.filter((v) => heard.includes(`${bare(x.mac)}:${seat(v).toString(16).padStart(4, '0')}`)) : [];
}

/** The owner of a MAC takes it back with whatever it sends by itself: what fails by that is tried again. */
const ATTEMPTS = 3;

/** Takes another's MAC, and looks whose frames to it land at the attacker. */
async function steal(s: Stand, hub: Hub, a: Place): Promise<readonly Struck[]> {
  const x = s.places.find((p) => p.name === 'x') as Place;
  const victims = s.places.filter((p) => p !== a && p !== x);
  const fooled = new Set<Place>();
  for (let n = 0; n < ATTEMPTS && fooled.size < victims.length; n++) for (const v of await stealOnce(s, hub, a, x, victims)) fooled.add(v);
  return victims.map((v) => ({ attacker: a.name, victim: v.name, technique: 'mac-steal', worked: fooled.has(v) }));
}

const DOORS = 'packet,old,wide,dgram,xdp,ring';

/** Each attacks each other on one wire, one after the other. */
export async function strike(s: Stand): Promise<readonly Struck[]> {
  const out: Struck[] = [];
  const containers = s.wire.kind === 'network';
  const hub = containers ? null : await openHub(s.places);
  try {
    for (const a of s.places) {
      if (a.name === 'x') continue;
      const send = async (frames: readonly string[]): Promise<void> => {
        if (hub !== null && a.member.profile === undefined) return hub.send(s.places.indexOf(a), 1, frames);
        // What is confined, or in a container, attacks from where it is.
        const there = containers ? ['docker', 'exec', '-i', `lab-${a.name}`, 'perl', '/sender.pl'] : ['nsenter', `--net=/proc/${a.pid}/ns/net`, 'aa-exec', '-p', a.member.profile ?? '', '--', 'perl', SENDER];
        await tryRun([...there, 'send', inode(a.pid), 'eth0', DOORS, '1'], { input: `${frames.join('\n')}\n` });
      };
      for (const technique of s.wire.try) {
        if (technique === 'arp-spoof' || technique === 'ndp-spoof') out.push(...(await spoof(s, a, technique === 'ndp-spoof', send)));
        else if (hub !== null) out.push(...(await steal(s, hub, a)));
      }
    }
  } finally {
    hub?.stop();
  }
  return out;
}
