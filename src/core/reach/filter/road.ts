import { isKnown, unknown, valueOf, type Reading } from '../../model/reading.js';
import type { NetInterface } from '../../model/network.js';
import { ETH_ARP, ETH_IPV4, ETH_IPV6, innerType, LINK_LOCAL, type Frame } from '../frames.js';
import type { Host } from '../host.js';
import type { Technique } from '../types.js';
import { learnsLocal, localUnread, type Hop } from '../hop.js';
import { crossed, filters as filtersVlans, pulled, pushed } from '../vlan.js';
import type { Plug } from '../wire.js';
import { ask, type Chain, type Ruleset } from './nft.js';
import { askLines, chainActs, type LineFate, type LineRules } from './lines.js';
import { chainsAt, filtersOf } from './rules.js';
import { askTc, losesAll, mayLose, tcActs } from './tc.js';
import { leadsAway } from './redirect.js';
import { heeds } from './heeds.js';
import { packetType, skbProtocol, type Carried, type Spot } from './fields.js';

/** One place where a frame may be stopped. */
export interface Stage {
  readonly where: string;
  /** After the bridge has learned the sender's MAC. */
  readonly afterLearning: boolean;
  /** On the way out of the attacker's own namespace, before any other sees the frame. */
  readonly leaving: boolean;
  readonly ask: (f: Frame, carried: Carried) => LineFate;
}

/** All places between a sender and a victim's table that hold rules, and those that were not read. */
export interface Road {
  readonly stages: readonly Stage[];
  readonly unread: readonly { readonly what: string; readonly reading: Reading<unknown> }[];
}

const PASSES: LineFate = { passes: true, drops: false, by: null };

/** What a rule does of which it is not known whether it is asked. */
const perhaps = (fate: LineFate, unsure: boolean): LineFate => (unsure ? { passes: true, drops: fate.drops, by: fate.by } : fate);

class Builder {
  readonly stages: Stage[] = [];
  readonly unread = new Map<string, Reading<unknown>>();
  /** What bridges with VLAN filtering, and VLAN devices, have made of its tags so far; null: nothing. */
  view: ((tags: Frame['tags']) => Frame['tags']) | null = null;
  learned = false;
  leaving = false;
  /** The frame comes into another net namespace: a mark is taken away (skb_scrub_packet). */
  enters = false;

  add(where: string, asks: (f: Frame, carried: Carried) => LineFate): void {
    const { view, enters } = this;
    this.enters = false;
    this.stages.push({ where, afterLearning: this.learned, leaving: this.leaving, ask: (f, carried) => {
        if (enters) carried.mark = 0;
        return asks(view === null ? f : { ...f, tags: view(f.tags) }, carried);
      } });
  }

  /** From here on its tags are others. A frame that does not come so far is not sent (`shapeOf`). */
  becomes(next: (tags: Frame['tags']) => Frame['tags'] | null): void {
    const { view } = this;
    this.view = (tags) => {
      const before = view === null ? tags : view(tags);
      return next(before) ?? before;
    };
  }

  chains(ruleset: Ruleset | null, list: readonly Chain[], spot: Omit<Spot, 'family'>, device?: string, shown: (f: Frame) => boolean = () => true, away?: (to: string) => boolean): void {
    if (ruleset === null) return;
    for (const c of list) {
      const at: Spot = { ...spot, family: c.family as Spot['family'] };
      const unsure = device !== undefined && c.devices === null;
      this.add(`nft ${c.family} ${c.table} ${c.name}`, (f, carried) => {
        if (!shown(f)) return PASSES;
        if (away !== undefined) carried.away = away;
        const fate = ask(ruleset, c, f, at, carried);
        delete carried.away;
        return perhaps(fate, unsure);
      });
    }
  }

  /** `unsure`: whether the chain is asked at all was not read. */
  lines(rules: LineRules | null, table: string, chain: string, spot: Spot, only?: (f: Frame) => boolean, unsure = false): void {
    if (rules === null || !chainActs(rules, table, chain)) return;
    this.add(`${rules.tool} ${table} ${chain}`, (f, carried) => (only === undefined || only(f) ? perhaps(askLines(rules, table, chain, f, spot, carried), unsure) : PASSES));
  }
}

function ingress(b: Builder, net: string, dev: NetInterface, victim: string, host: Host): void {
  const filters = filtersOf(host.nets.get(net));
  const xdp = valueOf(dev.xdp);
  if (xdp !== undefined && xdp.length > 0) b.add(`XDP on ${dev.name}`, () => ({ passes: true, drops: true, opaque: true, by: `the XDP program ${xdp.join(', ')} on ${dev.name}` }));
  if (filters.tc !== null && tcActs(filters.tc, dev.name, 'ingress')) b.add(`tc on ${dev.name} ingress`, (f, carried) => askTc(filters.tc ?? [], dev.name, 'ingress', f, carried));
  const spot = { iif: dev.name, oif: null, bridge: '', mine: valueOf(dev.mac) ?? '' };
  b.chains(filters.nft, chainsAt(filters.nft, ['netdev'], 'ingress', dev.name), spot, dev.name, undefined, (to) => leadsAway(net, to, victim, host));
  // Family inet at ingress is shown IP alone (nft_do_chain_inet_ingress): ARP passes by, whatever it says.
  b.chains(filters.nft, chainsAt(filters.nft, ['inet'], 'ingress', dev.name), spot, dev.name, (f) => skbProtocol(f) === ETH_IPV6 || skbProtocol(f) === ETH_IPV4);
}

