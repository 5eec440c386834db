import { readlinkSync } from 'node:fs';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../engine.js';
import { tryRun } from '../run.js';
import { PROFILES, type Role, type Scenario } from './scenario.js';

/** Where a role stands on the wire. */
export interface Place {
  readonly container: string;
  readonly pid: number;
  readonly iface: string;
  readonly ip: string;
  readonly ip6: string;
  /** Its link-local IPv6 address. */
  readonly local6: string;
  readonly mac: string;
  /** The bridge's port. */
  readonly port: string;
}

export interface Stage {
  readonly lab: Lab;
  readonly scenario: Scenario;
  readonly n: number;
  readonly A: Place;
  readonly V: Place;
  readonly X: Place;
  /** The one whose table is attacked. */
  readonly victim: Place;
  /** The one whose address is claimed. */
  readonly target: Place;
  readonly bridge: string;
  /** The bridge's own stack. */
  readonly gateway: Place;
  /** Inode of the net namespace that the attack is allowed in: the attacker's, which the lab made. */
  readonly allowed: number;
  /** The same for what the victim itself sends. */
  readonly victimNet: number;
  clear(): Promise<void>;
  /** The same containers for another scenario: rules taken away, what that one wants done. */
  again(scenario: Scenario): Promise<Stage>;
}

/** Commands whose traces are taken away by `again`: rules in tables of their own, and flags of ports. */
const RULES_ONLY = /^(nft |ebtables |arptables|iptables -I FORWARD|bridge link set dev \{[AVX]\.port\} \w+ (on|off)$)/;

/** Scenarios with the same key can follow each other on one stage; null where one needs a fresh one. */
export function stageKey(s: Scenario): string | null {
  if (s.docker !== undefined || (s.before ?? []).some(([, command]) => !RULES_ONLY.test(command))) return null;
  if (JSON.stringify([s.A, s.donor]).includes('NET_ADMIN') || s.A?.includes('--privileged') === true) return null;
  return JSON.stringify([s.A, s.V, s.X, s.network, s.donor, s.second, s.engine]);
}

const WITHOUT_RULES = 'for t in bridge netdev inet arp; do nft delete table $t guard; done 2>/dev/null; nft delete table bridge filter 2>/dev/null; nft delete table bridge nat 2>/dev/null; nft delete table arp filter 2>/dev/null; for c in INPUT OUTPUT; do arptables-legacy -P $c ACCEPT; done 2>/dev/null; arptables-legacy -F 2>/dev/null; true';

/** Flags of a port as the kernel makes one. */
const PORT = 'isolated off learning on flood on bcast_flood on mcast_flood on hairpin off neigh_suppress off locked off';

/** A MAC for an attacker that has no interface of its own on the wire. */
export const HOSTS_OWN = '02:bd:00:be:ef:03';

interface Address { readonly ifname: string; readonly ifindex: number; readonly link_index?: number; readonly address: string; readonly addr_info: readonly { readonly family: string; readonly local: string; readonly scope: string }[] }

async function addresses(command: readonly string[]): Promise<readonly Address[]> {
  const ran = await tryRun([...command, 'ip', '-j', 'addr', 'show']);
  return ran.code === 0 ? (JSON.parse(ran.stdout) as Address[]) : [];
}

const netOf = (pid: number): readonly string[] => ['nsenter', `--net=/proc/${pid}/ns/net`];
const EMPTY: Place = { container: '', pid: 0, iface: 'eth0', ip: '', ip6: '', local6: '', mac: '', port: '' };

async function placeOf(lab: Lab, container: string, iface: string, outside: readonly Address[], known?: number): Promise<Place> {
  const pid = known ?? (await lab.pid(container));
  const own = (await addresses(netOf(pid))).find((a) => a.ifname === iface);
  if (own === undefined) return { ...EMPTY, container, pid };
  const port = outside.find((a) => a.ifindex === own.link_index && a.link_index === own.ifindex)?.ifname ?? '';
  const local = (family: string) => own.addr_info.find((i) => i.family === family && (family === 'inet' || i.scope === 'global'))?.local ?? '';
  return { container, pid, iface, ip: local('inet'), ip6: local('inet6'), local6: own.addr_info.find((i) => i.family === 'inet6' && i.scope === 'link')?.local ?? '', mac: own.address, port };
}

