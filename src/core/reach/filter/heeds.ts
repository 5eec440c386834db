import { valueOf } from '../../model/reading.js';
import type { Frame } from '../frames.js';
import type { Host } from '../host.js';
import type { Plug } from '../wire.js';
import type { LineFate } from './lines.js';

/** A shorter time than this is waited for: the sender goes on. In hundredths of a second, as the sysctl is. */
const PATIENCE = 6_000;
const PASSES: LineFate = { passes: true, drops: false, by: null };

/** The sysctls by which a victim takes some ARP messages and not others, by the name of its stack's interface. */
export function arpSysctls(v: Plug, host: Host): { readonly ignore: number; readonly gratuitous: boolean; readonly locktime: number } {
  const read = host.nets.get(v.net)?.sysctls;
  const all = read === undefined ? undefined : valueOf(read);
  const name = (v.stack ?? v.iface)?.name ?? '';
  const most = (key: string): number => Math.max(...['all', name].map((dev) => Number(all?.[`net.ipv4.conf.${dev}.${key}`] ?? 0)));
  return { ignore: most('arp_ignore'), gratuitous: most('drop_gratuitous_arp') > 0, locktime: Number(all?.[`net.ipv4.neigh.${name}.locktime`] ?? 0) };
}

/** Whether a message is a gratuitous one, which no locktime holds up (arp_is_garp). */
const isGratuitous = (b: Extract<Frame['body'], { kind: 'arp' }>): boolean => b.senderIp === b.targetIp && (b.operation === 1 || b.targetMac === b.senderMac);

/**
 * What the victim's sysctls leave of the ways to change an entry (arp_process in net/ipv4/arp.c); null where every way is open.
 * A question for its own address is heeded unless arp_ignore is 8; anything else changes an entry that is there only when
 * its locktime is over, or where it is gratuitous and these are not dropped. An entry that is not there yet is open to all.
 */
export function heeds(v: Plug, host: Host): ((f: Frame) => LineFate) | null {
  const { ignore, gratuitous, locktime } = arpSysctls(v, host);
  if (ignore !== 8) return null;
  return ({ body }) => {
    if (body.kind !== 'arp') return PASSES;
    if (body.operation === 1 && v.ipv4.includes(body.targetIp)) return { passes: false, drops: true, by: 'arp_ignore=8' };
    if (gratuitous && body.senderIp === body.targetIp) return { passes: false, drops: true, by: 'drop_gratuitous_arp' };
    if (locktime < PATIENCE || isGratuitous(body)) return PASSES;
    return { passes: true, drops: true, by: `its locktime of ${Math.round(locktime / 100)} s, while it holds an entry,` };
  };
}
