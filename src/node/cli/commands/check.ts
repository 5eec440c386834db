import type { Command } from 'commander';
import { Option } from 'commander';
import { SEVERITIES, type Severity } from '../../../core/model/finding.js';
import { against, baselineSchema, baselineText } from '../../../core/gate/baseline.js';
import { applyPolicy } from '../../../core/gate/policy.js';
import { findingsJson } from '../../../core/export/findings.js';
import { junitText } from '../../../core/export/junit.js';
import { sarifText } from '../../../core/export/sarif.js';
import { isDrift, rank } from '../../../core/rules/index.js';
import { readText, writeWhole } from '../files.js';
import { toFile, type Context } from '../context.js';
import { findPolicy, readPolicy } from '../policy.js';
import { findingsText } from '../report.js';
import { factsOf, take, type SourceOptions } from '../source.js';
import { safe, stop } from '../trouble.js';

interface CheckOptions extends SourceOptions {
  readonly failOn?: Severity | 'never';
  readonly format: 'text' | 'json' | 'sarif' | 'junit';
  readonly baseline?: string;
  readonly writeBaseline?: string | true;
  readonly policy?: string | false;
  readonly output?: string;
  readonly all?: true;
}

const failOn = (): Option => new Option('--fail-on <severity>', 'exit with 1 where something this grave or graver is found').choices([...SEVERITIES, 'never']);
const format = (): Option => new Option('--format <format>', 'how to print it').choices(['text', 'json', 'sarif', 'junit']).default('text');

function readBaseline(file: string): ReturnType<typeof baselineSchema.parse> {
  let value: unknown;
  try {
    value = JSON.parse(readText('no baseline', file));
  } catch (error) {
    if (error instanceof SyntaxError) throw stop('no baseline', `${file} is not JSON`, 'Write one with --write-baseline FILE.');
    throw error;
  }
  const parsed = baselineSchema.safeParse(value);
  if (!parsed.success) throw stop('no baseline', `${file} was not written by --write-baseline`, 'Write one with --write-baseline FILE.');
  return parsed.data;
}

async function run({ io, exit }: Context, file: string | undefined, options: CheckOptions, only: 'all' | 'drift'): Promise<void> {
  // What can be wrong with the gate itself is told before a host is asked.
  const where = options.policy === false ? null : (options.policy ?? findPolicy());
  const policy = where === null ? null : readPolicy(where);
  const target = options.writeBaseline === true ? options.baseline : options.writeBaseline;
  if (options.writeBaseline === true && target === undefined) throw stop('no baseline was written', 'no file was named', 'Give one: --write-baseline FILE.');
  const baseline = options.baseline === undefined || target !== undefined ? null : readBaseline(options.baseline);

  const facts = factsOf(await take(io, options, file));
  const { snapshot } = facts;
  const found = only === 'drift' ? facts.findings.filter(isDrift) : facts.findings;
  const judged = applyPolicy(policy, found, snapshot, io.today());
  for (const remark of judged.remarks) io.err(`bulkhead: ${safe(remark)}\n`);
  if (target !== undefined) {
    writeWhole(target, baselineText(judged.findings));
    io.err(`${judged.findings.length} findings are in ${target}; with --baseline ${target} only what is new counts.\n`);
    return;
  }
  const compared = baseline ? against(baseline, judged.findings) : { fresh: judged.findings, gone: 0 };
  const findings = [...compared.fresh].sort((a, b) => rank(b.severity) - rank(a.severity));
  const text = {
    text: () => findingsText(io, snapshot, findings, options.all === true) + gateText(judged.accepted.length, judged.findings.length - findings.length, compared.gone),
    json: () => findingsJson(findings, judged.accepted),
    sarif: () => sarifText(snapshot, findings, judged.accepted),
    junit: () => junitText(snapshot, findings, judged.accepted),
  }[options.format]();
  const threshold = options.failOn ?? policy?.['fail-on'] ?? 'never';
  if (threshold !== 'never' && findings.some((f) => rank(f.severity) >= rank(threshold))) exit(1);
  await toFile(io, options.output, text);
}

function gateText(accepted: number, known: number, gone: number): string {
  const parts = [accepted > 0 ? `${accepted} accepted by the policy` : '', known > 0 ? `${known} known from the baseline` : '', gone > 0 ? `${gone} of the baseline are gone` : ''].filter((t) => t !== '');
  return parts.length === 0 ? '' : `${parts.join(', ')}.\n`;
}

export function checkCommand(context: Context, program: Command): void {
  const command = program
    .command('check')
    .summary('all findings, for people and for CI')
    .description('All findings about a host, worst first. Exits with 1 where one is at or above --fail-on.')
    .argument('[snapshot]', 'a saved snapshot in place of a live host')
    .addOption(failOn())
    .addOption(format())
    .option('--baseline <file>', 'only what is not in it counts')
    .option('--write-baseline [file]', 'write what is found as the baseline, and succeed')
    .option('--policy <file>', 'raise, lower or accept rules for chosen containers (default: bulkhead.yaml, where there is one)')
    .option('--no-policy', 'take no notice of bulkhead.yaml')
    .option('-o, --output <file>', 'write to a file')
    .option('--all', 'every finding on a line of its own, also what is only worth knowing');
  context.engine(command).action((file: string | undefined, options: CheckOptions) => run(context, file, options, 'all'));
}

export function driftCommand(context: Context, program: Command): void {
  const command = program
    .command('drift')
    .summary('where the kernel contradicts the declaration')
    .description('Where the kernel contradicts what the engine was told. A quiet host has none.')
    .argument('[snapshot]', 'a saved snapshot in place of a live host')
    .addOption(failOn())
    .addOption(format())
    .option('-o, --output <file>', 'write to a file');
  context.engine(command).action((file: string | undefined, options: CheckOptions) => run(context, file, { ...options, policy: false, all: true }, 'drift'));
}
