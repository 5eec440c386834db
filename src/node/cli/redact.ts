import { randomBytes } from 'node:crypto';
import { InvalidArgumentError, type Command } from 'commander';
import { redact } from '../../core/redact/index.js';
import type { Snapshot } from '../../core/model/index.js';
import type { Io } from './io.js';

export interface RedactOptions {
  readonly redact?: string | true;
}

export function redactOption(command: Command): Command {
  return command.option('--redact [key]', 'pseudonyms for names, images, addresses, MACs, paths and labels; the same key gives the same ones in every file', (word: string) => {
    if (word.length < 8) throw new InvalidArgumentError('A key has at least 8 characters, or it can be guessed.');
    return word;
  });
}

/** The snapshot, redacted where that was asked for; what is left of the host is told on standard error first. */
export function redacted(io: Io, snapshot: Snapshot, options: RedactOptions): Snapshot {
  if (options.redact === undefined) return snapshot;
  const done = redact(snapshot, options.redact === true ? randomBytes(16).toString('hex') : options.redact);
  io.err(`Redacted. What is left of this host:\n${done.left.map((line) => `  ${line}\n`).join('')}`);
  return done.snapshot;
}
