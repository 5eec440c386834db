import { styleText } from 'node:util';
import { fileStop, troubleText } from './trouble.js';

type Style = Parameters<typeof styleText>[0];

/** What a command may do to the world outside: two streams, and what they can show. */
export interface Io {
  /** The answer. Resolves when it is written; after a reader has gone away it writes nothing more. */
  readonly out: (data: string | Uint8Array) => Promise<void>;
  /** Progress, warnings and errors. */
  readonly err: (text: string) => void;
  readonly paint: (style: Style, text: string) => string;
  readonly paintErr: (style: Style, text: string) => string;
  /** Columns of the terminal; 100 where it is none. */
  readonly width: number;
  /** Whether progress may be shown on standard error. */
  readonly progress: boolean;
  readonly today: () => string;
  /** The status that the process ends with where the reader of the answer goes away before its end. */
  readonly judged: (status: 0 | 1) => void;
}

/** NO_COLOR and FORCE_COLOR as their authors describe them; else colour on terminals that are not dumb. */
function coloured(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR'] !== undefined) return env['FORCE_COLOR'] !== '0';
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}

/**
 * The process's own streams. A closed pipe ends the process quietly: who read it has what it wanted, and the status is still
 * the judgement's. An answer that can't be written for another reason (a full disk) is one that was not given: status 2.
 */
export function processIo(): Io {
  const { stdout, stderr, env } = process;
  let gone = false;
  let status = 0;
  const ended = (error: NodeJS.ErrnoException): void => {
    if (gone) return;
    gone = true;
    if (error.code === 'EPIPE') process.exit(status);
    stderr.write(troubleText(fileStop('nothing more was written', 'standard output', error)));
    process.exit(2);
  };
  stdout.on('error', ended);
  stderr.on('error', () => undefined);
  const painter = (stream: NodeJS.WriteStream) => {
    const on = coloured(stream, env);
    return (style: Style, text: string): string => (on ? styleText(style, text, { validateStream: false }) : text);
  };
  return {
    out: (data) => new Promise((resolve) => (gone ? resolve() : void stdout.write(data, () => resolve()))),
    err: (text) => void stderr.write(text),
    paint: painter(stdout),
    paintErr: painter(stderr),
    width: stdout.isTTY && stdout.columns > 20 ? stdout.columns : 100,
    progress: stderr.isTTY === true && env['CI'] !== 'true' && env['TERM'] !== 'dumb',
    judged: (s) => {
      status = s;
    },
    today: () => new Date().toISOString().slice(0, 10),
  };
}
