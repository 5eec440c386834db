import { describe, expect, test } from 'vitest';
import { castSpec, world } from '../../../test/cast/cast.js';
import { known, type BridgePort, type NetInterface, type Snapshot } from '../model/index.js';
import { explain, judge, type Technique } from './index.js';

const NETS = [{ name: 'one', prefix: '172.20.0', device: 'br-one' }, { name: 'two', prefix: '172.21.0', device: 'br-two' }];
const build = (a: string | null): Snapshot => world({ ...castSpec(3), filters: 'none', networks: NETS, slices: [], talks: [], workloads: ['a', 'v', 'x'].map((name, i) => ({ name, on: name !== 'a' ? { one: { at: i + 2, veth: `veth-${name}` } } : a === null ? {} : { [a]: { at: 2, veth: 'veth-a' } } })) });
/** `a` is on no network, `v` and `x` on one; or `a` is on another. */
const ALONE = build(null);
const APART = build('two');
const id = (s: Snapshot, name: string): string => s.containers.find((c) => c.name === name)?.id ?? name;
const net = (s: Snapshot, name: string): string => s.containers.find((c) => c.name === name)?.net ?? '';
const said = (s: Snapshot, technique: Technique = 'arp-spoof') => explain(s, id(s, 'a'), id(s, 'v')).find((p) => p.technique === technique);
const verdict = (s: Snapshot): string => said(s)?.verdict ?? 'blocked';
const find = (s: Snapshot, which: string): NetInterface => s.interfaces.find((i) => i.id === which) as NetInterface;
const plus = (s: Snapshot, ...more: readonly NetInterface[]): Snapshot => ({ ...s, interfaces: [...s.interfaces, ...more] });

describe('a device that was stacked on one of the host’s and given to a container by hand', () => {
  const given = (s: Snapshot, kind: NetInterface['kind'], lower: string, mode = 'bridge'): NetInterface => ({
    ...find(s, 'host/veth-v'), id: `${net(s, 'a')}/m0`, net: net(s, 'a'), name: 'm0', kind, peer: known(lower, ''), master: known('', ''), mode: known(mode, ''), port: null, mac: known('02:00:00:00:00:99', ''), addresses: known(['172.20.0.99/24'], ''),
  });
  test.each(['macvlan', 'macvtap'] as const)('is on the bridge that it is stacked on: %s', (kind) => {
    expect(verdict(ALONE)).toBe('blocked');
    const s = plus(ALONE, given(ALONE, kind, 'host/br-one'));
    expect(verdict(s)).toBe('possible');
    expect(judge(s).segments[0]?.members).toContain(id(s, 'a'));
    expect(judge(s).segments[1]?.members).not.toContain(id(s, 'a'));
  });
  test('is on the wire of what else is stacked there', () => {
    const parent: NetInterface = { ...find(ALONE, 'host/br-one'), id: 'host/p0', name: 'p0', kind: 'physical', bridge: null, addresses: known([], '') };
    const lan = (s: Snapshot, mode: string): Snapshot => ({
      ...s, segments: s.segments.map((x) => (x.name === 'one' ? { ...x, driver: 'macvlan', device: known('p0', ''), mode } : x)),
      interfaces: s.interfaces.map((i) => (i.net !== 'host' && i.name === 'eth0' ? { ...i, kind: 'macvlan', peer: known('host/p0', ''), mode: known(mode, '') } : i)),
    });
    const s = (mode: string) => plus(lan(ALONE, 'bridge'), parent, given(ALONE, 'macvlan', 'host/p0', mode));
    expect(verdict(s('bridge'))).toBe('possible');
    expect(verdict(s('private'))).toBe('unknown');
    expect(verdict(plus(lan(ALONE, 'bridge'), parent))).toBe('blocked');
  });
  test('is nowhere else where it is stacked on its own interface, or on what was not read', () => {
    const own = plus(APART, given(APART, 'macvlan', `${net(APART, 'a')}/eth0`));
    expect(judge(own).segments.map((g) => g.members.filter((m) => m === id(own, 'a')).length)).toEqual([0, 1]);
    expect(verdict(plus(ALONE, given(ALONE, 'macvlan', 'index:7')))).toBe('blocked');
  });
});

