import { isKnown, known, unknown, valueOf, type Reading } from '../model/reading.js';
import type { BridgePort, NetInterface } from '../model/network.js';
import { answer, type Answer } from './answer.js';
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

const pvidOf = (list: Vlans): number | undefined => valueOf(list)?.find((v) => v.pvid)?.vid;

/**
 * VLANs of one bridge in which a technique works. A forged message has to come in at the attacker's end and leave
 * untagged at the victim's. A stolen MAC is learned by VLAN: it counts in the one that the victim's own frames are in.
 */
function useful(hop: Hop, technique: Technique): readonly number[] | undefined {
  const into = technique === 'mac-steal' ? valueOf(vlansOf(hop.in, hop))?.filter((v) => forwardsIn(v, true)).map((v) => v.vid) : entered(hop.in, hop);
  const out = vlansOf(hop.out, hop);
  const theirs = valueOf(out)?.filter((v) => forwardsIn(v));
  if (into === undefined || theirs === undefined) return undefined;
  if (technique === 'mac-steal') return theirs.filter((v) => v.pvid && into.includes(v.vid)).map((v) => v.vid);
  return theirs.filter((v) => v.untagged && into.includes(v.vid)).map((v) => v.vid);
}

/** Tags that bridges with VLAN filtering let pass all the way, beyond those that any receiver takes off. */
export function tagsBetween(hops: readonly Hop[], technique: Technique): readonly (readonly Tag[])[] {
  const filtering = hops.filter((h) => filters(h) === true);
  const only = filtering[0];
  if (filtering.length !== 1 || only === undefined) return [];
  // A tag of the port's own VLAN is taken like none (__allowed_ingress), and rules before that see it.
  return (useful(only, technique) ?? []).map((id) => [{ protocol: 0x8100 as const, id }]);
}

/** What a frame has to be like to come by what is stacked on a bridge: in the tag of a VLAN device, or for a group where a macvlan listens. */
export function shapeOf(hops: readonly Hop[]): { readonly tags: readonly (readonly Tag[])[]; readonly fits: ((f: Frame) => boolean) | null } {
  const uppers = hops.slice(1).flatMap((h) => (h.in !== null && isUpper(h.in) ? [h.in] : []));
  if (uppers.length === 0) return { tags: [], fits: null };
  const ids = uppers.filter((i) => i.kind === 'vlan').map((i) => Number(valueOf(i.mode)));
  const group = uppers.some((i) => i.kind === 'macvlan');
  const tags = ids.map((id) => ({ protocol: 0x8100 as const, id }));
  const tagged = (f: Frame) => f.tags.length >= tags.length && tags.every((t, i) => f.tags[i]?.protocol === t.protocol && f.tags[i]?.id === t.id);
  return { tags: tags.length === 0 ? [] : [tags], fits: (f) => tagged(f) && (!group || (Number.parseInt(f.destination.slice(0, 2), 16) & 1) === 1) };
}

/** Whether VLAN filtering parts two ends. */
export function vlansPart(hop: Hop, technique: Technique): Answer {
  const filtering: Reading<boolean> = hop.bridge.bridge?.vlanFiltering ?? unknown('absent', `/sys/class/net/${hop.bridge.name}/bridge/vlan_filtering`);
  const text = technique === 'mac-steal' ? 'the MAC is learned in the VLAN of the victim’s frames' : 'both are in one VLAN';
  const on = valueOf(filtering);
  if (on === false) return answer('open', '', step(text, 'yes', known('vlan_filtering 0', filtering.source), 'The bridge does not filter VLANs: one domain.'));
  if (on === undefined) {
    // A bridge of a kernel without VLAN filtering has no such switch.
    if (isKnown(filtering) || filtering.unknown === 'absent') return answer('open', '');
    return answer('open', '', step(text, 'unknown', filtering, 'Whether the bridge filters VLANs was not read.'), ['VLAN filtering parts them (not read)']);
  }
  const ends = [hop.in, hop.out].map((end) => ({ name: end?.name ?? hop.bridge.name, vlans: vlansOf(end, hop) }));
  const unread = ends.find((end) => valueOf(end.vlans) === undefined);
  if (unread !== undefined) return answer('open', '', step(text, 'unknown', unread.vlans, 'Which VLANs its ends are in was not read.'), ['VLAN filtering parts them (not read)']);
  const list = useful(hop, technique) ?? [];
  const reading = known(ends.map((end) => `${end.name}: ${(valueOf(end.vlans) ?? []).map((v) => `${v.vid}${v.pvid ? ' own' : ''}${v.untagged ? '' : ' tagged'}${v.state === undefined || v.state === 'forwarding' ? '' : ` ${v.state}`}`).join(', ')}`).join('; '), SOURCE);
  if (list.length === 0) return answer('shut', 'VLAN filtering', step(text, 'no', reading, technique === 'mac-steal' ? 'The bridge learns a MAC by VLAN, and the attacker’s port is not in that of the victim’s frames.' : 'No VLAN leads from one to the other and leaves untagged.'));
  return answer('open', '', step(text, 'yes', reading, `VLAN ${list.join(', ')}; a sender may tag.`));
}

/** Whether what the victim sends can come to the attacker's port; null where no VLAN filtering decides. */
export function comesBack(hops: readonly Hop[]): Reading<boolean> | null {
  const only = hops[0];
  if (hops.length !== 1 || only === undefined || filters(only) !== true) return null;
  const out = vlansOf(only.out, only);
  const into = entered(only.in, only);
  if (valueOf(out) === undefined || into === undefined) return null;
  const own = pvidOf(out);
  return known(own !== undefined && into.includes(own), SOURCE);
}
