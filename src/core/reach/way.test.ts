import { describe, expect, test } from 'vitest';
import { castSpec, world } from '../../../test/cast/cast.js';
import { known, unknown, valueOf, type BridgePort, type FdbEntry, type NetInterface, type Snapshot } from '../model/index.js';
import { explain, type Technique } from './index.js';

const LAN = { name: 'lan', prefix: '172.20.0', device: 'br-lan' };
const FAR = { name: 'far', prefix: '172.21.0', device: 'br-far' };
/** `a` is on one bridge, `v` and `x` on another; `a2` is beside `v`. */
const TWO: Snapshot = world({ ...castSpec(3), filters: 'none', networks: [LAN, FAR], slices: [], talks: [], workloads: [{ name: 'a', on: { far: { at: 2, veth: 'veth-a' } } }, { name: 'a2', on: { lan: { at: 2, veth: 'veth-a2' } } }, { name: 'v', on: { lan: { at: 3, veth: 'veth-v' } } }, { name: 'x', on: { lan: { at: 4, veth: 'veth-x' } } }] });
const SOURCE = 'ip -j -d link';
const denied = unknown('denied', SOURCE);
const id = (name: string): string => TWO.containers.find((c) => c.name === name)?.id ?? name;
const netOf = (name: string): string => TWO.containers.find((c) => c.name === name)?.net ?? '';
const own = (name: string): NetInterface => TWO.interfaces.find((i) => i.net === netOf(name) && i.kind === 'veth') as NetInterface;
const said = (s: Snapshot, from = 'a2', technique: Technique = 'arp-spoof', to = 'v') => explain(s, id(from), id(to)).find((v) => v.technique === technique);
const verdict = (s: Snapshot, from = 'a2', technique: Technique = 'arp-spoof', to = 'v'): string | undefined => said(s, from, technique, to)?.verdict;
const changed = (which: string, over: (i: NetInterface) => Partial<NetInterface>, s: Snapshot = TWO): Snapshot => ({ ...s, interfaces: s.interfaces.map((i) => (i.id === which ? { ...i, ...over(i) } : i)) });
const port = (name: string, over: Partial<BridgePort>, s: Snapshot = TWO): Snapshot => changed(`host/${name}`, (i) => ({ port: i.port === null ? null : { ...i.port, ...over } }), s);
const more = (s: Snapshot, ...added: readonly (Partial<NetInterface> & { readonly name: string; readonly kind: NetInterface['kind'] })[]): Snapshot => {
  const like = TWO.interfaces.find((i) => i.id === 'host/veth-a') as NetInterface;
  return { ...s, interfaces: [...s.interfaces, ...added.map((i): NetInterface => ({ ...like, id: `${i.net ?? 'host'}/${i.name}`, addresses: known([], SOURCE), bridge: null, ...i }))] };
};
const to = (peer: string) => known(peer, SOURCE);

describe('two bridges are one wire', () => {
  test('by a veth between them, and not without', () => {
    expect(verdict(TWO, 'a') ?? 'no wire').toBe('no wire');
    const joined = more(TWO, { name: 'j0', kind: 'veth', peer: to('host/j1'), master: to('br-lan') }, { name: 'j1', kind: 'veth', peer: to('host/j0'), master: to('br-far') });
    expect(verdict(joined, 'a')).toBe('possible');
    expect(verdict(changed('host/j1', () => ({ up: known(false, SOURCE) }), joined), 'a')).toBe('blocked');
    // Two ways round make no ring of it.
    expect(verdict(more(joined, { name: 'k0', kind: 'veth', peer: to('host/k1'), master: to('br-lan') }, { name: 'k1', kind: 'veth', peer: to('host/k0'), master: to('br-far') }), 'a')).toBe('possible');
  });
  test('by a macvlan on the far end of a port’s veth', () => {
    const over = more(TWO, { name: 'j0', kind: 'veth', peer: to('host/j1'), master: to('br-far') }, { name: 'j1', kind: 'veth', peer: to('host/j0'), master: known('', SOURCE), port: null }, { name: 'm1', kind: 'macvlan', mode: known('bridge', SOURCE), peer: to('host/j1'), master: to('br-lan') });
    expect(verdict(over, 'a')).toBe('possible');
    expect(verdict(changed('host/m1', () => ({ master: known('', SOURCE) }), over), 'a') ?? 'no wire').toBe('no wire');
  });
  test('from the one that a VLAN device is a port of, down to the other where that filters VLANs', () => {
    const down = more(TWO, { name: 'br-lan.10', kind: 'vlan', mode: known('10', SOURCE), peer: to('host/br-lan'), master: to('br-far') });
    const filtering = (on: NonNullable<NetInterface['bridge']>['vlanFiltering']) => changed('host/br-lan', (i) => ({ bridge: i.bridge === null ? null : { ...i.bridge, vlanFiltering: on } }), down);
    expect(verdict(filtering(known(false, SOURCE)), 'a')).toBe('blocked');
    expect(said(filtering(denied), 'a')?.verdict).toBe('possible');
  });
});

