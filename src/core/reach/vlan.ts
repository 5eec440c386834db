import { isKnown, known, unknown, valueOf, type Reading } from '../model/reading.js';
import type { BridgePort, NetInterface } from '../model/network.js';
import { answer, series, type Answer } from './answer.js';
import type { Frame, Tag } from './frames.js';
import { isUpper, type Hop } from './hop.js';
import type { Step, Technique } from './types.js';

const step = (text: string, holds: Step['holds'], reading: Reading<unknown>, why: string): (() => readonly Step[]) => () => [{ link: 'way', step: text, holds, reading, why }];

type Vlans = BridgePort['vlans'];
const SOURCE = 'bridge -j vlan show';

/** The VLANs of one end: a port's, or the bridge's own where a frame comes from or goes to the host itself. */
function vlansOf(port: NetInterface | null, hop: Hop): Vlans {
  if (port !== null) return port.port?.vlans ?? unknown('not-asked', SOURCE);
  return hop.bridge.bridge?.vlans ?? unknown('not-asked', SOURCE);
}

/** Whether a bridge filters VLANs; undefined where that was not read. */
export const filters = (hop: Hop): boolean | undefined => (hop.bridge.bridge === null ? undefined : valueOf(hop.bridge.bridge.vlanFiltering));

/** VLANs in which a frame comes in at an end: all that its port is in, since a sender may tag; of one who does not (`plain`), its port's own. */
export const entered = (end: NetInterface | null, hop: Hop, plain = false): readonly number[] | undefined => valueOf(vlansOf(end, hop))?.filter((v) => (!plain || v.pvid) && forwardsIn(v)).map((v) => v.vid);

/** Whether a port forwards in a VLAN; one that learns takes the sender's MAC there, and forwards nothing (br_vlan_state_allowed). */
const forwardsIn = (v: { readonly state?: string | undefined }, learn = false): boolean => v.state === undefined || v.state === 'forwarding' || (learn && v.state === 'learning');

/** The id of a VLAN device, where an end is one: what goes out there is tagged with it, and what comes in there was. */
const deviceId = (end: NetInterface | null): number | null => (end?.kind === 'vlan' ? Number(valueOf(end.mode)) : null);

const tag = (id: number): Tag => ({ protocol: 0x8100, id });

/** What the tags of a frame are where it has come in by a VLAN device; null where the device is another VLAN's. */
export function pulled(hop: Hop, tags: readonly Tag[]): readonly Tag[] | null {
  const id = deviceId(hop.in);
  if (id === null) return tags;
  return tags[0]?.protocol === 0x8100 && tags[0].id === id ? tags.slice(1) : null;
}

/** What they are where it leaves by one. */
export function pushed(hop: Hop, tags: readonly Tag[]): readonly Tag[] {
  const id = deviceId(hop.out);
  return id === null ? tags : [tag(id), ...tags];
}

/** In which VLAN a frame comes into a bridge that filters: its tag's, or that of its port where it has none, or one of VLAN 0 (br_allowed_ingress). `vid: null`: the port's VLANs were not read. */
function entersIn(hop: Hop, tags: readonly Tag[], learn: boolean): { readonly vid: number | null; readonly rest: readonly Tag[] } | null {
  const first = tags[0]?.protocol === 0x8100 ? tags[0] : undefined;
  const rest = first === undefined ? tags : tags.slice(1);
  const list = valueOf(vlansOf(hop.in, hop));
  if (list === undefined) return { vid: null, rest };
  const mine = list.find((v) => (first === undefined || first.id === 0 ? v.pvid : v.vid === first.id));
  return mine === undefined || !forwardsIn(mine, learn) ? null : { vid: mine.vid, rest };
}

/** The tags with which it leaves, in that VLAN; null where its port is not in it. */
function leavesIn(hop: Hop, vid: number | null, rest: readonly Tag[]): readonly Tag[] | null {
  const list = valueOf(vlansOf(hop.out, hop));
  if (vid === null || list === undefined) return rest;
  const theirs = list.find((v) => v.vid === vid);
  if (theirs === undefined || !forwardsIn(theirs)) return null;
  return theirs.untagged ? rest : [tag(vid), ...rest];
}

/** The tags of a frame behind a bridge's look at them; null where it goes no further. */
export function crossed(hop: Hop, tags: readonly Tag[]): readonly Tag[] | null {
  if (filters(hop) !== true) return tags;
  const inside = entersIn(hop, tags, false);
  return inside === null ? null : leavesIn(hop, inside.vid, inside.rest);
}

interface Walked {
  /** The VLAN in each bridge that filters. */
  readonly vids: readonly (number | null)[];
  /** Its tags at the end; null where the last bridge lets it not out. */
  readonly tags: readonly Tag[] | null;
}

