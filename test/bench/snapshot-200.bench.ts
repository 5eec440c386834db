import { inTurn, timed, type Bench } from './bench.js';
import { hostOf, inside } from './host.js';

/** A full snapshot of 200 containers in a warm process with nothing cached, against `docker inspect` of the same in one call. */
export const bench: Bench = {
  name: 'snapshot-200',
  unit: 'ms',
  bound: { of: 'ratio', atMost: 0.9 },
  needs: ['root', 'docker'],
  async run() {
    const host = await hostOf(200);
    const there = await inside(host);
    try {
      const samples = await inTurn(
        21,
        4,
        async () => {
          const { ms, count } = await there.ask<{ ms: number; count: number }>('cold');
          if (count !== host.names.length) throw new Error(`the snapshot holds ${count} of ${host.names.length} containers`);
          return ms;
        },
        () => timed(() => host.lab.docker(['inspect', ...host.names])),
      );
      return { ours: samples.ours, peer: { name: 'docker inspect (one call)', samples: samples.peer } };
    } finally {
      there.close();
    }
  },
};
