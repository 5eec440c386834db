import { Option, type Command } from 'commander';
import type { Link, Push } from '../../../contract/contract.js';
import { stayLean } from '../../lean.js';
import type { Context } from '../context.js';
import { momentJson, momentLine } from '../moment.js';
import { wholeNumber } from '../options.js';
import type { SourceOptions } from '../source.js';
import { safe, Stop } from '../trouble.js';

interface WatchOptions extends SourceOptions {
  readonly format: 'text' | 'json';
  readonly interval?: number;
}

/** What a change of the connection is told as on standard error; null where it is not worth a line. */
function linkLine(link: Link): string | null {
  if (link.state === 'live') return `Watching ${safe(link.endpoint)}. Ctrl-C ends it.\n`;
  if (link.state === 'stale') return `${safe(link.trouble.what)}: ${safe(link.trouble.why)}; trying again.\n`;
  return null;
}

async function run({ io }: Context, version: string, options: WatchOptions): Promise<void> {
  stayLean();
  const { Session } = await import('../../session/session.js');
  const { STANDARD_PARTS } = await import('../../session/standard.js');
  const session = new Session({
    ...(options.host === undefined ? {} : { host: options.host }), ...(options.context === undefined ? {} : { context: options.context }), note: (sentence: string) => io.err(`bulkhead: ${safe(sentence)}\n`),
    ...(options.interval === undefined ? {} : { pollMs: options.interval }), parts: STANDARD_PARTS, version, shell: 'browser', past: false,
  });
  try {
    await new Promise<void>((resolve, reject) => {
      process.once('SIGINT', resolve);
      process.once('SIGTERM', resolve);
      let before = '';
      const onPush = (push: Push): void => {
        if (push.push === 'link') {
          // The window shows an example where no engine is; on a terminal that is an error.
          if (push.link.state === 'example') return reject(new Stop(push.link.trouble));
          const line = push.link.state === before ? null : linkLine(push.link);
          before = push.link.state;
          if (line !== null) io.err(line);
        } else if (push.push === 'delta') {
          const { picture } = session;
          if (picture === null) return undefined;
          for (const m of push.delta.newMoments) void io.out(options.format === 'json' ? momentJson(m, picture) : momentLine(io, m, picture));
        }
        return undefined;
      };
      session.subscribe(onPush);
      const trouble = session.start();
      if (trouble !== null) reject(new Stop(trouble));
    });
  } finally {
    session.close();
  }
}

export function watchCommand(context: Context, program: Command, version: string): void {
  const command = program
    .command('watch')
    .summary('a line for each change, until interrupted')
    .description('A line for each start, stop, change, finding and alarm, until interrupted.')
    .option('--interval <ms>', 'how often use and neighbour tables are read', wholeNumber(100, 3_600_000))
    .addOption(new Option('--format <format>', 'how to print it; json: one object a line').choices(['text', 'json']).default('text'));
  context.engine(command).action((options: WatchOptions) => run(context, version, options));
}
