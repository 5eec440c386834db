import type { Finding } from '../model/finding.js';
import type { Accepted } from '../gate/policy.js';

/** Findings as JSON, as scripts may rely on; what a policy accepted stands apart. The same findings give the same bytes. */
export function findingsJson(findings: readonly Finding[], accepted: readonly Accepted[] = []): string {
  const more = accepted.length > 0 ? { accepted: accepted.map((a) => ({ ...a.finding, reason: a.reason, until: a.until })) } : {};
  return `${JSON.stringify({ findings, ...more }, null, 2)}\n`;
}
