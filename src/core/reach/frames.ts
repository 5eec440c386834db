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

/** One frame as it leaves the sender. Tags from the outside in. */
export interface Frame {
  readonly source: string;
  readonly destination: string;
  readonly tags: readonly Tag[];
  readonly body: Body;
  /** What it is, in words, for sentences. */
  readonly name: string;
}

/** The EtherType of the innermost content. */
export function innerType(f: Frame): number {
  return f.body.kind === 'arp' ? ETH_ARP : f.body.kind === 'nd' ? ETH_IPV6 : f.body.kind === 'ip' ? (f.body.source.includes(':') ? ETH_IPV6 : ETH_IPV4) : ETH_OTHER;
}

export interface End {
  readonly mac: string;
  readonly ip: string;
}

/** A MAC that nobody has: locally administered, so that no vendor's device carries it. */
export const INVENTED = '02:bd:00:be:ef:01';
const BROADCAST = 'ff:ff:ff:ff:ff:ff';
const NOBODY = '00:00:00:00:00:00';
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

/**
 * Every ARP message by which `a` can tell `v` that `x`'s address is elsewhere, plainest first. Linux updates on replies
 * and on requests alike, of hardware type 1 or 6, whatever Ethernet addresses carry them (arp_process in net/ipv4/arp.c).
 */
export function* arpFrames(a: End, v: End, x: End, more: readonly (readonly Tag[])[] = []): Generator<Frame> {
  const forms = [
    { operation: 1, targetIp: v.ip, targetMac: NOBODY, name: 'request' },
    { operation: 2, targetIp: v.ip, targetMac: v.mac, name: 'reply' },
    { operation: 1, targetIp: x.ip, targetMac: NOBODY, name: 'gratuitous request' },
    { operation: 2, targetIp: x.ip, targetMac: BROADCAST, name: 'gratuitous reply' },
  ] as const;
  const taggings = [...TAGGINGS, ...more];
  for (let t = 0; t < taggings.length; t++) {
    for (const s of senders(a, x)) {
      for (const form of forms) {
        for (const destination of [v.mac, BROADCAST, ALL_HOSTS]) {
          for (const hardware of [1, 6] as const) {
            yield {
              source: s.wire, destination, tags: taggings[t] as readonly Tag[],
              body: { kind: 'arp', hardware, operation: form.operation, senderMac: s.said, senderIp: x.ip, targetMac: form.targetMac, targetIp: form.targetIp },
              name: `ARP ${form.name}${TAGGED[t] ?? ' in a VLAN tag'}`,
            };
          }
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
}

/**
 * Every neighbour message by which `a` can tell `v` that `x`'s address is elsewhere: advertisements (which change an
 * entry that is there) and solicitations in x's name (which make one), with and without extension headers before them.
 * A router advertisement tells of its sender too, under a link-local address (ndisc_router_discovery in net/ipv6/ndisc.c),
 * and to a victim that forwards a router solicitation does (ndisc_recv_rs).
 */
export function* ndFrames(a: End, v: End, x: End, ways: NdWays): Generator<Frame> {
  const taggings = [...TAGGINGS, ...(ways.tags ?? [])];
  const group = solicited(v.ip);
  for (let t = 0; t < taggings.length; t++) {
    const end = TAGGED[t] ?? ' in a VLAN tag';
    for (const s of senders(a, x)) {
      for (const extension of [null, ...EXTENSIONS]) {
        const base = { tags: taggings[t] as readonly Tag[], source: s.wire };
        const nd = { kind: 'nd', mac: s.said, extension, solicited: false } as const;
        const toVictim = { ...base, destination: v.mac };
        const toAll = { ...base, destination: ALL_NODES.mac };
        yield { ...toVictim, body: { ...nd, type: 135, source: x.ip, destination: v.ip, target: v.ip }, name: `neighbour solicitation${end}` };
        if (group !== null) yield { ...base, destination: group.mac, body: { ...nd, type: 135, source: x.ip, destination: group.ip, target: v.ip }, name: `neighbour solicitation to a group${end}` };
        if (x.ip.startsWith('fe80:')) {
          yield { ...toVictim, body: { ...nd, type: 134, source: x.ip, destination: v.ip, target: x.ip }, name: `router advertisement${end}` };
          yield { ...toAll, body: { ...nd, type: 134, source: x.ip, destination: ALL_NODES.ip, target: x.ip }, name: `router advertisement${end}` };
        }
        if (ways.router) {
          yield { ...toVictim, body: { ...nd, type: 133, source: x.ip, destination: v.ip, target: v.ip }, name: `router solicitation${end}` };
          yield { ...base, destination: ALL_ROUTERS.mac, body: { ...nd, type: 133, source: x.ip, destination: ALL_ROUTERS.ip, target: v.ip }, name: `router solicitation${end}` };
        }
        for (const source of ways.own === null ? [x.ip] : [x.ip, ways.own]) {
          yield { ...toVictim, body: { ...nd, type: 136, source, destination: v.ip, target: x.ip, solicited: true }, name: `neighbour advertisement${end}` };
          yield { ...toVictim, body: { ...nd, type: 136, source, destination: v.ip, target: x.ip }, name: `unsolicited advertisement${end}` };
          yield { ...toAll, body: { ...nd, type: 136, source, destination: ALL_NODES.ip, target: x.ip }, name: `unsolicited advertisement${end}` };
        }
      }
    }
  }
}

/** Frames that make a bridge learn `x`'s MAC at `a`'s port: any content will do. */
export function* stealFrames(a: End, x: End, more: readonly (readonly Tag[])[] = []): Generator<Frame> {
  const taggings = [...TAGGINGS, ...more];
  for (let t = 0; t < taggings.length; t++) {
    const base = { source: x.mac, tags: taggings[t] as readonly Tag[] };
    const end = TAGGED[t] ?? ' in a VLAN tag';
    for (const destination of [a.mac, BROADCAST, ALL_HOSTS]) {
      yield { ...base, destination, body: { kind: 'other' }, name: `frame of no known kind${end}` };
      yield { ...base, destination, body: { kind: 'ip', source: a.ip, destination: x.ip, protocol: 17 }, name: `IP packet${end}` };
      yield { ...base, destination, body: { kind: 'ip', source: 'fe80::bd', destination: ALL_NODES.ip, protocol: 17 }, name: `IPv6 packet${end}` };
      for (const said of [a.ip, x.ip]) {
        yield { ...base, destination, body: { kind: 'arp', hardware: 1, operation: 1, senderMac: x.mac, senderIp: said, targetMac: NOBODY, targetIp: x.ip }, name: `ARP request${end}` };
      }
    }
  }
}
