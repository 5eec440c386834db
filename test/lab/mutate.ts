import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runInNewContext } from 'node:vm';
import { build } from 'esbuild';
import type * as Reach from '../../src/core/reach/index.js';
import { FIXTURES, unpack } from './attack/recording.js';

/**
 * By hand: `npx tsx test/lab/mutate.ts [part of a file's name]`. Changes one thing at a time in core/reach, judges the lab's
 * recordings again, and prints the changes that no recording notices. Each is either of no consequence or a missing scenario.
 */
const ROOT = fileURLToPath(new URL('../../src/core/reach/', import.meta.url));
const recordings = readdirSync(FIXTURES).filter((f) => f.endsWith('.gz')).map((f) => unpack(readFileSync(join(FIXTURES, f))));

const CHANGES: readonly (readonly [RegExp, string])[] = [
  [/=== true/g, '=== false'], [/=== false/g, '=== true'], [/!==/g, '==='], [/(?<![!=])===(?!=)/g, '!=='], [/answer\('shut'/g, "answer('open'"], [/answer\('open'/g, "answer('shut'"],
  [/truth = and\(truth, null\)/g, 'truth = and(truth, true)'], [/passes = true/g, 'passes = false'], [/\? 'none'/g, "? 'unknown'"],
  [/ && /g, ' || '], [/ \|\| /g, ' && '], [/return true/g, 'return false'], [/return false/g, 'return true'], [/\.some\(/g, '.every('], [/\.every\(/g, '.some('], [/drops = true/g, 'drops = false'],
];

async function load(file: string | null, text: string): Promise<typeof Reach> {
  const out = await build({
    entryPoints: [join(ROOT, 'index.ts')], bundle: true, write: false, format: 'iife', globalName: 'reach', platform: 'neutral', logLevel: 'silent', mainFields: ['module', 'main'],
    plugins: file === null ? [] : [{ name: 'mutant', setup: (b) => b.onLoad({ filter: /\.ts$/ }, (args) => (args.path === file ? { contents: text, loader: 'ts' } : undefined)) }],
  });
  // Not by import: a module that was imported stays in memory, and there are a thousand of them.
  return runInNewContext(`${out.outputFiles[0]?.text ?? ''}; reach`, { URL, structuredClone, TextEncoder, TextDecoder }) as typeof Reach;
}

/** Whether every recording is judged as its attack went. */
function holds(reach: typeof Reach): boolean {
  for (const r of recordings) {
    let verdicts: ReturnType<typeof Reach.explain>;
    try {
      verdicts = reach.explain(r.snapshot, r.from, r.to);
    } catch {
      return false;
    }
    for (const m of r.measured) {
      const can = verdicts.some((v) => v.technique === m.technique && v.verdict === 'possible' && v.impersonates.some((id) => id === r.as || (r.as === 'gateway' && (id.startsWith('gateway:') || id === 'host'))));
      if (can !== m.worked) return false;
    }
  }
  return true;
}

function files(dir: string): readonly string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? files(join(dir, e.name)) : e.name.endsWith('.ts') && !e.name.includes('.test.') ? [join(dir, e.name)] : []));
}

if (!holds(await load(null, ''))) throw new Error('the recordings are not judged as their attacks went, before any change');
let killed = 0;
let lived = 0;
for (const file of files(ROOT).filter((f) => process.argv[2] === undefined || pathToFileURL(f).href.includes(process.argv[2]))) {
  const text = readFileSync(file, 'utf8');
  for (const [what, by] of CHANGES) {
    for (const hit of text.matchAll(what)) {
      const at = hit.index;
      const line = text.slice(0, at).split('\n').length;
      const source = text.split('\n')[line - 1] ?? '';
      if (/^\s*(\*|\/\/|import)/.test(source)) continue;
      let alive: boolean;
      try {
        alive = holds(await load(file, text.slice(0, at) + by + text.slice(at + hit[0].length)));
      } catch {
        alive = false;
      }
      if (alive) {
        lived++;
        process.stdout.write(`${file.slice(ROOT.length)}:${line} ${hit[0].trim()} → ${by.trim()}   ${source.trim().slice(0, 120)}\n`);
      } else killed++;
    }
  }
}
process.stdout.write(`${killed} noticed, ${lived} not\n`);
