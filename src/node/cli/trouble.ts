import type { Trouble } from '../../contract/contract.js';
import { MOST_BYTES } from '../../core/model/open.js';
import { NoEngine } from '../collect/engine/failure.js';

/** It could not be done: exit status 2, and one sentence with what happened, why and what to do. */
export class Stop extends Error {
  constructor(readonly trouble: Trouble) {
    super(`${trouble.what}: ${trouble.why}`);
  }
}

export function stop(what: string, why: string, todo: string, command = ''): Stop {
  return new Stop({ what, why, todo, command });
}

/** Control characters of untrusted text would move the cursor; directions would turn the line. */
export function safe(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (c) => (c === '\n' || c === '\t' ? ' ' : '\ufffd'));
}

/** How an error is told: a Trouble as its sentence, a system error by what it means, anything else as what it is. */
export function troubleText(error: unknown): string {
  if (error instanceof Stop || error instanceof NoEngine) {
    const { what, why, todo, command } = error.trouble;
    const end = /[.!?]$/u.test(why) ? '' : '.';
    return `bulkhead: ${safe(what)}: ${safe(why)}${end}\n  ${safe(todo)}${command === '' ? '' : `\n  ${safe(command)}`}\n`;
  }
  const code = (error as NodeJS.ErrnoException | null)?.code;
  const message = error instanceof Error ? error.message : String(error);
  return `bulkhead: it could not be done: ${safe(code === undefined ? message : `${message} (${code})`)}.\n  If that is no fault of this machine, please report it.\n`;
}

/** The file system's words for people. */
export function fileStop(what: string, file: string, error: unknown): Stop {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  const why: Record<string, string> = {
    ENOENT: `there is no ${file}`, EACCES: `this user may not open ${file}`, EPERM: `this user may not open ${file}`, EISDIR: `${file} is a folder`,
    ENOTDIR: `a part of ${file} is no folder`, ENOSPC: 'the disk is full', EROFS: 'the file system is read-only',
    EFBIG: `${file} is larger than ${MOST_BYTES / 1024 / 1024} MB`,
  };
  const todo: Record<string, string> = { EACCES: 'Run it as a user who may, or name another file.', EPERM: 'Run it as a user who may, or name another file.', ENOSPC: 'Make room, or name a file elsewhere.', EROFS: 'Name a file elsewhere.', EFBIG: 'Give a smaller one.' };
  return stop(what, why[code] ?? `${file}: ${code || String(error)}`, todo[code] ?? 'Check the name.');
}
