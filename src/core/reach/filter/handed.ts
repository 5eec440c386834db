import { unknown, valueOf, type Reading } from '../../model/reading.js';
import type { NetInterface } from '../../model/network.js';
import { ETH_ARP, ETH_IPV4, ETH_IPV6, innerType, type Frame } from '../frames.js';
import type { Hop } from '../hop.js';
import type { Host } from '../host.js';
import { PASSES, perhaps, type Builder } from './builder.js';
import { packetType, type Spot } from './fields.js';
import { ask } from './nft.js';
import { chainsAt, filtersOf } from './rules.js';

/** Whether br_netfilter hands a bridge's frames to a tool's tables: by its sysctl or by the bridge's own flag; undefined where neither was read to the end. */
function hands(hop: Hop, tool: 'arptables' | 'ip6tables', sysctls: Readonly<Record<string, string>> | undefined): boolean | undefined {
  const own = tool === 'arptables' ? hop.bridge.bridge?.nfCallArptables : hop.bridge.bridge?.nfCallIp6tables;
  if (sysctls === undefined) return undefined;
  const all = sysctls[`net.bridge.bridge-nf-call-${tool}`];
  // Without the module there is no such sysctl, and the flag of a bridge is nobody's.
  if (all === undefined) return false;
  return all === '1' ? true : own === undefined ? undefined : valueOf(own);
}

/** br_netfilter hands bridged frames to arptables and ip6tables where its sysctls or the bridge say so; tagged ones only if another sysctl says so. */
export function bridgeNetfilter(b: Builder, hop: Hop, host: Host): void {
  const net = host.nets.get(hop.net);
  const filters = filtersOf(net);
  const sysctls = net === undefined ? undefined : valueOf(net.sysctls);
  const tagged = sysctls?.['net.bridge.bridge-nf-filter-vlan-tagged'] === '1';
  const visible = (f: Frame) => f.tags.length === 0 || (tagged && f.tags.length === 1);
  if (hop.in === null || hop.out === null) return;
  const arp = hands(hop, 'arptables', sysctls);
  if (arp !== false) {
    const spot: Spot = { family: 'arp', iif: hop.in.name, oif: hop.out.name, bridge: '', mine: valueOf(hop.bridge.mac) ?? '' };
    b.lines(filters.arptables, 'filter', 'FORWARD', spot, (f) => innerType(f) === ETH_ARP && visible(f), arp === undefined);
  }
  const six = hands(hop, 'ip6tables', sysctls);
  if (six !== false && filters.nft !== null) {
    for (const c of [...chainsAt(filters.nft, ['ip6', 'inet'], 'prerouting'), ...chainsAt(filters.nft, ['ip6', 'inet'], 'forward'), ...chainsAt(filters.nft, ['ip6', 'inet'], 'postrouting')]) {
      const ruleset = filters.nft;
      const at: Spot = { family: c.family as Spot['family'], iif: hop.bridge.name, oif: c.hook === 'prerouting' ? null : hop.bridge.name, bridge: '', mine: valueOf(hop.bridge.mac) ?? '' };
      b.add(`nft ${c.family} ${c.table} ${c.name}`, (f, carried) => (f.body.kind === 'nd' && visible(f) ? perhaps(ask(ruleset, c, f, at, carried), six === undefined) : PASSES));
    }
  }
}

/** What a port is not flooded with: broadcasts, groups, and MACs that the bridge has not heard of (br_flood in net/bridge/br_forward.c). */
export function flooding(b: Builder, hop: Hop, out: NetInterface, host: Host): void {
  const off = (r: Reading<boolean> | undefined): boolean => r !== undefined && valueOf(r) === false;
  const port = out.port;
  if (port === null) return;
  const fdb = valueOf(host.nets.get(hop.net)?.fdb ?? unknown('not-asked', ''));
  const known = (mac: string): boolean => fdb === undefined || !off(port.learning) || fdb.some((e) => e.bridge === hop.bridge.name && e.port === out.name && e.mac === mac);
  const [broadcast, group, unicast] = [off(port.bcastFlood), off(port.mcastFlood), off(port.unicastFlood)];
  if (!broadcast && !group && !unicast) return;
  b.add(`flooding of ${out.name}`, (f) => {
    const kind = packetType(f, { family: 'bridge', iif: '', oif: null, bridge: '', mine: null });
    const stops = kind === 'broadcast' ? broadcast : kind === 'multicast' ? group : unicast && !known(f.destination);
    return stops ? { passes: false, drops: true, by: `flooding of ${out.name} is off` } : PASSES;
  });
}

/** What iptables and ip6tables do with the first packet of a connection between two ports, where br_netfilter hands it over. */
export function handedToIptables(b: Builder, hop: Hop, host: Host): void {
  const net = host.nets.get(hop.net);
  const ruleset = filtersOf(net).nft;
  if (ruleset === null || hop.in === null || hop.out === null) return;
  const sysctls = net === undefined ? undefined : valueOf(net.sysctls);
  const four = sysctls?.['net.bridge.bridge-nf-call-iptables'] === '1' || (hop.bridge.bridge !== null && valueOf(hop.bridge.bridge.nfCallIptables) === true);
  const six = hands(hop, 'ip6tables', sysctls) === true;
  for (const c of chainsAt(ruleset, ['ip', 'ip6', 'inet'], 'forward')) {
    const at: Spot = { family: c.family as Spot['family'], iif: hop.bridge.name, oif: hop.bridge.name, bridge: '', mine: null };
    b.add(`nft ${c.family} ${c.table} ${c.name}`, (f, carried) => {
      const type = innerType(f);
      const shown = f.tags.length === 0 && ((four && type === ETH_IPV4 && c.family !== 'ip6') || (six && type === ETH_IPV6 && c.family !== 'ip'));
      return shown ? ask(ruleset, c, f, at, { ...carried, fresh: true }) : PASSES;
    });
  }
}
