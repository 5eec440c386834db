import { isKnown, known, unknown, valueOf, type Reading } from '../model/reading.js';
import type { NetInterface } from '../model/network.js';
import { answer, series, type Answer } from './answer.js';
import { filtersOf } from './filter/rules.js';
import { roadBetween } from './filter/road.js';
import { tcActs } from './filter/tc.js';
import { INVENTED, localFrames } from './frames.js';
import { isOutward, isUpper, learnsLocal, localUnread, type Hop } from './hop.js';
import type { Host } from './host.js';
import { tryAll } from './trial.js';
import type { Step, Technique } from './types.js';
import { entered, filters, vlansPart } from './vlan.js';
import type { Plug, Wire } from './wire.js';

const step = (link: Step['link'], text: string, holds: Step['holds'], reading: Reading<unknown>, why: string): Step => ({ link, step: text, holds, reading, why });

interface Exit {
  /** The port by which frames leave the bridge; null: they come up to the host, on whom something is stacked. */
  readonly out: NetInterface | null;
  readonly next: NetInterface;
  readonly by: NetInterface | null;
}

const bridgeOf = (port: NetInterface, host: Host): NetInterface | undefined => {
  const master = valueOf(port.master);
  return master === undefined || master === '' ? undefined : host.interfaces.get(`${port.net}/${master}`);
};

/** Ways from one bridge to the next: by a veth, by what is stacked on the bridge or on a veth's far end, and back down from that. */
function exits(at: NetInterface, host: Host): readonly Exit[] {
  const out: Exit[] = [];
  for (const i of host.byNet.get(at.net) ?? []) {
    if (valueOf(i.master) !== at.name) continue;
    const peer = host.interfaces.get(valueOf(i.peer) ?? '');
    if (peer === undefined) continue;
    if (i.kind === 'veth') {
      const next = bridgeOf(peer, host);
      if (next !== undefined) out.push({ out: i, next, by: peer });
      else out.push(...above(peer, i, host));
    } else if (i.kind === 'macvlan' && peer.kind === 'bridge') out.push({ out: i, next: peer, by: null });
    // What goes down by a VLAN device leaves tagged: nobody takes it but who filters VLANs.
    else if (i.kind === 'vlan' && peer.kind === 'bridge' && peer.bridge !== null && valueOf(peer.bridge.vlanFiltering) !== false) out.push({ out: i, next: peer, by: null });
  }
  return [...out, ...above(at, null, host)];
}

function above(lower: NetInterface, out: NetInterface | null, host: Host): readonly Exit[] {
  return host.snapshot.interfaces.flatMap((i): readonly Exit[] => {
    const next = isUpper(i) && valueOf(i.peer) === lower.id ? bridgeOf(i, host) : undefined;
    return next === undefined ? [] : [{ out, next, by: i }];
  });
}

/** The bridges between two plugs; null where the kernel has no way between them. */
export function hopsBetween(a: Plug, v: Plug, host: Host): readonly Hop[] | null {
  const bridge = host.interfaces.get(a.bridge ?? '');
  if (bridge === undefined) return null;
  if (a.bridge === v.bridge) return [{ net: bridge.net, bridge, in: a.entry, out: v.entry }];
  interface Seen { readonly at: NetInterface; readonly hops: readonly Hop[]; readonly enteredBy: NetInterface | null }
  const queue: Seen[] = [{ at: bridge, hops: [], enteredBy: a.entry }];
  const seen = new Set([bridge.id]);
  for (let s = queue.shift(); s !== undefined; s = queue.shift()) {
    for (const { out, next, by } of exits(s.at, host)) {
      if ((out !== null && out.id === s.enteredBy?.id) || seen.has(next.id)) continue;
      seen.add(next.id);
      const hops = [...s.hops, { net: s.at.net, bridge: s.at, in: s.enteredBy, out }];
      if (next.id === v.bridge) return [...hops, { net: next.net, bridge: next, in: by, out: v.entry }];
      queue.push({ at: next, hops, enteredBy: by });
    }
  }
  return null;
}

