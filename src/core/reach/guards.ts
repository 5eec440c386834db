import { isKnown, known, unknown, valueOf, type Reading } from '../model/reading.js';
import { answer, type Answer } from './answer.js';
import { ANY, sentFrom } from './filter/redirect.js';
import { roadBetween, type Road } from './filter/road.js';
import { filtersOf } from './filter/rules.js';
import { standing } from './filter/bounds.js';
import { amongEnds } from './filter/ends.js';
import type { NetNamespace } from '../model/network.js';
import { arpFrames, localFrames, ndFrames, stealFrames, type End, type Frame, type NdWays, type Tag } from './frames.js';
import { arrivesAt, lockedOut, lostOnItsWay } from './arrives.js';
import { learnsLocal, type Hop } from './hop.js';
import type { Host } from './host.js';
import { tryAll, type Trial } from './trial.js';
import { NO_XDP } from './seccomp.js';
import type { Step, Technique } from './types.js';
import type { Mask } from './victim.js';
import { comesBack, shapeOf } from './vlan.js';
import { hopsBetween } from './way.js';
import type { Party, Plug, Wire } from './wire.js';

const step = (text: string, holds: Step['holds'], reading: Reading<unknown>, why: string): Step => ({ link: 'way', step: text, holds, reading, why });

const first = (list: readonly string[], fallback: string): string => list.find((ip) => !ip.startsWith('fe80:')) ?? list[0] ?? fallback;

function end(p: { readonly mac: string | undefined; readonly ipv4: readonly string[]; readonly ipv6: readonly string[] }, six: boolean): End {
  return { mac: p.mac ?? '', ip: six ? first(p.ipv6, '::') : first(p.ipv4, '0.0.0.0') };
}

/** More addresses of one interface than this tell nothing new. */
const MOST_ADDRESSES = 4;

/** The same with each of its addresses, the first that is not link-local first. */
function ends(p: Parameters<typeof end>[0], six: boolean): readonly End[] {
  const main = end(p, six);
  const others = (six ? p.ipv6 : p.ipv4).filter((ip) => ip !== main.ip).slice(0, MOST_ADDRESSES - 1);
  return [main, ...others.map((ip) => ({ mac: main.mac, ip }))];
}

function* frames(technique: Technique, a: Plug, v: Plug, x: Mask, router: boolean, tags: readonly (readonly Tag[])[], local: boolean, hops: readonly Hop[]): Generator<Frame> {
  if (technique === 'mac-steal') {
    // To the bridge itself, and to its port: rules ask whether a frame is for the host.
    const to = [hops[0]?.bridge, hops[0]?.in].flatMap((i) => (i == null ? undefined : valueOf(i.mac)) ?? []);
    yield* stealFrames(end(a, false), end(x, false), tags, to);
    if (local) yield* localFrames(end(x, false).mac, tags);
  }
  else if (technique === 'arp-spoof') for (const claimed of ends(x, false)) yield* arpFrames(end(a, false), end(v, false), claimed, tags);
  else {
    const asked = ends(v, true);
    for (const [n, at] of asked.entries()) {
      const ways: NdWays = { own: a.ipv6[0] ?? null, router, tags, few: n > 0 };
      for (const claimed of ends(x, true)) yield* ndFrames(end(a, true), at, claimed, ways);
    }
  }
}

function* fitting(list: Iterable<Frame>, fits: (f: Frame) => boolean): Generator<Frame> {
  for (const f of list) if (fits(f)) yield f;
}

/** Frames that say something else than what is so: with a MAC that all share, one's own is no news. */
function* forged(x: Mask, list: Iterable<Frame>): Generator<Frame> {
  for (const f of list) if ((f.body.kind === 'arp' ? f.body.senderMac : f.body.kind === 'nd' ? f.body.mac : '') !== x.mac) yield f;
}

/** What the attacker can do besides sending: take away rules in its own namespace; send nothing but what its kernel makes. */
export interface Rights {
  readonly rules: boolean;
  readonly plainOnly: boolean;
  /** Frames by AF_XDP go past the hooks on the way out. */
  readonly xdp: boolean;
}

/** Frames that a kernel makes by itself for an address or a MAC that was taken. */
function ordinary(f: Frame): boolean {
  return f.tags.length === 0 && f.chosen === undefined && (f.body.kind !== 'arp' || (f.body.hardware === 1 && f.source === f.body.senderMac)) && (f.body.kind !== 'nd' || f.body.extension === null);
}

