import type { EngineEvent } from '../collect/engine/events.js';

/** What has to be read again because of one event. `urgent`: people wait to see it; the rest may gather for a moment. */
export interface Touch {
  readonly containers: readonly string[];
  readonly processes: readonly string[];
  readonly networks: boolean;
  readonly everything: boolean;
  readonly urgent: boolean;
}

const URGENT = new Set(['start', 'die', 'pause', 'unpause', 'destroy', 'rename', 'update', 'oom', 'health_status']);
const QUIET = new Set(['create']);
/** New or ended processes of a container that the engine knew already. */
const PROCESSES = new Set(['exec_start', 'exec_die']);

const nothing: Touch = { containers: [], processes: [], networks: false, everything: false, urgent: false };

/** Null where nothing that a snapshot holds has changed (attach, copy, kill, top, logs …). */
export function touchOf(event: EngineEvent): Touch | null {
  if (event.type === 'daemon') return event.action === 'reload' ? { ...nothing, everything: true } : null;
  if (event.type === 'network') {
    if (event.action === 'connect' || event.action === 'disconnect') return event.container === null ? null : { ...nothing, containers: [event.container] };
    if (['create', 'destroy', 'remove', 'update', 'prune'].includes(event.action)) return { ...nothing, networks: true };
    return null;
  }
  if (event.id === '') return null;
  // Podman says `died`, `remove` and `stop` where Docker says `die`, `destroy` and nothing.
  const action = { died: 'die', remove: 'destroy', cleanup: 'die', exec_died: 'exec_die', exec: 'exec_start', init: 'create' }[event.action] ?? event.action;
  if (PROCESSES.has(action)) return { ...nothing, processes: [event.id] };
  if (URGENT.has(action)) return { ...nothing, containers: [event.id], urgent: true };
  if (QUIET.has(action)) return { ...nothing, containers: [event.id] };
  return null;
}

/** What several events touched together. */
export class Gathered {
  containers = new Set<string>();
  processes = new Set<string>();
  networks = false;
  everything = false;

  add(touch: Touch): void {
    for (const id of touch.containers) this.containers.add(id);
    for (const id of touch.processes) this.processes.add(id);
    this.networks ||= touch.networks;
    this.everything ||= touch.everything;
  }

  get empty(): boolean {
    return this.containers.size === 0 && this.processes.size === 0 && !this.networks && !this.everything;
  }
}
