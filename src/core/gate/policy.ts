import { z } from 'zod';
import { SEVERITIES, type Finding, type Severity, type Subject } from '../model/finding.js';
import { workloads, type Snapshot } from '../model/snapshot.js';
import { ruleOf } from '../rules/index.js';

const rule = z.string().refine((word) => word === '*' || ruleOf(word) !== undefined, { error: (issue) => `there is no rule ${JSON.stringify(issue.input)}` });
const containers = z.array(z.string().min(1)).min(1).optional();
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/u, 'a date is written YYYY-MM-DD').refine((text) => !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text), 'there is no such day');

/**
 * What `bulkhead.yaml` may say. `severity` raises or lowers a rule, `accept` takes its findings out of the count until a day
 * (that day included). `containers`: names, `project/service`, or patterns with `*`; left out: all.
 */
export const policySchema = z
  .strictObject({
    version: z.literal(1),
    'fail-on': z.enum([...SEVERITIES, 'never']).optional(),
    severity: z.array(z.strictObject({ rule, containers, to: z.enum(SEVERITIES) }).readonly()).readonly().optional(),
    accept: z.array(z.strictObject({ rule, containers, reason: z.string().trim().min(1, 'say why it is accepted'), until: day }).readonly()).readonly().optional(),
  })
  .readonly();
export type Policy = z.infer<typeof policySchema>;

export interface Accepted {
  readonly finding: Finding;
  readonly reason: string;
  readonly until: string;
}

/** Findings after a policy: what counts, what was accepted, and which entries of the policy no longer do anything. */
export interface Judged {
  readonly findings: readonly Finding[];
  readonly accepted: readonly Accepted[];
  readonly remarks: readonly string[];
}

function pattern(text: string): RegExp {
  return new RegExp(`^${text.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&')).join('.*')}$`, 'u');
}

/** Names by which a policy may call each workload: its own, and Compose's project/service. */
function callNames(s: Snapshot): ReadonlyMap<string, readonly string[]> {
  return new Map(workloads(s).map((w) => [w.id, w.kind === 'container' && w.project !== null && w.service !== null ? [w.name, `${w.project}/${w.service}`] : [w.name]]));
}

interface Entry {
  readonly rule: string;
  readonly containers?: readonly string[] | undefined;
}

function applies(entry: Entry, finding: Finding, names: ReadonlyMap<string, readonly string[]>): boolean {
  const named = entry.rule === '*' || ruleOf(entry.rule)?.id === finding.rule;
  if (!named) return false;
  if (!entry.containers) return true;
  // The first subject is the one at fault; the others are those it reaches.
  const first: Subject | undefined = finding.subjects[0];
  const called = first ? (names.get(first.id) ?? [first.name]) : [];
  return entry.containers.some((text) => called.some((name) => pattern(text).test(name)));
}

/** Applies a policy on a day (`YYYY-MM-DD`). The last entry on severity that matches counts. */
export function applyPolicy(policy: Policy | null, findings: readonly Finding[], s: Snapshot, today: string): Judged {
  if (!policy) return { findings, accepted: [], remarks: [] };
  const names = callNames(s);
  const accepts = policy.accept ?? [];
  const used = new Set<object>();
  const kept: Finding[] = [];
  const accepted: Accepted[] = [];
  const remarks: string[] = [];
  for (const finding of findings) {
    const severity: Severity = policy.severity?.findLast((e) => applies(e, finding, names))?.to ?? finding.severity;
    const now: Finding = severity === finding.severity ? finding : { ...finding, severity };
    const matching = accepts.filter((e) => applies(e, finding, names));
    for (const e of matching) used.add(e);
    const entry = matching.find((e) => e.until >= today);
    if (entry) accepted.push({ finding: now, reason: entry.reason, until: entry.until });
    else kept.push(now);
  }
  for (const e of accepts) {
    const what = `${e.rule}${e.containers ? ` for ${e.containers.join(', ')}` : ''}`;
    if (e.until < today && used.has(e)) remarks.push(`${what} was accepted until ${e.until}: that day has passed, and it counts again.`);
    else if (!used.has(e)) remarks.push(`${what} is accepted and not found: the entry can go.`);
  }
  return { findings: kept, accepted, remarks };
}
