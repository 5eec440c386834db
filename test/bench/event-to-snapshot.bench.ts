import type { Bench } from './bench.js';
import { hostOf, inside } from './host.js';

/**
 * From the engine's event (its own time) to the picture that shows the container running, with its process, beside 200
 * quiet containers. Both times are whole milliseconds of one clock, cut off alike.
 */
export const bench: Bench = {
  name: 'event-to-snapshot',
  unit: 'ms',
  bound: { of: 'median', atMost: 25 },
  needs: ['root', 'docker'],
  async run() {
    const { lab } = await hostOf(200);
    const there = await inside({ lab, names: [] });
    const ours: number[] = [];
    try {
      await there.ask('watch');
      await there.ask('settled');
      for (let n = 0; n < 17; n++) {
        const id = (await lab.docker(['create', '--name', `event-${n}`, '--network', 'net-0', 'busybox:lab', 'sleep', '100000'])).trim();
        await new Promise((wake) => setTimeout(wake, 500));
        await there.ask('settled');
        // The polls must not be met at one phase only.
        await new Promise((wake) => setTimeout(wake, (n * 137) % 1_000));
        await lab.docker(['start', id]);
        let ms: number | null = null;
        for (let tries = 0; ms === null && tries < 200; tries++) {
          await new Promise((wake) => setTimeout(wake, 50));
          ms = await there.ask<number | null>('latency', id);
        }
        await lab.remove(id);
        if (ms === null) throw new Error('a start was never shown');
        if (n >= 2) ours.push(ms);
        await new Promise((wake) => setTimeout(wake, 500));
        await there.ask('settled');
      }
      return { ours, peer: null };
    } finally {
      await there.ask('unwatch');
      there.close();
    }
  },
};
