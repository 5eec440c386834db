// Runs the benchmarks: npm run bench [-- --only NAME] [-- --list]. They are TypeScript, so tsx reads them.
import { spawnSync } from 'node:child_process';

const done = spawnSync(process.execPath, ['--import', 'tsx', 'test/bench/run.ts', ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(done.status ?? 2);
