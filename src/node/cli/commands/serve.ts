import type { Command } from 'commander';
import type { Context } from '../context.js';
import type { SourceOptions } from '../source.js';

interface ServeOptions extends SourceOptions {
  readonly port?: string;
  readonly open?: true;
}

/** Answers the exit status through `done`, since it ends only when it is stopped. */
export function serveCommand(context: Context, program: Command, done: (status: number) => void): void {
  const command = program
    .command('serve')
    .summary('the same window on loopback, with a token')
    .description('Serves the window on loopback and prints its address with a token.')
    .argument('[snapshot]', 'a saved snapshot in place of a live host')
    .option('--port <n>', 'the port; 0 for any free one; left out: always the same one, if it is free')
    .option('--open', 'open a browser on it');
  context.engine(command).action(async (file: string | undefined, { host, context: name, port, open }: ServeOptions) => {
    const { serveCommand: run } = await import('../../serve/command.js');
    const option = (flag: string, value: string | undefined): string[] => (value === undefined ? [] : [flag, value]);
    done(await run([...option('--host', host), ...option('--context', name), ...option('--port', port), ...(file === undefined ? [] : [file])], { open: open === true }));
  });
}