describe('two bridges', () => {
  const PORT = find(APART, 'host/veth-v').port as BridgePort;
  const port = (name: string, kind: NetInterface['kind'], master: string, over: Partial<NetInterface> = {}): NetInterface => ({ ...find(APART, 'host/veth-v'), id: `host/${name}`, name, kind, peer: known('', ''), master: known(master, ''), mode: known('', ''), port: PORT, ...over });
  const out = (one: Partial<NetInterface> & { readonly kind: NetInterface['kind'] }, other: NetInterface['kind'] = 'tun'): Snapshot => plus(APART, port('t1', one.kind, 'br-one', one), port('t2', other, 'br-two'));
  test.each(['tun', 'vxlan', 'physical'] as const)('may be joined where both lead out of what is read: %s', (kind) => {
    const s = out({ kind });
    expect(said(s)).toMatchObject({ verdict: 'unknown', reads: 'unknown' });
    const groups = judge(s).segments[1]?.attackers.find((a) => a.id === id(s, 'a'))?.groups ?? [];
    expect(groups.find((g) => g.victims.includes(id(s, 'v')))).toMatchObject({ verdict: 'unknown', reason: 'what joins t2 and t1 was not read' });
  });
  test('are not where one alone does, or what leads out is down, or ends here', () => {
    expect(verdict(plus(APART, port('t1', 'tun', 'br-one')))).toBe('blocked');
    expect(verdict(out({ kind: 'tun', up: known(false, '') }))).toBe('blocked');
    expect(verdict(out({ kind: 'dummy' }))).toBe('blocked');
    expect(verdict(out({ kind: 'tun', master: known('', '') }))).toBe('blocked');
    expect(verdict(out({ kind: 'other', mode: known('vrf', '') }))).toBe('blocked');
    expect(verdict(out({ kind: 'other', mode: known('gretap', '') }))).toBe('unknown');
  });
  test('may be so by a bridge between that leads out', () => {
    const between: NetInterface = { ...find(APART, 'host/br-one'), id: 'host/br-mid', name: 'br-mid', addresses: known([], '') };
    const s = plus(APART, between, port('j1', 'veth', 'br-one', { peer: known('host/j2', '') }), port('j2', 'veth', 'br-mid', { peer: known('host/j1', '') }), port('t1', 'tun', 'br-mid'), port('t2', 'tun', 'br-two'));
    expect(verdict(s)).toBe('unknown');
  });
  const pair = (n: number, isolated: boolean): readonly NetInterface[] => [
    port(`j${n}a`, 'veth', 'br-two', { peer: known(`host/j${n}b`, ''), port: { ...PORT, isolated: known(isolated, '') } }), port(`j${n}b`, 'veth', 'br-one', { peer: known(`host/j${n}a`, '') }),
  ];
  const parted = (s: Snapshot): Snapshot => ({ ...s, interfaces: s.interfaces.map((i) => (i.id === 'host/veth-a' ? { ...i, port: { ...PORT, isolated: known(true, '') } } : i)) });
  test('that are joined twice are joined by the way that is open', () => {
    expect(verdict(parted(plus(APART, ...pair(1, true))))).toBe('blocked');
    for (const first of [true, false]) {
      const s = parted(plus(APART, ...pair(1, first), ...pair(2, !first)));
      expect(said(s)).toMatchObject({ verdict: 'possible', unless: [], reads: 'yes' });
    }
    expect(verdict(parted(plus(APART, ...pair(1, true), ...pair(2, true))))).toBe('blocked');
  });
});

describe('the host’s own device beside the macvlans of containers', () => {
  const parent: NetInterface = { ...find(APART, 'host/br-one'), id: 'host/p0', name: 'p0', kind: 'physical', bridge: null, addresses: known([], '') };
  const beside = (over: Partial<NetInterface> = {}): Snapshot => {
    const s = world({ ...castSpec(3), filters: 'none', networks: NETS.slice(0, 1), slices: [], talks: [], workloads: ['a', 'v'].map((name, i) => ({ name, on: { one: { at: i + 2, veth: `veth-${name}` } } })) });
    const shim: NetInterface = { ...find(s, 'host/veth-v'), id: 'host/s0', name: 's0', kind: 'macvlan', peer: known('host/p0', ''), master: known('', ''), mode: known('bridge', ''), port: null, mac: known('02:00:00:00:00:77', ''), addresses: known(['172.20.0.77/24'], ''), ...over };
    return {
      ...s, segments: s.segments.map((x) => ({ ...x, driver: 'macvlan', device: known('p0', ''), mode: 'bridge' })),
      interfaces: [...s.interfaces.map((i): NetInterface => (i.net !== 'host' && i.name === 'eth0' ? { ...i, kind: 'macvlan', peer: known('host/p0', ''), mode: known('bridge', '') } : i)), parent, shim],
    };
  };
  const host = (s: Snapshot): string | undefined => explain(s, id(s, 'a'), 'host').find((p) => p.technique === 'arp-spoof')?.verdict;
  test('makes the host one of those who are fooled, and whom one can be', () => {
    const s = beside();
    expect(host(s)).toBe('possible');
    expect(judge(s).segments[0]?.others).toContain('host');
    expect(said(s)?.impersonates).toContain('host');
  });
  test('parts it as every macvlan in another mode', () => expect(host(beside({ mode: known('private', '') }))).toBe('unknown'));
  test('is none where it is down, has no address, or is another’s', () => {
    for (const over of [{ up: known(false, '') }, { addresses: known(['fe80::1/64'], '') }, { net: 'net:1', id: 'net:1/s0' }]) expect(host(beside(over))).toBeUndefined();
  });
});

