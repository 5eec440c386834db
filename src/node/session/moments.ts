import type { Moment } from '../../contract/contract.js';
import type { Alarm } from '../../core/alarm/types.js';
import type { Finding } from '../../core/model/finding.js';
import type { Snapshot } from '../../core/model/index.js';
import type { EngineEvent } from '../collect/engine/events.js';

/** The time strip's span. */
export const SPAN_MS = 30 * 60 * 1000;
const MOST = 600;

const ACTIONS: Readonly<Record<string, readonly [Moment['kind'], Moment['severity'], string]>> = {
  start: ['start', 'none', 'started'],
  die: ['stop', 'none', 'stopped'],
  died: ['stop', 'none', 'stopped'],
  pause: ['change', 'none', 'was paused'],
  unpause: ['change', 'none', 'goes on'],
  update: ['change', 'none', 'has other limits'],
  rename: ['change', 'none', 'has another name'],
  oom: ['change', 'mind', 'ran out of memory'],
};

/** What the strip shows of an engine's event, or null. `running`: whether the container ran before (a plug at the start is no news). */
export function momentOfEvent(event: EngineEvent, nameOf: (id: string) => string | null, running: (id: string) => boolean): Moment | null {
  const base = { id: `${event.at} ${event.action} ${event.id.slice(0, 12)}${event.container?.slice(0, 12) ?? ''}`, at: event.at };
  if (event.type === 'network') {
    if (event.container === null || !running(event.container) || (event.action !== 'connect' && event.action !== 'disconnect')) return null;
    const name = nameOf(event.container) ?? event.container.slice(0, 12);
    return { ...base, kind: 'change', severity: 'none', text: `${name} ${event.action === 'connect' ? 'joined' : 'left'} ${event.name}`, about: event.container };
  }
  const said = event.type === 'container' ? ACTIONS[event.action] : undefined;
  if (said === undefined) return null;
  const [kind, severity, words] = said;
  const name = event.name || nameOf(event.id) || event.id.slice(0, 12);
  const failed = kind === 'stop' && event.exitCode !== null && event.exitCode !== '' && event.exitCode !== '0';
  return { ...base, kind, severity, text: `${name} ${words}${failed ? ` (exit ${event.exitCode})` : ''}`, about: event.id };
}

const weight = (severity: Finding['severity']): Moment['severity'] => (severity === 'critical' || severity === 'high' ? 'risk' : severity === 'medium' ? 'mind' : 'none');

/** Findings that were not there before. */
export function momentsOfFindings(before: readonly Finding[], after: readonly Finding[], at: string): readonly Moment[] {
  const known = new Set(before.map((f) => f.fingerprint));
  return after
    .filter((f) => !known.has(f.fingerprint) && weight(f.severity) !== 'none')
    .map((f) => ({ id: `${at} finding ${f.fingerprint}`, at, kind: 'finding' as const, severity: weight(f.severity), text: f.title, about: f.subjects[0]?.id ?? null }));
}

/** Alarms that began or healed. */
export function momentsOfAlarms(before: readonly Alarm[], after: readonly Alarm[]): readonly Moment[] {
  const known = new Map(before.map((a) => [a.id, a]));
  return after.flatMap((a): readonly Moment[] => {
    const was = known.get(a.id);
    const about = a.attacker.startsWith('unknown:') ? a.victim : a.attacker;
    const began: Moment = { id: `alarm ${a.id}`, at: a.at, kind: 'alarm', severity: 'risk', text: a.sentence, about };
    const healed: Moment | null = a.healedAt === null || was?.healedAt ? null : { id: `healed ${a.id}`, at: a.healedAt, kind: 'healed', severity: 'none', text: `Healed: ${a.sentence}`, about };
    return [...(was === undefined ? [began] : []), ...(healed === null ? [] : [healed])];
  });
}

/** The last half hour, each moment once, in order of time. */
export class Strip {
  #moments: Moment[] = [];
  #ids = new Set<string>();

  get moments(): readonly Moment[] {
    return this.#moments;
  }

  /** Takes what is new; answers what was. */
  add(moments: readonly Moment[], now: number): readonly Moment[] {
    const fresh = moments.filter((m) => !this.#ids.has(m.id) && Date.parse(m.at) > now - SPAN_MS);
    if (fresh.length === 0) return fresh;
    this.#moments = [...this.#moments, ...fresh].filter((m) => Date.parse(m.at) > now - SPAN_MS).sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)).slice(-MOST);
    this.#ids = new Set(this.#moments.map((m) => m.id));
    return fresh;
  }
}

/** Names and states by id, for events that tell an id only. */
export function lookup(snapshot: Snapshot | null): { readonly nameOf: (id: string) => string | null; readonly running: (id: string) => boolean } {
  const of = (id: string) => snapshot?.containers.find((c) => c.id === id);
  return { nameOf: (id) => of(id)?.name ?? null, running: (id) => of(id)?.pid !== null && of(id) !== undefined };
}
