import fc from 'fast-check';
import { expect, test } from 'vitest';
import { world, type HostSpec, type WorkloadSpec } from '../../../../test/cast/cast.js';
import { toSvg } from '../../paint/svg.js';
import { judge } from '../../reach/index.js';
import { DEFAULT_OPTIONS, type View } from '../view.js';
import { network } from './index.js';

const NETWORKS = ['bridge', 'front', 'back', 'data', 'lan'];
const workload = fc.record({
  networks: fc.uniqueArray(fc.constantFrom(...NETWORKS), { maxLength: 4 }),
  at: fc.integer({ min: 2, max: 250 }),
  isolated: fc.boolean(),
  raw: fc.boolean(),
  image: fc.constantFrom('app:1', 'db:2', 'very/long/name/of/an/image:with-a-tag'),
  where: fc.constantFrom('own', 'own', 'own', 'host', 'first', 'stopped'),
  memory: fc.option(fc.integer({ min: 1, max: 4096 }), { nil: undefined }),
});

const hosts = fc.array(workload, { maxLength: 45 }).map((list): HostSpec => ({
  hostname: 'any', address: '192.168.1.20', memory: 8192, cpus: 4, filters: 'none', slices: [],
  networks: NETWORKS.map((name, i) => ({ name, prefix: `172.${17 + i}.0`, device: `br-${name}`, internal: name === 'data', driver: name === 'lan' ? 'macvlan' : 'bridge' })),
  workloads: list.map((w, i): WorkloadSpec => ({
    name: `w${i}`, image: w.image, on: Object.fromEntries(w.networks.map((n) => [n, { at: w.at, isolated: w.isolated }])), ...(w.raw ? {} : { caps: [] }), ...(w.memory === undefined ? {} : { memory: w.memory }), uses: 20,
    ...(w.where === 'host' ? { join: { net: 'host' } } : w.where === 'first' && i > 0 && list[0]!.where === 'own' ? { join: { net: 'w0' } } : w.where === 'stopped' ? { state: 'exited' } : {}),
  })),
  talks: [],
}));

test('whatever host is drawn: nobody is lost, no card lies on another, all lies within the bounds', () => {
  fc.assert(
    fc.property(hosts, fc.integer({ min: 640, max: 1900 }), (spec, width) => {
      const snapshot = world(spec);
      const view: View = { snapshot, judgement: judge(snapshot), findings: [], alarms: [], shown: null, project: null, width, options: DEFAULT_OPTIONS };
      const { scene, placement } = network.arrange(view, null);
      const cards = scene.items.filter((i) => i.role === 'card' || i.role === 'stack');
      const drawn = new Set(cards.flatMap((c) => c.members));
      for (const w of snapshot.containers) if (w.net === 'host' || (w.net !== null && w.endpoints.length > 0)) expect(drawn.has(w.id)).toBe(true);
      for (const [i, a] of cards.entries()) {
        expect(a.box.x + a.box.w).toBeLessThanOrEqual(scene.bounds.w);
        expect(a.box.y + a.box.h).toBeLessThanOrEqual(scene.bounds.h);
        for (const b of cards.slice(i + 1)) expect(a.box.x + a.box.w <= b.box.x || b.box.x + b.box.w <= a.box.x || a.box.y + a.box.h <= b.box.y || b.box.y + b.box.h <= a.box.y).toBe(true);
      }
      for (const item of cards.slice(0, 3)) network.overlay(view, scene, item.id, cards.at(-1)!.id);
      expect(network.arrange(view, placement).scene).toEqual(scene);
      expect(toSvg(scene, { theme: 'light' })).not.toContain('NaN');
    }),
    { seed: 23, numRuns: 40 },
  );
}, 180_000);
