import { z } from 'zod';
import { known, unknown, type Reading } from '../model/reading.js';
import type { BridgePort, NetInterface, Neighbour, Route } from '../model/network.js';

/** A MAC as the kernel prints it, in lower case. */
export const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/;
const MOST_LINKS = 20_000;

/** What a kind of link tells of itself; each field is looked at where it is used. */
const ofKind = z.custom<Readonly<Record<string, unknown>>>((value) => typeof value === 'object' && value !== null && !Array.isArray(value)).optional();

const program = z.object({ prog: z.object({ id: z.number(), name: z.string().optional() }).optional() });

const link = z.object({
  ifindex: z.number(),
  ifname: z.string().min(1).max(64),
  flags: z.array(z.string()).default([]),
  link: z.string().optional(),
  link_index: z.number().optional(),
  link_netnsid: z.number().optional(),
  link_type: z.string().default(''),
  master: z.string().optional(),
  address: z.string().default(''),
  xdp: program.extend({ attached: z.array(program).optional() }).optional(),
  linkinfo: z
    .object({
      info_kind: z.string().optional(),
      info_data: ofKind,
      info_slave_kind: z.string().optional(),
      info_slave_data: ofKind,
    })
    .optional(),
});
export type RawLink = z.infer<typeof link>;

const address = z.object({
  ifname: z.string(),
  addr_info: z.array(z.object({ local: z.string().optional(), address: z.string().optional(), prefixlen: z.number().optional() })).default([]),
});

