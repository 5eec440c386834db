import { valueOf } from '../model/reading.js';
import { workloads, type Snapshot } from '../model/snapshot.js';
import type { Endpoint, NetInterface, NetKey, Segment } from '../model/network.js';
import type { Workload } from '../model/workload.js';

/** Whose an address is, as the engine gave it: a workload, or a segment's gateway, or the host itself. */
export interface Owner {
  readonly id: string;
  readonly name: string;
  /** Net namespace that answers for the address. */
  readonly net: NetKey;
  readonly source: string;
}

/** What a watcher looks up, made once for each snapshot whose network changed. */
export interface WireIndex {
  readonly of: readonly unknown[];
  readonly segments: ReadonlyMap<string, Segment>;
  /** Segment by `<net key> <interface name>`. */
  readonly segmentOf: ReadonlyMap<string, string>;
  /** Owner by `<segment id> <address>`. */
  readonly owners: ReadonlyMap<string, Owner>;
  /** Net keys that a MAC belongs to: as the engine gave it, else whose interfaces carry it. Who takes another's does not own it. */
  readonly macs: ReadonlyMap<string, ReadonlySet<NetKey>>;
  /** Net keys plugged into a segment; `host` where the host is on the wire. */
  readonly plugged: ReadonlyMap<string, ReadonlySet<NetKey>>;
  /** Net key behind a bridge's port, by `<bridge> <port>`. */
  readonly ports: ReadonlyMap<string, NetKey>;
  /** Who is told as being in a net namespace: the first workload in it, or the host. */
  readonly named: ReadonlyMap<NetKey, { readonly id: string; readonly name: string }>;
  /** Segment of a bridge by its name. */
  readonly bridges: ReadonlyMap<string, string>;
  /** Bridges whose interface answers for others (proxy_arp on the host, by name; proxy_ndp, by `ipv6 <name>`). */
  readonly proxies: ReadonlySet<string>;
}

const bare = (address: string): string => address.split('/')[0] ?? '';

function proxiesOf(s: Snapshot): Set<string> {
  const out = new Set<string>();
  const host = s.nets.find((n) => n.key === 'host');
  for (const [name, value] of Object.entries((host && valueOf(host.sysctls)) ?? {})) {
    const m = /^net\.(ipv4|ipv6)\.conf\.(.+)\.(?:proxy_arp(?:_pvlan)?|proxy_ndp)$/.exec(name);
    if (m?.[2] !== undefined && value !== '0') out.add(m[1] === 'ipv6' ? `ipv6 ${m[2]}` : m[2]);
  }
  return out;
}

function put<K>(map: Map<K, Set<NetKey>>, key: K, net: NetKey): void {
  const set = map.get(key);
  if (set === undefined) map.set(key, new Set([net]));
  else set.add(net);
}

/** The parts of a snapshot that the index is made of; the same parts give the same index. */
export function partsOf(s: Snapshot): readonly unknown[] {
  const out: unknown[] = [s.segments, s.interfaces, s.nets.find((n) => n.key === 'host')?.sysctls];
  for (const w of workloads(s)) out.push(w.net, w.endpoints);
  return out;
}

/** Looks a snapshot's network up by address, MAC and port. */
export function indexOf(s: Snapshot): WireIndex {
  const segments = new Map(s.segments.map((x) => [x.id, x]));
  const segmentOf = new Map<string, string>();
  const owners = new Map<string, Owner>();
  const carried = new Map<string, Set<NetKey>>();
  const given = new Map<string, Set<NetKey>>();
  const plugged = new Map<string, Set<NetKey>>();
  const ports = new Map<string, NetKey>();
  const named = new Map<NetKey, { id: string; name: string }>([['host', { id: 'host', name: 'the host' }]]);
  const bridges = new Map<string, string>();

  for (const segment of s.segments) {
    const device = valueOf(segment.device);
    if (device === undefined) continue;
    bridges.set(device, segment.id);
    segmentOf.set(`host ${device}`, segment.id);
  }
  const byId = new Map<string, NetInterface>(s.interfaces.map((i) => [i.id, i]));
  for (const i of s.interfaces) {
    const mac = valueOf(i.mac);
    if (mac !== undefined && mac !== '00:00:00:00:00:00') put(carried, mac, i.net);
    const peer = byId.get(valueOf(i.peer) ?? '');
    const bridge = valueOf(i.master);
    if (i.net === 'host' && bridge !== undefined && bridge !== '' && peer !== undefined) ports.set(`${bridge} ${i.name}`, peer.net);
    const segment = i.net === 'host' ? bridges.get(i.name) : undefined;
    if (segment === undefined) continue;
    put(plugged, segment, 'host');
    for (const a of valueOf(i.addresses) ?? []) owners.set(`${segment} ${bare(a)}`, hostOwner(segment, bare(a), segments, i.addresses.source));
  }
  for (const w of workloads(s)) for (const e of w.endpoints) plug(w, e);
  for (const segment of s.segments) {
    for (const g of segment.gateways) {
      if (g !== '' && !owners.has(`${segment.id} ${g}`)) owners.set(`${segment.id} ${g}`, hostOwner(segment.id, g, segments, 'engine: IPAM.Config.Gateway'));
    }
  }
  return { of: partsOf(s), segments, segmentOf, owners, macs: new Map([...carried, ...given]), plugged, ports, named, bridges, proxies: proxiesOf(s) };

  function plug(w: Workload, e: Endpoint): void {
    if (w.net === null) return;
    if (!named.has(w.net)) named.set(w.net, { id: w.id, name: w.name });
    const mac = valueOf(e.mac);
    const inside = valueOf(e.interface);
    if (mac !== undefined) put(e.mac.source.startsWith('engine:') ? given : carried, mac.toLowerCase(), w.net);
    put(plugged, e.segment, w.net);
    if (inside !== undefined) segmentOf.set(`${w.net} ${inside}`, e.segment);
    for (const address of [e.ipv4, e.ipv6]) {
      // What the kernel alone tells (another runtime's lease) may move by itself and gives nobody a right to it.
      const key = `${e.segment} ${bare(valueOf(address) ?? '')}`;
      if ('value' in address && address.source.startsWith('engine:') && !owners.has(key)) owners.set(key, { id: w.id, name: w.name, net: w.net, source: address.source });
    }
  }
}

function hostOwner(segment: string, address: string, segments: ReadonlyMap<string, Segment>, source: string): Owner {
  const gateway = segments.get(segment)?.gateways.includes(address) ?? false;
  return gateway ? { id: `gateway:${segment}`, name: 'the gateway', net: 'host', source } : { id: 'host', name: 'the host', net: 'host', source };
}

/** Whether a segment's wire ends on this host, so that its gateway is the host and its ports are seen here. */
export function endsHere(segment: Segment | undefined): boolean {
  return segment !== undefined && segment.driver === 'bridge';
}
