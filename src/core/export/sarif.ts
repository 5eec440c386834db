import type { Log, ReportingDescriptor, Result } from 'sarif';
import type { Finding, Severity, Subject } from '../model/finding.js';
import { isKnown } from '../model/reading.js';
import type { Snapshot } from '../model/snapshot.js';
import type { Accepted } from '../gate/policy.js';
import { RULES } from '../rules/index.js';

const LEVEL: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = { critical: 'error', high: 'error', medium: 'warning', low: 'note', info: 'note' };
/** GitHub's code scanning sorts by this number: over 9 critical, over 7 high, over 4 medium. */
const SCORE: Readonly<Record<Severity, string>> = { critical: '9.5', high: '8.0', medium: '5.5', low: '3.0', info: '0.0' };

/** A path for what is no file: viewers need one to group by. Names become segments of a URI. */
function uriOf(subject: Subject): string {
  const part = (text: string): string => {
    const whole = [...text.slice(0, 200)].map((c) => (/[\ud800-\udfff]/u.test(c) ? '\ufffd' : c)).join('');
    const out = encodeURIComponent(whole).replace(/[!'()*]/gu, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
    return out === '' || /^\.+$/u.test(out) ? `_${out}` : out;
  };
  return `${part(subject.kind)}/${part(subject.name)}`;
}

function result(finding: Finding, index: ReadonlyMap<string, number>, accepted: Accepted | null): Result {
  return {
    ruleId: finding.rule,
    ruleIndex: index.get(finding.rule) ?? -1,
    level: LEVEL[finding.severity],
    kind: 'fail',
    message: { text: `${finding.title} ${finding.remedy}` },
    locations: finding.subjects.slice(0, 1).map((s) => ({
      physicalLocation: { artifactLocation: { uri: uriOf(s) }, region: { startLine: 1 } },
      logicalLocations: [{ name: s.name, fullyQualifiedName: `${s.kind}/${s.name}`, kind: s.kind === 'container' ? 'module' : 'resource' }],
    })),
    relatedLocations: finding.subjects.slice(1, 20).map((s, id) => ({ id: id + 1, message: { text: `${s.kind} ${s.name}` }, logicalLocations: [{ name: s.name, fullyQualifiedName: `${s.kind}/${s.name}`, kind: 'resource' }] })),
    partialFingerprints: { 'bulkhead/v1': finding.fingerprint },
    properties: { severity: finding.severity, evidence: finding.evidence.map((e) => `${isKnown(e) ? JSON.stringify(e.value) : e.unknown} (${e.source})`) },
    ...(accepted ? { suppressions: [{ kind: 'external' as const, status: 'accepted' as const, justification: `${accepted.reason} (until ${accepted.until})` }] } : {}),
  };
}

function descriptor(rule: (typeof RULES)[number]): ReportingDescriptor {
  const markdown = `${rule.why}\n\n**What to do:** ${rule.remedy}\n\nWrong: \`${rule.bad.text.replaceAll('`', "'")}\`\n\nRight: \`${rule.good.text.replaceAll('`', "'")}\`\n\n${rule.references.map((r) => `- ${r}`).join('\n')}`;
  return {
    id: rule.id,
    name: rule.name,
    shortDescription: { text: rule.title },
    fullDescription: { text: rule.why },
    help: { text: `${rule.why}\n\nWhat to do: ${rule.remedy}`, markdown },
    defaultConfiguration: { level: LEVEL[rule.severity] },
    properties: { tags: ['security', 'containers', rule.family], precision: 'high', 'security-severity': SCORE[rule.severity], 'problem.severity': LEVEL[rule.severity] === 'note' ? 'recommendation' : LEVEL[rule.severity] },
  };
}

/**
 * SARIF 2.1.0 (OASIS). Fingerprints outlive restarts and recreation, so that a code scanner shows a finding once; what a policy
 * accepts is there, suppressed. `version`: this program's.
 */
export function sarifText(snapshot: Snapshot, findings: readonly Finding[], accepted: readonly Accepted[] = [], version = '0.1.0'): string {
  const index = new Map(RULES.map((r, i) => [r.id, i]));
  const log: Log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Bulkhead', semanticVersion: version, rules: RULES.map(descriptor) } },
        columnKind: 'utf16CodeUnits',
        invocations: [{ executionSuccessful: true, endTimeUtc: snapshot.takenAt }],
        results: [...findings.map((f) => result(f, index, null)), ...accepted.map((a) => result(a.finding, index, a))],
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}
