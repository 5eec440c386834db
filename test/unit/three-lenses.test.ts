import { describe, expect, it } from 'vitest';
import { enforcement } from '../../src/core/lenses/enforcement/index.js';
import { namespaces } from '../../src/core/lenses/namespaces/index.js';
import { resources } from '../../src/core/lenses/resources/index.js';
import { DEFAULT_OPTIONS, type Lens, type LensOptions, type View } from '../../src/core/lenses/view.js';
import type { Finding } from '../../src/core/model/finding.js';
import { known, unknown, type Group, type Snapshot } from '../../src/core/model/index.js';
import type { Item, Placement, Scene } from '../../src/core/scene/scene.js';
import { aContainer, cast, castSpec, idOf, world } from '../cast/cast.js';

interface Asked extends Partial<LensOptions> {
  readonly shown?: readonly string[];
  readonly project?: string;
  readonly width?: number;
}

function viewOf(snapshot: Snapshot, { shown, project, width, ...options }: Asked = {}): View {
  return {
    snapshot, judgement: { segments: [], counts: { possible: 0, latent: 0, unknown: 0, blocked: 0 }, unread: [], sham: [] }, findings: [], alarms: [],
    shown: shown ? new Set(shown.map(idOf)) : null, project: project ?? null, width: width ?? 1080, options: { ...DEFAULT_OPTIONS, ...options },
  };
}
const drawn = (lens: Lens, snapshot: Snapshot, asked: Asked = {}, previous: Placement | null = null) => lens.arrange(viewOf(snapshot, asked), previous);
const scene = (lens: Lens, snapshot: Snapshot, asked: Asked = {}): Scene => drawn(lens, snapshot, asked).scene;
const rows = (s: Scene): readonly Item[] => s.items.filter((i) => i.role === 'row' || i.role === 'stack');
const named = (s: Scene, id: string): Item => [...s.items, ...(s.head?.items ?? [])].find((i) => i.id === id)!;
const texts = (i: Item): string[] => [...i.marks, ...i.near].flatMap((m) => (m.kind === 'text' ? [m.text] : []));

const web = (n: number, name = (i: number) => `c${String(i).padStart(4, '0')}`): Snapshot => ({ ...cast(3), containers: Array.from({ length: n }, (_, i) => aContainer({ name: name(i), image: 'app:1' })), groups: [] });

