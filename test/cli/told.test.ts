import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cast } from '../cast/cast.js';
import { BIN, built } from './bulkhead.js';

const dir = mkdtempSync(path.join(tmpdir(), 'bulkhead-told-'));
const large = path.join(dir, 'large.json');
const file = path.join(dir, 'host.json');

beforeAll(() => {
  built();
  writeFileSync(large, '');
  writeFileSync(file, JSON.stringify(cast(14)));
}, 120_000);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** A line of bash in which `$B` is the command line and `$F` a saved snapshot. */
const shell = (line: string) => spawnSync('bash', ['-c', line], { encoding: 'utf8', timeout: 60_000, env: { ...process.env, B: `${process.execPath} ${BIN}`, F: file } });

test('the gate fails whether or not its answer is read to the end', () => {
  for (const format of ['text', 'sarif']) {
    const done = shell(`$B check --fail-on high --format ${format} "$F" | true; echo "\${PIPESTATUS[0]}"`);
    expect([done.stdout, done.stderr], format).toEqual(['1\n', '']);
  }
  expect(shell('$B check --fail-on never "$F" | true; echo "${PIPESTATUS[0]}"').stdout).toBe('0\n');
});

test.skipIf(!existsSync('/dev/full'))('an answer that cannot be written is not one: status 2 and a sentence', () => {
  const done = shell('$B check --fail-on high "$F" >/dev/full');
  expect(done.status).toBe(2);
  expect(done.stderr).toBe('bulkhead: nothing more was written: the disk is full.\n  Make room, or name a file elsewhere.\n');
});

test('a file that cannot be shown is told alike by every command: what, why and what to do', () => {
  truncateSync(large, 3 * 1024 ** 3);
  for (const command of ['check', 'serve --port 0']) {
    for (const [name, why] of [['/tmp/none.json', 'there is no /tmp/none.json'], [large, `${large} is larger than 100 MB`], ['/dev/zero', '/dev/zero is larger than 100 MB'], [dir, `${dir} is a folder`]] as const) {
      const done = shell(`$B ${command} "${name}"`);
      expect(done.status, name).toBe(2);
      expect(done.stderr).toMatch(/^bulkhead: no snapshot: [^\n]+\.\n {2}[A-Z][^\n]+\.\n$/u);
      expect(done.stderr).toContain(why);
    }
  }
});

test('a value that is nearly one of the choices gets a guess, with the choices', () => {
  for (const [words, guess] of [['export --format svgg', 'svg'], ['export --lens netwrok', 'network'], ['check --fail-on hihg', 'high']] as const) {
    const done = shell(`$B ${words} "$F"`);
    expect([done.status, done.stdout]).toEqual([2, '']);
    expect(done.stderr).toContain('Allowed choices are ');
    expect(done.stderr).toContain(`Did you mean ${guess}?`);
  }
});

test('help tells what --help does', () => {
  expect(shell('$B help check').stdout).toBe(shell('$B check --help').stdout);
  const all = shell('$B help');
  expect([all.status, all.stdout]).toEqual([0, shell('$B --help').stdout]);
  expect(shell('$B hlep').stderr).toContain('Did you mean help?');
});

test('a file and an engine beside it are refused: one would be passed over', () => {
  for (const command of ['check', 'diff "$F"']) {
    const done = shell(`$B ${command} --host unix:///nowhere.sock "$F"`);
    expect([done.status, done.stdout]).toEqual([2, '']);
    expect(done.stderr).toContain(`${file} and --host were both given`);
  }
});

test('an answer goes to a pipe that is named by its path', () => {
  expect(shell('$B check --format json -o /dev/stdout "$F" | head -c 1').stdout).toBe('{');
});
