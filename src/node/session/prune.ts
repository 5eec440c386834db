import type { Finding } from '../../core/model/finding.js';
import { workloads, type Snapshot } from '../../core/model/index.js';
import type { Judgement } from '../../core/reach/types.js';

/** Verdicts and findings of the moment before, without those who have gone since: a picture speaks of nobody that is not in it. */
export function prune(snapshot: Snapshot, judgement: Judgement, findings: readonly Finding[]): { readonly judgement: Judgement; readonly findings: readonly Finding[] } {
  const there = new Set(workloads(snapshot).map((w) => w.id));
  const segments = new Set(snapshot.segments.map((s) => s.id));
  const stays = (id: string) => there.has(id) || id === 'host' || id.startsWith('gateway:');
  const parties = judgement.segments.flatMap((s) => [...s.members, ...s.attackers.map((a) => a.id)]);
  const kept =
    parties.every(stays) && judgement.segments.every((s) => segments.has(s.segment))
      ? judgement
      : {
          ...judgement,
          segments: judgement.segments
            .filter((s) => segments.has(s.segment))
            .map((s) => ({
              ...s,
              members: s.members.filter(stays),
              exposed: s.exposed.filter(stays),
              attackers: s.attackers
                .filter((a) => stays(a.id))
                .map((a) => ({ ...a, groups: a.groups.map((g) => ({ ...g, victims: g.victims.filter(stays) })).filter((g) => g.victims.length > 0) })),
            })),
        };
  const told = findings.filter((f) => f.subjects.every((s) => (s.kind !== 'container' && s.kind !== 'group') || there.has(s.id)));
  return { judgement: kept, findings: told.length === findings.length ? findings : told };
}
