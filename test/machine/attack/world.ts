import type { Technique } from '../../../src/core/reach/types.js';

/** One plug: a process in a net namespace of its own, or, on an engine’s network, a container. */
export interface Member {
  /** Shell commands on the host; `{port}` is its end there, `{mac}` its MAC. */
  readonly port?: readonly string[];
  /** Shell commands in its net namespace. */
  readonly inside?: readonly string[];
  /** macvlan's or ipvlan's mode, where it is not the wire's. */
  readonly mode?: string;
  /** The AppArmor profile that its processes are under. */
  readonly profile?: string;
  /** Words of the reservation under which its attacks are called possible although they fail: what stops them cannot be read. */
  readonly reserve?: string;
}

/** A wire with all who are on it. One of them, `x`, is whom the others are told to be; each attacks each other one. */
export interface Wire {
  readonly name: string;
  readonly family: string;
  readonly kind: 'bridge' | 'macvlan' | 'ipvlan' | 'network';
  /** Of a bridge: its options; of macvlan and ipvlan: the mode. */
  readonly options?: string;
  readonly members: Readonly<Record<string, Member>>;
  readonly try: readonly Technique[];
  /** The host has an address there and is a victim too. */
  readonly host?: true;
  /** Shell commands on the host when all are plugged in; `{bridge}`. */
  readonly after?: readonly string[];
  /** VLANs in whose tags the attack hides as well. */
  readonly tags?: readonly number[];
  /** What the author expects: whom each attacker fools, by technique; who is not named fools nobody. */
  readonly fools: Readonly<Partial<Record<Technique, Readonly<Record<string, string>>>>>;
}

const none = 'bridge vlan del dev {port} vid 1';
const vlan = (...of: readonly string[]): Member => ({ port: [none, ...of.map((v) => `bridge vlan add dev {port} vid ${v}`)] });
const tc = (hook: string, ...filters: readonly string[]): Member => ({ port: ['tc qdisc add dev {port} clsact', ...filters.map((f) => `tc filter add dev {port} ${hook} ${f}`)] });
const flags = (...of: readonly string[]): Member => ({ port: [`bridge link set dev {port} ${of.join(' ')}`] });
const rest = (names: Readonly<Record<string, unknown>>, ...but: readonly string[]): string => Object.keys(names).filter((n) => n !== 'x' && !but.includes(n)).join(' ');

const VLANS: Readonly<Record<string, Member>> = {
  x: vlan('10 pvid untagged'),
  ten: vlan('10 pvid untagged'),
  'ten-too': vlan('10 pvid untagged'),
  twenty: vlan('20 pvid untagged'),
  'twenty-and-ten-tagged': vlan('20 pvid untagged', '10'),
  'ten-tagged': vlan('10'),
  'both-untagged': vlan('20 pvid untagged', '10 untagged'),
  'ten-leaves-tagged': vlan('10 pvid'),
  first: {},
  nowhere: vlan(),
};
const TEN = 'ten ten-too both-untagged';
const LEARNS_TEN = 'ten ten-too ten-leaves-tagged';

const TC: Readonly<Record<string, Member>> = {
  x: {},
  plain: {},
  'arp-dropped': tc('ingress', 'protocol arp matchall action drop'),
  'ip-only': tc('ingress', 'protocol ip pref 1 matchall action pass', 'protocol ipv6 pref 2 matchall action pass', 'protocol all pref 9 matchall action drop'),
  pinned: tc('ingress', 'protocol arp pref 1 flower arp_sip {ip} action pass', 'protocol ip pref 2 matchall action pass', 'protocol all pref 9 matchall action drop'),
  replies: tc('ingress', 'protocol arp pref 1 flower arp_op reply action drop'),
  'chain-never-asked': tc('ingress', 'protocol all pref 1 chain 5 matchall action drop'),
  'chain-gone-to': tc('ingress', 'protocol all pref 1 matchall action goto chain 5', 'protocol all pref 1 chain 5 matchall action drop'),
  'one-in-two': tc('ingress', 'protocol all pref 1 matchall action drop random determ pass 2'),
  u32: tc('ingress', 'protocol all pref 1 u32 match u32 0 0 action drop'),
  'out-dropped': tc('egress', 'protocol all pref 1 matchall action drop'),
};
const TC_OPEN = ['plain', 'arp-dropped', 'replies', 'chain-never-asked', 'one-in-two', 'out-dropped'];

/** What the bridge learned of a port before it was set. */
const FORGET = 'bridge fdb del {mac} dev {port} master 2>/dev/null || true';

/** Whether the bridge learns from link-local groups, which no lock refuses: where that was not read. */
const LOCAL = 'link-local groups';

const PORTS: Readonly<Record<string, Member>> = {
  x: {},
  plain: {},
  'hears-broadcast-alone': flags('learning off flood off mcast_flood off bcast_flood on'),
  deaf: { port: ['bridge link set dev {port} learning off flood off mcast_flood off bcast_flood off', FORGET] },
  'deaf-and-known': { port: ['bridge link set dev {port} learning off flood off mcast_flood off bcast_flood off', 'bridge fdb replace {mac} dev {port} master static'] },
  locked: { port: ['bridge fdb replace {mac} dev {port} master static', 'bridge link set dev {port} locked on'], reserve: LOCAL },
  'locked-as-the-host': { port: ['bridge fdb replace {mac} dev {port} master permanent', 'bridge link set dev {port} locked on'], reserve: LOCAL },
  mab: { port: ['bridge link set dev {port} learning on locked on mab on', FORGET], reserve: LOCAL },
  isolated: flags('isolated on'),
  'isolated-too': flags('isolated on'),
  suppressed: flags('neigh_suppress on'),
  'vlan-suppressed': flags('neigh_vlan_suppress on'),
  loose: { port: ['ip link set {port} nomaster'] },
  vrf: { port: ['ip link set {port} master vrf-lab'] },
  'vrf-too': { port: ['ip link set {port} master vrf-lab'] },
};
const OFF = ['deaf', 'loose', 'vrf', 'vrf-too'];

