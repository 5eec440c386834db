import { describe, expect, test } from 'vitest';
import { castSpec, world } from '../../../test/cast/cast.js';
import { known, valueOf, type BridgePort, type Json, type NetInterface, type NetNamespace, type Snapshot } from '../model/index.js';
import { explain, type Technique, type Verdict } from './index.js';

const NET = { name: 'lan', prefix: '172.20.0', device: 'br-lan' };
const THREE: Snapshot = world({ ...castSpec(3), filters: 'none', networks: [NET], slices: [], talks: [], workloads: ['a', 'v', 'x'].map((name, i) => ({ name, on: { lan: { at: i + 2, veth: `veth-${name}` } } })) });
const container = (name: string) => THREE.containers.find((c) => c.name === name);
const net = (over: Partial<NetNamespace>, s: Snapshot = THREE, key = 'host'): Snapshot => ({ ...s, nets: s.nets.map((n) => (n.key === key ? { ...n, ...over } : n)) });
const inside = (name: string, over: Partial<NetNamespace>): Snapshot => net(over, THREE, container(name)?.net ?? '');
const bridge = (over: Partial<NonNullable<NetInterface['bridge']>>, s: Snapshot = THREE): Snapshot => ({ ...s, interfaces: s.interfaces.map((i) => (i.bridge === null ? i : { ...i, bridge: { ...i.bridge, ...over } })) });
const port = (name: string, over: Partial<BridgePort>, s: Snapshot = THREE): Snapshot => ({ ...s, interfaces: s.interfaces.map((i) => (i.id === `host/veth-${name}` && i.port !== null ? { ...i, port: { ...i.port, ...over } } : i)) });
const pair = (s: Snapshot, technique: Technique, to: string) => explain(s, container('a')?.id ?? '', container(to)?.id ?? to).find((v) => v.technique === technique);
const said = (s: Snapshot, technique: Technique = 'arp-spoof', to = 'v'): Verdict | undefined => pair(s, technique, to)?.verdict;
/** The verdict, and whether it has reservations. */
const sure = (s: Snapshot, technique: Technique = 'arp-spoof', to = 'v'): string => `${said(s, technique, to) ?? ''}${(pair(s, technique, to)?.unless.length ?? 0) > 0 ? ', unless' : ''}`;
const macOf = (name: string): string => valueOf(THREE.interfaces.find((i) => i.net === container(name)?.net && i.kind === 'veth')?.mac ?? known('', '')) ?? '';
const hostMac = valueOf(THREE.interfaces.find((i) => i.id === 'host/br-lan')?.mac ?? known('', '')) ?? '';

const field = (protocol: string, name: string): Json => ({ payload: { protocol, field: name } });
const meta = (key: string): Json => ({ meta: { key } });
const is = (left: Json, right: Json, op = '=='): Json => ({ match: { op, left, right } });
const from = (name: string, op = '=='): Json => is(meta('iifname'), `veth-${name}`, op);
const DROP: Json = { drop: null };
const ACCEPT: Json = { accept: null };
const EVERY: Json = is(field('ether', 'type'), { set: ['arp', '8021q', '8021ad'] });
const TAGS: readonly Json[] = [is(field('ether', 'type'), { set: ['8021q', '8021ad'] }), DROP];
interface Chained {
  readonly family?: string;
  readonly hook?: string;
  readonly policy?: string;
  readonly prio?: number;
  readonly dev?: string;
  readonly name?: string;
}
const chain = ({ family = 'bridge', hook = 'forward', policy = 'accept', prio = 0, dev, name = 'c' }: Chained, ...rules: readonly (readonly Json[])[]): readonly Json[] => [
  { chain: { family, table: 't', name, hook, prio, policy, ...(dev === undefined ? {} : { dev }) } },
  ...rules.map((expr, i): Json => ({ rule: { family, table: 't', chain: name, handle: i + 1, expr } })),
];
const nft = (...objects: readonly (readonly Json[])[]): Snapshot => net({ nft: known(objects.flat(), 'nft') });

