import type { Finding } from '../model/finding.js';
import { isKnown } from '../model/reading.js';
import type { Snapshot } from '../model/snapshot.js';
import type { Accepted } from '../gate/policy.js';
import { el, escapeXml } from '../paint/xml.js';
import { RULES } from '../rules/index.js';

function evidenceText(finding: Finding): string {
  const lines = finding.evidence.map((e) => `${isKnown(e) ? JSON.stringify(e.value) : e.unknown}  (${e.source})`);
  return [finding.title, '', ...lines, '', finding.remedy].join('\n');
}

/**
 * JUnit XML: a suite for each family of rules, a case for each rule that found nothing and one for each finding. What is only
 * worth knowing is no failure; what a policy accepts is skipped, with its reason.
 */
export function junitText(snapshot: Snapshot, findings: readonly Finding[], accepted: readonly Accepted[] = []): string {
  let tests = 0;
  let failures = 0;
  let skipped = 0;
  const suites = [...new Set(RULES.map((r) => r.family))].map((family) => {
    const rules = RULES.filter((r) => r.family === family);
    let failed = 0;
    let passedOver = 0;
    const cases = rules.flatMap((rule) => {
      const own = findings.filter((f) => f.rule === rule.id);
      const let_go = accepted.filter((a) => a.finding.rule === rule.id);
      const name = (f: Finding): string => `${rule.name}: ${f.subjects[0]?.name ?? ''}`;
      if (own.length + let_go.length === 0) return [el('testcase', { classname: `bulkhead.${family}`, name: rule.name, time: '0' })];
      failed += own.filter((f) => f.severity !== 'info').length;
      passedOver += let_go.length;
      return [
        ...own.map((f) => el('testcase', { classname: `bulkhead.${family}`, name: name(f), time: '0' }, f.severity === 'info' ? el('system-out', {}, escapeXml(evidenceText(f))) : el('failure', { type: f.severity, message: f.title }, escapeXml(evidenceText(f))))),
        ...let_go.map((a) => el('testcase', { classname: `bulkhead.${family}`, name: name(a.finding), time: '0' }, el('skipped', { message: `accepted until ${a.until}: ${a.reason}` }))),
      ];
    });
    tests += cases.length;
    failures += failed;
    skipped += passedOver;
    return el('testsuite', { name: family, tests: cases.length, failures: failed, errors: 0, skipped: passedOver, time: '0', timestamp: snapshot.takenAt.slice(0, 19) }, cases);
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n${el('testsuites', { name: 'bulkhead', tests, failures, errors: 0, skipped, time: '0' }, suites)}\n`;
}
