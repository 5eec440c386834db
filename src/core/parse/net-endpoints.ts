import { known, unknown, valueOf, type Reading } from '../model/reading.js';
import type { Endpoint, NetInterface, Route, Segment } from '../model/network.js';
import { within } from './net-segments.js';

/** What the engine says of one plug; `''` for what it does not say. Addresses in CIDR form. */
export interface EndpointWord {
  readonly network: string;
  readonly networkId: string;
  readonly mac: string;
  readonly ipv4: string;
  readonly ipv6: string;
  readonly gateway: string;
  readonly gateway6: string;
}

/** What the kernel knows of the net namespace that the plug is in. */
export interface NetSight {
  readonly key: string;
  readonly interfaces: readonly NetInterface[];
  readonly routes: Reading<readonly Route[]>;
  /** Why the inside of the namespace is not known, where it is not. */
  readonly why: Reading<never>;
}

const ip = (cidr: string): string => cidr.split('/')[0] ?? '';

/** The interface that a plug is: by its MAC, else its address, else the connected route, else the segment's device at the other end. */
function interfaceOf(word: EndpointWord, segment: Segment | undefined, sight: NetSight, byId: ReadonlyMap<string, NetInterface>): NetInterface | undefined {
  const inside = sight.interfaces.filter((i) => i.kind !== 'loopback');
  const has = (i: NetInterface, address: string): boolean => address !== '' && (valueOf(i.addresses) ?? []).some((a) => ip(a) === ip(address));
  const byAddress = inside.find((i) => has(i, word.ipv4) || has(i, word.ipv6));
  if (byAddress !== undefined) return byAddress;
  const byMac = inside.find((i) => word.mac !== '' && valueOf(i.mac) === word.mac.toLowerCase());
  if (byMac !== undefined) return byMac;
  const connected = (valueOf(sight.routes) ?? []).find((r) => r.via === '' && r.to !== 'default' && word.ipv4 !== '' && within(word.ipv4, r.to));
  const byRoute = connected === undefined ? undefined : inside.find((i) => i.name === connected.dev);
  if (byRoute !== undefined) return byRoute;
  const device = segment === undefined ? undefined : valueOf(segment.device);
  if (device === undefined) return undefined;
  return inside.find((i) => {
    const other = byId.get(valueOf(i.peer) ?? '');
    return other !== undefined && (valueOf(other.master) === device || other.name === device);
  });
}

const spoken = (value: string, source: string): Reading<string> => (value === '' ? unknown('absent', source) : known(value, source));

/** Plugs that the engine speaks of, with the kernel's words for the two ends of the wire. */
export function endpointsOf(words: readonly EndpointWord[], segments: readonly Segment[], sight: NetSight, byId: ReadonlyMap<string, NetInterface>): readonly Endpoint[] {
  const out: Endpoint[] = [];
  for (const word of words) {
    const segment = segments.find((s) => s.id === `network:${word.networkId}`) ?? segments.find((s) => s.id.startsWith('network:') && s.name === word.network);
    if (segment === undefined) continue;
    const i = interfaceOf(word, segment, sight, byId);
    const field = (name: string): string => `engine: NetworkSettings.Networks["${word.network}"].${name}`;
    out.push({
      segment: segment.id,
      network: word.network,
      interface: i === undefined ? sight.why : known(i.name, i.index.source),
      peer: i === undefined ? sight.why : peerName(i),
      mac: spoken(word.mac.toLowerCase(), field('MacAddress')),
      ipv4: spoken(word.ipv4, field('IPAddress')),
      ipv6: spoken(word.ipv6, field('GlobalIPv6Address')),
      gateway: spoken(word.gateway !== '' ? word.gateway : word.gateway6, field('Gateway')),
    });
  }
  return out;
}

function peerName(i: NetInterface): Reading<string> {
  const peer = valueOf(i.peer);
  if (peer === undefined) return i.peer as Reading<never>;
  if (peer.startsWith('index:')) return unknown('unsupported', i.peer.source);
  return known(peer.slice(peer.indexOf('/') + 1), i.peer.source);
}

/** Plugs of a namespace that no engine speaks of, or beyond those it speaks of: veths on a host's bridge, devices stacked on a host's interface. */
export function kernelEndpoints(segments: readonly Segment[], sight: NetSight, byId: ReadonlyMap<string, NetInterface>, known_: ReadonlySet<string>): readonly Endpoint[] {
  const out: Endpoint[] = [];
  for (const i of sight.interfaces) {
    if (i.kind === 'loopback' || known_.has(i.name)) continue;
    const other = byId.get(valueOf(i.peer) ?? '');
    if (other === undefined || other.net === sight.key) continue;
    const wire = i.kind === 'veth' ? valueOf(other.master) : other.name;
    const segment = segments.find((s) => valueOf(s.device) === wire);
    if (segment === undefined || wire === '') continue;
    const addresses = valueOf(i.addresses);
    const pick = (six: boolean): Reading<string> => {
      if (addresses === undefined) return i.addresses as Reading<never>;
      const a = addresses.find((x) => x.includes(':') === six && !x.startsWith('fe80:'));
      return a === undefined ? unknown('absent', i.addresses.source) : known(a, i.addresses.source);
    };
    const gateway = (valueOf(sight.routes) ?? []).find((r) => r.to === 'default' && r.dev === i.name && r.via !== '');
    out.push({
      segment: segment.id,
      network: segment.name,
      interface: known(i.name, i.index.source),
      peer: peerName(i),
      mac: i.mac,
      ipv4: pick(false),
      ipv6: pick(true),
      gateway: gateway === undefined ? unknown('absent', sight.routes.source) : known(gateway.via, sight.routes.source),
    });
  }
  return out;
}
