import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { cast, world, type CastSize, type HostSpec } from '../../../../test/cast/cast.js';
import { crowd, kernelUnknown, wires } from '../../../../test/gallery/hosts.js';
import { sharing } from '../../../../test/gallery/sharing.js';
import type { Snapshot } from '../../model/index.js';
import { judge } from '../../reach/index.js';
import { textWidth } from '../../scene/measure.js';
import type { Mark, TextMark } from '../../scene/marks.js';
import type { Box, Item } from '../../scene/scene.js';
import { DEFAULT_OPTIONS } from '../view.js';
import { network } from './index.js';

const texts = (marks: readonly Mark[]): TextMark[] => marks.flatMap((m) => (m.kind === 'text' ? [m] : m.kind === 'clip' ? texts(m.children) : []));

/** What the letters cover: from their x-height's top to the baseline. */
function inked(m: TextMark): Box {
  const w = textWidth(m.text, m);
  const x = m.anchor === 'start' ? m.x : m.anchor === 'end' ? m.x - w : m.x - w / 2;
  return { x, y: m.y - m.size * 0.72, w, h: m.size * 0.72 };
}
/** The straight runs of lines. */
function runs(marks: readonly Mark[]): Box[] {
  return marks.flatMap((m) => {
    if (m.kind !== 'path' || m.stroke === undefined) return [];
    return m.d.flatMap((step, i): Box[] => {
      const before = m.d[i - 1];
      if (step[0] !== 'L' || (before?.[0] !== 'M' && before?.[0] !== 'L')) return [];
      return [{ x: Math.min(step[1], before[1]) - 0.7, y: Math.min(step[2], before[2]) - 0.7, w: Math.abs(step[1] - before[1]) + 1.4, h: Math.abs(step[2] - before[2]) + 1.4 }];
    });
  });
}
const over = (a: Box, b: Box): boolean => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
const within = (a: Box, b: Box): boolean => a.x >= b.x && a.y >= b.y && a.x + a.w <= b.x + b.w && a.y + a.h <= b.y + b.h;

/** Six pods of two on one bridge, each a net namespace of its own. */
function couples(): Snapshot {
  const spec: HostSpec = {
    hostname: 'pods', address: '192.168.1.20', memory: 8192, cpus: 4, filters: 'none', slices: [], talks: [],
    networks: [{ name: 'bridge', prefix: '172.17.0', device: 'docker0', internal: false, driver: 'bridge' }],
    workloads: [0, 1, 2, 3, 4, 5].flatMap((n) => [
      { name: `main-${n}`, image: 'app:1', on: { bridge: { at: n + 2 } }, uses: 20 },
      { name: `side-${n}`, image: 'side:1', on: {}, uses: 20, join: { net: `main-${n}` } },
    ]),
  };
  return world(spec);
}

const example = (): Snapshot => JSON.parse(readFileSync(new URL('../../../../assets/example.json', import.meta.url), 'utf8')) as Snapshot;
const HOSTS: readonly [string, () => Snapshot][] = [
  ...([3, 14, 40, 200] as CastSize[]).map((n): [string, () => Snapshot] => [String(n), () => cast(n)]),
  ['every kind of wire', wires], ['a crowd', crowd], ['kernel unknown', () => kernelUnknown(cast(14))], ['sharing 40', () => sharing(40)], ['the example', example], ['hulls side by side', couples],
];

