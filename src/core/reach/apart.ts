import type { Snapshot } from '../model/snapshot.js';
import { sameFacts } from '../same.js';
import { dependsOn, dependsOnHost, judgeWire } from './judge.js';
import { courtOf } from './pair.js';
import type { SegmentReach } from './types.js';

/**
 * Who can impersonate whom in two snapshots, on those segments alone of which something that verdicts depend on differs:
 * the others have the same answers on both sides, and nobody who compares needs them.
 */
export function judgeApart(a: Snapshot, b: Snapshot): readonly [readonly SegmentReach[], readonly SegmentReach[]] {
  const [x, y] = [courtOf(a), courtOf(b)];
  const sameHost = sameFacts(dependsOnHost(x), dependsOnHost(y));
  const before = new Map(x.wires.map((wire) => [wire.segment.id, wire]));
  const out: readonly [SegmentReach[], SegmentReach[]] = [[], []];
  for (const wire of y.wires) {
    const old = before.get(wire.segment.id);
    if (old !== undefined && sameHost && sameFacts(dependsOn(x, old), dependsOn(y, wire))) before.delete(wire.segment.id);
    else out[1].push(judgeWire(y, wire).reach);
  }
  for (const wire of before.values()) out[0].push(judgeWire(x, wire).reach);
  return out;
}
