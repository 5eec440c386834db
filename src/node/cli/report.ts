import { SEVERITIES, type Finding, type Severity } from '../../core/model/finding.js';
import { isKnown, workloads, type Reading, type Snapshot } from '../../core/model/index.js';
import { deniedOf } from '../session/denied.js';
import { clip, columns } from './columns.js';
import type { Io } from './io.js';
import { safe } from './trouble.js';

const STYLE: Readonly<Record<Severity, Parameters<Io['paint']>[0]>> = { critical: ['bold', 'red'], high: 'red', medium: 'yellow', low: 'cyan', info: 'dim' };

/** Names take no more columns than this, so that there is room for what is said of them. */
const WHO = 28;

/** The names of those at fault, the first few and how many more. */
function who(findings: readonly Finding[]): string {
  const names = [...new Set(findings.map((f) => f.subjects[0]?.name ?? ''))];
  const shown: string[] = [];
  for (const name of names.slice(0, names.length > 3 ? 2 : 3)) {
    const one = clip(name, names.length === 1 ? WHO : 20);
    if (shown.length > 0 && [...shown, one].join(', ').length > WHO) break;
    shown.push(one);
  }
  return names.length > shown.length ? `${shown.join(', ')} +${names.length - shown.length}` : shown.join(', ');
}

/** What is said of one finding beside its subject's name. */
function detail(finding: Finding): string {
  const name = finding.subjects[0]?.name ?? '';
  const title = finding.title;
  const rest = name !== '' && title.startsWith(name) ? title.slice(name.length).replace(/^[:\s]+/u, '') : title;
  return clip(rest, 400);
}

function severityCounts(findings: readonly Finding[]): string {
  const counts = [...SEVERITIES].reverse().filter((s) => s !== 'info').map((s) => [s, findings.filter((f) => f.severity === s).length] as const).filter(([, n]) => n > 0);
  return counts.length === 0 ? 'nothing' : counts.map(([s, n]) => `${n} ${s}`).join(', ');
}

/**
 * Findings for people: one line for each rule and severity, worst first. What is only worth knowing (`info`) is counted,
 * and listed with `all`.
 */
export function findingsText(io: Io, snapshot: Snapshot, findings: readonly Finding[], all: boolean): string {
  const groups = new Map<string, Finding[]>();
  for (const f of findings) {
    if (!all && f.severity === 'info') continue;
    const key = `${f.severity} ${f.rule}`;
    groups.set(key, [...(groups.get(key) ?? []), f]);
  }
  const rows = [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const head = [io.paint(STYLE[first.severity], first.severity), first.name];
    if (all) return group.map((f) => [...head, clip(f.subjects[0]?.name ?? '', 24), detail(f)]);
    const more = group.length > 1 ? `${detail(first)} (one of ${group.length})` : detail(first);
    return [[...head, who(group), more]];
  });
  const info = findings.filter((f) => f.severity === 'info').length;
  const unread = deniedOf(snapshot).length;
  const others = workloads(snapshot).length - snapshot.containers.length;
  const count = snapshot.containers.length;
  const tail = [
    `${severityCounts(findings)} in ${count} ${count === 1 ? 'container' : 'containers'}${others > 0 ? ` and ${others} ${others === 1 ? 'group' : 'groups'} of other runtimes` : ''}${info > 0 && !all ? `; ${info} more that are only worth knowing: --all` : ''}.`,
    ...(unread > 0 ? [`${unread} ${unread === 1 ? 'thing' : 'things'} could not be read: bulkhead doctor.`] : []),
    ...(snapshot.host.proof.kind === 'proved' ? [] : [`The kernel could not be read (${safe(snapshot.host.proof.why)}): what only it can tell is not in this list.`]),
    ...(rows.length > 0 ? ['Why, and what to do: bulkhead explain RULE.'] : []),
  ];
  return `${columns(rows, io.width)}${rows.length > 0 ? '\n' : ''}${tail.join(' ')}\n`;
}

/** The value of a reading in a few words. */
export function readingText(r: Reading<unknown>): string {
  if (!isKnown(r)) return r.unknown;
  const value = r.value;
  if (typeof value === 'string') return clip(value, 300);
  if (Array.isArray(value) && value.every((v) => typeof v !== 'object')) return value.length === 0 ? 'none' : clip(value.join(', '), 300);
  return clip(JSON.stringify(value) ?? '', 300);
}
