import type { Command } from 'commander';
import type { Io } from './io.js';
import { writeWhole } from './files.js';

/** What every command is given. */
export interface Context {
  readonly io: Io;
  /** Sets the exit status of a command that was done; before its answer is written, since its reader may not stay to the end. */
  readonly exit: (status: 0 | 1) => void;
  /** Adds the options that name an engine. */
  readonly engine: (command: Command) => Command;
}

export function contextOf(io: Io, exit: (status: 0 | 1) => void): Context {
  return {
    io,
    exit,
    engine: (command) => command.option('--host <url>', 'the engine: unix://, tcp:// or ssh://').option('--context <name>', 'the engine of a Docker context'),
  };
}

/** An answer to standard output, or to a file where one was named. */
export async function toFile(io: Io, file: string | undefined, data: string | Uint8Array): Promise<void> {
  if (file === undefined || file === '-') await io.out(data);
  else writeWhole(file, data);
}
