import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Bulkhead's own package: its folder lies above the sources, and above the bundle as well. */
export interface OwnPackage {
  readonly folder: string;
  readonly version: string;
}

let found: OwnPackage | undefined;

/** The folder that holds `package.json` and `assets`, and the version. */
export function ownPackage(): OwnPackage {
  if (found !== undefined) return found;
  for (let folder = import.meta.dirname; folder !== path.dirname(folder); folder = path.dirname(folder)) {
    try {
      const read = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { name?: unknown; version?: unknown };
      if (read.name === 'bulkhead' && typeof read.version === 'string') return (found = { folder, version: read.version });
    } catch {
      // Not in this folder.
    }
  }
  return (found = { folder: import.meta.dirname, version: '0.0.0' });
}
