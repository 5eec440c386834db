import type { Answer, Trouble } from '../../contract/contract.js';
import type { HostChoice } from '../collect/engine/hosts.js';
import type { SessionParts } from './parts.js';

export interface SessionOptions extends HostChoice {
  readonly parts: SessionParts;
  readonly version: string;
  readonly shell: 'electron' | 'browser';
  readonly pollMs?: number | undefined;
  readonly heartbeatMs?: number | undefined;
  readonly heartbeatDeadlineMs?: number | undefined;
  /** Whether what the engine remembers of the time strip's span is told as well; `false`: only what happens from now on. */
  readonly past?: boolean | undefined;
  /** A snapshot to show instead of a live host. */
  readonly file?: { readonly name: string; readonly text: string } | undefined;
}

/** How often use is read, unless a user says otherwise. */
export const DEFAULT_POLL_MS = 2_000;

export const done: Answer<null> = { ok: true, value: null };
/** What could not be done, why, and what to do. */
export const refuse = (what: string, why: string, todo: string): { readonly ok: false; readonly trouble: Trouble } => ({ ok: false, trouble: { what, why, todo, command: '' } });
export const noPicture = () => refuse('There is nothing to take yet', 'no picture has been read', 'Wait for the first one, or open a file.');
