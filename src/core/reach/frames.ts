import { toNumber } from './filter/truth.js';

/** A tag of IEEE 802.1Q (0x8100) or 802.1ad (0x88a8). */
export interface Tag {
  readonly protocol: 0x8100 | 0x88a8;
  readonly id: number;
}

export const ETH_ARP = 0x0806;
export const ETH_IPV4 = 0x0800;
export const ETH_IPV6 = 0x86dd;
/** An EtherType for local experiments: what a stolen MAC is announced with where ARP and IP are filtered. */
export const ETH_OTHER = 0x88b5;
export const ICMPV6 = 58;
/** Extension headers of IPv6 that neighbour discovery may carry: hop-by-hop options, routing (with no segment left), destination options. */
export const EXTENSIONS = [60, 0, 43] as const;
export type Extension = (typeof EXTENSIONS)[number];

export type Body =
  | { readonly kind: 'arp'; readonly hardware: 1 | 6; readonly operation: 1 | 2; readonly senderMac: string; readonly senderIp: string; readonly targetMac: string; readonly targetIp: string }
  | { readonly kind: 'nd'; readonly source: string; readonly destination: string; readonly type: 133 | 134 | 135 | 136; readonly target: string; readonly mac: string; readonly solicited: boolean; readonly extension: Extension | null }
  | { readonly kind: 'ip'; readonly source: string; readonly destination: string; readonly protocol: number }
  | { readonly kind: 'other' };

/** What its sender writes as it likes, since neither bridge nor receiver looks at it. */
export type Free = 'ether saddr' | 'ether daddr' | 'ether type' | 'arp saddr ether' | 'arp saddr ip' | 'arp daddr ether' | 'arp daddr ip' | 'ip saddr' | 'ip daddr' | 'ip protocol' | 'vlan id' | 'length';

/** One frame as it leaves the sender. Tags from the outside in. */
export interface Frame {
  readonly free?: readonly Free[];
  /** Made for a rule: something free was chosen by what the rule compares it with. */
  readonly chosen?: true;
  /** Of content that nobody knows: its EtherType, where it is not ETH_OTHER; up to 1,500 it is a length (IEEE 802.3). */
  readonly type?: number;
  /** Bytes behind the Ethernet header, where it is padded to more than the least. */
  readonly length?: number;
  readonly source: string;
  readonly destination: string;
  readonly tags: readonly Tag[];
  readonly body: Body;
  /** What it is, in words, for sentences. */
  readonly name: string;
}

/** The EtherType of the innermost content. */
export function innerType(f: Frame): number {
  return f.body.kind === 'arp' ? ETH_ARP : f.body.kind === 'nd' ? ETH_IPV6 : f.body.kind === 'ip' ? (f.body.source.includes(':') ? ETH_IPV6 : ETH_IPV4) : (f.type ?? ETH_OTHER);
}

export interface End {
  readonly mac: string;
  readonly ip: string;
}

/** A MAC that nobody has: locally administered, so that no vendor's device carries it. */
export const INVENTED = '02:bd:00:be:ef:01';
const BROADCAST = 'ff:ff:ff:ff:ff:ff';
export const NOBODY = '00:00:00:00:00:00';
/** All hosts, as an Ethernet group address: taken by every host, and neither unicast nor broadcast. */
const ALL_HOSTS = '01:00:5e:00:00:01';
const ALL_NODES = { mac: '33:33:00:00:00:01', ip: 'ff02::1' };
const ALL_ROUTERS = { mac: '33:33:00:00:00:02', ip: 'ff02::2' };

/**
 * Tags that a receiver takes off by itself: VLAN 0 says priority only (measured: one, two or three of them, of either
 * kind, are forwarded by a bridge without VLAN filtering and accepted). A filter looks at the outermost or the second.
 */
export const TAGGINGS: readonly (readonly Tag[])[] = [
  [],
  [{ protocol: 0x8100, id: 0 }],
  [{ protocol: 0x88a8, id: 0 }],
  [{ protocol: 0x8100, id: 0 }, { protocol: 0x8100, id: 0 }],
  [{ protocol: 0x88a8, id: 0 }, { protocol: 0x8100, id: 0 }],
  [{ protocol: 0x8100, id: 0 }, { protocol: 0x88a8, id: 0 }],
  [{ protocol: 0x88a8, id: 0 }, { protocol: 0x88a8, id: 0 }],
];
const TAGGED = ['', ' in a VLAN tag', ' in an 802.1ad tag', ' in two VLAN tags', ' in an 802.1ad and a VLAN tag', ' in a VLAN and an 802.1ad tag', ' in two 802.1ad tags'];

/** Sender addresses on the wire and in the message: one's own, an invented one, or on the wire that of who is impersonated. */
function senders(a: End, x: End): readonly { readonly wire: string; readonly said: string }[] {
  return [
    { wire: a.mac, said: a.mac },
    { wire: INVENTED, said: INVENTED },
    { wire: x.mac, said: a.mac },
    { wire: a.mac, said: INVENTED },
    { wire: INVENTED, said: a.mac },
  ].filter((s) => s.wire !== '' && s.said !== '');
}

