import { describe, expect, test } from 'vitest';
import { castSpec, world } from '../../../test/cast/cast.js';
import { known, unknown, valueOf, type BridgePort, type Json, type NetInterface, type Snapshot } from '../model/index.js';
import { explain, type Technique } from './index.js';

const LAN = { name: 'lan', prefix: '172.20.0', device: 'br-lan' };
const FAR = { name: 'far', prefix: '172.21.0', device: 'br-far' };
const SOURCE = 'bridge -j vlan show';
type Member = { readonly vid: number; readonly pvid: boolean; readonly untagged: boolean; readonly state?: string };
const own = (vid: number): Member => ({ vid, pvid: true, untagged: true });
const carried = (vid: number): Member => ({ vid, pvid: false, untagged: false });
const bare = (vid: number): Member => ({ vid, pvid: false, untagged: true });
/** Comes in in that VLAN without a tag, and leaves with one. */
const into = (vid: number): Member => ({ vid, pvid: true, untagged: false });

/** `a` is on br-far, `v` and `x` on br-lan; a veth joins the two, j0 in br-lan and j1 in br-far. */
const base = world({ ...castSpec(3), filters: 'none', networks: [LAN, FAR], slices: [], talks: [], workloads: [{ name: 'a', on: { far: { at: 2, veth: 'veth-a' } } }, { name: 'v', on: { lan: { at: 3, veth: 'veth-v' } } }, { name: 'x', on: { lan: { at: 4, veth: 'veth-x' } } }] });
const like = base.interfaces.find((i) => i.id === 'host/veth-a') as NetInterface;
const end = (name: string, peer: string, master: string): NetInterface => ({ ...like, id: `host/${name}`, name, kind: 'veth', peer: known(`host/${peer}`, ''), master: known(master, '') });
const JOINED: Snapshot = { ...base, interfaces: [...base.interfaces, end('j0', 'j1', 'br-lan'), end('j1', 'j0', 'br-far')] };

type Ports = Readonly<Record<string, readonly Member[] | 'unread'>>;
/** `filtering`: the bridges that do; `vlans`: of ports, and of bridges themselves. */
function set(filtering: readonly string[], vlans: Ports, s: Snapshot = JOINED): Snapshot {
  const reading = (list: Ports[string] | undefined): BridgePort['vlans'] => (list === undefined ? known([], SOURCE) : list === 'unread' ? unknown('denied', SOURCE) : known(list, SOURCE));
  return {
    ...s,
    interfaces: s.interfaces.map((i) => ({
      ...i,
      bridge: i.bridge === null ? null : { ...i.bridge, vlanFiltering: known(filtering.includes(i.name), SOURCE), vlans: reading(vlans[i.name]) },
      port: i.port === null ? null : { ...i.port, vlans: reading(vlans[i.name]) },
    })),
  };
}
const id = (name: string): string => base.containers.find((c) => c.name === name)?.id ?? name;
const said = (s: Snapshot, technique: Technique = 'arp-spoof') => explain(s, id('a'), id('v')).find((v) => v.technique === technique);
const verdict = (s: Snapshot, technique: Technique = 'arp-spoof'): string | undefined => said(s, technique)?.verdict;
const BOTH = ['br-lan', 'br-far'];
const TRUNK = { j0: [own(1), carried(10), carried(20)], j1: [own(1), carried(10), carried(20)] };
const rules = (s: Snapshot, hook: string, ...exprs: readonly (readonly Json[])[]): Snapshot => ({
  ...s,
  nets: s.nets.map((n) => (n.key !== 'host' ? n : { ...n, nft: known([{ chain: { family: 'bridge', table: 't', name: 'c', hook, prio: 0, policy: 'accept' } }, ...exprs.map((expr, n_) => ({ rule: { family: 'bridge', table: 't', chain: 'c', handle: n_ + 1, expr } }))], 'nft') })),
});
const is = (protocol: string, field: string, right: Json): Json => ({ match: { op: '==', left: { payload: { protocol, field } }, right } });
const DROP: Json = { drop: null };