describe('enforcement', () => {
  it('puts the worst first', () => expect(rows(scene(enforcement, cast(14))).slice(0, 4).map((r) => r.label)).toEqual(['node-exporter', 'jenkins', 'worker', 'web-tap']));
  it('counts in the head how many stand, and says where none does', () => {
    expect(named(scene(enforcement, cast(14)), 'head:capabilities').detail).toBe('stands for 5 of 15');
    expect(texts(named(scene(enforcement, cast(3)), 'head:rootfs'))).toEqual(['root fs', 'none stands']);
  });
  it('calls the security module by its name', () => expect(texts(named(scene(enforcement, cast(14)), 'head:lsm'))[0]).toBe('AppArmor'));
  it('shows a contradiction in its cell: what the kernel says, and what was declared', () => {
    const cell = named(scene(enforcement, cast(14)), `cell:${idOf('worker')}:capabilities`);
    expect(texts(cell)).toEqual(['all 41, exec 52114', 'cap-drop ALL']);
    expect(cell.label).toBe('worker, capabilities: open: all 41, pid 52114, but declared cap-drop ALL');
  });
  it('leaves only contradictions where those are asked for', () => expect(rows(scene(enforcement, cast(14), { order: 'drift' })).map((r) => r.label).sort()).toEqual(['db', 'mailer', 'worker']));
  it('says so where nothing contradicts', () => expect(named(scene(enforcement, cast(3), { order: 'drift' }), 'note:empty').label).toBe('The kernel agrees with every declaration.'));
  it('orders by name as people count', () => expect(rows(scene(enforcement, cast(40), { order: 'name' })).map((r) => r.label).slice(0, 4)).toEqual(['api-1', 'api-2', 'api-3', 'blog-db']));
  it('makes one row of many with the same eight answers, also where they are only numbered', () => {
    const [row, ...rest] = rows(scene(enforcement, web(200)));
    expect(rest).toEqual([]);
    expect(row).toMatchObject({ role: 'stack', label: 'c0000 … c0199, 200 alike' });
    expect(row!.members).toHaveLength(200);
  });
  it('opens such a row', () => {
    const [fold] = rows(scene(enforcement, web(200)));
    expect(rows(scene(enforcement, web(200), { opened: [fold!.id] }))).toHaveLength(201);
  });
  it('lets one that differs leave its row', () => {
    const s = web(80);
    const odd = { ...s, containers: s.containers.map((c, i) => (i === 5 ? { ...c, rootReadOnly: { value: true, source: '' } } : c)) };
    expect(rows(scene(enforcement, odd)).map((r) => r.members.length).sort()).toEqual([1, 79]);
  });
  it('leaves out what the filter does not pass, and says how many', () => {
    const s = scene(enforcement, cast(14), { shown: ['jenkins', 'web'] });
    expect(rows(s).map((r) => r.label)).toEqual(['jenkins', 'web']);
    expect(named(s, 'note:hidden').label).toBe('13 others left out by the filter.');
  });
  it('lets the project in focus lead', () => expect(rows(scene(enforcement, cast(14), { project: 'shop' })).map((r) => r.label)[0]).toBe('worker'));
  it('keeps everybody where they stood when one gets worse', () => {
    const before = drawn(enforcement, cast(14));
    const worse = { ...cast(14), containers: cast(14).containers.map((c) => (c.name === 'proxy' ? { ...c, declared: { ...c.declared, privileged: true } } : c)) };
    expect(rows(drawn(enforcement, worse, {}, before.placement).scene).map((r) => r.label)).toEqual(rows(before.scene).map((r) => r.label));
    expect(rows(scene(enforcement, worse)).slice(0, 3).map((r) => r.label)).toContain('proxy');
  });
  it('draws what does not run as a note, not as a row', () => {
    const s = world({ ...castSpec(3), workloads: castSpec(3).workloads.map((w) => (w.name === 'db' ? { ...w, state: 'exited' as const } : w)), talks: [] });
    expect(rows(scene(enforcement, s)).map((r) => r.label)).toEqual(['web', 'proxy']);
    expect(named(scene(enforcement, s), 'note:asleep').label).toContain('db');
  });
  it('puts the rest back while the pointer is on a head', () => {
    const view = viewOf(cast(14));
    const { scene: s } = enforcement.arrange(view, null);
    expect(enforcement.overlay(view, s, null, 'head:seccomp').every((m) => m.kind === 'rect' && m.fill === 'ground')).toBe(true);
    expect(enforcement.overlay(view, s, null, null)).toEqual([]);
  });
});

