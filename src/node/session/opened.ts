import type { Trouble } from '../../contract/contract.js';
import { FORMAT, snapshot as schema, type Snapshot } from '../../core/model/index.js';

export const MAX_BYTES = 100 * 1024 * 1024;

/** What a file from outside turned out to be. */
export type Opened = { readonly ok: true; readonly snapshot: Snapshot } | { readonly ok: false; readonly trouble: Trouble };

const no = (name: string, why: string, todo: string): Opened => ({ ok: false, trouble: { what: `${name.slice(0, 200)} was not opened`, why, todo, command: '' } });

/** Reads a snapshot from a file's text. A file is untrusted: bounded, and checked against the schema as a whole. */
export function openSnapshot(name: string, text: string): Opened {
  if (text.length > MAX_BYTES) return no(name, `it is larger than ${MAX_BYTES / 1024 / 1024} MB`, 'Open a smaller one.');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return no(name, 'it is not JSON', 'Give a file that bulkhead snapshot has written.');
  }
  const format = typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined;
  if (typeof format === 'number' && Number.isInteger(format) && format > FORMAT) {
    return no(name, `its format is ${format}, and this version knows up to ${FORMAT}`, 'Open it with a newer Bulkhead.');
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, snapshot: parsed.data };
  if (format === undefined) return no(name, 'it is JSON, but no snapshot of Bulkhead', 'Give a file that bulkhead snapshot has written.');
  const issue = parsed.error.issues[0];
  return no(name, `it is damaged at ${issue?.path.join('.').slice(0, 200) || 'its root'}`, 'Take the snapshot again.');
}
