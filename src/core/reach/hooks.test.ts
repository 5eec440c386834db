import { describe, expect, test } from 'vitest';
import { castSpec, world, type WorkloadSpec } from '../../../test/cast/cast.js';
import { known, unknown, type Json, type NetInterface, type NetNamespace, type Segment, type Snapshot } from '../model/index.js';
import { explain, judge, type Technique } from './index.js';

const LAN = { name: 'lan', prefix: '172.20.0', device: 'br-lan' };
const three = (a: Partial<WorkloadSpec> = {}): Snapshot =>
  world({ ...castSpec(3), filters: 'none', networks: [LAN], slices: [], talks: [], workloads: [{ name: 'a', on: { lan: { at: 2, veth: 'veth-a' } }, ...a }, ...['v', 'x'].map((name, i) => ({ name, on: { lan: { at: i + 3, veth: `veth-${name}` } } }))] });
const THREE = three();
const id = (s: Snapshot, name: string): string => s.containers.find((c) => c.name === name)?.id ?? name;
const chain = (s: Snapshot, technique: Technique = 'arp-spoof', to = 'v') => explain(s, id(s, 'a'), id(s, to)).find((v) => v.technique === technique);
const said = (s: Snapshot, technique: Technique = 'arp-spoof', to = 'v') => chain(s, technique, to)?.verdict;
const net = (s: Snapshot, over: Partial<NetNamespace>, key = 'host'): Snapshot => ({ ...s, nets: s.nets.map((n) => (n.key === key ? { ...n, ...over } : n)) });
const iface = (s: Snapshot, name: string, over: (i: NetInterface) => Partial<NetInterface>): Snapshot => ({ ...s, interfaces: s.interfaces.map((i) => (i.id === name ? { ...i, ...over(i) } : i)) });
const bridge = (s: Snapshot, over: Partial<NonNullable<NetInterface['bridge']>>): Snapshot => iface(s, 'host/br-lan', (i) => ({ bridge: i.bridge === null ? null : { ...i.bridge, ...over } }));
const TAGS: readonly Json[] = [
  { chain: { family: 'bridge', table: 't', name: 'c', hook: 'forward', prio: 0, policy: 'accept' } },
  { rule: { family: 'bridge', table: 't', chain: 'c', handle: 1, expr: [{ match: { op: '==', left: { payload: { protocol: 'ether', field: 'type' } }, right: { set: ['8021q', '8021ad'] } } }, { drop: null }] } },
];

describe('arptables on bridged frames', () => {
  const ruled = (sysctl: string | null, own: boolean | undefined): Snapshot =>
    bridge(net(THREE, {
      nft: known(TAGS, 'nft'), arptables: known(['*filter', ':FORWARD ACCEPT', '-A FORWARD -j DROP'], 'arptables-legacy'),
      sysctls: known(sysctl === null ? {} : { 'net.bridge.bridge-nf-call-arptables': sysctl }, 'sysctl'),
    }), own === undefined ? {} : { nfCallArptables: known(own, 'ip -j -d link') });
  test('are asked where the sysctl or the bridge itself says so', () => {
    expect(said(ruled('1', false))).toBe('blocked');
    expect(said(ruled('0', true))).toBe('blocked');
  });
  test('are switched off where neither does, or br_netfilter is not there', () => {
    expect(said(ruled('0', false))).toBe('possible');
    expect(said(ruled(null, true))).toBe('possible');
  });
  test('are a reservation where one of them was not read', () => {
    for (const s of [ruled('0', undefined), net(ruled('1', true), { sysctls: unknown('denied', 'sysctl') })]) {
      expect(said(s)).toBe('possible');
      expect(chain(s)?.unless.join()).toContain('arptables FORWARD');
    }
  });
});