describe('two bridges that filter, joined by a port that carries tags', () => {
  const same = set(BOTH, { ...TRUNK, 'veth-a': [own(10)], 'veth-v': [own(10)], 'veth-x': [own(10)] });
  test('are one wire in a VLAN that both carry', () => {
    expect(verdict(same)).toBe('possible');
    expect(said(same)?.unless).toEqual([]);
    expect(verdict(same, 'mac-steal')).toBe('possible');
    expect(said(same)?.reads).toBe('yes');
  });
  test('are parted where the joint does not carry it, or carries another', () => {
    expect(verdict(set(BOTH, { j0: [own(1)], j1: [own(1), carried(10)], 'veth-a': [own(10)], 'veth-v': [own(10)] }))).toBe('blocked');
    expect(verdict(set(BOTH, { ...TRUNK, 'veth-a': [own(10)], 'veth-v': [own(20)] }))).toBe('blocked');
    expect(verdict(set(BOTH, { ...TRUNK, 'veth-a': [own(10)], 'veth-v': [own(20)] }), 'mac-steal')).toBe('blocked');
    expect(verdict(set(BOTH, { j0: [own(1), { ...carried(10), state: 'blocking' }], j1: [own(1), carried(10)], 'veth-a': [own(10)], 'veth-v': [own(10)] }))).toBe('blocked');
  });
  test('are one where the sender’s own port carries the victim’s VLAN in a tag', () => {
    expect(verdict(set(BOTH, { ...TRUNK, 'veth-a': [own(10), carried(20)], 'veth-v': [own(20)], 'veth-x': [own(20)] }))).toBe('possible');
  });
  test('a second tag hops into another VLAN, where the joint takes the first one off', () => {
    const hop = set(BOTH, { j0: [own(1), carried(20)], j1: [bare(10)], 'veth-a': [into(10)], 'veth-v': [own(20)], 'veth-x': [own(20)] });
    expect(verdict(hop)).toBe('possible');
    // What the victim sends comes in a tag that the sender’s bridge does not take there.
    expect(said(hop)?.reads).toBe('no');
    expect(verdict(hop, 'mac-steal')).toBe('blocked');
    expect(verdict(rules(hop, 'prerouting', [is('ether', 'type', '8021q'), DROP]))).toBe('blocked');
  });
  test('what leaves the one untagged and enters the other so is in two VLANs', () => {
    expect(verdict(set(BOTH, { j0: [own(20)], j1: [own(10)], 'veth-a': [own(10)], 'veth-v': [own(20)], 'veth-x': [own(20)] }))).toBe('possible');
    expect(verdict(set(BOTH, { j0: [own(20)], j1: [own(10)], 'veth-a': [own(10)], 'veth-v': [own(20)], 'veth-x': [own(20)] }), 'mac-steal')).toBe('possible');
  });
  test('a reservation is left where the VLANs of one port were not read', () => {
    const s = set(BOTH, { ...TRUNK, j0: 'unread', 'veth-a': [own(10)], 'veth-v': [own(10)], 'veth-x': [own(10)] });
    expect(verdict(s)).toBe('possible');
    expect(said(s)?.unless.join()).toContain('VLAN filtering parts them (not read)');
  });
});

describe('one of two bridges filters', () => {
  test('the near one: what it sends on in a tag is nobody’s behind it', () => {
    expect(verdict(set(['br-far'], { j1: [carried(10)], 'veth-a': [own(10)] }))).toBe('blocked');
    expect(verdict(set(['br-far'], { j1: [own(10)], 'veth-a': [own(10)] }))).toBe('possible');
  });
  test('the far one: a tag goes past the near one as it is', () => {
    expect(verdict(set(['br-lan'], { j0: [own(1), carried(20)], 'veth-v': [own(20)], 'veth-x': [own(20)] }))).toBe('possible');
    expect(verdict(set(['br-lan'], { j0: [own(1)], 'veth-v': [own(20)] }))).toBe('blocked');
  });
});

