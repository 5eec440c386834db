import type { NetInterface } from '../model/network.js';
import { valueOf } from '../model/reading.js';
import type { Frame } from './frames.js';

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

/**
 * Which of a bridge's hooks sees a frame that it may keep for itself (br_handle_frame): `none` (LLDP's group), that for what
 * enters the host (`input`), or, of what it keeps not (`group_fwd_mask`, and all else), null: those that see every frame.
 */
export function keptAt(hop: Hop, f: Frame): 'none' | 'input' | null {
  if (!f.destination.startsWith('01:80:c2:00:00:0')) return null;
  const group = Number.parseInt(f.destination.slice(-1), 16);
  const forwarded = hop.bridge.bridge?.groupForward;
  if (((forwarded === undefined ? 0 : (valueOf(forwarded) ?? 0)) >> group) % 2 === 1) return null;
  return group === 0xe ? 'none' : 'input';
}
