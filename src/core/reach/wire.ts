import { valueOf } from '../model/reading.js';
import type { Endpoint, NetInterface, Segment } from '../model/network.js';
import { workloads, type Snapshot } from '../model/snapshot.js';
import type { Workload } from '../model/workload.js';
import { sentFrom } from './filter/redirect.js';
import { isUpper } from './hop.js';
import type { Host } from './host.js';

/**
 * Where a net namespace is plugged into a wire. `port`: a veth whose other end is a bridge's port. `self`: the stack of
 * the namespace that has the bridge. `macvlan`, `ipvlan`: stacked on `lower`. `loose`: a veth whose other end is no
 * bridge's port. `word`: the engine says so, the kernel's side was not read.
 */
export interface Plug {
  readonly kind: 'port' | 'self' | 'macvlan' | 'ipvlan' | 'loose' | 'word';
  readonly net: string;
  /** The interface in its own namespace. */
  readonly iface: NetInterface | undefined;
  /** The bridge's port (the veth's other end). */
  readonly port: NetInterface | undefined;
  /** Id of the bridge (`host/docker0`), or of the lower device of a macvlan or ipvlan. */
  readonly on: string;
  /** The bridge that its frames come to, and the port by which: also for what is stacked on a bridge or on a bridge's port. */
  readonly bridge: string | null;
  readonly entry: NetInterface | null;
  readonly mode: string;
  readonly mac: string | undefined;
  /** Without prefix length. */
  readonly ipv4: readonly string[];
  readonly ipv6: readonly string[];
  /** Whether the addresses were read from the kernel (else the engine's word, which may not be all). */
  readonly addressesRead: boolean;
  /** Where its own stack listens: the bridge or bond inside that the interface is a port of, else the interface. */
  readonly stack?: NetInterface | undefined;
  /** A device that it would have to make first, on what it is stacked on. */
  readonly made?: boolean;
}

/** Where a plug is that is on no wire of the segment, and its mode where it has sockets in other net namespaces. */
export const ELSEWHERE = 'elsewhere';
export const HOLDS = 'holds sockets';

export interface Party {
  /** A workload's id, `host`, or `gateway:<segment id>` where the gateway is none of these. */
  readonly id: string;
  readonly workload: Workload | null;
  readonly plug: Plug;
}

/** One segment with all who are on its wire. */
export interface Wire {
  readonly segment: Segment;
  /** Workloads plugged in, sharers included; one party for each plug. */
  readonly members: readonly Party[];
  /** The host's own stack, and workloads in the host's net namespace. */
  readonly hostParties: readonly Party[];
  /** Not on this wire, but in the host's pid namespace: they may reach the tables of those who are. */
  readonly elsewhere: readonly Party[];
  /** Workloads in the host's net namespace, on a wire of what is stacked on one of its devices: they may stack one more. */
  readonly makers: readonly Party[];
  /** On wires joined to this one by the kernel (two bridges with a veth between): reached, but members of another segment. */
  readonly beyond: readonly Party[];
  /** Whether the host's stack has an address here, so that it can be made to believe something. */
  readonly hostHears: boolean;
  /** Addresses of the gateway, and whether they are the host's. */
  readonly gateways: readonly string[];
  readonly gatewayIsHost: boolean;
}

const bare = (cidr: string): string => cidr.split('/')[0] ?? cidr;

/** The interface whose addresses count for frames that come in at another: its own, or the bridge's inside that it is a port of. */
function stackOf(iface: NetInterface | undefined, host: Host): NetInterface | undefined {
  const master = iface === undefined || iface.net === 'host' ? undefined : valueOf(iface.master);
  const inner = master === undefined || master === '' ? undefined : host.interfaces.get(`${iface?.net}/${master}`);
  // What is in a VRF keeps its own addresses.
  return inner === undefined || valueOf(inner.mode) === 'vrf' ? iface : inner;
}

function addressesOf(iface: NetInterface | undefined, endpoint: Endpoint | undefined): Pick<Plug, 'ipv4' | 'ipv6' | 'addressesRead'> {
  const read = iface === undefined ? undefined : valueOf(iface.addresses);
  const said = endpoint === undefined ? [] : [valueOf(endpoint.ipv4), valueOf(endpoint.ipv6)].filter((a) => a !== undefined && a !== '') as string[];
  const ipv4: string[] = [];
  const ipv6: string[] = [];
  for (const cidr of read ?? said) {
    const at = cidr.indexOf('/');
    const address = at === -1 ? cidr : cidr.slice(0, at);
    const into = address.includes(':') ? ipv6 : ipv4;
    if (!into.includes(address)) into.push(address);
  }
  return { ipv4, ipv6, addressesRead: read !== undefined };
}

