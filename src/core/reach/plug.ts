import { valueOf } from '../model/reading.js';
import type { Endpoint, NetInterface, Segment } from '../model/network.js';
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

/** The interface whose addresses count for frames that come in at another: its own, or the bridge's inside that it is a port of. */
export function stackOf(iface: NetInterface | undefined, host: Host): NetInterface | undefined {
  const master = iface === undefined || iface.net === 'host' ? undefined : valueOf(iface.master);
  const inner = master === undefined || master === '' ? undefined : host.interfaces.get(`${iface?.net}/${master}`);
  // What is in a VRF keeps its own addresses.
  return inner === undefined || valueOf(inner.mode) === 'vrf' ? iface : inner;
}

/** IPv4 addresses that a namespace answers for at an interface without one, where it has a route by it: Linux answers for any of its own. */
function unnumbered(iface: NetInterface, host: Host): readonly string[] {
  const net = host.nets.get(iface.net);
  const routes = net === undefined ? undefined : valueOf(net.routes);
  if (routes?.some((r) => r.dev === iface.name && !r.to.includes(':')) !== true) return [];
  const four = (i: NetInterface): readonly string[] => (valueOf(i.addresses) ?? []).filter((ip) => !ip.includes(':') && !ip.startsWith('127.'));
  // What is stacked on it takes its own messages.
  if ((host.uppers.get(iface.id) ?? []).some((i) => i.net === iface.net && four(i).length > 0)) return [];
  return (host.byNet.get(iface.net) ?? []).flatMap(four).map((cidr) => cidr.split('/')[0] ?? cidr);
}

/** A plug's addresses: the kernel's word, else the engine's. */
export function addressesOf(iface: NetInterface | undefined, endpoint: Endpoint | undefined, host: Host): Pick<Plug, 'ipv4' | 'ipv6' | 'addressesRead'> {
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
  if (read !== undefined && iface !== undefined && ipv4.length === 0) ipv4.push(...unnumbered(iface, host));
  return { ipv4, ipv6, addressesRead: read !== undefined };
}

/** Plugs of before, by interface: what did not change is not worked out again. */
export type Plugs = WeakMap<NetInterface, { readonly peer: NetInterface | undefined; readonly endpoint: Endpoint | undefined; readonly segment: Segment; readonly plug: Plug }>;

/** The same plug as last time where nothing that it is made of changed. */
export function plugOf(net: string, iface: NetInterface | undefined, endpoint: Endpoint | undefined, segment: Segment, host: Host, plugs: Plugs | undefined): Plug {
  if (iface === undefined || plugs === undefined) return makePlug(net, iface, endpoint, segment, host);
  const peer = host.interfaces.get(valueOf(iface.peer) ?? '');
  const kept = plugs.get(iface);
  if (kept !== undefined && valueOf(iface.addresses)?.every((ip) => ip.includes(':')) !== true && kept.peer === peer && kept.endpoint === endpoint && kept.segment === segment && kept.plug.net === net && kept.plug.stack === stackOf(iface, host)) return kept.plug;
  const plug = makePlug(net, iface, endpoint, segment, host);
  plugs.set(iface, { peer, endpoint, segment, plug });
  return plug;
}

/** The bridge that an interface is a port of, by id; null: it is none's (a VRF is no bridge); undefined: not read, or something else switches there. */
export function masterOf(port: NetInterface, host: Host): string | null | undefined {
  const name = valueOf(port.master);
  if (name === undefined) return undefined;
  if (name === '') return null;
  const master = host.interfaces.get(`${port.net}/${name}`);
  if (master === undefined || master.kind === 'bridge') return `${port.net}/${name}`;
  return valueOf(master.mode) === 'vrf' ? null : undefined;
}

/** Where frames of something stacked on a device come to: the device may be a bridge, or the far end of a bridge's port. */
export function attach(lower: string, host: Host): Pick<Plug, 'bridge' | 'entry'> {
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
  const { ipv4, ipv6, addressesRead } = addressesOf(stack, endpoint, host);
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
