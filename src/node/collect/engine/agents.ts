import { spawn } from 'node:child_process';
import http from 'node:http';
import https from 'node:https';
import { Duplex } from 'node:stream';
import { inspect } from 'node:util';
import type { Candidate } from './hosts.js';

/** Thrown when code asks for anything but a look. It can't be caused from outside. */
export class WriteRefused extends Error {
  constructor(method: string) {
    super(`Bulkhead only reads: ${method} was not sent`);
  }
}

type AgentRequest = http.ClientRequest & { method: string };

/** Refuses every request but GET and HEAD before a byte leaves. */
function guard(request: http.ClientRequest): void {
  const { method } = request as AgentRequest;
  if (method !== 'GET' && method !== 'HEAD') throw new WriteRefused(method);
}

/** At most this many requests at a time; the engine serves 4 to 16 best, and the event stream holds one for itself. */
const SOCKETS = 9;
const SSH_SOCKETS = 4;

/** The modem prints its options with util.inspect on each request, sockets and all; an agent has nothing to say there. */
const silent = { [inspect.custom]: () => 'agent' };

interface Addable {
  addRequest(request: http.ClientRequest, options: object, port?: number, localAddress?: string): void;
}

function readOnly<T extends http.Agent>(agent: T): T {
  const send = (agent as unknown as Addable).addRequest.bind(agent);
  (agent as unknown as Addable).addRequest = (request, ...rest) => {
    guard(request);
    send(request, ...rest);
  };
  return Object.assign(agent, silent);
}

/** A child's standard streams as a socket; http wants a few of a socket's methods. */
class ChildSocket extends Duplex {
  readonly #child;
  #error = '';

  constructor(command: string, args: readonly string[]) {
    super();
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const { stdin, stdout, stderr } = this.#child;
    stdout.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) stdout.pause();
    });
    stderr.on('data', (chunk: Buffer) => {
      this.#error = (this.#error + chunk.toString('utf8')).slice(-2000);
    });
    stdin.on('error', () => undefined);
    this.#child.on('error', (error) => this.destroy(error));
    // Only then is it known whether the end of its output was an error.
    this.#child.on('close', (code) => {
      if (code === 0 || code === null) this.push(null);
      else this.destroy(new Error(this.#error.trim().split('\n').at(-1) || `ssh ended with status ${code}`));
    });
  }

  override _read(): void {
    this.#child.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    // A child that has gone says why itself.
    this.#child.stdin.write(chunk, () => done());
  }

  override _final(done: () => void): void {
    this.#child.stdin.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#child.kill();
    done(error);
  }

  setKeepAlive(): this { return this; }
  setNoDelay(): this { return this; }
  setTimeout(): this { return this; }
  ref(): this { this.#child.ref(); return this; }
  unref(): this { this.#child.unref(); return this; }
}

/** The agent for a candidate: keep-alive, few connections, only GET and HEAD. */
export function agentFor(candidate: Candidate): http.Agent {
  const { way } = candidate;
  const options = { keepAlive: true, maxSockets: SOCKETS, scheduling: 'lifo' as const };
  if (way.kind === 'tcp' && way.tls !== null) return readOnly(new https.Agent({ ...options, rejectUnauthorized: way.tls.verify }));
  if (way.kind === 'ssh') {
    const agent = new http.Agent({ ...options, maxSockets: SSH_SOCKETS });
    Object.assign(agent, { createConnection: () => new ChildSocket('ssh', way.args) });
    return readOnly(agent);
  }
  return readOnly(new http.Agent(options));
}
