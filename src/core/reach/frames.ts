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
/** IPv6 destination options: an extension header that neighbour discovery may carry. */
export const DESTINATION_OPTIONS = 60;

export type Body =
  | { readonly kind: 'arp'; readonly hardware: 1 | 6; readonly operation: 1 | 2; readonly senderMac: string; readonly senderIp: string; readonly targetMac: string; readonly targetIp: string }
  | { readonly kind: 'nd'; readonly source: string; readonly destination: string; readonly type: 134 | 135 | 136; readonly target: string; readonly mac: string; readonly solicited: boolean; readonly extension: boolean }
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

/**
 * Every neighbour message by which `a` can tell `v` that `x`'s address is elsewhere: advertisements (which change an
 * entry that is there) and solicitations in x's name (which make one), with and without an extension header before them.
 * A router advertisement tells of its sender too, under a link-local address (ndisc_router_discovery in net/ipv6/ndisc.c).
 */
export function* ndFrames(a: End, v: End, x: End, own: string | null, more: readonly (readonly Tag[])[] = []): Generator<Frame> {
  const taggings = [...TAGGINGS, ...more];
  for (let t = 0; t < taggings.length; t++) {
    for (const s of senders(a, x)) {
      for (const extension of [false, true]) {
        const base = { tags: taggings[t] as readonly Tag[], source: s.wire };
        const end = TAGGED[t] ?? ' in a VLAN tag';
        const nd = { kind: 'nd', mac: s.said, extension } as const;
        yield { ...base, destination: v.mac, body: { ...nd, type: 135, source: x.ip, destination: v.ip, target: v.ip, solicited: false }, name: `neighbour solicitation${end}` };
        if (x.ip.startsWith('fe80:')) {
          yield { ...base, destination: v.mac, body: { ...nd, type: 134, source: x.ip, destination: v.ip, target: x.ip, solicited: false }, name: `router advertisement${end}` };
          yield { ...base, destination: ALL_NODES.mac, body: { ...nd, type: 134, source: x.ip, destination: ALL_NODES.ip, target: x.ip, solicited: false }, name: `router advertisement${end}` };
        }
        for (const source of own === null ? [x.ip] : [x.ip, own]) {
          yield { ...base, destination: v.mac, body: { ...nd, type: 136, source, destination: v.ip, target: x.ip, solicited: true }, name: `neighbour advertisement${end}` };
          yield { ...base, destination: v.mac, body: { ...nd, type: 136, source, destination: v.ip, target: x.ip, solicited: false }, name: `unsolicited advertisement${end}` };
          yield { ...base, destination: ALL_NODES.mac, body: { ...nd, type: 136, source, destination: ALL_NODES.ip, target: x.ip, solicited: false }, name: `unsolicited advertisement${end}` };
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
      for (const said of [a.ip, x.ip]) {
        yield { ...base, destination, body: { kind: 'arp', hardware: 1, operation: 1, senderMac: x.mac, senderIp: said, targetMac: NOBODY, targetIp: x.ip }, name: `ARP request${end}` };
      }
    }
  }
}
