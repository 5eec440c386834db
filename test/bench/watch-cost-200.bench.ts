import type { Bench } from './bench.js';
import { hostOf } from './host.js';

/** CPU of watching the neighbour tables of 200 containers at the default rate. */
export const bench: Bench = {
  name: 'watch-cost-200',
  unit: '%',
  bound: { of: 'median', atMost: 2 },
  needs: ['root', 'docker'],
  async run() {
    const { lab } = await hostOf(200);
    const ran = await lab.inView([process.execPath, '--import', 'tsx', 'test/bench/alarm-inside.ts', 'cost', lab.host], { timeout: 300_000 });
    if (ran.code !== 0) throw new Error(ran.stderr.trim());
    return { ours: JSON.parse(ran.stdout) as number[], peer: null };
  },
};