describe('namespaces', () => {
  const order = (s: Scene) => rows(s).filter((r) => r.id.startsWith('row:') || r.id.startsWith('fold:')).map((r) => r.label);
  it('puts the host first, then who shares, so that sets stand together, then the rest by name', () => {
    expect(order(scene(namespaces, cast(14)))).toEqual([
      'thinkpad', 'debian-build', 'node-exporter', 'bash 51\u00a0907', 'db', 'web', 'web-tap', 'api', 'worker', 'cache', 'cart', 'db-replica', 'jenkins', 'mailer', 'proxy', 'registry', 'scratch',
    ]);
  });
  it('draws hulls only around what is shared', () => {
    const hulls = scene(namespaces, cast(14)).items.filter((i) => i.role === 'hull' && /^(hull|bay):/.test(i.id));
    expect(hulls.map((h) => h.label)).toEqual(['the host’s net', 'the host’s pid and uts', 'D, net of db', 'A, net of web', 'B, pid of web', 'C, ipc of api']);
  });
  it('gives one letter to one namespace, in hull, cell and label', () => {
    const s = scene(namespaces, cast(14));
    expect(texts(named(s, `cell:${idOf('web')}:net`))).toEqual(['A']);
    expect(named(s, `cell:${idOf('web-tap')}:net`).label).toBe('web-tap, net: A, shared with web');
    expect(named(s, `cell:${idOf('web')}:net`).members).toEqual([idOf('web'), idOf('web-tap')]);
  });
  it('keeps the letters when a namespace goes, and gives the free one to the next', () => {
    const first = drawn(namespaces, cast(14));
    const spec = castSpec(14);
    const less = world({ ...spec, workloads: spec.workloads.map((w) => (w.name === 'web-tap' ? { name: 'web-tap' } : w)) });
    const second = drawn(namespaces, less, {}, first.placement);
    expect(texts(named(second.scene, `cell:${idOf('api')}:ipc`))).toEqual(['C']);
    expect(texts(named(second.scene, `cell:${idOf('db')}:net`))).toEqual(['D']);
    expect(second.placement.order['letters']!.slice(0, 2)).toEqual(['', '']);
  });
  it('says where the inode was read', () => expect(named(scene(namespaces, cast(14)), `cell:${idOf('web')}:net`).detail).toBe('inode 4026532611, read from /proc/49310/ns/net'));
  it('lists the alone by bare name, and counts them where they are many', () => {
    expect(scene(namespaces, cast(14)).items.filter((i) => i.role === 'chip').map((i) => i.label)).toEqual(['cache', 'cart', 'db-replica', 'jenkins', 'mailer', 'proxy', 'registry', 'scratch']);
    expect(named(scene(namespaces, cast(40)), 'note:alone').label).toBe('Alone in all but user and time: 40 containers');
  });
  it('collapses rows with the same answers of one image or service where there are many', () => {
    expect(order(scene(namespaces, cast(200)))).toContain('web, 12 alike');
    expect(order(scene(namespaces, web(200)))).toEqual(['c0000 … c0199, 200 alike']);
  });
  it('collapses another engine’s containers, of which only ids are known', () => {
    const s = cast(200);
    const groups = Array.from({ length: 12 }, (_, i): Group => ({ ...cast(14).groups[0]!, id: `group:${i}`, name: `${'a'.repeat(10)}${String(i).padStart(2, '0')}`, runtime: 'docker', evidence: `cgroup /docker/${i}`, folded: false }));
    expect(order(scene(namespaces, { ...s, groups }))).toContain('docker container, 12 alike');
  });
  it('collapses alike rows also of forty, where the window cannot hold them all', () => {
    const of = (height: number | null) => rows(namespaces.arrange({ ...viewOf(cast(40)), height }, null).scene).length;
    expect(of(640)).toBeLessThan(25);
    expect(of(1200)).toBe(41);
    expect(of(null)).toBe(41);
  });
  it('keeps heads and the host’s row in view where there are many', () => {
    const head = scene(namespaces, cast(200)).head!;
    expect(head.items.some((i) => i.id === 'row:host')).toBe(true);
    expect(scene(namespaces, cast(14)).head).toBeUndefined();
  });
  it('can show one part alone', () => {
    const of = (parts: LensOptions['parts']) => scene(namespaces, cast(14), { parts }).items;
    expect(of('hulls').some((i) => i.role === 'cell')).toBe(false);
    expect(of('matrix').some((i) => i.id.startsWith('hull:'))).toBe(false);
  });
  it('draws the arrow of a process to what it entered, and who shares with whom for exports', () => {
    const { edges } = scene(namespaces, cast(14));
    expect(edges.find((e) => e.kind === 'entered')).toMatchObject({ from: 'card:process:51907', to: `card:${idOf('db')}` });
    expect(edges.filter((e) => e.kind === 'shares').map((e) => [e.from, e.to, e.label])).toEqual([
      [`card:${idOf('web')}`, `card:${idOf('web-tap')}`, 'net, pid'], [`card:${idOf('api')}`, `card:${idOf('worker')}`, 'ipc'],
    ]);
  });
  it('brings those along with whom one that passes the filter shares', () => expect(order(scene(namespaces, cast(14), { shown: ['web-tap'] }))).toEqual(['thinkpad', 'web', 'web-tap']));
  it('lights a namespace in both twins', () => {
    const view = viewOf(cast(14));
    const { scene: s } = namespaces.arrange(view, null);
    const lit = namespaces.overlay(view, s, null, `cell:${idOf('web')}:net`).flatMap((m) => (m.kind === 'text' ? [m.text] : []));
    expect(lit).toEqual(expect.arrayContaining(['web', 'web-tap', 'A']));
    expect(lit).not.toContain('worker');
  });
});

