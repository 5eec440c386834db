import { valueOf } from '../model/reading.js';
import type { Endpoint, NetInterface, Segment } from '../model/network.js';
import { workloads, type Snapshot } from '../model/snapshot.js';
import type { Workload } from '../model/workload.js';
import { sentFrom } from './filter/redirect.js';
import { isOutward, isUpper } from './hop.js';
import type { Host } from './host.js';
import { addressesOf, attach, masterOf, plugOf, stackOf, type Plug, type Plugs } from './plug.js';

export type { Plug, Plugs } from './plug.js';

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

const isStacked = (i: NetInterface): boolean => i.kind === 'macvlan' || i.kind === 'macvtap' || i.kind === 'ipvlan';

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
  let outside: string | undefined;
  for (const i of host.snapshot.interfaces) {
    const master = valueOf(i.master);
    if (master === undefined || master === '') continue;
    // What lies outside may join all that lead there.
    if (isOutward(i) && host.interfaces.get(`${i.net}/${master}`)?.kind === 'bridge') join((outside ??= `${i.net}/${master}`), `${i.net}/${master}`);
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

/** The host's own device beside those of containers on a parent, by which it talks with them. */
function shim(device: string, host: Host): Plug | null {
  const on = `host/${device}`;
  const iface = (host.uppers.get(on) ?? []).find((i) => i.net === 'host' && isStacked(i) && valueOf(i.up) !== false && (valueOf(i.addresses) ?? []).some((ip) => !ip.startsWith('fe80:')));
  return iface === undefined ? null : { kind: iface.kind === 'ipvlan' ? 'ipvlan' : 'macvlan', net: 'host', iface, port: undefined, on, ...attach(on, host), mode: valueOf(iface.mode) ?? '', mac: valueOf(iface.mac), ...addressesOf(iface, undefined, host) };
}

function hostPlug(segment: Segment, host: Host): Plug | null {
  const device = valueOf(segment.device);
  if (device === undefined) return null;
  if (segment.driver !== 'bridge') return shim(device, host);
  const iface = host.interfaces.get(`host/${device}`);
  if (iface === undefined && host.snapshot.interfaces.length > 0) return null;
  const read = addressesOf(iface, undefined, host);
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
  const parents = new Map<string, Segment>();
  for (const s of snapshot.segments) {
    const device = valueOf(s.device);
    if (device !== undefined && s.driver === 'bridge') segmentOf.set(`host/${device}`, s);
    else if (device !== undefined && !parents.has(`host/${device}`)) parents.set(`host/${device}`, s);
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
      if (!(iface.kind === 'veth' || isStacked(iface)) || used.includes(iface)) continue;
      const stack = stackOf(iface, host);
      const own = { net, iface, mac: valueOf(iface.mac), ...addressesOf(stack, undefined, host), stack };
      const at = valueOf(iface.peer) ?? '';
      if (isStacked(iface)) {
        // What was given to it by hand is on the wire of what it is stacked on; on one of its own it is that one's.
        const wired = attach(at, host);
        const segment = segmentOf.get(wired.bridge ?? '') ?? parents.get(at);
        if (segment !== undefined && !at.startsWith(`${net}/`)) plugs.push({ segment, plug: { kind: iface.kind === 'ipvlan' ? 'ipvlan' : 'macvlan', ...own, port: undefined, on: at, ...wired, mode: valueOf(iface.mode) ?? '' } });
        continue;
      }
      const peer = host.interfaces.get(at);
      const on = peer === undefined ? undefined : masterOf(peer, host);
      if (peer === undefined || typeof on !== 'string') continue;
      plugs.push({ segment: segmentOf.get(on), plug: { kind: 'port', ...own, port: peer, on, bridge: on, entry: peer, mode: '' } });
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
  const holds = (w: Workload): boolean => host.strays.has(w.id) || host.held.get(w.id)?.some((net) => net !== w.net) === true;
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
