import { known, unknown, valueOf } from '../model/reading.js';
import type { Workload } from '../model/workload.js';
import { answer, series, strongest, type Answer } from './answer.js';
import { entersToSend, mayRoam, seatsHeld, seatsOf, seatsStrayed, strayed } from './enter.js';
import { ANY, leadsAway, sends, sentFrom } from './filter/redirect.js';
import type { Frame } from './frames.js';
import { takenByProgram } from './filter/tc.js';
import { filtersOf } from './filter/rules.js';
import { hostOf, type Host } from './host.js';
import type { Indexed } from './indexed.js';
import { frozen, senderOf, sendsOpen, type Kinds, type Sender } from './send.js';
import { tableWrite } from './table.js';
import type { Sends } from './sockets.js';
import { puppetsOf, type Puppet } from './trace.js';
import { TECHNIQUES, type Step, type Technique } from './types.js';
import { above, onTop, stealable, victimTakes, type Mask } from './victim.js';
import { guards, reading, type Rights } from './guards.js';
import { otherWays, wayBetween, wireBetween } from './way.js';
import { ELSEWHERE, HOLDS, wiresOf, type Party, type Plug, type Plugs, type Wire } from './wire.js';
import type { Snapshot } from '../model/snapshot.js';

/** What decides between two plugs for one technique, without the sender. */
export interface Link {
  readonly answer: Answer;
  readonly masks: readonly Mask[];
}

/** Everything that verdicts on one snapshot need; made once, then asked. */
export interface Court {
  readonly host: Host;
  readonly wires: readonly Wire[];
  sender(w: Workload): Sender;
  /** Workloads with the same key send alike. */
  senderKey(w: Workload): string;
  rights(a: Party): Rights;
  /** Others on a wire by whose processes a workload can act. */
  puppets(w: Workload, wire: Wire): readonly Puppet[];
  /** Those whom an attacker can be towards a victim, before the victim is asked. */
  masks(wire: Wire): readonly Mask[];
  link(technique: Technique, a: Party, v: Party, wire: Wire): Link;
  /** Sender and link together. */
  pair(technique: Technique, a: Party, v: Party, wire: Wire): Link;
  reads(a: Party, v: Party, wire: Wire, technique: Technique, masks: readonly Mask[]): { readonly state: 'yes' | 'no' | 'unknown'; readonly steps: () => readonly Step[] };
}

const NOBODY = answer('shut', 'the host is no attacker', () => []);

/** The channels that carry a technique's frames from a plug. */
function send(technique: Technique, s: Sender, at: Plug, host: Host): Answer {
  const { packet, datagram, icmp6, admin } = s.channels;
  if (at.made === true) return admin;
  if (packet.state === 'open' && packet.unless.length === 0) return packet;
  if (technique === 'ndp-spoof') {
    // A raw IPv6 socket sends nothing by an interface on which IPv6 is off: there is no route there.
    const off = valueOf(host.nets.get(at.net)?.sysctls ?? unknown('not-asked', ''))?.[`net.ipv6.conf.${(at.stack ?? at.iface)?.name ?? ''}.disable_ipv6`] === '1';
    return strongest([packet, ...(off ? [] : [icmp6]), datagram, admin]) ?? packet;
  }
  return strongest([packet, ...(technique === 'arp-spoof' ? [datagram] : []), admin]) ?? packet;
}

