import { describe, expect, test } from 'vitest';
import { castSpec, world } from '../../../test/cast/cast.js';
import { known, unknown, valueOf, type Json, type Neighbour, type NetInterface, type NetNamespace, type Snapshot } from '../model/index.js';
import { explain, judge, type Technique } from './index.js';

const lan = (...names: readonly string[]): Snapshot =>
  world({ ...castSpec(3), filters: 'none', networks: [{ name: 'lan', prefix: '172.20.0', device: 'br-lan' }], slices: [], talks: [], workloads: names.map((name, i) => ({ name, on: { lan: { at: i + 2 } } })) });
const THREE = lan('a', 'v', 'x');
const id = (s: Snapshot, name: string): string => s.containers.find((c) => c.name === name)?.id ?? name;
const net = (name: string, s = THREE): string => s.containers.find((c) => c.name === name)?.net ?? '';
const said = (s: Snapshot, technique: Technique = 'arp-spoof', to = 'v') => explain(s, id(s, 'a'), id(s, to)).find((p) => p.technique === technique);
const inner = THREE.interfaces.find((i) => i.net === net('v') && i.kind === 'veth') as NetInterface;
const edit = (s: Snapshot, name: string, over: (i: NetInterface) => Partial<NetInterface>): Snapshot => ({ ...s, interfaces: s.interfaces.map((i) => (i.net === net(name, s) && i.kind === 'veth' ? { ...i, ...over(i) } : i)) });
const inside = (s: Snapshot, over: Partial<NetNamespace>): Snapshot => ({ ...s, nets: s.nets.map((n) => (n.key === net('v', s) ? { ...n, ...over } : n)) });
const plus = (s: Snapshot, ...more: readonly NetInterface[]): Snapshot => ({ ...s, interfaces: [...s.interfaces, ...more] });
const entry = (ip: string, dev = 'eth0'): Neighbour => ({ ip, mac: '02:00:00:00:00:99', dev, state: 'PERMANENT' });

describe('a device of the victim’s own, on its interface', () => {
  const bare = edit(THREE, 'v', () => ({ addresses: known([], '') }));
  const upper = (over: Partial<NetInterface> = {}): NetInterface => ({ ...inner, id: `${net('v')}/eth0.7`, name: 'eth0.7', kind: 'vlan', peer: known(inner.id, ''), mode: known('7', ''), addresses: known(['172.20.0.3/24', 'fe80::3/64'], ''), ...over });
  test('is no silence where it has addresses of both families, as every device has', () => {
    expect(said(bare)?.verdict).toBe('blocked');
    expect(said(plus(bare, upper()))?.verdict).toBe('unknown');
    expect(said(plus(bare, upper()), 'ndp-spoof')?.verdict).toBe('unknown');
    expect(said(plus(bare, upper({ addresses: known(['fe80::3/64'], '') })))?.verdict).toBe('blocked');
  });
  test('decides in that family alone in which the interface itself has no address', () => {
    expect(said(plus(THREE, upper()))?.verdict).toBe('possible');
    expect(said(plus(THREE, upper({ addresses: known(['172.20.0.3/24'], '') })), 'ndp-spoof')?.verdict).toBe('blocked');
    expect(said(plus(THREE, upper()), 'ndp-spoof')?.verdict).toBe('unknown');
  });
  test('is not its own once it is in another net namespace', () => {
    expect(said(plus(bare, upper({ id: 'host/eth0.7', net: 'host' })))?.verdict).toBe('blocked');
  });
  test('counts on the bridge inside it as well', () => {
    const bridge: NetInterface = { ...(THREE.interfaces.find((i) => i.kind === 'bridge') as NetInterface), id: `${net('v')}/b0`, net: net('v'), name: 'b0', addresses: known([], '') };
    const s = plus(edit(bare, 'v', () => ({ master: known('b0', '') })), bridge);
    expect(said(s)?.verdict).toBe('blocked');
    expect(said(plus(s, upper({ name: 'b0.7', id: `${net('v')}/b0.7`, peer: known(bridge.id, '') })))?.verdict).toBe('unknown');
  });
});

