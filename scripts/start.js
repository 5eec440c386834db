// `npm start`: builds if needed, fetches Electron's runtime on the first start and opens the window.
// Where that can't be, the same window is served on loopback. `--serve` asks for that; `--no-fallback` refuses it.
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { electronPackage, fetchRuntime, noDesktop, runtimePath, whyItEnded } from './lib/runtime.js';
import { isBuilt } from './lib/sources.js';

const root = path.resolve(import.meta.dirname, '..');
const given = process.argv.slice(2);
const args = given.filter((word) => word !== '--serve' && word !== '--no-fallback');
const say = (text) => process.stderr.write(`${text}\n`);

function build() {
  if (isBuilt(root)) return;
  say('Building the window …');
  const done = spawnSync(process.execPath, [path.join(root, 'scripts/build.js')], { cwd: root, stdio: ['ignore', 2, 2] });
  if (done.status !== 0) {
    say('bulkhead: the build failed, see above. Run `npm ci` and try again.');
    process.exit(2);
  }
}

async function serve(why) {
  if (given.includes('--no-fallback')) {
    say(`bulkhead: no desktop window: ${why}.`);
    process.exit(2);
  }
  const { serveCommand } = await import(new URL('../out/cli/serve.js', import.meta.url).href);
  process.exitCode = await serveCommand(args, { why, open: true });
}

/** Runs the runtime until it ends; its standard error is shown and kept, to tell why it would not start. */
function run(file) {
  return new Promise((resolve) => {
    const child = spawn(file, [root, ...args], { stdio: ['inherit', 'inherit', 'pipe'] });
    let output = '';
    const pass = (signal) => child.kill(signal);
    process.on('SIGINT', pass);
    process.on('SIGTERM', pass);
    child.stderr.on('data', (chunk) => {
      process.stderr.write(chunk);
      output = (output + chunk).slice(-20_000);
    });
    const done = (code, signal, extra) => {
      process.off('SIGINT', pass);
      process.off('SIGTERM', pass);
      resolve({ code, signal, output: output + extra });
    };
    child.on('error', (error) => done(1, null, String(error)));
    child.on('close', (code, signal) => done(code, signal, ''));
  });
}

async function start() {
  build();
  if (given.includes('--serve')) return serve('it was asked for');
  const against = noDesktop();
  if (against !== null) return serve(against);
  const folder = electronPackage();
  if (folder === null) return serve('Electron is not installed');
  if (runtimePath(folder) === null) {
    const failure = await fetchRuntime(folder, say);
    if (failure !== null) return serve(`Electron's runtime could not be fetched (${failure})`);
  }
  const ended = await run(runtimePath(folder) ?? path.join(folder, 'dist/electron'));
  if (ended.code === 0 || ended.signal === 'SIGINT' || ended.signal === 'SIGTERM') return undefined;
  const reason = whyItEnded(ended.output);
  if (reason !== null) return serve(reason);
  say(`bulkhead: Electron ended with ${ended.signal ?? `status ${ended.code}`}. \`npm start -- --serve\` shows the window in a browser.`);
  process.exitCode = ended.code ?? 1;
  return undefined;
}

await start();