export function courtOf(snapshot: Snapshot, plugs?: Plugs, index?: Indexed): Court {
  const host = hostOf(snapshot, index);
  const wires = wiresOf(host, plugs);
  const senders = new Map<string, Sender>();
  const keys = new Map<string, string>();
  const kinds: Kinds = new Map();
  const masked = new Map<string, readonly Mask[]>();
  const puppets = new Map<string, readonly Puppet[]>();
  const court: Court = {
    host,
    wires,
    sender: (w) => {
      let s = senders.get(w.id);
      if (s === undefined) senders.set(w.id, (s = senderOf(w, host, kinds)));
      return s;
    },
    rights: (a) => {
      if (a.workload === null) return { rules: false, plainOnly: false, xdp: false };
      const { channels, xdp } = court.sender(a.workload);
      const { packet, datagram, icmp6, admin } = channels;
      return { rules: admin.state === 'open', plainOnly: admin.state === 'open' && [packet, datagram, icmp6].every((c) => c.state !== 'open'), xdp };
    },
    senderKey: (w) => {
      let key = keys.get(w.id);
      if (key === undefined) {
        const s = court.sender(w);
        const { packet, datagram, icmp6, admin } = s.channels;
        const pid = valueOf(w.namespaces.pid.owner);
        key = JSON.stringify([s.right, s.xdp, [packet, datagram, icmp6, admin].map((c) => [c.state, c.reason, c.unless]), pid === 'own' && !host.held.has(w.id) && !host.strays.has(w.id) && !host.mates.has(w.id) && !host.windows.has(w.id) ? '' : w.id]);
        keys.set(w.id, key);
      }
      return key;
    },
    puppets: (w, wire) => {
      // Who sees no process but its own traces none.
      if (valueOf(w.namespaces.pid.owner) !== 'host' && !host.windows.has(w.id) && !host.mates.has(w.id)) return [];
      const key = `${w.id} ${wire.segment.id}`;
      let list = puppets.get(key);
      if (list === undefined) puppets.set(key, (list = puppetsOf(w, wire, host, court.senderKey)));
      return list;
    },
    masks: (wire) => {
      let m = masked.get(wire.segment.id);
      if (m === undefined) masked.set(wire.segment.id, (m = masksOf(wire)));
      return m;
    },
    link: (technique, a, v, wire) => {
      const first = linkOn(host, technique, a, v, wire, court);
      if (technique === 'table-write' || a.plug.bridge === v.plug.bridge || (first.answer.state === 'open' && first.answer.unless.length === 0)) return first;
      const all = [first, ...otherWays(a.plug, v.plug, host).map((h) => linkOn(h, technique, a, v, wire, court))];
      const best = strongest(all.map((l) => l.answer));
      return all.find((l) => l.answer === best) ?? first;
    },
    pair: (technique, a, v, wire) => {
      if (a.workload === null) return { answer: NOBODY, masks: [] };
      const { workload } = a;
      const others = court.puppets(workload, wire);
      if (technique === 'table-write') {
        const own = tableWrite(workload, v, host);
        const by = own.state === 'open' ? [] : others.flatMap(({ party, may }) => (party.workload === null || party.plug.net !== v.plug.net ? [] : [series([may, tableWrite(party.workload, v, host)])]));
        return { answer: strongest([own, ...by]) ?? own, masks: othersThan(court.masks(wire), a, v) };
      }
      const plugged = a.plug.on !== ELSEWHERE;
      const link = plugged ? court.link(technique, a, v, wire) : null;
      const own: Link | null = link === null ? null : { answer: series([send(technique, court.sender(workload), a.plug, host), link.answer]), masks: link.masks };
      if ((own !== null && own.answer.state === 'open' && own.answer.unless.length === 0) || (!mayRoam(workload, host) && !host.held.has(workload.id) && !host.strays.has(workload.id) && others.length === 0)) return own ?? { answer: NOBODY, masks: [] };
      // From where it can put itself, as whoever sits there.
      const sitting = (seat: Party, may: Answer): Link => {
        const sent = court.link(technique, { id: a.id, workload, plug: seat.plug }, v, wire);
        return { answer: series([may, sent.answer]), masks: sent.masks };
      };
      const from = mayRoam(workload, host) ? seatsOf(workload, v, wire, host).map((seat) => sitting(seat, entersToSend(workload, seat, host))) : [];
      const held = seatsHeld(workload, v, wire, host).map((seat) => sitting(seat, series([heldIn(technique, workload, seat.plug.net, host), frozen(workload)])));
      const away = seatsStrayed(workload, v, wire, host).map((seat) => sitting(seat, series([strayed(technique, workload, seat.plug.net, host), frozen(workload)])));
      const by = others.flatMap(({ party, may }): readonly Link[] => {
        if (party.workload === null || party.plug.net === v.plug.net) return [];
        const sent = court.link(technique, party, v, wire);
        return [{ answer: series([may, send(technique, court.sender(party.workload), party.plug, host), sent.answer]), masks: sent.masks }];
      });
      const all = [...(own === null ? [] : [own]), ...from, ...held, ...away, ...by];
      const best = strongest(all.map((l) => l.answer));
      if (best === undefined) return { answer: NOBODY, masks: [] };
      return { answer: best, masks: [...new Set(all.filter((l) => l.answer.state === best.state).flatMap((l) => l.masks))] };
    },
    reads: (a, v, wire, technique, masks) => {
      if (a.plug.bridge === v.plug.bridge) return reading(a, v, wire, technique, masks, host);
      const all = [host, ...otherWays(a.plug, v.plug, host)].map((h) => reading(a, v, wire, technique, masks, h));
      return all.find((r) => r.state === 'yes') ?? all.find((r) => r.state === 'unknown') ?? (all[0] as (typeof all)[0]);
    },
  };
  return court;
}

