import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { extractAll, statFile } from '@electron/asar';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';

/**
 * The package is made by electron-builder as `npm run package` has it, around a stand-in of Electron's runtime, which
 * cannot be fetched here. Left out are the fuses, which are burnt into the real runtime's file, and the archives.
 */
const ROOT = path.resolve(import.meta.dirname, '../..');
const CONFIG = path.join(ROOT, 'build/electron-builder.yml');
const config = parse(readFileSync(CONFIG, 'utf8')) as Record<string, unknown>;
let folder: string;
let resources: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'bulkhead-package-'));
  const runtime = path.join(folder, 'runtime');
  mkdirSync(path.join(runtime, 'resources'), { recursive: true });
  mkdirSync(path.join(runtime, 'locales'));
  writeFileSync(path.join(runtime, 'electron'), '#!/bin/sh\n');
  chmodSync(path.join(runtime, 'electron'), 0o755);
  for (const file of ['LICENSE', 'LICENSES.chromium.html', 'locales/en-US.pak', 'version']) writeFileSync(path.join(runtime, file), '');
  const { electronFuses: _burnt, ...rest } = config;
  const file = path.join(folder, 'config.yml');
  writeFileSync(file, stringify({ ...rest, electronDist: runtime, directories: { output: path.join(folder, 'dist'), buildResources: path.join(ROOT, 'build') } }));
  execFileSync(process.execPath, [path.join(ROOT, 'node_modules/electron-builder/cli.js'), '--config', file, '--linux', 'dir', '--publish', 'never'], { cwd: ROOT, stdio: 'pipe' });
  resources = path.join(folder, 'dist/linux-unpacked/resources');
}, 240_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the package', () => {
  it('has its program under the name that the desktop knows', () => {
    expect(existsSync(path.join(resources, '../bulkhead-window'))).toBe(true);
  });

  it('keeps outside the archive what is started as a program of its own or is native', () => {
    const archive = path.join(resources, 'app.asar');
    for (const file of ['out/cli/reader.js', 'node_modules/@resvg/resvg-js/index.js']) {
      expect(existsSync(path.join(resources, 'app.asar.unpacked', file)), file).toBe(true);
      expect('unpacked' in statFile(archive, file), file).toBe(true);
    }
  });

  it('holds all that its parts import, and answers', () => {
    const out = path.join(folder, 'app');
    extractAll(path.join(resources, 'app.asar'), out);
    for (const file of ['out/main/index.js', 'out/preload/index.cjs', 'out/renderer/index.html', 'LICENSE']) expect(existsSync(path.join(out, file)), file).toBe(true);
    const answer = execFileSync(process.execPath, [path.join(out, 'out/cli/main.js'), 'l2', '--format', 'json', path.join(out, 'out/assets/example.json')], { cwd: folder, encoding: 'utf8', maxBuffer: 64 << 20 });
    expect((JSON.parse(answer) as { pairs: unknown[] }).pairs.length).toBeGreaterThan(0);
    const picture = execFileSync(process.execPath, [path.join(out, 'out/cli/main.js'), 'export', '--lens', 'network', '--format', 'png', path.join(out, 'out/assets/example.json')], { cwd: folder, maxBuffer: 64 << 20 });
    expect(picture.subarray(1, 4).toString('latin1')).toBe('PNG');
  });

  it('carries nothing that only building and testing need', () => {
    const out = path.join(folder, 'app');
    for (const name of ['@grpc', 'ssh2', 'playwright-core', 'vitest', 'electron-builder', 'svelte', 'typescript', 'vite']) expect(existsSync(path.join(out, 'node_modules', name)), name).toBe(false);
    expect(existsSync(path.join(out, 'test'))).toBe(false);
  });

  it('burns the fuses of the checklist', () => {
    expect(config['electronFuses']).toMatchObject({ runAsNode: false, enableNodeOptionsEnvironmentVariable: false, enableNodeCliInspectArguments: false, onlyLoadAppFromAsar: true, enableEmbeddedAsarIntegrityValidation: true, grantFileProtocolExtraPrivileges: false });
  });
});
