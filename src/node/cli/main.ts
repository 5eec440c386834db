import { readFileSync } from 'node:fs';
import path from 'node:path';
import { processIo } from './io.js';
import { run } from './program.js';

/** The version in package.json, which lies above both the sources and the bundle. */
function version(): string {
  for (let folder = import.meta.dirname; folder !== path.dirname(folder); folder = path.dirname(folder)) {
    try {
      const found = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { name?: unknown; version?: unknown };
      if (found.name === 'bulkhead' && typeof found.version === 'string') return found.version;
    } catch {
      // Not in this folder.
    }
  }
  return '0.0.0';
}

process.exitCode = await run(process.argv.slice(2), processIo(), version());