describe('where a device is not known', () => {
  const egress = (...expr: readonly Json[]) => nft(chain({ family: 'netdev', hook: 'egress', dev: 'veth-v' }, [...expr, EVERY, DROP]));
  test('on its way out a frame came in nowhere', () => {
    expect(sure(egress(is(meta('iifname'), 'veth-v')))).toBe('possible');
    expect(sure(egress(is(meta('iifname'), 'veth-v', '!=')))).toBe('blocked');
    expect(sure(egress(is(meta('oifname'), 'veth-v')))).toBe('blocked');
  });
  test('before forwarding it goes out nowhere', () => {
    const before = (op: string) => nft(chain({ hook: 'prerouting' }, [is(meta('oifname'), 'veth-x', op), EVERY, DROP]));
    expect([sure(before('==')), sure(before('!='))]).toEqual(['possible', 'blocked']);
    const bridges = (op: string) => nft(chain({ hook: 'prerouting' }, [is(meta('obrname'), 'br-lan', op), EVERY, DROP]));
    expect([sure(bridges('==')), sure(bridges('!='))]).toEqual(['possible', 'blocked']);
  });
  test('kinds of devices are known', () => {
    const kind = (key: string, right: string) => nft(chain({}, [is(meta(key), right), EVERY, DROP]));
    expect([sure(kind('iifkind', 'veth')), sure(kind('oifkind', 'veth')), sure(kind('iifkind', 'vlan'))]).toEqual(['blocked', 'blocked', 'possible']);
  });
});

describe('a map', () => {
  const vmap = (key: Json, ...entries: readonly Json[]) => nft(chain({}, [EVERY, { vmap: { key, data: { set: entries } } }], [EVERY, DROP]));
  test('has an entry for everybody else, which comes last wherever it is listed', () => {
    for (const rest of ['*', { elem: { val: '*', comment: 'all' } }]) {
      expect(sure(vmap(meta('iifname'), [rest, ACCEPT], ['veth-a', DROP]))).toBe('blocked');
      expect(sure(vmap(meta('iifname'), [rest, ACCEPT], ['veth-b', DROP]))).toBe('possible');
      expect(sure(vmap(field('ether', 'saddr'), [rest, DROP], [macOf('x'), ACCEPT]))).toBe('possible');
    }
  });
  test('may say that the chain goes on', () => {
    expect(sure(vmap(meta('iifname'), ['veth-a', { continue: null }], ['veth-b', ACCEPT]))).toBe('blocked');
  });
  test('that packets add to may hold more than is listed', () => {
    const map: Json = { map: { family: 'bridge', table: 't', name: 'm', type: 'ether_addr', map: 'verdict', flags: ['dynamic'], elem: [] } };
    expect(sure(nft([map], chain({}, [EVERY, { vmap: { key: field('ether', 'saddr'), data: '@m' } }], [EVERY, DROP])))).toBe('possible, unless');
  });
  test('and a set may hold everybody', () => {
    expect(sure(nft([{ set: { family: 'bridge', table: 't', name: 's', type: 'ether_addr', elem: ['*'] } }], chain({}, [EVERY, is(field('ether', 'saddr'), '@s'), DROP])))).toBe('blocked');
  });
});

describe('a mark', () => {
  const mangle = (value: Json): Json => ({ mangle: { key: meta('mark'), value } });
  const marked = (value: Json, right: Json, ...more: readonly Json[]) => nft(chain({ hook: 'prerouting', name: 'p', prio: -300 }, ...more.map((m) => [m]), [mangle(value)]), chain({}, [is(meta('mark'), right), EVERY, DROP]));
  test('is chosen by a map', () => {
    const map = (...entries: readonly Json[]): Json => ({ map: { key: meta('iifname'), data: { set: entries } } });
    expect(sure(marked(map(['veth-a', 7], ['veth-v', 8]), 7))).toBe('blocked');
    expect(sure(marked(map(['veth-v', 7]), 7))).toBe('possible');
    // Where the map has nothing to give the mark stays.
    expect(sure(marked(map(['veth-v', 7]), 3, mangle(3)))).toBe('blocked');
  });
  test('is made of bits', () => {
    expect(sure(marked({ '|': [meta('mark'), 16] }, 16))).toBe('blocked');
    expect(sure(marked({ '|': [{ '&': [meta('mark'), 8] }, 3] }, 3, mangle(4)))).toBe('blocked');
    expect(sure(marked({ '^': [meta('mark'), 6] }, 2, mangle(4)))).toBe('blocked');
    expect(sure(marked({ '^': [meta('mark'), 6] }, 6, mangle(4)))).toBe('possible');
    expect(sure(marked({ '<<': [meta('mark'), 6] }, 6))).toBe('possible, unless');
  });
  test('of ebtables comes before the chains of nft that stand behind it', () => {
    const lines = known(['*nat', ':PREROUTING ACCEPT', '-A PREROUTING -i veth-a -j mark --mark-set 7 --mark-target CONTINUE'], 'ebtables-legacy -L');
    const at = (prio: number) => net({ ebtables: lines }, nft(chain({ hook: 'prerouting', prio }, [is(meta('mark'), 7), EVERY, DROP])));
    expect([-301, -300, 0].map((prio) => sure(at(prio)))).toEqual(['possible', 'blocked', 'blocked']);
  });
});

