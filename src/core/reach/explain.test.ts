import { describe, expect, test } from 'vitest';
import { castSpec, world, type WorkloadSpec } from '../../../test/cast/cast.js';
import { known, unknown, type NetInterface, type Snapshot } from '../model/index.js';
import { explain, pairs } from './index.js';

const host = (...workloads: readonly WorkloadSpec[]): Snapshot =>
  world({ ...castSpec(3), filters: 'none', networks: [{ name: 'lan', prefix: '172.20.0', device: 'br-lan' }], slices: [], talks: [], workloads: workloads.map((w, i) => ({ on: { lan: { at: i + 2, veth: `veth-${w.name}` } }, ...w })) });
const id = (s: Snapshot, name: string): string => s.containers.find((c) => c.name === name)?.id ?? name;
const THREE = host({ name: 'a' }, { name: 'v' }, { name: 'x' });
const NONE = { caps: [], bounding: [] } as const;

test('the gateway as a victim is the host that has its address, and nobody where none has', () => {
  const gateway = `gateway:${THREE.segments[0]?.id ?? ''}`;
  expect(explain(THREE, id(THREE, 'a'), gateway).map((v) => v.victim)).toEqual(explain(THREE, id(THREE, 'a'), 'host').map((v) => v.victim));
  expect(explain(THREE, id(THREE, 'a'), gateway).length).toBeGreaterThan(0);
  expect(explain(THREE, id(THREE, 'a'), 'gateway:another')).toEqual([]);
  const outside: Snapshot = { ...THREE, segments: THREE.segments.map((s) => ({ ...s, gateways: ['172.20.0.254'] })) };
  expect(explain(outside, id(THREE, 'a'), gateway)).toEqual([]);
});

test('what is blocked names nobody, reads nothing and needs no remedy; what is possible has all three', () => {
  const parted = host({ name: 'a', ...NONE }, { name: 'v' }, { name: 'x' });
  for (const v of explain(parted, id(parted, 'a'), id(parted, 'v'))) expect(v).toMatchObject({ verdict: 'blocked', impersonates: [], reads: 'no', readsBecause: [], remedies: [], unless: [] });
  const open = explain(THREE, id(THREE, 'a'), id(THREE, 'v')).find((v) => v.technique === 'arp-spoof');
  expect(open?.verdict).toBe('possible');
  expect(open?.impersonates).toEqual([id(THREE, 'x'), `gateway:${THREE.segments[0]?.id ?? ''}`]);
  expect([open?.readsBecause.length, open?.remedies.length].every((n) => (n ?? 0) > 0)).toBe(true);
  expect(explain(THREE, id(THREE, 'a'), id(THREE, 'a'))).toEqual([]);
});

test('one that runs and whose process was not met is unknown, as attacker and as victim; one that does not run is nobody', () => {
  const without = (name: string, state: 'running' | 'exited'): Snapshot => ({ ...THREE, containers: THREE.containers.map((c) => (c.name === name ? { ...c, state, pid: null, net: null } : c)) });
  for (const [from, to] of [['a', 'v'], ['v', 'a'], ['v', 'host']] as const) {
    const said = explain(without('v', 'running'), id(THREE, from), id(THREE, to));
    expect(said.map((v) => [v.verdict, v.segment, v.reads])).toEqual([['unknown', THREE.segments[0]?.id, 'unknown']]);
    expect(said[0]?.because).toMatchObject([{ link: 'wire', holds: 'unknown' }]);
    expect(explain(without('v', 'exited'), id(THREE, from), id(THREE, to))).toEqual([]);
  }
  expect(explain(without('v', 'running'), id(THREE, 'a'), id(THREE, 'x')).map((v) => v.verdict)).toContain('possible');
});

describe('one that is plugged in twice', () => {
  const key = THREE.containers.find((c) => c.name === 'a')?.net ?? '';
  const [outer, inner] = [`host/veth-a`, `${key}/eth0`].map((i) => THREE.interfaces.find((x) => x.id === i) as NetInterface) as [NetInterface, NetInterface];
  const twice = (first: Partial<NonNullable<NetInterface['port']>>, second: Partial<NonNullable<NetInterface['port']>>): Snapshot => {
    const with_ = (over: Partial<NonNullable<NetInterface['port']>>) => (outer.port === null ? null : { ...outer.port, ...over });
    const more: readonly NetInterface[] = [{ ...outer, id: 'host/veth-b', name: 'veth-b', peer: known(`${key}/eth9`, ''), port: with_(second) }, { ...inner, id: `${key}/eth9`, name: 'eth9', mac: known('02:00:00:00:00:99', ''), peer: known('host/veth-b', ''), addresses: known([], '') }];
    return { ...THREE, interfaces: [...THREE.interfaces.map((i) => (i.id === outer.id ? { ...i, port: with_(first) } : i)), ...more] };
  };
  const said = (s: Snapshot) => explain(s, id(s, 'a'), id(s, 'v')).filter((v) => v.technique === 'mac-steal').map((v) => [v.verdict, v.unless.length]);
  const [off, no] = [{ learning: known(false, '') }, { learning: unknown('denied', '') }];
  test('is told of once for each technique, by its strongest way and the fewest reservations', () => {
    for (const [one, other, is] of [[off, {}, ['possible', 0]], [no, {}, ['possible', 0]], [off, no, ['possible', 1]], [off, off, ['blocked', 0]]] as const) {
      expect(said(twice(one, other))).toEqual([is]);
      expect(said(twice(other, one))).toEqual([is]);
    }
  });
});

describe('all pairs', () => {
  test('are those of whoever is on the wire, blocked or not, and nobody with itself', () => {
    const s = host({ name: 'a', ...NONE }, { name: 'v' });
    const seen = new Set([...pairs(s)].map((p) => `${p.attacker} ${p.victim}`));
    expect(new Set([...pairs(s)].map((p) => p.technique))).toEqual(new Set(['arp-spoof', 'mac-steal']));
    expect([...seen].sort()).toEqual([`${id(s, 'a')} ${id(s, 'v')}`, `${id(s, 'a')} host`, `${id(s, 'v')} ${id(s, 'a')}`, `${id(s, 'v')} host`].sort());
    expect([...pairs(s)].filter((p) => p.attacker === id(s, 'a')).every((p) => p.verdict === 'blocked')).toBe(true);
  });
  test('and of who is not on it, where it can do something', () => {
    const watching = (caps: readonly string[]) => {
      const s = host({ name: 'a', on: {}, join: { pid: 'host' }, caps, bounding: caps }, { name: 'v' }, { name: 'x' });
      return [...pairs(s)].filter((p) => p.attacker === id(s, 'a')).map((p) => p.verdict);
    };
    expect(watching([])).toEqual([]);
    expect(new Set(watching(['CAP_SYS_ADMIN', 'CAP_NET_RAW']))).toEqual(new Set(['possible']));
  });
});