describe('queues and filters of tc', () => {
  const tc = (hook: 'ingress' | 'egress', filter: Json, dev = 'veth-v'): Snapshot => net(THREE, { tc: known([{ dev, hook, filter }], 'tc') });
  test('a queue with filters of its own on the way to the victim is a reservation, and no guard elsewhere', () => {
    expect(said(tc('egress', { kind: 'queue', queue: 'htb' }))).toBe('possible');
    expect(chain(tc('egress', { kind: 'queue', queue: 'htb' }))?.unless.join()).toContain('the queue of veth-v (htb');
    expect(chain(tc('egress', { kind: 'queue', queue: 'htb' }, 'veth-x'))?.unless).toEqual([]);
  });
  test('a filter for hardware alone is not taken for a guard', () => {
    const drop = (more: { readonly [key: string]: Json }): Snapshot => tc('ingress', { kind: 'matchall', protocol: 'all', pref: 1, chain: 0, options: { ...more, actions: [{ kind: 'gact', control_action: { type: 'drop' } }] } }, 'veth-a');
    expect(said(drop({}))).toBe('blocked');
    expect(said(drop({ skip_sw: true }))).toBe('possible');
  });
  test('a program of tcx decides, and nobody can read what', () => {
    const tcx = { kind: 'bpf', protocol: 'all', pref: 0, chain: 0, options: { bpf_name: 'guard' } };
    expect(said(tc('egress', tcx))).toBe('unknown');
    const parted: Snapshot = iface(iface(tc('ingress', tcx, 'veth-a'), 'host/veth-a', (i) => ({ port: i.port === null ? null : { ...i.port, isolated: known(true, '') } })), 'host/veth-v', (i) => ({ port: i.port === null ? null : { ...i.port, isolated: known(true, '') } }));
    expect(said(parted)).toBe('unknown');
  });
});

describe('a port’s state in one VLAN', () => {
  const inVlan = (a: string | undefined, v: string | undefined): Snapshot => {
    const vlans = (state: string | undefined) => known([{ vid: 1, pvid: true, untagged: true, ...(state === undefined ? {} : { state }) }], 'bridge -j -d vlan show');
    const port = (s: Snapshot, name: string, state: string | undefined): Snapshot => iface(s, `host/${name}`, (i) => ({ port: i.port === null ? null : { ...i.port, vlans: vlans(state) } }));
    return port(port(bridge(THREE, { vlanFiltering: known(true, '') }), 'veth-a', a), 'veth-v', v);
  };
  test('stops what comes in or goes out there', () => {
    expect(said(inVlan(undefined, undefined))).toBe('possible');
    expect(said(inVlan('forwarding', 'forwarding'))).toBe('possible');
    expect(said(inVlan('blocking', 'forwarding'))).toBe('blocked');
    expect(said(inVlan('forwarding', 'learning'))).toBe('blocked');
  });
  test('that learns takes a stolen MAC', () => {
    expect(said(inVlan('learning', 'forwarding'))).toBe('blocked');
    expect(said(inVlan('learning', 'forwarding'), 'mac-steal')).toBe('possible');
  });
});

describe('an address on what is stacked', () => {
  const upper = (net_: string, lower: string, ip: string): NetInterface => ({
    id: `${net_}/up.10`, net: net_, name: 'up.10', index: known(99, ''), kind: 'vlan', mac: known('02:00:00:00:00:99', ''), addresses: known([ip], ''), up: known(true, ''), noarp: known(false, ''),
    peer: known(lower, ''), master: known('', ''), mode: known('10', ''), port: null, bridge: null, xdp: known([], ''),
  });
  test('a host that has its address on a VLAN of the bridge is a victim of which nobody can tell', () => {
    const bare = iface(THREE, 'host/br-lan', () => ({ addresses: known([], '') }));
    expect(said(bare, 'arp-spoof', 'host')).toBeUndefined();
    const s: Snapshot = { ...bare, interfaces: [...bare.interfaces, upper('host', 'host/br-lan', '10.9.0.1/24')] };
    expect(said(s, 'arp-spoof', 'host')).toBe('unknown');
    expect(judge(s).segments[0]?.others).toContain('host');
  });
  test('a guard for plain frames is none for sure where the victim listens in a VLAN too', () => {
    const key = THREE.containers.find((c) => c.name === 'v')?.net ?? '';
    const guarded = net(THREE, { nft: known([{ chain: { family: 'bridge', table: 't', name: 'c', hook: 'forward', prio: 0, policy: 'drop' } }], 'nft') });
    expect(said(guarded)).toBe('blocked');
    expect(said({ ...guarded, interfaces: [...guarded.interfaces, upper(key, `${key}/eth0`, '10.9.0.2/24')] })).toBe('unknown');
  });
});

