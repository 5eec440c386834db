import { isKnown, unknown, valueOf, type Reading } from '../../model/reading.js';
import type { NetInterface } from '../../model/network.js';
import { ETH_IPV4, ETH_IPV6, type Frame } from '../frames.js';
import type { Host } from '../host.js';
import type { Technique } from '../types.js';
import { keptAt, learnsLocal, localUnread, type Hop } from '../hop.js';
import { crossed, filters as filtersVlans, pulled, pushed } from '../vlan.js';
import type { Plug } from '../wire.js';
import { Builder, PASSES, type Stage } from './builder.js';
import { bridgeNetfilter, flooding, handedToIptables } from './handed.js';
import type { Chain } from './nft.js';
import { chainsAt, filtersOf } from './rules.js';
import { askTc, losesAll, mayLose, tcActs } from './tc.js';
import { leadsAway } from './redirect.js';
import { heeds } from './heeds.js';
import { skbProtocol, type Spot } from './fields.js';

/** All places between a sender and a victim's table that hold rules, and those that were not read. */
export interface Road {
  readonly stages: readonly Stage[];
  readonly unread: readonly { readonly what: string; readonly reading: Reading<unknown> }[];
}

function ingress(b: Builder, net: string, dev: NetInterface, victim: string, host: Host): void {
  const filters = filtersOf(host.nets.get(net));
  const xdp = valueOf(dev.xdp);
  if (xdp !== undefined && xdp.length > 0) b.add(`XDP on ${dev.name}`, () => ({ passes: true, drops: true, opaque: true, by: `the XDP program ${xdp.join(', ')} on ${dev.name}` }));
  if (filters.tc !== null && tcActs(filters.tc, dev.name, 'ingress')) b.add(`tc on ${dev.name} ingress`, (f, carried) => askTc(filters.tc ?? [], dev.name, 'ingress', f, carried));
  const spot = { iif: dev.name, oif: null, kinds: [dev.kind, null] as const, bridge: '', mine: valueOf(dev.mac) ?? '' };
  b.chains(filters.nft, chainsAt(filters.nft, ['netdev'], 'ingress', dev.name), spot, dev.name, undefined, (to) => leadsAway(net, to, victim, host));
  // Family inet at ingress is shown IP alone (nft_do_chain_inet_ingress): ARP passes by, whatever it says.
  b.chains(filters.nft, chainsAt(filters.nft, ['inet'], 'ingress', dev.name), spot, dev.name, (f) => skbProtocol(f) === ETH_IPV6 || skbProtocol(f) === ETH_IPV4);
}

/** `mine`: see Spot; what a namespace sends itself has no other kind than `host`. */
function egress(b: Builder, net: string, dev: NetInterface, host: Host, tc: boolean, mine: string | null = null): void {
  const filters = filtersOf(host.nets.get(net));
  // Where it came in is not told here (nf_hook_egress); tc comes after it (__dev_queue_xmit).
  b.chains(filters.nft, chainsAt(filters.nft, ['netdev'], 'egress', dev.name), { iif: '', oif: dev.name, kinds: [null, dev.kind], bridge: '', mine }, dev.name);
  if (tc && filters.tc !== null && tcActs(filters.tc, dev.name, 'egress')) b.add(`tc on ${dev.name} egress`, (f, carried) => askTc(filters.tc ?? [], dev.name, 'egress', f, carried));
  if (tc && losesAll(filters.tc ?? [], dev.name)) b.add(`the queue of ${dev.name}`, () => ({ passes: false, drops: true, by: `the queue of ${dev.name} (it loses all)` }));
  const queue = tc ? mayLose(filters.tc ?? [], dev.name) : null;
  if (queue !== null) b.add(`the queue of ${dev.name}`, () => ({ passes: true, drops: true, by: `the queue of ${dev.name} (${queue}, whose own filters and limits are not judged)` }));
}

/** Priorities of ebtables' chains among those of nft at the same hook (include/uapi/linux/netfilter_bridge.h). */
const PRIORITIES: Readonly<Record<string, number>> = { 'nat PREROUTING': -300, 'filter INPUT': -200, 'filter FORWARD': -200, 'nat OUTPUT': 100, 'filter OUTPUT': 200, 'nat POSTROUTING': 300 };

/** One hook of a bridge: nft's chains and ebtables' in the order of their priorities. `shown`: which frames come there. */
function hook(b: Builder, name: string, tables: readonly (readonly [table: string, chain: string])[], spot: Spot, host: Host, net: string, shown?: (f: Frame) => boolean): void {
  const filters = filtersOf(host.nets.get(net));
  let left = chainsAt(filters.nft, ['bridge'], name);
  for (const [table, chain] of tables) {
    const first = (c: Chain): boolean => c.prio < (PRIORITIES[`${table} ${chain}`] ?? 0);
    b.chains(filters.nft, left.filter(first), spot, undefined, shown);
    left = left.filter((c) => !first(c));
    b.lines(filters.ebtables, table, chain, spot, shown);
  }
  b.chains(filters.nft, left, spot, undefined, shown);
}

