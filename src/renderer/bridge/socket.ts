import type { Answer, Bridge, Methods, Push } from '../../contract/contract.js';

/** How the connection to a session stands: `refused` is a wrong or missing token, `lost` a server that is gone. */
export type Wire = 'opening' | 'open' | 'lost' | 'refused';

/** The methods that take the text of a file. */
export type WithText = 'openText' | 'compareText';

export interface SocketBridge extends Bridge {
  /** Told of each change; `open` after a loss means that the window should ask for everything again. */
  onWire(listener: (wire: Wire) => void): () => void;
  /** The same as `call`, with the content of a file for the argument's `text`: it goes as it is, and need not be in the page's memory. */
  callWith<K extends WithText>(method: K, rest: Omit<Parameters<Methods[K]>[0], 'text'>, file: Blob): Promise<ReturnType<Methods[K]>>;
}

const KEY = 'bulkhead-token';

/** Takes the token out of the address, so that it stays in no history, and keeps it for reloads of this tab. */
export function takeToken(): string {
  const given = /^#([0-9a-f]{16,})$/.exec(location.hash)?.[1];
  if (given !== undefined) {
    sessionStorage.setItem(KEY, given);
    history.replaceState(null, '', location.pathname);
  }
  return given ?? sessionStorage.getItem(KEY) ?? '';
}

const gone = { ok: false, trouble: { what: 'The session did not answer.', why: 'The connection to it was lost.', todo: 'It is tried again by itself.', command: '' } } as const;

/** The bridge of a browser: the same contract over a loopback WebSocket, opened again whenever it closes. */
export function socketBridge(token: string): SocketBridge {
  const pushes = new Set<(push: Push) => void>();
  const wires = new Set<(wire: Wire) => void>();
  const waiting = new Map<number, (answer: Answer<unknown>) => void>();
  const queue: string[] = [];
  let socket: WebSocket | null = null;
  let id = 0;
  let tries = 0;
  let wire: Wire = 'opening';

  const tell = (next: Wire): void => {
    wire = next;
    for (const listener of wires) listener(next);
  };
  const connect = (): void => {
    const opened = new WebSocket(`ws://${location.host}/socket`, ['bulkhead.v1', `bulkhead.token.${token}`]);
    let was = false;
    opened.onopen = () => {
      was = true;
      socket = opened;
      tries = 0;
      for (const message of queue.splice(0)) opened.send(message);
      tell('open');
    };
    opened.onmessage = (event) => {
      const message = JSON.parse(String(event.data)) as Push | { id: number; answer: Answer<unknown> };
      if ('push' in message) for (const listener of pushes) listener(message);
      else {
        waiting.get(message.id)?.(message.answer);
        waiting.delete(message.id);
      }
    };
    opened.onclose = () => {
      socket = null;
      for (const answer of waiting.values()) answer(gone);
      waiting.clear();
      tries += 1;
      if (!was && tries === 1) void probe();
      else tell('lost');
      if (wire !== 'refused') setTimeout(connect, Math.min(10_000, 250 * 2 ** Math.min(tries, 6)));
    };
  };
  /** A browser does not say why a socket was refused: whether the server still serves the page tells. */
  const probe = async (): Promise<void> => {
    const answer = await fetch('/call/resync', { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: '[]' }).catch(() => null);
    tell(answer?.status === 403 ? 'refused' : 'lost');
  };
  if (token === '') queueMicrotask(() => tell('refused'));
  else connect();

  // The socket takes short messages only; files go by HTTP, with the other arguments in a header.
  const byHttp = async (method: string, rest: object, file: Blob): Promise<Answer<unknown>> => {
    try {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'text/plain; charset=utf-8', 'x-bulkhead-args': encodeURIComponent(JSON.stringify(rest)) };
      const answer = await fetch(`/call/${method}`, { method: 'POST', headers, body: file });
      return (await answer.json()) as Answer<unknown>;
    } catch {
      return gone;
    }
  };
  return {
    call: ((method, ...args) => {
      id += 1;
      const message = JSON.stringify({ id, method, args });
      const mine = id;
      return new Promise<Answer<unknown>>((resolve) => {
        waiting.set(mine, resolve);
        if (socket) socket.send(message);
        else if (wire === 'opening') queue.push(message);
        else {
          waiting.delete(mine);
          resolve(gone);
        }
      });
    }) as Bridge['call'],
    callWith: byHttp as SocketBridge['callWith'],
    onPush: (listener) => {
      pushes.add(listener);
      return () => pushes.delete(listener);
    },
    onWire: (listener) => {
      wires.add(listener);
      listener(wire);
      return () => wires.delete(listener);
    },
  };
}