describe('a condition that its sender meets by going on', () => {
  const limit: Json = { limit: { rate: 5, per: 'second' } };
  test('drops some and lets others through', () => {
    expect(sure(nft(chain({}, [EVERY, limit, DROP])))).toBe('possible');
    expect(sure(nft(chain({ policy: 'drop' }, [EVERY, limit, ACCEPT])))).toBe('possible');
    expect(sure(net({ ebtables: known(['*filter', ':FORWARD ACCEPT', '-A FORWARD -i veth-a --limit 5/sec --limit-burst 5 -j DROP'], '') }))).toBe('possible');
    expect(sure(net({ ebtables: known(['*filter', ':FORWARD DROP', '-A FORWARD -i veth-a --limit 5/sec -j ACCEPT'], '') }))).toBe('possible');
  });
  test('what adds to a set ends its rule where the set may be filled', () => {
    const adds = (elem: Json, more: { readonly [key: string]: Json } = {}) => nft([{ set: { family: 'bridge', table: 't', name: 's', flags: ['dynamic'] } }], chain({}, [EVERY, { set: { op: 'update', elem, set: '@s', ...more } }, DROP]));
    expect(sure(adds(meta('iifname')))).toBe('blocked');
    expect(sure(adds(field('ether', 'saddr')))).toBe('possible, unless');
    expect(sure(adds(meta('iifname'), { stmt: [limit] }))).toBe('possible, unless');
  });
});

describe('what a sender chooses', () => {
  const guard = (...rules: readonly (readonly Json[])[]) => nft(chain({}, ...rules, TAGS));
  test('any group hears it', () => {
    const named = [is(field('ether', 'daddr'), { set: ['ff:ff:ff:ff:ff:ff', { range: ['01:00:5e:00:00:00', '01:00:5e:ff:ff:ff'] }, macOf('v')] }), DROP];
    expect(sure(guard(named))).toBe('possible');
    expect(sure(guard(named, [is({ '&': [field('ether', 'daddr'), '01:00:00:00:00:00'] }, '01:00:00:00:00:00'), DROP]))).toBe('blocked');
  });
  test('whose MAC the message names, which is nobody else’s', () => {
    const vendors = is({ '&': [field('arp', 'saddr ether'), 'ff:ff:ff:00:00:00'] }, '52:54:00:00:00:00', '!=');
    expect(sure(guard([vendors, DROP]))).toBe('possible');
    for (const mac of [macOf('v'), macOf('x'), hostMac]) expect([mac, sure(guard([is(field('arp', 'saddr ether'), mac, '!='), DROP]))]).toEqual([mac, 'blocked']);
  });
  test('not what is in a stretch of MACs that all are dropped of', () => {
    const groups = (len: number): readonly Json[] => [is(field('ether', 'daddr'), { prefix: { addr: '01:00:5e:00:00:00', len } }), DROP];
    const others = [is(field('ether', 'daddr'), { set: ['ff:ff:ff:ff:ff:ff', macOf('v')] }), DROP];
    expect(sure(guard(groups(24), others))).toBe('possible');
    const half = [is(field('ether', 'daddr'), { set: [{ prefix: { addr: '00:00:00:00:00:00', len: 1 } }, { prefix: { addr: '80:00:00:00:00:00', len: 1 } }] }), DROP];
    expect(sure(guard(half))).toBe('blocked');
    expect(sure(guard([is(field('ether', 'daddr'), { prefix: { addr: '01:00:5e:00:00:00', len: 99 } }), DROP], others))).toBe('possible, unless');
  });
  test('how long it is', () => {
    expect(sure(guard([is(meta('length'), 60, '<'), DROP]))).toBe('possible');
    expect(sure(guard([is(meta('length'), 1600, '<'), DROP]))).toBe('blocked');
  });
  test('also of a frame to a group, or one that asks for its own address, where others are dropped for other words', () => {
    const group = nft(chain({ policy: 'drop' }, [is(field('ether', 'saddr'), '02:00:00:00:00:66'), DROP], [is(meta('pkttype'), 'multicast'), is(field('ether', 'saddr'), '02:00:00:00:00:77'), ACCEPT]));
    expect(sure(group)).toBe('possible');
    const itself = net({ ebtables: known(['*filter', ':FORWARD DROP', '-A FORWARD -p ARP --arp-mac-dst 02:00:00:00:00:66 -j DROP', '-A FORWARD -p ARP --arp-gratuitous --arp-mac-dst 02:00:00:00:00:77 -j ACCEPT'], '') });
    expect(sure(itself)).toBe('possible');
  });
});