/** Further ways between two bridges that are joined more than once: the host without one of the ports of the way that is found first. */
export function otherWays(a: Plug, v: Plug, host: Host): readonly Host[] {
  if (a.bridge === null || v.bridge === null || a.bridge === v.bridge) return [];
  return (hopsBetween(a, v, host) ?? []).slice(0, -1).flatMap(({ net, out }) => {
    const less = out === null ? [] : [{ ...host, byNet: new Map(host.byNet).set(net, (host.byNet.get(net) ?? []).filter((i) => i !== out)) }];
    return less.filter((h) => hopsBetween(a, v, h) !== null);
  });
}

/** The port by which frames that come to a bridge leave for what is not read; undefined where none does. */
function wayOut(from: string | null, host: Host): NetInterface | undefined {
  const first = host.interfaces.get(from ?? '');
  const queue = first === undefined ? [] : [first];
  const seen = new Set(queue);
  for (const bridge of queue) {
    for (const i of host.byNet.get(bridge.net) ?? []) if (valueOf(i.master) === bridge.name && isOutward(i)) return i;
    for (const { next } of exits(bridge, host)) {
      if (seen.has(next)) continue;
      seen.add(next);
      queue.push(next);
    }
  }
  return undefined;
}

/** Whether there is a wire between two plugs, before anything on it is asked. */
export function wireBetween(a: Plug, v: Plug, wire: Wire, host: Host, admin = false): Answer {
  const segment = wire.segment;
  if (v.iface !== undefined && valueOf(v.iface.up) === false) return answer('shut', 'its interface is down', () => [step('wire', 'there is a wire', 'no', v.iface?.up ?? known(false, ''), 'The victim’s interface is down.')]);
  if (a.net === v.net) {
    const hairpin = a.port?.port?.hairpin;
    if (a.port !== undefined && hairpin !== undefined && valueOf(hairpin) === true) return answer('open', '', () => [step('wire', 'a frame of one reaches the other', 'yes', hairpin, 'They share one net namespace, and its port sends frames back to where they came from (hairpin).')]);
    if (a.kind === 'word') return answer('unknown', 'whether a frame comes back was not read', () => [step('wire', 'a frame of one reaches the other', 'unknown', unknown('unsupported', 'hairpin'), 'They share one net namespace; whether its port sends frames back was not read.')]);
    return answer('shut', 'one net namespace', () => [step('wire', 'a frame of one reaches the other', 'no', known(a.net, 'namespaces(7)'), 'They share one net namespace, its address and its table: a frame that leaves does not come back in.')]);
  }
  const loose = [a, v].find((p) => p.kind === 'loose')?.port;
  if (loose !== undefined) {
    const moved = valueOf(loose.xdp)?.length !== 0 || tcActs(filtersOf(host.nets.get(loose.net)).tc ?? [], loose.name, 'ingress');
    if (moved) return answer('unknown', `${loose.name} is no port of a bridge, and a program takes its frames`, () => [step('wire', 'there is a wire', 'unknown', loose.xdp, 'A program at its ingress may send its frames anywhere.')]);
    return answer('shut', `${loose.name} is no port of a bridge`, () => [step('wire', 'there is a wire', 'no', loose.master, `${loose.name} is the port of no bridge: its frames come to the host’s stack, which routes, and go no further.`)]);
  }
  if (a.kind === 'word' || v.kind === 'word') {
    if (segment.driver !== 'bridge') {
      return answer('unknown', `${segment.driver} network: its wire was not read`, () => [step('wire', 'there is a wire', 'unknown', unknown('unsupported', `engine: Driver ${segment.driver}`), 'What carries this network lies outside of what was read.')]);
    }
    const said = known(segment.name, 'engine: NetworkSettings.Networks');
    return answer('open', '', () => [step('wire', 'there is a wire', 'yes', said, 'The engine says that both are on this network; the bridge itself was not read.')], ['the bridge’s ports part them (not read)']);
  }
  const routes = [a, v].find((p) => p.kind === 'ipvlan' && p.mode !== 'l2');
  if (routes !== undefined) return answer('shut', `ipvlan ${routes.mode}`, () => [step('wire', 'there is a wire', 'no', known(routes.mode, routes.iface?.mode.source ?? 'engine: Options'), 'It routes; there are no neighbours to fool.')]);
  const onTop = (p: Plug): boolean => p.kind === 'macvlan' || p.kind === 'ipvlan';
  if ((onTop(a) || onTop(v)) && (a.bridge === null || v.bridge === null || a.on === v.on)) {
    const viaBridge = a.bridge !== null && a.bridge === v.bridge && a.kind !== v.kind && (a.kind === 'port' || v.kind === 'port');
    if (!viaBridge) {
      // The engine names the parent; an index may fit a device of another namespace too.
      const device = valueOf(segment.device);
      return stacked(a, v, admin, host.interfaces.get(segment.driver === 'bridge' || device === undefined ? v.on : `host/${device}`), host);
    }
  }
  const hops = hopsBetween(a, v, host);
  const [out, back] = hops === null ? [wayOut(a.bridge, host), wayOut(v.bridge, host)] : [];
  if (out !== undefined && back !== undefined) {
    return answer('unknown', `what joins ${out.name} and ${back.name} was not read`, () => [step('wire', 'there is a wire', 'unknown', known([out.id, back.id], out.master.source), 'Both bridges lead out of what is read (a tunnel, a tap, a network card), and may meet there.')]);
  }
  if (hops === null) return answer('shut', 'no wire between them', () => [step('wire', 'there is a wire', 'no', known([a.on, v.on], 'ip -j -d link'), 'Their bridges are not joined.')]);
  const end = (p: Plug): string => p.entry?.name ?? 'the bridge itself';
  return answer('open', '', () => [
    step('wire', 'there is a wire', 'yes', known(`${end(a)} and ${end(v)} on ${hops.map((h) => h.bridge.name).join(', ')}`, a.port?.master.source ?? a.iface?.index.source ?? 'ip -j -d link'), 'Neighbour messages do not leave their segment; both ends are on it.'),
  ]);
}

