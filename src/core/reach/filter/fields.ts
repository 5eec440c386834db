import type { Json } from '../../model/network.js';
import { ETH_ARP, ETH_IPV4, ETH_IPV6, ICMPV6, innerType, type Frame, type Free } from '../frames.js';
import { bytesOf, isFree } from '../bytes.js';
import { isObject } from './json.js';
import type { Truth } from './truth.js';

/** Where a frame is when it is looked at. */
export interface Spot {
  readonly family: 'bridge' | 'netdev' | 'inet' | 'ip' | 'ip6' | 'arp';
  readonly iif: string;
  readonly oif: string | null;
  /** The priority of the chain that asks, where that is known. */
  readonly prio?: number;
  /** Kinds of these two (`meta iifkind`), where they are known. */
  readonly kinds?: readonly [iif: string | null, oif: string | null];
  /** The bridge that it crosses, `''` where none. */
  readonly bridge: string;
  /** The MAC that makes a frame one for the host here (`eth_type_trans`, `br_handle_frame`): others are `other`. Null: every unicast is. */
  readonly mine: string | null;
}

/** What rules on the way leave on a packet for later ones. */
export interface Carried {
  /** Its mark so far; null where it cannot be told. */
  mark: number | null;
  /** It is the first packet of a connection, not one that is followed already. */
  readonly fresh?: true;
  /** Whether what is sent out at a device of this place comes to nobody who could hand it on to the victim. */
  away?: (to: string) => boolean;
  /** What a rule has just made of the frame, and which. */
  written?: { readonly frame: Frame; readonly by: string };
  /** Where somebody wants to know: to which devices rules sent it, and whether for certain. */
  readonly sent?: { readonly to: string; readonly sure: boolean }[];
  /** Where somebody wants to know: what rules compared the frame's free fields with. */
  readonly compared?: Compared[];
}

/** A free field and a value that would meet a rule's condition; whether the frame met it. */
export interface Compared {
  readonly field: Free;
  readonly value: string | number;
  readonly hit: Truth;
}

/** Notes what a free field was compared with. */
export function note(carried: Carried, f: Frame, field: Free, value: string | number, hit: Truth): Truth {
  if (f.free?.includes(field) === true) carried.compared?.push({ field, value, hit });
  return hit;
}

/** What a rule sees in one place of a frame: a value, that there is no such thing (so the rule does not apply), or that it cannot be told. */
export type Seen = Value | 'none' | 'unknown';
/** `protocol`: a number of protocols(5), in which nft prints 0 as `ip`. */
export interface Value {
  readonly value: string | number | boolean;
  readonly protocol?: true;
  /** Its sender chose it. */
  readonly free?: Free;
}

const of = (value: string | number | boolean, free?: Free): Seen => (free === undefined ? { value } : { value, free });
const protocol = (value: number, free?: Free): Seen => (free === undefined ? { value, protocol: true } : { value, protocol: true, free });

/** EtherType as it was on the wire: a tag is put back before a filter looks at offset 12 (nft_payload_copy_vlan, ebt_basic_match). */
export function wireType(f: Frame): number {
  return f.tags[0]?.protocol ?? innerType(f);
}

/** skb->protocol: the receiver has taken the first tag off, and no more than that. What has a length for its type is ETH_P_802_2. */
export function skbProtocol(f: Frame): number {
  const type = f.tags[1]?.protocol ?? innerType(f);
  return type < 0x600 ? 4 : type;
}

/** Whether the network header is where a filter looks for it: behind one tag at most. */
const bare = (f: Frame): boolean => f.tags.length <= 1;

export function packetType(f: Frame, at: Spot): 'broadcast' | 'multicast' | 'host' | 'other' {
  return f.destination === 'ff:ff:ff:ff:ff:ff' ? 'broadcast' : (Number.parseInt(f.destination.slice(0, 2), 16) & 1) === 1 ? 'multicast' : at.mine === null || at.mine === f.destination ? 'host' : 'other';
}

/** The EtherType, where nothing stands before it and the content is anything. */
const typeFree = (f: Frame): Free | undefined => (f.tags.length === 0 && f.body.kind === 'other' ? 'ether type' : undefined);