describe('a stolen MAC is announced', () => {
  const deaf = (s: Snapshot): Snapshot => bridge({ learnsLocal: known(false, '') }, s);
  const pinned = [from('a'), is(field('ether', 'saddr'), macOf('a'), '!='), DROP];
  const before = (...rules: readonly (readonly Json[])[]) => deaf(nft(chain({ hook: 'prerouting' }, ...rules, pinned)));
  test('in the tag of any VLAN, where the bridge does not filter', () => {
    expect(said(before([from('a'), is(field('vlan', 'id'), 10), ACCEPT]), 'mac-steal')).toBe('possible');
    expect(said(before([from('a'), is(field('vlan', 'id'), 4095), ACCEPT]), 'mac-steal')).toBe('blocked');
    const filtering = (s: Snapshot): Snapshot => ({ ...bridge({ vlanFiltering: known(true, '') }, s), interfaces: bridge({ vlanFiltering: known(true, '') }, s).interfaces.map((i) => (i.port === null ? i : { ...i, port: { ...i.port, vlans: known([{ vid: 1, pvid: true, untagged: true }], '') } })) });
    expect(said(filtering(before([from('a'), is(field('vlan', 'id'), 10), ACCEPT])), 'mac-steal')).toBe('blocked');
  });
  test('to the bridge itself', () => {
    expect(said(before([from('a'), is(meta('pkttype'), 'host'), ACCEPT]), 'mac-steal')).toBe('possible');
  });
  test('to more than one link-local group: one of them is dropped, or is shown', () => {
    const atPort = (...mask: readonly Json[]) => nft(chain({ family: 'netdev', hook: 'ingress', dev: 'veth-a', name: 'i' }, [...mask, DROP]), chain({ hook: 'prerouting' }, pinned));
    expect(said(atPort(is(field('ether', 'daddr'), '01:80:c2:00:00:0e')), 'mac-steal')).toBe('possible');
    expect(said(atPort(is({ '&': [field('ether', 'daddr'), 'ff:ff:ff:ff:ff:f0'] }, '01:80:c2:00:00:00')), 'mac-steal')).toBe('blocked');
    const forwarded = (...more: readonly (readonly Json[])[]) => bridge({ groupForward: known(0x4000, '') }, nft(chain({ hook: 'prerouting' }, pinned), ...more));
    expect(said(forwarded(), 'mac-steal')).toBe('possible');
    expect(said(forwarded(chain({ hook: 'input', name: 'i' }, pinned)), 'mac-steal')).toBe('blocked');
    // Without that, LLDP's group is shown to no hook at all.
    expect(said(bridge({ groupForward: known(0, '') }, forwarded(chain({ hook: 'input', name: 'i' }, pinned))), 'mac-steal')).toBe('possible');
  });
  test('and is worth nothing where nothing comes to it', () => {
    const to = (...expr: readonly Json[]) => nft(chain({}, [is(meta('oifname'), 'veth-a'), ...expr, DROP]));
    expect(said(to(), 'mac-steal')).toBe('blocked');
    expect(said(to(is(field('ether', 'type'), 'arp')), 'mac-steal')).toBe('possible');
    expect(said(to())).toBe('possible');
  });
  test('by a locked port to such a group alone', () => {
    const locked = port('a', { locked: known(true, '') });
    const dropping = (right: Json) => ({ ...locked, nets: nft(chain({ family: 'netdev', hook: 'ingress', dev: 'veth-a' }, [is({ '&': [field('ether', 'daddr'), 'ff:ff:ff:ff:ff:f0'] }, right), DROP])).nets });
    for (const technique of ['arp-spoof', 'mac-steal'] as const) {
      expect([technique, said(locked, technique), said(dropping('01:80:c2:00:00:00'), technique), said(dropping('01:80:c2:00:00:10'), technique)]).toEqual([technique, 'possible', 'blocked', 'possible']);
    }
  });
});