function inode(path: string): number {
  return Number(/\[(\d+)\]/.exec(readlinkSync(path))?.[1] ?? Number.NaN);
}

/** The first guard: the namespace is the lab's own or that of one of its containers, never this process's or the machine's. */
function mayAttack(lab: Lab, pid: number): number {
  const mine = inode(`/proc/${pid}/ns/net`);
  const foreign = [inode('/proc/self/ns/net'), inode('/proc/2/ns/net')];
  const labs = inode(`/proc/${lab.enginePid}/ns/net`);
  if (foreign.includes(mine) || foreign.includes(labs)) throw new Error(`refused: net:[${mine}] was not made by the lab`);
  return mine;
}

type Filled = Pick<Stage, 'A' | 'V' | 'X' | 'bridge' | 'n'> & { readonly gateway: Place; readonly bridge2: string };

/** Fills `{A.port}` and its like in. */
function fill(text: string, s: Filled): string {
  return text.replace(/\{([AVX]|bridge|gateway|gateway6|bridge2|n)(?:\.(\w+))?\}/g, (whole, who: string, what: string | undefined) => {
    if (who === 'n') return String(s.n);
    if (who === 'bridge') return what === 'mac' ? s.gateway.mac : s.bridge;
    if (who === 'bridge2') return s.bridge2;
    if (who === 'gateway') return s.gateway.ip;
    if (who === 'gateway6') return s.gateway.ip6;
    const place = s[who as 'A' | 'V' | 'X'];
    if (what === 'net') return String(inode(`/proc/${place.pid}/ns/net`));
    if (what === 'hex') return `0x${place.ip.split('.').map((b) => Number(b).toString(16).padStart(2, '0')).join('')}`;
    return what === undefined ? place.container : String(place[what as keyof Place] ?? whole);
  });
}

async function network(lab: Lab, name: string, bridge: string, args: readonly string[], n: number): Promise<void> {
  const macvlan = args.includes('macvlan') || args.includes('ipvlan');
  if (macvlan) await lab.inNet(['sh', '-c', `ip link add m${n} type veth peer name m${n}p && ip link set m${n} up && ip link set m${n}p up`]);
  const own = macvlan ? [] : ['-o', `com.docker.network.bridge.name=${bridge}`];
  await lab.docker(['network', 'create', ...own, ...args.map((a) => a.replaceAll('{n}', String(n))), name]);
}