function l4(f: Frame, at: Spot): Seen {
  const atIp = at.family === 'ip6' || at.family === 'inet' || at.family === 'ip';
  if (!atIp && !bare(f)) return 'none';
  return f.body.kind === 'nd' ? protocol(ICMPV6) : f.body.kind === 'ip' ? protocol(f.body.protocol, 'ip protocol') : 'none';
}

function meta(key: string, f: Frame, at: Spot, carried: Carried): Seen {
  switch (key) {
    // Where there is no such device its name is empty (nft_meta_store_ifname).
    case 'iifname': case 'iif': return of(at.iif);
    case 'oifname': case 'oif': return of(at.oif ?? '');
    case 'iifkind': case 'oifkind': {
      const kind = at.kinds?.[key === 'iifkind' ? 0 : 1];
      return kind == null ? 'unknown' : of(kind);
    }
    case 'ibrname': case 'bri_iifname': case 'ibrport': return at.bridge === '' ? 'none' : of(at.iif === '' ? '' : at.bridge);
    case 'obrname': case 'bri_oifname': return at.bridge === '' ? 'none' : of(at.oif === null ? '' : at.bridge);
    // Of what stands behind the Ethernet header and one tag.
    case 'length': return of((f.length ?? 46) + 4 * Math.max(0, f.tags.length - 1), 'length');
    case 'protocol': return of(at.family === 'ip6' || at.family === 'inet' || at.family === 'arp' ? innerType(f) : skbProtocol(f), typeFree(f));
    case 'nfproto': return f.body.kind === 'nd' ? of('ipv6') : innerType(f) === ETH_IPV4 ? of('ipv4') : 'none';
    case 'l4proto': return l4(f, at);
    case 'pkttype': return of(packetType(f, at));
    case 'iiftype': case 'oiftype': return of('ether');
    case 'mark': return carried.mark === null ? 'unknown' : of(carried.mark);
    default: return 'unknown';
  }
}

function arp(field: string, f: Frame): Seen {
  if (f.body.kind !== 'arp') return 'none';
  const b = f.body;
  switch (field) {
    case 'htype': return of(b.hardware);
    case 'ptype': return of(ETH_IPV4);
    case 'hlen': return of(6);
    case 'plen': return of(4);
    case 'operation': return of(b.operation);
    case 'saddr ether': return of(b.senderMac, 'arp saddr ether');
    case 'saddr ip': return of(b.senderIp, 'arp saddr ip');
    case 'daddr ether': return of(b.targetMac, 'arp daddr ether');
    case 'daddr ip': return of(b.targetIp, 'arp daddr ip');
    default: return 'unknown';
  }
}

function ip(family: string, field: string, f: Frame): Seen {
  const b = f.body;
  if (b.kind !== 'nd' && b.kind !== 'ip') return 'none';
  if ((family === 'ip6') !== (innerType(f) === ETH_IPV6)) return 'none';
  switch (field) {
    case 'saddr': return of(b.source, 'ip saddr');
    case 'daddr': return of(b.destination, 'ip daddr');
    case 'version': return of(family === 'ip6' ? 6 : 4);
    case 'nexthdr': return b.kind === 'nd' ? protocol(b.extension ?? ICMPV6) : protocol(b.protocol, 'ip protocol');
    case 'protocol': return b.kind === 'nd' ? protocol(ICMPV6) : protocol(b.protocol, 'ip protocol');
    case 'hoplimit': return b.kind === 'nd' ? of(255) : 'unknown';
    default: return 'unknown';
  }
}

/**
 * Whether the protocol that a rule names is where the rule looks for it. nft puts a condition of its own before each
 * field, and does not print it (measured with `nft --debug=netlink`): in family bridge the wire's EtherType for arp and
 * icmpv6, the skb's protocol for ip and ip6 (or the EtherType, which it prints alike: unknown); in netdev the skb's.
 */
function there(protocol: string, f: Frame, at: Spot, inTag: boolean): boolean | null {
  const type = protocol === 'arp' ? ETH_ARP : protocol === 'ip' || protocol === 'icmp' ? ETH_IPV4 : ETH_IPV6;
  if (at.family === 'arp' || at.family === 'ip6' || at.family === 'ip' || at.family === 'inet') return innerType(f) === type;
  if (inTag) return f.tags.length === 1 && f.tags[0]?.protocol === 0x8100 && innerType(f) === type;
  if (at.family === 'netdev') return skbProtocol(f) === type;
  const wire = wireType(f) === type;
  if (protocol === 'arp' || protocol === 'icmpv6') return wire;
  return wire ? true : skbProtocol(f) === type ? null : false;
}

