import type { Trouble } from '../../contract/contract.js';
import { openSnapshot as open } from '../../core/model/open.js';
import type { Snapshot } from '../../core/model/index.js';

export { MOST_BYTES as MAX_BYTES } from '../../core/model/open.js';

/** What a file from outside turned out to be. */
export type Opened = { readonly ok: true; readonly snapshot: Snapshot } | { readonly ok: false; readonly trouble: Trouble };

/** Reads a snapshot from a file's text, with the file's name in what is told where it is none. */
export function openSnapshot(name: string, text: string): Opened {
  const opened = open(text);
  return opened.ok ? opened : { ok: false, trouble: { ...opened.trouble, what: `${name.slice(0, 200)} was not opened` } };
}
