import { createServer, type Server, type Socket } from 'node:net';
import { connect } from 'node:net';
import { rmSync } from 'node:fs';

/** A unix socket in front of an engine's: it notes the first line of each request, and can fall silent. */
export interface Proxy {
  readonly host: string;
  /** `GET /v1.41/containers/json?all=1`, in order. */
  readonly requests: string[];
  /** From now on nothing is passed on, in either direction, and connections are still taken. */
  hang(): void;
  /** Takes no connection and drops those that are there, until `rise`. */
  fall(): Promise<void>;
  rise(): Promise<void>;
  close(): Promise<void>;
}

const METHOD = /(?:^|\r\n\r\n|\n)((?:GET|HEAD|POST|PUT|DELETE|PATCH|OPTIONS|CONNECT|TRACE) [^ \r\n]+) HTTP\/1\.[01]/g;

export async function openProxy(path: string, target: string): Promise<Proxy> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let hanging = false;
  let server: Server | null = null;
  const take = (near: Socket) => {
    sockets.add(near);
    near.on('close', () => sockets.delete(near));
    near.on('error', () => undefined);
    if (hanging) return;
    const far = connect(target);
    sockets.add(far);
    far.on('close', () => {
      sockets.delete(far);
      if (!hanging) near.destroy();
    });
    far.on('error', () => near.destroy());
    near.on('data', (chunk: Buffer) => {
      for (const [, line] of chunk.toString('latin1').matchAll(METHOD)) if (line !== undefined) requests.push(line);
      if (!hanging) far.write(chunk);
    });
    far.on('data', (chunk: Buffer) => {
      if (!hanging) near.write(chunk);
    });
    near.on('close', () => far.destroy());
  };
  const rise = () => new Promise<void>((done) => {
    hanging = false;
    rmSync(path, { force: true });
    server = createServer(take);
    server.listen(path, done);
  });
  const fall = () => new Promise<void>((done) => {
    for (const socket of sockets) socket.destroy();
    if (server === null) return done();
    server.close(() => done());
    server = null;
  });
  await rise();
  return {
    host: `unix://${path}`, requests, rise, fall,
    hang: () => { hanging = true; },
    close: async () => {
      await fall();
      rmSync(path, { force: true });
    },
  };
}
