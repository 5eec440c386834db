import { sharing, type Party } from '../facts/shares.js';
import type { Finding } from '../model/finding.js';
import type { NsKind } from '../model/namespaces.js';
import type { Snapshot } from '../model/snapshot.js';
import { VERDICTS, type Judgement, type Verdict } from '../reach/types.js';

/** What a filter may ask about. */
export interface FilterFacts {
  readonly snapshot: Snapshot;
  readonly judgement: Judgement;
  readonly findings: readonly Finding[];
}

/** The same, looked up once for all terms and workloads. */
export interface Known {
  readonly segments: ReadonlyMap<string, string>;
  readonly verdicts: ReadonlyMap<string, Verdict>;
  readonly exposed: ReadonlySet<string>;
  readonly findings: ReadonlyMap<string, readonly Finding[]>;
  readonly parties: ReadonlyMap<string, Party>;
  readonly ordinary: ReadonlySet<NsKind>;
  /** Party ids by `<kind> <identity>`. */
  readonly inNamespace: ReadonlyMap<string, ReadonlySet<string>>;
}

export function knownOf(facts: FilterFacts): Known {
  const verdicts = new Map<string, Verdict>();
  for (const s of facts.judgement.segments) {
    for (const a of s.attackers) {
      const before = verdicts.get(a.id);
      if (before === undefined || VERDICTS.indexOf(a.verdict) < VERDICTS.indexOf(before)) verdicts.set(a.id, a.verdict);
    }
  }
  const findings = new Map<string, Finding[]>();
  for (const f of facts.findings) for (const s of f.subjects) findings.set(s.id, [...(findings.get(s.id) ?? []), f]);
  const all = sharing(facts.snapshot);
  const inNamespace = new Map<string, Set<string>>();
  for (const p of all.parties) {
    for (const [kind, at] of Object.entries(p.at)) {
      if (at === null || at === 'none') continue;
      const key = `${kind} ${at}`;
      const here = inNamespace.get(key) ?? new Set<string>();
      here.add(p.id);
      inNamespace.set(key, here);
    }
  }
  return {
    segments: new Map(facts.snapshot.segments.map((s) => [s.id, s.name])),
    verdicts,
    exposed: new Set(facts.judgement.segments.flatMap((s) => s.exposed)),
    findings,
    parties: new Map(all.parties.map((p) => [p.id, p])),
    ordinary: all.ordinary,
    inNamespace,
  };
}
