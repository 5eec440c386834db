import type { Command } from 'commander';
import { toFile, type Context } from '../context.js';
import { redactOption, redacted, type RedactOptions } from '../redact.js';
import { take, type SourceOptions } from '../source.js';

interface SnapshotOptions extends SourceOptions, RedactOptions {
  readonly output?: string;
  readonly pretty?: true;
}

export function snapshotCommand(context: Context, program: Command): void {
  const command = program
    .command('snapshot')
    .summary('one snapshot, as JSON')
    .description('Takes one snapshot of a host and prints it as JSON.')
    .argument('[snapshot]', 'a saved snapshot in place of a live host (to print it anew, or to redact it)')
    .option('-o, --output <file>', 'write to a file')
    .option('--pretty', 'with line breaks, for people and for git');
  redactOption(context.engine(command)).action(async (file: string | undefined, options: SnapshotOptions) => {
    const snapshot = redacted(context.io, await take(context.io, options, file), options);
    await toFile(context.io, options.output, `${JSON.stringify(snapshot, null, options.pretty ? 2 : 0)}\n`);
  });
}
