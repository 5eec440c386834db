import { byNature } from '../facts/names.js';
import { listOf, plural } from '../facts/units.js';
import { isKnown } from '../model/reading.js';
import type { Snapshot } from '../model/snapshot.js';
import type { Workload } from '../model/workload.js';
import type { Judgement, PairVerdict, ReachGroup, SegmentReach, Verdict } from '../reach/types.js';
import { naming } from './names.js';
import { decisive, fact, section, valueWords, words, type Card, type PairRef, type Row, type RowState, type Section } from './row.js';

export const VERDICT_STATE: Readonly<Record<Verdict, RowState>> = { possible: 'risk', latent: 'mind', unknown: 'unknown', blocked: 'fine' };

/** Asks for one pair's whole chain; null where the two are not on one segment. */
export type Explain = (attacker: string, victim: string, segment: string) => PairVerdict | null;

interface Hit {
  readonly segment: SegmentReach;
  readonly group: ReachGroup;
}

function hits(judgement: Judgement, attacker: string, verdict: Verdict): readonly Hit[] {
  return judgement.segments.flatMap((segment) => segment.attackers.filter((a) => a.id === attacker).flatMap((a) => a.groups.filter((group) => group.verdict === verdict).map((group) => ({ segment, group }))));
}

const isGateway = (id: string): boolean => id.startsWith('gateway:');

/** `3 and the gateway`, `the gateway`, `12`. */
function counted(victims: readonly string[], name: (id: string) => string): string {
  const others = victims.filter((id) => !isGateway(id) && id !== 'host');
  const rest = [...(victims.includes('host') ? ['the host'] : []), ...(victims.some(isGateway) ? ['the gateway'] : [])];
  const who = others.length === 0 ? [] : others.length === 1 ? [name(others[0] ?? '')] : [String(others.length)];
  return listOf([...who, ...rest]);
}

/** Names as people count them; the host and the gateway come last. */
function namesOf(ids: readonly string[], name: (id: string) => string): readonly string[] {
  const last = (id: string): number => Number(id === 'host' || isGateway(id));
  return [...ids].sort((a, b) => last(a) - last(b) || byNature(name(a), name(b))).map(name);
}

/** The sentence about what a workload can do on its wires. Null where it is on none. */
export function wireCard(judgement: Judgement, s: Snapshot, id: string): Card | null {
  const name = naming(s);
  const strongest = (['possible', 'latent', 'unknown'] as const).find((verdict) => hits(judgement, id, verdict).length > 0);
  const on = judgement.segments.filter((segment) => segment.attackers.some((a) => a.id === id));
  if (on.length === 0) return null;
  if (strongest === undefined) {
    const reason = on.flatMap((segment) => segment.attackers.filter((a) => a.id === id).flatMap((a) => a.groups.map((g) => g.reason)))[0] ?? '';
    return { state: 'fine', heading: 'Cannot impersonate anybody', text: reason === '' ? 'Nobody on its wire would take a forged frame from it.' : `On each of its wires something stops it: ${reason}.`, pair: null };
  }
  const found = hits(judgement, id, strongest);
  const victims = [...new Set(found.flatMap((hit) => hit.group.victims))];
  const first = found[0];
  const victim = first?.group.victims.find((v) => !isGateway(v) && v !== 'host') ?? first?.group.victims[0];
  const pair: PairRef | null = first && victim !== undefined ? { attacker: id, victim, segment: first.segment.segment } : null;
  const segments = listOf([...new Set(found.map((hit) => name(hit.segment.segment)))]);
  const unless = [...new Set(found.flatMap((hit) => hit.group.unless))];
  const reads = found.some((hit) => hit.group.reads === 'yes');
  if (strongest === 'unknown') return { state: 'unknown', heading: 'Whether it can impersonate others is unknown', text: `Not enough could be read on ${segments}: ${first?.group.reason ?? ''}.`, pair };
  const shown = listOf(namesOf(victims, name), 4);
  const how = [...new Set(found.map((hit) => hit.group.reason).filter((reason) => reason !== ''))][0] ?? '';
  const guard = unless.length === 0 ? '' : ` Unless ${unless[0]}${unless.length > 1 ? `, and ${plural(unless.length - 1, 'more thing')} that could not be read` : ''}.`;
  if (strongest === 'latent') {
    return { state: 'mind', heading: `Could come to impersonate ${counted(victims, name)}`, text: `Nothing that runs can do it now, but a program that gives rights, or a process started with more of them, would (${how}).`, pair };
  }
  return {
    state: 'risk',
    heading: `Can impersonate ${counted(victims, name)}`,
    text: `On ${segments} it can make ${shown} take it for another (${how})${reads ? ', and it reads what they send' : ''}.${guard}`,
    pair,
  };
}

