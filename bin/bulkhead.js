#!/usr/bin/env node
// The command line, on plain Node. Without a command it opens the window.
import { existsSync } from 'node:fs';

const main = new URL('../out/cli/main.js', import.meta.url);
if (!existsSync(main)) {
  process.stderr.write('bulkhead: not built yet. Run `npm run build` in its folder first.\n');
  process.exit(2);
}
if (process.argv.length <= 2) await import(new URL('../scripts/start.js', import.meta.url).href);
else await import(main.href);