/** Sets a scenario up: networks, containers, and what is done before the attack. */
export async function setUp(lab: Lab, scenario: Scenario, n: number): Promise<Stage> {
  const name = (role: string) => `s${n}-${role.toLowerCase()}`;
  const plain = scenario.network === 'bridge';
  const nets = plain ? [] : [`s${n}`, ...(scenario.second === undefined ? [] : [`s${n}b`])];
  const bridges = [plain ? 'docker0' : `br${n}`, `br${n}b`];
  const containers: string[] = [];
  const clear = async () => {
    await lab.remove(...containers);
    if (nets.length > 0) await lab.tryDocker(['network', 'rm', ...nets]);
    await lab.inNet(['sh', '-c', `${WITHOUT_RULES}; iptables -D FORWARD -j DROP; ip link del j${n}a; ip link del m${n}; ip link del v${n}; ip netns del z${n}; true`]);
  };
  try {
    for (const [i, net] of nets.entries()) await network(lab, net, bridges[i] as string, typeof scenario.network === 'object' && scenario.network !== null ? scenario.network : [], n);
    const main = plain ? 'bridge' : (nets[0] as string);
    const theirs = scenario.second === undefined ? main : (nets[1] as string);
    const start = (role: string, net: string, args: readonly string[], image: string) => {
      containers.push(name(role));
      const given = args.includes('--network') ? [] : ['--network', net];
      const profiles = args.map((a) => a.replace(/\{profile:([\w-]+)\}/, (_, p: string) => profile(lab, p)).replaceAll('{V}', name('V')).replaceAll('{X}', name('X')).replaceAll('{lab.net}', lab.netns).replaceAll('{lab.dir}', lab.dir));
      return lab.run(name(role), { args: [...given, ...profiles], image });
    };
    await Promise.all([
      start('V', theirs, scenario.V ?? [], 'busybox:lab'),
      start('X', theirs, scenario.X ?? [], 'busybox:lab'),
      ...(scenario.donor === undefined ? [] : [start('D', main, scenario.donor, 'busybox:lab')]),
    ]);
    await start('A', scenario.donor === undefined ? main : `container:${name('D')}`, scenario.A ?? [], 'attacker:lab');
    if (scenario.second === 'both') await lab.docker(['network', 'connect', nets[1] as string, name('A')]);

    const outside = await addresses(netOf(lab.enginePid));
    const bridge = scenario.second === undefined ? (bridges[0] as string) : (bridges[1] as string);
    const own = outside.find((a) => a.ifname === bridge);
    const gateway: Place = {
      container: 'host', pid: lab.enginePid, iface: bridge, mac: own?.address ?? '', port: '',
      ip: own?.addr_info.find((i) => i.family === 'inet')?.local ?? '', ip6: own?.addr_info.find((i) => i.family === 'inet6' && i.scope === 'global')?.local ?? '',
      local6: own?.addr_info.find((i) => i.family === 'inet6' && i.scope === 'link')?.local ?? '',
    };
    const [V, X] = await Promise.all([placeOf(lab, name('V'), 'eth0', outside), placeOf(lab, name('X'), 'eth0', outside)]);
    const plug = await placeOf(lab, name('A'), scenario.second === 'both' ? 'eth1' : 'eth0', outside);
    const onHost = scenario.A?.join(' ').includes('--network host') === true;
    const A: Place = onHost ? { ...plug, iface: V.port, mac: HOSTS_OWN } : plug;
    const donor = scenario.donor !== undefined ? await placeOf(lab, name('D'), 'eth0', outside) : EMPTY;

    const filled: Filled = { A, V, X, bridge: scenario.second === undefined ? bridge : (bridges[0] as string), bridge2: bridges[1] as string, n, gateway };
    const hit = (s: Scenario): Place => (s.victim === 'host' ? gateway : s.victim === 'donor' ? donor : V);
    const act = async (s: Scenario): Promise<Stage> => {
      for (const [where, command] of s.before ?? []) await before(where, fill(command, filled), filled, lab);
      for (const command of s.docker ?? []) await lab.docker(fill(command, filled).split(' '));
      // Who was on no network may have been plugged in by hand.
      const now = A.mac === '' && !onHost && s.before !== undefined ? await placeOf(lab, name('A'), 'eth0', await addresses(netOf(lab.enginePid))) : A;
      const heard = gateway.mac === '' && s.victim === 'host' ? { ...(await placeOf(lab, 'host', `v${n}`, [], lab.enginePid)), port: '' } : hit(s);
      return {
        lab, scenario: s, n, A: now, V, X, bridge, gateway, clear,
        again: async (next) => {
          const nets = [lab.enginePid, A.pid, V.pid];
          await Promise.all(nets.map((pid) => tryRun([...netOf(pid), 'sh', '-c', `${WITHOUT_RULES}; iptables -D FORWARD -j DROP 2>/dev/null; true`])));
          const ports = [A.port, V.port, X.port].filter((port) => port !== '').map((port) => `bridge link set dev ${port} ${PORT}`);
          if (ports.length > 0) await tryRun([...netOf(lab.enginePid), 'sh', '-c', ports.join('; ')]);
          return act(next);
        },
        victim: heard,
        victimNet: mayAttack(lab, heard.pid),
        target: s.as === 'gateway' ? gateway : X,
        allowed: mayAttack(lab, A.pid),
      };
    };
    return await act(scenario);
  } catch (error) {
    await clear();
    throw error;
  }
}

async function before(where: Role, command: string, s: { readonly A: Place; readonly V: Place; readonly X: Place }, lab: Lab): Promise<void> {
  const pid = where === 'host' ? lab.enginePid : s[where].pid;
  const ran = await tryRun([...netOf(pid), 'sh', '-c', command]);
  if (ran.code !== 0) throw new Error(`before the attack, ${where}: ${command}: ${ran.stderr || ran.stdout}`);
}

function profile(lab: Lab, name: string): string {
  const dir = join(lab.dir, 'profiles');
  mkdirSync(dir, { recursive: true });
  const file = join(dir, `${name}.json`);
  writeFileSync(file, JSON.stringify({ architectures: ['SCMP_ARCH_X86_64'], ...PROFILES[name] }));
  return file;
}
