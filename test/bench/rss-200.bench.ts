import type { Bench } from './bench.js';
import { hostOf, inside } from './host.js';

/** Resident memory of the session after 20 whole snapshots of 200 containers, which it takes by itself whenever its engine takes its configuration anew. */
export const bench: Bench = {
  name: 'rss-200',
  unit: 'MB',
  bound: { of: 'median', atMost: 120 },
  needs: ['root', 'docker'],
  async run() {
    const host = await hostOf(200);
    const ours: number[] = [];
    for (let n = 0; n < 3; n++) {
      const there = await inside(host);
      await there.ask('watch');
      await there.ask('settled');
      for (let taken = 1; taken <= 20; taken++) {
        process.kill(host.lab.enginePid, 'SIGHUP');
        await there.ask('reloaded', taken);
      }
      ours.push(await there.ask<number>('rss'));
      await there.ask('unwatch');
      there.close();
    }
    return { ours, peer: null };
  },
};
