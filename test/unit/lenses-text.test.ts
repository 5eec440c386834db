import { describe, expect, it } from 'vitest';
import { enforcement } from '../../src/core/lenses/enforcement/index.js';
import { namespaces } from '../../src/core/lenses/namespaces/index.js';
import { resources } from '../../src/core/lenses/resources/index.js';
import { DEFAULT_OPTIONS, type LensOptions, type View } from '../../src/core/lenses/view.js';
import { workloads, type Snapshot } from '../../src/core/model/index.js';
import type { Mark } from '../../src/core/scene/marks.js';
import { textWidth } from '../../src/core/scene/measure.js';
import type { Scene } from '../../src/core/scene/scene.js';
import { cast, castSpec, world } from '../cast/cast.js';

const LENSES = { namespaces, resources, enforcement };

function viewOf(snapshot: Snapshot, width: number, options: Partial<LensOptions> = {}): View {
  return {
    snapshot, judgement: { segments: [], counts: { possible: 0, latent: 0, unknown: 0, blocked: 0 }, unread: [], sham: [] }, findings: [], alarms: [], shown: null, project: null, width,
    options: { ...DEFAULT_OPTIONS, ...options },
  };
}

interface Word {
  readonly text: string;
  readonly x1: number;
  readonly x2: number;
  readonly y1: number;
  readonly y2: number;
}

function words(marks: readonly Mark[]): Word[] {
  return marks.flatMap((m): Word[] => {
    if (m.kind === 'clip') return words(m.children);
    if (m.kind !== 'text' || m.text === '') return [];
    const w = textWidth(m.text, m);
    const x1 = m.anchor === 'start' ? m.x : m.anchor === 'end' ? m.x - w : m.x - w / 2;
    return [{ text: m.text, x1, x2: x1 + w, y1: m.y - m.size * 0.72, y2: m.y + m.size * 0.05 }];
  });
}

function clashes(scene: Scene): string[] {
  const all = scene.items.flatMap((i) => [...words(i.marks), ...words(i.near)]).sort((a, b) => a.y1 - b.y1);
  const out: string[] = [];
  for (const [i, a] of all.entries()) {
    for (let j = i + 1; j < all.length && all[j]!.y1 < a.y2; j++) {
      const b = all[j]!;
      if (a.x1 < b.x2 - 0.5 && b.x1 < a.x2 - 0.5) out.push(`${a.text} | ${b.text}`);
    }
    if (a.x1 < 0 || a.x2 > scene.bounds.x + scene.bounds.w) out.push(`outside: ${a.text}`);
  }
  return out;
}

/** The same host with long and empty names everywhere. */
function longNames(s: Snapshot): Snapshot {
  const long = (name: string, i: number) => (i % 5 === 0 ? '' : `${name}-${'with-a-very-long-name-'.repeat(i % 4)}`);
  return { ...s, containers: s.containers.map((c, i) => ({ ...c, name: long(c.name, i), image: `registry.example.org/team/${long(c.image, i)}` })), groups: s.groups.map((g, i) => ({ ...g, name: long(g.name, i + 2) })) };
}

/** A host on which much is shared: agents in the host's namespaces, side cars, one that joins two. */
function shared(size: 40 | 200): Snapshot {
  const spec = castSpec(size);
  const first = spec.workloads.filter((w) => w.on);
  const at = (i: number) => first[(i * 3) % first.length]!.name;
  return world({
    ...spec,
    workloads: [
      ...spec.workloads,
      { name: 'node-exporter', join: { net: 'host', pid: 'host' } },
      ...Array.from({ length: 6 }, (_, i) => ({ name: `falco-${i}`, image: 'falco:1', join: { pid: 'host', uts: 'host' } })),
      ...Array.from({ length: 9 }, (_, i) => ({ name: `side-${i}`, image: 'envoy:1', join: { net: at(i), ...(i % 3 === 0 ? { pid: at(i) } : {}) } })),
      { name: 'debug', join: { net: at(0), pid: at(1) } },
    ],
  });
}

const HOSTS: Readonly<Record<string, () => Snapshot>> = {
  'three containers': () => cast(3),
  'the cast of fourteen': () => cast(14),
  'forty containers': () => cast(40),
  'two hundred containers': () => cast(200),
  'long and empty names': () => longNames(cast(14)),
  'forty that share': () => shared(40),
  'two hundred that share': () => shared(200),
  'nothing': () => world({ ...castSpec(3), workloads: [], talks: [] }),
};

describe.each(Object.entries(LENSES))('%s', (_, lens) => {
  describe.each(Object.entries(HOSTS))('with %s', (_name, host) => {
    const snapshot = host();
    it.each([1080, 1600, 664])('has no text upon another nor outside, %i wide', (width) => {
      expect(clashes(lens.arrange(viewOf(snapshot, width), null).scene)).toEqual([]);
    });
    it('names each item and place in the keyboard order once', () => {
      const { scene } = lens.arrange(viewOf(snapshot, 1080), null);
      const ids = [...scene.items, ...(scene.head?.items ?? [])].map((i) => i.id);
      expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
      const orders = scene.items.filter((i) => i.label !== '').map((i) => i.order);
      expect(orders.filter((o, i) => o !== 0 && orders.indexOf(o) !== i)).toEqual([]);
    });
    it('leaves nobody out', () => {
      const { scene } = lens.arrange(viewOf(snapshot, 1080), null);
      const members = new Set(scene.items.flatMap((i) => i.members));
      expect(workloads(snapshot).filter((w) => !members.has(w.id)).map((w) => w.name)).toEqual([]);
    });
    it('moves nobody when nothing changed', () => {
      const first = lens.arrange(viewOf(snapshot, 1080), null);
      expect(lens.arrange(viewOf(snapshot, 1080), first.placement)).toEqual(first);
    });
    it('tells each edge between two items of its own', () => {
      const { scene } = lens.arrange(viewOf(snapshot, 1080), null);
      const ids = new Set(scene.items.map((i) => i.id));
      expect(scene.edges.filter((e) => !ids.has(e.from) || !ids.has(e.to)).map((e) => e.id)).toEqual([]);
    });
  });
});

it.each(['cpu', 'pids', 'io'] as const)('resources by %s has no text upon another', (resource) => {
  for (const size of [14, 40, 200] as const) expect(clashes(resources.arrange(viewOf(cast(size), 1080, { resource }), null).scene)).toEqual([]);
});
