import { cast } from '../cast/cast.js';
import { LENSES } from '../../src/core/scene/scene.js';
import { DEFAULT_OPTIONS } from '../../src/core/lenses/view.js';
import { lensByName } from '../../src/core/lenses/index.js';
import { judge } from '../../src/core/reach/index.js';
import { check } from '../../src/core/rules/index.js';
import { toSvg } from '../../src/core/paint/svg.js';
import type { Snapshot } from '../../src/core/model/index.js';
import type { Bench } from './bench.js';

/** From a snapshot of 1,000 containers to the SVG text of the network lens: judged, checked, arranged and written, nothing kept from before. */
export const bench: Bench = {
  name: 'export-svg',
  unit: 'ms',
  bound: { of: 'median', atMost: 500 },
  needs: [],
  run() {
    const text = JSON.stringify(cast(1000));
    const ours: number[] = [];
    for (let n = 0; n < 14; n++) {
      const snapshot = JSON.parse(text) as Snapshot;
      const from = performance.now();
      const judgement = judge(snapshot);
      const findings = check({ snapshot, judgement, alarms: [] });
      const view = { snapshot, judgement, findings, alarms: [], shown: null, project: null, width: 1440, options: DEFAULT_OPTIONS };
      const svg = toSvg(lensByName(LENSES[0]).arrange(view, null).scene, { theme: 'light' });
      const ms = performance.now() - from;
      if (!svg.includes('1000 containers')) throw new Error('not the whole host was drawn');
      if (n >= 4) ours.push(ms);
    }
    return Promise.resolve({ ours, peer: null });
  },
};