describe('what rules write', () => {
  const set = (protocol: string, name: string, value: string, hook = 'prerouting') => nft(chain({ hook, prio: -300 }, [from('a'), { mangle: { key: field(protocol, name), value } }]));
  test('sends a frame elsewhere, or to the victim', () => {
    expect(sure(set('ether', 'daddr', hostMac))).toBe('blocked');
    expect(sure(set('ether', 'daddr', macOf('x')))).toBe('blocked');
    expect(sure(set('ether', 'daddr', macOf('v')))).toBe('possible');
    expect(sure(set('ether', 'daddr', 'ff:ff:ff:ff:ff:ff'))).toBe('possible');
    expect(sure(set('ether', 'daddr', hostMac), 'arp-spoof', 'host')).toBe('possible');
  });
  test('takes from a message what it says, or gives it back its own', () => {
    expect(sure(set('arp', 'saddr ip', '172.20.0.2'))).toBe('possible');
    expect(said(nft(chain({}, [from('a'), { mangle: { key: field('arp', 'saddr ip'), value: '172.20.0.2' } }], TAGS)))).toBe('blocked');
    expect(said(nft(chain({}, [{ mangle: { key: field('arp', 'saddr ether'), value: macOf('x') } }], TAGS)))).toBe('blocked');
    expect(sure(set('ether', 'saddr', macOf('a')), 'mac-steal')).toBe('possible');
    expect(sure(bridge({ learnsLocal: known(false, '') }, set('ether', 'saddr', macOf('a'))), 'mac-steal')).toBe('blocked');
    // Of what is not there nothing is written; what is written elsewhere is not followed.
    expect(sure(set('ip', 'ttl', '7'))).toBe('possible');
    expect(sure(nft(chain({}, [{ mangle: { key: field('arp', 'operation'), value: 'reply' } }], TAGS)))).toBe('possible, unless');
  });
  test('inside the victim as well', () => {
    const arptables = (...lines: readonly string[]) => inside('v', { arptables: known(['*filter', ':INPUT ACCEPT', ...lines], '') });
    expect(sure(arptables(`-A INPUT -j mangle -s 172.20.0.0/24 --mangle-mac-s ${macOf('x')}`))).toBe('blocked');
    expect(sure(arptables(`-A INPUT -j mangle -s 172.20.0.77 --mangle-mac-s ${macOf('x')}`))).toBe('possible');
    // On nft the same is told by its own listing, and nft's is left out.
    const filter: readonly Json[] = [{ table: { family: 'arp', name: 'filter' } }, { chain: { family: 'arp', table: 'filter', name: 'INPUT', hook: 'input', prio: 0, policy: 'accept' } }, { rule: { family: 'arp', table: 'filter', chain: 'INPUT', expr: [{ xt: { type: 'target', name: 'mangle' } }] } }];
    const inNft = (...lines: readonly string[]) => inside('v', { nft: known(filter, 'nft'), arptables: known(['# nft', '*filter', ':INPUT ACCEPT', ...lines], 'arptables-nft-save') });
    const right = `-A INPUT -j mangle -s 172.20.0.0/24 --mangle-mac-s ${macOf('x')}`;
    expect([sure(inNft(right)), sure(inNft(right, '-A INPUT -j DROP --h-type 6'))]).toEqual(['possible', 'blocked']);
  });
});

test('a queue that swallows all stops it like a rule', () => {
  const queue = (dev: string) => net({ tc: known([{ dev, hook: 'egress' as const, filter: { kind: 'queue', queue: 'blackhole', swallows: true } }], 'tc') });
  expect([sure(queue('veth-v')), sure(queue('veth-a'))]).toEqual(['blocked', 'possible']);
  expect(said(queue('veth-a'), 'mac-steal')).toBe('blocked');
});
