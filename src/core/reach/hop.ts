import type { NetInterface } from '../model/network.js';
import { valueOf } from '../model/reading.js';

/** One bridge that a frame crosses: in at a port (null: the bridge's own stack), out at another. */
export interface Hop {
  readonly net: string;
  readonly bridge: NetInterface;
  readonly in: NetInterface | null;
  readonly out: NetInterface | null;
}

/** Whether a bridge learns who sends to a group that it keeps for itself; undefined where that was not read. */
export function learnsLocal(hop: Hop): boolean | undefined {
  const { bridge } = hop.bridge;
  if (bridge?.ageing !== undefined && valueOf(bridge.ageing) === 0) return false;
  return bridge?.learnsLocal === undefined ? undefined : valueOf(bridge.learnsLocal);
}

/** The words of a reservation where it was not read. */
export const localUnread = (hop: Hop): string => `${hop.bridge.name} learns nothing from frames to link-local groups (no_linklocal_learn, not read)`;

/** Whether something is stacked on another device and may itself be the port of a bridge. */
export const isUpper = (i: NetInterface): boolean => i.kind === 'vlan' || i.kind === 'macvlan';

/** Whether a port of a bridge leads to what is not read: a tunnel, a program that holds a tap, a network card. */
export function isOutward(i: NetInterface): boolean {
  return valueOf(i.up) !== false && (i.kind === 'vxlan' || i.kind === 'tun' || i.kind === 'physical' || (i.kind === 'other' && valueOf(i.mode) !== 'vrf'));
}
