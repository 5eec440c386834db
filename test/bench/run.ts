import { readdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, release, totalmem } from 'node:os';
import { parseArgs, styleText } from 'node:util';
import Table from 'cli-table3';
import { summarize, type Bench, type Summary } from './bench.js';
import { closeHosts } from './host.js';

/** Runs the benchmarks, prints a table and writes bench-results.json. Status 1 where a bound is passed, 2 where one could not be run. */

interface Result {
  readonly name: string;
  readonly unit: string;
  readonly ours: Summary;
  readonly peer: ({ readonly name: string } & Summary) | null;
  readonly ratio: number | null;
  readonly bound: Bench['bound'];
}

const { values } = parseArgs({ options: { only: { type: 'string', multiple: true }, list: { type: 'boolean' } } });
const wanted = values.only?.flatMap((names) => names.split(','));
const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.bench.ts')).sort();
const all: Bench[] = [];
for (const file of files) all.push(((await import(`./${file}`)) as { bench: Bench }).bench);
if (values.list === true) {
  for (const bench of all) process.stdout.write(`${bench.name}\n`);
  process.exit(0);
}
const unknown = wanted?.filter((name) => all.every((bench) => bench.name !== name)) ?? [];
if (unknown.length > 0) {
  process.stderr.write(`There is no benchmark named ${unknown.join(', ')}. There are: ${all.map((bench) => bench.name).join(', ')}.\n`);
  process.exit(2);
}

const machine = `${cpus()[0]?.model ?? 'cpu'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()} ${arch()}, Node ${process.version}`;
const results: Result[] = [];
const failed: string[] = [];
for (const bench of all) {
  if (wanted !== undefined && !wanted.includes(bench.name)) continue;
  process.stderr.write(`${bench.name} …\n`);
  try {
    const samples = await bench.run();
    const ours = summarize(samples.ours);
    const peer = samples.peer === null ? null : { name: samples.peer.name, ...summarize(samples.peer.samples) };
    results.push({ name: bench.name, unit: bench.unit, ours, peer, ratio: peer === null ? null : Math.round((ours.median / peer.median) * 1000) / 1000, bound: bench.bound });
  } catch (error) {
    failed.push(bench.name);
    process.stderr.write(`${bench.name} could not be run: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}
await closeHosts();

const held = ({ ours, ratio, bound }: Result) => (bound.of === 'ratio' ? ratio ?? Number.NaN : ours[bound.of]) <= bound.atMost;
const table = new Table({ head: ['benchmark', 'unit', 'median', 'p95', 'min', 'max', 'runs', 'peer', 'median', 'ratio', 'bound', ''], style: { head: [], border: [] } });
for (const r of results) {
  const mark = held(r) ? 'ok' : 'over its bound';
  table.push([
    r.name, r.unit, r.ours.median, r.ours.p95, r.ours.min, r.ours.max, r.ours.runs, r.peer?.name ?? '', r.peer?.median ?? '', r.ratio ?? '', `${r.bound.of} ≤ ${r.bound.atMost}`,
    styleText(held(r) ? 'green' : 'red', mark),
  ]);
}
process.stdout.write(`${table.toString()}\n${machine}\n`);
writeFileSync('bench-results.json', `${JSON.stringify(results.map(({ name, unit, ours, peer, ratio }) => ({ name, unit, ours, peer, ratio, machine })), null, 2)}\n`);
process.exit(failed.length > 0 ? 2 : results.every(held) ? 0 : 1);
