import type { Bench } from './bench.js';
import { firstPaint } from './window.js';

/** A window that is connected and waits: from the arrival of a snapshot of 200 to the frame that shows it. */
export const bench: Bench = {
  name: 'first-paint-200',
  unit: 'ms',
  bound: { of: 'median', atMost: 200 },
  needs: ['chromium', 'build'],
  async run() {
    const ours: number[] = [];
    for (let n = 0; n < 12; n++) {
      const ms = await firstPaint(200);
      if (n >= 2) ours.push(ms);
    }
    return { ours, peer: null };
  },
};
