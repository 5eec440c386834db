import { spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

function inPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(path.delimiter).some((folder) => {
    try {
      accessSync(path.join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** The command that opens an address in the user's browser, or null where there is none. */
function opener(): readonly [string, ...string[]] | null {
  if (process.env['BROWSER'] === 'none') return null;
  if (process.platform === 'darwin') return ['open'];
  if (process.platform === 'win32') return ['cmd', '/c', 'start', '""'];
  const display = process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY'] ?? '';
  return display !== '' && process.getuid?.() !== 0 && inPath('xdg-open') ? ['xdg-open'] : null;
}

/**
 * Opens the window in the user's browser. Any user of the machine can read command lines, so the address with
 * its token goes into a page that only its owner can read, and that page leads on. Answers a function that removes it.
 */
export function openBrowser(url: string): (() => void) | null {
  const command = opener();
  if (command === null) return null;
  const folder = mkdtempSync(path.join(tmpdir(), 'bulkhead-'));
  const file = path.join(folder, 'open.html');
  writeFileSync(file, `<!doctype html><meta charset="utf-8"><title>Bulkhead</title><script>location.replace(${JSON.stringify(url)})</script><a href="${url}">Bulkhead</a>`, { mode: 0o600 });
  const child = spawn(command[0], [...command.slice(1), pathToFileURL(file).href], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
  return () => rmSync(folder, { recursive: true, force: true });
}