describe('there is no wire', () => {
  test('to an interface that is down, nor by a port that is', () => {
    expect(said(changed(own('v').id, () => ({ up: known(false, SOURCE) })))).toMatchObject({ verdict: 'blocked' });
    for (const name of ['veth-v', 'veth-a2']) expect(verdict(changed(`host/${name}`, () => ({ up: known(false, SOURCE) })))).toBe('blocked');
    expect(verdict(changed('host/veth-v', () => ({ up: denied })))).toBe('possible');
  });
  test('by a veth that hangs on no bridge, unless a program or a filter takes its frames', () => {
    for (const name of ['veth-v', 'veth-a2']) {
      const loose = changed(`host/${name}`, () => ({ master: known('', SOURCE), port: null, xdp: known([], SOURCE) }));
      expect(verdict(loose)).toBe('blocked');
      expect(verdict(changed(`host/${name}`, () => ({ xdp: known(['7'], SOURCE) }), loose))).toBe('unknown');
      expect(verdict(changed(`host/${name}`, () => ({ xdp: denied }), loose))).toBe('unknown');
      const tc = [{ dev: name, hook: 'ingress' as const, filter: { protocol: 'all', pref: 1, kind: 'matchall', options: { actions: [{ kind: 'mirred', mirred_action: 'redirect', to_dev: 'veth-v' }] } } }];
      expect(verdict({ ...loose, nets: loose.nets.map((n) => (n.key === 'host' ? { ...n, tc: known(tc, 'tc') } : n)) })).toBe('unknown');
    }
  });
  test('between two in one net namespace, unless its port sends frames back', () => {
    const shared = world({ ...castSpec(3), filters: 'none', networks: [LAN], slices: [], talks: [], workloads: [{ name: 'v', on: { lan: { at: 3, veth: 'veth-v' } } }, { name: 'x', on: { lan: { at: 4 } } }, { name: 'a2', join: { net: 'v' } }] });
    const of = (s: Snapshot) => explain(s, s.containers.find((c) => c.name === 'a2')?.id ?? '', s.containers.find((c) => c.name === 'v')?.id ?? '').find((v) => v.technique === 'arp-spoof')?.verdict;
    expect(of(shared)).toBe('blocked');
    expect(of(port('veth-v', { hairpin: known(true, SOURCE) }, shared))).toBe('possible');
    expect(of(port('veth-v', { hairpin: known(false, SOURCE) }, shared))).toBe('blocked');
  });
});

describe('where the wire itself was not read', () => {
  const blind = (driver: string): Snapshot => ({ ...TWO, interfaces: [], segments: TWO.segments.map((s) => ({ ...s, driver })) });
  test('the engine’s word for a bridge counts with a reservation, and for what lies outside it is unknown', () => {
    expect(said(blind('bridge'))?.verdict).toBe('possible');
    expect(said(blind('bridge'))?.unless.join()).toContain('the bridge’s ports part them (not read)');
    expect(verdict(blind('overlay'))).toBe('unknown');
  });
});