/** What decides between two plugs by one of the ways that a frame may take. */
function linkOn(host: Host, technique: Technique, a: Party, v: Party, wire: Wire, court: Court): Link {
  if (technique === 'table-write') return { answer: answer('open', ''), masks: othersThan(court.masks(wire), a, v) };
  const detour = aside(technique, a, v, wire, court);
  const wired = wireBetween(a.plug, v.plug, wire, host, court.rights(a).rules);
  if (wired.state === 'shut') return detour ?? { answer: wired, masks: [] };
  const masks = othersThan(court.masks(wire), a, v);
  const taken = technique === 'mac-steal' ? stealable(v.plug, a.plug, masks, host) : victimTakes(v.plug, masks, technique, host);
  // Where the victim takes nothing, or whom one could be was not read, no frame is there that a filter could stop.
  const guard = taken.masks.length === 0 ? null : guards(technique, a, v, taken.masks, host, court.rights(a));
  const way = wayBetween(a.plug, v.plug, technique, court.rights(a).rules, host);
  const whole = series([wired, way, ...(guard === null ? [] : [guard.answer]), taken.answer]);
  // What parts plain frames may let those through that are for a device which is stacked on the victim's interface.
  const higher = whole.state !== 'shut' || technique === 'mac-steal' || (way.state === 'shut' && way.reason !== 'VLAN filtering') ? undefined : above(v.plug, technique === 'ndp-spoof', host);
  const own: Link = higher === undefined ? { answer: whole, masks: guard?.masks ?? [] } : { answer: onTop(higher), masks };
  if (detour === null || (own.answer.state !== 'shut' && detour.answer.state !== 'open')) return own;
  return own.answer.state === 'open' && own.answer.unless.length <= detour.answer.unless.length ? own : detour;
}

/** Whether a workload sends a technique's frames by what it holds open in a net namespace. */
function heldIn(technique: Technique, w: Workload, net: string, host: Host): Answer {
  const kinds: readonly Sends[] = technique === 'mac-steal' ? ['packet'] : technique === 'arp-spoof' ? ['packet', 'datagram'] : ['packet', 'datagram', 'raw6'];
  return strongest(kinds.map((kind) => sendsOpen(w, net, kind, host))) ?? NOBODY;
}

/** Devices by which a frame leaves this machine, or ends. */
const OUTSIDE = new Set(['physical', 'dummy', 'loopback']);

/**
 * What takes the attacker's frames at its port, before the bridge is asked, and sends them elsewhere: past its flags and
 * rules, or to another bridge. Out at the victim's port is known; anywhere else, and by a program, is not.
 */
function aside(technique: Technique, a: Party, v: Party, wire: Wire, court: Court): Link | null {
  const port = a.plug.port ?? a.plug.entry;
  if (port == null || a.plug.kind === 'self' || a.plug.net === v.plug.net || technique === 'mac-steal' || technique === 'table-write') return null;
  const { host } = court;
  const net = host.nets.get(port.net);
  const filters = filtersOf(net).tc ?? [];
  const sent = sentFrom(net).filter((r) => r.from === port.name || r.from === ANY);
  const program = (valueOf(port.xdp)?.length ?? 0) > 0 || takenByProgram(filters, port.name);
  if (sent.length === 0 && !program) return null;
  const masks = othersThan(court.masks(wire), a, v);
  const taken = victimTakes(v.plug, masks, technique, host);
  if (taken.answer.state === 'shut') return null;
  const to = v.plug.port;
  const out = to !== undefined && to.net === port.net ? to.name : undefined;
  /** By frames that are sent out at the victim's port, for certain or perhaps. */
  const past = (sure: boolean): Link => {
    const seat: Party = { ...a, plug: { ...a.plug, kind: 'self', net: port.net, iface: undefined, port: undefined, bridge: v.plug.bridge, entry: null } };
    const only = (f: Frame): boolean => sends(net, port, f).some((s) => s.to === out && (s.sure || !sure));
    const guard = taken.masks.length === 0 ? null : guards(technique, seat, v, taken.masks, host, { ...court.rights(a), rules: false, xdp: false }, false, only);
    const step: Step = { link: 'way', step: 'a filter sends its frames out at the victim’s port', holds: 'yes', reading: known(`${port.name} to ${out ?? ''}`, 'tc -j filter show, nft -j list ruleset'), why: 'It takes them before the bridge is asked: neither its flags nor its rules count.' };
    return { answer: series([answer('open', '', () => [step]), ...(guard === null ? [] : [guard.answer]), taken.answer]), masks: guard?.masks ?? [] };
  };
  const toVictim = sent.some((r) => r.to === out);
  const certain = toVictim ? past(true) : null;
  if (certain?.answer.state === 'open') return certain;
  // To where nobody of this wire is, or as if it had come in there: what that leads to is not followed.
  const other = [...sent.filter((r) => r.to !== out && !leadsAway(port.net, r.to, v.plug.net, host) && (!r.out || !OUTSIDE.has(host.interfaces.get(`${port.net}/${r.to}`)?.kind ?? ''))), ...(toVictim && past(false).answer.state !== 'shut' ? sent.filter((r) => r.to === out) : [])];
  if (!program && other.length === 0) return null;
  const reason = program ? `a program at ${port.name} takes its frames` : `a filter sends its frames to ${other[0]?.to ?? ''}`;
  return { answer: answer('unknown', reason, () => [{ link: 'way', step: 'a frame reaches the victim', holds: 'unknown', reading: known(reason, program ? 'ip -d link, tc -j filter show' : 'tc -j filter show, nft -j list ruleset'), why: 'It may go past the bridge, its flags and its rules.' }]), masks: taken.masks };
}

