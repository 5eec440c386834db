import type { Moment } from '../../contract/contract.js';
import { START, watch, type Alarm, type WatchState } from '../../core/alarm/index.js';
import type { Snapshot } from '../../core/model/index.js';
import type { Tables } from '../collect/parts.js';
import { momentsOfAlarms } from './moments.js';

/** A healed alarm stays in sight for so long. */
const HEALED_STAYS_MS = 60_000;

/** Watches the neighbour tables, and keeps the alarms that a window shows. */
export class Watcher {
  #state: WatchState = START;
  #alarms = new Map<string, Alarm>();
  #last: { readonly tables: Tables; readonly snapshot: Snapshot; readonly settled: boolean } | null = null;

  get alarms(): readonly Alarm[] {
    return [...this.#alarms.values()];
  }

  /** Whether time alone may change something: an alarm is in sight, or a suspicion waits. */
  get restless(): boolean {
    return this.#alarms.size > 0 || this.#state.waiting;
  }

  /** Looks at the tables as they stand; null where nothing is new, else what the time strip tells. */
  see(tables: Tables, snapshot: Snapshot, settled: boolean): readonly Moment[] | null {
    const last = this.#last;
    if (!this.restless && last?.tables === tables && last.snapshot === snapshot && last.settled === settled) return null;
    this.#last = { tables, snapshot, settled };
    const now = Date.now();
    const six = (tables.tables6 ?? []).map((table) => ({ ...table, family: 6 as const }));
    const seen = watch(this.#state, { snapshot, tables: [...tables.tables, ...six], fdb: tables.fdb, settled, at: new Date(now).toISOString() });
    this.#state = seen.state;
    const before = this.alarms;
    for (const alarm of seen.alarms) this.#alarms.set(alarm.id, alarm);
    for (const [id, alarm] of this.#alarms) if (alarm.healedAt !== null && Date.parse(alarm.healedAt) < now - HEALED_STAYS_MS) this.#alarms.delete(id);
    if (seen.alarms.length === 0 && seen.changes.length === 0 && this.#alarms.size === before.length) return null;
    const changes = seen.changes.map((c): Moment => ({ id: `${c.at} ${c.reason} ${c.text}`, at: c.at, kind: 'change', severity: 'none', text: c.text, about: c.about }));
    return [...momentsOfAlarms(before, seen.alarms), ...changes];
  }
}
