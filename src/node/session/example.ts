import type { Snapshot } from '../../core/model/index.js';

/** The host that is shown where no engine is, recorded from a real one; null where it was not packed. */
export function loadExample(): Snapshot | null {
  return null;
}
