import { castSpec, world } from '../cast/cast.js';
import { compare } from '../../src/core/diff/index.js';
import type { Snapshot } from '../../src/core/model/index.js';
import type { Bench } from './bench.js';

/** Two snapshots of 1,000 containers, as two files give them, compared in sentences. */
export const bench: Bench = {
  name: 'diff-1000',
  unit: 'ms',
  bound: { of: 'median', atMost: 100 },
  needs: [],
  run() {
    const spec = castSpec(1000);
    const monday = JSON.stringify(world(spec));
    // A tenth changed, as when some projects are rolled out anew: rights, limits, and who is there.
    const changed = world({ ...spec, workloads: spec.workloads.map((w, i) => (i >= 100 ? w : i % 2 === 0 ? { ...w, memory: 64 } : { ...w, lsm: 'unconfined' })) });
    const friday = JSON.stringify({ ...changed, containers: changed.containers.filter((_, i) => i !== 7) });
    const ours: number[] = [];
    for (let n = 0; n < 35; n++) {
      const [a, b] = [JSON.parse(monday) as Snapshot, JSON.parse(friday) as Snapshot];
      const from = performance.now();
      const { changes } = compare(a, b);
      const ms = performance.now() - from;
      if (changes.length === 0) throw new Error('nothing was found');
      if (n >= 10) ours.push(ms);
    }
    return Promise.resolve({ ours, peer: null });
  },
};