/** Whether what goes out at a parent of macvlans comes back in there: a port of a bridge that is set to (hairpin); undefined where what is at its other end was not read. */
function comesBackAt(parent: NetInterface | undefined, host: Host): boolean | undefined {
  if (parent === undefined) return undefined;
  if (parent.kind === 'bridge' || parent.kind === 'dummy') return false;
  const far = parent.kind === 'veth' ? host.interfaces.get(valueOf(parent.peer) ?? '') : undefined;
  const master = far === undefined ? undefined : valueOf(far.master);
  if (far === undefined || master === undefined) return undefined;
  if (master === '' || far.port === null) return master === '' ? false : undefined;
  const { hairpin, isolated, locked: lock, state, unicastFlood } = far.port;
  const back = valueOf(hairpin);
  if (back !== true) return back;
  // An isolated port is parted from itself as well (br_skb_isolated); of what else may stop it no more is asked.
  if (valueOf(isolated) === true) return false;
  const plain = valueOf(isolated) === false && valueOf(lock) !== true && valueOf(state) === 'forwarding' && valueOf(unicastFlood) !== false;
  return plain ? true : undefined;
}

function stacked(a: Plug, v: Plug, admin: boolean, parent: NetInterface | undefined, host: Host): Answer {
  const reading: Reading<unknown> = known(`${a.kind} ${a.mode}, ${v.kind} ${v.mode} on ${v.on}`, a.iface?.mode.source ?? v.iface?.mode.source ?? 'engine: Options');
  const say = (state: 'open' | 'shut' | 'unknown', reason: string, why: string): Answer =>
    answer(state, reason, () => [step('wire', 'there is a wire', state === 'open' ? 'yes' : state === 'shut' ? 'no' : 'unknown', reading, why)]);
  if (parent !== undefined && a.on === v.on && valueOf(parent.up) === false) return say('shut', `${parent.name} is down`, 'What is stacked on a device that is down neither sends nor hears.');
  if (a.on !== v.on) return say('unknown', 'the parents’ wires were not read', 'They are stacked on different devices; what joins these lies outside.');
  if (a.kind !== v.kind) return say('shut', `the kernel parts ${a.kind} from its parent`, 'A device and what is stacked on it do not hear each other.');
  // A flag of its own (private, vepa) is asked for what goes to one alone (ipvlan_xmit_mode_l2).
  if (a.kind === 'ipvlan') return say('open', '', 'ipvlan l2: all have the parent’s MAC, and the kernel hands broadcasts to each. A message with a foreign MAC is believed.');
  if (a.mode === 'bridge' && v.mode === 'bridge') return say('open', '', 'macvlan in bridge mode: the kernel hands frames from one to the other.');
  if (v.mode === 'bridge' && (a.mode === 'private' || a.mode === 'vepa') && admin) return say('open', '', 'It may set its own macvlan to bridge mode (CAP_NET_ADMIN); the kernel then hands frames from one to the other.');
  // No mode but that of both being `bridge` hands frames on; none, private neither, refuses what comes in from outside (macvlan_handle_frame).
  const back = comesBackAt(parent, host);
  const modes = `macvlan ${a.mode === 'bridge' || v.mode === 'private' ? v.mode : a.mode}`;
  if (a.mode === 'source' || v.mode === 'source') return say('unknown', 'macvlan source: its list was not read', 'Which senders it hears is told by a list of its own.');
  if (back === false) return say('shut', modes, 'The kernel hands no frame from one to the other, and none comes back from the parent’s other end.');
  const rules = filtersOf(host.nets.get(parent?.net ?? ''));
  if (back === true && rules.nft !== null && !rules.ethernet) return say('open', '', 'The parent’s other end is a port that sends frames back (hairpin), and what comes back in is taken, in private mode as well.');
  return say('unknown', `${modes}: the switch outside decides`, 'Whether it comes back is for what is at the parent’s other end; what comes back is taken, in private mode as well.');
}

