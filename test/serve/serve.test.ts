import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import type { Served } from '../../src/node/serve/serve.js';
import { cast } from '../cast/cast.js';
import { pictureOf, serveStand, StandSession } from '../browser/stand.js';

const session = new StandSession(pictureOf(cast(3)));
let served: Served;

beforeAll(async () => {
  served = await serveStand(session);
});
afterAll(() => served.close());

interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** fetch sets Host and Origin by itself; here each header is ours. */
function ask(path: string, headers: Record<string, string>, method = 'GET', body = ''): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port: served.port, path, method, headers: { host: `127.0.0.1:${served.port}`, ...headers } }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => (text += String(chunk)));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const origin = (): string => `http://127.0.0.1:${served.port}`;

function dial(headers: Record<string, string>, protocols: readonly string[]): Promise<WebSocket | number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${served.port}/socket`, [...protocols], { headers });
    socket.once('open', () => resolve(socket));
    socket.once('unexpected-response', (_request, answer) => resolve(answer.statusCode ?? 0));
    socket.once('error', () => resolve(-1));
  });
}

const good = (): readonly string[] => ['bulkhead.v1', `bulkhead.token.${served.token}`];

function next(socket: WebSocket, fits: (message: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> {
  return new Promise((resolve) => {
    const listen = (data: WebSocket.RawData): void => {
      const message = JSON.parse(String(data)) as Record<string, unknown>;
      if (!fits(message)) return;
      socket.off('message', listen);
      resolve(message);
    };
    socket.on('message', listen);
  });
}

describe('the address', () => {
  it('is on loopback and carries its token in the fragment alone', () => {
    const url = new URL(served.url);
    expect(url.hostname).toBe('127.0.0.1');
    expect(url.pathname + url.search).toBe('/');
    expect(url.hash.slice(1)).toBe(served.token);
    expect(served.token).toMatch(/^[0-9a-f]{48}$/);
  });

  it('has another token at each start', async () => {
    const other = await serveStand(session);
    expect(other.token).not.toBe(served.token);
    await other.close();
  });
});

describe('the page', () => {
  it('comes with a policy that lets nothing in from elsewhere', async () => {
    const answer = await ask('/', {});
    expect(answer.status).toBe(200);
    const policy = String(answer.headers['content-security-policy']);
    for (const part of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "object-src 'none'", "require-trusted-types-for 'script'"]) expect(policy).toContain(part);
    expect(policy).not.toContain('unsafe-eval');
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.headers['referrer-policy']).toBe('no-referrer');
  });

  it('holds no token and no data', async () => {
    const answer = await ask('/', {});
    expect(answer.text).not.toContain(served.token);
    expect(answer.text).not.toContain('thinkpad');
  });

  it.each(['/../package.json', '/..%2fpackage.json', '/%2e%2e/%2e%2e/package.json', '/assets/../../main/index.js', '/..\\..\\package.json', '/%00', '/%', '/index.html/../../cli/serve.js'])('does not lead out of its folder by %s', async (path) => {
    const answer = await ask(path, {});
    expect([400, 404]).toContain(answer.status);
    expect(answer.text).not.toContain('bulkhead');
  });

  it('is read, never written', async () => {
    for (const method of ['PUT', 'DELETE', 'PATCH']) expect((await ask('/', {}, method)).status).toBe(405);
  });
});

describe('who is refused on HTTP', () => {
  it.each(['evil.example', 'evil.example:80', '127.0.0.1', '127.0.0.1:1', 'localhost.evil.example', '[::1]', '0.0.0.0'])('a Host of %s', async (host) => {
    expect((await ask('/', { host })).status).toBe(403);
  });

  it('another Origin, also a sandboxed one', async () => {
    expect((await ask('/', { origin: 'http://evil.example' })).status).toBe(403);
    expect((await ask('/', { origin: 'null' })).status).toBe(403);
    expect((await ask('/', { origin: `http://localhost:${served.port}` })).status).toBe(403);
  });

  it('what a browser says was asked for by another site', async () => {
    expect((await ask('/assets/x.js', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' })).status).toBe(403);
    expect((await ask('/', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' })).status).toBe(403);
  });

  it('but not a user who follows a link to the page', async () => {
    expect((await ask('/', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' })).status).toBe(200);
  });

  it('a call without the token, with a wrong one, with one in the address, or without an Origin', async () => {
    const call = (headers: Record<string, string>, path = '/call/resync') => ask(path, { 'content-type': 'application/json', ...headers }, 'POST', '[]');
    expect((await call({ origin: origin() })).status).toBe(403);
    expect((await call({ origin: origin(), authorization: `Bearer ${'0'.repeat(48)}` })).status).toBe(403);
    expect((await call({ origin: origin() }, `/call/resync?token=${served.token}`)).status).toBe(403);
    expect((await call({ authorization: `Bearer ${served.token}` })).status).toBe(403);
    expect((await call({ origin: 'http://evil.example', authorization: `Bearer ${served.token}` })).status).toBe(403);
    expect((await call({ origin: origin(), authorization: `Bearer ${served.token}` })).status).toBe(200);
  });
});

describe('who is refused on the socket', () => {
  it('another Host, another Origin or none, a wrong token or none', async () => {
    expect(await dial({ host: 'evil.example', origin: origin() }, good())).toBe(403);
    expect(await dial({ origin: 'http://evil.example' }, good())).toBe(403);
    expect(await dial({}, good())).toBe(403);
    expect(await dial({ origin: origin() }, ['bulkhead.v1'])).toBe(403);
    expect(await dial({ origin: origin() }, ['bulkhead.v1', `bulkhead.token.${'0'.repeat(48)}`])).toBe(403);
  });

  it('and who has all three is let in, without the token being said back', async () => {
    const socket = await dial({ origin: origin() }, good());
    if (!(socket instanceof WebSocket)) throw new Error(`refused with ${socket}`);
    expect(socket.protocol).toBe('bulkhead.v1');
    socket.terminate();
  });
});

describe('what the socket carries', () => {
  it('calls to the session and its pushes, whatever they are', async () => {
    const socket = await dial({ origin: origin() }, good());
    if (!(socket instanceof WebSocket)) throw new Error(`refused with ${socket}`);
    const answered = next(socket, (message) => message['id'] === 7);
    const pushed = next(socket, (message) => message['push'] === 'picture');
    socket.send(JSON.stringify({ id: 7, method: 'hello', args: [] }));
    expect((await answered)['answer']).toMatchObject({ ok: true, value: { shell: 'browser' } });
    expect(JSON.stringify(await pushed)).toContain('"containers"');
    socket.terminate();
  });

  it('answers an unknown method, arguments that do not fit, and a member of Object with a trouble', async () => {
    const socket = await dial({ origin: origin() }, good());
    if (!(socket instanceof WebSocket)) throw new Error(`refused with ${socket}`);
    for (const [id, method, args] of [[1, 'rm', []], [2, 'seek', [{ frame: -1 }]], [3, 'constructor', []], [4, 'seek', []], [5, 'openText', [{ name: 'x' }]]] as const) {
      const answered = next(socket, (message) => message['id'] === id);
      socket.send(JSON.stringify({ id, method, args }));
      expect((await answered)['answer']).toMatchObject({ ok: false });
    }
    expect(session.asked.some((one) => one.method === 'seek' || one.method === 'openText')).toBe(false);
    socket.terminate();
  });

  it('is closed on what is no message, and on one that is too long', async () => {
    for (const [text, code] of [['no json', 1008], [JSON.stringify({ method: 'hello' }), 1008], [JSON.stringify({ id: 1, method: 'notify', args: ['x'.repeat(2 * 1024 * 1024)] }), 1009]] as const) {
      const socket = await dial({ origin: origin() }, good());
      if (!(socket instanceof WebSocket)) throw new Error(`refused with ${socket}`);
      const closed = new Promise<number>((resolve) => socket.once('close', resolve));
      socket.send(text);
      expect(await closed).toBe(code);
    }
  });

  it('takes long texts by HTTP, where more than 100 MB is told in a sentence', async () => {
    const headers = { origin: origin(), authorization: `Bearer ${served.token}`, 'content-type': 'application/json' };
    const text = 'x'.repeat(3 * 1024 * 1024);
    const answer = await ask('/call/openText', headers, 'POST', JSON.stringify([{ name: 'a.json', text }]));
    expect(JSON.parse(answer.text)).toEqual({ ok: true, value: null });
    expect(session.asked.at(-1)).toMatchObject({ method: 'openText' });
    const plain = { ...headers, 'content-type': 'text/plain; charset=utf-8' };
    const raw = await ask('/call/openText', { ...plain, 'x-bulkhead-args': encodeURIComponent(JSON.stringify({ name: 'Ä "b".json', key: 'k1' })) }, 'POST', '{"ü":1}');
    expect(JSON.parse(raw.text)).toEqual({ ok: true, value: null });
    expect(session.asked.at(-1)).toEqual({ method: 'openText', args: [{ name: 'Ä "b".json', key: 'k1', text: '{"ü":1}' }] });
    for (const args of ['', '%', 'null', '{"name":1}']) expect(JSON.parse((await ask('/call/openText', { ...plain, 'x-bulkhead-args': args }, 'POST', 'x')).text)).toMatchObject({ ok: false });
    const huge = await ask('/call/openText', { ...headers, 'content-length': String(300 * 1024 * 1024) }, 'POST', '').catch(() => null);
    if (huge !== null) expect(huge.status).toBe(413);
  });
});
