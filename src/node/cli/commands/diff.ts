import { Option, type Command } from 'commander';
import { compare, comparisonJson, comparisonMarkdown, comparisonText } from '../../../core/diff/index.js';
import { toFile, type Context } from '../context.js';
import { readSnapshot } from '../files.js';
import { take, type SourceOptions } from '../source.js';

interface DiffOptions extends SourceOptions {
  readonly format: 'text' | 'json' | 'markdown';
  readonly output?: string;
}

export function diffCommand(context: Context, program: Command): void {
  const command = program
    .command('diff')
    .summary('what changed between two snapshots')
    .description('What changed about isolation from one snapshot to another, or to the live host.')
    .argument('<earlier>', 'a saved snapshot')
    .argument('[later]', 'a saved snapshot; left out: the live host')
    .addOption(new Option('--format <format>', 'how to print it').choices(['text', 'json', 'markdown']).default('text'))
    .option('-o, --output <file>', 'write to a file');
  context.engine(command).action(async (earlier: string, later: string | undefined, options: DiffOptions) => {
    const from = readSnapshot(earlier);
    const comparison = compare(from, await take(context.io, options, later));
    const print = { text: comparisonText, json: comparisonJson, markdown: comparisonMarkdown }[options.format];
    await toFile(context.io, options.output, print(comparison));
  });
}
