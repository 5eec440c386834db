import { describe, expect, test } from 'vitest';
import { castSpec, world } from '../../../test/cast/cast.js';
import { known, valueOf, type BridgePort, type Json, type NetInterface, type Snapshot } from '../model/index.js';
import { explain, judge, type PairVerdict, type Technique } from './index.js';

const NETS = [{ name: 'one', prefix: '172.20.0', device: 'br-one' }, { name: 'two', prefix: '172.21.0', device: 'br-two' }];
/** `a` on one bridge, the others on another. */
const APART: Snapshot = world({ ...castSpec(3), filters: 'none', networks: NETS, slices: [], talks: [], workloads: ['a', 'v', 'x'].map((name, i) => ({ name, on: { [name === 'a' ? 'one' : 'two']: { at: i + 2, veth: `veth-${name}` } } })) });
const TOGETHER: Snapshot = world({ ...castSpec(3), filters: 'none', networks: NETS.slice(0, 1), slices: [], talks: [], workloads: ['a', 'v', 'x'].map((name, i) => ({ name, on: { one: { at: i + 2, veth: `veth-${name}` } } })) });
const id = (s: Snapshot, name: string): string => s.containers.find((c) => c.name === name)?.id ?? name;
const said = (s: Snapshot, technique: Technique = 'arp-spoof', from = 'a', to = 'v'): PairVerdict | undefined => explain(s, id(s, from), id(s, to)).find((v) => v.technique === technique);
const verdict = (s: Snapshot, from = 'a', to = 'v'): string | undefined => said(s, 'arp-spoof', from, to)?.verdict;
const find = (s: Snapshot, which: (i: NetInterface) => boolean): NetInterface => s.interfaces.find(which) as NetInterface;
const plus = (s: Snapshot, ...more: readonly NetInterface[]): Snapshot => ({ ...s, interfaces: [...s.interfaces, ...more] });
const PORT = find(APART, (i) => i.name === 'veth-a').port as BridgePort;
/** A device on the host that stands on `lower` and is a port of `master`. */
const upper = (kind: 'vlan' | 'macvlan', lower: string, master: string, mode: string): NetInterface => ({ ...find(APART, (i) => i.name === 'veth-a'), id: 'host/up', name: 'up', kind, peer: known(lower, ''), master: known(master, ''), mode: known(mode, ''), port: PORT });

describe('bridges that are one wire', () => {
  test('are so by a VLAN device of one that is a port of the other, one way', () => {
    const s = plus(APART, upper('vlan', 'host/br-one', 'br-two', '10'));
    expect(verdict(APART)).toBeUndefined();
    expect(verdict(s)).toBe('possible');
    expect(said(s)?.reads).toBe('no');
    expect(verdict(s, 'v', 'a')).toBe('blocked');
  });
  test('a rule before it sees the tag', () => {
    const drop: readonly Json[] = [
      { chain: { family: 'bridge', table: 't', name: 'c', hook: 'prerouting', prio: 0, policy: 'accept' } },
      { rule: { family: 'bridge', table: 't', chain: 'c', handle: 1, expr: [{ match: { op: '==', left: { payload: { protocol: 'vlan', field: 'id' } }, right: 10 } }, { drop: null }] } },
    ];
    const s = plus(APART, upper('vlan', 'host/br-one', 'br-two', '10'));
    expect(verdict({ ...s, nets: s.nets.map((n) => (n.key === 'host' ? { ...n, nft: known(drop, '') } : n)) })).toBe('blocked');
  });
  test('are so by a macvlan of one that is a port of the other, by broadcasts', () => {
    const s = plus(APART, upper('macvlan', 'host/br-one', 'br-two', 'bridge'));
    expect(verdict(s)).toBe('possible');
    expect(verdict(s, 'v', 'a')).toBe('possible');
  });
  test('are so where tc sends frames from one to the other', () => {
    const tc = known([{ dev: 'veth-a', hook: 'ingress' as const, filter: { protocol: 'all', pref: 1, kind: 'matchall', options: { actions: [{ kind: 'mirred', mirred_action: 'mirror', direction: 'egress', to_dev: 'veth-v', control_action: { type: 'pipe' } }] } } }], '');
    expect(verdict({ ...APART, nets: APART.nets.map((n) => (n.key === 'host' ? { ...n, tc } : n)) })).toBe('possible');
  });
});

describe('one that is plugged in twice', () => {
  const key = TOGETHER.containers.find((c) => c.name === 'a')?.net ?? '';
  const outer = find(TOGETHER, (i) => i.name === 'veth-a');
  const inner = find(TOGETHER, (i) => i.net === key && i.kind === 'veth');
  const isolated = (i: NetInterface): NetInterface => (i.port === null || i.name === 'veth-b' ? i : { ...i, port: { ...i.port, isolated: known(true, '') } });
  const twice = plus({ ...TOGETHER, interfaces: TOGETHER.interfaces.map(isolated) }, { ...outer, id: 'host/veth-b', name: 'veth-b', peer: known(`${key}/eth9`, '') }, { ...inner, id: `${key}/eth9`, name: 'eth9', mac: known('02:00:00:00:00:99', ''), peer: known('host/veth-b', ''), addresses: known([], '') });
  test('has its strongest way', () => {
    expect(verdict(twice)).toBe('possible');
  });
  test('counts once', () => {
    const groups = judge(twice).segments[0]?.attackers.find((x) => x.id === id(TOGETHER, 'v'))?.groups ?? [];
    const victims = groups.flatMap((g) => g.victims);
    expect(victims.length).toBe(new Set(victims).size);
  });
});

describe('a victim whose address is not on its interface', () => {
  const key = TOGETHER.containers.find((c) => c.name === 'v')?.net ?? '';
  const inner = find(TOGETHER, (i) => i.net === key && i.kind === 'veth');
  const moved = (master: string): readonly NetInterface[] => TOGETHER.interfaces.map((i) => (i.id === inner.id ? { ...i, addresses: known([], ''), master: known(master, '') } : i));
  test('is reached by the bridge inside it that holds it', () => {
    const bridge: NetInterface = { ...find(TOGETHER, (i) => i.kind === 'bridge'), id: `${key}/b0`, net: key, name: 'b0', addresses: known(valueOf(inner.addresses) ?? [], '') };
    expect(verdict({ ...TOGETHER, interfaces: [...moved('b0'), bridge] })).toBe('possible');
  });
  test('is not judged where a VLAN device holds it', () => {
    const tagged: NetInterface = { ...inner, id: `${key}/eth0.10`, name: 'eth0.10', kind: 'vlan', peer: known(inner.id, ''), mode: known('10', '') };
    expect(verdict({ ...TOGETHER, interfaces: [...moved(''), tagged] })).toBe('unknown');
  });
  test('takes nothing where it has none at all', () => {
    expect(verdict({ ...TOGETHER, interfaces: moved('') })).toBe('blocked');
  });
});