/** The readings of one chain: what decides first, each with its source. */
export function whySection(explain: Explain, pair: PairRef | null): readonly Section[] {
  if (pair === null) return [];
  const verdict = explain(pair.attacker, pair.victim, pair.segment);
  if (verdict === null) return [];
  const rows = verdict.because.slice(0, 8).map((step) => {
    const state: RowState = step.holds === 'unknown' ? 'unknown' : step.holds === 'no' ? 'fine' : 'none';
    return fact(step.step, step.reading, decisive(`${step.step} ${step.why}`), state, step.why);
  });
  return section('why', 'Why', rows);
}

export function remedySection(explain: Explain, pair: PairRef | null): readonly Section[] {
  if (pair === null) return [];
  const verdict = explain(pair.attacker, pair.victim, pair.segment);
  if (verdict === null || verdict.verdict === 'blocked') return [];
  return section('remedies', 'What would stop it', verdict.remedies.map((r) => ({ row: 'remedy', text: r.text, command: r.command, breaks: r.breaks })));
}

/** Worst first. */
export const ORDER: readonly Verdict[] = ['possible', 'latent', 'unknown', 'blocked'];

/** Who can impersonate others towards this one, worst first, one row an attacker and segment. */
export function attackersSection(judgement: Judgement, s: Snapshot, id: string, title: string): readonly Section[] {
  const name = naming(s);
  const rows: { readonly verdict: Verdict; readonly row: Extract<Row, { row: 'link' }> }[] = [];
  const told = new Set<string>();
  for (const segment of judgement.segments) {
    for (const attacker of segment.attackers) {
      const group = attacker.groups.find((g) => g.victims.includes(id));
      if (attacker.id === id || group === undefined) continue;
      const on = judgement.segments.length > 1 ? ` on ${name(segment.segment)}` : '';
      const text = group.verdict === 'possible' ? `${group.reason}${on}` : group.verdict === 'latent' ? `only by a program that gives rights${on}` : group.verdict === 'unknown' ? `unknown: ${group.reason}` : `cannot: ${group.reason}`;
      // Two segments, one answer: once is enough.
      if (told.has(`${attacker.id} ${text}`)) continue;
      told.add(`${attacker.id} ${text}`);
      rows.push({ verdict: group.verdict, row: { row: 'link', name: name(attacker.id), text, state: VERDICT_STATE[group.verdict], to: attacker.id, pair: { attacker: attacker.id, victim: id, segment: segment.segment } } });
    }
  }
  rows.sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict) || byNature(a.row.name, b.row.name));
  const shown: Row[] = rows.slice(0, 12).map((r) => r.row);
  if (rows.length > shown.length) shown.push(words(`${rows.length - shown.length} more, all ${rows.slice(12).every((r) => r.verdict === 'blocked') ? 'unable to' : 'in the list'}`));
  return section('attackers', title, shown);
}

/** Whom it reaches, by segment and equal answers. */
export function victimsSection(judgement: Judgement, s: Snapshot, id: string): readonly Section[] {
  const name = naming(s);
  const rows: Row[] = [];
  for (const segment of judgement.segments) {
    for (const group of segment.attackers.filter((a) => a.id === id).flatMap((a) => a.groups)) {
      const first = group.victims[0];
      if (first === undefined || group.verdict === 'blocked') continue;
      const reads = group.reads === 'yes' ? ', and reads their traffic' : group.reads === 'no' ? ', but does not get their traffic' : '';
      rows.push({ row: 'link', name: listOf(namesOf(group.victims, name), 3), text: `${group.verdict} on ${name(segment.segment)}${reads}`, state: VERDICT_STATE[group.verdict], to: first, pair: { attacker: id, victim: first, segment: segment.segment } });
    }
  }
  return section('victims', 'Whom it can fool', rows.slice(0, 12));
}

export function endpointsSection(w: Workload, s: Snapshot): readonly Section[] {
  const rows: Row[] = [];
  for (const e of w.endpoints) {
    const segment = s.segments.find((one) => one.id === e.segment);
    const address = isKnown(e.ipv4) ? e.ipv4 : e.ipv6;
    const ends = [isKnown(e.mac) ? e.mac.value : '', isKnown(e.interface) ? e.interface.value : '', isKnown(e.peer) && e.peer.value !== '' ? `at ${e.peer.value}` : ''].filter((part) => part !== '').join(', ');
    rows.push(fact(segment?.name ?? e.network, address, valueWords, 'none', ends));
  }
  return section('endpoints', 'On the wire', rows);
}