/** A frame's way over some bridges; null where it does not come into the last. */
function walk(hops: readonly Hop[], tags: readonly Tag[], learn = false): Walked | null {
  const vids: (number | null)[] = [];
  let now: readonly Tag[] | null = tags;
  for (const [n, hop] of hops.entries()) {
    now = now === null ? null : pulled(hop, now);
    if (now === null) return null;
    if (filters(hop) === true) {
      const inside = entersIn(hop, now, learn && n === hops.length - 1);
      if (inside === null) return null;
      vids.push(inside.vid);
      now = leavesIn(hop, inside.vid, inside.rest);
    }
    if (now !== null) now = pushed(hop, now);
  }
  return { vids, tags: now };
}

const turned = (hops: readonly Hop[]): readonly Hop[] => hops.map((h) => ({ ...h, in: h.out, out: h.in })).reverse();
const plain = (tags: readonly Tag[]): boolean => tags.every((t) => t.id === 0);

/** Whether tags matter on a way at all. */
const decide = (hops: readonly Hop[]): boolean => hops.some((h) => filters(h) === true || deviceId(h.in) !== null || deviceId(h.out) !== null);

/**
 * Whether a frame in some tags does what a technique needs. A forged message has to come to the victim without a VLAN. A stolen
 * MAC is learned by VLAN: in each bridge it counts in the one that the victim's own frames are in there.
 */
function serves(hops: readonly Hop[], technique: Technique): (tags: readonly Tag[]) => boolean {
  if (technique !== 'mac-steal') {
    return (tags) => {
      const out = walk(hops, tags)?.tags;
      return out != null && plain(out);
    };
  }
  const back = walk(turned(hops), []);
  const theirs = back === null ? null : [...back.vids].reverse();
  return (tags) => {
    const mine = theirs === null ? null : walk(hops, tags, true);
    return mine?.vids.every((vid, n) => vid === null || theirs?.[n] == null || vid === theirs[n]) === true;
  };
}

/** More ways to tag than this tell nothing new. */
const MOST = 64;
const MOST_STEPS = 20_000;

/** Every way to tag, from the outside in, by which a frame may come through: for each bridge that filters a tag, one of VLAN 0, or none. */
function stacks(hops: readonly Hop[], technique: Technique): readonly (readonly Tag[])[] {
  const fits = serves(hops, technique);
  const found: (readonly Tag[])[] = [];
  let steps = 0;
  // A tag is chosen where a bridge or device looks at one and none of a bridge's own is there (`own`).
  const go = (n: number, own: readonly Tag[], chosen: readonly Tag[], ended: boolean): void => {
    if (found.length >= MOST || ++steps > MOST_STEPS) return;
    const hop = hops[n];
    if (hop === undefined) {
      if (fits(chosen)) found.push(chosen);
      return;
    }
    const device = deviceId(hop.in);
    if (device !== null && own.length === 0) {
      if (!ended) inside(hop, n, [], [...chosen, tag(device)], false);
      return;
    }
    const came = pulled(hop, own);
    if (came !== null) inside(hop, n, came, chosen, ended);
  };
  const inside = (hop: Hop, n: number, own: readonly Tag[], chosen: readonly Tag[], ended: boolean): void => {
    if (filters(hop) !== true) return go(n + 1, pushed(hop, own), chosen, ended);
    const last = technique === 'mac-steal' && n === hops.length - 1;
    const on = (id: number | null, more: readonly Tag[], over: boolean): void => {
      const came = entersIn(hop, id === null ? own : [tag(id), ...own], last);
      const out = came === null ? null : leavesIn(hop, came.vid, came.rest);
      if (out !== null || (came !== null && last)) go(n + 1, pushed(hop, out ?? []), more, over);
    };
    if (own.length > 0 || ended) return on(null, chosen, ended);
    on(null, chosen, true);
    // A tag of the port's own VLAN is taken like none (__allowed_ingress), and rules before that see it.
    for (const v of valueOf(vlansOf(hop.in, hop)) ?? []) on(v.vid, [...chosen, tag(v.vid)], false);
    if (hops.slice(n + 1).some((h) => filters(h) === true || deviceId(h.in) !== null)) on(0, [...chosen, tag(0)], false);
  };
  go(0, [], [], false);
  const seen = new Map(found.map((tags) => [JSON.stringify(tags), tags]));
  return [...seen.values()].sort((a, b) => a.length - b.length);
}