function payload(header: string, field: string, f: Frame, at: Spot, inTag: boolean): Seen {
  if (header === 'ether') return field === 'saddr' ? of(f.source, 'ether saddr') : field === 'daddr' ? of(f.destination, 'ether daddr') : field === 'type' ? of(wireType(f), typeFree(f)) : 'unknown';
  if (header === 'vlan') {
    const tag = f.tags[0];
    if (tag?.protocol !== 0x8100) return 'none';
    return field === 'id' ? of(tag.id, 'vlan id') : field === 'type' ? of(f.tags[1]?.protocol ?? innerType(f)) : 'unknown';
  }
  if (header === 'arp' || header === 'ip' || header === 'ip6' || header === 'icmpv6') {
    const dependency = there(header, f, at, inTag);
    if (dependency === false) return 'none';
    const seen = header === 'arp' ? arp(field, f) : header === 'icmpv6' ? icmpv6(field, f, at) : ip(header, field, f);
    return dependency === null && seen !== 'none' ? 'unknown' : seen;
  }
  // A transport's field: the rule asks for that protocol first, and a neighbour message is none of them.
  const protocols: Readonly<Record<string, number>> = { tcp: 6, udp: 17, icmp: 1, sctp: 132, dccp: 33, udplite: 136, ah: 51, esp: 50, th: -1 };
  const number = protocols[header];
  if (number === undefined) return 'unknown';
  const actual = l4(f, at);
  return typeof actual === 'object' && (actual.value === number || number === -1) ? 'unknown' : 'none';
}

function icmpv6(field: string, f: Frame, at: Spot): Seen {
  if (f.body.kind !== 'nd' || typeof l4(f, at) !== 'object') return 'none';
  return field === 'type' ? of(f.body.type) : field === 'code' ? of(0) : field === 'taddr' ? (f.body.type === 134 || f.body.type === 133 ? 'none' : of(f.body.target)) : 'unknown';
}

/** Extension headers by nft's names; a fragment's is none: the kernel takes no neighbour message in it (RFC 6980). */
const HEADERS: Readonly<Record<string, number>> = { dst: 60, hbh: 0, rt: 43, frag: 44, mh: 135 };

/** What connection tracking says of a message that it does not follow: `untracked`, or `invalid` where it has not come by. */
export const UNSEEN_BY_CT = 'untracked or invalid';

/** The priority of connection tracking at prerouting (NF_IP_PRI_CONNTRACK). */
const TRACKING = -200;

/** Neighbour messages are no connections (nf_conntrack_icmpv6.c, nf_conntrack_bridge.c): they have a state, and nothing else. */
function ct(key: string, f: Frame, at: Spot, carried: Carried): Seen {
  if (f.body.kind === 'ip' && key === 'state' && carried.fresh === true) return of('new');
  if (f.body.kind !== 'nd' && f.body.kind !== 'arp') return 'unknown';
  if (key !== 'state') return 'none';
  // A rule of family bridge on it brings nf_conntrack_bridge along, which stands in prerouting: what has not come by is invalid.
  if (at.family === 'netdev') return of(UNSEEN_BY_CT);
  if (at.family !== 'bridge' || at.oif !== null || (at.prio ?? TRACKING) > TRACKING) return of('untracked');
  return of(at.prio !== undefined && at.prio < TRACKING ? 'invalid' : UNSEEN_BY_CT);
}

