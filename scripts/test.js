// `npm test`: sets up what the tests need, runs every stage, and says at the end what was left out and why.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { has, install, isDebian, isRoot, missingPackages } from './lib/machine.js';
import { STAGES } from './lib/stages.js';

const only = process.argv.slice(2);
const stages = STAGES.filter((stage) => only.length === 0 || only.includes(stage.name));
const scratch = mkdtempSync(join(tmpdir(), 'bulkhead-test-'));
const total = { passed: 0, failed: 0, skipped: 0 };
const leftOut = [];
const failures = [];
const again = [];

const say = (text) => process.stdout.write(`${text}\n`);

/** Runs a command with its output passed on; answers its exit status, or -1 when it had to be ended. */
function run(command, minutes) {
  return new Promise((resolve) => {
    const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'inherit', 'inherit'], detached: true });
    const end = (signal) => {
      try {
        process.kill(-child.pid, signal);
      } catch {
        // It has ended already.
      }
    };
    const timer = setTimeout(() => {
      say(`! ${command.join(' ')} did not end within ${minutes} minutes and was stopped`);
      end('SIGTERM');
      setTimeout(() => end('SIGKILL'), 5000).unref();
    }, minutes * 60_000);
    const interrupted = () => end('SIGTERM');
    process.once('SIGINT', interrupted);
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      process.off('SIGINT', interrupted);
      resolve(signal === null ? code : -1);
    });
    child.on('error', () => resolve(-1));
  });
}

/** Runs test files of a vitest project; answers its counts and the files that failed, or null where no report was written. */
async function vitest(project, files, minutes) {
  const report = join(scratch, `${project}-${files.length}.json`);
  rmSync(report, { force: true });
  const command = ['npx', '--no-install', 'vitest', 'run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...files];
  const status = await run(command, minutes);
  if (!existsSync(report)) return null;
  const result = JSON.parse(readFileSync(report, 'utf8'));
  const perFile = result.testResults.map((file) => {
    const count = (state) => file.assertionResults.filter((test) => state.includes(test.status)).length;
    const failed = count(['failed']);
    return {
      file: relative(process.cwd(), file.name),
      passed: count(['passed']),
      // A file whose set-up failed has no failed test, and is one all the same.
      failed: failed === 0 && file.status === 'failed' ? 1 : failed,
      skipped: count(['pending', 'skipped', 'todo', 'disabled']),
      names: file.assertionResults.filter((test) => test.status === 'failed').map((test) => test.fullName),
    };
  });
  const stray = status !== 0 && perFile.every((file) => file.failed === 0);
  return { perFile, stray };
}

async function runVitestStage(stage) {
  const { project } = stage.run;
  const first = await vitest(project, [], stage.minutes);
  if (first === null || first.stray) {
    total.failed += 1;
    failures.push(`${stage.name}: vitest ended without a usable report, or failed outside of any test`);
    if (first === null) return;
  }
  let results = first.perFile;
  const broken = results.filter((file) => file.failed > 0);
  // Tests on real engines share two cores with what they test: a file that failed is run once more by
  // itself, and is named at the end whatever comes of it. Unit tests get no second try.
  if (broken.length > 0 && project !== 'unit') {
    const second = await vitest(project, broken.map((file) => file.file), stage.minutes);
    if (second !== null) {
      results = results.map((file) => second.perFile.find((other) => other.file === file.file) ?? file);
      for (const file of broken) again.push(`${file.file}: ${file.names.join('; ') || 'its set-up'}`);
    }
  }
  for (const file of results) {
    total.passed += file.passed;
    total.failed += file.failed;
    total.skipped += file.skipped;
    if (file.failed > 0) failures.push(`${file.file}: ${file.names.join('; ') || 'its set-up failed'}`);
  }
  if (results.length === 0) {
    total.failed += 1;
    failures.push(`${stage.name}: no test was found`);
  }
}

function prepare() {
  const missing = missingPackages([...new Set(stages.flatMap((stage) => stage.programs))]);
  if (missing.length === 0) return;
  if (!isRoot || !isDebian) {
    say(`Not installed, and ${isDebian ? 'only root may install them' : 'this is no Debian'}: ${missing.join(', ')}`);
    return;
  }
  say(`Installing Debian packages that the tests need: ${missing.join(', ')}`);
  const failure = install(missing);
  if (failure !== null) say(`apt-get could not install them: ${failure}`);
}

function whyNot(stage) {
  if (stage.root && !isRoot) return 'needs root, to run an engine of its own';
  const absent = stage.programs.filter((program) => !has(program));
  if (absent.length > 0) return `needs ${absent.join(', ')}`;
  if (stage.run.kind === 'vitest' && stage.run.project !== 'unit' && !testsIn(join('test', stage.run.project))) return 'has no tests';
  return null;
}

function testsIn(folder) {
  return existsSync(folder) && readdirSync(folder, { recursive: true }).some((name) => String(name).endsWith('.test.ts'));
}

prepare();
for (const stage of stages) {
  const reason = whyNot(stage);
  if (reason !== null) {
    leftOut.push(`${stage.name}: ${reason}`);
    continue;
  }
  const began = Date.now();
  say(`\n── ${stage.name}`);
  if (stage.run.kind === 'check') {
    const status = await run(stage.run.command, stage.minutes);
    total[status === 0 ? 'passed' : 'failed'] += 1;
    if (status !== 0) failures.push(`${stage.name}: ${stage.run.command.join(' ')} ended with ${status}`);
    if (status !== 0 && stage.name === 'build') break;
  } else {
    await runVitestStage(stage);
  }
  say(`── ${stage.name}: ${Math.round((Date.now() - began) / 1000)} s`);
}
rmSync(scratch, { recursive: true, force: true });

if (again.length > 0) say(`\nRun a second time, since the first failed:\n  ${again.join('\n  ')}`);
if (failures.length > 0) say(`\nFailed:\n  ${failures.join('\n  ')}`);
if (leftOut.length > 0) say(`\nLeft out here:\n  ${leftOut.join('\n  ')}`);
const strict = process.env.CI === 'true';
if (strict) total.failed += leftOut.length;
say(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed > 0 ? 1 : 0);
