import { expect, test } from 'vitest';
import { aContainer, cast, castSpec, world, type CastSize, type HostSpec } from '../../../../test/cast/cast.js';
import { crowd, kernelUnknown, wires } from '../../../../test/gallery/hosts.js';
import { known, type Snapshot } from '../../model/index.js';
import { judge } from '../../reach/index.js';
import type { Box, Item, Placement, Scene } from '../../scene/scene.js';
import { DEFAULT_OPTIONS, type View } from '../view.js';
import { network } from './index.js';

function view(snapshot: Snapshot, over: Partial<View> = {}): View {
  return { snapshot, judgement: judge(snapshot), findings: [], alarms: [], shown: null, project: null, width: 1080, options: DEFAULT_OPTIONS, ...over };
}

function drawn(snapshot: Snapshot, over: Partial<View> = {}, before: Placement | null = null) {
  return network.arrange(view(snapshot, over), before);
}

const named = (scene: Scene, name: string): Item => scene.items.find((i) => (i.role === 'card' || i.role === 'stack') && (i.label === name || i.label.startsWith(`${name} ×`)))!;
const count = (scene: Scene, segment: string): string => scene.gutters.right.find((i) => i.label.startsWith(`${segment}:`))!.detail;
const cards = (scene: Scene): Item[] => scene.items.filter((i) => i.role === 'card' || i.role === 'stack');
const apart = (a: Box, b: Box): boolean => a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;

/** The exact x and y of a connector's port. */
function port(scene: Scene, card: string, segment: string): { x: number; y: number } {
  const bus = scene.items.find((i) => i.role === 'bus' && i.label === segment)!;
  const edge = scene.edges.find((e) => e.from === card && e.to === bus.id)!;
  const [mark] = edge.marks;
  const last = mark?.kind === 'path' ? mark.d.at(-1)! : undefined;
  if (last?.[0] !== 'L' && last?.[0] !== 'M') throw new Error('no port');
  return { x: last[1], y: last[2] };
}

const SCENES: readonly [string, () => Snapshot][] = [
  ...([3, 14, 40, 200] as CastSize[]).map((n): [string, () => Snapshot] => [String(n), () => cast(n)]),
  ['every kind of wire', wires], ['a crowd', crowd], ['kernel unknown', () => kernelUnknown(cast(14))],
];

test.each(SCENES)('%s: no two cards lie on each other, and every name in the gutter has room', (_, snapshot) => {
  for (const width of [720, 1080, 1600]) {
    const { scene } = drawn(snapshot(), { width });
    const list = cards(scene);
    for (const [i, a] of list.entries()) for (const b of list.slice(i + 1)) expect(apart(a.box, b.box), `${a.label} and ${b.label} at ${width}`).toBe(true);
    const ys = scene.gutters.left.slice(1).map((g) => g.box.y).sort((a, b) => a - b);
    for (let i = 1; i < ys.length; i += 1) expect(ys[i]! - ys[i - 1]!).toBeGreaterThanOrEqual(38);
  }
});

test.each(SCENES)('%s: everybody who is plugged in is drawn once, with all its plugs', (_, snapshot) => {
  const host = snapshot();
  const { scene } = drawn(host);
  const members = cards(scene).flatMap((c) => c.members);
  expect(new Set(members).size).toBe(members.length);
  const plugged = [...host.containers, ...host.groups].filter((w) => w.endpoints.length > 0 || w.net === 'host');
  for (const w of plugged) expect(members, w.name).toContain(w.id);
  const ids = new Set([...scene.items.map((i) => i.id)]);
  for (const e of scene.edges) expect(ids.has(e.from) && ids.has(e.to), e.id).toBe(true);
  expect(new Set(scene.items.map((i) => i.id)).size).toBe(scene.items.length);
});

test('the cast of the sketches: counts, gateways and the sentence above', () => {
  const { scene } = drawn(cast(14));
  expect(scene.summary).toContain('4 segments, 14 containers and 2 others. Spoofers reach 9 containers, on 3 segments (hatched).');
  expect(count(scene, 'bridge')).toBe('4 of 4 and gateway');
  expect(count(scene, 'shop_front')).toBe('1 of 4 and gateway');
  expect(count(scene, 'shop_app')).toBe('0 of 3');
  expect(count(scene, 'shop_back')).toBe('5 of 5');
});

