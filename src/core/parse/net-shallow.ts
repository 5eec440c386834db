import { known, unknown, type Reading } from '../model/reading.js';
import type { NetInterface, Route } from '../model/network.js';
import type { Linked } from './net-peers.js';
import { within } from './net-segments.js';

/** What anybody may read of a process's net namespace under /proc. */
export interface ShallowNet {
  readonly names: Reading<readonly string[]>;
  readonly indices: Reading<ReadonlyMap<string, number>>;
  readonly addresses: Reading<readonly string[]>;
  readonly addresses6: Reading<ReadonlyMap<string, readonly string[]>>;
  readonly routes: Reading<readonly Route[]>;
}

/** The device that an IPv4 address belongs to, by the narrowest connected route; with the route's prefix. */
function deviceOf(address: string, routes: readonly Route[]): { readonly dev: string; readonly cidr: string } | null {
  let best: { dev: string; prefix: number } | null = null;
  for (const r of routes) {
    if (r.via !== '' || r.to === 'default' || r.to.includes(':') || !within(address, r.to)) continue;
    const prefix = Number(r.to.split('/')[1]);
    if (best === null || prefix > best.prefix) best = { dev: r.dev, prefix };
  }
  return best === null ? null : { dev: best.dev, cidr: `${address}/${best.prefix}` };
}

/**
 * Interfaces of a namespace that cannot be entered (`why`), from /proc alone: names, indices, addresses; the
 * rest stays unknown. A veth is recognised by the host's end that names its index, when only one does.
 */
export function shallowInterfaces(net: string, shallow: ShallowNet, hostLinks: readonly Linked[], why: 'denied' | 'not-asked' | 'unsupported'): readonly Linked[] {
  if (!('value' in shallow.names)) return [];
  const source = shallow.names.source;
  const routes = 'value' in shallow.routes ? shallow.routes.value : [];
  const byDevice = new Map<string, string[]>();
  if ('value' in shallow.addresses) {
    for (const a of shallow.addresses.value) {
      const d = deviceOf(a, routes);
      if (d !== null) byDevice.set(d.dev, [...(byDevice.get(d.dev) ?? []), d.cidr]);
    }
  }
  const indices = 'value' in shallow.indices ? shallow.indices.value : new Map<string, number>();
  const six = 'value' in shallow.addresses6 ? shallow.addresses6.value : new Map<string, readonly string[]>();
  const no = unknown(why, source.replace(/\/dev$/, ''));
  return shallow.names.value.map((name): Linked => {
    const index = indices.get(name);
    const ends = index === undefined ? [] : hostLinks.filter((l) => l.iface.kind === 'veth' && l.otherIndex === index && l.netnsId !== null);
    const end = ends.length === 1 ? ends[0] : undefined;
    const kind: NetInterface['kind'] = name === 'lo' ? 'loopback' : end !== undefined ? 'veth' : 'other';
    const addresses = [...(byDevice.get(name) ?? []), ...(six.get(name) ?? [])];
    const otherIndex = end !== undefined && 'value' in end.iface.index ? end.iface.index.value : null;
    return {
      otherIndex,
      netnsId: null,
      iface: {
        id: `${net}/${name}`,
        net,
        name,
        index: index === undefined ? unknown('absent', shallow.indices.source) : known(index, shallow.indices.source),
        kind,
        mac: no,
        addresses: 'value' in shallow.addresses || 'value' in shallow.addresses6 ? known(addresses, shallow.addresses.source) : no,
        up: no,
        noarp: no,
        peer: otherIndex === null ? no : known(`index:${otherIndex}`, end?.iface.index.source ?? source),
        master: no,
        mode: no,
        port: null,
        bridge: null,
        xdp: no,
      },
    };
  });
}
