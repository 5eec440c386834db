// Writes what is generated from the sources: docs/rules.md and docs/snapshot.schema.json. `--check` only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { rulesMarkdown, snapshotSchema } from './lib/docs.js';

const root = path.resolve(import.meta.dirname, '..');
const files = { 'docs/rules.md': rulesMarkdown(), 'docs/snapshot.schema.json': snapshotSchema() };
let stale = false;
for (const [file, text] of Object.entries(files)) {
  const target = path.join(root, file);
  if (process.argv.includes('--check')) {
    const now = readFileSync(target, 'utf8');
    if (now !== text) stale = true;
  } else writeFileSync(target, text);
}
if (stale) process.stderr.write('docs/ is not what the sources say: run npm run docs.\n');
process.exitCode = stale ? 1 : 0;
