import { expect, it } from 'vitest';
import { cast, idOf } from '../../../../test/cast/cast.js';
import { known } from '../../model/reading.js';
import type { CgroupNode, Snapshot } from '../../model/index.js';
import type { Item, Scene } from '../../scene/scene.js';
import { DEFAULT_OPTIONS, type LensOptions, type View } from '../view.js';
import { resources } from './index.js';

const GIB = 2 ** 30;
const viewOf = (snapshot: Snapshot, over: Partial<View> = {}, options: Partial<LensOptions> = {}): View => ({
  snapshot, judgement: { segments: [], counts: { possible: 0, latent: 0, unknown: 0, blocked: 0 }, unread: [], sham: [] }, findings: [], alarms: [],
  shown: null, project: null, width: 1080, options: { ...DEFAULT_OPTIONS, ...options }, ...over,
});
const drawn = (s: Snapshot, over: Partial<View> = {}, options: Partial<LensOptions> = {}): Scene => resources.arrange(viewOf(s, over, options), null).scene;
const named = (s: Scene, id: string): Item => s.items.find((i) => i.id === id)!;
const stems = (s: Scene): string[] => s.items.filter((i) => i.id.startsWith('stem:')).map((i) => i.label);
const texts = (i: Item): string[] => [...i.marks, ...i.near].flatMap((m) => (m.kind === 'text' ? [m.text] : []));

function node(like: CgroupNode, id: string, parent: string, memory: number | 'max'): CgroupNode {
  const { facts } = like;
  return { ...like, id, parent, facts: { ...facts, path: known(id, ''), memory: { ...facts.memory, limit: known(memory, `${id}/memory.max`) } } };
}

/** The cast of 14, its shop two levels deeper: a limit above, none between, a limit near. */
function deep(): Snapshot {
  const s = cast(14);
  const like = s.cgroups.find((c) => c.id === '/shop.slice')!;
  const [pods, plain, pod] = ['/kubepods.slice', '/kubepods.slice/kubepods-plain.slice', '/kubepods.slice/kubepods-plain.slice/pod.slice'] as const;
  const cgroups = s.cgroups.map((c) => (c.parent === '/shop.slice' ? { ...c, parent: pod } : c));
  return { ...s, cgroups: [...cgroups, node(like, pods, '/', 7 * GIB), node(like, plain, pods, 'max'), node(like, pod, plain, 6 * GIB)] };
}

it('draws every cgroup on the way up that limits, to any depth, and leaves out what does not', () => {
  const s = drawn(deep());
  expect(stems(s)).toContain('kubepods.slice');
  expect(stems(s)).toContain('pod.slice');
  expect(stems(s)).not.toContain('kubepods-plain.slice');
  expect(s.edges.find((e) => e.to === `band:${idOf('db')}`)?.from).toBe('stem:slice:/kubepods.slice/kubepods-plain.slice/pod.slice');
  expect(s.edges.find((e) => e.to.endsWith('/pod.slice'))?.from).toBe('stem:slice:/kubepods.slice');
  expect(named(s, 'stem:slice:/kubepods.slice/kubepods-plain.slice/pod.slice').box.x).toBeGreaterThan(named(s, 'stem:slice:/kubepods.slice').box.x);
});

it('counts what the inner slices may take as promised by the outer', () => {
  const s = deep();
  const tight = { ...s, cgroups: s.cgroups.map((c) => (c.id === '/kubepods.slice' ? node(c, c.id, '/', 4 * GIB) : c)) };
  expect(named(drawn(tight), 'stem:slice:/kubepods.slice').detail).toContain('promised 2 GiB more than it has');
});

it('does not make a level of a cgroup that holds one container and limits nothing', () => {
  const s = cast(3);
  const like = s.cgroups.find((c) => c.id === '/system.slice')!;
  const own = s.containers.find((c) => c.name === 'web')!;
  const path = '/system.slice/libpod-web.scope/container';
  const cgroups = [...s.cgroups, node(like, '/system.slice/libpod-web.scope', '/system.slice', 'max'), node({ ...like, of: own.id }, path, '/system.slice/libpod-web.scope', GIB)];
  const containers = s.containers.map((c) => (c === own ? { ...c, cgroup: { ...c.cgroup, path: known(path, '') } } : c));
  expect(stems(drawn({ ...s, cgroups, containers }))).toEqual(['system.slice']);
});

