// Electron's runtime: whether it is there, fetching it with visible progress, and why it would not run.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(import.meta.url);
const FETCH_MINUTES = 15;

/** Folder of the electron package; its index is never loaded, since that starts a download. Null where it is not installed. */
export function electronPackage() {
  try {
    return path.dirname(require.resolve('electron/package.json'));
  } catch {
    return null;
  }
}

/** The runtime's executable if the version that the package wants is there, else null. */
export function runtimePath(folder = electronPackage()) {
  if (folder === null) return null;
  try {
    const { version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    if (readFileSync(path.join(folder, 'dist/version'), 'utf8').trim().replace(/^v/, '') !== version) return null;
    const file = path.join(folder, 'dist', readFileSync(path.join(folder, 'path.txt'), 'utf8').trim());
    return existsSync(file) ? file : null;
  } catch {
    return null;
  }
}

/** What speaks against a desktop window before anything is fetched; null if nothing does. */
export function noDesktop(env = process.env, platform = process.platform, uid = process.getuid?.() ?? -1) {
  if (platform !== 'linux') return null;
  if (!env.DISPLAY && !env.WAYLAND_DISPLAY) return 'there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set)';
  if (uid === 0) return "Electron's sandbox does not run as root; start it as yourself for the desktop window";
  return null;
}

/** Fetches the runtime with the package's own installer, which checks its checksum. Answers null, or why it failed. */
export function fetchRuntime(folder, say) {
  const { version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  say(`Fetching Electron ${version}'s runtime, about 120 MB, once. Later starts need no network.`);
  return new Promise((resolve) => {
    const began = Date.now();
    const seconds = () => Math.round((Date.now() - began) / 1000);
    const child = spawn(process.execPath, [path.join(folder, 'install.js')], { stdio: ['ignore', 'inherit', 'pipe'], env: process.env });
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors = (errors + chunk).slice(-8000);
      if (process.stderr.isTTY && /[█=%]/.test(String(chunk))) process.stderr.write(chunk);
    });
    const beat = setInterval(() => say(`  still fetching, ${seconds()} s`), 5000);
    const limit = setTimeout(() => child.kill(), FETCH_MINUTES * 60_000);
    const done = (answer) => {
      clearInterval(beat);
      clearTimeout(limit);
      resolve(answer);
    };
    child.on('error', (error) => done(error.message));
    child.on('exit', (code) => {
      if (code === 0 && runtimePath(folder) !== null) {
        say(`Fetched in ${seconds()} s.`);
        done(null);
      } else done(firstCause(errors));
    });
  });
}

function firstCause(errors) {
  const line = errors.split('\n').find((text) => /error|failed|ENOTFOUND|checksum/i.test(text)) ?? '';
  return line.replace(/^\s*(Uncaught )?(\w*Error: )?/, '').slice(0, 200) || 'the download failed';
}

const CAUSES = [
  [/SUID sandbox helper binary|setuid_sandbox_host|No usable sandbox/i, "Linux does not let Electron's sandbox start (unprivileged user namespaces are restricted); the .deb package brings what it needs"],
  [/Running as root without --no-sandbox/i, "Electron's sandbox does not run as root; start it as yourself for the desktop window"],
  [/Missing X server|cannot open display|Failed to connect to Wayland|ozone_platform/i, 'the display could not be opened'],
  [/error while loading shared libraries: (\S+)/i, 'a library that Electron needs is missing'],
  [/ENOENT|EACCES|Exec format error/i, "Electron's runtime could not be run"],
];

/** Why a runtime that ended did not open a window, from what it wrote; null where it is none of the known reasons. */
export function whyItEnded(output) {
  for (const [pattern, reason] of CAUSES) {
    const match = pattern.exec(output);
    if (match) return match[1] && /librar/.test(reason) ? `${reason} (${match[1].replace(/:$/, '')})` : reason;
  }
  return null;
}
