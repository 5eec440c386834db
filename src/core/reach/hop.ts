import type { NetInterface } from '../model/network.js';

/** One bridge that a frame crosses: in at a port (null: the bridge's own stack), out at another. */
export interface Hop {
  readonly net: string;
  readonly bridge: NetInterface;
  readonly in: NetInterface | null;
  readonly out: NetInterface | null;
}

/** Whether something is stacked on another device and may itself be the port of a bridge. */
export const isUpper = (i: NetInterface): boolean => i.kind === 'vlan' || i.kind === 'macvlan';
