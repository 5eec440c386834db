import { describe, expect, test } from 'vitest';
import { ALL_CAPS, cast, castSpec, capSets, world, type HostSpec, type WorkloadSpec } from '../../../test/cast/cast.js';
import type { Container, Group } from '../model/workload.js';
import { known, unknown } from '../model/reading.js';
import type { Snapshot } from '../model/snapshot.js';
import { compare, comparisonMarkdown, comparisonText } from './index.js';

const spec = castSpec(14);
const shop = cast(14);
const but = (name: string, over: Partial<WorkloadSpec>, from: HostSpec = spec): Snapshot =>
  world({ ...from, workloads: from.workloads.map((w) => (w.name === name ? { ...w, ...over } : w)) });
/** The cast without a memory limit on one container. */
const unlimited = (name: string, over: Partial<WorkloadSpec> = {}): Snapshot =>
  world({
    ...spec,
    workloads: spec.workloads.map((w) => {
      if (w.name !== name) return w;
      const { memory, ...rest } = { ...w, ...over };
      return memory === undefined ? w : rest;
    }),
  });
const withContainer = (name: string, change: (c: Container) => Container, from: Snapshot = shop): Snapshot => ({ ...from, containers: from.containers.map((c) => (c.name === name ? change(c) : c)) });
const said = (a: Snapshot, b: Snapshot): string[] => compare(a, b).changes.map((c) => `${c.direction}: ${c.text}`);

test('a host compared with itself is silent, whatever pids, counters, times and states of neighbours do', () => {
  const flickering: Snapshot = {
    ...shop,
    takenAt: '2026-12-01T00:00:00.000Z',
    containers: shop.containers.map((c) => ({
      ...c,
      pid: c.pid === null ? null : c.pid + 1000,
      startedAt: '2026-12-01T00:00:00Z',
      cgroup: { ...c.cgroup, memory: { ...c.cgroup.memory, usage: known(12345, 'memory.current') }, cpu: { ...c.cgroup.cpu, usageMs: known(999_999, 'cpu.stat') } },
      endpoints: c.endpoints.map((e) => ({ ...e, peer: known(`veth${c.id.slice(0, 7)}`, 'ip'), mac: known('02:42:00:00:00:99', 'engine: NetworkSettings') })),
    })),
    nets: shop.nets.map((n) => ({ ...n, neighbours: known([], 'arp') })),
  };
  const c = compare(shop, flickering);
  expect(c.changes).toEqual([]);
  expect(c.summary).toBe('Nothing about isolation changed.');
});

describe('sentences', () => {
  test('a lost, a new and a changed limit', () => {
    expect(said(shop, unlimited('web'))).toContain('worse: web lost its memory limit (was 1 GiB)');
    expect(said(unlimited('web'), shop)).toContain('better: web has a memory limit now (1 GiB)');
    expect(said(shop, but('web', { memory: 2048 }))).toContain('neutral: web’s memory limit was raised from 1 GiB to 2 GiB');
  });

  test('AppArmor that went and came back', () => {
    const off = but('db', { lsm: 'unconfined' });
    expect(said(shop, off).filter((t) => t.includes('AppArmor'))).toEqual(['worse: db: AppArmor is off (was docker-default, enforce)']);
    expect(said(off, shop).filter((t) => t.includes('AppArmor'))).toEqual(['better: db: AppArmor is back (docker-default, enforce)']);
  });

  test('a network that was joined', () => {
    const db = spec.workloads.find((w) => w.name === 'db');
    expect(said(shop, but('db', { on: { ...db?.on, shop_front: { at: 77 } } }))).toContain('neutral: db joined shop_front');
  });

  test('capabilities by name, and every capability in one word', () => {
    const gained = withContainer('db', (c) => ({ ...c, process: c.process === null ? null : { ...c.process, capabilities: capSets(['CAP_SYS_ADMIN']) } }));
    expect(said(shop, gained).some((t) => t.startsWith('worse: db gained SYS_ADMIN') || t.startsWith('worse: db gained CAP_SYS_ADMIN'))).toBe(true);
    const all = withContainer('db', (c) => ({ ...c, process: c.process === null ? null : { ...c.process, capabilities: capSets([...ALL_CAPS]) } }));
    expect(said(shop, all)).toContain('worse: db holds every capability now');
  });

  test('the host’s namespaces, the engine’s socket, a root that became writable', () => {
    expect(said(shop, but('db', { join: { pid: 'host' } }))).toContain('worse: db joined the host’s pid namespace');
    const socket = withContainer('db', (c) => ({ ...c, declared: { ...c.declared, mounts: [...c.declared.mounts, { type: 'bind', source: '/var/run/docker.sock', destination: '/var/run/docker.sock', writable: true, propagation: 'rprivate' }] } }));
    expect(said(shop, socket)).toContain('worse: db can reach /var/run/docker.sock now: who is in it owns the host');
    const writable = withContainer('proxy', (c) => ({ ...c, rootReadOnly: known(false, '/proc/1/mountinfo') }));
    expect(said(shop, writable)).toContain('worse: proxy’s root became writable');
  });

  test('new pairs that can be impersonated, with who and where, and pairs that are gone', () => {
    const tamed = but('mailer', { caps: [], capDrop: ['ALL'], noNewPrivs: true, bounding: [] });
    const worse = said(tamed, shop).find((t) => t.includes('can be impersonated'));
    expect(worse).toMatch(/^worse: \d+ new pairs can be impersonated: mailer holds CAP_NET_RAW on shop_back$/);
    expect(said(shop, tamed).find((t) => t.includes('no longer be impersonated'))).toMatch(/^better: \d+ pairs can no longer be impersonated: mailer on shop_back$/);
  });

  test('many alike are said together', () => {
    const all: Snapshot = { ...shop, containers: shop.containers.map((c) => ({ ...c, declared: { ...c.declared, privileged: true } })) };
    const together = said(shop, all).filter((t) => t.includes('privileged'));
    expect(together).toHaveLength(1);
    expect(together[0]).toMatch(/^worse: \d+ containers are privileged now: .* and \d+ more$/);
  });
});

