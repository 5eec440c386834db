import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An engine that answers from a table, over a unix socket. */
export interface FakeEngine {
  readonly host: string;
  readonly socket: string;
  readonly requests: string[];
  /** Replaces answers: a function of the request, by path without version and query. */
  on(path: string, answer: (request: IncomingMessage, response: ServerResponse) => void): void;
  /** Sends a line to all who listen to events. */
  event(value: object): void;
  close(): Promise<void>;
}

const recorded = (name: string): unknown => JSON.parse(readFileSync(`test/fixtures/engine/20.10/${name}.json`, 'utf8'));

export async function startFake(apiVersion = '1.41'): Promise<FakeEngine> {
  const dir = mkdtempSync(join(tmpdir(), 'bulkhead-fake-'));
  const socket = join(dir, 'docker.sock');
  const requests: string[] = [];
  const own = new Map<string, (request: IncomingMessage, response: ServerResponse) => void>();
  const streams = new Set<ServerResponse>();
  const json = (response: ServerResponse, value: unknown, status = 200) => {
    const text = JSON.stringify(value);
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
    response.end(text);
  };
  const inspect = recorded('inspect') as { Id: string };
  const server: Server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.setHeader('Api-Version', apiVersion);
    const [, asked = '', path = ''] = /^(?:\/v(\d+\.\d+))?([^?]*)/.exec(request.url ?? '') ?? [];
    const answer = own.get(path);
    if (answer !== undefined) return answer(request, response);
    const [, minor = '0'] = asked.split('.');
    if (asked !== '' && Number(minor) > Number(apiVersion.split('.')[1])) return json(response, { message: `client version ${asked} is too new` }, 400);
    if (path === '/_ping') return void response.end();
    if (path === '/version') return json(response, recorded('version'));
    if (path === '/info') return json(response, recorded('info'));
    if (path === '/networks') return json(response, recorded('networks'));
    if (path === '/containers/json') return json(response, (recorded('list') as { Id: string }[]).filter((c) => c.Id === inspect.Id));
    if (path === `/containers/${inspect.Id}/json`) return json(response, inspect);
    if (path === '/events') {
      response.writeHead(200);
      response.flushHeaders();
      if (request.url?.includes('until=')) return void response.end();
      streams.add(response);
      response.on('close', () => streams.delete(response));
      return;
    }
    json(response, { message: 'no such thing' }, 404);
  });
  await new Promise<void>((done) => server.listen(socket, done));
  return {
    host: `unix://${socket}`, socket, requests,
    on: (path, answer) => void own.set(path, answer),
    event: (value) => { for (const stream of streams) stream.write(`${JSON.stringify(value)}\n`); },
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