describe('rules see the tags that a frame has where they stand', () => {
  const tagged = set(['br-lan'], { j0: [own(1), carried(20)], 'veth-v': [own(20)], 'veth-x': [own(20)] });
  test('one that is needed is seen before the bridge that takes it, and not behind', () => {
    expect(verdict(rules(tagged, 'prerouting', [is('ether', 'type', '8021q'), DROP]))).toBe('blocked');
    expect(verdict(rules(tagged, 'prerouting', [is('vlan', 'id', 20), DROP]))).toBe('blocked');
    expect(verdict(rules(tagged, 'prerouting', [is('vlan', 'id', 21), DROP]))).toBe('possible');
    expect(verdict(rules(tagged, 'postrouting', [{ match: { op: '==', left: { meta: { key: 'oifname' } }, right: 'veth-v' } }, is('ether', 'type', { set: ['8021q', '8021ad'] }), DROP]))).toBe('possible');
  });
  test('a port that carries tags shows one, whatever came in', () => {
    const trunk = set(BOTH, { ...TRUNK, 'veth-a': [own(10)], 'veth-v': [own(10)], 'veth-x': [own(10)] });
    expect(verdict(rules(trunk, 'forward', [{ match: { op: '==', left: { meta: { key: 'oifname' } }, right: 'j1' } }, is('ether', 'type', '8021q'), DROP]))).toBe('blocked');
    expect(verdict(rules(trunk, 'forward', [{ match: { op: '==', left: { meta: { key: 'oifname' } }, right: 'j1' } }, is('ether', 'type', 'arp'), DROP]))).toBe('possible');
  });
  test('a frame that its own VLAN keeps from the victim is no way past a rule for tags', () => {
    const one = set(['br-far', 'br-lan'], { j0: [own(20)], j1: [carried(1), bare(20)], 'veth-a': [own(1), carried(20)], 'veth-v': [own(20)], 'veth-x': [own(20)] });
    expect(verdict(one)).toBe('possible');
    expect(verdict(rules(one, 'prerouting', [{ match: { op: '==', left: { meta: { key: 'iifname' } }, right: 'veth-a' } }, is('ether', 'type', '8021q'), DROP]))).toBe('blocked');
  });
});

describe('a VLAN device of a bridge that filters, as the port of another', () => {
  const down = end('br-far.10', 'br-far', 'br-lan');
  const over: Snapshot = { ...base, interfaces: [...base.interfaces, { ...down, kind: 'vlan', mode: known('10', ''), peer: known('host/br-far', '') }] };
  test('hands on what its bridge hands up in that VLAN', () => {
    expect(verdict(set(['br-far'], { 'br-far': [own(1), carried(10)], 'veth-a': [own(10)] }, over))).toBe('possible');
    expect(verdict(set(['br-far'], { 'br-far': [own(1)], 'veth-a': [own(10)] }, over))).toBe('blocked');
    expect(verdict(set(['br-far'], { 'br-far': [carried(10)], 'veth-a': [own(1)] }, over))).toBe('blocked');
    // A tag of it may stand behind one of VLAN 0, and the bridge takes that one off.
    expect(verdict(set(['br-far'], { 'br-far': [own(1), carried(10)], 'veth-a': [own(1)] }, over))).toBe('possible');
  });
  test('and needs no tag of the sender’s own, so a rule for tags stops nothing', () => {
    const s = set(['br-far'], { 'br-far': [own(1), carried(10)], 'veth-a': [own(10)] }, over);
    expect(verdict(rules(s, 'prerouting', [is('ether', 'type', { set: ['8021q', '8021ad'] }), DROP]))).toBe('possible');
  });
});

test('the world of these tests filters nothing by itself', () => {
  expect(verdict(JOINED)).toBe('possible');
  expect(valueOf(base.interfaces.find((i) => i.name === 'br-lan')?.bridge?.vlanFiltering ?? known(true, ''))).toBe(false);
});
