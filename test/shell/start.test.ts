import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// @ts-expect-error A script of plain JavaScript, for people who have built nothing yet.
import * as runtimeScript from '../../scripts/lib/runtime.js';
import { cast } from '../cast/cast.js';

const { fetchRuntime, noDesktop, runtimePath, whyItEnded } = runtimeScript as {
  fetchRuntime(folder: string, say: (text: string) => void): Promise<string | null>;
  noDesktop(env: Record<string, string>, platform: string, uid: number): string | null;
  runtimePath(folder: string | null): string | null;
  whyItEnded(output: string): string | null;
};

const ROOT = path.resolve(import.meta.dirname, '../..');
let folder: string;
let saved: string;
const running = new Set<ChildProcess>();

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'bulkhead-start-'));
  saved = path.join(folder, 'saved.json');
  writeFileSync(saved, JSON.stringify(cast(3)));
});
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** An electron package with an installer that does as it is told, and a runtime that is a shell script. */
function stub(name: string, install: string): string {
  const at = path.join(folder, name);
  mkdirSync(at);
  writeFileSync(path.join(at, 'package.json'), JSON.stringify({ name: 'electron', version: '45.0.0' }));
  writeFileSync(path.join(at, 'install.js'), install);
  return at;
}
const WORKS = `const fs = require('fs'), path = require('path'); const d = path.join(__dirname, 'dist'); fs.mkdirSync(d, { recursive: true });
  fs.writeFileSync(path.join(d, 'version'), '45.0.0'); fs.writeFileSync(path.join(d, 'electron'), '#!/bin/sh\\n', { mode: 0o755 }); fs.writeFileSync(path.join(__dirname, 'path.txt'), 'electron');`;

describe("Electron's runtime", () => {
  it('is fetched once by the package’s own installer, and that is told', async () => {
    const at = stub('works', WORKS);
    const said: string[] = [];
    expect(runtimePath(at)).toBeNull();
    expect(await fetchRuntime(at, (text) => said.push(text))).toBeNull();
    expect(said[0]).toContain('45.0.0');
    expect(runtimePath(at)).toBe(path.join(at, 'dist/electron'));
  });

  it('is not there where the download fails: the first cause is told', async () => {
    const at = stub('fails', 'console.error("TypeError: fetch failed\\n    at x"); process.exit(1);');
    expect(await fetchRuntime(at, () => {})).toBe('fetch failed');
    expect(runtimePath(at)).toBeNull();
  });

  it('is not there where its version is another one, or its file is gone', async () => {
    const at = stub('other', WORKS);
    await fetchRuntime(at, () => {});
    writeFileSync(path.join(at, 'dist/version'), '44.0.0');
    expect(runtimePath(at)).toBeNull();
    writeFileSync(path.join(at, 'dist/version'), '45.0.0');
    rmSync(path.join(at, 'dist/electron'));
    expect(runtimePath(at)).toBeNull();
    expect(runtimePath(null)).toBeNull();
  });
});