/** What a frame has to be like to come through bridges that filter, and by what is stacked on them: ways to tag beyond those that any receiver takes off, and which frames fit. */
export function shapeOf(hops: readonly Hop[], technique: Technique): { readonly tags: readonly (readonly Tag[])[]; readonly fits: ((f: Frame) => boolean) | null } {
  // What comes down to a bridge's own device is for a group where a macvlan listens.
  const group = hops.slice(1).some((h) => h.in !== null && isUpper(h.in) && h.in.kind === 'macvlan');
  const deciding = decide(hops);
  if (!deciding && !group) return { tags: [], fits: null };
  const list = deciding ? stacks(hops, technique).filter((tags) => !plain(tags)) : [];
  // Tags that the receiver takes off may stand behind them.
  const more = list.length > 4 ? [] : list.flatMap((tags) => [[...tags, tag(0)], [...tags, { protocol: 0x88a8 as const, id: 0 }]]);
  const served = serves(hops, technique);
  const known_ = new Map<readonly Tag[], boolean>();
  const passes = (tags: readonly Tag[]): boolean => {
    let yes = known_.get(tags);
    if (yes === undefined) known_.set(tags, (yes = served(tags)));
    return yes;
  };
  return { tags: [...list, ...more], fits: (f) => (!deciding || passes(f.tags)) && (!group || (Number.parseInt(f.destination.slice(0, 2), 16) & 1) === 1) };
}

const TEXT: Readonly<Record<string, string>> = { 'mac-steal': 'the MAC is learned in the VLAN of the victim’s frames' };
const UNREAD = ['VLAN filtering parts them (not read)'];

/** One bridge's part of it, where it does not filter or was not read; null where it filters and was. */
function unfiltered(hop: Hop, text: string): Answer | null {
  const filtering: Reading<boolean> = hop.bridge.bridge?.vlanFiltering ?? unknown('absent', `/sys/class/net/${hop.bridge.name}/bridge/vlan_filtering`);
  const on = valueOf(filtering);
  if (on === false) return answer('open', '', step(text, 'yes', known('vlan_filtering 0', filtering.source), 'The bridge does not filter VLANs: one domain.'));
  if (on === undefined) {
    // A bridge of a kernel without VLAN filtering has no such switch.
    if (isKnown(filtering) || filtering.unknown === 'absent') return answer('open', '');
    return answer('open', '', step(text, 'unknown', filtering, 'Whether the bridge filters VLANs was not read.'), UNREAD);
  }
  const unread = [hop.in, hop.out].map((end) => vlansOf(end, hop)).find((vlans) => valueOf(vlans) === undefined);
  return unread === undefined ? null : answer('open', '', step(text, 'unknown', unread, 'Which VLANs its ends are in was not read.'), UNREAD);
}

const endsOf = (hop: Hop): string => [hop.in, hop.out].map((end) => `${end?.name ?? hop.bridge.name}: ${(valueOf(vlansOf(end, hop)) ?? []).map((v) => `${v.vid}${v.pvid ? ' own' : ''}${v.untagged ? '' : ' tagged'}${v.state === undefined || v.state === 'forwarding' ? '' : ` ${v.state}`}`).join(', ')}`).join('; ');

/** Whether VLAN filtering parts two ends. */
export function vlansPart(hops: readonly Hop[], technique: Technique): Answer {
  const text = TEXT[technique] ?? 'both are in one VLAN';
  const [first] = hops;
  const alone = first === undefined || hops.length > 1 ? null : unfiltered(first, text);
  if (alone !== null) return alone;
  const parts = hops.map((hop) => unfiltered(hop, text));
  const told = parts.flatMap((p) => p ?? []);
  const filtering = hops.filter((_, n) => parts[n] === null);
  if (filtering.length === 0) return series([answer('open', ''), ...told]);
  const ways = stacks(hops, technique);
  const reading = known(filtering.map(endsOf).join('; '), SOURCE);
  if (ways.length === 0) return series([...told, answer('shut', 'VLAN filtering', step(text, 'no', reading, technique === 'mac-steal' ? 'The bridge learns a MAC by VLAN, and the attacker’s port is not in that of the victim’s frames.' : 'No VLAN leads from one to the other and leaves untagged.'))]);
  const vids = new Set(ways.flatMap((tags) => walk(hops, tags, true)?.vids.at(-1) ?? []));
  return series([...told, answer('open', '', step(text, 'yes', reading, `VLAN ${[...vids].join(', ')}; a sender may tag.`))]);
}

/** Whether what the victim sends can come to the attacker's port; null where no VLAN filtering decides. */
export function comesBack(hops: readonly Hop[]): Reading<boolean> | null {
  const deciding = hops.filter((h) => filters(h) === true);
  if (deciding.length === 0 || deciding.some((h) => [h.in, h.out].some((end) => valueOf(vlansOf(end, h)) === undefined))) return null;
  return known(walk(turned(hops), [])?.tags != null, SOURCE);
}
