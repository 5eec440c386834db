import { readFileSync } from 'node:fs';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
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

/** Waits for the end of an answer without a body, after which its connection serves the next request. */
function drained(answer: IncomingMessage): Promise<void> {
  return new Promise((resolve, reject) => {
    const freed = () => setImmediate(resolve);
    answer.on('end', freed).on('error', reject).on('close', freed).resume();
  });
}

/** Where an engine is, as a request names it; files of TLS are read here, once. */
function addressOf({ way }: Candidate): https.RequestOptions {
  const read = (path: string | null) => (path === null ? undefined : readFileSync(path, 'utf8'));
  if (way.kind === 'socket') return { socketPath: way.path, host: 'localhost' };
  if (way.kind === 'tcp' && way.tls !== null) {
    const { ca, cert, key } = way.tls;
    return { protocol: 'https:', host: way.host, port: way.port, ca: read(ca), cert: read(cert), key: read(key) };
  }
  if (way.kind === 'tcp') return { host: way.host, port: way.port };
  // The agent dials; the name is only for the Host header.
  return { host: 'docker.example.com', port: 80 };
}

/** The whole of an answer, as text. */
function textOf(answer: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => chunks.push(chunk));
    answer.on('end', () => {
      const [only] = chunks;
      resolve((chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks)).toString('utf8'));
    });
    answer.on('error', reject);
    answer.on('close', () => {
      if (!answer.complete) reject(new Error('the engine broke off its answer'));
    });
  });
}

/** What a text says as JSON; undefined where it is none. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

async function refusalOf(answer: IncomingMessage): Promise<Refused> {
  const text = await textOf(answer);
  const said = jsonOf(text) as { readonly message?: unknown } | null | undefined;
  if (typeof said?.message === 'string') return new Refused(answer.statusCode ?? 0, said.message.slice(0, 500));
  // Not an engine's own way of speaking: of what was said the first line, where it is words.
  const line = /^[\x20-\x7e]{1,200}/.exec(text)?.[0];
  return new Refused(answer.statusCode ?? 0, `the engine answered ${answer.statusCode}${line === undefined ? '' : `: ${line}`}`);
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
    private readonly agent: http.Agent,
    private readonly address: https.RequestOptions,
    private readonly deadline: number,
  ) {}

  /** Requests sent so far, the event stream and the first greeting included. */
  get requests(): number {
    return this.#requests;
  }

  get endpoint(): string {
    return this.candidate.endpoint;
  }

  /** Connects and agrees on a version. Rejects with what the connection said. */
  static async open(candidate: Candidate, deadline: number = DEADLINE_MS): Promise<Door> {
    if (candidate.way.kind === 'wrong') throw new Error(candidate.way.why);
    const agent = agentFor(candidate);
    const address = addressOf(candidate);
    const door = new Door(candidate, FIRST_ASKED, agent, address, deadline);
    try {
      // An engine tells its version in a header even when it refuses the one in the path.
      const greeting = await door.#head(`/v${FIRST_ASKED}/_ping`);
      const answered = greeting.headers['api-version'] === undefined ? await door.#head('/_ping') : greeting;
      const theirs = String(answered.headers['api-version'] ?? '');
      if (!/^\d{1,2}\.\d{1,3}$/.test(theirs)) throw new Error(`what answers there is no engine (it tells no API version)${greeting.statusCode === 400 ? ', or an HTTPS server that was not asked by TLS' : ''}`);
      const agreed = compareVersions(theirs, NEWEST) < 0 ? theirs : NEWEST;
      const opened = new Door(candidate, agreed, agent, address, deadline);
      opened.#requests = door.#requests;
      return opened;
    } catch (error) {
      agent.destroy();
      throw error;
    }
  }

  /** One answer as parsed JSON, undefined where it is none. Rejects with Deadline, Refused, or the connection's error. */
  get(path: string, query: Query = {}, deadline: number = this.deadline): Promise<unknown> {
    return this.#dial('GET', this.#path(path, query), deadline, async (answer) => {
      if (answer.statusCode !== 200) throw await refusalOf(answer);
      return jsonOf(await textOf(answer));
    });
  }

  /** A stream that lasts: the deadline holds for its beginning only. */
  async stream(path: string, query: Query, signal: AbortSignal): Promise<IncomingMessage> {
    const answer = await this.#dial('GET', this.#path(path, query), this.deadline, async (begun) => {
      if (begun.statusCode !== 200) throw await refusalOf(begun);
      return begun;
    }, signal);
    signal.addEventListener('abort', () => answer.destroy(), { once: true });
    if (signal.aborted) answer.destroy();
    return answer;
  }

  /** Whether the engine is there; rejects where it does not answer in time. */
  async ping(deadline: number): Promise<void> {
    await this.#dial('HEAD', this.#path('/_ping', {}), deadline, async (answer) => {
      await drained(answer);
      if (answer.statusCode !== 200) throw new Refused(answer.statusCode ?? 0, `the engine answered ${answer.statusCode}`);
    });
  }

  close(): void {
    this.agent.destroy();
  }

  #path(path: string, query: Query): string {
    const words = new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]));
    return `/v${this.apiVersion}${path}${words.size === 0 ? '' : `?${words.toString()}`}`;
  }

  #head(path: string): Promise<IncomingMessage> {
    return this.#dial('HEAD', path, this.deadline, async (answer) => {
      await drained(answer).catch(() => undefined);
      return answer;
    });
  }

  #dial<T>(method: 'GET' | 'HEAD', path: string, deadline: number, take: (answer: IncomingMessage) => Promise<T>, signal?: AbortSignal): Promise<T> {
    this.#requests += 1;
    return new Promise<T>((resolve, reject) => {
      const request = (this.address.protocol === 'https:' ? https : http).request({ ...this.address, agent: this.agent, method, path });
      const stop = () => request.destroy();
      let done = false;
      const end = () => {
        done = true;
        clearTimeout(timer);
        signal?.removeEventListener('abort', stop);
      };
      const timer = setTimeout(() => {
        // On a busy machine this thread may itself have been late: what has arrived meanwhile is read first.
        setImmediate(() => {
          if (done) return;
          end();
          reject(new Deadline(deadline));
          request.destroy();
        });
      }, deadline);
      const fail = (error: Error) => {
        if (done) return;
        end();
        reject(error);
      };
      signal?.addEventListener('abort', stop, { once: true });
      let headed = false;
      request.on('error', (error) => {
        // What follows the head against the rules (a server of TLS does so) takes nothing from a head that has come.
        if (!headed || method !== 'HEAD') fail(error);
      });
      request.on('response', (answer) => {
        headed = true;
        take(answer).then((taken) => {
          if (done) return;
          end();
          resolve(taken);
        }, fail);
      });
      request.end();
      if (signal?.aborted === true) stop();
    });
  }
}
