import type { Command } from 'commander';
import { stayLean } from '../../lean.js';
import type { Context } from '../context.js';
import { duration, wholeNumber } from '../options.js';
import type { SourceOptions } from '../source.js';
import { safe, Stop } from '../trouble.js';

interface RecordOptions extends SourceOptions {
  readonly output: string;
  readonly force?: true;
  readonly for?: number;
  readonly interval?: number;
}

export function recordCommand({ io, engine }: Context, program: Command, version: string): void {
  const command = program
    .command('record')
    .summary('a stream of changes, for the window to replay')
    .description('Writes a stream of changes to a file until interrupted; the window replays it on the time strip.')
    .requiredOption('-o, --output <file>', 'the file to write')
    .option('--for <time>', 'how long, e.g. 90s, 30m or 24h', duration)
    .option('--interval <ms>', 'how often use and neighbour tables are read', wholeNumber(100, 3_600_000))
    .option('--force', 'replace a file that is there');
  engine(command).action(async (options: RecordOptions) => {
    stayLean();
    const { record } = await import('../../record.js');
    const ended = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended.abort());
    const done = await record({
      ...(options.host === undefined ? {} : { host: options.host }), ...(options.context === undefined ? {} : { context: options.context }), note: (sentence: string) => io.err(`bulkhead: ${safe(sentence)}\n`),
      ...(options.for === undefined ? {} : { forMs: options.for }), ...(options.interval === undefined ? {} : { pollMs: options.interval }),
      out: options.output, force: options.force === true, signal: ended.signal, version, progress: (sentence) => io.err(`${safe(sentence)}\n`),
    });
    if (!done.ok) throw new Stop(done.trouble);
    io.err(`${done.frames} frames and ${done.alarms} alarms, ${Math.ceil(done.bytes / 1024)} KiB, in ${options.output}.\n`);
  });
}
