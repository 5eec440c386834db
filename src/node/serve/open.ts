import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { MAX_BYTES } from '../session/opened.js';
import { Session } from '../session/session.js';
import { STANDARD_PARTS } from '../session/standard.js';
import type { SessionPort } from './port.js';

/** A session that can be ended. */
export interface OpenSession extends SessionPort {
  close(): void;
}

/** The version in package.json, which lies above both the sources and the bundle. */
export function version(): string {
  for (let folder = import.meta.dirname; folder !== path.dirname(folder); folder = path.dirname(folder)) {
    try {
      const found = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { name?: unknown; version?: unknown };
      if (found.name === 'bulkhead' && typeof found.version === 'string') return found.version;
    } catch {
      // Not in this folder.
    }
  }
  return '0.0.0';
}

function readFile(name: string): { readonly name: string; readonly text: string } {
  const bytes = readFileSync(name);
  if (bytes.length > MAX_BYTES) throw new Error(`${name} is larger than ${MAX_BYTES / 1024 / 1024} MB`);
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
