import { conforming, MOST_DEPTH, nestsDeeper } from './conform.js';
import { migrate } from './migrate.js';
import { FORMAT, snapshot, type Snapshot } from './snapshot.js';

/** The largest file that is opened, in bytes of UTF-8 (about: in UTF-16 units of the text). */
export const MOST_BYTES = 100 * 1024 * 1024;

/** What is told when a file is no snapshot: what happened, why, what to do. */
export interface NotOpened {
  readonly what: string;
  readonly why: string;
  readonly todo: string;
  readonly command: string;
}
/** `asIs`: the text is of today's format and holds nothing else, so that its own JSON says the same. */
export type Opened = { readonly ok: true; readonly snapshot: Snapshot; readonly asIs: boolean } | { readonly ok: false; readonly trouble: NotOpened };

const not = (why: string, todo = 'Make one with `bulkhead snapshot -o FILE`.'): Opened => ({ ok: false, trouble: { what: 'this is not a snapshot', why, todo, command: '' } });

/** Where in the file, as people write it: `containers[3].process.uid`. */
function place(path: readonly PropertyKey[]): string {
  return path.map((p, i) => (typeof p === 'number' ? `[${p}]` : `${i === 0 ? '' : '.'}${String(p)}`)).join('').slice(0, 200);
}

/** Freezes plain data, to the leaves. */
function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  Object.freeze(value);
  for (const key in value) {
    const inner = (value as Readonly<Record<string, unknown>>)[key];
    if (typeof inner === 'object' && inner !== null) freeze(inner);
  }
}

const conforms = conforming(snapshot);

/** The snapshot of a text that is of today's format and holds nothing else, as it stands; null where only `openSnapshot` can tell. */
export function asItStands(text: string): Snapshot | null {
  if (text.length > MOST_BYTES) return null;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof parsed !== 'object' || parsed === null || (parsed as { readonly format?: unknown }).format !== FORMAT || !conforms(parsed)) return null;
  return parsed as Snapshot;
}

/**
 * Opens the text of a saved snapshot, of today's or any earlier format. The text is not trusted: it is bounded, parsed and
 * checked against the schema; what the schema does not know is left out.
 */
export function openSnapshot(text: string): Opened {
  if (text.length > MOST_BYTES) return not(`it is larger than ${MOST_BYTES / 1024 / 1024} MB`, 'Take a snapshot of fewer containers, or split the host.');
  if (text.trim() === '') return not('it is empty');
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch {
    return not('it is not JSON', 'Give a file that `bulkhead snapshot -o FILE` wrote; it may have been cut off.');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return not('it is JSON, but no object');
  const moved = migrate(parsed as Record<string, unknown>);
  if (!moved.ok) return not(moved.why, moved.why.includes('reads up to') ? 'Open it with the version that wrote it, or a later one.' : 'Make one with `bulkhead snapshot -o FILE`.');
  if (conforms(moved.value)) {
    freeze(moved.value);
    return { ok: true, asIs: moved.value === parsed, snapshot: moved.value as unknown as Snapshot };
  }
  if (nestsDeeper(moved.value, MOST_DEPTH)) return not('it nests deeper than anything that is read from a host', 'It was made by hand; take a new one.');
  const checked = snapshot.safeParse(moved.value);
  if (checked.success) {
    freeze(checked.data);
    return { ok: true, asIs: false, snapshot: checked.data };
  }
  const issue = checked.error.issues[0];
  return not(`${issue && issue.path.length > 0 ? `${place(issue.path)} is not as it should be` : 'its content is not as it should be'} (${(issue?.message ?? 'unknown').slice(0, 120)})`, 'It was changed by hand or cut off; take a new one.');
}
