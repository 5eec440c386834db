import type { Snapshot } from '../../src/core/model/index.js';
import { judgeAgain, newMemory } from '../../src/core/reach/index.js';
import { cast } from '../cast/cast.js';
import { timed, type Bench } from './bench.js';

/** The host without one container, its net namespace and its ends of the wire; all else are the very objects of before. */
function without(host: Snapshot, n: number): Snapshot {
  const gone = host.containers[n % host.containers.length];
  const inside = new Set(host.interfaces.filter((i) => i.net === gone?.net).map((i) => i.id));
  return {
    ...host,
    containers: host.containers.filter((c) => c !== gone),
    nets: host.nets.filter((x) => x.key !== gone?.net || x.key === 'host'),
    interfaces: gone?.net === 'host' ? host.interfaces : host.interfaces.filter((i) => !inside.has(i.id) && !('value' in i.peer && inside.has(i.peer.value))),
  };
}

/** One container more or less among 1,000: what the judgement costs that knows the one before. */
export const bench: Bench = {
  name: 'l2-update',
  unit: 'ms',
  bound: { of: 'median', atMost: 10 },
  needs: [],
  async run() {
    const host = cast(1000);
    const memory = newMemory();
    judgeAgain(host, memory);
    const ours: number[] = [];
    for (let n = 0; n < 60; n++) {
      const less = without(host, n * 17 + 3);
      const went = await timed(async () => judgeAgain(less, memory));
      const came = await timed(async () => judgeAgain(host, memory));
      if (n >= 10) ours.push(went, came);
    }
    return { ours, peer: null };
  },
};
