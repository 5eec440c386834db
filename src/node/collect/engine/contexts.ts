import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** What a Docker context says: its endpoint, and the PEM files for TLS where it has them. */
export interface DockerContext {
  readonly name: string;
  readonly endpoint: string;
  readonly tls: TlsFiles | null;
}

/** Paths of the PEM files of one client. */
export interface TlsFiles {
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
  readonly verify: boolean;
}

const config = z.object({ currentContext: z.string().max(1000).optional() });
const meta = z.object({
  Name: z.string(),
  Endpoints: z.object({ docker: z.object({ Host: z.string().max(2000).optional(), SkipTLSVerify: z.boolean().optional() }).optional() }).optional(),
});

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

/** The PEM files of a folder that exist, or null where there is none. */
export function tlsFilesIn(folder: string, verify: boolean): TlsFiles | null {
  const file = (name: string) => (existsSync(join(folder, name)) ? join(folder, name) : null);
  const found = { ca: file('ca.pem'), cert: file('cert.pem'), key: file('key.pem'), verify };
  return found.ca === null && found.cert === null && found.key === null ? null : found;
}

/** Name of the current context in `config.json`, or null for none or `default`. */
export function currentContext(folder: string): string | null {
  const parsed = config.safeParse(readJson(join(folder, 'config.json')));
  const name = parsed.success ? parsed.data.currentContext : undefined;
  return name === undefined || name === '' || name === 'default' ? null : name;
}

/** A context of the Docker command line by name, from `contexts/meta/<sha256 of the name>/meta.json`; null where there is none. */
export function readContext(folder: string, name: string): DockerContext | null {
  const digest = createHash('sha256').update(name).digest('hex');
  const parsed = meta.safeParse(readJson(join(folder, 'contexts', 'meta', digest, 'meta.json')));
  if (!parsed.success) return null;
  const docker = parsed.data.Endpoints?.docker;
  if (docker?.Host === undefined || docker.Host === '') return null;
  const tls = tlsFilesIn(join(folder, 'contexts', 'tls', digest, 'docker'), docker.SkipTLSVerify !== true);
  return { name, endpoint: docker.Host, tls };
}