describe('why there is no desktop window', () => {
  it('is known before anything is fetched: no display, or root', () => {
    expect(noDesktop({}, 'linux', 1000)).toContain('no display');
    expect(noDesktop({ DISPLAY: ':0' }, 'linux', 0)).toContain('root');
    expect(noDesktop({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux', 1000)).toBeNull();
    expect(noDesktop({}, 'darwin', 501)).toBeNull();
  });

  it('is read from what the runtime wrote', () => {
    expect(whyItEnded('FATAL:setuid_sandbox_host.cc(163)] The SUID sandbox helper binary was found, but is not configured correctly.')).toContain('sandbox');
    expect(whyItEnded('Running as root without --no-sandbox is not supported.')).toContain('root');
    expect(whyItEnded('electron: error while loading shared libraries: libnss3.so: cannot open')).toContain('libnss3.so');
    expect(whyItEnded('Missing X server or $DISPLAY')).toContain('display');
    expect(whyItEnded('something else')).toBeNull();
  });
});

function start(args: readonly string[], env: Record<string, string> = {}, program = 'scripts/start.js'): { child: ChildProcess; out: () => string; err: () => string; ended: Promise<number | null> } {
  const { DISPLAY: _x, WAYLAND_DISPLAY: _w, ...rest } = process.env;
  const child = spawn(process.execPath, [path.join(ROOT, program), ...args], { cwd: ROOT, env: { ...rest, BROWSER: 'none', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk) => (out += String(chunk)));
  child.stderr?.on('data', (chunk) => (err += String(chunk)));
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => {
    running.delete(child);
    resolve(code);
  }));
  return { child, out: () => out, err: () => err, ended };
}

async function until(fits: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!fits()) {
    if (Date.now() > deadline) throw new Error('it did not happen within 60 s');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('npm start', () => {
  it('without a display serves the same window on loopback, says why in one sentence, and ends when it is asked to', async () => {
    const { child, out, err, ended } = start([saved]);
    await until(() => out().includes('\n') && err().includes('since'));
    expect(out()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#[0-9a-f]{48}\n$/);
    expect(err()).toContain('This is the same window in a browser, since there is no display here');
    const answer = await fetch(out().split('#')[0] ?? '');
    expect(await answer.text()).toContain('<title>Bulkhead</title>');
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('is what bulkhead does with a file, and with an engine that is named', async () => {
    for (const words of [[saved], ['--host', `unix://${folder}/none.sock`]]) {
      const { child, out, err, ended } = start(words, {}, 'bin/bulkhead.js');
      await until(() => out().includes('\n') && err().includes('since'));
      expect(out()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#[0-9a-f]{48}\n$/);
      child.kill('SIGTERM');
      expect(await ended).toBe(0);
    }
  });

  it('-- --serve asks for that', async () => {
    const { child, out, err, ended } = start(['--serve', saved], { DISPLAY: ':99' });
    await until(() => out().includes('\n') && err().includes('since'));
    expect(err()).toContain('since it was asked for');
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  });

  it('takes the same port each time, so that a browser finds what was chosen; another one beside it takes a free one', async () => {
    const one = start(['--serve', saved]);
    await until(() => one.out().includes('\n'));
    const beside = start(['--serve', saved]);
    await until(() => beside.out().includes('\n'));
    const port = (text: string): string => new URL(text.trim()).port;
    expect(port(beside.out())).not.toBe(port(one.out()));
    for (const { child, ended } of [beside, one]) {
      child.kill('SIGTERM');
      expect(await ended).toBe(0);
    }
    const again = start(['--serve', saved]);
    await until(() => again.out().includes('\n'));
    expect(port(again.out())).toBe(port(one.out()));
    again.child.kill('SIGTERM');
    await again.ended;
  });

  it('-- --no-fallback ends with a sentence instead', async () => {
    const { err, ended } = start(['--no-fallback', saved]);
    expect(await ended).toBe(2);
    expect(err()).toMatch(/^bulkhead: no desktop window: .+\.\n$/);
  });

  it('tells in a sentence what can’t be: a file that is not there, a port that is taken, a wrong word', async () => {
    const gone = start(['--serve', path.join(folder, 'gone.json')]);
    expect(await gone.ended).toBe(2);
    expect(gone.err()).toMatch(/^bulkhead: .*gone\.json/);
    const first = start(['--serve', saved]);
    await until(() => first.out().includes('\n'));
    const second = start(['--serve', '--port', new URL(first.out().trim()).port, saved]);
    expect(await second.ended).toBe(2);
    expect(second.err()).toContain('is taken on 127.0.0.1');
    first.child.kill('SIGTERM');
    await first.ended;
    const wrong = start(['--serve', '--prot', '1']);
    expect(await wrong.ended).toBe(2);
    expect(wrong.err()).toContain('--prot');
  });
});