function flag(port: NetInterface, name: 'isolated' | 'learning' | 'locked' | 'neighSuppress' | 'unicastFlood'): Reading<boolean> {
  return port.port === null ? unknown('not-asked', `/sys/class/net/${port.name}/brport`) : port.port[name];
}

/** `mine`: the sender's own interface, where it may set it up again. */
function notForwarding(port: NetInterface, state: string, mine: NetInterface | null): Answer {
  const reading = port.port?.state ?? port.up;
  const say = (to: 'open' | 'shut', holds: Step['holds'], why: string): Answer => answer(to, `${port.name} is ${state}`, () => [step('way', `${port.name} forwards`, holds, reading, why)]);
  if (mine !== null && valueOf(mine.peer) === port.id && valueOf(mine.up) === false) return say('open', 'yes', `It does once its other end, ${mine.name}, is up again, and the sender may set it up (CAP_NET_ADMIN).`);
  const settles = port.port?.settles;
  if ((state === 'listening' || state === 'learning') && (settles === undefined || valueOf(settles) !== false)) {
    return { ...say('open', 'unknown', 'Not yet: it goes on to forward by itself when the bridge’s forward delay is over, within seconds.'), unless: [`${port.name} does not forward yet (it is ${state}, and goes on by itself)`] };
  }
  return say('shut', 'no', 'The port does not forward.');
}

/** Flags of the ports of one bridge: state, isolation, locks. */
function ports(hop: Hop, technique: Technique, macs: { readonly a: string | undefined; readonly v: string | undefined }, mine: NetInterface | null, way: { readonly first: boolean; readonly only: boolean; readonly tells: Tells }, host: Host): Answer {
  const parts: Answer[] = [];
  for (const port of [hop.in, hop.out]) {
    if (port === null) continue;
    if (valueOf(port.up) === false) parts.push(answer('shut', `${port.name} is down`, () => [step('way', `${port.name} forwards`, 'no', port.up, 'It is down.')]));
    const state = port.port === null ? undefined : valueOf(port.port.state);
    if (state !== undefined && state !== 'forwarding') parts.push(notForwarding(port, state, mine));
  }
  if (hop.in !== null && hop.out !== null) {
    const a = flag(hop.in, 'isolated');
    const b = flag(hop.out, 'isolated');
    const both = known(`isolated ${valueOf(a) === true ? 1 : 0} and ${valueOf(b) === true ? 1 : 0}`, isKnown(a) ? a.source : b.source);
    const why = 'Two isolated ports are parted; an isolated one still reaches those that are not, and the host.';
    if (valueOf(a) === true && valueOf(b) === true) parts.push(answer('shut', 'isolated port', () => [step('way', 'no port flag parts them', 'no', both, why)]));
    else if (valueOf(a) === false || valueOf(b) === false) parts.push(answer('open', '', () => [step('way', 'no port flag parts them', 'yes', both, why)]));
    else parts.push(answer('open', '', () => [step('way', 'no port flag parts them', 'unknown', isKnown(a) ? b : a, why)], ['both ports are isolated (not read)']));
  }
  parts.push(...locks(hop, technique, macs.a, macs.v, way, host));
  return series(parts.length === 0 ? [answer('open', '')] : parts);
}