test.each(HOSTS)('%s: no writing lies on another or on a foreign card, and hulls keep off their neighbours', (_, make) => {
  const snapshot = make();
  const faults: string[] = [];
  for (const [width, height] of [[640, null], [720, 560], [900, null], [1032, 680], [1080, null], [1080, 900], [1400, null], [1900, 1000]] as const) {
    const { scene } = network.arrange({ snapshot, judgement: judge(snapshot), findings: [], alarms: [], shown: null, project: null, width, height, options: DEFAULT_OPTIONS }, null);
    const solid = scene.items.filter((i) => i.role === 'card' || i.role === 'stack' || i.role === 'hull');
    const owner = new Map(solid.filter((h) => h.role === 'hull').flatMap((h) => h.members.map((m) => [m, h.id] as const)));
    const of = (i: Item): string => (i.role === 'hull' ? i.id : (i.members.map((m) => owner.get(m)).find((h) => h) ?? i.id));
    for (const [k, a] of solid.entries()) for (const b of solid.slice(k + 1)) {
      if (of(a) !== of(b) && over({ x: a.box.x - 6, y: a.box.y - 6, w: a.box.w + 12, h: a.box.h + 12 }, b.box)) faults.push(`${width}: ${a.label} touches ${b.label}`);
    }
    const written = scene.items.flatMap((i) => texts([...i.marks, ...i.near]).map((m) => ({ i, m, box: inked(m) })));
    for (const [k, a] of written.entries()) {
      for (const b of written.slice(k + 1)) if (over(a.box, b.box)) faults.push(`${width}: '${a.m.text}' of ${a.i.label} on '${b.m.text}' of ${b.i.label}`);
      for (const s of solid) if (s.role !== 'hull' && s.id !== a.i.id && over(a.box, s.box)) faults.push(`${width}: '${a.m.text}' of ${a.i.label} on ${s.label}`);
      for (const s of solid) if (s.role === 'hull' && of(a.i) !== s.id && over(a.box, s.box)) faults.push(`${width}: '${a.m.text}' of ${a.i.label} in the hull ${s.detail}`);
    }
    const lines = scene.edges.flatMap((e) => runs(e.marks).map((box) => ({ e, box })));
    for (const a of written) for (const l of lines) if (over(a.box, l.box)) faults.push(`${width}: '${a.m.text}' of ${a.i.label} under the line ${l.e.id}`);
    for (const a of written) if (!within(a.box, { ...scene.bounds, x: -8 })) faults.push(`${width}: '${a.m.text}' of ${a.i.label} is out of the picture`);
  }
  expect(faults).toEqual([]);
});

test('a row that folds leaves nobody alone on its last line', () => {
  const snapshot = example();
  const { scene } = network.arrange({ snapshot, judgement: judge(snapshot), findings: [], alarms: [], shown: null, project: null, width: 1080, options: DEFAULT_OPTIONS }, null);
  const back = new Set(scene.edges.filter((e) => e.to === scene.items.find((i) => i.label === 'shop_back')?.id).map((e) => e.from));
  const rows = new Map<number, number>();
  for (const i of scene.items) if ((i.role === 'card' || i.role === 'stack') && back.has(i.id)) rows.set(i.box.y, (rows.get(i.box.y) ?? 0) + 1);
  expect([...rows.values()].length).toBeGreaterThan(1);
  for (const many of rows.values()) expect(many).toBeGreaterThan(1);
});

test('a host whose routes were read and lead nowhere has no uplink; one whose routes were not has one that was not read', () => {
  const words = (snapshot: Snapshot): string | undefined =>
    network.arrange({ snapshot, judgement: judge(snapshot), findings: [], alarms: [], shown: null, project: null, width: 1080, options: DEFAULT_OPTIONS }, null).scene.items.find((i) => i.id === 'trunk')?.detail;
  const from = cast(14);
  const alone = { ...from, interfaces: from.interfaces.filter((i) => i.net !== 'host' || i.kind !== 'physical') };
  const routes = (value: Snapshot['nets'][number]['routes']): Snapshot => ({ ...alone, nets: alone.nets.map((n) => (n.key === 'host' ? { ...n, routes: value } : n)) });
  expect(words(routes({ value: [], source: 'ip route' }))).toBe('no uplink');
  expect(words(routes({ unknown: 'denied', source: 'ip route' }))).toBe('uplink not read');
});

/** One bridge with this many on it, with names and rights as long as they are on real hosts. */
function crowdOf(count: number): Snapshot {
  const spec: HostSpec = {
    hostname: 'vm', address: '192.168.1.20', memory: 8192, cpus: 4, filters: 'none', slices: [], talks: [],
    networks: [{ name: 'shop_back', prefix: '172.18.0', device: 'br-6943f1a5a42e', internal: false, driver: 'bridge' }],
    workloads: Array.from({ length: count }, (_, n) => ({ name: `shop-worker-${n}`, image: 'busybox:lab', on: { shop_back: { at: n + 2 } }, uses: 20, caps: ['NET_ADMIN', 'NET_RAW'] })),
  };
  return world(spec);
}

test.each([[3, 'large'], [6, 'card'], [9, 'card']] as const)('%i on one bridge: whole cards, and no fold while narrower ones hold all their words', (count, size) => {
  const snapshot = crowdOf(count);
  const { scene } = network.arrange({ snapshot, judgement: judge(snapshot), findings: [], alarms: [], shown: null, project: null, width: 1080, height: 690, options: DEFAULT_OPTIONS }, null);
  const cards = scene.items.filter((i) => i.role === 'card');
  expect(new Set(cards.map((c) => c.box.y)).size).toBe(count <= 6 ? 1 : 2);
  for (const c of cards) {
    expect(c.box.h).toBe(size === 'large' ? 112 : 68);
    if (count <= 6) expect(texts([...c.marks, ...c.near]).filter((m) => m.full !== undefined)).toEqual([]);
  }
});