test('two networks: down at the left, up at the right; those in one net namespace have one plug', () => {
  const { scene } = drawn(cast(14));
  const proxy = named(scene, 'proxy');
  expect(port(scene, proxy.id, 'shop_front').x).toBe(proxy.box.x + 28);
  expect(port(scene, proxy.id, 'bridge').x).toBe(proxy.box.x + 108);
  const hull = scene.items.find((i) => i.role === 'hull' && i.label === 'one net namespace')!;
  expect(hull.members).toHaveLength(2);
  expect(scene.edges.filter((e) => e.from === hull.id)).toHaveLength(1);
});

test('alike ones are one stack; one that differs in image, rights, ports or verdict stands alone', () => {
  const { scene } = drawn(cast(200));
  expect(named(scene, 'ci-agent').members).toHaveLength(8);
  const worker = named(scene, 'consumer').members;
  const host = cast(200);
  const changed: Snapshot = { ...host, containers: host.containers.map((c) => (c.id === worker[3] ? { ...c, image: 'consumer:4' } : c)) };
  const next = drawn(changed).scene;
  expect(named(next, 'consumer').members).toHaveLength(23);
  expect(cards(next).find((i) => i.members.length === 1 && i.members[0] === worker[3])).toBeDefined();
});

test('a stack that was opened shows its members', () => {
  const first = drawn(cast(200)).scene;
  const stack = named(first, 'ci-agent');
  const { scene } = drawn(cast(200), { options: { ...DEFAULT_OPTIONS, opened: [stack.id] } });
  for (const id of stack.members) expect(cards(scene).some((i) => i.members.length === 1 && i.members[0] === id)).toBe(true);
});

test('nothing jumps: who stays keeps its place when another comes or goes', () => {
  const spec = castSpec(14);
  const before = drawn(world(spec));
  const more: HostSpec = { ...spec, workloads: [...spec.workloads, { name: 'aardvark', on: { shop_app: { at: 9 } }, caps: [] }] };
  const after = drawn(world(more), {}, before.placement);
  for (const c of cards(before.scene)) expect(named(after.scene, c.label).box, c.label).toEqual(c.box);
  const fewer: HostSpec = { ...spec, workloads: spec.workloads.filter((w) => w.name !== 'jenkins') };
  const without = drawn(world(fewer), {}, before.placement);
  for (const c of cards(without.scene)) expect(c.box, c.label).toEqual(named(before.scene, c.label).box);
});

test('the same view gives the same scene', () => {
  const one = drawn(cast(40));
  expect(drawn(cast(40))).toEqual(one);
  expect(drawn(cast(40), {}, one.placement).scene).toEqual(one.scene);
});

test('a bus with more than the width holds is folded, and stays within it', () => {
  const { scene } = drawn(crowd());
  expect(scene.bounds.w).toBeLessThanOrEqual(1080 - scene.gutters.leftWidth - scene.gutters.rightWidth + 1);
  const bus = scene.items.find((i) => i.role === 'bus' && i.label === 'bridge')!;
  expect(bus.box.h).toBeGreaterThan(200);
});

test('a project in focus leads, the rest is faint', () => {
  const { scene } = drawn(cast(200), { project: 'ml' });
  const buses = scene.items.filter((i) => i.role === 'bus').sort((a, b) => a.box.y - b.box.y);
  expect(buses[0]!.label).toBe('ml');
  expect(named(scene, 'notebook').marks[0]!).not.toHaveProperty('opacity');
  expect(named(scene, 'jenkins').marks[0]!).toHaveProperty('opacity');
});

test('a filter leaves few faint and takes many out; the counts stay those of the whole', () => {
  const fourteen = cast(14);
  const db = fourteen.containers.find((c) => c.name === 'db')!.id;
  const faint = drawn(fourteen, { shown: new Set([db]) }).scene;
  expect(named(faint, 'api').marks[0]!).toHaveProperty('opacity');
  const many = cast(200);
  const some = drawn(many, { shown: new Set(many.containers.filter((c) => c.project === 'ml').map((c) => c.id)) }).scene;
  expect(cards(some)).toHaveLength(5);
  expect(count(some, 'bridge')).toContain('15 of 15');
});

