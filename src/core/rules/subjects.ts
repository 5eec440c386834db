import type { Subject } from '../model/finding.js';
import { workloads, type Snapshot } from '../model/snapshot.js';
import type { Container, Workload } from '../model/workload.js';

export const HOST_SUBJECT: Subject = { kind: 'host', id: 'host', name: '(host)' };

export function subjectOf(w: Workload): Subject {
  return { kind: w.kind, id: w.id, name: w.name };
}

/** Workloads that hold processes now. What has stopped shares and reaches nothing. */
export function living(s: Snapshot): readonly Workload[] {
  return workloads(s).filter((w) => w.kind === 'group' || w.state === 'running' || w.state === 'paused' || w.state === 'restarting');
}

/** Containers whose kernel facts have settled: running or paused, not being started or stopped. Only of these can the kernel be held against the declaration. */
export function settled(s: Snapshot): readonly Container[] {
  return s.containers.filter((c) => c.pid !== null && (c.state === 'running' || c.state === 'paused'));
}

const names = new WeakMap<Snapshot, ReadonlyMap<string, string>>();

/** Name of the workload with an id, `(host)` and `(gateway)` for those; else the id. */
export function nameOf(s: Snapshot, id: string): string {
  if (id === 'host') return '(host)';
  if (id.startsWith('gateway:')) return '(gateway)';
  let known = names.get(s);
  if (!known) names.set(s, (known = new Map(workloads(s).map((w) => [w.id, w.name]))));
  return known.get(id) ?? id;
}
