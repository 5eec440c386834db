import { readFileSync, statSync } from 'node:fs';
import type { Trouble } from '../../../contract/contract.js';
import type { Candidate } from './hosts.js';

/** Why an engine could not be reached. `silent`: something took the connection and did not answer in time. */
export interface Attempt {
  readonly endpoint: string;
  readonly failure: 'absent' | 'denied' | 'silent' | 'refused';
  readonly text: string;
}

/** A request that was not answered in time. */
export class Deadline extends Error {
  constructor(readonly ms: number) {
    super(`no answer within ${ms / 1000} s`);
  }
}

/** No engine could be reached: which were tried, and what to do. */
export class NoEngine extends Error {
  constructor(readonly tried: readonly Attempt[], readonly trouble: Trouble) {
    super(`${trouble.what}: ${trouble.why}`);
  }
}

const nameIn = (file: string, id: number) => {
  try {
    return readFileSync(file, 'utf8').split('\n').map((line) => line.split(':')).find((part) => Number(part[2]) === id)?.[0] ?? null;
  } catch {
    return null;
  }
};

/** The user and group that own a socket, by name where the machine knows one. */
function owners(path: string): { readonly user: string; readonly group: string } | null {
  try {
    const { uid, gid } = statSync(path);
    return { user: nameIn('/etc/passwd', uid) ?? `uid ${uid}`, group: nameIn('/etc/group', gid) ?? `gid ${gid}` };
  } catch {
    return null;
  }
}

/** Whether one side did not believe the other, or was not spoken to as it wants: by Node's codes, OpenSSL's and the words of Go's server. */
function isAboutCertificates(error: unknown): boolean {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return /^ERR_(TLS|SSL)|^CERT_|CERT|SELF_SIGNED|UNABLE_TO_|^EPROTO$/u.test(String(code)) || /certificate|HTTPS server/iu.test(String(message));
}

