import { describe, expect, it } from 'vitest';
import { cast } from '../../../test/cast/cast.js';
import type { Snapshot } from '../model/snapshot.js';
import { unknown } from '../model/reading.js';
import { explain, judge } from '../reach/index.js';
import { check } from '../rules/index.js';
import { LENSES } from '../scene/scene.js';
import { inspect, type Facts, type Inspection } from './index.js';
import { decisive, readingWords, valueWords } from './row.js';
import { inspectionText } from './text.js';

function factsOf(snapshot: Snapshot): Facts {
  const judgement = judge(snapshot);
  return {
    snapshot, judgement, findings: check({ snapshot, judgement }), alarms: [], rates: null,
    explain: (attacker, victim, segment) => explain(snapshot, attacker, victim).find((p) => p.segment === segment && p.verdict !== 'blocked') ?? explain(snapshot, attacker, victim)[0] ?? null,
  };
}

const facts = factsOf(cast(14));
const container = (name: string) => {
  const found = cast(14).containers.find((c) => c.name === name);
  if (!found) throw new Error(`no ${name}`);
  return { kind: 'container' as const, id: found.id, name };
};
const of = (name: string, lens: (typeof LENSES)[number] = 'network'): Inspection => {
  const found = inspect(facts, container(name), lens);
  if (!found) throw new Error(`nothing of ${name}`);
  return found;
};

describe('the inspector', () => {
  it('says the verdict first, in the words of the lens', () => {
    expect(of('jenkins').card).toMatchObject({ state: 'risk', heading: expect.stringContaining('Can impersonate 3') });
    expect(of('cart').card).toMatchObject({ state: 'fine', heading: 'Cannot impersonate anybody', pair: null });
    expect(of('registry').card?.state).toBe('mind');
    expect(of('node-exporter', 'namespaces').card).toMatchObject({ state: 'risk', heading: expect.stringContaining('host’s') });
    expect(of('jenkins', 'resources').card).toMatchObject({ state: 'risk', heading: expect.stringContaining('91') });
    expect(of('jenkins', 'enforcement').card).toMatchObject({ state: 'risk', heading: 'Owns the host' });
  });

  it('takes a wall that is open by choice as gravely as what all the walls add up to', () => {
    for (const { name, id } of cast(14).containers) {
      const found = inspect(facts, { kind: 'container', id, name }, 'enforcement');
      const open = (found?.sections ?? []).flatMap((s) => s.rows).filter((r) => r.row === 'fact' && r.value.startsWith('open by choice'));
      for (const row of open) expect(row, name).toMatchObject({ state: found?.card?.state === 'risk' ? 'risk' : 'mind' });
    }
  });

  it('tells alike findings once, with whom else they are about', () => {
    const segment = cast(14).segments.find((s) => s.name === 'shop_back');
    const found = inspect(facts, { kind: 'segment', id: segment?.id ?? '', name: 'shop_back' }, 'network');
    const rows = (found?.sections.find((s) => s.id === 'findings')?.rows ?? []).filter((r) => r.row === 'fact').filter((r) => r.source.includes('can-impersonate'));
    expect(rows).toHaveLength(1);
    expect(rows[0]?.note).toMatch(/^The same of \S+(, \S+)* and .+\. /);
  });

  it('does not call the use of cpu unread where only its rate has yet to be seen', () => {
    const cpu = of('cache', 'resources').sections.find((s) => s.id === 'uses')?.rows.find((r) => r.row === 'meter' && r.name === 'cpu');
    expect(cpu).toMatchObject({ text: expect.stringMatching(/^\d+\.\d s so far/), state: 'none' });
  });

  it('names people in the order they are counted in, the host and the gateway last', () => {
    expect(of('jenkins').card?.text).toContain('proxy, registry, scratch and the host');
    const segment = cast(14).segments.find((s) => s.name === 'shop_back');
    const rows = inspect(facts, { kind: 'segment', id: segment?.id ?? '', name: 'shop_back' }, 'network')?.sections.find((s) => s.id === 'members')?.rows ?? [];
    const names = rows.flatMap((r) => (r.row === 'link' ? [r.name] : []));
    expect(names).toEqual([...names].sort());
  });

  it('tells once who is unable to impersonate it on several segments for the same reason', () => {
    const s40 = cast(40);
    const at40 = factsOf(s40);
    for (const c of s40.containers) {
      const rows = (inspect(at40, { kind: 'container', id: c.id, name: c.name }, 'network')?.sections ?? []).find((s) => s.id === 'attackers')?.rows ?? [];
      const lines = rows.flatMap((r) => (r.row === 'link' ? [`${r.name} ${r.text}`] : []));
      expect(lines, c.name).toEqual([...new Set(lines)]);
    }
  });

  it('leads from the verdict to the pair that it is about', () => {
    const pair = of('jenkins').card?.pair;
    expect(pair?.attacker).toBe(container('jenkins').id);
    expect(facts.explain(pair?.attacker ?? '', pair?.victim ?? '', pair?.segment ?? '')?.verdict).toBe('possible');
  });

  it('gives every fact with the place it was read from, in each lens, for everybody', () => {
    for (const lens of LENSES) {
      for (const c of cast(14).containers) {
        for (const section of of(c.name, lens).sections) {
          for (const row of section.rows) if (row.row === 'fact' || row.row === 'meter') expect(row.source, `${c.name}, ${section.title}, ${row.name}`).not.toBe('');
        }
      }
    }
  });

  it('has each section once, and remedies with what they break', () => {
    const { sections } = of('jenkins');
    expect(new Set(sections.map((s) => s.id)).size).toBe(sections.length);
    const remedies = sections.find((s) => s.id === 'remedies')?.rows ?? [];
    expect(remedies.length).toBeGreaterThan(0);
    expect(remedies.every((row) => row.row === 'remedy' && row.breaks !== '')).toBe(true);
  });

  it('never takes unknown for fine', () => {
    const [first, ...rest] = cast(3).containers;
    if (!first) throw new Error('an empty cast');
    const blind = { ...first, cgroup: { ...first.cgroup, memory: { ...first.cgroup.memory, usage: unknown('denied', '/sys/x'), effectiveLimit: unknown('denied', '/sys/y') } } };
    const seen = inspect(factsOf({ ...cast(3), containers: [blind, ...rest] }), { kind: 'container', id: first.id, name: first.name }, 'resources');
    expect(seen?.card?.state).toBe('unknown');
  });

  it('knows segments, gateways, cgroups and the host, and nothing of what is gone', () => {
    const [segment] = cast(14).segments;
    expect(inspect(facts, { kind: 'segment', id: segment?.id ?? '', name: '' }, 'network')?.title).toBe(segment?.name);
    expect(inspect(facts, { kind: 'gateway', id: `gateway:${segment?.id}`, name: '' }, 'network')?.title).toBe(segment?.name);
    expect(inspect(facts, { kind: 'host', id: 'host', name: '' }, 'network')?.title).toBe('thinkpad');
    const [group] = cast(14).cgroups;
    expect(inspect(facts, { kind: 'cgroup', id: group?.id ?? '', name: '' }, 'resources')).not.toBeNull();
    expect(inspect(facts, { kind: 'container', id: 'gone', name: 'gone' }, 'network')).toBeNull();
  });

  it('is text that can be pasted, with the sources', () => {
    const text = inspectionText(of('jenkins'));
    expect(text).toContain('jenkins\njenkins:lts');
    expect(text).toContain('▲ Can impersonate');
    expect(text).toMatch(/\[\/proc\/48211\/status\]/);
  });
});