/** Plugs of before, by interface: what did not change is not worked out again. */
export type Plugs = WeakMap<NetInterface, { readonly peer: NetInterface | undefined; readonly endpoint: Endpoint | undefined; readonly segment: Segment; readonly plug: Plug }>;

/** The same plug as last time where nothing that it is made of changed. */
function plugOf(net: string, iface: NetInterface | undefined, endpoint: Endpoint | undefined, segment: Segment, host: Host, plugs: Plugs | undefined): Plug {
  if (iface === undefined || plugs === undefined) return makePlug(net, iface, endpoint, segment, host);
  const peer = host.interfaces.get(valueOf(iface.peer) ?? '');
  const kept = plugs.get(iface);
  if (kept !== undefined && kept.peer === peer && kept.endpoint === endpoint && kept.segment === segment && kept.plug.net === net && kept.plug.stack === stackOf(iface, host)) return kept.plug;
  const plug = makePlug(net, iface, endpoint, segment, host);
  plugs.set(iface, { peer, endpoint, segment, plug });
  return plug;
}

/** The bridge that an interface is a port of, by id; null: it is none's (a VRF is no bridge); undefined: not read, or something else switches there. */
function masterOf(port: NetInterface, host: Host): string | null | undefined {
  const name = valueOf(port.master);
  if (name === undefined) return undefined;
  if (name === '') return null;
  const master = host.interfaces.get(`${port.net}/${name}`);
  if (master === undefined || master.kind === 'bridge') return `${port.net}/${name}`;
  return valueOf(master.mode) === 'vrf' ? null : undefined;
}

/** Where frames of something stacked on a device come to: the device may be a bridge, or the far end of a bridge's port. */
function attach(lower: string, host: Host): Pick<Plug, 'bridge' | 'entry'> {
  const device = host.interfaces.get(lower);
  if (device?.kind === 'bridge') return { bridge: device.id, entry: null };
  const peer = device?.kind === 'veth' ? host.interfaces.get(valueOf(device.peer) ?? '') : undefined;
  const master = peer === undefined ? undefined : masterOf(peer, host);
  return peer === undefined || typeof master !== 'string' ? { bridge: null, entry: null } : { bridge: master, entry: peer };
}

function makePlug(net: string, iface: NetInterface | undefined, endpoint: Endpoint | undefined, segment: Segment, host: Host): Plug {
  const peerId = iface === undefined ? undefined : valueOf(iface.peer);
  let peer = peerId === undefined ? undefined : host.interfaces.get(peerId);
  if (peer === undefined && endpoint !== undefined) {
    const named = valueOf(endpoint.peer);
    if (named !== undefined && named !== '') peer = host.interfaces.get(`host/${named}`);
  }
  const mac = (iface === undefined ? undefined : valueOf(iface.mac)) ?? (endpoint === undefined ? undefined : valueOf(endpoint.mac));
  const stack = stackOf(iface, host);
  const { ipv4, ipv6, addressesRead } = addressesOf(stack, endpoint);
  const kind = iface?.kind;
  if (kind === 'macvlan' || kind === 'macvtap' || kind === 'ipvlan' || segment.driver === 'macvlan' || segment.driver === 'ipvlan') {
    const device = valueOf(segment.device);
    // An index that was not joined, or to one beside the host's (several engines number alike): the engine's word for the parent then.
    const joined = peerId?.startsWith('host/') === true || (peerId?.startsWith('index:') === false && (device === undefined || !host.interfaces.has(`host/${device}`)));
    const lower = joined && peerId !== undefined ? peerId : device === undefined ? (peerId ?? segment.id) : `host/${device}`;
    const mode = (iface === undefined ? undefined : valueOf(iface.mode)) ?? segment.mode;
    return { kind: kind === 'ipvlan' || segment.driver === 'ipvlan' ? 'ipvlan' : 'macvlan', net, iface, port: undefined, on: lower, ...attach(lower, host), mode, mac, ipv4, ipv6, addressesRead, stack };
  }
  const master = peer === undefined ? undefined : masterOf(peer, host);
  if (peer !== undefined && master === null) return { kind: 'loose', net, iface, port: peer, on: peer.id, bridge: null, entry: null, mode: '', mac, ipv4, ipv6, addressesRead, stack };
  if (peer === undefined || typeof master !== 'string') return { kind: 'word', net, iface, port: peer, on: segment.id, bridge: null, entry: null, mode: '', mac, ipv4, ipv6, addressesRead, stack };
  return { kind: 'port', net, iface, port: peer, on: master, bridge: master, entry: peer, mode: '', mac, ipv4, ipv6, addressesRead, stack };
}

