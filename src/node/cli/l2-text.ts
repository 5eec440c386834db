import type { Snapshot } from '../../core/model/index.js';
import { listOf, plural } from '../../core/facts/units.js';
import type { Attacker, Judgement, PairVerdict, ReachGroup, SegmentReach, Verdict } from '../../core/reach/index.js';
import { clip, columns } from './columns.js';
import type { Io } from './io.js';
import { calledBy } from './names.js';
import { readingText } from './report.js';
import { safe } from './trouble.js';

const SIGN: Readonly<Record<Verdict, string>> = { possible: '▲', latent: '◇', unknown: '?', blocked: '✓' };
const STYLE = { possible: 'red', latent: 'yellow', unknown: 'yellow', blocked: 'green' } as const;
const TECHNIQUE = { 'arp-spoof': 'arp', 'ndp-spoof': 'ndp', 'mac-steal': 'mac', 'table-write': 'table' } as const;

/** `any of 3 others and the gateway`, or the names where it is not everybody. */
function whom(reach: SegmentReach, attacker: Attacker, group: ReachGroup, called: (id: string) => string): string {
  const containers = group.victims.filter((v) => reach.members.includes(v));
  const other = group.victims.some((v) => v === 'host' || v.startsWith('gateway:'));
  const rest = reach.members.filter((m) => m !== attacker.id).length;
  const there = group.victims.some((v) => v.startsWith('gateway:')) ? 'the gateway' : 'the host';
  const end = other ? (containers.length === 0 ? there : ` and ${there}`) : '';
  if (containers.length === 0) return end;
  if (containers.length === rest) return `${rest === 1 ? called(containers[0] ?? '') : `all ${rest} others`}${end}`;
  return `${listOf(containers.map(called), 5)}${end}`;
}

const VERB: Readonly<Record<Verdict, string>> = { possible: 'can pose to', latent: 'could pose to', unknown: 'may pose to', blocked: 'cannot pose to' };

function segmentRows(io: Io, reach: SegmentReach, called: (id: string) => string): string[][] {
  const rows: string[][] = [];
  const said = new Map<string, string>();
  for (const attacker of reach.attackers) {
    for (const group of attacker.groups) {
      if (group.verdict === 'blocked' || group.victims.length === 0) continue;
      const words = `${VERB[group.verdict]} ${whom(reach, attacker, group, called)}`;
      const unless = group.unless.length > 0 ? `, unless ${group.unless.join(', or ')}` : '';
      const by = group.techniques.map((t) => TECHNIQUE[t]).join(', ');
      const reads = group.reads === 'yes' ? ', and reads it' : group.reads === 'unknown' ? ', and may read it' : '';
      const key = `${words}${unless}${by}${reads}`;
      const before = said.get(key);
      said.set(key, attacker.id);
      rows.push([io.paint(STYLE[group.verdict], SIGN[group.verdict]), clip(called(attacker.id), 24), by, clip(attacker.right, 28), before === undefined ? safe(`${words}${reads}${unless}`) : 'the same']);
    }
  }
  return rows;
}

function headOf(io: Io, s: Snapshot, reach: SegmentReach): string {
  const segment = s.segments.find((g) => g.id === reach.segment);
  const device = segment && 'value' in segment.device ? ` ${safe(segment.device.value)}` : '';
  const left = segment ? `${clip(segment.name, 30)} ${segment.subnets.map(safe).join(', ')}${device}${segment.internal ? ', internal' : ''}` : safe(reach.segment);
  const members = reach.members.filter((m) => reach.exposed.includes(m)).length;
  const gateway = reach.exposed.some((e) => e.startsWith('gateway:') || e === 'host') ? ' and the gateway' : '';
  const right = `${members} of ${reach.members.length}${gateway}`;
  return `${io.paint('bold', left)}${' '.repeat(Math.max(2, Math.min(io.width, 100) - left.length - right.length))}${right}`;
}

/** Every segment with those who can pose as others on it; `only`: one attacker's id. */
export function segmentsText(io: Io, s: Snapshot, j: Judgement, only: string | null): string {
  const called = calledBy(s);
  const parts = j.segments.filter((r) => r.members.length > 0).map((r) => (only === null ? r : { ...r, attackers: r.attackers.filter((a) => a.id === only) })).filter((r) => only === null || r.attackers.length > 0).map((reach) => {
    const rows = segmentRows(io, reach, called);
    const reasons = [...new Set(reach.attackers.flatMap((a) => a.groups.map((g) => g.reason)))];
    const nobody = `  ${io.paint('green', '✓')} nobody${reasons.length > 0 ? `: ${safe(listOf(reasons, 3))}` : ''}\n`;
    return `${headOf(io, s, reach)}\n${rows.length > 0 ? columns(rows, io.width, 2) : nobody}`;
  });
  const { possible, latent, blocked, unknown } = j.counts;
  const sham = j.sham.map((x) => `${safe(x.where)} looks like a guard and is none: ${safe(x.why)}\n`).join('');
  const unread = j.unread.length > 0 ? `Not read: ${j.unread.map(safe).join('; ')}.\n` : '';
  const empty = parts.length === 0 ? 'No container is on a wire.\n' : '';
  return `${empty}${parts.join('')}${parts.length > 0 ? '\n' : ''}${sham}${unread}${possible} pairs possible, ${latent} latent, ${blocked} blocked, ${unknown} unknown. One pair: bulkhead l2 --from NAME --to NAME\n`;
}

