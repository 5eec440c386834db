import { EXPORT_FORMATS } from '../../src/contract/contract.js';
import { DEFAULT_OPTIONS } from '../../src/core/lenses/view.js';
import { judge } from '../../src/core/reach/index.js';
import { check } from '../../src/core/rules/index.js';
import { exportPicture } from '../../src/node/export.js';
import { cast } from '../cast/cast.js';
import { timed, type Bench } from './bench.js';

/** Every format of the Network lens with 200 containers, one after the other, from the picture to the bytes. */
export const bench: Bench = {
  name: 'export-all',
  unit: 's',
  bound: { of: 'median', atMost: 5 },
  needs: [],
  async run() {
    const snapshot = cast(200);
    const judgement = judge(snapshot);
    const picture = { snapshot, judgement, findings: check({ snapshot, judgement }), alarms: [] };
    const all = async (): Promise<void> => {
      for (const format of EXPORT_FORMATS) {
        const done = await exportPicture({ format, lens: 'network', theme: 'light', width: 1080, scale: 2, height: null, order: null, filter: '', project: null, selected: null, redact: false, options: DEFAULT_OPTIONS, page: 'a4', compared: null }, picture);
        if (!done.ok) throw new Error(done.trouble.why);
      }
    };
    await all();
    const ours: number[] = [];
    for (let n = 0; n < 5; n += 1) ours.push((await timed(all)) / 1000);
    return { ours, peer: null };
  },
};
