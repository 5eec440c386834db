import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { MOST_BYTES } from '../../core/model/open.js';
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

/**
 * Opens the session that the arguments name: `--host URL`, `--context NAME`, a saved snapshot's file, or the engine
 * that is found. Returns at once whatever the engine does; throws with a sentence where the file can't be read or is no snapshot.
 */
export function openSession(args: readonly string[], shell: 'electron' | 'browser' = 'browser'): OpenSession {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, strict: false, options: { host: { type: 'string' }, context: { type: 'string' } } });
  const word = (value: unknown) => (typeof value === 'string' ? value : undefined);
  const [file] = positionals;
  const session = new Session({
    host: word(values['host']),
    context: word(values['context']),
    parts: STANDARD_PARTS,
    version: version(),
    shell,
    ...(file === undefined ? {} : { file: readFile(file) }),
  });
  const trouble = session.start();
  if (trouble !== null) throw new Error(`${trouble.what}: ${trouble.why}. ${trouble.todo}`);
  return session;
}