it.each([3, 14, 200] as const)('uses the height of the window, and no more: %i containers', (n) => {
  for (const height of [560, 640, 820]) {
    const { bounds } = drawn(cast(n), { height });
    expect(bounds.y + bounds.h + 30).toBeLessThanOrEqual(height);
    expect(bounds.h).toBeGreaterThan(height * 0.85);
  }
});

it('shows forty open, and two hundred closed with the use of each as a profile', () => {
  expect(drawn(cast(40), { height: 640 }).items.filter((i) => i.id.startsWith('band:'))).toHaveLength(40);
  const shop = named(drawn(cast(200), { height: 640 }), 'slice:/shop.slice');
  const outline = shop.marks.find((m) => m.kind === 'path' && m.fill === 'fill');
  expect(outline?.kind === 'path' ? outline.d.length : 0).toBeGreaterThan(72 * 2);
});

it('gives a closed slice as much height as its children may take, where that is more than a line', () => {
  const s = drawn(cast(200), { height: 640 });
  expect(named(s, 'slice:/shop.slice').box.h).toBeGreaterThan(named(s, 'slice:/queue.slice').box.h * 1.8);
});

it('leaves the one slice of a host open, however many it holds', () => {
  const s = cast(200);
  const flat: Snapshot = { ...s, cgroups: s.cgroups.map((c) => (c.of === null || c.parent === null ? c : { ...c, parent: '/system.slice' })), containers: s.containers.map((c) => ({ ...c, project: null })) };
  expect(drawn(flat).items.filter((i) => i.id.startsWith('band:'))).toHaveLength(200);
});

it('says what the host promised to nobody', () => expect(texts(named(drawn(cast(3)), 'host')).join(' ')).toContain('4.5 GiB are promised to nobody'));

it('lights the bar that imposes the limit, also where it is not the nearest', () => {
  const s = deep();
  const worker = s.containers.find((c) => c.name === 'web-tap')!;
  const far = { ...s, containers: s.containers.map((c) => (c === worker ? { ...c, cgroup: { ...c.cgroup, memory: { ...c.cgroup.memory, imposedBy: known('/kubepods.slice', ''), effectiveLimit: known(7 * GIB, '') } } } : c)) };
  const view = viewOf(far);
  const { scene } = resources.arrange(view, null);
  const marks = resources.overlay(view, scene, null, `band:${worker.id}`);
  expect(marks.map((m) => (m.kind === 'rect' ? m.stroke?.token : null))).toEqual(['accent', 'accent', 'warn', 'accent']);
});

/** The cast of 14 in one cgroup, with a hundred groups of another runtime in it, each with a limit of its own. */
function beside(): Snapshot {
  const s = cast(14);
  const like = s.groups[0]!;
  const own = s.containers.map((c) => ({ ...c, cgroup: { ...c.cgroup, path: known(`/docker/${c.id}`, '') } }));
  const groups = Array.from({ length: 100 }, (_, n) => ({ ...like, id: `group-${n}`, name: `other-${n}`, folded: false, cgroup: { ...like.cgroup, path: known(`/docker/other-${n}`, ''), memory: { ...like.cgroup.memory, limit: known(n < 90 ? GIB : 'max' as const, ''), effectiveLimit: known(n < 90 ? GIB : 'max' as const, ''), imposedBy: known(`/docker/other-${n}`, '') } } }));
  return { ...s, containers: own, groups, cgroups: s.cgroups.filter((c) => c.parent === null) };
}

it('shows its own containers open beside hundreds of other runtimes’ groups, which are one band, last, and not the tallest thing', () => {
  const s = drawn(beside(), { height: 640 });
  const bands = s.items.filter((i) => i.id.startsWith('band:'));
  expect(bands.map((b) => b.label)).toEqual(expect.arrayContaining(['jenkins', 'db', 'scratch']));
  const others = s.items.find((i) => i.role === 'stack');
  expect(others?.members).toHaveLength(100);
  expect(others?.box.h).toBeLessThanOrEqual(60);
  expect(stems(s).at(-1)).toBe('other runtimes');
  for (const b of bands) expect(b.box.y + b.box.h).toBeLessThanOrEqual(others?.box.y ?? 0);
});
