// Type-checks each room with the libraries its code may use: core has no DOM and no Node.
import { spawnSync } from 'node:child_process';

const only = process.argv.slice(2);
const rooms = ['core', 'node', 'test', 'renderer'].filter((room) => only.length === 0 || only.includes(room));
let failed = false;
for (const room of rooms) {
  const command = room === 'renderer' ? ['svelte-check', '--tsconfig', 'tsconfig.renderer.json', '--fail-on-warnings'] : ['tsc', '-p', `tsconfig.${room}.json`];
  const done = spawnSync('npx', ['--no-install', ...command], { stdio: 'inherit' });
  if (done.status !== 0) failed = true;
}
process.exit(failed ? 1 : 0);