/** Bridges that are one wire because the kernel joins them: a veth pair with an end in each, a device stacked on one that is a port of the other, a filter that sends frames of one out at a port of the other. */
function joined(host: Host): (bridge: string) => string {
  const up = new Map<string, string>();
  const find = (b: string): string => {
    let at = b;
    for (let next = up.get(at); next !== undefined; next = up.get(at)) at = next;
    return at;
  };
  const join = (one: string | null | undefined, other: string | null | undefined) => {
    if (typeof one !== 'string' || typeof other !== 'string') return;
    const [a, b] = [find(one), find(other)];
    if (a !== b) up.set(a, b);
  };
  for (const i of host.snapshot.interfaces) {
    const master = valueOf(i.master);
    if (master === undefined || master === '') continue;
    const peer = host.interfaces.get(valueOf(i.peer) ?? '');
    if (peer === undefined) continue;
    if (i.kind === 'veth') join(`${i.net}/${master}`, masterOf(peer, host));
    else if (isUpper(i)) join(`${i.net}/${master}`, peer.kind === 'bridge' ? peer.id : attach(peer.id, host).bridge);
  }
  for (const n of host.snapshot.nets) {
    for (const { from, to } of sentFrom(n)) {
      const ends = [from, to].map((name) => host.interfaces.get(`${n.key}/${name}`)).map((i) => (i === undefined ? null : masterOf(i, host)));
      join(ends[0], ends[1]);
    }
  }
  return find;
}

function hostPlug(segment: Segment, host: Host): Plug | null {
  const device = valueOf(segment.device);
  if (segment.driver !== 'bridge' || device === undefined) return null;
  const iface = host.interfaces.get(`host/${device}`);
  if (iface === undefined && host.snapshot.interfaces.length > 0) return null;
  const read = addressesOf(iface, undefined);
  const said = iface === undefined || !read.addressesRead ? segment.gateways.map(bare) : [];
  const ipv4 = [...read.ipv4, ...said.filter((a) => !a.includes(':'))];
  const ipv6 = [...read.ipv6, ...said.filter((a) => a.includes(':'))];
  return { kind: iface === undefined ? 'word' : 'self', net: 'host', iface, port: undefined, on: iface === undefined ? segment.id : iface.id, bridge: iface?.id ?? null, entry: null, mode: '', mac: iface === undefined ? undefined : valueOf(iface.mac), ipv4, ipv6, addressesRead: read.addressesRead };
}

/** What a workload in the host's net namespace could stack on the parent of a macvlan network. */
function stackable(segment: Segment, host: Host): readonly Plug[] {
  const device = valueOf(segment.device);
  if (segment.driver !== 'macvlan' || device === undefined) return [];
  const lower = host.interfaces.get(`host/${device}`);
  if (lower === undefined) return [];
  // Who may send at the far end of a veth is heard by all that is stacked on it.
  const far = lower.kind === 'veth' ? host.interfaces.get(valueOf(lower.peer) ?? '') : undefined;
  const near = far?.net === 'host' && valueOf(far.master) === '';
  return [{ kind: 'macvlan', net: 'host', iface: undefined, port: undefined, on: lower.id, ...attach(lower.id, host), mode: 'bridge', mac: undefined, ipv4: [], ipv6: [], addressesRead: false, made: !near }];
}

function append<K, T>(map: Map<K, T[]>, key: K, item: T): void {
  map.set(key, map.get(key) ?? []);
  map.get(key)?.push(item);
}

/** The endpoints of those who share a net namespace, each once: of several that tell of one interface, the last. */
function endpointsOf(sharers: readonly Workload[]): Iterable<Endpoint> {
  const [first] = sharers;
  if (sharers.length === 1 && first !== undefined && first.endpoints.length < 2) return first.endpoints;
  const out = new Map<string, Endpoint>();
  for (const w of sharers) for (const e of w.endpoints) out.set(`${e.segment} ${valueOf(e.interface) ?? valueOf(e.mac) ?? ''}`, e);
  return out.values();
}

function without(all: readonly Party[], mine: readonly Party[]): readonly Party[] {
  const here = new Set(mine.map((p) => p.plug));
  return all.filter((p) => !here.has(p.plug));
}