/** Whether a victim forwards IPv6: taken for yes where that was not read, since it opens a door. */
function forwards(v: Plug, host: Host): boolean {
  const sysctls = valueOf(host.nets.get(v.net)?.sysctls ?? unknown('not-asked', ''));
  return sysctls?.[`net.ipv6.conf.${(v.stack ?? v.iface)?.name ?? ''}.forwarding`] !== '0';
}

export interface Guarded {
  readonly answer: Answer;
  readonly masks: readonly Mask[];
  readonly trials: readonly Trial[];
}

/** Whether a filter on the way stops every forged frame of the technique (`only`: of those that fit), and for whose addresses none does. */
export function guards(technique: Technique, a: Party, v: Party, masks: readonly Mask[], host: Host, rights: Rights, all = false, only?: (f: Frame) => boolean): Guarded {
  const guard = onTheWay(technique, a, v, masks, host, rights, all, only);
  if (technique !== 'mac-steal' || guard.masks.length === 0 || guard.answer.state === 'shut') return guard;
  // Whoever has a MAC and hears nothing is nobody.
  const lost = new Map(guard.masks.map((m) => [m, m.mac === undefined ? null : lostOnItsWay(a.plug, v.plug, m.mac, host)]));
  const kept = guard.masks.filter((m) => lost.get(m) === null);
  if (kept.length > 0) return { ...guard, masks: kept };
  const by = lost.get(guard.masks[0] as Mask) ?? '';
  return { ...guard, masks: [], answer: answer('shut', by, () => [step('what is sent to the stolen MAC comes to the attacker', 'no', known(by, 'rules on the way back'), 'The bridge takes the MAC to be there, and a rule drops all that it sends there.')]) };
}

