import { bytes, bytesOf, cores, count, percent, rateOf } from '../facts/units.js';
import type { Rates } from '../facts/rates.js';
import type { CgroupFacts, Limit } from '../model/cgroup.js';
import { isKnown, type Reading } from '../model/reading.js';
import type { Snapshot } from '../model/snapshot.js';
import type { Workload } from '../model/workload.js';
import { fact, readingWords, section, words, type Card, type Row, type RowState, type Section } from './row.js';

/** Nearer to its limit than this is worth saying. */
const NEAR = 0.88;

function meter(name: string, use: Reading<number>, limit: Reading<Limit>, say: (n: number) => string, of: (n: number, limit: number) => string): Row {
  if (!isKnown(use)) return { row: 'meter', name, text: readingWords(use), share: null, state: 'unknown', source: use.source };
  const max = isKnown(limit) && limit.value !== 'max' ? limit.value : null;
  if (max === null || max <= 0) return { row: 'meter', name, text: `${say(use.value)}, ${isKnown(limit) ? 'no limit' : 'limit unknown'}`, share: null, state: 'none', source: use.source };
  const share = use.value / max;
  return { row: 'meter', name, text: of(use.value, max), share, state: share > NEAR ? 'risk' : 'none', source: use.source };
}

/** Memory, cpu, tasks and io against the effective limits. */
export function usesSection(w: Workload, rates: Rates | null): readonly Section[] {
  const { memory, cpu, pids, io } = w.cgroup;
  const rate = rates?.get(w.id);
  const used: Reading<number> = rate?.cores ?? (isKnown(cpu.usageMs) ? { unknown: 'not-asked', source: cpu.usageMs.source } : cpu.usageMs);
  const rows: Row[] = [
    meter('memory', memory.usage, memory.effectiveLimit, bytes, bytesOf),
    rate === undefined && isKnown(cpu.usageMs)
      ? { row: 'meter', name: 'cpu', text: `${(cpu.usageMs.value / 1000).toFixed(1)} s so far; its rate takes a second look`, share: null, state: 'none', source: cpu.usageMs.source }
      : meter('cpu', used, cpu.effectiveLimit, (n) => `${cores(n)} cores`, (n, limit) => `${cores(n)} of ${cores(limit)} cores`),
    meter('pids', pids.usage, pids.effectiveLimit, (n) => count(n), (n, limit) => `${count(n)} of ${count(limit)}`),
  ];
  if (rate !== undefined && isKnown(rate.read) && isKnown(rate.written)) rows.push({ row: 'meter', name: 'io', text: rateOf(rate.read.value + rate.written.value), share: null, state: 'none', source: io.readBytes.source });
  return section('uses', 'Uses', rows);
}

const limitWords = (say: (n: number) => string) => (limit: Limit): string => (limit === 'max' ? 'no limit' : say(limit));

/** Declared, enforced on its own cgroup, effective, and which ancestor imposes it. */
export function limitsSection(w: Workload): readonly Section[] {
  const rows: Row[] = [];
  const add = (name: string, of: CgroupFacts['memory'] | CgroupFacts['cpu'] | CgroupFacts['pids'], say: (n: number) => string): void => {
    const own = isKnown(of.limit) && isKnown(of.effectiveLimit) && of.limit.value === of.effectiveLimit.value;
    const state: RowState = isKnown(of.effectiveLimit) && of.effectiveLimit.value !== 'max' && !own ? 'mind' : 'none';
    const by = isKnown(of.imposedBy) && !own && of.imposedBy.value !== '' ? `imposed by ${of.imposedBy.value}` : '';
    rows.push(fact(name, of.effectiveLimit, limitWords(say), state, by));
    if (isKnown(of.declared) && isKnown(of.limit) && of.declared.value !== of.limit.value) rows.push(fact(`${name}, declared`, of.declared, limitWords(say), 'mind', `the kernel enforces ${limitWords(say)(of.limit.value)}`));
  };
  add('memory', w.cgroup.memory, bytes);
  add('cpu', w.cgroup.cpu, (n) => `${cores(n)} cores`);
  add('pids', w.cgroup.pids, (n) => count(n));
  rows.push(fact('cgroup', w.cgroup.path));
  return section('limits', 'Tightest on the way up', rows);
}

export function pressureSection(w: Workload): readonly Section[] {
  const { memory, cpu, io } = w.cgroup;
  const rows = (
    [['memory', memory.pressure], ['cpu', cpu.pressure], ['io', io.pressure]] as const
  ).map(([name, p]) => fact(name, p, (v) => `some ${v.some10} %, full ${v.full10} % of the last 10 s`, isKnown(p) && p.value.some10 > 10 ? 'risk' : 'none'));
  if (isKnown(memory.oomKills) && memory.oomKills.value > 0) rows.push(fact('OOM kills', memory.oomKills, undefined, 'risk'));
  if (isKnown(cpu.throttledPeriods) && cpu.throttledPeriods.value > 0) rows.push(fact('throttled', cpu.throttledPeriods, (n) => `in ${count(n)} periods`, 'mind'));
  return section('pressure', 'Pressure', rows.every((r) => r.row === 'fact' && r.state === 'unknown') ? [words('This kernel tells no pressure (PSI): unknown, not zero.', 'unknown')] : rows);
}

/** The sentence about limits. */
export function usesCard(w: Workload, s: Snapshot): Card {
  const { memory } = w.cgroup;
  const limit = isKnown(memory.effectiveLimit) ? memory.effectiveLimit.value : null;
  const use = isKnown(memory.usage) ? memory.usage.value : null;
  if (limit === null || use === null) return { state: 'unknown', heading: 'What it uses is unknown', text: `${readingWords(memory.usage)} (${memory.usage.source}).`, pair: null };
  if (limit === 'max') {
    const all = isKnown(s.host.memory) ? `all ${bytes(s.host.memory.value)} of the host` : 'all memory of the host';
    return { state: 'mind', heading: 'No limit on its memory', text: `Neither its own cgroup nor one above it has a limit: it may take ${all}.`, pair: null };
  }
  const share = use / limit;
  const oom = isKnown(memory.oomKills) && memory.oomKills.value > 0 ? ` The kernel has killed processes of it for want of memory (oom_kill ${memory.oomKills.value}).` : '';
  if (share > NEAR) return { state: 'risk', heading: `At ${percent(share)} of its memory limit`, text: `${bytes(limit - use)} are left.${oom}`, pair: null };
  const own = isKnown(memory.limit) && memory.limit.value === limit;
  return { state: own ? 'fine' : 'mind', heading: `At ${percent(share)} of its memory limit`, text: `${own ? 'The limit is its own.' : `The limit is not its own: ${isKnown(memory.imposedBy) ? memory.imposedBy.value : 'an ancestor'} imposes it.`}${oom}`, pair: null };
}
