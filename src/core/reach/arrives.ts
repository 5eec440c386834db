import { valueOf } from '../model/reading.js';
import { roadBetween } from './filter/road.js';
import { filtersOf } from './filter/rules.js';
import type { Frame } from './frames.js';
import { keptAt, type Hop } from './hop.js';
import type { Host } from './host.js';
import { tryAll, type Arrives } from './trial.js';
import type { Technique } from './types.js';
import type { Mask } from './victim.js';
import { hopsBetween } from './way.js';
import type { Plug } from './wire.js';

const isGroup = (mac: string): boolean => (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1;

/** Whether a frame does what it is for when rules are done with it: it comes to the victim, says of somebody else's address what is not so, or has the stolen MAC still. */
export function arrivesAt(technique: Technique, a: Plug, v: Plug, masks: readonly Mask[], hops: readonly Hop[], fits: (f: Frame) => boolean): Arrives {
  // Whose MAC a message names has to be one that the sender hears.
  const others = new Set([v.mac, ...masks.map((m) => m.mac)].filter((mac) => mac !== undefined && mac !== a.mac));
  const here = new Set([v.mac, ...(v.kind === 'self' ? hops.map((h) => valueOf(h.bridge.mac)) : [])]);
  return (now, sent) => {
    if (!fits(sent)) return false;
    if (technique === 'mac-steal') return now.source === sent.source;
    if (now.destination !== sent.destination && !isGroup(now.destination) && !here.has(now.destination)) return false;
    const [b, before] = [now.body, sent.body];
    if (b.kind === 'arp' && before.kind === 'arp' && b.senderIp !== before.senderIp) return false;
    return (b.kind !== 'arp' && b.kind !== 'nd') || !others.has(b.kind === 'arp' ? b.senderMac : b.mac);
  };
}

/** A locked port refuses every frame but one that its bridge keeps for itself: that one alone makes it learn a MAC. */
export function lockedOut(hops: readonly Hop[]): ((f: Frame) => boolean) | null {
  const hop = hops[0];
  const lock = hop?.in?.port?.locked;
  return hop === undefined || lock === undefined || valueOf(lock) !== true ? null : (f) => keptAt(hop, f) !== null;
}

/** What a victim may send to a MAC: anything first, since rules that part IP let it by. */
function* sentTo(mac: string, v: Plug): Generator<Frame> {
  const base = { source: v.mac ?? '', destination: mac, tags: [], name: 'packet' };
  const [four = '0.0.0.0', six = 'fe80::bd'] = [v.ipv4[0], v.ipv6[0]];
  yield { ...base, body: { kind: 'other' } };
  for (const operation of [1, 2] as const) yield { ...base, body: { kind: 'arp', hardware: 1, operation, senderMac: v.mac ?? '', senderIp: four, targetMac: mac, targetIp: '192.0.2.189' } };
  for (const protocol of [6, 17, 1]) yield { ...base, body: { kind: 'ip', source: four, destination: '192.0.2.189', protocol } };
  for (const protocol of [6, 17, 58]) yield { ...base, body: { kind: 'ip', source: six, destination: 'fe80::bd', protocol } };
}

/** The rule by which nothing that a victim sends to a stolen MAC comes to the attacker; null where something does, or may. */
export function lostOnItsWay(a: Plug, v: Plug, mac: string, host: Host): string | null {
  const back = hopsBetween(v, a, host);
  // Rules of IP alone let other frames by.
  if (back === null || ![v.net, ...back.map((h) => h.net)].some((net) => filtersOf(host.nets.get(net)).ethernet)) return null;
  const road = roadBetween(v, a, back, 'traffic', false, host);
  if (road.stages.length === 0) return null;
  let by: string | null = null;
  for (const f of sentTo(mac, v)) {
    const trial = tryAll(road, [f], false);
    if (trial.through !== null) return null;
    by ??= [...trial.dropped.keys()][0] ?? null;
  }
  return by;
}