/** Bits of the frame itself: from the Ethernet header as it was on the wire, or from the network's, behind one tag at most (nft_payload_eval). */
function raw(base: string, offset: number, length: number, f: Frame, at: Spot): Seen {
  if (offset % 8 !== 0 || length % 8 !== 0 || length > 48 || !(length > 0) || (base !== 'll' && base !== 'nh' && base !== 'th')) return 'unknown';
  if (f.body.kind === 'other' || f.body.kind === 'ip') return 'unknown';
  // A transport's header is one of IPv6 alone here, behind what extends that of the network.
  const transport = base === 'th' ? (f.body.kind === 'nd' ? 40 + (f.body.extension === null ? 0 : 8) : -1) : 0;
  if (transport < 0 || (base === 'th' && typeof l4(f, at) !== 'object')) return 'none';
  const tags = base === 'll' ? 0 : at.family === 'bridge' || at.family === 'netdev' ? Math.min(f.tags.length, 1) : f.tags.length;
  const skipped = base === 'll' ? 0 : 14 + 4 * tags + transport;
  // What its sender may choose is no certain match, whatever it holds now.
  const first = offset / 8 + (base === 'll' ? 0 : 14 + transport);
  for (let n = first; n < first + length / 8; n++) if (isFree(f, n, f.tags.length - tags)) return 'unknown';
  const from = 2 * (skipped + offset / 8);
  const text = bytesOf(f).slice(from, from + length / 4);
  return text.length === length / 4 ? of(Number.parseInt(text, 16)) : 'none';
}

/** What the left side of an nft match sees. `inTag`: the rule has named a VLAN tag before, so it looks behind that. */
export function look(left: Json, f: Frame, at: Spot, inTag: boolean, carried: Carried): Seen {
  if (!isObject(left)) return 'unknown';
  if (isObject(left['meta'])) return meta(String(left['meta']['key']), f, at, carried);
  if (isObject(left['payload'])) {
    const p = left['payload'];
    if (typeof p['protocol'] === 'string') return payload(p['protocol'], String(p['field']), f, at, inTag);
    return raw(String(p['base']), Number(p['offset']), Number(p['len']), f, at);
  }
  if (isObject(left['ct'])) return ct(String(left['ct']['key']), f, at, carried);
  if (isObject(left['exthdr'])) {
    const name = left['exthdr']['name'];
    if (left['exthdr']['field'] !== undefined) return 'unknown';
    const dependency = there('icmpv6', f, at, inTag);
    if (dependency === false) return 'none';
    if (f.body.kind !== 'nd') return dependency === null ? 'unknown' : of(false);
    const header = HEADERS[String(name)];
    return header === undefined ? 'unknown' : of(f.body.extension === header);
  }
  return 'unknown';
}

/** Names of protocols(5) that a neighbour message or its headers may have, or another packet; 0 is printed as `ip`. */
const PROTOCOLS: Readonly<Record<string, number>> = {
  ip: 0, hopopt: 0, icmp: 1, igmp: 2, tcp: 6, udp: 17, ipv6: 41, 'ipv6-route': 43, 'ipv6-frag': 44, gre: 47, esp: 50, ah: 51, 'ipv6-icmp': ICMPV6, icmpv6: ICMPV6, 'ipv6-nonxt': 59, 'ipv6-opts': 60, comp: 108, ipcomp: 108, dccp: 33, sctp: 132, 'mobility-header': 135, udplite: 136, 'mpls-in-ip': 137,
};

const NAMES: Readonly<Record<string, number>> = {
  arp: ETH_ARP, ip: ETH_IPV4, ip6: ETH_IPV6, vlan: 0x8100, '8021q': 0x8100, '8021ad': 0x88a8, qinq: 0x88a8, request: 1, reply: 2, rrequest: 3, rreply: 4, inrequest: 8, inreply: 9, nak: 10,
  'nd-neighbor-solicit': 135, 'nd-neighbor-advert': 136, 'nd-router-solicit': 133, 'nd-router-advert': 134, 'nd-redirect': 137, 'echo-request': 128, 'echo-reply': 129,
};

/** A constant of a rule in the terms that `look` uses, for a value of that kind. */
export function constant(text: string | number | boolean, { value: like, protocol: asProtocol }: Value): string | number | boolean | null {
  if (typeof like === 'number') {
    if (typeof text === 'number') return text;
    if (typeof text !== 'string') return null;
    const named = (asProtocol === true ? PROTOCOLS : NAMES)[text.toLowerCase()];
    if (named !== undefined) return named;
    return /^0x[0-9a-f]+$/i.test(text) || /^\d+$/.test(text) ? Number(text) : null;
  }
  if (typeof like === 'boolean') return typeof text === 'boolean' ? text : null;
  if (text === 'unicast') return 'host';
  return String(text).toLowerCase();
}