describe('namespaces of the host’s own', () => {
  const base = cast(14);
  const own = base.groups[0]!;
  const hosts = base.containers.find((c) => c.name === 'node-exporter')!.namespaces;
  const service = (name: string, over: Partial<Group> = {}): Group => ({ ...own, id: `group:${name}`, name, runtime: 'service', folded: true, evidence: `cgroup /system.slice/${name}`, namespaces: { ...hosts, mnt: { inode: known(4026539000 + name.length, ''), owner: known('own', '') }, ...Object.fromEntries((['ipc', 'cgroup'] as const).map((k) => [k, { owner: known('host', ''), inode: base.host.namespaces[k]! }])) }, ...over });
  it('folds services, counts them, and shows them on request', () => {
    const s = { ...base, groups: [own, service('cron'), service('ssh')] };
    const shut = scene(namespaces, s);
    expect(named(shut, 'fold:services')).toMatchObject({ role: 'stack', label: '2 services of the host with a namespace of their own, as is ordinary: show' });
    expect(rows(shut).map((r) => r.label)).not.toContain('cron');
    expect(rows(scene(namespaces, s, { opened: ['fold:services'] })).map((r) => r.label)).toContain('cron');
  });
  it('does not say of a sandboxed program that it is alone, nor that it makes a kind hot', () => {
    const s = { ...cast(3), groups: [service('bwrap', { runtime: 'bubblewrap', folded: false })] };
    const drawing = scene(namespaces, s);
    expect(named(drawing, 'note:loose').label).toBe('The host’s in most, as they are meant to be: bwrap');
    expect(drawing.items.filter((i) => i.id.startsWith('bay:'))).toEqual([]);
  });
  it('tells of a namespace that only a mount holds', () => {
    const s = { ...base, namespaces: [{ type: 'net' as const, inode: 4026539999, owner: 'own', ownerUserNs: known(1, ''), parent: known(0, ''), members: [], processCount: 0, heldBy: ['/run/netns/lab'] }] };
    expect(named(scene(namespaces, s), 'note:held:net:4026539999').label).toBe('net 4026539999: no process is in it, /run/netns/lab holds it.');
  });
});

it('groups of other runtimes that could not be read come last, in all three', () => {
  const base = cast(14);
  const no = unknown('denied', '/proc/1/status');
  const blind = (v: unknown): unknown => (Array.isArray(v) ? v.map(blind) : v === null || typeof v !== 'object' ? v : 'source' in v ? no : Object.fromEntries(Object.entries(v).map(([k, x]) => [k, blind(x)])));
  const own = base.groups[0]!;
  const dark: Group = { ...own, id: 'group:a', name: 'a-dark-one', processes: [], process: null, namespaces: blind(own.namespaces) as Group['namespaces'], cgroup: { ...(blind(own.cgroup) as Group['cgroup']), path: own.cgroup.path }, mounts: no, devices: no, rootReadOnly: no };
  const s = { ...base, groups: [dark] };
  expect(rows(scene(enforcement, s)).at(-1)?.label).toBe('a-dark-one');
  expect(rows(scene(namespaces, s)).at(-1)?.label).toBe('a-dark-one');
  expect(named(scene(resources, s), 'band:group:a').state).toBe('unknown');
});

describe('contradictions by the rules', () => {
  const finding = (name: string, who: string): Finding => ({ rule: 'X', name, severity: 'medium', title: '', subjects: [{ kind: 'container', id: idOf(who), name: who }], evidence: [], remedy: '', fingerprint: '' });
  const boxes = (i: Item): number => [...i.marks, ...i.near].filter((m) => m.kind === 'rect' && m.fill === 'warn').length;
  it('have the boxed sign beside a limit', () => {
    const view = { ...viewOf(cast(14)), findings: [finding('drift-memory', 'cache')] };
    const { scene: s } = resources.arrange(view, null);
    expect(boxes(named(s, `band:${idOf('cache')}`))).toBe(1);
    expect(named(s, `band:${idOf('cache')}`)).toMatchObject({ state: 'mind', detail: expect.stringContaining('Declared was 1 GiB') });
    expect(boxes(named(s, `band:${idOf('db')}`))).toBe(0);
  });
  it('have it beside how a namespace came', () => {
    const view = { ...viewOf(cast(14)), findings: [finding('drift-namespace', 'worker')] };
    expect(boxes(named(namespaces.arrange(view, null).scene, `row:${idOf('worker')}`))).toBe(1);
  });
});