/** Text as a JSON array, or null where it is none. Lines that are no JSON (a tool's complaints) are passed over. */
export function jsonArray(text: string): readonly unknown[] | null {
  const start = text.indexOf('[');
  if (start < 0) return null;
  try {
    const parsed: unknown = JSON.parse(text.slice(start));
    return Array.isArray(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

function each<T>(items: readonly unknown[], schema: z.ZodType<T>): T[] {
  const out: T[] = [];
  for (const item of items.slice(0, MOST_LINKS)) {
    const parsed = schema.safeParse(item);
    if (parsed.success) out.push(parsed.data);
  }
  return out;
}

/** `ip -j -d link show`: the links that could be understood. */
export function parseLinks(items: readonly unknown[]): readonly RawLink[] {
  return each(items, link);
}

/** `ip -j addr show`: addresses in CIDR form by interface name. */
export function parseAddresses(items: readonly unknown[]): ReadonlyMap<string, readonly string[]> {
  const out = new Map<string, string[]>();
  for (const a of each(items, address)) {
    const list = out.get(a.ifname) ?? [];
    for (const info of a.addr_info) {
      if (info.local !== undefined && info.prefixlen !== undefined) list.push(`${info.local}/${info.prefixlen}`);
    }
    out.set(a.ifname, list);
  }
  return out;
}

const neigh = z.object({ dst: z.string(), dev: z.string(), lladdr: z.string().optional(), state: z.array(z.string()).default([]) });

const policyRoute = z.object({ type: z.string().default('unicast'), dst: z.string(), gateway: z.string().default(''), dev: z.string().default(''), table: z.string().optional() });
/** Tables that are asked for every packet, ip-rule(8): their unicast routes are read elsewhere. */
const ORDINARY = new Set(['local', 'main', 'default']);

/** `ip -d -j route show table all`: IPv4 routes in tables that a rule has to name; those of IPv6 are all in /proc/net/ipv6_route. */
export function parsePolicyRoutes(items: readonly unknown[]): readonly Route[] {
  return each(items, policyRoute).flatMap((r) => {
    if (r.table === undefined || ORDINARY.has(r.table) || r.type !== 'unicast' || r.dst.includes(':') || r.gateway.includes(':')) return [];
    return [{ to: r.dst, via: r.gateway, dev: r.dev, table: r.table }];
  });
}

/** What the kernel itself makes for groups, on every interface: nobody is impersonated by them. */
const GROUP = /^(ff|22[4-9]\.|23\d\.|255\.)/;

/** `ip -j neigh show nud all`, both families: entries of hosts that carry a MAC, those without ARP too. */
export function parseNeighbours(items: readonly unknown[]): { readonly v4: readonly Neighbour[]; readonly v6: readonly Neighbour[] } {
  const v4: Neighbour[] = [];
  const v6: Neighbour[] = [];
  for (const n of each(items, neigh)) {
    const mac = (n.lladdr ?? '').toLowerCase();
    if (!MAC.test(mac) || GROUP.test(n.dst)) continue;
    (n.dst.includes(':') ? v6 : v4).push({ ip: n.dst, mac, dev: n.dev, state: n.state[0] ?? 'UNKNOWN' });
  }
  return { v4, v6 };
}

const KINDS = new Set(['veth', 'bridge', 'macvlan', 'macvtap', 'ipvlan', 'vlan', 'vxlan', 'dummy', 'tun']);

/** The model's kind of a link: iproute2's word where it is one of the model's. */
export function linkKind(l: RawLink): NetInterface['kind'] {
  const kind = l.linkinfo?.info_kind;
  if (l.link_type === 'loopback') return 'loopback';
  if (kind === undefined) return l.link_type === 'ether' ? 'physical' : 'other';
  return KINDS.has(kind) ? (kind as NetInterface['kind']) : 'other';
}

function field<T>(data: Readonly<Record<string, unknown>> | undefined, key: string, source: string, read: (v: unknown) => T | undefined): Reading<T> {
  const value = data === undefined ? undefined : read(data[key]);
  return value === undefined ? unknown('absent', source) : known(value, source);
}
const bool = (v: unknown): boolean | undefined => (typeof v === 'boolean' ? v : typeof v === 'number' ? v !== 0 : undefined);
/** iproute2 prints a mask as a number or in hex. */
const maskOf = (v: unknown): number | undefined => (typeof v === 'number' ? v : typeof v === 'string' && /^(0x)?[0-9a-f]+$/i.test(v) ? Number.parseInt(v, 16) : undefined);
const text = (v: unknown): string | undefined => (typeof v === 'string' ? v : undefined);

type Vlans = BridgePort['vlans'];

/** The flags of a bridge port; null where the link is no port of a bridge. An older iproute2 leaves flags out: they are `absent`. */
export function linkPort(l: RawLink, source: string, vlans: Vlans): BridgePort | null {
  if (l.linkinfo?.info_slave_kind !== 'bridge') return null;
  const d = l.linkinfo.info_slave_data;
  return {
    isolated: field(d, 'isolated', source, bool),
    learning: field(d, 'learning', source, bool),
    unicastFlood: field(d, 'flood', source, bool),
    mcastFlood: field(d, 'mcast_flood', source, bool),
    bcastFlood: field(d, 'bcast_flood', source, bool),
    neighSuppress: field(d, 'neigh_suppress', source, bool),
    locked: field(d, 'locked', source, bool),
    hairpin: field(d, 'hairpin', source, bool),
    state: field(d, 'state', source, text),
    // The timer runs down: it is told only where it decides, and only that it runs.
    ...(d?.['state'] === 'listening' || d?.['state'] === 'learning' ? { settles: field(d, 'forward_delay_timer', source, (v) => (typeof v === 'number' ? v > 0 : undefined)) } : {}),
    vlans,
  };
}

/** Names of XDP programs: one, or one for each way in which they are attached. */
function programs(xdp: NonNullable<RawLink['xdp']>): readonly string[] {
  const list = xdp.prog === undefined && xdp.attached !== undefined ? xdp.attached : [xdp];
  return list.map((x) => x.prog?.name ?? `program ${x.prog?.id ?? '?'}`);
}

/** What the links of one net namespace say, in the model's words; `peer` still as `index:<n>` where it lies in another namespace. */
export function toInterface(net: string, l: RawLink, addresses: Reading<readonly string[]>, source: string, vlans: Vlans): NetInterface {
  const data = l.linkinfo?.info_data;
  const kind = linkKind(l);
  const lower = l.link !== undefined ? `${net}/${l.link}` : l.link_index !== undefined && l.link_index > 0 ? `index:${l.link_index}` : '';
  const mode = kind === 'vlan' ? field(data, 'id', source, (v) => (typeof v === 'number' ? String(v) : undefined)) : field(data, 'mode', source, text);
  const mac = l.address.toLowerCase();
  return {
    id: `${net}/${l.ifname}`,
    net,
    name: l.ifname,
    index: known(l.ifindex, source),
    kind,
    mac: MAC.test(mac) ? known(mac, source) : unknown('absent', source),
    addresses,
    up: known(l.flags.includes('UP'), source),
    noarp: known(l.flags.includes('NOARP'), source),
    peer: lower === '' ? unknown('absent', source) : known(lower, source),
    master: known(l.master ?? '', source),
    mode: kind === 'macvlan' || kind === 'macvtap' || kind === 'ipvlan' || kind === 'vlan' ? mode : known(kind === 'other' ? (l.linkinfo?.info_kind ?? '') : '', source),
    port: linkPort(l, source, vlans),
    bridge:
      kind === 'bridge'
        ? { vlanFiltering: field(data, 'vlan_filtering', source, bool), nfCallIptables: field(data, 'nf_call_iptables', source, bool), nfCallArptables: field(data, 'nf_call_arptables', source, bool), nfCallIp6tables: field(data, 'nf_call_ip6tables', source, bool), ageing: field(data, 'ageing_time', source, (v) => (typeof v === 'number' ? v * 10 : undefined)), learnsLocal: field(data, 'no_linklocal_learn', source, (v) => (typeof v === 'number' ? v === 0 : typeof v === 'boolean' ? !v : undefined)), groupForward: field(data, 'group_fwd_mask', source, maskOf), vlans }
        : null,
    xdp: known(l.xdp === undefined ? [] : programs(l.xdp), source),
  };
}
