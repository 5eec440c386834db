import { accessSync, constants, readdirSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { FoundEngine } from '../../../contract/contract.js';
import { readContext } from './contexts.js';
import { candidateOf, candidates, usualSockets, type Candidate, type HostChoice } from './hosts.js';

/** An engine that a user may choose, and how it would be asked for. */
export interface Choosable extends FoundEngine {
  readonly choice: Pick<HostChoice, 'host' | 'context'>;
}

const named = z.object({ Name: z.string().min(1).max(1000) });
const MOST_CONTEXTS = 50;

/** Names of the contexts of the Docker command line. */
function contextNames(folder: string): readonly string[] {
  const meta = join(folder, 'contexts', 'meta');
  try {
    return readdirSync(meta).slice(0, MOST_CONTEXTS).flatMap((entry) => {
      try {
        const parsed = named.safeParse(JSON.parse(readFileSync(join(meta, entry, 'meta.json'), 'utf8')));
        return parsed.success ? [parsed.data.Name] : [];
      } catch {
        return [];
      }
    }).sort();
  } catch {
    return [];
  }
}

/** Whether a socket is there and may be opened by this user. Nothing is connected to. */
function stateOf({ way }: Candidate): FoundEngine['state'] {
  if (way.kind === 'wrong') return 'absent';
  if (way.kind !== 'socket') return 'elsewhere';
  try {
    if (!statSync(way.path).isSocket()) return 'absent';
  } catch (error) {
    return ['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '') ? 'denied' : 'absent';
  }
  try {
    accessSync(way.path, constants.R_OK | constants.W_OK);
    return 'there';
  } catch {
    return 'denied';
  }
}

/**
 * The engines that can be chosen: what this start named or found first, every context of the Docker command line, every usual
 * socket. Usual sockets that are absent are told as well: they are where one looked.
 */
export function foundEngines(start: HostChoice): readonly Choosable[] {
  const env = start.env ?? process.env;
  const home = start.home ?? env['HOME'] ?? homedir();
  const folder = env['DOCKER_CONFIG'] || join(home, '.docker');
  const out = new Map<string, Choosable>();
  const put = (candidate: Candidate, from: string, choice: Choosable['choice']): void => {
    const id = choice.context === undefined ? candidate.endpoint : `context ${choice.context}`;
    if (!out.has(id)) out.set(id, { id, endpoint: candidate.endpoint, from, state: stateOf(candidate), choice });
  };
  for (const candidate of candidates(start)) {
    if (candidate.from !== 'usual place') put(candidate, candidate.from, start.context === undefined ? { host: start.host ?? env['DOCKER_HOST'] ?? candidate.endpoint } : { context: start.context });
  }
  for (const name of contextNames(folder)) {
    const context = readContext(folder, name);
    if (context !== null) put(candidateOf(context.endpoint, '', context.tls), `context ${name}`, { context: name });
  }
  for (const url of usualSockets(env, home, start.uid ?? process.getuid?.() ?? 0, start.platform ?? process.platform)) put(candidateOf(url, ''), 'usual place', { host: url });
  return [...out.values()];
}
