import { byNature } from '../facts/names.js';
import { listOf } from '../facts/units.js';
import { SEVERITIES, type Finding, type Severity } from '../model/finding.js';
import { section, type Row, type RowState, type Section } from './row.js';

const rank = (s: Severity): number => SEVERITIES.indexOf(s);

/** Findings of one rule and one severity: they say the same of several. */
export interface Alike {
  readonly key: string;
  readonly severity: Severity;
  readonly rule: string;
  /** The slug of the rule. */
  readonly name: string;
  readonly findings: readonly [Finding, ...Finding[]];
}

/** What was found, alike findings once, worst first. `own`: about this engine's containers, their networks and the host; `others`: about groups of other runtimes. */
export interface Digest {
  readonly own: readonly Alike[];
  readonly others: readonly Alike[];
  /** How many entries of `own` have each severity, worst first; those that none has are left out. */
  readonly totals: readonly { readonly severity: Severity; readonly count: number }[];
}

/** Alike findings together, worst first. */
export function alikeOf(findings: readonly Finding[]): readonly Alike[] {
  const by = new Map<string, [Finding, ...Finding[]]>();
  for (const f of findings) {
    const key = `${f.severity} ${f.rule}`;
    const had = by.get(key);
    if (had) had.push(f);
    else by.set(key, [f]);
  }
  return [...by].map(([key, some]): Alike => ({ key, severity: some[0].severity, rule: some[0].rule, name: some[0].name, findings: some })).sort((a, b) => rank(b.severity) - rank(a.severity));
}

/** A finding whose first subject is a group of another runtime, or a process of nobody's. */
const isOthers = (f: Finding): boolean => f.subjects[0]?.kind === 'group';

export function digest(findings: readonly Finding[]): Digest {
  const own = alikeOf(findings.filter((f) => !isOthers(f)));
  const totals = [...SEVERITIES].reverse().map((severity) => ({ severity, count: own.filter((a) => a.severity === severity).length })).filter((t) => t.count > 0);
  return { own, others: alikeOf(findings.filter(isOthers)), totals };
}

/** Whom else alike findings are about: `also db, api and 3 more`; a number where they have no other names. `''` for one alone. */
export function alsoAbout({ findings }: Alike): string {
  const [first, ...rest] = findings.map((f) => f.subjects[0]?.name ?? '');
  if (rest.length === 0) return '';
  const names = [...new Set(rest)].filter((name) => name !== '' && name !== first);
  return names.length < rest.length ? `and ${rest.length} more` : `also ${listOf(names, 3)}`;
}

const FINDING_STATE: Readonly<Record<Severity, RowState>> = { critical: 'risk', high: 'risk', medium: 'mind', low: 'mind', info: 'none' };

/** Findings of one rule: the first in full and the others by whom else they are about; each by itself where a name does not tell them apart. */
function findingRows(alike: readonly Finding[], id: string): readonly Row[] {
  const row = (f: Finding, more: string): Row => ({
    row: 'fact', name: f.severity, value: f.title, source: `${f.rule} ${f.name}${f.evidence[0] ? `, ${f.evidence[0].source}` : ''}`, state: FINDING_STATE[f.severity], note: `${more}${f.remedy}`,
  });
  const [first, ...rest] = alike;
  if (first === undefined) return [];
  const known = new Set([id, ...first.subjects.map((one) => one.id)]);
  const names = new Set(rest.flatMap((f) => f.subjects.filter((one) => !known.has(one.id)).slice(0, 1)).map((one) => one.name));
  return rest.length > 0 && names.size === rest.length ? [row(first, `The same of ${listOf([...names].sort(byNature))}. `)] : alike.map((f) => row(f, ''));
}

/** Findings about it, worst first, alike ones together and counted once, each with what to do. */
export function findingsSection(findings: readonly Finding[], id: string): readonly Section[] {
  const alike = alikeOf(findings.filter((f) => f.subjects.some((one) => one.id === id)));
  const rows = alike.flatMap((a) => findingRows(a.findings, id)).slice(0, 20);
  return section('findings', alike.length === 1 ? '1 finding' : `${alike.length} findings`, rows);
}