function masksOf(wire: Wire): readonly Mask[] {
  const seen = new Map<string, Mask>();
  for (const p of [...wire.members, ...wire.beyond]) {
    seen.set(p.id, { id: p.id, net: p.plug.net, mac: p.plug.mac, ipv4: p.plug.ipv4, ipv6: p.plug.ipv6, read: p.plug.addressesRead });
  }
  const host = wire.hostParties[0];
  const out = [...seen.values()];
  const gateway = `gateway:${wire.segment.id}`;
  const v4 = (ip: string) => !ip.includes(':');
  if (wire.gateways.length > 0) {
    const local = wire.gatewayIsHost && host !== undefined;
    out.push({ id: gateway, net: local ? 'host' : gateway, mac: local ? host.plug.mac : undefined, ipv4: local ? host.plug.ipv4 : wire.gateways.filter(v4), ipv6: local ? host.plug.ipv6 : wire.gateways.filter((g) => !v4(g)), read: !local || host.plug.addressesRead });
  }
  if (host !== undefined && wire.hostHears && !wire.gatewayIsHost) out.push({ id: 'host', net: 'host', mac: host.plug.mac, ipv4: host.plug.ipv4, ipv6: host.plug.ipv6, read: host.plug.addressesRead });
  return out;
}

/** Those who are neither of the two. */
export function othersThan(masks: readonly Mask[], a: Party, v: Party): readonly Mask[] {
  return masks.filter((m) => m.net !== a.plug.net && m.net !== v.plug.net);
}

/** Who are victims on a wire: members, those beyond, the host where it has an address. */
export function victimsOf(wire: Wire): readonly Party[] {
  return [...wire.members, ...wire.beyond, ...(wire.hostHears ? wire.hostParties : [])];
}

/** Who are attackers: members, workloads in the host's net namespace, and those elsewhere that see the host's processes. */
export function attackersOf(wire: Wire): readonly Party[] {
  return [...wire.members, ...wire.hostParties.filter((p) => p.workload !== null), ...wire.makers, ...wire.elsewhere];
}

/** All techniques, or those that say something about this victim. */
export function techniquesFor(all: boolean, a: Party, v: Party, wire: Wire, court: Court): readonly Technique[] {
  const { host } = court;
  if (a.plug.on === ELSEWHERE && a.plug.mode !== HOLDS && (a.workload === null || (!mayRoam(a.workload, host) && court.puppets(a.workload, wire).length === 0))) return ['table-write'];
  if (all) return TECHNIQUES;
  return TECHNIQUES.filter((t) => {
    if (t === 'ndp-spoof') return !v.plug.addressesRead || v.plug.ipv6.length > 0;
    if (t === 'mac-steal') return wire.segment.driver === 'bridge' && a.plug.kind !== 'self';
    if (t === 'table-write') return a.workload !== null && mayEnter(a.workload, v, host);
    return true;
  });
}

/** Cheap: whether entering the victim's namespaces is worth asking about. */
function mayEnter(a: Workload, v: Party, host: Host): boolean {
  if ((a.net !== null && a.net === v.plug.net) || host.strays.get(a.id)?.has(v.plug.net) === true || (v.workload !== null && host.mates.get(a.id)?.includes(v.workload) === true)) return true;
  return host.windows.has(a.id) || valueOf(a.namespaces.pid.owner) !== 'own';
}
