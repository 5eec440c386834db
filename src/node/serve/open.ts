import path from 'node:path';
import { parseArgs } from 'node:util';
import { boundedText } from '../bounded.js';
import { fileStop, Stop } from '../cli/trouble.js';
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

function readFile(file: string): { readonly name: string; readonly text: string } {
  try {
    return { name: path.basename(file), text: boundedText(file === '-' ? 0 : file) };
  } catch (error) {
    throw fileStop('no snapshot', file === '-' ? 'standard input' : file, error);
  }
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

/** Opens the session on what the words name. Returns at once whatever the engine does; throws a Stop where the file can't be read or is no snapshot. */
export function openSession({ host, context, file }: Words, shell: 'electron' | 'browser' = 'browser'): OpenSession {
  stayLean();
  const session = new Session({ host, context, parts: STANDARD_PARTS, version: version(), shell, ...(file === undefined ? {} : { file: readFile(file) }) });
  const trouble = session.start();
  if (trouble !== null) throw new Stop(trouble);
  return session;
}