test('the chosen one’s comb has a tooth at each victim and none at who cannot be reached', () => {
  const v = view(cast(14));
  const { scene } = network.arrange(v, null);
  const marks = network.overlay(v, scene, named(scene, 'web').id, null);
  const bus = scene.items.find((i) => i.role === 'bus' && i.label === 'shop_front')!;
  const y = bus.box.y + 9;
  const teeth = marks.flatMap((m) => (m.kind === 'path' && m.fill === 'risk' && m.d[1]?.[0] === 'L' && Math.abs(m.d[1][2] - y) < 8 ? [m.d[1][1]] : []));
  expect(teeth.sort((a, b) => a - b)).toEqual([12, port(scene, named(scene, 'proxy').id, 'shop_front').x]);
  expect(marks.some((m) => m.kind === 'text' && m.text.includes('web can pretend'))).toBe(true);
});

test('an alarm marks victim and attacker, and takes them out of their stack', () => {
  const host = cast(200);
  const [a, b] = host.containers.filter((c) => c.service === 'notebook');
  const alarm = { id: '1', kind: 'impersonation', at: host.takenAt, healedAt: null, attacker: a!.id, victim: b!.id, impersonates: 'host', address: '172.29.0.1', segment: a!.endpoints[0]!.segment, sentence: '', evidence: [] } as const;
  const { scene } = drawn(host, { alarms: [alarm] });
  expect(named(scene, 'notebook').members).toHaveLength(7);
});

test('unknown is not drawn as fine', () => {
  const { scene } = drawn(kernelUnknown(cast(14)));
  expect(cards(scene).filter((c) => c.state === 'fine')).toEqual([]);
  expect(count(scene, 'shop_app')).toBe('? of 3');
});

test('a host without networks or containers has a picture too', () => {
  const { scene } = drawn({ ...cast(3), containers: [], segments: [], interfaces: [], nets: [] });
  expect(cards(scene)).toEqual([]);
  const lonely = drawn({ ...cast(3), containers: [aContainer({ name: 'agent', net: 'host' })], segments: [], interfaces: [], nets: [] });
  expect(cards(lonely.scene).map((c) => c.label)).toEqual(['agent']);
});

test('forty show whole cards in the row that leads and chips elsewhere; with room for it, cards in all', () => {
  const heights = (height: number | null): number[] => [...new Set(cards(drawn(cast(40), { height }).scene).map((c) => c.box.h))].sort((a, b) => b - a);
  const [card, chip] = heights(null) as [number, number];
  expect(card).toBeGreaterThan(chip * 3);
  expect(cards(drawn(cast(40)).scene).filter((c) => c.box.h === card).map((c) => c.label)).toEqual(['ci-agent ×4', 'jenkins', 'registry']);
  expect(heights(1400)).toEqual([card]);
});

test('rows spread to fill the height, and do not grow beyond it', () => {
  for (const height of [620, 700, 900]) {
    const { bounds } = drawn(cast(40), { height }).scene;
    expect(bounds.h).toBeLessThanOrEqual(height);
    expect(bounds.h).toBeGreaterThan(height * 0.75);
  }
});

test('from afar each card is a tick on its bus, and a spoofer’s is told by its form', () => {
  const { scene } = drawn(cast(200));
  const [spoofer, calm] = [named(scene, 'jenkins'), named(scene, 'registry')];
  expect(spoofer.far?.map((m) => m.kind)).toEqual(['rect', 'path']);
  expect(calm.far?.map((m) => m.kind)).toEqual(['rect']);
  for (const e of scene.edges.filter((one) => one.kind === 'plug')) expect(e.far, e.id).toBeDefined();
});

test('who sends by another’s processes without a plug of its own is named, since no card on a wire shows it', () => {
  const lan = { name: 'lan', prefix: '172.20.0', device: 'br-lan' };
  const summary = (join: { readonly pid?: string }) => {
    const made = world({ ...castSpec(3), filters: 'none', networks: [lan], slices: [], talks: [], workloads: [{ name: 'tracer', on: {}, join, caps: ['CAP_SYS_PTRACE'], bounding: ['CAP_SYS_PTRACE'] }, { name: 'x', on: { lan: { at: 3 } } }, { name: 'v', on: { lan: { at: 4 } } }] });
    const snapshot = { ...made, host: { ...made.host, ptraceScope: known(0, '/proc/sys/kernel/yama/ptrace_scope') } };
    return drawn(snapshot).scene.summary;
  };
  expect(summary({ pid: 'x' })).toContain('tracer can send by others, without a plug of its own.');
  expect(summary({})).not.toContain('without a plug');
});
