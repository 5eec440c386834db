import { expect, test } from 'vitest';
import { cast } from '../../test/cast/cast.js';
import type { ExportRequest } from '../contract/contract.js';
import { lensByName } from '../core/lenses/index.js';
import { DEFAULT_OPTIONS, type View } from '../core/lenses/view.js';
import { workloads, type Snapshot } from '../core/model/snapshot.js';
import { judge } from '../core/reach/index.js';
import { rates } from '../core/facts/rates.js';
import { check } from '../core/rules/index.js';
import { known } from '../core/model/reading.js';
import { LENSES } from '../core/scene/scene.js';
import { exportPicture, sheetOf } from './export.js';

const snapshot = cast(14);
const judgement = judge(snapshot);
const of = { snapshot, judgement, findings: check({ snapshot, judgement }), alarms: [] };
const request: ExportRequest = { format: 'svg', lens: 'network', theme: 'dark', width: 1032, height: 640, order: null, scale: 1, filter: '', project: null, selected: null, redact: false, options: DEFAULT_OPTIONS, page: 'a4', compared: null };
const boxes = (items: readonly { readonly id: string; readonly box: object }[]) => items.map(({ id, box }) => ({ id, box }));

test.each(LENSES)('what stands in a window of the %s lens stands in the file at the same place, whatever moved since it was opened', (name) => {
  const lens = lensByName(name);
  const view: View = { ...of, shown: null, project: null, width: 1032, height: 640, options: DEFAULT_OPTIONS };
  // The window was opened on a host of which half came later: who was there has stayed in its place.
  const before: Snapshot = { ...snapshot, containers: snapshot.containers.filter((_, i) => i % 2 === 1) };
  const first = lens.arrange({ ...view, snapshot: before, judgement: judge(before) }, null);
  const now = lens.arrange(view, first.placement);
  const { scene } = sheetOf({ ...request, lens: name, order: now.placement.order }, of, null);
  expect(boxes(scene.items)).toEqual(boxes(now.scene.items));
  expect(scene.bounds).toEqual(now.scene.bounds);
});

test('a page has no height, and a redacted file of a window keeps the places of who was renamed', async () => {
  const page = sheetOf({ ...request, height: null }, of, null).scene.bounds;
  expect(page.h).not.toBe(sheetOf({ ...request, height: 1600 }, of, null).scene.bounds.h);
  const { placement } = lensByName('network').arrange({ ...of, shown: null, project: null, width: 1032, height: 640, options: DEFAULT_OPTIONS }, null);
  const upside = { ...placement.order, buses: [...(placement.order['buses'] ?? [])].reverse() };
  const [plain, turned] = [await exportPicture({ ...request, redact: true, order: placement.order }, of, 'k'), await exportPicture({ ...request, redact: true, order: upside }, of, 'k')];
  if (!plain.ok || !turned.ok) throw new Error('not exported');
  expect(turned.value.data).not.toBe(plain.value.data);
  for (const { name } of workloads(snapshot)) expect(turned.value.data).not.toContain(`>${name}<`);
});

test('what is used in a second is in the file as on the screen', async () => {
  const later: Snapshot = { ...snapshot, takenAt: new Date(Date.parse(snapshot.takenAt) + 2000).toISOString(), containers: snapshot.containers.map((c) => ({ ...c, cgroup: { ...c.cgroup, cpu: { ...c.cgroup.cpu, usageMs: known(9000, '/sys') } } })) };
  const earlier: Snapshot = { ...snapshot, containers: snapshot.containers.map((c) => ({ ...c, cgroup: { ...c.cgroup, cpu: { ...c.cgroup.cpu, usageMs: known(8000, '/sys') } } })) };
  const cpu: ExportRequest = { ...request, lens: 'resources', options: { ...DEFAULT_OPTIONS, resource: 'cpu' } };
  const data = async (more: object, redact: boolean): Promise<string> => {
    const done = await exportPicture({ ...cpu, redact }, { ...of, snapshot: later, ...more }, 'k');
    return done.ok ? done.value.data : '';
  };
  for (const redact of [false, true]) expect(await data({ rates: rates(earlier, later) }, redact)).not.toBe(await data({}, redact));
});
