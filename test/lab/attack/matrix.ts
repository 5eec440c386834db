import type { Played, Result } from './play.js';
import type { Scenario } from './scenario.js';
import { agrees } from './play.js';

const SAID: Readonly<Record<Result['verdict'], string>> = { possible: 'possible', latent: 'latent', unknown: 'unknown', blocked: 'blocked' };
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function line(r: Result): string {
  const said = r.verdict === 'possible' && !r.masked ? 'possible, not as that one' : SAID[r.verdict];
  const reads = r.outcome.heard === null ? '' : `${r.reads}, ${r.outcome.heard ? 'heard' : 'not heard'}`;
  const about = r.scenario.about === r.scenario.name ? '' : `. ${r.scenario.about}`;
  const how = r.outcome.by.replace(/^packet/, 'packet socket').replace(/^old/, 'the old call').replace(/^wide/, 'the wide register');
  return `| ${cell(r.scenario.name + about)} | ${r.technique} | ${said} | ${r.outcome.worked ? `worked: ${cell(how)}` : 'failed'} | ${reads} | ${agrees(r) ? 'yes' : 'NO'} |`;
}

/** The matrix of docs/attack-matrix.md: what was said beside what happened. Deterministic: no times, no versions of the day. */
export function matrixOf(scenarios: readonly Scenario[], played: ReadonlyMap<Scenario, Played>, kernel: string): string {
  const results = scenarios.flatMap((s) => played.get(s)?.results ?? []);
  const out = [
    '# The attack matrix',
    '',
    'Written by `BULKHEAD_RECORD_LAB=1 npx vitest run --project lab`: each line was set up on a private engine, judged by',
    'Bulkhead, and then attacked for real. `Said` is the verdict before the attack, `Happened` what the victim’s table (or, for',
    'a stolen MAC, its frames) showed. What the model behind the verdicts is tells [threat-model.md](threat-model.md).',
    '',
    `Kernel ${kernel}. ${results.length} attacks in ${scenarios.length} scenarios; said and happened agree in ${results.filter(agrees).length}.`,
    '',
  ];
  for (const family of [...new Set(scenarios.map((s) => s.family))]) {
    out.push(`## ${family[0]?.toUpperCase()}${family.slice(1)}`, '', '| Scenario | Technique | Said | Happened | Its traffic: said, happened | Agree |', '|---|---|---|---|---|---|');
    for (const r of results.filter((x) => x.scenario.family === family)) out.push(line(r));
    out.push('');
  }
  return out.join('\n');
}
