import type { Picture, PictureDelta } from '../../contract/contract.js';
import { applyDelta } from '../../core/delta.js';
import { rates, type Rates } from '../../core/facts/rates.js';

const MOMENTS = 2000;

/** A window's picture after a change. The lists that the change does not name are the same objects as before. */
export function applyChange(picture: Picture, delta: PictureDelta): Picture {
  return {
    snapshot: delta.snapshot ? applyDelta(picture.snapshot, delta.snapshot) : picture.snapshot,
    judgement: delta.judgement ?? picture.judgement,
    findings: delta.findings ?? picture.findings,
    alarms: delta.alarms ?? picture.alarms,
    moments: delta.newMoments.length > 0 ? [...picture.moments, ...delta.newMoments].slice(-MOMENTS) : picture.moments,
    denied: delta.denied ?? picture.denied,
    elevation: delta.elevation ?? picture.elevation,
  };
}

/** Rates between two pictures of one host; those before where no time passed. */
export function ratesBetween(before: Picture | null, after: Picture, earlier: Rates | null): Rates | null {
  if (before === null || before.snapshot.host.hostname !== after.snapshot.host.hostname) {
    const same = before !== null && JSON.stringify(before.snapshot.host.hostname) === JSON.stringify(after.snapshot.host.hostname);
    if (!same) return null;
  }
  if (before === null || before.snapshot.takenAt === after.snapshot.takenAt) return earlier;
  return rates(before.snapshot, after.snapshot, earlier);
}
