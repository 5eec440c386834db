// Builds the window (main, preload, page) with electron-vite and the plain-Node programs (command line, root reader) with esbuild.
// Needs no Electron runtime and no network. `--only cli` or `--only window` builds a part.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { nodeProgram } from './lib/bundle.js';
import { newestSource } from './lib/sources.js';

const root = path.resolve(import.meta.dirname, '..');
const require = createRequire(import.meta.url);
const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : 'all';

/** Bundles one program; `dependencies` stay outside unless the program must stand alone. */
async function bundle(entry, outfile, alone) {
  if (!existsSync(path.join(root, entry))) return;
  const { build } = await import('esbuild');
  const { dependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    ...nodeProgram(alone ? [] : Object.keys(dependencies)),
    logLevel: 'warning',
  });
}

function assets() {
  const from = path.join(root, 'assets');
  if (!existsSync(from)) return;
  const to = path.join(root, 'out/assets');
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true });
}

mkdirSync(path.join(root, 'out'), { recursive: true });
const built = newestSource(root);
if (only === 'all' || only === 'cli') {
  await bundle('src/node/cli/main.ts', 'out/cli/main.js', false);
  await bundle('src/node/serve/command.ts', 'out/cli/serve.js', false);
  await bundle('src/node/reader/main.ts', 'out/cli/reader.js', true);
  assets();
}
if (only === 'all' || only === 'window') {
  const vite = path.join(path.dirname(require.resolve('electron-vite/package.json')), 'bin/electron-vite.js');
  const done = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (done.status !== 0) process.exit(done.status ?? 1);
}
if (only === 'all') writeFileSync(path.join(root, 'out/built.json'), JSON.stringify({ sources: built }));