/** A frame without its tags. */
type Form = Omit<Frame, 'tags'>;

/** Each of some forms in each way of tagging, untagged first; what they are is made once. */
function* inTags(forms: Iterable<Form>, more: readonly (readonly Tag[])[] = []): Generator<Frame> {
  const made: Form[] = [];
  for (const form of forms) {
    made.push(form);
    yield tagged(form, TAGGINGS[0] ?? [], '');
  }
  for (const [t, tags] of [...TAGGINGS, ...more].entries()) if (t > 0) for (const form of made) yield tagged(form, tags, TAGGED[t] ?? ' in a VLAN tag');
}

function tagged(f: Form, tags: readonly Tag[], end: string): Frame {
  const frame = { source: f.source, destination: f.destination, free: f.free ?? [], body: f.body, tags, name: f.name + end };
  return f.type === undefined ? frame : { ...frame, type: f.type };
}

/** Where it is free, an Ethernet destination is any group: every host listens to all of them. A MAC in a message is whichever the sender listens to. */
const ARP_FREE: readonly Free[] = ['ether saddr', 'ether daddr', 'arp saddr ether', 'arp daddr ether', 'arp daddr ip', 'length'];

/**
 * Every ARP message by which `a` can tell `v` that `x`'s address is elsewhere, plainest first. Linux updates on replies
 * and on requests alike, of hardware type 1 or 6, whatever Ethernet addresses carry them and whoever is asked (arp_process in net/ipv4/arp.c).
 */
export function arpFrames(a: End, v: End, x: End, more: readonly (readonly Tag[])[] = []): Generator<Frame> {
  return inTags(arpForms(a, v, x), more);
}

function* arpForms(a: End, v: End, x: End): Generator<Form> {
  const third = a.ip === '' ? '0.0.0.0' : a.ip;
  const forms = [
    { operation: 1, targetIp: v.ip, targetMac: NOBODY, name: 'ARP request' },
    { operation: 2, targetIp: v.ip, targetMac: v.mac, name: 'ARP reply' },
    { operation: 1, targetIp: x.ip, targetMac: NOBODY, name: 'ARP gratuitous request' },
    { operation: 2, targetIp: x.ip, targetMac: BROADCAST, name: 'ARP gratuitous reply' },
    { operation: 1, targetIp: third, targetMac: INVENTED, name: 'ARP request for a third address' },
    { operation: 2, targetIp: third, targetMac: INVENTED, name: 'ARP reply to a third address' },
  ] as const;
  for (const s of senders(a, x)) {
    for (const form of forms) {
      for (const destination of [v.mac, BROADCAST, ALL_HOSTS]) {
        for (const hardware of [1, 6] as const) {
          yield {
            source: s.wire, destination, free: ARP_FREE, name: form.name,
            body: { kind: 'arp', hardware, operation: form.operation, senderMac: s.said, senderIp: x.ip, targetMac: form.targetMac, targetIp: form.targetIp },
          };
        }
      }
    }
  }
}

/** The group in which an address is asked for (RFC 4291, 2.7.1), and its MAC. */
function solicited(ip: string): { readonly ip: string; readonly mac: string } | null {
  const n = toNumber(ip);
  if (n === null) return null;
  const low = (n & 0xffffffn).toString(16).padStart(6, '0');
  return { ip: `ff02::1:ff${low.slice(0, 2)}:${low.slice(2)}`, mac: `33:33:ff:${low.slice(0, 2)}:${low.slice(2, 4)}:${low.slice(4)}` };
}

/** What IPv6 frames depend on besides the ends. `own`: an address of the sender's own; `router`: whether the victim forwards. */
export interface NdWays {
  readonly own: string | null;
  readonly router: boolean;
  readonly tags?: readonly (readonly Tag[])[];
  /** For a further address of the victim: by one sender alone. */
  readonly few?: boolean;
}

const ND_FREE: readonly Free[] = ['ether saddr', 'ether daddr', 'length'];
/** An advertisement may come from anybody. */
const NA_FREE: readonly Free[] = [...ND_FREE, 'ip saddr'];

type Nd = Extract<Body, { kind: 'nd' }>;

/**
 * Every neighbour message by which `a` can tell `v` that `x`'s address is elsewhere: advertisements (which change an
 * entry that is there) and solicitations in x's name (which make one), with and without extension headers before them.
 * A router advertisement tells of its sender too, under a link-local address (ndisc_router_discovery in net/ipv6/ndisc.c),
 * and to a victim that forwards a router solicitation does (ndisc_recv_rs). A solicitation may go to all nodes, and what is
 * for one address may come by an Ethernet broadcast (ip6_rcv_core, unless drop_unicast_in_l2_multicast).
 */
