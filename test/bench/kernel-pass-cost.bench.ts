import { POLLS_PER_CHECK } from '../../src/node/session/connection.js';
import { DEFAULT_POLL_MS } from '../../src/node/session/session.js';
import type { Bench } from './bench.js';
import { hostOf, inside } from './host.js';

/** Of so many checks one reads also what is set once (each two minutes): a sample has all of them. */
const CHECKS = 4;

/** CPU of the kernel's polling at the default rate with 200 containers, in % of a core, passes over everything included. */
export const bench: Bench = {
  name: 'kernel-pass-cost',
  unit: '%',
  bound: { of: 'median', atMost: 1 },
  needs: ['root', 'docker'],
  async run() {
    const there = await inside(await hostOf(200));
    try {
      await there.ask('cold');
      await there.ask('poll', 500, 4, 4);
      const ours: number[] = [];
      for (let n = 0; n < 2; n++) ours.push((await there.ask<{ percent: number }>('poll', DEFAULT_POLL_MS, CHECKS * POLLS_PER_CHECK, POLLS_PER_CHECK)).percent);
      return { ours, peer: null };
    } finally {
      there.close();
    }
  },
};