/** Reads an error of a connection or request as what happened to this candidate. */
export function attemptOf(candidate: Candidate, error: unknown): Attempt {
  const { endpoint, way } = candidate;
  if (way.kind === 'wrong') return { endpoint, failure: 'absent', text: way.why };
  if (error instanceof Deadline) return { endpoint, failure: 'silent', text: `${endpoint} takes connections and gives ${error.message}` };
  const code = (error as { code?: unknown }).code;
  const message = error instanceof Error ? error.message.slice(0, 300) : 'unknown error';
  if (way.kind === 'socket') {
    if (code === 'ENOENT' || code === 'ENOTDIR') return { endpoint, failure: 'absent', text: `there is no ${way.path}` };
    if (code === 'EACCES' || code === 'EPERM') {
      const who = owners(way.path);
      return { endpoint, failure: 'denied', text: `${way.path} is there, but this user may not open it${who === null ? '' : ` (it belongs to ${who.user} and group ${who.group})`}` };
    }
    if (code === 'ECONNREFUSED') return { endpoint, failure: 'refused', text: `${way.path} is there, but no engine listens on it` };
  }
  if (way.kind === 'ssh' && code === 'ENOENT') return { endpoint, failure: 'absent', text: 'there is no ssh command on this machine' };
  if (way.kind === 'ssh' && /permission denied|host key/i.test(message)) return { endpoint, failure: 'denied', text: `ssh: ${message}` };
  if (way.kind === 'tcp' && isAboutCertificates(error)) return { endpoint, failure: 'denied', text: `TLS: ${endpoint}: ${message}` };
  if (way.kind === 'tcp' && code === 'ECONNRESET') return { endpoint, failure: 'refused', text: `${endpoint} takes the connection and closes it without an answer` };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return { endpoint, failure: 'absent', text: `no address is known for ${endpoint}` };
  if (code === 'ETIMEDOUT' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return { endpoint, failure: 'silent', text: `${endpoint} can't be reached (${String(code)})` };
  return { endpoint, failure: 'refused', text: `${endpoint}: ${message}` };
}

/** What a user is told when none of the candidates answered: the one that comes nearest to working leads. */
export function noEngine(tried: readonly Attempt[], named: boolean): NoEngine {
  const rank = { denied: 0, silent: 1, refused: 2, absent: 3 };
  const best = [...tried].sort((a, b) => rank[a.failure] - rank[b.failure])[0];
  if (best === undefined) return new NoEngine(tried, { what: 'no engine', why: 'there was nowhere to look', todo: 'Start Docker or Podman.', command: '' });
  if (best.failure === 'absent' && !named) {
    return new NoEngine(tried, {
      what: 'no engine',
      why: `none of the usual sockets is there (${tried.length} were tried, ${best.endpoint.replace('unix://', '')} first)`,
      todo: 'Start Docker or Podman, name an engine (--host, --context), or give a saved snapshot.',
      command: 'sudo systemctl start docker',
    });
  }
  return new NoEngine(tried, { what: 'no engine', why: best.text, ...remedy(best) });
}

/** What Bulkhead does over ssh, to be tried by hand; nothing where the name is not one that a shell takes as it is. */
function sshCheck(endpoint: string): string {
  const { username, hostname, port } = new URL(endpoint);
  const command = ['ssh', ...(port === '' ? [] : ['-p', port]), username === '' ? hostname : `${username}@${hostname}`, 'docker', 'version'];
  return command.every((word) => /^[\w.@-]+$/u.test(word)) ? command.join(' ') : '';
}

/** Whether an endpoint is on this machine, so that what starts an engine here helps. */
function isHere(endpoint: string): boolean {
  return !/^(?:tcp|https?):/u.test(endpoint) || /^[a-z]+:\/\/(?:localhost|127\.[\d.]+|\[::1\])(?::|\/|$)/u.test(endpoint);
}

function remedy(attempt: Attempt): Pick<Trouble, 'todo' | 'command'> {
  if (attempt.failure === 'denied' && attempt.text.startsWith('ssh:')) {
    const todo = /host key/i.test(attempt.text)
      ? 'Log in once by hand to see the host’s key and accept it, if it is the right one.'
      : 'Let ssh log in without a question: a key in an agent, or an entry in ~/.ssh/config.';
    return { todo, command: '' };
  }
  if (attempt.failure === 'denied' && attempt.text.startsWith('TLS:')) {
    return { todo: 'Give the certificates that this engine knows: DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH (ca.pem, cert.pem, key.pem), or a context that has them.', command: 'docker context ls' };
  }
  if (attempt.failure === 'denied') {
    const group = /group ([^)\s]+)\)/.exec(attempt.text)?.[1];
    if (group === undefined || group === 'root' || group === 'gid') return { todo: 'Run this as the user that owns it, or as root.', command: '' };
    return { todo: `Join the group ${group} and log in again, or give a saved snapshot.`, command: `sudo usermod -aG ${group} "$USER"` };
  }
  if (attempt.failure === 'silent') return { todo: 'See whether the engine is well; restart it if it hangs.', command: 'systemctl status docker' };
  if (attempt.failure === 'refused' && attempt.endpoint.startsWith('ssh://')) return { todo: 'See whether this works at all; the engine there must run, and the user must be allowed to use it.', command: sshCheck(attempt.endpoint) };
  if (attempt.text.endsWith('closes it without an answer')) return { todo: 'See whether it wants TLS (DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH, or a context that has certificates), and whether it is an engine at all.', command: 'docker context ls' };
  if (attempt.failure === 'refused' && !isHere(attempt.endpoint)) return { todo: 'Start the engine there, and see whether it listens on this port.', command: '' };
  if (attempt.failure === 'refused') return { todo: 'Start the engine.', command: 'sudo systemctl start docker' };
  if (/^--(?:host|context) /u.test(attempt.text)) return { todo: 'Give one of the two, with what it names; without both it is the engine that is found here.', command: '' };
  return { todo: 'Check the name (docker context ls), or name another engine with --host.', command: 'docker context ls' };
}
