import type { IncomingMessage } from 'node:http';
import { readFileSync } from 'node:fs';
import type http from 'node:http';
import { inspect } from 'node:util';
import type Dockerode from 'dockerode';
import { agentFor } from './agents.js';
import { Deadline } from './failure.js';
import type { Candidate } from './hosts.js';

/** The API versions that this code was written for; the engine's own is used where it lies between. */
const NEWEST = '1.52';
const FIRST_ASKED = '1.44';
/** How long an answer may take. */
export const DEADLINE_MS = 10_000;
export type Query = Readonly<Record<string, string | number>>;

/** The engine answered, but not with what was asked for. */
export class Refused extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

/** Orders API versions: `1.9` is before `1.41`. */
export function compareVersions(a: string, b: string): number {
  const [a1 = 0, a2 = 0] = a.split('.').map(Number);
  const [b1 = 0, b2 = 0] = b.split('.').map(Number);
  return a1 - b1 || a2 - b2;
}

/** The modem prints all that it is given on each request, hidden members too; a signal has many. */
const quiet = () => 'signal';

/** Waits for the end of an answer without a body, after which its connection serves the next request. */
function drained(answer: IncomingMessage): Promise<void> {
  return new Promise((resolve, reject) => {
    const freed = () => setImmediate(resolve);
    answer.on('end', freed).on('error', reject).on('close', freed).resume();
  });
}

function modemOptions(candidate: Candidate, agent: http.Agent): Dockerode.DockerOptions {
  // Every member is given: what is left out the modem would take from DOCKER_HOST.
  const { way } = candidate;
  const none = { socketPath: undefined, host: undefined, port: undefined, ca: undefined, cert: undefined, key: undefined };
  const read = (path: string | null) => (path === null ? undefined : readFileSync(path, 'utf8'));
  const common = { ...none, protocol: 'http' as const, agent };
  if (way.kind === 'socket') return { ...common, socketPath: way.path } as Dockerode.DockerOptions;
  if (way.kind === 'tcp' && way.tls !== null) {
    const { ca, cert, key } = way.tls;
    return { ...common, protocol: 'https', host: way.host, port: way.port, ca: read(ca), cert: read(cert), key: read(key) } as Dockerode.DockerOptions;
  }
  if (way.kind === 'tcp') return { ...common, host: way.host, port: way.port } as Dockerode.DockerOptions;
  // The agent dials; the name is only for the Host header.
  return { ...common, host: 'docker.example.com', port: 80 } as Dockerode.DockerOptions;
}

/**
 * The one way to an engine: every request of Bulkhead is made here. Only GET and HEAD exist; the agent
 * refuses anything else. Each request has a deadline, and the negotiated API version in its path.
 */
export class Door {
  #requests = 0;

  private constructor(
    readonly candidate: Candidate,
    readonly apiVersion: string,
    private readonly docker: Dockerode,
    private readonly agent: http.Agent,
    private readonly deadline: number,
  ) {}

  /** Requests sent so far, the event stream and the first greeting included. */
  get requests(): number {
    return this.#requests;
  }

  get endpoint(): string {
    return this.candidate.endpoint;
  }

