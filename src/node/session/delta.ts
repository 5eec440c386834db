import type { Moment, Picture, PictureDelta } from '../../contract/contract.js';
import { applyDelta, diffSnapshots, isEmpty } from '../../core/delta.js';
import type { Snapshot } from '../../core/model/index.js';

/** What a window is told of the next picture. `snapshot`: what it makes of that, which is what is kept. `silent`: there is nothing to tell. */
export function pictureDelta(before: Picture, next: Picture, newMoments: readonly Moment[]): { readonly delta: PictureDelta; readonly snapshot: Snapshot; readonly silent: boolean } {
  const change = before.snapshot === next.snapshot ? null : diffSnapshots(before.snapshot, next.snapshot);
  const delta: PictureDelta = {
    snapshot: change,
    judgement: before.judgement === next.judgement ? null : next.judgement,
    findings: before.findings === next.findings ? null : next.findings,
    alarms: before.alarms === next.alarms ? null : next.alarms,
    newMoments,
    denied: before.denied === next.denied ? null : next.denied,
    elevation: before.elevation === next.elevation ? null : next.elevation,
  };
  const empty = (change === null || isEmpty(change)) && newMoments.length === 0 && [delta.judgement, delta.findings, delta.alarms, delta.denied, delta.elevation].every((part) => part === null);
  return { delta, snapshot: change === null ? before.snapshot : applyDelta(before.snapshot, change), silent: empty && change?.takenAt === before.snapshot.takenAt };
}
