import { Option, type Command } from 'commander';
import { RULES, ruleOf, type Rule } from '../../../core/rules/index.js';
import { columns } from '../columns.js';
import type { Context } from '../context.js';
import type { Io } from '../io.js';
import { didYouMean } from '../nearest.js';
import { stop } from '../trouble.js';

/** A text in lines of at most so many characters. */
function wrap(text: string, width: number): string {
  let line = '';
  const lines: string[] = [];
  for (const word of text.split(/\s+/u)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}

function textOf(io: Io, rule: Rule): string {
  const width = Math.min(io.width, 100);
  return [
    `${io.paint('bold', `${rule.id}  ${rule.name}`)}  (${rule.severity}, ${rule.family})`,
    wrap(rule.title, width), '',
    wrap(rule.why, width), '',
    `${io.paint('bold', 'What to do')}`, wrap(rule.remedy, width), '',
    columns([['wrong', rule.bad.text], ['right', rule.good.text]], width).trimEnd(), '',
    `See ${rule.references.join('; ')}`,
  ].join('\n') + '\n';
}

const jsonOf = ({ id, name, family, severity, title, why, remedy, references, good, bad }: Rule) => ({ id, name, family, severity, title, why, remedy, references, good: good.text, bad: bad.text });

export function explainCommand({ io }: Context, program: Command): void {
  program
    .command('explain')
    .summary('a rule: why, remedy, reference')
    .description('Explains a rule by its name or id: why it matters, what to do, where to read on. Without one: lists them all.')
    .argument('[rule]', 'name or id, e.g. engine-socket-mounted or BH-HOST-01')
    .addOption(new Option('--format <format>', 'how to print it').choices(['text', 'json']).default('text'))
    .action(async (word: string | undefined, { format }: { format: 'text' | 'json' }) => {
      if (word === undefined) {
        await io.out(format === 'json' ? `${JSON.stringify({ rules: RULES.map(jsonOf) }, null, 2)}\n` : columns(RULES.map((r) => [r.id, r.name, r.severity, r.title]), io.width));
        return;
      }
      const rule = ruleOf(word);
      if (!rule) throw stop('no such rule', `nothing is called ${word}.${didYouMean(word, RULES.flatMap((r) => [r.name, r.id]))}`, '`bulkhead explain` lists them all.');
      await io.out(format === 'json' ? `${JSON.stringify(jsonOf(rule), null, 2)}\n` : textOf(io, rule));
    });
}
