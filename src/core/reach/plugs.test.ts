import { describe, expect, test } from 'vitest';
import { castSpec, world } from '../../../test/cast/cast.js';
import { known, unknown, valueOf, type NetInterface, type Snapshot } from '../model/index.js';
import { explain, judge, type Technique } from './index.js';

const NETS = [{ name: 'one', prefix: '172.20.0', device: 'br-one' }, { name: 'two', prefix: '172.21.0', device: 'br-two' }];
/** `a`, `v` and `x` are on one bridge, `far` on another. */
const APART: Snapshot = world({ ...castSpec(3), filters: 'none', networks: NETS, slices: [], talks: [], workloads: ['a', 'v', 'x', 'far'].map((name, i) => ({ name, on: { [name === 'far' ? 'two' : 'one']: { at: i + 2, veth: `veth-${name}` } } })) });
const id = (name: string): string => APART.containers.find((c) => c.name === name)?.id ?? name;
const net = (name: string): string => APART.containers.find((c) => c.name === name)?.net ?? '';
const said = (s: Snapshot, from = 'a', to = 'v', technique: Technique = 'arp-spoof') => explain(s, id(from), id(to)).find((p) => p.technique === technique);
const edit = (s: Snapshot, which: string, over: (i: NetInterface) => Partial<NetInterface>): Snapshot => ({ ...s, interfaces: s.interfaces.map((i) => (i.id === which ? { ...i, ...over(i) } : i)) });
const find = (which: string): NetInterface => APART.interfaces.find((i) => i.id === which) as NetInterface;
const plus = (s: Snapshot, ...more: readonly NetInterface[]): Snapshot => ({ ...s, interfaces: [...s.interfaces, ...more] });
const attackersOn = (s: Snapshot, segment: number): readonly string[] => judge(s).segments[segment]?.attackers.map((a) => a.id) ?? [];

describe('the far end of a container’s interface', () => {
  test('at something that is no bridge may lead anywhere, and at a VRF it leads nowhere', () => {
    const at = (mode: string): Snapshot => plus(edit(APART, 'host/veth-a', () => ({ master: known('m0', ''), port: null })), { ...find('host/br-one'), id: 'host/m0', name: 'm0', kind: 'other', mode: known(mode, ''), bridge: null, addresses: known([], '') });
    expect(said(at('vrf'))?.verdict ?? 'blocked').toBe('blocked');
    expect(['blocked', undefined]).not.toContain(said(at('bond'))?.verdict);
  });
  test('goes before the engine’s word for its network', () => {
    expect([0, 1].map((n) => attackersOn(APART, n).includes(id('a')))).toEqual([true, false]);
    const moved = edit(APART, 'host/veth-a', () => ({ master: known('br-two', '') }));
    expect([0, 1].map((n) => attackersOn(moved, n).includes(id('a')))).toEqual([false, true]);
    expect(said(moved, 'a', 'far')?.verdict).toBe('possible');
    expect(said(moved, 'a', 'v')?.verdict ?? 'blocked').toBe('blocked');
  });
});

describe('a macvlan on one end of a veth', () => {
  /** `far` is a macvlan on u0, whose other end is a port of br-one. */
  const up: NetInterface = { ...find('host/veth-a'), id: 'host/u0', name: 'u0', peer: known('host/u1', ''), master: known('', ''), port: null };
  const port: NetInterface = { ...find('host/veth-a'), id: 'host/u1', name: 'u1', peer: known('host/u0', '') };
  const base = plus(edit(APART, `${net('far')}/eth0`, () => ({ kind: 'macvlan', peer: known('host/u0', ''), mode: known('bridge', ''), addresses: known(['172.20.0.9/24'], '') })), up, port);
  const s: Snapshot = { ...base, segments: base.segments.map((x) => (x.name === 'two' ? { ...x, driver: 'macvlan', device: known('u0', ''), mode: 'bridge' } : x)) };
  test('is on the wire of the bridge that the other end is a port of, both ways', () => {
    expect(said(s, 'far', 'v')?.verdict).toBe('possible');
    expect(said(s, 'v', 'far')?.verdict).toBe('possible');
  });
  test('is not where the other end is a port of none', () => {
    expect(said(edit(s, 'host/u1', () => ({ master: known('', ''), port: null })), 'far', 'v')?.verdict ?? 'blocked').toBe('blocked');
  });
});

describe('where the kernel was not read', () => {
  const word: Snapshot = {
    ...APART, interfaces: [],
    containers: APART.containers.map((c) => ({ ...c, endpoints: c.endpoints.map((e) => ({ ...e, ipv6: known(`fd00::${valueOf(e.ipv4)?.split('.')[3]?.split('/')[0] ?? ''}/64`, 'engine') })) })),
  };
  test('the engine’s addresses of both families tell who can be impersonated', () => {
    expect(said(word)?.impersonates).toContain(id('x'));
    expect(said(word, 'a', 'v', 'ndp-spoof')?.impersonates).toContain(id('x'));
    expect(said(word, 'a', 'v', 'ndp-spoof')?.verdict).not.toBe('blocked');
  });
  test('its gateway is the host, who is a victim', () => {
    expect(judge(word).segments[0]?.attackers.find((a) => a.id === id('a'))?.groups.flatMap((g) => g.victims)).toContain('host');
  });
  test('of a container inside, the engine’s word for the far end of its veth finds its port', () => {
    const inner: Snapshot = {
      ...APART, interfaces: APART.interfaces.filter((i) => i.net === 'host').map((i) => (i.port === null ? i : { ...i, peer: unknown('denied', ''), port: { ...i.port, isolated: known(true, '') } })),
    };
    const named: Snapshot = { ...inner, containers: inner.containers.map((c) => ({ ...c, endpoints: c.endpoints.map((e) => ({ ...e, peer: known(`veth-${c.name}`, 'engine') })) })) };
    expect(said(named)?.verdict).toBe('blocked');
    expect(said({ ...inner, containers: inner.containers.map((c) => ({ ...c, endpoints: c.endpoints.map((e) => ({ ...e, peer: unknown('denied', '') })) })) })?.verdict).not.toBe('blocked');
  });
});

describe('an internal network', () => {
  test('has a host and no gateway', () => {
    const inside: Snapshot = { ...APART, segments: APART.segments.map((x) => ({ ...x, internal: true })) };
    const gateway = (s: Snapshot): readonly string[] => said(s)?.impersonates.filter((m) => !APART.containers.some((c) => c.id === m)).map((m) => m.split(':')[0] ?? '') ?? [];
    expect(gateway(APART)).toEqual(['gateway']);
    expect(gateway(inside)).toEqual(['host']);
  });
});
