import { expect, test } from 'vitest';
import { cast } from '../../../test/cast/cast.js';
import { asNamedInFile } from './called.js';
import { lensByName } from './index.js';
import { DEFAULT_OPTIONS } from './view.js';
import { LENSES } from '../scene/scene.js';
import { judge } from '../reach/index.js';
import type { Snapshot } from '../model/snapshot.js';

/** A host whose first containers are these: project, service, name. */
function host(...of: readonly (readonly [string | null, string | null, string])[]): Snapshot {
  const from = cast(14);
  return { ...from, groups: [], containers: from.containers.map((c, i) => (of[i] === undefined ? { ...c, project: null, service: null, name: `other-${i}` } : { ...c, project: of[i][0], service: of[i][1], name: of[i][2] })) };
}
const names = (s: Snapshot, count: number): string[] => asNamedInFile(s).containers.slice(0, count).map((c) => c.name);

test('a service is called as its compose file calls it, replicas with their number', () => {
  expect(names(host(['shop', 'web', 'shop-web-1'], ['shop', 'api', 'shop-api-1'], ['shop', 'api', 'shop-api-2'], ['old', 'db', 'old_db_1']), 4)).toEqual(['web', 'api-1', 'api-2', 'db']);
});

test('a name that compose did not make stays, and so does one that two things would have', () => {
  expect(names(host(['shop', 'web', 'front'], ['shop', 'api', 'shop-api-run-1f2e3d'], [null, null, 'cache']), 3)).toEqual(['front', 'shop-api-run-1f2e3d', 'cache']);
  expect(names(host(['shop', 'db', 'shop-db-1'], ['blog', 'db', 'blog-db-1']), 2)).toEqual(['shop-db-1', 'blog-db-1']);
  expect(names(host(['shop', 'db', 'shop-db-1'], [null, null, 'db']), 2)).toEqual(['shop-db-1', 'db']);
});

test('nothing is made anew where nothing is called otherwise, nor twice', () => {
  const plain = cast(14);
  expect(asNamedInFile(plain)).toBe(plain);
  const s = host(['shop', 'web', 'shop-web-1']);
  expect(asNamedInFile(s)).toBe(asNamedInFile(s));
  expect(asNamedInFile({ ...s }).containers[0]).toBe(asNamedInFile(s).containers[0]);
});

test('every lens calls it so', () => {
  const snapshot = host(['monitoring', 'node-exporter', 'monitoring-node-exporter-1'], ['shop', 'web', 'shop-web-1']);
  for (const lens of LENSES) {
    const { scene } = lensByName(lens).arrange({ snapshot, judgement: judge(snapshot), findings: [], alarms: [], shown: null, project: null, width: 1080, height: 800, options: DEFAULT_OPTIONS, rates: null }, null);
    const labels = scene.items.filter((i) => i.members.length === 1).map((i) => i.label);
    expect(labels, lens).toContain('node-exporter');
    expect(labels, lens).not.toContain('monitoring-node-exporter-1');
  }
});