describe('an entry that is PERMANENT', () => {
  test('on another interface of the victim guards nothing here', () => {
    const all = (dev: string) => known(['172.20.0.1', '172.20.0.4'].map((ip) => entry(ip, dev)), '');
    expect(said(inside(THREE, { neighbours: all('eth0') }))?.verdict).toBe('blocked');
    expect(said(inside(THREE, { neighbours: all('eth1') }))?.verdict).toBe('possible');
  });
  /** Claims of `ip` are dropped where the victim takes them, behind whatever tags. */
  const drops = (ip: string): Partial<NetNamespace> => {
    if (!ip.includes(':')) return { arptables: known(['*filter', ':INPUT ACCEPT', `-A INPUT -s ${ip} -j DROP`], '') };
    const match = (protocol: string, field: string): Json => ({ match: { op: '==', left: { payload: { protocol, field } }, right: ip } });
    const rule = (handle: number, ...expr: readonly Json[]): Json => ({ rule: { family: 'ip6', table: 't', chain: 'c', handle, expr: [...expr, { drop: null }] } });
    return { nft: known([{ chain: { family: 'ip6', table: 't', name: 'c', hook: 'prerouting', prio: 0, policy: 'accept' } }, rule(1, match('icmpv6', 'taddr')), rule(2, match('ip6', 'saddr'))], '') };
  };
  const also = (ip: string, name: string, s: Snapshot): Snapshot => edit(s, name, (i) => ({ addresses: known([...(valueOf(i.addresses) ?? []), ip], '') }));
  test('leaves the other addresses of the same one to be claimed, and these alone', () => {
    const as = (s: Snapshot, technique: Technique): boolean => said(s, technique)?.impersonates.includes(id(s, 'x')) === true;
    const four = inside(also('172.20.0.14/24', 'x', THREE), { neighbours: known([entry('172.20.0.4')], '') });
    expect(['172.20.0.4', '172.20.0.14'].map((ip) => as(inside(four, drops(ip)), 'arp-spoof'))).toEqual([true, false]);
    const six = inside(['fd00::3', 'fd00::4', 'fd00::14'].reduce((s, ip) => also(`${ip}/64`, ip === 'fd00::3' ? 'v' : 'x', s), THREE), { neighbours6: known([entry('fd00::4')], '') });
    expect(['fd00::4', 'fd00::14'].map((ip) => as(inside(six, drops(ip)), 'ndp-spoof'))).toEqual([true, false]);
  });
});

describe('a stolen MAC', () => {
  const two = lan('a', 'v');
  test('is nobody’s where only the host is beside the two', () => {
    expect(said(two, 'mac-steal')?.verdict).toBe('blocked');
  });
  test('is unknown, and not impossible, where the only other’s was not read', () => {
    const unread = edit({ ...THREE, containers: THREE.containers.map((c) => ({ ...c, endpoints: c.endpoints.map((e) => (c.name === 'x' ? { ...e, mac: unknown('denied', 'engine') } : e)) })) }, 'x', () => ({ mac: unknown('denied', 'ip -j link') }));
    expect(said(THREE, 'mac-steal')?.verdict).toBe('possible');
    expect(said(unread, 'mac-steal')?.verdict).toBe('unknown');
    // Where nothing else is open, that one itself is told apart from those whose MAC was read.
    const deaf: Snapshot = { ...unread, interfaces: unread.interfaces.map((i) => (i.net !== 'host' && i.kind === 'veth' ? { ...i, noarp: known(true, '') } : i)) };
    const groups = judge(deaf).segments[0]?.attackers.find((a) => a.id === id(deaf, 'a'))?.groups;
    expect(['v', 'x'].map((name) => groups?.find((g) => g.victims.includes(id(deaf, name)))?.verdict)).toEqual(['unknown', 'possible']);
  });
  test('of a router beyond the bridge may be learned, and what it is nobody read', () => {
    const routed: Snapshot = { ...two, interfaces: two.interfaces.map((i) => (i.kind === 'bridge' ? { ...i, addresses: known([], '') } : i)) };
    expect(said(routed, 'mac-steal')?.verdict).toBe('unknown');
  });
});

describe('rules on the way', () => {
  const match = (protocol: string, field: string, right: Json): Json => ({ match: { op: '==', left: { payload: { protocol, field } }, right } });
  /** Of another's doing: nobody here has that MAC. */
  const elsewhere: Json[] = [{ chain: { family: 'bridge', table: 't', name: 'c', hook: 'prerouting', prio: 0, policy: 'accept' } }, { rule: { family: 'bridge', table: 't', chain: 'c', handle: 1, expr: [match('ether', 'saddr', '02:00:00:00:00:77'), match('ether', 'type', '8021q'), { drop: null }] } }];
  const ruled = (s: Snapshot): Snapshot => ({ ...s, nets: s.nets.map((n) => (n.key === 'host' ? { ...n, nft: known(elsewhere, 'nft -j list ruleset') } : n)) });
  const noes = (s: Snapshot, technique: Technique): readonly string[] | undefined => said(s, technique)?.because.flatMap((b) => (b.holds === 'no' ? [b.step] : []));
  test('are not blamed for what the victim itself does not take', () => {
    for (const s of [THREE, ruled(THREE)]) expect(noes(inside(s, { sysctls: known({ 'net.ipv6.conf.eth0.disable_ipv6': '1' }, '') }), 'ndp-spoof')).toEqual(['it takes the forged message']);
    expect(noes(ruled(edit(THREE, 'v', () => ({ noarp: known(true, '') }))), 'arp-spoof')).toEqual(['it takes the forged message']);
    expect(noes(ruled(lan('a', 'v')), 'mac-steal')).toEqual(['frames for the stolen MAC go to the attacker']);
  });
  test('block nothing by being there where whom one could be was not read', () => {
    const two = lan('a', 'v');
    const routed: Snapshot = { ...two, interfaces: two.interfaces.map((i) => (i.kind === 'bridge' ? { ...i, addresses: known([], '') } : i)) };
    expect(said(ruled(routed), 'mac-steal')?.verdict).toBe('unknown');
  });
});
