import { agrees, play } from './play.js';
import { save, saveOne } from './recording.js';
import { NEXT as SECOND } from './next.js';
import { FIFTH } from './fifth.js';
import { FOURTH } from './fourth.js';
import { THIRD } from './third.js';
import { SCENARIOS } from './scenarios.js';

/** By hand: `npx tsx test/lab/attack/hand.ts [--next] [words of a name or family]`; `--next`: those alone that are not in the matrix. Prints a line for each result; records it where BULKHEAD_RECORD_LAB=1. */
const NEXT = process.env['BULKHEAD_FIFTH'] === '1' ? FIFTH : process.env['BULKHEAD_FOURTH'] === '1' ? FOURTH : process.env['BULKHEAD_THIRD'] === '1' ? THIRD : [...SECOND, ...THIRD, ...FOURTH, ...FIFTH];
const next = process.argv[2] === '--next';
const words = process.argv.slice(next ? 3 : 2);
const chosen = [...(next ? [] : SCENARIOS), ...(next || words.length > 0 ? NEXT : [])].filter((s) => words.length === 0 || words.some((w) => `${s.family}: ${s.name}`.includes(w)));
const start = Date.now();
const played = await play(chosen, { lanes: Math.min(Number(process.env['BULKHEAD_LANES'] ?? 3), chosen.length), told: (played, s) => {
  if (process.env['BULKHEAD_RECORD_LAB'] === '1') saveOne(s, played);
  if (played.failed !== null) process.stdout.write(`FAILED   ${s.family}: ${s.name}: ${played.failed}\n`);
  for (const r of played.results) {
    const mark = agrees(r) ? (r.outcome.worked === s.works ? 'ok      ' : 'EXPECTED') : 'WRONG   ';
    const reads = r.outcome.heard === null ? '' : ` reads ${r.reads} heard ${r.outcome.heard}`;
    process.stdout.write(`${mark} ${r.technique} ${s.family}: ${s.name}: ${r.verdict}${r.masked ? '' : ' (not as that)'} ${r.reason} | ${r.outcome.worked ? `worked by ${r.outcome.by}` : 'failed'}${reads} ${r.seconds.toFixed(1)}s ${r.unless.join('; ')}\n`);
  }
} });
if (process.env['BULKHEAD_RECORD_LAB'] === '1') save([...SCENARIOS, ...NEXT], played);
process.stdout.write(`${((Date.now() - start) / 1000).toFixed(0)} s\n`);
