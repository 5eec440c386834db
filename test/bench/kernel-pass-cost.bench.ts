import { POLLS_PER_CHECK } from '../../src/node/session/connection.js';
import { DEFAULT_POLL_MS } from '../../src/node/session/session.js';
import type { Bench } from './bench.js';
import { asleep, awake } from './cpu.js';
import { hostOf, inside } from './host.js';

/** Of so many checks one reads also what is set once (each two minutes): a sample has all of them. */
const CHECKS = 4;

/**
 * CPU of the kernel's polling at the default rate with 200 containers, in % of a core, passes over everything included,
 * with cores that stay awake; what it is on a machine that sleeps in between is said beside it.
 */
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
      const sample = async () => (await there.ask<{ percent: number }>('poll', DEFAULT_POLL_MS, CHECKS * POLLS_PER_CHECK, POLLS_PER_CHECK)).percent;
      asleep('kernel-pass-cost', await sample());
      return { ours: await awake(async () => [await sample(), await sample()]), peer: null };
    } finally {
      there.close();
    }
  },
};