const LOCAL = 'A frame to a link-local group is refused by no lock, and its sender gets an entry there.';

/** A locked port lets only MACs in that have a forwarding entry there, in the VLAN of the frame. `whose`: the attacker’s or the victim’s. `tells`: it is the attacker’s own port. */
function locked(hop: Hop, port: NetInterface, whose: 'attacker' | 'victim', mac: string | undefined, tells: Tells | null, host: Host): Answer {
  const lock = flag(port, 'locked');
  if (valueOf(lock) !== true) return answer('open', '');
  const fdb = host.nets.get(hop.net)?.fdb ?? unknown('not-asked', 'bridge -j fdb');
  const say = (state: 'open' | 'shut', holds: Step['holds'], why: string, unless: readonly string[] = []): Answer =>
    answer(state, `${port.name} is locked`, () => [step('way', `${port.name}, which is locked, lets the ${whose}’s frame in`, holds, isKnown(fdb) ? lock : fdb, why)], unless);
  const entries = valueOf(fdb);
  const taught = tells === null ? null : teaches(hop, port, tells);
  if (taught?.length === 0) return say('open', 'yes', LOCAL);
  if (entries === undefined || (mac === undefined && whose === 'victim')) return say('open', 'unknown', 'Which MACs it lets in was not read.', [`${port.name}, which is locked, has no entry for the ${whose}’s MAC (not read)`]);
  const vids: readonly (number | null)[] | undefined = filters(hop) === true ? entered(port, hop, whose === 'victim') : [null];
  if (entries.some((e) => e.bridge === hop.bridge.name && e.port === port.name && (whose === 'attacker' ? e.mac !== valueOf(port.mac) : e.mac === mac) && e.admits !== false && (vids === undefined || vids.includes(e.vlan)))) return say('open', 'yes', 'A MAC has an entry there, and its frames carry that one.');
  if (taught !== null) return say('open', 'unknown', LOCAL, taught);
  return say('shut', 'no', 'A locked port refuses a MAC that has no entry there.');
}

/** What rules let by of frames to groups that a bridge keeps for itself: with what reservations; null where they drop all. */
type Tells = () => readonly string[] | null;

const tellsBy = (a: Plug, v: Plug, hops: readonly Hop[], mayRaise: boolean, host: Host): Tells => () => {
  const road = roadBetween(a, v, hops.slice(0, 1), 'mac-steal', mayRaise, host);
  const list = [...(a.mac === undefined ? [] : [a.mac]), INVENTED].flatMap((mac) => [...localFrames(mac)]);
  const trial = tryAll(road, list, false);
  return trial.through === null ? null : trial.certain ? [] : [...trial.unclear, ...trial.programs].map((r) => `${r} stops it (could not be told)`);
};

/** Whether a bridge takes a MAC from a port, locked or not, by what is sent to a group that it keeps for itself: with what reservations; null where it does not. */
function teaches(hop: Hop, port: NetInterface, tells: Tells): readonly string[] | null {
  const [local, learning] = [learnsLocal(hop), valueOf(flag(port, 'learning'))];
  if (local === false || learning === false) return null;
  const past = tells();
  if (past === null) return null;
  return [...past.filter((p) => local !== undefined || !p.includes('no_linklocal_learn')), ...(local === undefined ? [localUnread(hop)] : []), ...(learning === undefined ? [`learning is off on ${port.name} (not read)`] : [])];
}

