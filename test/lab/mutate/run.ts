import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { mutate, type Mutant } from './mutants.js';
import type { Test } from './vitest.js';

/**
 * By hand: `npx tsx test/lab/mutate/run.ts [beginnings of files' names, e.g. way.ts filter/]`. Changes one thing at a time in
 * core/reach, and prints the changes that neither the lab's recordings nor the unit tests of core/reach notice. Each is either of
 * no consequence or a missing scenario. All changes are built in at once, each behind a switch, and a test is run only where it
 * comes by one, seldom more than a second.
 */
const ROOT = fileURLToPath(new URL('../../../src/core/reach/', import.meta.url));
const parts = process.argv.length > 2 ? process.argv.slice(2) : [''];

function files(dir: string): readonly string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? files(join(dir, e.name)) : [join(dir, e.name)])).sort();
}
const all = files(ROOT);
const mutants: (Mutant & { readonly file: string })[] = [];
const texts = new Map<string, string>();
const rank = (file: string): number => parts.findIndex((part) => file.slice(ROOT.length).startsWith(part));
for (const file of all.filter((f) => !f.includes('.test.')).sort((a, b) => rank(a) - rank(b))) {
  const text = readFileSync(file, 'utf8');
  const made = rank(file) >= 0 ? mutate(file, text, mutants.length) : { text, mutants: [] };
  mutants.push(...made.mutants.map((m) => ({ ...m, file: file.slice(ROOT.length) })));
  // What is remembered of one judgement is not carried to the next, which another change makes.
  texts.set(file, made.text.replaceAll(/^(const \w+ = )new (WeakMap|Map)(<.*>)?\(\)/gm, '$1$$mutant.memory(() => new $2())'));
}

/** The switch: which change is on, which were asked for, and an end to what goes round for ever. */
class Switch {
  on = -1;
  left = Infinity;
  asked = new Uint8Array(mutants.length);
  readonly #forget: (() => void)[] = [];
  is(id: number): boolean {
    this.asked[id] = 1;
    if (--this.left < 0) throw new Error('goes on for ever');
    return id === this.on;
  }
  logic(other: boolean, and: boolean, a: unknown, b: () => unknown): unknown {
    return and === other ? a || b() : a && b();
  }
  order(other: boolean, op: string, a: number, b: number): boolean {
    const equal = a === b;
    if (equal) return (op.length === 2) !== other;
    return op.startsWith('<') ? a < b : a > b;
  }
  memory<T extends WeakMap<object, unknown> | Map<unknown, unknown>>(make: () => T): T {
    let now = make();
    this.#forget.push(() => { now = make(); });
    return new Proxy(now, { get: (_, key) => {
      const v: unknown = Reflect.get(now, key);
      return typeof v === 'function' ? (v as (...args: unknown[]) => unknown).bind(now) : v;
    } });
  }
  forget(): void {
    for (const f of this.#forget) f();
  }
}

const shim = fileURLToPath(new URL('./vitest.ts', import.meta.url));
const out = await build({
  stdin: { contents: [...all.filter((f) => f.endsWith('.test.ts')).map((f) => `import ${JSON.stringify(f)};`), `export { tests } from ${JSON.stringify(shim)};`].join('\n'), resolveDir: ROOT },
  bundle: true, write: false, format: 'cjs', platform: 'node', packages: 'external', alias: { vitest: shim }, logLevel: 'error',
  plugins: [{ name: 'mutants', setup: (b) => {
    b.onLoad({ filter: /\.ts$/ }, (args) => ({ contents: (texts.get(args.path) ?? readFileSync(args.path, 'utf8')).replaceAll('import.meta.url', JSON.stringify(pathToFileURL(args.path).href)), loader: 'ts' }));
  } }],
});
const code = out.outputFiles[0]?.text ?? '';
const require = createRequire(import.meta.url);

function load(on: number): { readonly lever: Switch; readonly tests: readonly Test[] } {
  const lever = new Switch();
  lever.on = on;
  const module = { exports: {} as { tests?: readonly Test[] } };
  new Function('module', 'exports', 'require', '$mutant', code)(module, module.exports, require, lever);
  return { lever, tests: module.exports.tests ?? [] };
}

const { lever, tests } = load(-1);
const atLoad = lever.asked.slice();

/** What compares two ways of ours costs half of the time, and says nothing of what both have in common. */
const GROUPED = /the grouped judgement says|whatever changes:/;
const everywhere = parts.some((p) => ['', 'judge.ts', 'alike.ts', 'apart.ts'].includes(p));
interface Known { readonly index: number; readonly byRecording: boolean; readonly cost: number; readonly steps: number; readonly asked: Uint8Array }
const known: Known[] = [];
for (const [index, t] of tests.entries()) {
  lever.forget();
  lever.asked = new Uint8Array(mutants.length);
  lever.left = 1e12;
  const began = process.cpuUsage();
  try {
    t.run();
  } catch (e) {
    throw new Error(`before any change: ${t.name}`, { cause: e });
  }
  const { user } = process.cpuUsage(began);
  if (lever.asked.includes(1) && !(GROUPED.test(t.name) && !everywhere)) known.push({ index, byRecording: /\.json\.gz ›|^the emulated host/.test(t.name), cost: user, steps: 1e12 - lever.left, asked: lever.asked });
}
// What a recording notices is found first, and with what costs least.
known.sort((a, b) => Number(b.byRecording && b.cost < 500_000) - Number(a.byRecording && a.cost < 500_000) || a.cost - b.cost);
process.stderr.write(`${mutants.length} changes, ${tests.length} tests, ${known.length} of them come by one\n`);

function fails(run: () => void, steps: number, by: Switch): boolean {
  by.forget();
  by.left = steps * 20 + 100_000;
  try {
    run();
    return false;
  } catch {
    return true;
  }
}

const counts = new Map<string, { recordings: number; tests: number; neither: number }>();
for (const m of mutants) {
  const count = counts.get(m.file) ?? { recordings: 0, tests: 0, neither: 0 };
  counts.set(m.file, count);
  let by: Known | 'load' | undefined;
  if (atLoad[m.id] === 1) {
    try {
      const mine = load(m.id);
      by = known.find((k) => fails(() => { mine.tests[k.index]?.run(); }, k.steps, mine.lever));
    } catch {
      by = 'load';
    }
  } else {
    lever.on = m.id;
    by = known.find((k) => k.asked[m.id] === 1 && fails(() => { tests[k.index]?.run(); }, k.steps, lever));
    lever.on = -1;
  }
  if (by === undefined) {
    count.neither++;
    process.stdout.write(`${m.file}:${m.line} ${m.what}   ${m.source.slice(0, 160)}\n`);
  } else if (by === 'load' || by.byRecording) count.recordings++;
  else count.tests++;
}
for (const [file, c] of counts) process.stdout.write(`# ${file}: ${c.recordings + c.tests + c.neither} changes, ${c.recordings} noticed by recordings, ${c.tests} by tests alone, ${c.neither} by neither\n`);
