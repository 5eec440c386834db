import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { MOST_BYTES } from '../../core/model/open.js';
import { stayLean } from '../lean.js';
import { ownPackage } from '../package-folder.js';
import { Session } from '../session/session.js';
import { STANDARD_PARTS } from '../session/standard.js';
import type { SessionPort } from './port.js';

/** A session that can be ended. */
export interface OpenSession extends SessionPort {
  close(): void;
}

/** The version of this Bulkhead. */
export const version = (): string => ownPackage().version;

function readFile(name: string): { readonly name: string; readonly text: string } {
  const bytes = readFileSync(name);
  if (bytes.length > MOST_BYTES) throw new Error(`${name} is larger than ${MOST_BYTES / 1024 / 1024} MB`);
  return { name: path.basename(name), text: bytes.toString('utf8') };
}

/** What a session is opened on: an engine, else the one that is found; or a saved snapshot's file. */
export interface Words {
  readonly host?: string | undefined;
  readonly context?: string | undefined;
  readonly file?: string | undefined;
}

/** `--host URL`, `--context NAME` and a file among the words that a program was started with. Words that are not known (a desktop adds its own) are passed over. */
export function wordsOf(args: readonly string[]): Words {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, strict: false, options: { host: { type: 'string' }, context: { type: 'string' } } });
  const word = (value: unknown) => (typeof value === 'string' ? value : undefined);
  return { host: word(values['host']), context: word(values['context']), file: positionals[0] };
}

/** Opens the session on what the words name. Returns at once whatever the engine does; throws with a sentence where the file can't be read or is no snapshot. */
export function openSession({ host, context, file }: Words, shell: 'electron' | 'browser' = 'browser'): OpenSession {
  stayLean();
  const session = new Session({ host, context, parts: STANDARD_PARTS, version: version(), shell, ...(file === undefined ? {} : { file: readFile(file) }) });
  const trouble = session.start();
  if (trouble !== null) throw new Error(`${trouble.what}: ${trouble.why}. ${trouble.todo}`);
  return session;
}