describe('resources', () => {
  const bands = (s: Scene) => s.items.filter((i) => i.id.startsWith('band:')).map((i) => i.label);
  it('puts the slice with the fullest child first, and what has no limit last', () => {
    const s = scene(resources, cast(14));
    expect(s.items.filter((i) => i.id.startsWith('stem:')).map((i) => i.label)).toEqual(['ci.slice', 'shop.slice', 'batch.slice', 'machine.slice', 'system.slice']);
    expect(bands(s).slice(0, 2)).toEqual(['jenkins', 'scratch']);
    expect(bands(s).at(-1)).toBe('node-exporter');
  });
  it('names who imposes the limit that holds', () => {
    const s = scene(resources, cast(14));
    const of = (name: string) => texts(named(s, `band:${idOf(name)}`));
    expect(of('jenkins')).toContain('its own');
    expect(of('scratch')).toContain('2 GiB, ci.slice');
    expect(of('node-exporter')).toContain('8 GiB, host');
    expect(of('worker')).toContain('declared 2 GiB, stopped at 1 GiB by batch.slice');
  });
  it('says what was promised beyond what there is', () => {
    const s = scene(resources, cast(14));
    expect(named(s, 'host').detail).toContain('4 GiB more is promised than it has');
    expect(named(s, 'stem:slice:/shop.slice').detail).toContain('1.5 GiB more than it has');
  });
  it('is red near the end', () => expect(named(scene(resources, cast(14)), `band:${idOf('jenkins')}`)).toMatchObject({ state: 'risk', detail: expect.stringContaining('The kernel killed 1 process of it') }));
  it('draws heights by limit on one scale', () => {
    const s = scene(resources, cast(14));
    const h = (name: string) => named(s, `band:${idOf(name)}`).box.h - 3;
    expect(h('db') / h('cache')).toBeCloseTo(2, 5);
  });
  it('shows another resource without another order of the tree being forced', () => {
    const first = drawn(resources, cast(14));
    const cpu = drawn(resources, cast(14), { resource: 'cpu' }, first.placement);
    expect(bands(cpu.scene)).toEqual(bands(first.scene));
  });
  it('does not take use per second for nothing where there was one look', () => expect(texts(named(scene(resources, cast(14), { resource: 'cpu' }), `band:${idOf('jenkins')}`))).toContain('?'));
  it('closes slices where there are many, and names the child nearest to its limit', () => {
    const s = scene(resources, cast(200));
    expect(bands(s)).toEqual([]);
    expect(named(s, 'slice:/shop.slice')).toMatchObject({ role: 'stack', label: 'shop.slice, 72 containers', detail: expect.stringContaining('Nearest to its limit: worker-16, 77\u00a0%') });
    expect(bands(scene(resources, cast(200), { opened: ['slice:/ml.slice'] }))).toHaveLength(22);
  });
  it('parts by project what lies in one slice', () => {
    const spec = castSpec(200);
    const flat = world({ ...spec, slices: [], workloads: spec.workloads.map((w) => ({ ...w, slice: 'docker' })), talks: [] });
    const stems = scene(resources, flat).items.filter((i) => i.id.startsWith('stem:'));
    expect(stems.map((i) => i.label)).toContain('shop');
  });
  it('leads from the host to each container for exports', () => {
    const { edges } = scene(resources, cast(14));
    expect(edges.find((e) => e.to === `band:${idOf('worker')}`)).toMatchObject({ from: 'stem:slice:/batch.slice', kind: 'child', label: 'limits' });
  });
  it('lights the way up', () => {
    const view = viewOf(cast(14));
    const { scene: s } = resources.arrange(view, null);
    const marks = resources.overlay(view, s, null, `band:${idOf('worker')}`);
    expect(marks.map((m) => (m.kind === 'rect' ? m.stroke?.token : null))).toEqual(['accent', 'warn', 'accent']);
  });
});

it.each([enforcement, namespaces, resources])('a thousand containers need no more than four thousand items: $name', (lens) => {
  const s = cast(1000);
  lens.arrange(viewOf(s), null);
  const items = lens.arrange(viewOf(s), null).scene.items.length;
  expect(items).toBeLessThan(4000);
});