/** What locks do to a technique: a stolen MAC is not one that its port lets in, and it is worth something only if the victim’s own frames are let in. */
function locks(hop: Hop, technique: Technique, a: string | undefined, v: string | undefined, way: { readonly first: boolean; readonly only: boolean; readonly tells: Tells }, host: Host): readonly Answer[] {
  const out = hop.out;
  if (technique !== 'mac-steal') return hop.in === null ? [] : [locked(hop, hop.in, 'attacker', a, way.first ? way.tells : null, host)];
  const lock = hop.in === null ? undefined : flag(hop.in, 'locked');
  const name = hop.in?.name ?? '';
  const taught = hop.in === null || !way.only || lock === undefined || valueOf(lock) !== true ? null : teaches(hop, hop.in, () => []);
  if (lock !== undefined && valueOf(lock) === true && taught === null) return [answer('shut', `${name} is locked`, () => [step('way', `${name}, which is locked, lets the stolen MAC in`, 'no', lock, 'A locked port refuses a MAC that has no entry there.')])];
  const past = lock === undefined || valueOf(lock) !== true || taught === null ? [] : [answer('open', '', () => [step('way', `${name}, which is locked, lets the stolen MAC in`, taught.length === 0 ? 'yes' : 'unknown', lock, LOCAL)], taught)];
  return [...past, ...(out === null ? [] : [locked(hop, out, 'victim', v, null, host)])];
}

/** Whether the bridge learns where a stolen MAC is. */
function learns(hop: Hop): Answer {
  const ageing = hop.bridge.bridge?.ageing;
  if (ageing !== undefined && valueOf(ageing) === 0) return answer('shut', 'the bridge learns nothing', () => [step('way', 'the bridge learns the stolen MAC', 'no', ageing, 'With an ageing time of 0 it learns no MAC from anybody, and floods (br_fdb_update).')]);
  if (hop.in === null) return answer('open', '');
  const learning = flag(hop.in, 'learning');
  const port = hop.in.name;
  if (valueOf(learning) === false) return answer('shut', 'learning is off', () => [step('way', 'the bridge learns the stolen MAC', 'no', learning, `It takes no MAC from ${port}.`)]);
  if (valueOf(learning) === undefined) return answer('open', '', () => [step('way', 'the bridge learns the stolen MAC', 'unknown', learning, 'Whether the port learns was not read.')], [`learning is off on ${port} (not read)`]);
  return answer('open', '', () => [step('way', 'the bridge learns the stolen MAC', 'yes', learning, 'The last sender of a MAC has it.')]);
}

/** Whether what lies between two plugs lets the frames of a technique pass. `mayRaise`: the sender may set its own interface up. */
export function wayBetween(a: Plug, v: Plug, technique: Technique, mayRaise: boolean, host: Host): Answer {
  if (technique === 'ndp-spoof' && a.kind === 'ipvlan' && v.kind === 'ipvlan' && a.on === v.on) {
    const reading = a.iface?.mode ?? known(a.mode, 'engine: Options');
    return answer('unknown', 'ipvlan looks into IPv6', () => [step('way', 'a forged advertisement arrives', 'unknown', reading, 'The kernel hands IPv6 on by the addresses in it. No forged advertisement was ever taken in attacks, and nothing was found that is sure to refuse one.')]);
  }
  if (a.kind === 'word' || v.kind === 'word' || a.bridge === null || (a.on === v.on && a.kind === v.kind && a.kind !== 'port')) return answer('open', '');
  const hops = hopsBetween(a, v, host) ?? [];
  if (a.kind === 'self' && v.kind === 'port') {
    return answer('open', '', () => [step('way', 'no port flag parts them', 'yes', known('host', 'namespaces(7)'), 'From the host’s net namespace a frame goes out at the port itself; no flag of the bridge is asked.')]);
  }
  const parts = hops.map((hop, n) => ports(hop, technique, { a: a.mac, v: v.mac }, mayRaise ? (a.iface ?? null) : null, { first: n === 0, only: hops.length === 1, tells: tellsBy(a, v, hops, mayRaise, host) }, host));
  parts.push(vlansPart(hops, technique));
  if (technique === 'mac-steal') parts.push(...hops.map(learns));
  return series(parts.length === 0 ? [answer('open', '')] : parts);
}