function onTheWay(technique: Technique, a: Party, v: Party, masks: readonly Mask[], host: Host, rights: Rights, all: boolean, only?: (f: Frame) => boolean): Guarded {
  const direct = a.plug.kind === v.plug.kind && a.plug.kind !== 'port' && a.plug.on === v.plug.on;
  const hops = a.plug.bridge === null || direct ? [] : (hopsBetween(a.plug, v.plug, host) ?? []);
  const whole = roadBetween(a.plug, v.plug, hops, technique, rights.rules, host);
  const road: Road = rights.xdp ? { ...whole, stages: whole.stages.filter((s) => !s.leaving) } : whole;
  const unreadSteps = () => road.unread.map((u) => step('no filter stops the frame', 'unknown', u.reading, `Whether ${u.what} drop it was not read.`));
  const reasons = [...new Set(road.unread.map((u) => (isKnown(u.reading) ? '' : u.reading.unknown)))].join(', ');
  const shape = shapeOf(hops, technique);
  const { tags } = shape;
  const router = technique === 'ndp-spoof' && forwards(v.plug, host);
  // It goes no further than the first bridge: there the victim has to be.
  const local = hops.length === 1 && hops[0] !== undefined && hops[0].in !== null && learnsLocal(hops[0]) !== false;
  const conditions = [shape.fits, only ?? null, technique === 'mac-steal' ? lockedOut(hops) : null].filter((c) => c !== null);
  const fits = (f: Frame): boolean => conditions.every((c) => c(f));
  const arrives = arrivesAt(technique, a.plug, v.plug, masks, hops, fits);
  const made = (m: Mask): Iterable<Frame> => {
    const list = frames(technique, a.plug, v.plug, m, router, tags, local, hops);
    const fit = technique === 'mac-steal' ? list : forged(m, list);
    return conditions.length === 0 ? fit : fitting(fit, fits);
  };
  const first_ = masks[0];
  const past = whole.stages.length > road.stages.length && first_ !== undefined && tryAll(whole, made(first_), false, arrives).through === null;
  // An ipvlan has its parent's MAC and an address is held once: rights over the interface alone forge nothing.
  const stuck = rights.plainOnly && a.plug.kind === 'ipvlan';
  const unread = [...(stuck ? ['it has no means to send a frame with a foreign MAC (CAP_NET_ADMIN alone sets none on an ipvlan)'] : []), ...(past ? [NO_XDP] : []), ...(road.unread.length === 0 ? [] : [`a filter stops it (${road.unread.map((u) => u.what).join(', ')}: ${reasons})`])];
  if (road.stages.length === 0 && (only === undefined || masks.some((m) => !made(m)[Symbol.iterator]().next().done))) {
    const none = () => (road.unread.length > 0 ? unreadSteps() : [step('no filter stops the frame', 'yes', known('0 rules', host.nets.get('host')?.nft.source ?? 'nft -j list ruleset'), 'No rule stands where the frame passes.')]);
    return { answer: answer('open', '', none, unread), masks, trials: [] };
  }
  // Of masks that no rule tells apart one is tried.
  const nets = [...new Set(['host', a.plug.net, v.plug.net, ...hops.map((h) => h.net)])].flatMap((key) => host.nets.get(key) ?? []);
  const results = new Map<string, Trial>();
  const left: Mask[] = [];
  const open: Trial[] = [];
  const maybe: Trial[] = [];
  for (const m of masks) {
    const key = `${m.mac === undefined ? '?' : m.mac === a.plug.mac ? '=' : ''}${m.ipv4.length},${m.ipv6.map((ip) => ip.startsWith('fe80:')).join()},${standing(m, nets)}`;
    let trial = results.get(key);
    if (trial === undefined) results.set(key, (trial = tryAll(road, made(m), all, arrives)));
    if (trial.through === null) continue;
    left.push(m);
    (trial.certain ? open : maybe).push(trial);
  }
  const trials = [...results.values()];
  const drops = [...new Map(trials.flatMap((t) => [...t.dropped])).entries()];
  const where = road.stages.map((s) => s.where).join(', ');
  const disguised = rights.plainOnly && open.length > 0 && open.every((t) => t.through !== null && !ordinary(t.through));
  if (open.length > 0) {
    const through = open[0]?.through?.name ?? '';
    const text = drops.length === 0 ? `${through} passes` : `${through} passes; ${drops.map(([rule, name]) => `${rule} drops the ${name}`).slice(0, 3).join('; ')}`;
    return { answer: answer('open', '', () => [step('no filter stops the frame', 'yes', known(text, where), 'A rule counts only if it stops every frame that does the same.'), ...unreadSteps()], disguised ? [`it has no means to send an ${through} (CAP_NET_ADMIN alone takes a VLAN device or tc for that)`, ...unread] : unread), masks: left, trials };
  }
  const programs = [...new Set(maybe.flatMap((t) => t.programs))];
  if (programs.length > 0 && maybe.every((t) => t.programs.length > 0)) {
    return { answer: answer('unknown', programs[0] ?? '', () => [step('no filter stops the frame', 'unknown', known(programs, where), 'A BPF program decides, and what it does cannot be read from it.')]), masks: left, trials };
  }
  if (maybe.length > 0) {
    const rules = [...new Set(maybe.flatMap((t) => [...t.unclear, ...t.programs]))];
    return { answer: answer('open', '', () => [step('no filter stops the frame', 'unknown', known(rules, where), 'What these rules do with it could not be told.'), ...unreadSteps()], [...rules.slice(0, 3).map((r) => (r.endsWith('not read)') ? r : `${r} stops it (could not be told)`)), ...unread]), masks: left, trials };
  }
  const by = drops[0]?.[0] ?? where;
  return { answer: answer('shut', by, () => [step('no filter stops the frame', 'no', known(drops.map(([rule]) => rule).slice(0, 5), where), 'Every frame of this technique is dropped on its way.')]), masks: [], trials };
}

/** Addresses outside, which a victim reaches by its gateway (RFC 5737, RFC 3849). */
const OUTSIDE = ['192.0.2.189', '2001:db8::bd'] as const;
/** To more of those who are told apart by rules no packets are sent. */
const MOST_TRIED = 24;

/** Where a victim's packets go that the attacker gets for being these: to them, and to the outside for being the gateway; of those whom no rule tells apart to one. */
function destinations(masks: readonly Mask[], six: boolean, nets: readonly NetNamespace[]): readonly string[] {
  const seen = new Set<string>();
  const out = new Set<string>();
  for (const m of masks) {
    if (m.id.startsWith('gateway:')) out.add(six ? OUTSIDE[1] : OUTSIDE[0]);
    const ip = first(six ? m.ipv6 : m.ipv4, '');
    const key = `${standing(m, nets)} ${nets.map((net) => amongEnds([ip], net) ?? m.id).join()}`;
    if (ip === '' || seen.has(key)) continue;
    seen.add(key);
    out.add(ip);
  }
  return out.size === 0 ? [six ? OUTSIDE[1] : OUTSIDE[0]] : [...out];
}

