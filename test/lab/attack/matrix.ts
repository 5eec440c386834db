import type { Measured, Recording } from './recording.js';
import type { Scenario } from './scenario.js';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const agrees = (m: Measured): boolean => m.said === 'unknown' || (m.said === 'possible' && m.masked) === m.worked;

function line(s: Scenario, m: Measured): string {
  const said = m.said === 'possible' && !m.masked ? 'possible, not as that one' : m.said;
  const reads = m.heard === null ? '' : `${m.reads}, ${m.heard ? 'heard' : 'not heard'}`;
  const about = s.about === s.name ? '' : `. ${s.about}`;
  const how = m.by.replace(/^packet/, 'packet socket').replace(/^old/, 'the old call').replace(/^wide/, 'the wide register').replace(/^xdp/, 'AF_XDP').replace(/^ring/, 'io_uring').replace(/^kept/, 'a socket from before').replace(/^call32/, 'the 32-bit call');
  return `| ${cell(s.name + about)} | ${m.technique} | ${said} | ${m.worked ? `worked: ${cell(how)}` : 'failed'} | ${reads} | ${agrees(m) ? 'yes' : 'NO'} |`;
}

/** The matrix of docs/attack-matrix.md: what was said beside what happened. Deterministic: no times. */
export function matrixOf(scenarios: readonly Scenario[], recorded: ReadonlyMap<Scenario, Recording>): string {
  const all = scenarios.flatMap((s) => recorded.get(s)?.measured ?? []);
  const kernels = [...new Set([...recorded.values()].map((r) => r.kernel))].sort().join(', ');
  const out = [
    '# The attack matrix',
    '',
    'Written by `BULKHEAD_RECORD_LAB=1 npx vitest run --project lab`: each line was set up on a private engine, judged by',
    'Bulkhead, and then attacked for real. `Said` is the verdict before the attack, `Happened` what the victim’s table (or, for',
    'a stolen MAC, its frames) showed. Some were played by hand alone (`hand.ts`). What the model behind the verdicts is tells [threat-model.md](threat-model.md).',
    '',
    `Linux ${kernels}. ${all.length} attacks in ${recorded.size} scenarios; said and happened agree in ${all.filter(agrees).length}.`,
    '',
  ];
  for (const family of [...new Set(scenarios.filter((s) => recorded.has(s)).map((s) => s.family))]) {
    out.push(`## ${family[0]?.toUpperCase()}${family.slice(1)}`, '', '| Scenario | Technique | Said | Happened | Its traffic: said, happened | Agree |', '|---|---|---|---|---|---|');
    for (const s of scenarios.filter((x) => x.family === family)) for (const m of recorded.get(s)?.measured ?? []) out.push(line(s, m));
    out.push('');
  }
  return out.join('\n');
}
