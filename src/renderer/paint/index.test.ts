import { describe, expect, it } from 'vitest';
import { cast } from '../../../test/cast/cast.js';
import { lensByName } from '../../core/lenses/index.js';
import { DEFAULT_OPTIONS } from '../../core/lenses/view.js';
import { judge } from '../../core/reach/index.js';
import { LENSES } from '../../core/scene/scene.js';
import { nearest } from '../state/keys.js';
import { indexScene } from './index.js';

const snapshot = cast(40);
const view = { snapshot, judgement: judge(snapshot), findings: [], alarms: [], shown: null, project: null, width: 1032, options: DEFAULT_OPTIONS };
const scenes = LENSES.map((lens) => indexScene(lensByName(lens).arrange(view, null).scene));

describe('the index of a picture', () => {
  it.each(scenes)('finds all that a view shows, in the order of painting ($scene.lens)', (index) => {
    const { bounds } = index.scene;
    const all = index.query({ x: bounds.x - 1000, y: bounds.y - 1000, w: bounds.w + 2000, h: bounds.h + 2000 });
    expect(all.length).toBeGreaterThanOrEqual(index.scene.items.length);
    const box = { x: bounds.x, y: bounds.y + bounds.h / 3, w: 200, h: 120 };
    const some = index.query(box);
    const wanted = all.filter((p) => p.box.x < box.x + box.w && box.x < p.box.x + p.box.w && p.box.y < box.y + box.h && box.y < p.box.y + p.box.h);
    expect(some).toEqual(wanted);
    expect(some.map((p) => p.rank)).toEqual([...some.map((p) => p.rank)].sort((a, b) => a - b));
  });

  it.each(scenes)('hits each card or row in its middle, or one that lies on it ($scene.lens)', (index) => {
    for (const item of index.ordered.filter((one) => one.role === 'card' || one.role === 'row' || one.role === 'stack')) {
      const hit = index.hit(item.box.x + item.box.w / 2, item.box.y + item.box.h / 2, 0);
      expect(hit, item.label).not.toBeNull();
      expect(hit === item || (hit !== null && hit.layer >= item.layer), `${item.label} gave ${hit?.label}`).toBe(true);
    }
    expect(index.hit(-5000, -5000, 4)).toBeNull();
  });

  it.each(scenes)('has every workload in reach of the keyboard ($scene.lens)', (index) => {
    const reached = new Set(index.ordered.flatMap((item) => [item.subject?.id ?? '', ...item.members]));
    for (const c of snapshot.containers) expect(reached.has(c.id), c.name).toBe(true);
  });

  it('goes up and down to what is nearest', () => {
    const [index] = scenes;
    const first = index?.ordered.find((item) => item.role === 'card' || item.role === 'stack');
    if (!index || !first) throw new Error('no card');
    const below = nearest(index.ordered, first, 1);
    expect(below !== null && below.box.y + below.box.h / 2 > first.box.y + first.box.h / 2).toBe(true);
    expect(nearest([first], first, 1)).toBeNull();
  });
});