function crossing(b: Builder, hop: Hop, victim: string, host: Host, traffic: boolean): void {
  const filters = filtersOf(host.nets.get(hop.net));
  const bridge = hop.bridge.name;
  const mine = hop.in === null ? null : (valueOf(hop.bridge.mac) ?? '');
  const spot = (oif: NetInterface | null): Spot => ({ family: 'bridge', iif: hop.in?.name ?? bridge, oif: oif?.name ?? null, kinds: [hop.in?.kind ?? 'bridge', oif?.kind ?? null], bridge, mine });
  const at = (name: string, tables: Parameters<typeof hook>[2], out: NetInterface | null, shown?: (f: Frame) => boolean): void => {
    if (filters.ethernet) hook(b, name, tables, spot(out), host, hop.net, shown);
  };
  if (hop.in === null) {
    if (filtersVlans(hop) === true) b.becomes((tags) => crossed(hop, tags));
    at('output', [['nat', 'OUTPUT'], ['filter', 'OUTPUT']], hop.out);
    b.learned = true;
  } else {
    ingress(b, hop.net, hop.in, victim, host);
    // What is for a group that the bridge keeps for itself is shown to none of these.
    const shown = (f: Frame): boolean => keptAt(hop, f) === null;
    b.lines(filters.ebtables, 'broute', 'BROUTING', spot(null), shown);
    at('prerouting', [['nat', 'PREROUTING']], null, shown);
    at('input', [['filter', 'INPUT']], null, (f) => keptAt(hop, f) === 'input');
    if (learnsLocal(hop) === undefined) b.add(`the learning of ${bridge}`, (f) => (shown(f) ? PASSES : { passes: true, drops: true, by: localUnread(hop) }));
    b.learned = true;
    if (filtersVlans(hop) === true) b.becomes((tags) => crossed(hop, tags));
    if (hop.out === null) at('input', [['filter', 'INPUT']], null);
    else {
      at('forward', [['filter', 'FORWARD']], hop.out);
      bridgeNetfilter(b, hop, host);
      if (traffic) handedToIptables(b, hop, host);
    }
  }
  if (hop.out !== null) {
    flooding(b, hop, hop.out, host);
    at('postrouting', [['nat', 'POSTROUTING']], hop.out);
    egress(b, hop.net, hop.out, host, true, mine);
  }
}

/** What the victim's own stack asks before it believes. */
function taking(b: Builder, v: Plug, technique: Technique, from: string, host: Host): void {
  if (v.iface === undefined) return;
  const filters = filtersOf(host.nets.get(v.net));
  b.enters ||= v.net !== from;
  ingress(b, v.net, v.iface, v.net, host);
  const mine = v.mac ?? null;
  const iif = v.iface.name;
  if (technique === 'arp-spoof') {
    const kept = heeds(v, host);
    if (kept !== null) b.add(`sysctls of ${iif}`, kept);
    b.chains(filters.nft, chainsAt(filters.nft, ['arp'], 'input'), { iif, oif: null, bridge: '', mine });
    b.lines(filters.arptables, 'filter', 'INPUT', { family: 'arp', iif, oif: null, bridge: '', mine });
  } else if (technique === 'ndp-spoof') {
    for (const hook of ['prerouting', 'input']) b.chains(filters.nft, chainsAt(filters.nft, ['ip6', 'inet'], hook), { iif, oif: null, bridge: '', mine });
  }
}

function note(b: Builder, net: string, whose: string, host: Host, bridges: boolean): void {
  const n = host.nets.get(net);
  const none = unknown('not-asked', net);
  const list: readonly (readonly [string, Reading<unknown>])[] = [
    [`nft rules${whose}`, n?.nft ?? none],
    [`tc filters${whose}`, n?.tc ?? none],
    ...(bridges ? ([[`ebtables rules${whose}`, n?.ebtables ?? none]] as const) : ([[`arptables rules${whose}`, n?.arptables ?? none]] as const)),
  ];
  for (const [what, reading] of list) if (!isKnown(reading)) b.unread.set(what, reading);
}

/** The road of a frame between two plugs over the given bridges; of `traffic`, what an ordinary stack sends, up to the other's interface. `ownRules`: whether the attacker can take away rules in its own namespace. */
export function roadBetween(a: Plug, v: Plug, hops: readonly Hop[], technique: Technique | 'traffic', ownRules: boolean, host: Host): Road {
  const b = new Builder();
  const aRead = a.net !== 'host' && !filtersOf(host.nets.get(a.net)).quiet;
  // A packet socket passes by tc where it likes (PACKET_QDISC_BYPASS), but not by nft's egress hook.
  let at = a.net;
  b.leaving = true;
  if (aRead && !ownRules && a.iface !== undefined) egress(b, a.net, a.iface, host, false);
  if (technique !== 'traffic' && a.kind === 'self' && v.kind === 'port' && v.port !== undefined) {
    // From the bridge's own namespace a frame can be sent at the port itself, past every hook of the bridge.
    if (!ownRules) egress(b, a.net, v.port, host, false);
  } else {
    b.leaving = false;
    for (const hop of hops) {
      b.enters ||= hop.net !== at;
      at = hop.net;
      if (hop.in?.kind === 'vlan') b.becomes((tags) => pulled(hop, tags));
      crossing(b, hop, v.net, host, technique === 'traffic');
      if (hop.out?.kind === 'vlan') b.becomes((tags) => pushed(hop, tags));
    }
  }
  b.leaving = false;
  for (const net of new Set(hops.map((h) => h.net))) note(b, net, net === 'host' ? ' of the host' : ` in ${net}`, host, true);
  if (hops.length === 0 && a.kind === 'word') note(b, 'host', ' of the host', host, true);
  if (technique !== 'mac-steal' && technique !== 'traffic') {
    taking(b, v, technique, at, host);
    if (v.net !== 'host') note(b, v.net, ' of the victim', host, false);
  }
  const stages = technique === 'mac-steal' ? b.stages.filter((s) => !s.afterLearning) : b.stages;
  return { stages, unread: [...b.unread].map(([what, reading]) => ({ what, reading })) };
}
