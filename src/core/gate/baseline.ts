import { z } from 'zod';
import type { Finding } from '../model/finding.js';

/** Findings that were there before. Fingerprints decide; the rest is for people who read the file. */
export const baselineSchema = z
  .object({ format: z.literal(1), findings: z.array(z.object({ fingerprint: z.string(), rule: z.string(), title: z.string() }).readonly()).readonly() })
  .readonly();
export type Baseline = z.infer<typeof baselineSchema>;

/** A baseline of these findings, in a steady order, one a line: the same findings give the same bytes. */
export function baselineText(findings: readonly Finding[]): string {
  const lines = findings
    .map(({ fingerprint, rule, title }) => JSON.stringify({ fingerprint, rule, title }))
    .sort();
  return `{"format":1,"findings":[\n${[...new Set(lines)].join(',\n')}\n]}\n`;
}

/** What is not in the baseline, and what of the baseline is no longer found. */
export function against(baseline: Baseline, findings: readonly Finding[]): { readonly fresh: readonly Finding[]; readonly gone: number } {
  const before = new Set(baseline.findings.map((f) => f.fingerprint));
  const now = new Set(findings.map((f) => f.fingerprint));
  return { fresh: findings.filter((f) => !before.has(f.fingerprint)), gone: [...before].filter((f) => !now.has(f)).length };
}
