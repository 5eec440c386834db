import { isKnown, valueOf } from '../model/reading.js';
import type { Host } from './host.js';
import type { Court } from './pair.js';
import type { Judgement } from './types.js';

/** Filters and ports that were not read, in words. */
export function unreadFilters(host: Host): readonly string[] {
  const out = new Set<string>();
  const net = host.nets.get('host');
  for (const [what, r] of [['nft rules of the host', net?.nft], ['ebtables rules of the host', net?.ebtables], ['tc filters of the host', net?.tc]] as const) {
    if (r !== undefined && !isKnown(r)) out.add(`${what}: ${r.unknown} (${r.source})`);
  }
  return [...out];
}

/** Things that look like a guard and are none. */
export function shamGuards(court: Court): Judgement['sham'] {
  const out: { where: string; why: string }[] = [];
  for (const wire of court.wires) {
    if (valueOf(wire.segment.icc) === false && wire.members.length > 1) out.push({ where: `${wire.segment.name}: icc=false`, why: 'It drops IP between ports; a forged neighbour message is no IP, or passes before it.' });
  }
  return out;
}