/** `mine`: see Spot; what a namespace sends itself has no other kind than `host`. */
function egress(b: Builder, net: string, dev: NetInterface, host: Host, tc: boolean, mine: string | null = null): void {
  const filters = filtersOf(host.nets.get(net));
  if (tc && filters.tc !== null && tcActs(filters.tc, dev.name, 'egress')) b.add(`tc on ${dev.name} egress`, (f, carried) => askTc(filters.tc ?? [], dev.name, 'egress', f, carried));
  if (tc && losesAll(filters.tc ?? [], dev.name)) b.add(`the queue of ${dev.name}`, () => ({ passes: false, drops: true, by: `the queue of ${dev.name} (netem, loss 100%)` }));
  const queue = tc ? mayLose(filters.tc ?? [], dev.name) : null;
  if (queue !== null) b.add(`the queue of ${dev.name}`, () => ({ passes: true, drops: true, by: `the queue of ${dev.name} (${queue}, whose own filters and limits are not judged)` }));
  b.chains(filters.nft, chainsAt(filters.nft, ['netdev'], 'egress', dev.name), { iif: dev.name, oif: dev.name, bridge: '', mine }, dev.name);
}

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
function bridgeNetfilter(b: Builder, hop: Hop, host: Host): void {
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
    for (const c of [...chainsAt(filters.nft, ['ip6', 'inet'], 'prerouting'), ...chainsAt(filters.nft, ['ip6', 'inet'], 'forward')]) {
      const ruleset = filters.nft;
      const at: Spot = { family: c.family as Spot['family'], iif: hop.bridge.name, oif: c.hook === 'forward' ? hop.bridge.name : null, bridge: '', mine: valueOf(hop.bridge.mac) ?? '' };
      b.add(`nft ${c.family} ${c.table} ${c.name}`, (f, carried) => (f.body.kind === 'nd' && visible(f) ? perhaps(ask(ruleset, c, f, at, carried), six === undefined) : PASSES));
    }
  }
}

/** What a port is not flooded with: broadcasts, groups, and MACs that the bridge has not heard of (br_flood in net/bridge/br_forward.c). */
function flooding(b: Builder, hop: Hop, out: NetInterface, host: Host): void {
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
function handedToIptables(b: Builder, hop: Hop, host: Host): void {
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

function crossing(b: Builder, hop: Hop, victim: string, host: Host, traffic: boolean): void {
  const filters = filtersOf(host.nets.get(hop.net));
  const bridge = hop.bridge.name;
  const mine = hop.in === null ? null : (valueOf(hop.bridge.mac) ?? '');
  const spot = (oif: string | null): Spot => ({ family: 'bridge', iif: hop.in?.name ?? bridge, oif, bridge, mine });
  const nft = (hook: string, oif: string | null) => b.chains(filters.nft, chainsAt(filters.nft, ['bridge'], hook), spot(oif));
  if (hop.in === null) {
    if (filtersVlans(hop) === true) b.becomes((tags) => crossed(hop, tags));
    nft('output', hop.out?.name ?? null);
    b.lines(filters.ebtables, 'filter', 'OUTPUT', spot(hop.out?.name ?? null));
    b.learned = true;
  } else {
    ingress(b, hop.net, hop.in, victim, host);
    // What is for a group that the bridge keeps for itself is shown to none of these.
    const shown = (f: Frame): boolean => f.destination !== LINK_LOCAL;
    b.lines(filters.ebtables, 'broute', 'BROUTING', spot(null), shown);
    b.chains(filters.nft, chainsAt(filters.nft, ['bridge'], 'prerouting'), spot(null), undefined, shown);
    b.lines(filters.ebtables, 'nat', 'PREROUTING', spot(null), shown);
    if (learnsLocal(hop) === undefined) b.add(`the learning of ${bridge}`, (f) => (shown(f) ? PASSES : { passes: true, drops: true, by: localUnread(hop) }));
    b.learned = true;
    if (filtersVlans(hop) === true) b.becomes((tags) => crossed(hop, tags));
    if (hop.out === null) {
      nft('input', null);
      b.lines(filters.ebtables, 'filter', 'INPUT', spot(null));
    } else {
      nft('forward', hop.out.name);
      b.lines(filters.ebtables, 'filter', 'FORWARD', spot(hop.out.name));
      bridgeNetfilter(b, hop, host);
      if (traffic) handedToIptables(b, hop, host);
    }
  }
  if (hop.out !== null) {
    flooding(b, hop, hop.out, host);
    nft('postrouting', hop.out.name);
    b.lines(filters.ebtables, 'nat', 'POSTROUTING', spot(hop.out.name));
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
