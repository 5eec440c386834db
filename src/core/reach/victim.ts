import { known, unknown, valueOf, type Reading } from '../model/reading.js';
import { answer, type Answer } from './answer.js';
import type { NetInterface } from '../model/network.js';
import type { Host } from './host.js';
import type { Step, Technique } from './types.js';
import type { Plug } from './wire.js';

/** Somebody whose address can be claimed. */
export interface Mask {
  readonly id: string;
  readonly net: string;
  readonly mac: string | undefined;
  readonly ipv4: readonly string[];
  readonly ipv6: readonly string[];
  /** Whether these are all its addresses. */
  readonly read: boolean;
}

const step = (text: string, holds: Step['holds'], reading: Reading<unknown>, why: string): Step => ({ link: 'victim', step: text, holds, reading, why });

/** Addresses that the victim's table holds for good (PERMANENT, NOARP); undefined where the table was not read. */
function pinned(v: Plug, six: boolean, host: Host): { readonly ips: ReadonlySet<string> | undefined; readonly reading: Reading<unknown> } {
  const net = host.nets.get(v.net);
  const table = net === undefined ? unknown('not-asked', 'ip -j neigh') : six ? net.neighbours6 : net.neighbours;
  const entries = valueOf(table);
  if (entries === undefined) return { ips: undefined, reading: table };
  const dev = (v.stack ?? v.iface)?.name;
  const ips = new Set(entries.filter((e) => (e.state === 'PERMANENT' || e.state === 'NOARP') && (dev === undefined || e.dev === dev)).map((e) => e.ip));
  return { ips, reading: table };
}

/** A device of the victim's own with an address of the family, stacked on its interface or its bridge (a VLAN's and the like). */
export function above(v: Plug, six: boolean, host: Host): NetInterface | undefined {
  const upon = [v.iface, ...(v.stack === v.iface ? [] : [v.stack])].flatMap((i) => (i === undefined ? [] : (host.uppers.get(i.id) ?? [])));
  return upon.find((i) => i.net === v.net && valueOf(i.addresses)?.some((ip) => ip.includes(':') === six) === true);
}

/** The answer where what is stacked on the victim's interface decides. */
export const onTop = (higher: NetInterface): Answer => answer('unknown', `it has an address on ${higher.name}, stacked on its interface`, () => [step('it takes the forged message', 'unknown', higher.addresses, 'What it takes by a device that is stacked on its interface is not judged.')]);

export interface Taken {
  readonly answer: Answer;
  /** Those whom the attacker can be towards this victim. */
  readonly masks: readonly Mask[];
}

/** Whether the victim takes a forged neighbour message, and for whose addresses. */
export function victimTakes(v: Plug, masks: readonly Mask[], technique: 'arp-spoof' | 'ndp-spoof', host: Host): Taken {
  const six = technique === 'ndp-spoof';
  const none = (reason: string, reading: Reading<unknown>, why: string): Taken => ({ answer: answer('shut', reason, () => [step('it takes the forged message', 'no', reading, why)]), masks: [] });
  const sysctls = valueOf(host.nets.get(v.net)?.sysctls ?? unknown('not-asked', ''));
  const stack = v.stack ?? v.iface;
  const name = stack?.name ?? '';
  if (stack !== undefined && valueOf(stack.noarp) === true) return none('interface without ARP', stack.noarp, 'The interface takes no neighbour messages.');
  if (six && sysctls?.[`net.ipv6.conf.${name}.disable_ipv6`] === '1') return none('no IPv6', known(1, `net.ipv6.conf.${name}.disable_ipv6`), 'IPv6 is off on its interface.');
  const higher = v.addressesRead && (six ? v.ipv6 : v.ipv4).length === 0 ? above(v, six, host) : undefined;
  if (higher !== undefined) return { answer: onTop(higher), masks: [] };
  if (v.addressesRead && (six ? v.ipv6 : v.ipv4).length === 0) return none(six ? 'no IPv6' : 'no IPv4', v.iface?.addresses ?? known([], 'ip -j addr'), 'It has no address of this family on the wire.');
  const hold = pinned(v, six, host);
  const family = masks.filter((m) => (six ? m.ipv6 : m.ipv4).length > 0);
  const left = family.filter((m) => (six ? m.ipv6 : m.ipv4).some((ip) => hold.ips?.has(ip) !== true));
  const unreadMask = masks.find((m) => !m.read);
  if (left.length === 0 && unreadMask !== undefined) {
    const reading = unknown('unsupported', `addresses of ${unreadMask.net}`);
    return { answer: answer('unknown', 'addresses were not read', () => [step('somebody else is there to be', 'unknown', reading, 'Who else has an address of this family was not read.')]), masks: [] };
  }
  if (family.length === 0) return none('nobody else is there to be', known([], 'ip -j addr'), 'No third address of this family is on the wire.');
  if (left.length === 0) return none('permanent entries', known([...(hold.ips ?? [])], hold.reading.source), 'A PERMANENT entry is not changed by what the wire says.');
  const unread = hold.ips === undefined;
  return {
    answer: answer(
      'open',
      '',
      () => [unread ? step('it accepts the message', 'unknown', hold.reading, 'Its table was not read; an entry set by hand would stay.') : step('it accepts the message', 'yes', known(hold.ips.size === 0 ? 'no PERMANENT entry' : `${hold.ips.size} PERMANENT, others not`, hold.reading.source), 'Linux lets the last message win, unless the entry is PERMANENT.')],
      unread ? ['its neighbour table has PERMANENT entries (not read)'] : [],
    ),
    masks: hold.ips === undefined || hold.ips.size === 0 ? left : left.map((m) => ({ ...m, ipv4: m.ipv4.filter((ip) => hold.ips?.has(ip) !== true), ipv6: m.ipv6.filter((ip) => hold.ips?.has(ip) !== true) })),
  };
}

