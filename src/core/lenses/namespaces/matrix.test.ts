import { describe, expect, it } from 'vitest';
import { cast } from '../../../../test/cast/cast.js';
import { judge } from '../../reach/index.js';
import type { Mark } from '../../scene/marks.js';
import { lensByName } from '../index.js';
import { DEFAULT_OPTIONS } from '../view.js';

const texts = (marks: readonly Mark[]): string[] => marks.flatMap((m) => (m.kind === 'text' ? [m.text] : m.kind === 'clip' ? texts(m.children) : []));

describe('how it came so, in the matrix', () => {
  it('a path that finds no room loses its folders, not the name at its end', () => {
    const snapshot = cast(14);
    const view = { snapshot, judgement: judge(snapshot), findings: [], alarms: [], shown: null, project: null, width: 1032, height: 700, options: DEFAULT_OPTIONS };
    const { scene } = lensByName('namespaces').arrange(view, null);
    expect(scene.items.flatMap((item) => texts(item.near))).toContain('cgroup …/debian-build.service');
  });
});

describe('the legend of the matrix', () => {
  const words = (keep: (name: string) => boolean): string[] => {
    const all = cast(14);
    const snapshot = { ...all, containers: all.containers.filter((c) => keep(c.name)), groups: [] };
    const view = { snapshot, judgement: judge(snapshot), findings: [], alarms: [], shown: null, project: null, width: 1032, height: 700, options: DEFAULT_OPTIONS };
    return lensByName('namespaces').arrange(view, null).scene.legend.map((one) => one.text);
  };
  it('has the signs that the picture has', () => {
    expect(words(() => true)).toEqual(expect.arrayContaining(['the host’s, by choice', 'shared: one letter, one namespace']));
  });
  it('has no sign of sharing where nobody shares', () => {
    const one = cast(14).containers.find((c) => Object.values(c.namespaces).every((n) => 'value' in n.owner && (n.owner.value === 'own' || n.owner.value === 'host')) && c.state === 'running');
    expect(one).toBeDefined();
    expect(words((name) => name === one?.name)).not.toContain('shared: one letter, one namespace');
  });
});
