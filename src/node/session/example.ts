import { readFileSync } from 'node:fs';
import path from 'node:path';
import { openSnapshot } from '../../core/model/open.js';
import type { Snapshot } from '../../core/model/index.js';
import { ownPackage } from '../package-folder.js';

/** The host that is shown where no engine is, recorded from a real one; null where it was not packed. */
export function loadExample(): Snapshot | null {
  try {
    const opened = openSnapshot(readFileSync(path.join(ownPackage().folder, 'assets', 'example.json'), 'utf8'));
    return opened.ok ? { ...opened.snapshot, origin: 'example' } : null;
  } catch {
    return null;
  }
}
