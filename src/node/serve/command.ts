import path from 'node:path';
import { parseArgs } from 'node:util';
import { troubleText } from '../cli/trouble.js';
import { openBrowser } from './browser.js';
import { openSession, version, type OpenSession, type Words } from './open.js';
import { serve, type Served } from './serve.js';

/** `why`: the sentence for a window that was meant for the desktop, or `''`. `open`: whether to open a browser. */
export interface ServeCommandOptions {
  readonly why?: string;
  readonly open?: boolean;
}

/** Where no port is asked for, always the same if it is free: a browser keeps what the user chose by address and port. */
const USUAL_PORT = 7465;

const isTaken = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';

const say = (text: string): void => void process.stderr.write(`${text}\n`);

function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => resolve();
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    process.once('SIGHUP', stop);
  });
}

/** `bulkhead serve [--port N] [--host URL] [--context NAME] [FILE]`: prints the address and serves until it is stopped. Answers the exit status. */
export async function serveCommand(args: readonly string[], { why = '', open = false }: ServeCommandOptions = {}): Promise<number> {
  let port: number | null;
  let words: Words;
  try {
    const parsed = parseArgs({ args: [...args], allowPositionals: true, options: { port: { type: 'string' }, host: { type: 'string' }, context: { type: 'string' } } });
    port = parsed.values.port === undefined ? null : Number(parsed.values.port);
    words = { host: parsed.values.host, context: parsed.values.context, file: parsed.positionals[0] };
  } catch (error) {
    say(`bulkhead: ${error instanceof Error ? error.message : 'a word was not understood'}`);
    return 2;
  }
  if (port !== null && (!Number.isInteger(port) || port < 0 || port > 65535)) {
    say('bulkhead: --port takes a number from 0 to 65535.');
    return 2;
  }
  let session: OpenSession;
  try {
    session = openSession(words);
  } catch (error) {
    process.stderr.write(troubleText(error));
    return 2;
  }
  const page = path.resolve(import.meta.dirname, '../renderer');
  let served: Served;
  try {
    const on = (number: number): Promise<Served> => serve({ session, page, port: number, version: version() });
    served = port !== null ? await on(port) : await on(USUAL_PORT).catch((error: unknown) => (isTaken(error) ? on(0) : Promise.reject(error)));
  } catch (error) {
    session.close();
    say(isTaken(error) ? `bulkhead: port ${port} is taken on 127.0.0.1. Give another one with --port, or none for a free one.` : `bulkhead: no window could be served: ${String(error)}`);
    return 2;
  }
  process.stdout.write(`${served.url}\n`);
  if (why !== '') say(`This is the same window in a browser, since ${why}.`);
  const tidy = open ? openBrowser(served.url) : null;
  await untilStopped();
  tidy?.();
  session.close();
  await served.close();
  return 0;
}
