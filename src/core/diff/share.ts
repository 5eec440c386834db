import type { Snapshot } from '../model/snapshot.js';
import type { Container, Group } from '../model/workload.js';

/**
 * `after` with every part that says the same as the part of `before` in its place replaced by that very object, so that
 * whoever compares by identity sees what did not change. Lists of things with a name are matched by it, others by position.
 */
export function share<T>(before: unknown, after: T): T {
  return shared(before, after) as T;
}

/**
 * Of a later snapshot, what verdicts depend on, shared with an earlier one; the rest stays as it is, since nobody compares
 * it by identity and looking at it costs more than it gives.
 */
export function shareForVerdicts(before: Snapshot, after: Snapshot): Snapshot {
  const workload = <W extends Container | Group>(old: W | undefined, now: W): W =>
    old === undefined
      ? now
      : {
          ...now,
          processes: share(old.processes, now.processes),
          namespaces: share(old.namespaces, now.namespaces),
          privilegedPrograms: share(old.privilegedPrograms, now.privilegedPrograms),
          mounts: share(old.mounts, now.mounts),
          endpoints: share(old.endpoints, now.endpoints),
          ...(now.kind === 'container' && old.kind === 'container' ? { declared: share(old.declared, now.declared) } : {}),
        };
  const containers = new Map(before.containers.map((c) => [c.id, c]));
  const groups = new Map(before.groups.map((g) => [g.id, g]));
  return {
    ...after,
    host: share(before.host, after.host),
    segments: share(before.segments, after.segments),
    interfaces: share(before.interfaces, after.interfaces),
    nets: share(before.nets, after.nets),
    containers: after.containers.map((c) => workload(containers.get(c.id), c)),
    groups: after.groups.map((g) => workload(groups.get(g.id), g)),
  };
}

const NAMES = ['id', 'key', 'inode'] as const;

function nameOf(value: unknown): string | number | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const name of NAMES) {
    const v = (value as Readonly<Record<string, unknown>>)[name];
    if (typeof v === 'string' || typeof v === 'number') return v;
  }
  return undefined;
}

function shared(before: unknown, after: unknown): unknown {
  if (before === after || typeof before !== 'object' || typeof after !== 'object' || before === null || after === null) return after;
  if (Array.isArray(after)) return Array.isArray(before) ? sharedList(before as readonly unknown[], after as readonly unknown[]) : after;
  if (Array.isArray(before)) return after;
  const old = before as Readonly<Record<string, unknown>>;
  const now = after as Readonly<Record<string, unknown>>;
  let out: Record<string, unknown> | null = null;
  let same = true;
  let count = 0;
  for (const key in now) {
    count++;
    const value = now[key];
    const kept = shared(old[key], value);
    if (kept !== old[key]) same = false;
    if (kept !== value) {
      out ??= { ...now };
      out[key] = kept;
    }
  }
  if (same) {
    if (count === Object.keys(old).length) return before;
  }
  return out ?? after;
}

function sharedList(before: readonly unknown[], after: readonly unknown[]): unknown {
  const named = after.length > 0 && nameOf(after[0]) !== undefined;
  const byName = named ? new Map(before.map((x) => [nameOf(x), x])) : null;
  let out: unknown[] | null = null;
  let same = before.length === after.length;
  for (let i = 0; i < after.length; i++) {
    const value = after[i];
    const kept = shared(byName === null ? before[i] : byName.get(nameOf(value)), value);
    if (kept !== before[i]) same = false;
    if (kept !== value) {
      out ??= [...after];
      out[i] = kept;
    }
  }
  return same ? before : (out ?? after);
}
