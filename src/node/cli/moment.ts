import type { Moment, Picture } from '../../contract/contract.js';
import type { Alarm } from '../../core/alarm/types.js';
import { clip } from './columns.js';
import type { Io } from './io.js';
import { calledBy } from './names.js';
import { safe } from './trouble.js';

const SIGN = { risk: '▲', mind: '◆', none: '·' } as const;
const STYLE = { risk: 'red', mind: 'yellow', none: 'dim' } as const;

/** The alarm that a moment tells of; null where it tells of none. */
function alarmOf(m: Moment, alarms: readonly Alarm[]): Alarm | null {
  if (m.kind !== 'alarm' && m.kind !== 'healed') return null;
  return alarms.find((a) => m.id === `${m.kind} ${a.id}`) ?? null;
}

/** A moment as a line; an alarm's with the sources of its evidence. */
export function momentLine(io: Pick<Io, 'paint'>, m: Moment, picture: Pick<Picture, 'alarms'>): string {
  const alarm = alarmOf(m, picture.alarms);
  const sources = alarm === null ? [] : [...new Set(alarm.evidence.map((reading) => reading.source))];
  const source = sources.length === 0 ? '' : ` ${io.paint('dim', `[${clip(sources.join(', '), 300)}]`)}`;
  return `${m.at.slice(11, 19)}  ${io.paint(STYLE[m.severity], SIGN[m.severity])} ${m.kind.padEnd(7)}  ${safe(m.text)}${source}\n`;
}

/**
 * A moment as one line of JSON. One of an alarm has it as `alarm`: `{ id, kind, at, healedAt, attacker, attackerId, victim,
 * victimId, impersonates, impersonatesId, address, segment, segmentId, evidence }`, names beside ids.
 */
export function momentJson(m: Moment, { alarms, snapshot }: Pick<Picture, 'alarms' | 'snapshot'>): string {
  const alarm = alarmOf(m, alarms);
  if (alarm === null) return `${JSON.stringify(m)}\n`;
  const called = calledBy(snapshot);
  const { id, kind, at, healedAt, attacker, victim, impersonates, address, segment, evidence } = alarm;
  const told = {
    id, kind, at, healedAt,
    attacker: called(attacker), attackerId: attacker,
    victim: called(victim), victimId: victim,
    impersonates: called(impersonates), impersonatesId: impersonates,
    address,
    segment: snapshot.segments.find((s) => s.id === segment)?.name ?? segment, segmentId: segment,
    evidence,
  };
  return `${JSON.stringify({ ...m, alarm: told })}\n`;
}