describe('in the host’s net namespace, towards a macvlan network', () => {
  const NET: Partial<Segment> = { driver: 'macvlan', device: known('eth9', ''), mode: 'bridge' };
  const on = (caps: readonly string[]): Snapshot => {
    const s = three({ join: { net: 'host' }, on: {}, caps, bounding: caps });
    const keys = s.containers.filter((c) => c.name !== 'a').map((c) => c.net ?? '');
    const interfaces = s.interfaces.filter((i) => i.kind !== 'bridge' && !i.name.startsWith('veth-')).map((i): NetInterface => (keys.includes(i.net) && i.name === 'eth0' ? { ...i, kind: 'macvlan', peer: known('host/eth9', ''), mode: known('bridge', '') } : i));
    const parent: NetInterface = { ...(s.interfaces.find((i) => i.id === 'host/br-lan') as NetInterface), id: 'host/eth9', name: 'eth9', kind: 'physical', addresses: known([], ''), bridge: null };
    return { ...s, interfaces: [...interfaces, parent], segments: s.segments.map((x) => ({ ...x, ...NET })) };
  };
  test('CAP_NET_ADMIN stacks one more on the parent, and NET_RAW alone does not', () => {
    expect(said(on(['CAP_NET_ADMIN']))).toBe('possible');
    expect(said(on(['CAP_NET_RAW', 'CAP_NET_ADMIN']))).toBe('possible');
    expect(said(on(['CAP_NET_RAW']))).not.toBe('possible');
    expect(said(on([]))).not.toBe('possible');
  });
});

