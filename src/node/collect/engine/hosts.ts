import { homedir } from 'node:os';
import { join } from 'node:path';
import { currentContext, readContext, tlsFilesIn, type TlsFiles } from './contexts.js';

/** One engine that may be there. `endpoint` is what is shown and never holds a password; `from`: who named it. */
export interface Candidate {
  readonly endpoint: string;
  readonly from: string;
  readonly way:
    | { readonly kind: 'socket'; readonly path: string }
    | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly tls: TlsFiles | null }
    | { readonly kind: 'ssh'; readonly args: readonly string[] }
    | { readonly kind: 'wrong'; readonly why: string };
}

export interface HostChoice {
  readonly host?: string | undefined;
  readonly context?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly home?: string | undefined;
  readonly uid?: number | undefined;
  readonly platform?: string | undefined;
  /** Told in a sentence where another engine answers than the one that comes first. */
  readonly note?: ((sentence: string) => void) | undefined;
}

/** Where a candidate is from that nobody named for this start: it does not stand alone. */
export const CURRENT = 'current context';

const wrong = (endpoint: string, from: string, why: string): Candidate => ({ endpoint, from, way: { kind: 'wrong', why } });

/** ssh's arguments for an `ssh://` URL; the host can't be taken for an option. */
function sshArgs(url: URL): readonly string[] | null {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const user = decodeURIComponent(url.username);
  if (host === '' || host.startsWith('-') || user.startsWith('-')) return null;
  const remote = url.pathname.length > 1 ? ['docker', '--host', `unix://${quoted(decodeURIComponent(url.pathname))}`] : ['docker'];
  return [
    '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10', '-T',
    ...(user === '' ? [] : ['-l', user]),
    ...(url.port === '' ? [] : ['-p', url.port]),
    '--', host, ...remote, 'system', 'dial-stdio',
  ];
}

/** ssh joins its words and gives them to a shell at the other end. */
const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;

/** Reads one host URL as the Docker command line would. */
export function candidateOf(text: string, from: string, tls: TlsFiles | null = null): Candidate {
  if (text.startsWith('unix://')) return { endpoint: text, from, way: { kind: 'socket', path: text.slice(7) || '/var/run/docker.sock' } };
  if (text.startsWith('npipe://')) return { endpoint: text, from, way: { kind: 'socket', path: text.slice(8) || '//./pipe/docker_engine' } };
  if (text.startsWith('/')) return { endpoint: `unix://${text}`, from, way: { kind: 'socket', path: text } };
  let url: URL;
  try {
    url = new URL(text.includes('://') ? text : `tcp://${text}`);
  } catch {
    return wrong(text, from, 'this is no host URL (unix://, tcp:// or ssh://)');
  }
  const shown = `${url.protocol}//${url.username === '' ? '' : `${url.username}@`}${url.host}${url.pathname === '/' ? '' : url.pathname}`;
  if (url.protocol === 'ssh:') {
    const args = sshArgs(url);
    return args === null ? wrong(shown, from, 'this host name is not one that ssh may be given') : { endpoint: shown, from, way: { kind: 'ssh', args } };
  }
  if (url.protocol === 'tcp:' || url.protocol === 'http:' || url.protocol === 'https:') {
    const secure = tls ?? (url.protocol === 'https:' ? { ca: null, cert: null, key: null, verify: true } : null);
    const port = url.port === '' ? (secure === null ? 2375 : 2376) : Number(url.port);
    return { endpoint: shown, from, way: { kind: 'tcp', host: url.hostname.replace(/^\[|\]$/g, ''), port, tls: secure } };
  }
  return wrong(shown, from, `${url.protocol}// is none of unix://, tcp:// and ssh://`);
}

/** The places where engines usually listen, the system's first. */
export function usualSockets(env: NonNullable<HostChoice['env']>, home: string, uid: number, platform: string): readonly string[] {
  if (platform === 'win32') return ['npipe:////./pipe/docker_engine'];
  const runs = new Set<string>();
  if (env['XDG_RUNTIME_DIR']) runs.add(env['XDG_RUNTIME_DIR']);
  if (uid !== 0) runs.add(`/run/user/${uid}`);
  if (env['SUDO_UID'] !== undefined && /^\d+$/.test(env['SUDO_UID'])) runs.add(`/run/user/${env['SUDO_UID']}`);
  const user = [...runs];
  return [
    '/var/run/docker.sock',
    ...user.map((run) => join(run, 'docker.sock')),
    join(home, '.docker/desktop/docker.sock'),
    join(home, '.docker/run/docker.sock'),
    '/run/podman/podman.sock',
    ...user.map((run) => join(run, 'podman/podman.sock')),
    join(home, '.colima/default/docker.sock'),
    join(home, '.config/colima/default/docker.sock'),
    join(home, '.rd/docker.sock'),
    join(home, '.orbstack/run/docker.sock'),
  ].map((path) => `unix://${path}`);
}

/**
 * Which engines to try, in order. What was named (`--host`, `--context`, DOCKER_HOST, DOCKER_CONTEXT) is tried
 * alone: another engine would be the wrong answer; so is an empty name, or two. The current context comes before the usual sockets.
 */
export function candidates(choice: HostChoice = {}): readonly Candidate[] {
  const env = choice.env ?? process.env;
  const home = choice.home ?? env['HOME'] ?? homedir();
  const folder = env['DOCKER_CONFIG'] || join(home, '.docker');
  const named = (name: string, from: string): Candidate => {
    const context = readContext(folder, name);
    if (context !== null) return candidateOf(context.endpoint, from, context.tls);
    return wrong(name, from, `there is no Docker context ${name.slice(0, 80)} in ${folder}`);
  };
  const certs = () => {
    const verify = env['DOCKER_TLS_VERIFY'] !== undefined && env['DOCKER_TLS_VERIFY'] !== '';
    if (!verify && !env['DOCKER_TLS']) return null;
    return tlsFilesIn(env['DOCKER_CERT_PATH'] || folder, verify) ?? { ca: null, cert: null, key: null, verify };
  };
  // A variable that is not set where it was meant to be names no engine, and least of all the one that is here.
  const empty = choice.host === '' ? '--host' : choice.context === '' ? '--context' : null;
  if (empty !== null) return [wrong(`${empty} ''`, empty, `${empty} was given and names nothing`)];
  if (choice.host !== undefined && choice.context !== undefined) return [wrong(choice.host, '--host', '--host and --context were both given, and only one can choose the engine')];
  if (choice.host !== undefined) return [candidateOf(choice.host, '--host', certs())];
  const usual = () =>
    usualSockets(env, home, choice.uid ?? process.getuid?.() ?? 0, choice.platform ?? process.platform).map((url) => candidateOf(url, 'usual place'));
  if (choice.context !== undefined) return choice.context === 'default' ? usual() : [named(choice.context, '--context')];
  if (env['DOCKER_HOST']) return [candidateOf(env['DOCKER_HOST'], 'DOCKER_HOST', certs())];
  if (env['DOCKER_CONTEXT'] && env['DOCKER_CONTEXT'] !== 'default') return [named(env['DOCKER_CONTEXT'], 'DOCKER_CONTEXT')];
  const current = env['DOCKER_CONTEXT'] ? null : currentContext(folder);
  const first = current === null ? [] : [named(current, CURRENT)];
  const seen = new Set(first.map((c) => c.endpoint));
  return [...first, ...usual().filter((c) => !seen.has(c.endpoint))];
}
