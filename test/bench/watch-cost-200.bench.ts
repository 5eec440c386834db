import { summarize, type Bench } from './bench.js';
import { asleep, awake } from './cpu.js';
import { hostOf } from './host.js';

/** CPU of watching the neighbour tables of 200 containers at the default rate, with cores that stay awake. */
export const bench: Bench = {
  name: 'watch-cost-200',
  unit: '%',
  bound: { of: 'median', atMost: 2 },
  needs: ['root', 'docker'],
  async run() {
    const { lab } = await hostOf(200);
    const sample = async (): Promise<number[]> => {
      const ran = await lab.inView([process.execPath, '--import', 'tsx', 'test/bench/alarm-inside.ts', 'cost', lab.host], { timeout: 300_000 });
      if (ran.code !== 0) throw new Error(ran.stderr.trim());
      return JSON.parse(ran.stdout) as number[];
    };
    asleep('watch-cost-200', summarize(await sample()).median);
    return { ours: await awake(sample), peer: null };
  },
};