describe('rules of nft that send frames elsewhere', () => {
  const isolated = (s: Snapshot): Snapshot => ['veth-a', 'veth-v'].reduce((out, name) => iface(out, `host/${name}`, (i) => ({ port: i.port === null ? null : { ...i.port, isolated: known(true, '') } })), s);
  const sent = (chain_: { readonly [key: string]: Json }, ...exprs: readonly (readonly Json[])[]): Snapshot =>
    isolated(net(THREE, { nft: known([{ chain: { family: 'netdev', table: 't', name: 'c', hook: 'ingress', prio: 0, policy: 'accept', ...chain_ } }, ...exprs.map((expr, i): Json => ({ rule: { family: 'netdev', table: 't', chain: 'c', handle: i + 1, expr } }))], 'nft') }));
  test('out at the victim’s port go past flags of the bridge', () => {
    expect(said(isolated(THREE))).toBe('blocked');
    expect(said(sent({ dev: 'veth-a' }, [{ counter: null }, { fwd: { dev: 'veth-v' } }]))).toBe('possible');
    expect(said(sent({ dev: ['veth-a', 'veth-x'] }, [{ dup: { addr: 'veth-v' } }]))).toBe('possible');
    expect(said(sent({ dev: 'veth-x' }, [{ fwd: { dev: 'veth-v' } }]))).toBe('blocked');
  });
  const type = (right: Json, op = '=='): Json => ({ match: { op, left: { payload: { protocol: 'ether', field: 'type' } }, right } });
  test('under a condition send what meets it, and nothing else', () => {
    expect(said(sent({ dev: 'veth-a' }, [type('arp'), { fwd: { dev: 'veth-v' } }]))).toBe('possible');
    expect(said(sent({ dev: 'veth-a' }, [type('ip'), { fwd: { dev: 'veth-v' } }]))).toBe('blocked');
    expect(said(sent({ dev: 'veth-a' }, [type({ set: ['arp', '8021q', '8021ad'] }), { drop: null }], [{ fwd: { dev: 'veth-v' } }]))).toBe('blocked');
    expect(said(sent({ dev: 'veth-a' }, [type('ip'), { drop: null }], [{ fwd: { dev: 'veth-v' } }]))).toBe('possible');
    expect(said(sent({ dev: 'veth-a' }, [{ limit: { rate: 5, per: 'second' } }, { fwd: { dev: 'veth-v' } }]))).toBe('unknown');
    expect(said(sent({}, [{ fwd: { dev: 'veth-v' } }]))).toBe('unknown');
  });
  test('to where they end keep them, and to a bridge or another port they are not followed', () => {
    const whole = (to: string): string | undefined => {
      const s = sent({ dev: 'veth-a' }, [{ fwd: { dev: to } }]);
      return said({ ...s, interfaces: s.interfaces.map((i) => ({ ...i, port: i.port === null ? null : { ...i.port, isolated: known(false, '') } })) });
    };
    expect(said(THREE)).toBe('possible');
    expect(whole('veth-x')).toBe('blocked');
    expect(whole('veth-v')).toBe('possible');
    expect(said(sent({ dev: 'veth-a' }, [{ fwd: { dev: 'br-lan' } }]))).toBe('unknown');
  });
  test('to a place from which it may come on they are not taken to end', () => {
    const x = THREE.containers.find((c) => c.name === 'x')?.net ?? '';
    const to = (dev: string, over: (s: Snapshot) => Snapshot = (s) => s): string | undefined => {
      const s = over(sent({ dev: 'veth-a' }, [{ fwd: { dev } }]));
      return said({ ...s, interfaces: s.interfaces.map((i) => ({ ...i, port: i.port === null ? null : { ...i.port, isolated: known(false, '') } })) });
    };
    const far = (over: (i: NetInterface) => Partial<NetInterface>) => (s: Snapshot) => iface(s, `${x}/eth0`, over);
    expect([to('veth-x'), to('lo')]).toEqual(['blocked', 'blocked']);
    const ways: readonly ((s: Snapshot) => Snapshot)[] = [
      far(() => ({ xdp: known(['hub'], '') })), far(() => ({ xdp: unknown('denied', '') })), far(() => ({ master: known('b0', '') })),
      (s) => net(s, { nft: unknown('denied', '') }, x), (s) => net(s, { tc: unknown('denied', '') }, x), (s) => net(s, { nft: known(TAGS, '') }, x),
      (s) => ({ ...s, interfaces: [...s.interfaces, { ...(s.interfaces.find((i) => i.id === `${x}/eth0`) as NetInterface), id: `${x}/up`, name: 'up', kind: 'macvlan', peer: known(`${x}/eth0`, '') }] }),
    ];
    for (const way of ways) expect(to('veth-x', way)).not.toBe('blocked');
  });
  test('count for certain only where nothing before them may drop or keep the frame', () => {
    const two = (first: readonly Json[], tc: readonly Json[] = []): string | undefined => said(isolated(net(THREE, {
      tc: known(tc.map((filter) => ({ dev: 'veth-a', hook: 'ingress' as const, filter })), ''),
      nft: known([['e', -10, first], ['c', 0, [{ fwd: { dev: 'veth-v' } }]]].flatMap(([name, prio, expr]): Json[] => [{ chain: { family: 'netdev', table: 't', name: name as string, hook: 'ingress', prio: prio as number, policy: 'accept', dev: 'veth-a' } }, { rule: { family: 'netdev', table: 't', chain: name as string, handle: 1, expr: expr as readonly Json[] } }]), ''),
    })));
    const some: Json = { quota: { val: 5, val_unit: 'mbytes' } };
    expect(two([{ counter: null }])).toBe('possible');
    expect(two([{ drop: null }])).toBe('blocked');
    expect(two([some, { drop: null }])).toBe('unknown');
    const gact = (more: { readonly [key: string]: Json }): readonly Json[] => [{ kind: 'matchall', protocol: 'all', pref: 1, chain: 0, options: { actions: [{ kind: 'gact', control_action: { type: 'drop' }, ...more }] } }];
    expect(two([{ counter: null }], gact({}))).toBe('blocked');
    expect(two([{ counter: null }], gact({ prob: { random_type: 'netrand', val: 2 } }))).toBe('unknown');
  });
  test('of tc are followed by what their filters match', () => {
    const mirred = (protocol: string): Snapshot => isolated(net(THREE, { tc: known([{ dev: 'veth-a', hook: 'ingress', filter: { kind: 'matchall', protocol, pref: 1, chain: 0, options: { actions: [{ kind: 'mirred', mirred_action: 'redirect', direction: 'egress', to_dev: 'veth-v' }] } } }], 'tc') }));
    expect(said(mirred('all'))).toBe('possible');
    expect(said(mirred('arp'))).toBe('possible');
    expect(said(mirred('ip'))).toBe('blocked');
  });
});

describe('a victim’s interface in a VRF', () => {
  test('keeps its own addresses', () => {
    const key = THREE.containers.find((c) => c.name === 'v')?.net ?? '';
    const eth0 = THREE.interfaces.find((i) => i.id === `${key}/eth0`) as NetInterface;
    const vrf: NetInterface = { ...eth0, id: `${key}/red`, name: 'red', kind: 'other', mode: known('vrf', ''), peer: unknown('absent', ''), addresses: known([], '') };
    const s = iface(THREE, eth0.id, () => ({ master: known('red', '') }));
    expect(said({ ...s, interfaces: [...s.interfaces, vrf] })).toBe('possible');
  });
});