export function ndFrames(a: End, v: End, x: End, ways: NdWays): Generator<Frame> {
  return inTags(ndForms(a, v, x, ways), ways.tags);
}

function* ndForms(a: End, v: End, x: End, ways: NdWays): Generator<Form> {
  const group = solicited(v.ip);
  const own = { mac: v.mac, ip: v.ip };
  const broadcast = { mac: BROADCAST, ip: v.ip };
  const everybody = [ALL_NODES, { mac: v.mac, ip: ALL_NODES.ip }, { mac: BROADCAST, ip: ALL_NODES.ip }];
  for (const [n, s] of senders(a, x).slice(0, ways.few === true ? 1 : undefined).entries()) {
    // What carries it to a victim, besides its own MAC: a few senders are enough, since who sends it is free.
    const one = n > 1 ? [own] : [own, broadcast];
    const all = n > 1 ? [ALL_NODES] : everybody;
    for (const extension of [null, ...EXTENSIONS]) {
      const form = (to: End, type: Nd['type'], source: string, target: string, name: string, told = false): Form => ({
        source: s.wire, destination: to.mac, free: type === 136 ? NA_FREE : ND_FREE, name,
        body: { kind: 'nd', mac: s.said, extension, solicited: told, type, source, destination: to.ip, target },
      });
      yield form(own, 135, x.ip, v.ip, 'neighbour solicitation');
      if (group !== null) yield form(group, 135, x.ip, v.ip, 'neighbour solicitation to a group');
      for (const to of all) yield form(to, 135, x.ip, v.ip, 'neighbour solicitation to all nodes');
      for (const to of one.slice(1)) yield form(to, 135, x.ip, v.ip, 'neighbour solicitation by broadcast');
      if (x.ip.startsWith('fe80:')) for (const to of [...one, ...all]) yield form(to, 134, x.ip, x.ip, 'router advertisement');
      if (ways.router) for (const to of [own, ALL_ROUTERS]) yield form(to, 133, x.ip, v.ip, 'router solicitation');
      for (const source of ways.own === null ? [x.ip] : [x.ip, ways.own]) {
        yield form(own, 136, source, x.ip, 'neighbour advertisement', true);
        for (const to of [...one, ...all]) yield form(to, 136, source, x.ip, 'unsolicited advertisement');
      }
    }
  }
}

const STEAL_FREE: readonly Free[] = ['ether daddr', 'ether type', 'arp saddr ether', 'arp saddr ip', 'arp daddr ether', 'arp daddr ip', 'ip saddr', 'ip daddr', 'ip protocol', 'vlan id', 'length'];
/** What stands for a type in a frame of IEEE 802.3: how long it is. */
const LENGTH = 46;

/** Frames that make a bridge learn `x`'s MAC at `a`'s port: any content will do, to anybody (`to`: the bridge itself and its like as well). */
export function stealFrames(a: End, x: End, more: readonly (readonly Tag[])[] = [], to: readonly string[] = []): Generator<Frame> {
  return inTags(stealForms(a, x, to), more);
}

function* stealForms(a: End, x: End, to: readonly string[]): Generator<Form> {
  for (const destination of [a.mac, BROADCAST, ALL_HOSTS, ...to]) {
    const base = { source: x.mac, destination, free: STEAL_FREE };
    yield { ...base, body: { kind: 'other' }, name: 'frame of no known kind' };
    yield { ...base, body: { kind: 'other' }, type: LENGTH, name: 'frame with a length for its type' };
    for (const protocol of [17, 6, 1]) yield { ...base, body: { kind: 'ip', source: a.ip, destination: x.ip, protocol }, name: 'IP packet' };
    for (const protocol of [17, 6, ICMPV6]) yield { ...base, body: { kind: 'ip', source: 'fe80::bd', destination: ALL_NODES.ip, protocol }, name: 'IPv6 packet' };
    for (const said of [a.ip, x.ip]) {
      for (const operation of [1, 2] as const) yield { ...base, body: { kind: 'arp', hardware: 1, operation, senderMac: x.mac, senderIp: said, targetMac: NOBODY, targetIp: x.ip }, name: operation === 1 ? 'ARP request' : 'ARP reply' };
    }
  }
}

/**
 * Groups that a bridge keeps for itself: no lock refuses what is sent there, it goes no further, and its sender is learned all
 * the same, unless the bridge is told not to (br_handle_frame in net/bridge/br_input.c). LLDP's is shown to none of the bridge's
 * hooks, the others to that for what enters the host.
 */
export const LINK_LOCAL = '01:80:c2:00:00:0e';
const LOCALS = [LINK_LOCAL, '01:80:c2:00:00:02', '01:80:c2:00:00:03'];
export function localFrames(source: string, more: readonly (readonly Tag[])[] = []): Generator<Frame> {
  return inTags(LOCALS.map((destination) => ({ source, destination, free: ['ether type', 'vlan id'], body: { kind: 'other' }, name: 'frame to a link-local group' })), more);
}