describe('identity', () => {
  test('a recreated container is the same, changed', () => {
    const renewed = withContainer('db', (c) => ({ ...c, id: 'f'.repeat(64), image: c.image.replace(/:.*$/, ':99') }));
    const c = compare(shop, renewed);
    expect(c.came).toEqual([]);
    expect(c.gone).toEqual([]);
    expect(c.recreated).toEqual(['f'.repeat(64)]);
    expect(c.summary).toBe('1 was recreated and is the same, changed.');
  });

  test('who came and who went are named', () => {
    const less = world({ ...spec, workloads: spec.workloads.filter((w) => w.name !== 'mailer') });
    expect(compare(less, shop).summary).toContain('1 container came (mailer)');
    expect(compare(shop, less).summary).toBe('1 container went (mailer).');
  });

  test('groups of other runtimes are no containers', () => {
    const one = shop.groups.find((g) => !g.folded) as Group;
    const groups = Array.from({ length: 5 }, (_, n): Group => ({ ...one, id: `group:${n}`, name: `pod-${n}` }));
    const some: Snapshot = { ...shop, groups: groups.slice(0, 1), containers: shop.containers.filter((c) => c.name !== 'mailer') };
    expect(compare(some, shop).summary).toBe('1 container came (mailer), 1 group of another runtime came (debian-build), 1 group of another runtime went (pod-0).');
    expect(compare(shop, { ...shop, groups }).summary).toContain('5 groups of other runtimes came');
    const rooted = groups.map((g): Group => ({ ...g, rootReadOnly: known(true, 'mountinfo') }));
    const writable = groups.map((g): Group => ({ ...g, rootReadOnly: known(false, 'mountinfo') }));
    expect(said({ ...shop, groups: rooted }, { ...shop, groups: writable })).toEqual(['worse: 5 groups of other runtimes have a writable root now: pod-0, pod-1, pod-2, pod-3 and pod-4']);
  });
});

test('what could be read on one side only is said once, and is neither better nor worse', () => {
  const denied: Snapshot = { ...shop, containers: shop.containers.map((c) => ({ ...c, process: c.process === null ? null : { ...c.process, lsm: unknown('denied', '/proc/1/attr/current') } })) };
  const lines = said(shop, denied).filter((t) => t.includes('security module'));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^neutral: Not compared: security module of .* could be read on one side only$/);
});

test('names that fight back stay text in every format', () => {
  const name = '](javascript:alert(1))\n## @all \u001b[31m\u202e';
  const odd = (s: Snapshot): Snapshot => withContainer('db', (c) => ({ ...c, name }), s);
  const c = compare(odd(shop), odd(but('db', { join: { pid: 'host' } })));
  const md = comparisonMarkdown(c);
  expect(md).not.toMatch(/[^\\]\]\(javascript/);
  expect(md).not.toMatch(/\n## /);
  expect(md).not.toContain('@all');
  const text = comparisonText(c);
  expect(text).not.toContain('\u001b');
  expect(text).not.toContain('\u202e');
  expect(text.split('\n').filter((l) => l !== '')).toHaveLength(1 + c.changes.length);
});

test('the same two snapshots give the same sentences, worst first', () => {
  const b = unlimited('db', { join: { pid: 'host' } });
  expect(compare(shop, b)).toEqual(compare(shop, b));
  const order = compare(shop, b).changes.map((c) => ['worse', 'better', 'neutral'].indexOf(c.direction));
  expect(order).toEqual([...order].sort());
});
