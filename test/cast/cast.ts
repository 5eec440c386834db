import type { Snapshot } from '../../src/core/model/index.js';
import { FOURTEEN, THREE, forty, thousand, twoHundred } from './hosts.js';
import type { HostSpec } from './spec.js';
import { world } from './world.js';

export { ALL_CAPS, DEFAULT_CAPS, HOST_NS, MIB, TAKEN_AT, aCgroup, aContainer, aProcess, aSegment, aSnapshot, capSets, idOf, ownNamespaces } from './small.js';
export { world } from './world.js';
export type { HostSpec, NetworkSpec, PlugSpec, SliceSpec, WorkloadSpec } from './spec.js';

/** How many containers; 14 is the cast of the sketches (and two that are no containers: an nspawn group, a bash that entered). */
export const CAST_SIZES = [3, 14, 40, 200, 1000] as const;
export type CastSize = (typeof CAST_SIZES)[number];

/** The description behind a cast, to be varied and given to `world`. */
export function castSpec(size: CastSize): HostSpec {
  switch (size) {
    case 3: return THREE;
    case 14: return FOURTEEN;
    case 40: return forty();
    case 200: return twoHundred();
    case 1000: return thousand();
  }
}

const made = new Map<CastSize, Snapshot>();

/** A synthetic but realistic host of that many containers. Pure: always the same bytes. */
export function cast(size: CastSize): Snapshot {
  const known = made.get(size);
  if (known) return known;
  const snapshot = world(castSpec(size));
  made.set(size, snapshot);
  return snapshot;
}