  /** Connects and agrees on a version, within `greetingMs` for each question; later ones have `deadline`. Rejects with what the connection said. */
  static async open(candidate: Candidate, deadline: number = DEADLINE_MS, greetingMs: number = deadline): Promise<Door> {
    if (candidate.way.kind === 'wrong') throw new Error(candidate.way.why);
    const { default: Docker } = await import('dockerode');
    const agent = agentFor(candidate);
    const docker = new Docker(modemOptions(candidate, agent));
    const door = new Door(candidate, FIRST_ASKED, docker, agent, greetingMs);
    try {
      // An engine tells its version in a header even when it refuses the one in the path.
      const greeting = await door.#head(`/v${FIRST_ASKED}/_ping`);
      const answered = greeting.headers['api-version'] === undefined ? await door.#head('/_ping') : greeting;
      const theirs = String(answered.headers['api-version'] ?? '');
      if (!/^\d{1,2}\.\d{1,3}$/.test(theirs)) throw new Error(`what answers there is no engine (it tells no API version)${greeting.statusCode === 400 ? ', or an HTTPS server that was not asked by TLS' : ''}`);
      const agreed = compareVersions(theirs, NEWEST) < 0 ? theirs : NEWEST;
      Object.assign(docker.modem, { version: `v${agreed}` });
      const opened = new Door(candidate, agreed, docker, agent, deadline);
      opened.#requests = door.#requests;
      return opened;
    } catch (error) {
      agent.destroy();
      throw error;
    }
  }

  /** One answer as parsed JSON, undefined where it is none. Rejects with Deadline, Refused, or the connection's error. */
  async get(path: string, query: Query = {}, deadline: number = this.deadline): Promise<unknown> {
    const answer = await this.#dial({ path: `${path}?`, method: 'GET', options: { ...query } }, deadline);
    return Buffer.isBuffer(answer) ? undefined : answer;
  }

  /** A stream that lasts: the deadline holds for its beginning only. */
  async stream(path: string, query: Query, signal: AbortSignal): Promise<IncomingMessage> {
    const stop = new AbortController();
    signal.addEventListener('abort', () => stop.abort(), { once: true });
    const answer = (await this.#dial({ path: `${path}?`, method: 'GET', isStream: true, options: { ...query } }, this.deadline, stop)) as IncomingMessage;
    signal.addEventListener('abort', () => answer.destroy(), { once: true });
    if (signal.aborted) answer.destroy();
    return answer;
  }

  /** Whether the engine is there; rejects where it does not answer in time. */
  async ping(deadline: number): Promise<void> {
    const answer = (await this.#dial({ path: '/_ping', method: 'HEAD', isStream: true, statusCodes: { 200: true } }, deadline, new AbortController())) as IncomingMessage;
    await drained(answer);
  }

  close(): void {
    this.agent.destroy();
  }

  async #head(path: string): Promise<IncomingMessage> {
    const any = Object.fromEntries([200, 400, 404, 426, 500].map((status) => [status, true]));
    const answer = (await this.#dial({ path, method: 'HEAD', isStream: true, statusCodes: any }, this.deadline, new AbortController())) as IncomingMessage;
    await drained(answer);
    return answer;
  }

  /** `stop` ends what was asked when it is late; without one it is left to end with the connection, which a late answer costs. */
  #dial(options: Parameters<Dockerode['modem']['dial']>[0], deadline: number, stop?: AbortController): Promise<unknown> {
    this.#requests += 1;
    return new Promise((resolve, reject) => {
      let done = false;
      let late = false;
      const timer = setTimeout(() => {
        // On a busy machine this thread may itself have been late: what has arrived meanwhile is read first.
        setImmediate(() => {
          if (done) return;
          late = true;
          stop?.abort();
          reject(new Deadline(deadline));
        });
      }, deadline);
      if (stop !== undefined) Object.defineProperty(stop.signal, inspect.custom, { value: quiet });
      const ok = options.statusCodes ?? { 200: true, 404: 'not found', 500: 'server error' };
      this.docker.modem.dial({ ...options, statusCodes: ok, ...(stop !== undefined && { abortSignal: stop.signal }) }, (error, answer) => {
        clearTimeout(timer);
        done = true;
        if (late) return;
        if (error === null || error === undefined) return resolve(answer);
        const { statusCode, json } = error as { statusCode?: unknown; json?: { message?: unknown } };
        if (typeof statusCode !== 'number') return reject(error);
        reject(new Refused(statusCode, typeof json?.message === 'string' ? json.message.slice(0, 500) : `the engine answered ${statusCode}`));
      });
    });
  }
}
