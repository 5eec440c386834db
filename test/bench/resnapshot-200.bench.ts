import { inTurn, timed, type Bench } from './bench.js';
import { hostOf, inside } from './host.js';

/** The next snapshot of 200 containers, when they are known, against `docker inspect` of the same in one call. */
export const bench: Bench = {
  name: 'resnapshot-200',
  unit: 'ms',
  bound: { of: 'ratio', atMost: 0.35 },
  needs: ['root', 'docker'],
  async run() {
    const host = await hostOf(200);
    const there = await inside(host);
    try {
      await there.ask('cold');
      const samples = await inTurn(31, 5, async () => (await there.ask<{ ms: number }>('again')).ms, () => timed(() => host.lab.docker(['inspect', ...host.names])));
      return { ours: samples.ours, peer: { name: 'docker inspect (one call)', samples: samples.peer } };
    } finally {
      there.close();
    }
  },
};
