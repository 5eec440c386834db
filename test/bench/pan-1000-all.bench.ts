import type { Bench } from './bench.js';
import { panFrames, windowOf } from './window.js';

/** What a frame costs while 1,000 containers are panned with all of them in view. */
export const bench: Bench = {
  name: 'pan-1000-all',
  unit: 'ms',
  bound: { of: 'p95', atMost: 8 },
  needs: ['chromium', 'build'],
  async run() {
    const { page, close } = await windowOf(1000, false);
    try {
      await page.getByRole('button', { name: 'Fit' }).click();
      return { ours: await panFrames(page, 400, 80), peer: null };
    } finally {
      await close();
    }
  },
};
