import { sha256Hex } from '../hash.js';
import { identityOf } from '../identity.js';
import { SEVERITIES, type Finding, type Severity, type Subject } from '../model/finding.js';
import { workloads } from '../model/snapshot.js';
import type { Facts, Hit, Rule } from './rule.js';
import { RULES } from './catalogue.js';

export { RULES } from './catalogue.js';
export type { Facts, Rule } from './rule.js';

const byWord = new Map(RULES.flatMap((r) => [[r.id.toLowerCase(), r], [r.name, r]] as const));

/** A rule by its id or name, in any case; undefined where there is none. */
export function ruleOf(word: string): Rule | undefined {
  return byWord.get(word.toLowerCase());
}

/** Whether a finding says that the kernel contradicts the declaration. */
export function isDrift(finding: Pick<Finding, 'rule'>): boolean {
  return ruleOf(finding.rule)?.family === 'drift';
}

/** Rank of a severity, `info` 0. */
export function rank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

/** A pid names nothing lasting, so a process does not count; a segment counts by its name. */
function lasting(subject: Subject, identity: ReadonlyMap<string, string>): readonly string[] {
  if (subject.kind === 'process') return [];
  return [identity.get(subject.id) ?? `${subject.kind}\u0000${subject.name}`];
}

/** Processes that somebody parted by hand promise no wall: what they lack is worth knowing, and no gate should fail on it. */
const MADE_BY_HAND: ReadonlySet<string> = new Set(['unshare', 'service', 'chroot']);

function capped(severity: Severity, rule: Rule, hit: Hit, byHand: ReadonlySet<string>): Severity {
  const [first] = hit.subjects;
  return first && byHand.has(first.id) && rule.family !== 'wire' && rank(severity) > rank('low') ? 'low' : severity;
}

/** The same findings are made anew with each poll, and a digest costs more than most rules. */
const prints = new Map<string, string>();
const MOST_PRINTS = 20_000;

function fingerprintOf(rule: Rule, hit: Hit, identity: ReadonlyMap<string, string>): string {
  const text = [rule.id, ...hit.subjects.flatMap((s) => lasting(s, identity)), hit.key ?? ''].join('\u0001');
  let print = prints.get(text);
  if (print === undefined) {
    print = sha256Hex(text).slice(0, 32);
    if (prints.size >= MOST_PRINTS) prints.clear();
    prints.set(text, print);
  }
  return print;
}

/**
 * All that the rules find, worst first, then by rule, then by the subject's name. Pure and total: a rule that meets a
 * fact it cannot read finds nothing. Two equal findings (replicas of one service) are told once for each subject.
 */
export function check(facts: Facts, rules: readonly Rule[] = RULES): readonly Finding[] {
  const found = rules.map((rule) => [rule, rule.find(facts)] as const).filter(([, hits]) => hits.length > 0);
  if (found.length === 0) return [];
  const identity = new Map(workloads(facts.snapshot).map((w) => [w.id, identityOf(w)]));
  const byHand = new Set(facts.snapshot.groups.filter((g) => MADE_BY_HAND.has(g.runtime)).map((g) => g.id));
  return found
    .flatMap(([rule, hits]) =>
      hits.map((hit): Finding => ({
        rule: rule.id,
        name: rule.name,
        severity: capped(hit.severity ?? rule.severity, rule, hit, byHand),
        title: hit.title,
        subjects: hit.subjects,
        evidence: hit.evidence,
        remedy: hit.remedy ?? rule.remedy,
        fingerprint: fingerprintOf(rule, hit, identity),
      })),
    )
    .sort(worstFirst);
}

const MOVING = RULES.filter((rule) => rule.moves !== undefined);
const MOVING_IDS: ReadonlySet<string> = new Set(MOVING.map((rule) => rule.id));

/** The findings of a moment later, where since then only use and alarms moved: only the rules that look at these run again. */
export function checkMoved(facts: Facts, before: readonly Finding[]): readonly Finding[] {
  const still = before.filter((f) => !MOVING_IDS.has(f.rule));
  const moved = check(facts, MOVING);
  return moved.length === 0 && still.length === before.length ? before : [...still, ...moved].sort(worstFirst);
}

const ORDER: ReadonlyMap<string, number> = new Map(RULES.map((r, i) => [r.id, i]));
const firstName = (f: Finding): string => f.subjects[0]?.name ?? '';
const alphabetic = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function worstFirst(a: Finding, b: Finding): number {
  return rank(b.severity) - rank(a.severity) || (ORDER.get(a.rule) ?? 0) - (ORDER.get(b.rule) ?? 0) || alphabetic(firstName(a), firstName(b)) || alphabetic(a.title, b.title);
}
