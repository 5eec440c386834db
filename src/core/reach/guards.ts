import { isKnown, known, valueOf, type Reading } from '../model/reading.js';
import { answer, series, type Answer } from './answer.js';
import type { Host } from './host.js';
import type { Step, Technique } from './types.js';
import type { Mask } from './victim.js';
import { hopsBetween } from './way.js';
import type { Party, Wire } from './wire.js';

const step = (text: string, holds: Step['holds'], reading: Reading<unknown>, why: string): Step => ({ link: 'way', step: text, holds, reading, why });

interface Rules {
  readonly what: string;
  readonly of: Reading<readonly unknown[]>;
}

/** The rules that can stand on the way of a frame from one party to another. */
function rulesOnTheWay(v: Party, host: Host): readonly Rules[] {
  const out: Rules[] = [];
  const outer = host.nets.get('host');
  if (outer !== undefined) out.push({ what: 'an nft rule', of: outer.nft }, { what: 'an ebtables rule', of: outer.ebtables }, { what: 'a tc filter', of: outer.tc });
  const inner = v.plug.net === 'host' ? undefined : host.nets.get(v.plug.net);
  if (inner !== undefined) out.push({ what: 'an nft rule of the victim', of: inner.nft }, { what: 'an arptables rule of the victim', of: inner.arptables }, { what: 'a tc filter of the victim', of: inner.tc });
  return out;
}

/** Families of nft that see Ethernet frames. */
function concerns(rule: unknown): boolean {
  if (typeof rule !== 'object' || rule === null) return true;
  const object = Object.values(rule)[0] as { readonly family?: unknown } | undefined;
  return object?.family === 'bridge' || object?.family === 'netdev' || object?.family === 'arp' || object?.family === undefined;
}

/** Whether a filter on the way stops every forged frame of the technique, and for whose addresses it does not. */
export function guards(technique: Technique, a: Party, v: Party, masks: readonly Mask[], wire: Wire, host: Host): { readonly answer: Answer; readonly masks: readonly Mask[] } {
  void technique;
  void wire;
  void a;
  const all = rulesOnTheWay(v, host);
  const unread = all.filter((rules) => !isKnown(rules.of));
  const parts = all.filter((rules) => isKnown(rules.of)).map((rules): Answer => {
    const list = valueOf(rules.of) ?? [];
    const some = list.filter(concerns);
    if (some.length === 0) return answer('open', '', () => [step('no filter stops the frame', 'yes', known(0, rules.of.source), 'There are no such rules.')]);
    return answer('open', '', () => [step('no filter stops the frame', 'unknown', known(some.length, rules.of.source), 'There are rules; what they stop was not worked out.')], [`${rules.what} stops it`]);
  });
  const first = unread[0];
  if (first !== undefined) {
    const what = [...new Set(unread.map((u) => u.what.replace(/^an? /, '').replace(/ of the victim$/, '')))].join(', ');
    const why = 'unknown' in first.of ? first.of.unknown : '';
    parts.push(answer('open', '', () => unread.map((u) => step('no filter stops the frame', 'unknown', u.of, `Whether ${u.what} drops it was not read.`)), [`a filter stops it (${what}: ${why})`]));
  }
  return { answer: series(parts.length === 0 ? [answer('open', '')] : parts), masks };
}

/** Whether the attacker also sees what the fooled victim sends. */
export function reading(a: Party, v: Party, wire: Wire, technique: Technique, host: Host): { readonly state: 'yes' | 'no' | 'unknown'; readonly steps: () => readonly Step[] } {
  const say = (state: 'yes' | 'no' | 'unknown', text: string, r: Reading<unknown>, why: string) => ({ state, steps: () => [step(text, state === 'no' ? ('no' as const) : state === 'yes' ? ('yes' as const) : ('unknown' as const), r, why)] });
  if (a.plug.net === v.plug.net) return say('yes', 'its traffic passes the attacker', known(a.plug.net, 'namespaces(7)'), 'They share the interface.');
  if (wire.segment.driver !== 'bridge') return say(a.plug.kind === 'macvlan' ? 'yes' : 'unknown', 'its traffic goes to the attacker', known(wire.segment.driver, 'engine: Driver'), 'What is sent to its MAC arrives there.');
  const icc = valueOf(wire.segment.icc);
  if (icc === false && v.plug.net !== 'host' && a.plug.net !== 'host') {
    const bridge = (hopsBetween(a.plug, v.plug, host) ?? [])[0]?.bridge;
    const call = bridge?.bridge?.nfCallIptables;
    const global = valueOf(host.nets.get('host')?.sysctls ?? known<Readonly<Record<string, string>>>({}, ''))?.['net.bridge.bridge-nf-call-iptables'];
    const on = (call === undefined ? undefined : valueOf(call)) === true || global === '1';
    const off = call !== undefined && isKnown(call) && !call.value && global !== undefined && global !== '1';
    if (on) return say('no', 'its traffic goes to the attacker', wire.segment.icc, 'icc=false drops IP between ports of this bridge; the forged frame itself is no IP and passes.');
    if (!off) return say('unknown', 'its traffic goes to the attacker', wire.segment.icc, 'icc=false drops IP between ports only where br_netfilter hands bridged frames to iptables, which was not read.');
  }
  void technique;
  return say('yes', 'its traffic goes to the attacker', wire.segment.icc, v.plug.net === 'host' ? 'What the host sends itself passes no rule between ports.' : 'Nothing between the two ports drops IP.');
}
