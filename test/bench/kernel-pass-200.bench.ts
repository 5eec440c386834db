import { inTurn, timed, type Bench } from './bench.js';
import { hostOf, inside } from './host.js';
import { tryRun } from '../lab/run.js';

/** Every process of a host with 200 containers read (rights, namespaces, cgroup, root; limits), against `lsns --json`. */
export const bench: Bench = {
  name: 'kernel-pass-200',
  unit: 'ms',
  bound: { of: 'ratio', atMost: 0.5 },
  needs: ['root', 'docker'],
  async run() {
    const host = await hostOf(200);
    const there = await inside(host);
    try {
      const samples = await inTurn(31, 5, async () => (await there.ask<{ ms: number }>('pass')).ms, () => timed(() => tryRun(['lsns', '--json'])));
      return { ours: samples.ours, peer: { name: 'lsns --json', samples: samples.peer } };
    } finally {
      there.close();
    }
  },
};