describe('port flags', () => {
  test('part two isolated ports, and what was not read of one is a reservation where the other is', () => {
    const flags = (a: BridgePort['isolated'], b: BridgePort['isolated']) => said(port('veth-a2', { isolated: a }, port('veth-v', { isolated: b })));
    const [on, off] = [known(true, SOURCE), known(false, SOURCE)];
    expect([flags(on, on), flags(on, off), flags(off, on), flags(off, off)].map((v) => v?.verdict)).toEqual(['blocked', 'possible', 'possible', 'possible']);
    for (const [a, b] of [[on, denied], [denied, on], [denied, denied]] as const) expect(flags(a, b)).toMatchObject({ verdict: 'possible', unless: ['both ports are isolated (not read)'] });
    for (const [a, b] of [[off, denied], [denied, off], [off, off]] as const) expect(flags(a, b)?.unless).toEqual([]);
  });
  test('of learning stop a stolen MAC alone, and are a reservation where they were not read', () => {
    const learning = (on: BridgePort['learning'], technique: Technique) => said(port('veth-a2', { learning: on }), 'a2', technique);
    expect(learning(known(false, SOURCE), 'mac-steal')?.verdict).toBe('blocked');
    expect(learning(known(false, SOURCE), 'arp-spoof')?.verdict).toBe('possible');
    expect(learning(known(true, SOURCE), 'mac-steal')).toMatchObject({ verdict: 'possible', unless: [] });
    expect(learning(denied, 'mac-steal')).toMatchObject({ verdict: 'possible', unless: ['learning is off on veth-a2 (not read)'] });
  });
  test('of a lock ask for an entry of any MAC but the port’s own, and for the victim’s own where its port is locked', () => {
    const locked = (name: string): Snapshot => {
      const s = port(name, { locked: known(true, SOURCE) });
      // What it hears of link-local groups gives no entry.
      return { ...s, interfaces: s.interfaces.map((i) => (i.bridge === null ? i : { ...i, bridge: { ...i.bridge, learnsLocal: known(false, SOURCE) } })) };
    };
    const fdb = (entries: readonly Partial<FdbEntry>[] | null, s: Snapshot): Snapshot => ({ ...s, nets: s.nets.map((n) => (n.key === 'host' ? { ...n, fdb: entries === null ? denied : known(entries.map((e) => ({ mac: '02:00:00:00:00:77', port: 'veth-a2', bridge: 'br-lan', vlan: null, permanent: true, ...e })), 'bridge -j fdb show') } : n)) });
    expect(verdict(fdb([{}], locked('veth-a2')))).toBe('possible');
    const portsOwn = valueOf((TWO.interfaces.find((i) => i.id === 'host/veth-a2') as NetInterface).mac) ?? '';
    for (const e of [{ mac: portsOwn }, { port: 'veth-x' }, { bridge: 'br-far' }]) expect(verdict(fdb([e], locked('veth-a2')))).toBe('blocked');
    expect(said(fdb(null, locked('veth-a2')))?.unless.join()).toContain('has no entry for the attacker’s MAC (not read)');
    expect(verdict(fdb([{ port: 'veth-v' }], locked('veth-v')), 'a2', 'mac-steal')).toBe('blocked');
    expect(verdict(fdb([{ port: 'veth-v', mac: valueOf(own('v').mac) ?? '' }], locked('veth-v')), 'a2', 'mac-steal')).toBe('possible');
    expect(said(fdb(null, locked('veth-v')), 'a2', 'mac-steal')?.unless.join()).toContain('the victim’s MAC (not read)');
    expect(verdict(fdb([], locked('veth-a2')), 'a2', 'mac-steal')).toBe('blocked');
  });
});

describe('macvlans', () => {
  /** `a2`, `v` and `x` on one parent of which nothing outside is read, each in its mode. */
  const on = (modes: Readonly<Record<string, string>>, parents: Readonly<Record<string, string>> = {}, caps: readonly string[] = ['CAP_NET_RAW']): Snapshot => {
    const s = more(TWO, { name: 'wan0', kind: 'physical', master: known('', SOURCE), port: null, peer: denied }, { name: 'wan1', kind: 'physical', master: known('', SOURCE), port: null, peer: denied });
    const names = ['a2', 'v', 'x'];
    return {
      ...s, segments: s.segments.map((g) => (g.name === 'lan' ? { ...g, driver: 'macvlan', mode: 'bridge', device: known('wan0', 'engine'), gateways: [] } : g)),
      interfaces: s.interfaces.map((i): NetInterface => {
        const name = names.find((n) => netOf(n) === i.net);
        return name === undefined || i.kind !== 'veth' ? i : { ...i, kind: 'macvlan', mode: known(modes[name] ?? 'bridge', SOURCE), peer: to(`host/${parents[name] ?? 'wan0'}`) };
      }),
      containers: s.containers.map((c) => ({ ...c, processes: c.processes.map((p) => ({ ...p, capabilities: { ...p.capabilities, effective: known(caps, ''), permitted: known(caps, ''), bounding: known(caps, '') } })) })),
    };
  };
  const ADMIN = ['CAP_NET_RAW', 'CAP_NET_ADMIN'];
  test('in bridge mode hand each other frames, and whoever may turns its own into that', () => {
    expect(verdict(on({}))).toBe('possible');
    for (const mode of ['private', 'vepa']) {
      expect(verdict(on({ a2: mode }, {}, ADMIN))).toBe('possible');
      expect(verdict(on({ a2: mode }))).toBe('unknown');
      expect(verdict(on({ v: mode }, {}, ADMIN))).toBe('unknown');
      expect(verdict(on({ a2: mode, v: mode }, {}, ADMIN))).toBe('unknown');
    }
  });
  test('whose list of senders was not read are unknown', () => {
    for (const modes of [{ a2: 'source' }, { v: 'source' }]) expect(verdict(on(modes, {}, ADMIN))).toBe('unknown');
  });
  test('steal no MAC of each other', () => expect(verdict(on({}), 'a2', 'mac-steal')).toBe('blocked'));
});
