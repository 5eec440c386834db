// `npm test`: sets up what the tests need, runs every stage, and says at the end what was left out and why.
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { endAll, run } from './lib/children.js';
import { bound, roundsOf } from './lib/lanes.js';
import { has, install, isDebian, isRoot, missingPackages } from './lib/machine.js';
import { STAGES } from './lib/stages.js';

const only = process.argv.slice(2);
const stages = STAGES.filter((stage) => only.length === 0 || only.includes(stage.name));
const scratch = mkdtempSync(join(tmpdir(), 'bulkhead-test-'));
const total = { passed: 0, failed: 0, skipped: 0 };
const leftOut = [];
const failures = [];
const again = [];
let stopped = null;

const say = (text) => process.stdout.write(`${text}\n`);

/** How a stage is run: `lanes` at once; where there are several its output is kept until it ends, else lines of one would stand between those of another. */
const shared = (stage, lanes) => ({ minutes: bound(stage, lanes), log: lanes > 1 ? join(scratch, `${stage.name}.log`) : null });

/** The same once all lanes have ended. */
const alone = (stage) => shared(stage, 1);

async function start(command, how) {
  const { status, late } = await run(command, how);
  if (late) failures.push(`${command.join(' ')} did not end within ${how.minutes} minutes and was stopped`);
  return status;
}

/** Runs test files of a vitest project; answers its counts and the files that failed, or null where no report was written. */
async function vitest(project, files, how) {
  const report = join(scratch, `${project}-${files.length}.json`);
  rmSync(report, { force: true });
  const command = ['npx', '--no-install', 'vitest', 'run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...files];
  const status = await start(command, how);
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

/** Runs the tests of a stage; answers the results by file, null where there are none. */
async function runVitestStage(stage, how) {
  const first = await vitest(stage.run.project, [], how);
  if (first === null || first.stray) {
    total.failed += 1;
    failures.push(`${stage.name}: vitest ended without a usable report, or failed outside of any test`);
  }
  return first?.perFile ?? null;
}

/**
 * Tests on real engines share the processors with what they test: a file that failed is run once more by
 * itself when nothing else runs any more, and is named at the end whatever comes of it. Unit tests get no second try.
 */
async function secondTry(stage, results) {
  const broken = results.filter((file) => file.failed > 0);
  if (broken.length === 0 || stage.run.project === 'unit' || stopped !== null) return results;
  say(`\n── ${stage.name}, once more: ${broken.map((file) => file.file).join(', ')}`);
  const second = await vitest(stage.run.project, broken.map((file) => file.file), alone(stage));
  if (second === null) return results;
  for (const file of broken) again.push(`${file.file}: ${file.names.join('; ') || 'its set-up'}`);
  return results.map((file) => second.perFile.find((other) => other.file === file.file) ?? file);
}

function count(stage, results) {
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

/** What is still to be counted: a second try may change it. */
const played = [];
let unbuilt = false;

async function runStage(stage, lanes) {
  const how = shared(stage, lanes);
  const began = Date.now();
  if (how.log === null) say(`\n── ${stage.name}`);
  if (stage.run.kind === 'check') {
    const status = await start(stage.run.command, how);
    total[status === 0 ? 'passed' : 'failed'] += 1;
    if (status !== 0) failures.push(`${stage.name}: ${stage.run.command.join(' ')} ended with ${status}`);
    if (status !== 0 && stage.name === 'build') unbuilt = true;
  } else {
    const results = await runVitestStage(stage, how);
    if (results !== null) played.push({ stage, results });
  }
  if (how.log !== null) say(`\n── ${stage.name}\n${existsSync(how.log) ? readFileSync(how.log, 'utf8').trimEnd() : ''}`);
  say(`── ${stage.name}: ${Math.round((Date.now() - began) / 1000)} s`);
}

async function runLane(lane, lanes) {
  for (const stage of lane) {
    if (stopped !== null) leftOut.push(`${stage.name}: stopped before`);
    else await runStage(stage, lanes);
  }
}

for (const name of ['SIGINT', 'SIGTERM']) {
  process.on(name, () => {
    if (stopped === null) {
      stopped = name;
      total.failed += 1;
      failures.push(`the run was stopped by ${name}`);
    }
    endAll();
  });
}

prepare();
const runnable = stages.filter((stage) => {
  const reason = whyNot(stage);
  if (reason !== null) leftOut.push(`${stage.name}: ${reason}`);
  return reason === null;
});
for (const lanes of roundsOf(runnable, availableParallelism())) {
  if (unbuilt) break;
  if (lanes.length > 1) say(`\nSide by side: ${lanes.map((lane) => lane.map((stage) => stage.name).join(', ')).join(' | ')}`);
  await Promise.all(lanes.map((lane) => runLane(lane, lanes.length)));
}
for (const { stage, results } of played) count(stage, await secondTry(stage, results));
rmSync(scratch, { recursive: true, force: true });

if (again.length > 0) say(`\nRun a second time, since the first failed:\n  ${again.join('\n  ')}`);
if (failures.length > 0) say(`\nFailed:\n  ${failures.join('\n  ')}`);
if (leftOut.length > 0) say(`\nLeft out here:\n  ${leftOut.join('\n  ')}`);
const strict = process.env.CI === 'true';
if (strict) total.failed += leftOut.length;
say(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed > 0 ? 1 : 0);