describe('an interface without an address of its own', () => {
  const s = build('one');
  const key = net(s, 'v');
  const routed = (dev: string, more: readonly NetInterface[] = []): Snapshot => ({
    ...s, nets: s.nets.map((n) => (n.key === key ? { ...n, routes: known([{ to: '172.20.0.4', via: '', dev }], '') } : n)),
    interfaces: [...s.interfaces.map((i) => (i.net !== key ? i : i.name === 'eth0' ? { ...i, addresses: known([], '') } : i.kind === 'loopback' ? { ...i, addresses: known(['127.0.0.1/8'], '') } : i)), ...more],
  });
  const other = (address: string): NetInterface => ({ ...find(s, `${key}/eth0`), id: `${key}/d0`, name: 'd0', kind: 'dummy', peer: known('', ''), addresses: known([address], '') });
  test('answers for what its namespace has elsewhere, and is fooled, where something is routed by it', () => {
    expect(verdict(routed('eth0', [other('172.20.0.3/32')]))).toBe('possible');
    expect(verdict(routed('d0', [other('172.20.0.3/32')]))).toBe('blocked');
    expect(verdict(routed('eth0'))).toBe('blocked');
    expect(verdict(routed('eth0', [other('127.0.0.9/32')]))).toBe('blocked');
  });
});

describe('a process of a container that is in another net namespace', () => {
  const bare = ['a', 'v', 'x'].map((name, i) => ({ name, on: name === 'a' ? {} : { one: { at: i + 2 } }, ...(name === 'a' ? { caps: [], bounding: [] } : {}) }));
  const s = world({ ...castSpec(3), filters: 'none', networks: NETS, slices: [], talks: [], workloads: bare });
  const first = s.containers.find((c) => c.name === 'a')?.processes[0];
  const gone = (to: string, caps: readonly string[]): Snapshot => {
    const inode = s.namespaces.find((n) => n.type === 'net' && (to === 'host' ? n.owner === 'host' : `net:${n.inode}` === net(s, to)))?.inode ?? 0;
    if (first === undefined) throw new Error('no process');
    const p = { ...first, pid: 99_999, capabilities: { ...first.capabilities, effective: known(caps, ''), permitted: known(caps, '') }, namespaces: { ...first.namespaces, net: known(inode, '') } };
    return { ...s, containers: s.containers.map((c) => (c.name === 'a' ? { ...c, processes: [...c.processes, p] } : c)) };
  };
  test('sends from there, as whoever is there', () => {
    expect(verdict(s)).toBe('blocked');
    for (const to of ['x', 'host']) {
      expect(verdict(gone(to, ['CAP_NET_RAW']))).toBe('possible');
      expect([to, verdict(gone(to, ['CAP_NET_ADMIN']))]).toEqual([to, 'possible']);
      expect(verdict(gone(to, ['CAP_CHOWN']))).toBe('blocked');
      const groups = judge(gone(to, ['CAP_NET_RAW'])).segments.flatMap((g) => g.attackers.filter((a) => a.id === id(s, 'a')).flatMap((a) => a.groups));
      expect(groups.some((g) => g.verdict === 'possible' && g.victims.includes(id(s, 'v')))).toBe(true);
    }
  });
  test('writes the table there, and fools nobody there by frames', () => {
    expect(said(gone('v', ['CAP_NET_ADMIN']), 'table-write')?.verdict).toBe('possible');
    expect(said(gone('v', ['CAP_NET_RAW']), 'table-write')?.verdict).toBe('blocked');
    expect(said(gone('v', ['CAP_NET_RAW']))?.verdict).toBe('blocked');
  });
  test('has no rights where it is not, unless it may come back', () => {
    const here = world({ ...castSpec(3), filters: 'none', networks: NETS, slices: [], talks: [], workloads: bare.map((w, i) => ({ ...w, on: { one: { at: i + 2 } } })) });
    const away = (caps: readonly string[]): Snapshot => ({ ...here, containers: here.containers.map((c) => (c.name === 'a' ? { ...c, processes: c.processes.flatMap((p) => [p, { ...p, pid: 99_999, capabilities: { ...p.capabilities, effective: known(caps, ''), permitted: known(caps, '') }, namespaces: { ...p.namespaces, net: known(1, '') } }]) } : c)) });
    expect(verdict(away(['CAP_NET_RAW']))).toBe('blocked');
    expect(verdict(away(['CAP_NET_RAW', 'CAP_SYS_ADMIN']))).toBe('possible');
  });
});
