import { judge } from '../../src/core/reach/index.js';
import { cast } from '../cast/cast.js';
import { timed, type Bench } from './bench.js';

/** 1,000 containers on 60 segments judged from nothing. */
export const bench: Bench = {
  name: 'l2-judge-1000',
  unit: 'ms',
  bound: { of: 'median', atMost: 100 },
  needs: [],
  async run() {
    const host = cast(1000);
    const ours: number[] = [];
    for (let n = 0; n < 35; n++) {
      const ms = await timed(async () => judge(host));
      if (n >= 5) ours.push(ms);
    }
    return { ours, peer: null };
  },
};
