import { startEngine } from '../lab/engine.js';
import type { Bench } from './bench.js';

/** From the first forged frame to the alarm at the window's contract, at the default rate. */
export const bench: Bench = {
  name: 'spoof-to-alarm',
  unit: 'ms',
  bound: { of: 'median', atMost: 200 },
  needs: ['root', 'docker'],
  async run() {
    const lab = await startEngine({ bip: '172.31.7.1/24' });
    try {
      await lab.docker(['network', 'create', '--subnet', '10.76.0.0/24', 'wire']);
      for (const name of ['alice', 'bob', 'mallory']) await lab.run(name, { args: ['--network', 'wire'] });
      const ran = await lab.inView([process.execPath, '--import', 'tsx', 'test/bench/alarm-inside.ts', 'spoof', lab.host], { timeout: 300_000 });
      if (ran.code !== 0) throw new Error(ran.stderr.trim());
      return { ours: JSON.parse(ran.stdout) as number[], peer: null };
    } finally {
      await lab.stop();
    }
  },
};
