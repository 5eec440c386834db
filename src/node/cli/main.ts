import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ownPackage } from '../package-folder.js';
import { processIo } from './io.js';
import { run } from './program.js';

const { folder, version } = ownPackage();

/** The script that `bulkhead` without words runs; it reads the words itself and sets the exit status. */
async function openWindow(): Promise<number> {
  await import(pathToFileURL(path.join(folder, 'scripts/start.js')).href);
  return Number(process.exitCode ?? 0);
}

process.exitCode = await run(process.argv.slice(2), processIo(), version, openWindow);