/** Every segment with its parties, by veth peers and lower devices where the kernel was read, else by the engine's word. `before` is read and written. */
export function wiresOf(host: Host, before?: Plugs): readonly Wire[] {
  const snapshot: Snapshot = host.snapshot;
  const running = workloads(snapshot).filter((w) => w.net !== null && w.pid !== null);
  const byNet = new Map<string, Workload[]>();
  for (const w of running) append(byNet, w.net as string, w);
  const root = joined(host);
  const segmentOf = new Map<string, Segment>();
  for (const s of snapshot.segments) {
    const device = valueOf(s.device);
    if (device !== undefined && s.driver === 'bridge') segmentOf.set(`host/${device}`, s);
  }
  const byId = new Map(snapshot.segments.map((s) => [s.id, s]));
  const members = new Map<string, Party[]>(snapshot.segments.map((s) => [s.id, []]));
  const elsewhere = new Map<string, Party[]>();
  for (const [net, sharers] of byNet) {
    if (net === 'host') continue;
    const inside = host.byNet.get(net) ?? [];
    const used: NetInterface[] = [];
    const plugs: { readonly segment: Segment | undefined; readonly plug: Plug }[] = [];
    for (const e of endpointsOf(sharers)) {
      const segment = byId.get(e.segment);
      if (segment === undefined) continue;
      const name = valueOf(e.interface);
      const iface = name === undefined ? undefined : host.interfaces.get(`${net}/${name}`);
      if (iface !== undefined) used.push(iface);
      plugs.push({ segment, plug: plugOf(net, iface, e, segment, host, before) });
    }
    for (const iface of inside) {
      if (iface.kind !== 'veth' || used.includes(iface)) continue;
      const peer = host.interfaces.get(valueOf(iface.peer) ?? '');
      const on = peer === undefined ? undefined : masterOf(peer, host);
      if (peer === undefined || typeof on !== 'string') continue;
      const segment = segmentOf.get(on);
      plugs.push({ segment, plug: { kind: 'port', net, iface, port: peer, on, bridge: on, entry: peer, mode: '', mac: valueOf(iface.mac), ...addressesOf(stackOf(iface, host), undefined), stack: stackOf(iface, host) } });
    }
    for (const { segment, plug } of plugs) {
      // The kernel's word goes before the engine's: the wire is where the veth ends.
      const by = plug.kind === 'port' ? (segmentOf.get(plug.on) ?? segment) : segment;
      const mine = by === undefined ? undefined : members.get(by.id);
      const key = plug.bridge === null ? plug.on : root(plug.bridge);
      for (const workload of sharers) {
        const party: Party = { id: workload.id, workload, plug };
        mine?.push(party);
        append(elsewhere, key, party);
      }
    }
  }
  const inHost = byNet.get('host') ?? [];
  const holds = (w: Workload): boolean => host.held.get(w.id)?.some((net) => net !== w.net) === true;
  const watchers = running.filter((w) => w.net !== 'host' && (valueOf(w.namespaces.pid.owner) === 'host' || host.windows.has(w.id) || host.mates.has(w.id) || holds(w))).map((workload): Party => ({
    id: workload.id, workload,
    plug: { kind: 'word', net: workload.net ?? workload.id, iface: undefined, port: undefined, on: ELSEWHERE, bridge: null, entry: null, mode: holds(workload) ? HOLDS : '', mac: undefined, ipv4: [], ipv6: [], addressesRead: true },
  }));
  return snapshot.segments.map((segment): Wire => {
    const plug = hostPlug(segment, host);
    const mine = members.get(segment.id) ?? [];
    const device = valueOf(segment.device);
    const wired = device === undefined ? null : segment.driver === 'bridge' ? `host/${device}` : attach(`host/${device}`, host).bridge;
    const key = wired !== null ? root(wired) : device === undefined ? segment.id : `host/${device}`;
    const all = elsewhere.get(key) ?? [];
    const gateways = segment.internal ? [] : segment.gateways.map(bare);
    return {
      segment,
      members: mine,
      hostParties: plug === null ? [] : [{ id: 'host', workload: null, plug }, ...inHost.map((workload): Party => ({ id: workload.id, workload, plug }))],
      elsewhere: watchers.filter((p) => !mine.some((m) => m.id === p.id) && (p.plug.mode === HOLDS || host.windows.has(p.id) || !host.mates.has(p.id) || mine.some((m) => m.workload !== null && host.mates.get(p.id)?.includes(m.workload) === true))),
      makers: stackable(segment, host).flatMap((made) => inHost.map((workload): Party => ({ id: workload.id, workload, plug: made }))),
      beyond: all.length === mine.length ? [] : without(all, mine),
      hostHears: plug !== null && (plug.ipv4.length + plug.ipv6.length > 0 || (host.uppers.get(plug.on) ?? []).some((i) => i.net === plug.net && (valueOf(i.addresses) ?? []).length > 0)),
      gateways,
      gatewayIsHost: plug !== null && gateways.some((g) => plug.ipv4.includes(g) || plug.ipv6.includes(g)),
    };
  });
}