const MACVLANS: Readonly<Record<string, Member>> = { x: {}, one: {}, two: {}, private: { mode: 'private' }, vepa: { mode: 'vepa' } };
const three: Readonly<Record<string, Member>> = { x: {}, one: {}, two: {} };
const eachOther = { one: 'two', two: 'one' };

const CONFINED: Readonly<Record<string, Member>> = {
  x: {},
  plain: {},
  'raw-and-packet-denied': { profile: 'lab-no-raw', reserve: 'the profile lab-no-raw' },
  'raw-denied': { profile: 'lab-no-type-raw' },
  'packet-denied': { profile: 'lab-no-packet', reserve: 'the profile lab-no-packet' },
};

/** Who fools whom where every sender reaches all victims but some. */
function all(members: Readonly<Record<string, Member>>, senders: readonly string[], but: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(senders.map((s) => [s, rest(members, s, ...but)]));
}

/** Wires of what the lab’s own kernel lacks: Linux 6.12 of Debian 13, Engine 26 with its random MACs. */
export const WORLD: readonly Wire[] = [
  {
    name: 'vlan', family: 'VLAN filtering', kind: 'bridge', options: 'vlan_filtering 1', members: VLANS, try: ['arp-spoof', 'mac-steal'], tags: [10, 20, 1], host: true,
    fools: {
      'arp-spoof': {
        ten: 'ten-too both-untagged', 'ten-too': 'ten both-untagged', twenty: 'twenty-and-ten-tagged both-untagged', 'twenty-and-ten-tagged': `${TEN} twenty`,
        'ten-tagged': TEN, 'both-untagged': 'ten ten-too twenty twenty-and-ten-tagged', 'ten-leaves-tagged': TEN, first: 'host',
      },
      'mac-steal': {
        ten: 'ten-too ten-leaves-tagged', 'ten-too': 'ten ten-leaves-tagged', twenty: 'twenty-and-ten-tagged both-untagged', 'twenty-and-ten-tagged': `${LEARNS_TEN} twenty both-untagged`,
        'ten-tagged': LEARNS_TEN, 'both-untagged': `${LEARNS_TEN} twenty twenty-and-ten-tagged`, 'ten-leaves-tagged': 'ten ten-too',
      },
    },
  },
  { name: 'tc', family: 'tc', kind: 'bridge', members: TC, try: ['arp-spoof'], fools: { 'arp-spoof': all(TC, TC_OPEN, ['out-dropped']) } },
  {
    name: 'ports', family: 'bridge ports', kind: 'bridge', members: PORTS, try: ['arp-spoof', 'mac-steal'],
    fools: {
      'arp-spoof': Object.fromEntries(Object.keys(PORTS).filter((n) => !['x', 'loose', 'vrf', 'vrf-too'].includes(n)).map((n) => [n, rest(PORTS, n, ...OFF, ...(n.startsWith('isolated') ? ['isolated', 'isolated-too'] : []))])),
      'mac-steal': Object.fromEntries(['plain', 'isolated', 'isolated-too', 'suppressed', 'vlan-suppressed', 'locked', 'locked-as-the-host', 'mab'].map((n) => [n, rest(PORTS, n, 'loose', 'vrf', 'vrf-too', 'locked-as-the-host', 'mab', ...(n.startsWith('isolated') ? ['isolated', 'isolated-too'] : []))])),
    },
  },
  { name: 'ipvlan-l2', family: 'ipvlan', kind: 'ipvlan', options: 'l2', members: three, try: ['arp-spoof', 'ndp-spoof', 'mac-steal'], fools: { 'arp-spoof': eachOther } },
  { name: 'ipvlan-l2-private', family: 'ipvlan', kind: 'ipvlan', options: 'l2 private', members: three, try: ['arp-spoof'], fools: { 'arp-spoof': eachOther } },
  { name: 'ipvlan-l2-vepa', family: 'ipvlan', kind: 'ipvlan', options: 'l2 vepa', members: three, try: ['arp-spoof'], fools: { 'arp-spoof': eachOther } },
  { name: 'ipvlan-l3', family: 'ipvlan', kind: 'ipvlan', options: 'l3', members: three, try: ['arp-spoof', 'ndp-spoof'], fools: {} },
  { name: 'ipvlan-l3s', family: 'ipvlan', kind: 'ipvlan', options: 'l3s', members: three, try: ['arp-spoof'], fools: {} },
  { name: 'macvlan', family: 'macvlan', kind: 'macvlan', options: 'bridge', members: MACVLANS, try: ['arp-spoof', 'ndp-spoof'], fools: { 'arp-spoof': eachOther, 'ndp-spoof': eachOther } },
  { name: 'apparmor', family: 'AppArmor', kind: 'bridge', members: CONFINED, try: ['arp-spoof'], fools: { 'arp-spoof': all(CONFINED, ['plain', 'raw-denied', 'packet-denied'], []) } },
  { name: 'network', family: 'Engine 26', kind: 'network', members: { x: {}, plain: {} }, try: ['arp-spoof'], host: true, fools: { 'arp-spoof': { plain: 'host' } } },
];

/** AppArmor profiles that members are under: each denies what it says, and leaves the rest. */
export const PROFILES: Readonly<Record<string, string>> = {
  'lab-no-raw': 'deny network raw, deny network packet,',
  'lab-no-type-raw': 'deny network raw,',
  'lab-no-packet': 'deny network packet,',
};