interface Carried {
  readonly by: readonly string[];
  /** Of those whom the attacker can be: to one of them all packets arrive, to each none, or neither is sure. */
  readonly arrives: 'to one' | 'to none' | 'unclear';
}

/** Rules that drop the victim's packets on their way to the attacker; null where none does. */
function carried(a: Plug, v: Plug, masks: readonly Mask[], six: boolean, host: Host): Carried | null {
  const back = hopsBetween(v, a, host);
  if (back === null || v.mac === undefined || a.mac === undefined) return null;
  const road = roadBetween(v, a, back, 'traffic', false, host);
  if (road.stages.length === 0) return null;
  const nets = [...new Set(['host', a.net, v.net, ...back.map((h) => h.net)])].flatMap((key) => host.nets.get(key) ?? []);
  const from = first(six ? v.ipv6 : v.ipv4, six ? '::' : '0.0.0.0');
  const frame = (destination: string, protocol: number): Frame => ({ source: v.mac ?? '', destination: a.mac ?? '', tags: [], body: { kind: 'ip', source: from, destination, protocol }, name: 'packet' });
  const all = destinations(masks, six, nets);
  const by = new Set<string>();
  let none = all.length <= MOST_TRIED;
  for (const to of all.slice(0, MOST_TRIED)) {
    const trials = [6, 17, six ? 58 : 1].map((protocol) => tryAll(road, [frame(to, protocol)], false));
    const met = trials.flatMap((t) => [...t.dropped.keys(), ...t.unclear, ...t.programs]);
    if (met.length === 0) return by.size === 0 ? null : { by: [...by], arrives: 'to one' };
    for (const rule of met) by.add(rule);
    none &&= trials.every((t) => t.through === null);
  }
  return { by: [...by], arrives: none ? 'to none' : 'unclear' };
}

/** Whether a rule of iptables that drops what goes from a bridge to itself is among those of its namespace; undefined where they were not read. */
function dropsBetween(bridge: string, six: boolean, net: NetNamespace | undefined): boolean | undefined {
  const ruleset = filtersOf(net).nft;
  if (ruleset === null) return undefined;
  const families = six ? ['ip6', 'inet'] : ['ip', 'inet'];
  const names = (text: string, key: string): boolean => text.includes(`{"meta":{"key":"${key}"}},"right":"${bridge}"`);
  return [...ruleset.chains.values()].some((c) => families.includes(c.family) && c.rules.some((r) => {
    const text = JSON.stringify(r.expr);
    return text.includes('{"drop":null}') && names(text, 'iifname') && names(text, 'oifname');
  }));
}

