import { Option, type Command } from 'commander';
import type { Snapshot } from '../../../core/model/index.js';
import { explain, judge, pairs, VERDICTS, type PairVerdict, type Verdict } from '../../../core/reach/index.js';
import type { Context } from '../context.js';
import { chainText, segmentsText } from '../l2-text.js';
import { calledBy, idOf } from '../names.js';
import { take, type SourceOptions } from '../source.js';
import { stop } from '../trouble.js';

interface L2Options extends SourceOptions {
  readonly format: 'text' | 'json';
  readonly from?: string;
  readonly to?: string;
  readonly verdict?: Verdict;
}

function jsonOf(v: PairVerdict, called: (id: string) => string, segment: (id: string) => string): object {
  return {
    attacker: called(v.attacker),
    attackerId: v.attacker,
    victim: called(v.victim),
    victimId: v.victim,
    impersonates: v.impersonates.map(called),
    technique: v.technique,
    segment: segment(v.segment),
    verdict: v.verdict,
    because: v.because.map(({ step, holds, reading, link, why }) => ({ step, holds, reading, link, why })),
    unless: v.unless,
    reads: v.reads,
    readsBecause: v.readsBecause.map(({ step, holds, reading, link, why }) => ({ step, holds, reading, link, why })),
    remedies: v.remedies,
  };
}

/** A thousand containers make a long list: it is written as it is made. */
async function writePairs(context: Context, s: Snapshot, list: Iterable<PairVerdict>, only: Verdict | undefined): Promise<void> {
  const called = calledBy(s);
  const names = new Map(s.segments.map((g) => [g.id, g.name]));
  let part = '{"pairs":[';
  let first = true;
  for (const v of list) {
    if (only !== undefined && v.verdict !== only) continue;
    part += `${first ? '\n' : ',\n'}${JSON.stringify(jsonOf(v, called, (id) => names.get(id) ?? id))}`;
    first = false;
    if (part.length > 262_144) {
      await context.io.out(part);
      part = '';
    }
  }
  await context.io.out(`${part}\n]}\n`);
}

export function l2Command(context: Context, program: Command): void {
  const command = program
    .command('l2')
    .summary('who can impersonate whom on the wire')
    .description('Who can impersonate whom on the wire, segment by segment; with --from and --to the whole chain of one pair.')
    .argument('[snapshot]', 'a saved snapshot in place of a live host')
    .option('--from <name>', 'the attacker')
    .option('--to <name>', 'the victim; (host) for the host')
    .addOption(new Option('--verdict <verdict>', 'only these pairs, as JSON').choices([...VERDICTS]))
    .addOption(new Option('--format <format>', 'how to print it').choices(['text', 'json']).default('text'));
  context.engine(command).action(async (file: string | undefined, options: L2Options) => {
    const { io } = context;
    if (options.to !== undefined && options.from === undefined) throw stop('one end is missing', '--to was given without --from', 'Give both: bulkhead l2 --from A --to B.');
    const s = await take(io, options, file);
    const from = options.from === undefined ? null : idOf(s, options.from);
    const to = options.to === undefined ? null : idOf(s, options.to);
    if (from !== null && to !== null) {
      const verdicts = explain(s, from, to);
      if (options.format === 'json') await writePairs(context, s, verdicts, options.verdict);
      else await io.out(chainText(io, s, from, to, verdicts));
      return;
    }
    if (options.format === 'json') await writePairs(context, s, from === null ? pairs(s) : fromOne(s, from), options.verdict);
    else await io.out(segmentsText(io, s, judge(s), from));
  });
}

function* fromOne(s: Snapshot, from: string): Generator<PairVerdict> {
  for (const v of pairs(s)) if (v.attacker === from) yield v;
}
