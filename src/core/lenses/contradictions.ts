import type { Finding } from '../model/finding.js';

/** By id of a workload, the slugs of the drift rules that hold for it (`drift-memory`). */
export type Contradictions = ReadonlyMap<string, ReadonlySet<string>>;

export function contradictions(findings: readonly Finding[]): Contradictions {
  const out = new Map<string, Set<string>>();
  for (const f of findings) {
    if (!f.name.startsWith('drift-')) continue;
    for (const s of f.subjects) out.set(s.id, (out.get(s.id) ?? new Set()).add(f.name));
  }
  return out;
}