const HOLDS = { yes: 'holds', no: 'fails', unknown: 'unknown' } as const;
const ORDER: readonly Verdict[] = ['possible', 'latent', 'unknown', 'blocked'];

function sentence(s: Snapshot, v: PairVerdict, called: (id: string) => string): string {
  const segment = s.segments.find((g) => g.id === v.segment)?.name ?? v.segment;
  const masks = v.impersonates.map(called);
  const as = masks.length === 0 ? 'somebody else' : masks.includes('(gateway)') && masks.length > 1 ? `the gateway, or any of ${plural(masks.length - 1, 'other')}` : listOf(masks, 4).replace('(gateway)', 'the gateway').replace('(host)', 'the host').replace(/ and ([^,]*)$/, ' or $1');
  const verb = { possible: 'can make', latent: 'could make', unknown: 'may be able to make', blocked: 'cannot make' }[v.verdict];
  return safe(`${called(v.attacker)} ${verb} ${called(v.victim).replace('(host)', 'the host')} believe that it is ${v.verdict === 'blocked' ? 'somebody else' : as}, on ${segment}, by ${v.technique}.`);
}

/** Why nothing is said of a pair. */
function nothing(s: Snapshot, from: string, to: string, called: (id: string) => string): string {
  if (from === to) return `${called(from)} is one: nobody is impersonated to oneself.`;
  const idle = s.containers.find((c) => (c.id === from || c.id === to) && c.pid === null);
  if (idle !== undefined) return `${idle.name} does not run (${idle.state}), so it is on no wire.`;
  if (from === 'host') return 'The host is not judged as an attacker: all wires here are its own.';
  return `${called(from)} and ${called(to)} share no wire, so neither can impersonate anybody to the other.`;
}

/** Whether the traffic is read as well, and by what that is known. */
function readsText(v: PairVerdict): string {
  if (v.verdict === 'blocked') return '';
  const said = { yes: 'What it takes it can read as well', no: 'It does not get to read the traffic', unknown: 'Whether it gets to read the traffic is unknown' }[v.reads];
  const by = v.readsBecause[0];
  return by === undefined ? `${said}. ` : `${said}: ${safe(by.why)} (${clip(readingText(by.reading), 120)}; ${clip(by.reading.source, 60)}) `;
}

/** The whole chain of one pair: the strongest answer in full, the others in a sentence each. */
export function chainText(io: Io, s: Snapshot, from: string, to: string, verdicts: readonly PairVerdict[]): string {
  const called = calledBy(s);
  const [best, ...rest] = [...verdicts].sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
  if (!best) return `${safe(nothing(s, from, to, called))}\n`;
  const rows = (steps: PairVerdict['because']): string[][] =>
    steps.map((step) => [io.paint(step.holds === 'yes' ? 'dim' : step.holds === 'no' ? 'green' : 'yellow', HOLDS[step.holds]), clip(step.step, 44), clip(step.reading.source, 44), clip(shortReading(step), 120)]);
  const others = rest.map((v) => {
    const failing = v.because.find((step) => step.holds === 'no');
    return `${sentence(s, v, called)}${failing ? ` It fails at: ${safe(failing.step)} (${clip(readingText(failing.reading), 80)}). ${safe(failing.why)}` : ''}\n`;
  });
  const reads = readsText(best);
  const unless = best.unless.length > 0 ? `Unless ${safe(best.unless.join(', or '))}. ` : '';
  const stops = best.remedies.map((r) => [safe(r.text), safe(r.command), clip(`breaks: ${r.breaks}`, 200)]);
  return [
    `${io.paint('bold', sentence(s, best, called))}\n`,
    columns(rows(best.because), io.width, 2),
    ...(unless + reads === '' ? [] : [`${unless}${reads}`.trim(), '\n']),
    ...(stops.length > 0 ? ['What would stop it:\n', ...stops.map(([text, command, breaks]) => `  ${text}\n    ${command}\n    ${breaks}\n`)] : []),
    ...(others.length > 0 ? ['\n', ...others] : []),
  ].join('');
}

/** A list of many capabilities says little; the one that counts stands in the step. */
function shortReading(step: PairVerdict['because'][number]): string {
  const text = readingText(step.reading);
  if (text.length <= 60 || !text.startsWith('CAP_')) return text;
  const all = text.split(', ');
  const named = /CAP_\w+/u.exec(`${step.step} ${step.why}`)?.[0];
  return named !== undefined && all.includes(named) ? `${named} and ${all.length - 1} more` : `${all.length} capabilities`;
}