describe('values in words', () => {
  it('are in the field’s notation', () => {
    expect(valueWords(['a', 'b'])).toBe('a b');
    expect(valueWords([])).toBe('none');
    expect(valueWords({ vid: 1, pvid: true })).toBe('vid=1 pvid=yes');
    expect(readingWords({ unknown: 'denied', source: '/x' })).toBe('? denied: needs root');
  });

  it('of a long set of capabilities are those that the sentence is about', () => {
    const set = ['CAP_CHOWN', 'CAP_KILL', 'CAP_NET_RAW', 'CAP_SETUID', 'CAP_SETGID'];
    expect(decisive('it takes CAP_NET_RAW')(set)).toBe('has CAP_NET_RAW, of 5');
    expect(decisive('it takes CAP_SYS_ADMIN')(set)).toBe('5, not CAP_SYS_ADMIN');
    expect(decisive('it takes CAP_NET_RAW')(['CAP_NET_RAW'])).toBe('CAP_NET_RAW');
    expect(decisive('nothing')([])).toBe('none');
  });
});

it('names a mount of the host by its place and says whether it can be written', () => {
  const mounts = of('jenkins', 'enforcement').sections.find((s) => s.id === 'mounts')?.rows ?? [];
  expect(mounts).toContainEqual(expect.objectContaining({ name: 'docker.sock', value: '/var/run/docker.sock rw' }));
  for (const row of mounts) if (row.row === 'fact') expect(row.value).not.toBe('');
});