/** Whether the attacker also sees what the fooled victim sends to those whom it can be. */
export function reading(a: Party, v: Party, wire: Wire, technique: Technique, masks: readonly Mask[], host: Host): { readonly state: 'yes' | 'no' | 'unknown'; readonly steps: () => readonly Step[] } {
  const say = (state: 'yes' | 'no' | 'unknown', text: string, r: Reading<unknown>, why: string) => ({ state, steps: () => [step(text, state, r, why)] });
  if (technique === 'table-write') return say('unknown', 'its traffic goes to the attacker', known(technique, 'ip neigh'), 'Who writes the table sends the traffic where it likes; whether that is on this wire is another question.');
  if (a.plug.net === v.plug.net) return say('yes', 'its traffic passes the attacker', known(a.plug.net, 'namespaces(7)'), 'They share the interface.');
  if (a.plug.kind === 'ipvlan' && a.plug.bridge === null) return say('no', 'its traffic goes to the attacker', known(a.plug.mode, 'ip -j -d link'), 'What is for a foreign MAC leaves by the parent, past all that is stacked on it.');
  if (wire.segment.driver !== 'bridge' && (v.plug.kind !== 'port' || a.plug.kind !== 'macvlan')) {
    const handed = a.plug.kind === 'macvlan' && a.plug.mode === 'bridge' && v.plug.mode === 'bridge';
    return say(handed ? 'yes' : 'unknown', 'its traffic goes to the attacker', known(`${wire.segment.driver} ${v.plug.mode}`, v.plug.iface?.mode.source ?? 'engine: Driver'), handed ? 'The kernel hands what is sent to its MAC from one to the other.' : 'What is sent to its MAC goes by the parent’s other end, and what is done to it there was not asked.');
  }
  const six = technique === 'ndp-spoof';
  const icc = valueOf(wire.segment.icc);
  if (icc === false && v.plug.net !== 'host' && a.plug.net !== 'host') {
    const bridge = (hopsBetween(a.plug, v.plug, host) ?? [])[0]?.bridge;
    const call = bridge?.bridge?.nfCallIptables;
    const global = valueOf(host.nets.get('host')?.sysctls ?? known<Readonly<Record<string, string>>>({}, ''))?.['net.bridge.bridge-nf-call-iptables'];
    const on = (call === undefined ? undefined : valueOf(call)) === true || global === '1';
    const off = call !== undefined && isKnown(call) && !call.value && global !== undefined && global !== '1';
    const listed = bridge === undefined ? undefined : dropsBetween(bridge.name, six, host.nets.get(bridge.net));
    // Where its rule is listed, what stands before it counts as well. The engine makes none for IPv6 unless it is told to.
    if (on && listed !== true && !(six && listed === false)) return say('no', 'its traffic goes to the attacker', wire.segment.icc, 'icc=false drops IP between ports of this bridge; the forged frame itself is no IP and passes.');
    if (!on && !off) return say('unknown', 'its traffic goes to the attacker', wire.segment.icc, 'icc=false drops IP between ports only where br_netfilter hands bridged frames to iptables, which was not read.');
  }
  const back = comesBack(hopsBetween(a.plug, v.plug, host) ?? []);
  if (back !== null && valueOf(back) === false) return say('no', 'its traffic goes to the attacker', back, 'What the victim sends is in a VLAN that the attacker’s port is not in.');
  if (a.plug.bridge !== null && v.plug.bridge !== null && hopsBetween(v.plug, a.plug, host) === null) {
    if (hopsBetween(a.plug, v.plug, host) === null) return say('unknown', 'its traffic goes to the attacker', known([v.plug.on, a.plug.on], 'ip -j -d link'), 'What joins their bridges lies outside of what was read.');
    return say('no', 'its traffic goes to the attacker', known([v.plug.on, a.plug.on], 'ip -j -d link'), 'Frames come from the attacker to the victim, and none goes back the same way.');
  }
  const [mine, its] = [a.plug.port?.port?.isolated, v.plug.port?.port?.isolated];
  if (a.plug.bridge === v.plug.bridge && mine !== undefined && its !== undefined && valueOf(mine) === true && valueOf(its) === true) {
    // The forged frame came round it; so may the traffic, where something sends the victim's frames elsewhere.
    const round = sentFrom(host.nets.get(v.plug.port?.net ?? '')).some((r) => r.from === v.plug.port?.name || r.from === ANY);
    return say(round ? 'unknown' : 'no', 'its traffic goes to the attacker', mine, 'Both ports are isolated: what the victim sends does not come from its port to the attacker’s, whatever way the forged frame took.');
  }
  const flood = a.plug.port?.port == null ? undefined : valueOf(a.plug.port.port.learning);
  const unicast = a.plug.port?.port == null ? undefined : valueOf(a.plug.port.port.unicastFlood);
  if (flood === false && unicast === false) return say('no', 'its traffic goes to the attacker', a.plug.port?.port?.unicastFlood ?? wire.segment.icc, 'Its port neither learns nor floods: what is sent to its MAC does not arrive.');
  const met = carried(a.plug, v.plug, masks, six, host);
  const WHY = { 'to none': ['no', 'A rule drops the victim’s packets on their way to the attacker’s port.'], unclear: ['unknown', 'Rules drop some of the victim’s packets on their way to the attacker’s port, or may.'], 'to one': ['yes', 'Rules drop some of the victim’s packets, and what it sends to one whom the attacker can be arrives.'] } as const;
  if (met !== null) return say(WHY[met.arrives][0], 'its traffic goes to the attacker', known(met.by.slice(0, 5), 'rules on the way back'), WHY[met.arrives][1]);
  return say('yes', 'its traffic goes to the attacker', wire.segment.icc, v.plug.net === 'host' ? 'What the host sends itself passes no rule between ports.' : 'Nothing between the two ports drops IP.');
}
