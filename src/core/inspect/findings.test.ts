import { expect, it } from 'vitest';
import type { Finding, Severity, Subject } from '../model/finding.js';
import { alsoAbout, digest, findingsSection } from './findings.js';

const found = (rule: string, severity: Severity, name: string, kind: Subject['kind'] = 'container'): Finding => ({
  rule, name: rule.toLowerCase(), severity, title: `${name} does ${rule}`, subjects: [{ kind, id: `id of ${name}`, name }], evidence: [], remedy: 'Stop it.', fingerprint: `${rule} ${name}`,
});

it('counts alike findings once, worst first', () => {
  const { own, totals } = digest([found('LOW', 'low', 'a'), found('HIGH', 'high', 'a'), found('HIGH', 'high', 'b'), found('LOW', 'low', 'c')]);
  expect(own.map((a) => [a.rule, a.findings.length])).toEqual([['HIGH', 2], ['LOW', 2]]);
  expect(totals).toEqual([{ severity: 'high', count: 1 }, { severity: 'low', count: 1 }]);
});

it('parts what is about other runtimes from what is about one’s own', () => {
  const { own, others, totals } = digest([found('HIGH', 'high', 'f00d', 'group'), found('HIGH', 'high', 'web'), found('LOW', 'low', 'beef', 'group')]);
  expect(own.map((a) => a.findings.map((f) => f.subjects[0]?.name))).toEqual([['web']]);
  expect(others).toHaveLength(2);
  expect(totals).toEqual([{ severity: 'high', count: 1 }]);
});

it('does not take the same rule at two severities for alike', () => expect(digest([found('X', 'high', 'a'), found('X', 'low', 'b')]).own).toHaveLength(2));

it('says whom else they are about, by name where they have other names', () => {
  const [many, one, same] = [['a', 'b', 'c'], ['a'], ['a', 'a']].map((names) => alsoAbout(digest(names.map((n) => found('X', 'high', n))).own[0]!));
  expect([many, one, same]).toEqual(['also b and c', '', 'and 1 more']);
});

it('counts them once for one container too', () => {
  const [section] = findingsSection([found('X', 'high', 'a'), found('X', 'high', 'a'), found('Y', 'low', 'a'), found('Y', 'low', 'b')], 'id of a');
  expect(section?.title).toBe('2 findings');
});
