import { listOf, plural } from '../../facts/units.js';
import type { Judgement } from '../../reach/types.js';
import { outsiders, reachesOf, tableWriters, type Reach } from './reaches.js';
import type { Card, Station } from './stations.js';
import type { Wire, Wiring } from './wires.js';

/** `3 and the gateway`. */
export function counted(r: Pick<Reach, 'victims' | 'gateway' | 'host'>): string {
  const parts = [...(r.victims.length > 0 ? [String(r.victims.length)] : []), ...(r.gateway ? ['the gateway'] : r.host ? ['the host'] : [])];
  return listOf(parts);
}

/** What the whole says in one sentence. */
export function summaryOf(wiring: Wiring, judgement: Judgement, shownCards: number | null): string {
  const running = wiring.parties.filter((p) => p.workload.net !== null);
  const containers = running.filter((p) => p.workload.kind === 'container');
  const stopped = wiring.parties.length - running.length;
  const others = running.length - containers.length + wiring.parties.reduce((sum, p) => sum + p.workload.intruders.length, 0);
  const of = `${plural(wiring.wires.length, 'segment')}, ${plural(containers.length, 'container')}${shownCards === null ? '' : ` in ${plural(shownCards, 'chip')}`}${others > 0 ? ` and ${plural(others, 'other')}` : ''}${stopped > 0 ? `, ${stopped} stopped` : ''}.`;
  const reached = new Set(wiring.wires.flatMap((w) => (w.reach?.members ?? []).filter((m) => w.exposed.has(m))));
  const writers = tableWriters(judgement).map((id) => wiring.parties.find((p) => p.workload.id === id)?.workload.name).filter((n) => n !== undefined);
  // Who is plugged in, or in the host's net namespace, is drawn.
  const unseen = outsiders(judgement).flatMap((id) => wiring.parties.find((p) => p.workload.id === id && p.workload.net !== 'host' && p.workload.endpoints.length === 0)?.workload.name ?? []);
  const tables = `${writers.length === 0 ? '' : ` ${listOf(writers, 2)} can write the tables of others.`}${unseen.length === 0 ? '' : ` ${listOf(unseen, 2)} can send by others, without a plug of ${unseen.length === 1 ? 'its' : 'their'} own.`}`;
  const on = wiring.wires.filter((w) => w.state === 'risk').length;
  if (reached.size > 0) return `${of} Spoofers reach ${plural(reached.size, 'container')}, on ${plural(on, 'segment')} (hatched).${tables}`;
  if (on > 0) return `${of} Spoofers reach the gateway alone, on ${plural(on, 'segment')}.`;
  if (tables !== '') return `${of}${tables}`;
  if (containers.length === 0) return `${plural(wiring.wires.length, 'segment')} without a container.`;
  if (judgement.counts.unknown > 0) return `${of} For ${plural(judgement.counts.unknown, 'pair')} it cannot be told who reaches whom: not enough could be read.`;
  if (judgement.counts.latent > 0) return `${of} Nobody can spoof now; ${plural(judgement.counts.latent, 'pair')} could be, by a program that gives rights.`;
  return wiring.wires.some((w) => w.of > 0) ? `${of} No spoofer reaches anybody.` : `${of} None of them is plugged in.`;
}

/** The list twin's words for a card. */
export function cardDetail(card: Card, station: Station, judgement: Judgement, names: ReadonlyMap<string, string>): string {
  const [p] = card.parties;
  const w = p!.workload;
  const parts: string[] = [];
  if (card.parties.length > 1) parts.push(`${card.parties.length} alike: ${listOf(card.parties.map((x) => x.workload.name), 8)}`);
  parts.push(w.kind === 'container' ? `${w.image}${w.state === 'running' ? '' : `, ${w.state}`}` : `group of ${w.runtime}`);
  if (station.host) parts.push('in the host’s net namespace');
  else if (station.plugs.length > 0) parts.push(`on ${listOf(station.plugs.map((x) => `${names.get(x.segment) ?? ''}${x.address === '' ? '' : ` ${x.address}`}${x.isolated ? ' (isolated port)' : ''}`), 6)}`);
  if (station.shared && !station.host) parts.push('shares its net namespace');
  const [worst] = reachesOf(judgement, w.id);
  if (worst) parts.push(verdictWords(worst, names));
  for (const i of w.intruders) parts.push(`${i.comm} (${i.pid}) entered its ${i.entered.join(', ')}`);
  if (p!.alarm === 'now') parts.push('an alarm is about it');
  return parts.join('; ');
}

function verdictWords(r: Reach, names: ReadonlyMap<string, string>): string {
  const where = names.get(r.segment) ?? '';
  switch (r.verdict) {
    case 'possible': return r.by === 'table' ? `can write the table of ${counted(r)} on ${where} (${r.reason})` : `can impersonate others to ${counted(r)} on ${where} (${r.reason})`;
    case 'latent': return `could spoof on ${where} by a program that gives rights (${r.reason})`;
    case 'unknown': return `unknown whether it can spoof on ${where} (${r.reason})`;
    case 'blocked': return `cannot spoof (${r.reason})`;
  }
}

/** The right gutter's second line. */
export function alsoReached(w: Wire): string {
  return w.gatewayReached ? 'and gateway' : w.hostReached ? 'and the host' : '';
}

/** The list twin's words for a bus. */
export function wireDetail(w: Wire): string {
  const s = w.segment;
  const parts = [`${s.driver}${s.internal ? ', internal' : ''}`, s.subnets.join(', '), w.device].filter((x) => x !== '');
  if (w.of === 0) parts.push('no port yet');
  else if (w.state === 'unknown') parts.push(`unknown how many of ${w.of} a spoofer reaches`);
  else parts.push(`${w.alarm ? 'somebody is being impersonated now; ' : ''}a spoofer reaches ${w.reached} of ${w.of}${alsoReached(w) === '' ? '' : ` ${alsoReached(w)}`}`);
  return parts.join('; ');
}

