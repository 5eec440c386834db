import type { Bench } from './bench.js';
import { hostOf, inside } from './host.js';

/** Resident memory of the session after 20 snapshots of 200 containers. */
export const bench: Bench = {
  name: 'rss-200',
  unit: 'MB',
  bound: { of: 'median', atMost: 120 },
  needs: ['root', 'docker'],
  async run() {
    const host = await hostOf(200);
    const ours: number[] = [];
    for (let n = 0; n < 5; n++) {
      const there = await inside(host);
      await there.ask('watch');
      for (let taken = 0; taken < 20; taken++) await there.ask('cold');
      ours.push(await there.ask<number>('rss'));
      await there.ask('unwatch');
      there.close();
    }
    return { ours, peer: null };
  },
};