/** Whom a stolen MAC makes the attacker: those whose MAC the bridge learns from the wire. The host's own is not learned. */
export function stealable(v: Plug, a: Plug, masks: readonly Mask[], host: Host): Taken {
  const bridge = host.interfaces.get(a.bridge ?? '');
  const stays = new Set((bridge === undefined ? undefined : valueOf(host.nets.get(bridge.net)?.fdb ?? unknown('not-asked', '')))?.filter((e) => e.stays === true && e.bridge === bridge?.name).map((e) => e.mac));
  const others = masks.filter((m) => m.mac !== undefined && m.mac !== v.mac && m.net !== 'host');
  const left = others.filter((m) => !stays.has(m.mac ?? ''));
  const on = known(v.on, 'ip -j -d link');
  if (a.kind === 'macvlan' || a.kind === 'ipvlan') return { answer: answer('shut', `${a.kind} does not learn`, () => [step('frames for the stolen MAC go to the attacker', 'no', on, 'The kernel delivers to the device that has the MAC; it refuses a second one.')]), masks: [] };
  // A router beyond the bridge is learned like everybody, and what its MAC is no reading here tells.
  const unread = masks.find((m) => m.mac === undefined && m.net !== 'host');
  if (left.length === 0 && unread !== undefined) {
    const reading = unknown('unsupported', `MAC of ${unread.net}`);
    return { answer: answer('unknown', 'the MAC of who else is there was not read', () => [step('frames for the stolen MAC go to the attacker', 'unknown', reading, 'Whoever has that MAC, the bridge learns it from the wire.')]), masks: [] };
  }
  if (left.length === 0 && others.length > 0) return { answer: answer('shut', 'entries that stay', () => [step('frames for the stolen MAC go to the attacker', 'no', known([...stays], 'bridge -j fdb'), 'The bridge’s entries for these MACs are sticky or its own: no frame moves them.')]), masks: [] };
  if (left.length === 0) return { answer: answer('shut', 'no MAC to steal', () => [step('frames for the stolen MAC go to the attacker', 'no', on, 'No third party’s MAC is learned on this bridge; the host’s own is never learned from the wire.')]), masks: [] };
  return { answer: answer('open', '', () => [step('frames for the stolen MAC go to the attacker', 'yes', on, 'The bridge sends to where it last heard the MAC; the victim’s table stays clean.')]), masks: left };
}

/** Which techniques to speak of for a victim when nobody asks for all. */
export function relevant(technique: Technique, v: Plug): boolean {
  return technique !== 'ndp-spoof' || !v.addressesRead || v.ipv6.length > 0;
}
