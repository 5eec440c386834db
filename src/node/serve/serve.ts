import { randomBytes } from 'node:crypto';
import type { AddressInfo, Socket } from 'node:net';
import type { Server } from 'node:http';
import { serve as listen, upgradeWebSocket, type HttpBindings, type WebSocketServerLike } from '@hono/node-server';
import { Hono, type HonoRequest } from 'hono';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Push } from '../../contract/contract.js';
import { MAX_TEXT } from '../../contract/requests.js';
import { bodyText } from './body.js';
import { holderOnly, localOnly, PROTOCOL } from './guard.js';
import { pageHandler } from './page.js';
import { dispatch, refuse, type SessionPort, type ShellMethods } from './port.js';

/** `page`: folder of the built window. `port` 0 takes a free one. */
export interface ServeOptions {
  readonly session: SessionPort;
  readonly page: string;
  readonly port?: number;
  readonly version?: string;
}

/** A window on loopback. `url` carries the token in its fragment, which no browser sends and no server logs. */
export interface Served {
  readonly url: string;
  readonly port: number;
  readonly token: string;
  close(): Promise<void>;
}

/** One message of the page on the socket; long texts come by HTTP instead. */
const MAX_MESSAGE = 1024 * 1024;
/** A page that reads so slowly that this much waits is cut off; it comes back and gets a whole picture. */
const MAX_WAITING = 256 * 1024 * 1024;
/** A text of MAX_TEXT units with every one escaped in JSON. */
const MAX_BODY = 2 * MAX_TEXT;

const unsupported = (what: string) => Promise.resolve(refuse(what, 'A browser shows this window.', 'The page does it by itself.'));

function browserShell(session: SessionPort, version: string): ShellMethods {
  return {
    hello: async () => {
      const answer = await session.call('hello', []);
      return answer.ok ? { ok: true, value: { version, shell: 'browser' } } : answer;
    },
    openDialog: () => unsupported('No dialog of the desktop here.'),
    saveAs: () => unsupported('No dialog of the desktop here.'),
    notify: () => unsupported('No notifications of the desktop here.'),
  };
}

/** What the page sent: `{ id, method, args }`; anything else is null. */
export function parseMessage(data: unknown): { readonly id: number; readonly method: unknown; readonly args: unknown } | null {
  if (typeof data !== 'string') return null;
  try {
    const message: unknown = JSON.parse(data);
    if (typeof message !== 'object' || message === null || !('id' in message) || typeof message.id !== 'number') return null;
    return { id: message.id, method: 'method' in message ? message.method : undefined, args: 'args' in message ? message.args : undefined };
  } catch {
    return null;
  }
}

/** JSON, or a long text as it is with the other members of the argument in a header; null where it is neither. */
function argsOf(request: HonoRequest, body: string): unknown {
  try {
    if (request.header('content-type')?.startsWith('text/plain') !== true) return JSON.parse(body) as unknown;
    const rest: unknown = JSON.parse(decodeURIComponent(request.header('x-bulkhead-args') ?? ''));
    return [{ ...(rest as object), text: body }];
  } catch {
    return null;
  }
}

/** Serves the window on 127.0.0.1 only. Rejects where the port is taken. */
export async function serve(options: ServeOptions): Promise<Served> {
  const token = randomBytes(24).toString('hex');
  const { session } = options;
  const shell = browserShell(session, options.version ?? '');
  const page = pageHandler(options.page);
  const open = new Set<WebSocket>();
  let port = 0;

  const app = new Hono<{ Bindings: HttpBindings }>();
  app.use(localOnly(() => port));
  app.get('/socket', holderOnly(token), upgradeWebSocket(() => {
    let end: () => void = () => {};
    return {
      onOpen(_event, socket) {
        const raw = socket.raw as WebSocket | undefined;
        if (raw) open.add(raw);
        end = session.subscribe((push: Push) => {
          if (raw && raw.bufferedAmount > MAX_WAITING) raw.terminate();
          else socket.send(JSON.stringify(push));
        });
      },
      async onMessage(event, socket) {
        const message = parseMessage(event.data);
        if (message === null) return socket.close(1008, 'not a message');
        const answer = await dispatch(session, shell, message.method, message.args);
        socket.send(JSON.stringify({ id: message.id, answer }));
      },
      onClose(_event, socket) {
        open.delete(socket.raw as WebSocket);
        end();
      },
    };
  }));
  app.post('/call/:method', holderOnly(token), async (c) => {
    const body = await bodyText(c.env.incoming, MAX_BODY);
    if (body === null) return c.json(refuse('The file is too big.', 'It has more than 100 MB.', 'Take the snapshot again, or cut the recording.'), 413);
    return c.json(await dispatch(session, shell, c.req.param('method'), argsOf(c.req, body)));
  });
  app.all('*', (c) => page(c.req.raw));

  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
  });
  const connections = new Set<Socket>();
  const server = await new Promise<Server>((resolve, reject) => {
    const started = listen({ fetch: app.fetch, hostname: '127.0.0.1', port: options.port ?? 0, websocket: { server: sockets as unknown as WebSocketServerLike } }, () => resolve(started as Server)) as Server;
    started.once('error', reject);
    started.on('connection', (socket) => {
      connections.add(socket);
      socket.once('close', () => connections.delete(socket));
    });
  });
  port = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${port}/#${token}`,
    port,
    token,
    close: async () => {
      for (const socket of open) socket.terminate();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of connections) socket.destroy();
      });
    },
  };
}
