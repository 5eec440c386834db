import { spawnSync } from 'node:child_process';
import type { Machine } from './machine.js';

/** What nothing reads that runs: a third of the files. */
const LEFT_OUT = ['*.map', '*.ts', '*.cts', '*.mts', '*.md', '.yarn'];

/** The built command line with the packages it runs on, as a gzipped tar for the machine. */
function bundle(): Buffer {
  const listed = spawnSync('npm', ['ls', '--omit=dev', '--all', '--parseable'], { encoding: 'utf8', maxBuffer: 1 << 26 });
  const root = process.cwd();
  const packages = listed.stdout
    .split('\n')
    .filter((path) => path.startsWith(`${root}/node_modules/`))
    .map((path) => path.slice(root.length + 1));
  const files = ['package.json', 'bin', 'scripts', 'out/cli', ...new Set(packages)];
  const tar = spawnSync('tar', ['-czf', '-', ...LEFT_OUT.map((name) => `--exclude=${name}`), ...files], { maxBuffer: 1 << 28 });
  if (tar.status !== 0) throw new Error(`tar: ${tar.stderr.toString()}`);
  return tar.stdout;
}

const AT = '/opt/bulkhead';

/** Puts the built command line on the machine. */
export async function install(on: Machine): Promise<void> {
  await on.run(`mkdir -p ${AT} && tar -xzm -C ${AT}`, bundle(), 8);
}

/** What the command line there prints for these words. An engine that is emulated may be late with its first answer: then it is asked again. */
export async function bulkheadOn(on: Machine, words: string): Promise<string> {
  return on.run(`cd ${AT} && n=0; until node bin/bulkhead.js ${words} >said; do n=$((n+1)); [ $n -lt 4 ] || exit 1; done; cat said`, undefined, 9);
}
