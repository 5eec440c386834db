import { existsSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { Option, type Command } from 'commander';
import { EXPORT_FORMATS, type ExportFormat, type ExportRequest } from '../../../contract/contract.js';
import { compare } from '../../../core/diff/index.js';
import { csvTables, type TableName } from '../../../core/export/csv.js';
import { DEFAULT_OPTIONS } from '../../../core/lenses/view.js';
import { LENSES, type LensName } from '../../../core/scene/scene.js';
import { toFile, type Context } from '../context.js';
import { fileStop, stop, Stop } from '../trouble.js';
import { readSnapshot, writeWhole } from '../files.js';
import { idOf, projectOf } from '../names.js';
import { wholeNumber } from '../options.js';
import { redactOption, redacted, type RedactOptions } from '../redact.js';
import { factsOf, take, type SourceOptions } from '../source.js';

interface ExportOptions extends SourceOptions, RedactOptions {
  readonly lens: LensName;
  readonly format: ExportFormat;
  readonly output?: string;
  readonly theme: 'light' | 'dark';
  readonly width: number;
  readonly scale: number;
  readonly page: 'a4' | 'a3' | 'letter' | 'fit';
  readonly filter: string;
  readonly project?: string;
  readonly select?: string;
  readonly resource: 'memory' | 'cpu' | 'pids' | 'io';
  readonly table?: TableName;
  readonly compare?: string;
}

const TABLES: readonly TableName[] = ['containers', 'groups', 'processes', 'mounts', 'namespaces', 'cgroups', 'segments', 'endpoints', 'interfaces', 'reach', 'findings'];

function isFolder(name: string): boolean {
  return name.endsWith('/') || (existsSync(name) && statSync(name).isDirectory());
}

async function writeTables(context: Context, facts: Parameters<typeof csvTables>, options: ExportOptions): Promise<void> {
  const tables = csvTables(...facts);
  const { output } = options;
  if (output !== undefined && isFolder(output)) {
    try {
      mkdirSync(output, { recursive: true });
    } catch (error) {
      throw fileStop('nothing was written', output, error);
    }
    for (const t of tables) writeWhole(path.join(output, `${t.name}.csv`), t.text);
    return;
  }
  const wanted = options.table ?? 'containers';
  if (options.table === undefined) context.io.err(`The table of containers; --table names another (${TABLES.join(', ')}), -o FOLDER/ writes all.\n`);
  await toFile(context.io, output, tables.find((t) => t.name === wanted)?.text ?? '');
}

async function run(context: Context, file: string | undefined, options: ExportOptions): Promise<void> {
  const { io } = context;
  const live = await take(io, options, file);
  const selected = options.select === undefined ? null : idOf(live, options.select);
  const project = options.project === undefined ? null : projectOf(live, options.project);
  const facts = factsOf(live);
  const { exportPicture, shownBy, sheetOf } = await import('../../export.js');
  const request: ExportRequest = {
    format: options.format, lens: options.lens, theme: options.theme, width: options.width, height: null, order: null, scale: options.scale as 1 | 2 | 3 | 4, filter: options.filter, project, selected: null,
    redact: options.redact !== undefined, options: { ...DEFAULT_OPTIONS, resource: options.resource }, page: options.page,
    compared: options.compare === undefined ? null : compare(readSnapshot(options.compare), live),
  };
  const shown = shownBy(request, facts);
  if (!shown.ok) throw new Stop(shown.trouble);
  if (options.format === 'csv' && !(options.output ?? '').endsWith('.zip')) {
    if (options.redact === undefined) return writeTables(context, [facts.snapshot, facts.judgement, facts.findings, shown.value], options);
    const hidden = factsOf(redacted(io, live, options));
    return writeTables(context, [hidden.snapshot, hidden.judgement, hidden.findings], options);
  }
  // What is left in a redacted file is told before it is written.
  if (options.redact !== undefined) redacted(io, live, options);
  const item = selected === null ? null : (sheetOf(request, facts, shown.value).scene.items.find((i) => i.subject?.id === selected)?.id ?? null);
  const done = await exportPicture({ ...request, selected: item }, facts, typeof options.redact === 'string' ? options.redact : undefined);
  if (!done.ok) throw new Stop(done.trouble);
  const { encoding, data, name } = done.value;
  if (encoding === 'base64' && (options.output === undefined || options.output === '-') && process.stdout.isTTY) throw stop('nothing was written', `${options.format} is not for a terminal`, `Give a file: -o ${name}`);
  const output = options.output !== undefined && options.output !== '-' && isFolder(options.output) ? path.join(options.output, name) : options.output;
  await toFile(io, output, encoding === 'text' ? data : Buffer.from(data, 'base64'));
}

export function exportCommand(context: Context, program: Command): void {
  const command = program
    .command('export')
    .summary('a picture or a table')
    .description('Exports what a lens shows, as a picture, a graph or tables.')
    .argument('[snapshot]', 'a saved snapshot in place of a live host')
    .addOption(new Option('--lens <lens>', 'which lens').choices([...LENSES]).default('network'))
    .addOption(new Option('--format <format>', 'which format').choices([...EXPORT_FORMATS]).default('svg'))
    .option('-o, --output <file>', 'write to a file, or into a folder')
    .addOption(new Option('--theme <theme>', 'light or dark').choices(['light', 'dark']).default('light'))
    .option('--width <n>', 'width of the picture in units', wholeNumber(360, 20_000), 1080)
    .option('--scale <n>', 'pixels per unit of a PNG, 1 to 4', wholeNumber(1, 4), 2)
    .addOption(new Option('--page <size>', 'page of a PDF').choices(['a4', 'a3', 'letter', 'fit']).default('a4'))
    .option('--filter <words>', 'only what passes, e.g. risk:possible', '')
    .option('--project <name>', 'with one Compose project in focus')
    .option('--select <name>', 'with this container selected')
    .option('--compare <earlier>', 'with marks for who came, changed and is gone since this saved snapshot')
    .addOption(new Option('--resource <resource>', 'what the Resources lens shows').choices(['memory', 'cpu', 'pids', 'io']).default('memory'))
    .addOption(new Option('--table <name>', 'which table of CSV').choices([...TABLES]));
  redactOption(context.engine(command)).action((file: string | undefined, options: ExportOptions) => run(context, file, options));
}
