import { describe, expect, test } from 'vitest';
import { castSpec, world } from '../../../test/cast/cast.js';
import { known, valueOf, type Json, type NetNamespace, type Snapshot } from '../model/index.js';
import { explain, type Technique, type Verdict } from './index.js';

const NET = { name: 'lan', prefix: '172.20.0', device: 'br-lan' };
const THREE: Snapshot = world({ ...castSpec(3), filters: 'none', networks: [NET], slices: [], talks: [], workloads: ['a', 'v', 'x'].map((name, i) => ({ name, on: { lan: { at: i + 2, veth: `veth-${name}` } } })) });
const container = (name: string) => THREE.containers.find((c) => c.name === name);
const net = (over: Partial<NetNamespace>, s: Snapshot = THREE, key = 'host'): Snapshot => ({ ...s, nets: s.nets.map((n) => (n.key === key ? { ...n, ...over } : n)) });
const said = (s: Snapshot, technique: Technique = 'arp-spoof'): Verdict | undefined => explain(s, container('a')?.id ?? '', container('v')?.id ?? '').find((v) => v.technique === technique)?.verdict;
const unless = (s: Snapshot): readonly string[] => explain(s, container('a')?.id ?? '', container('v')?.id ?? '').find((v) => v.technique === 'arp-spoof')?.unless ?? [];
const own = (name: string) => THREE.interfaces.find((i) => i.net === container(name)?.net && i.kind === 'veth');
const ip = (name: string): string => (own(name) === undefined ? '' : (valueOf((own(name) as NonNullable<ReturnType<typeof own>>).addresses)?.[0]?.split('/')[0] ?? ''));
const mac = (name: string): string => (own(name) === undefined ? '' : (valueOf((own(name) as NonNullable<ReturnType<typeof own>>).mac) ?? ''));

const field = (protocol: string, name: string): Json => ({ payload: { protocol, field: name } });
const is = (left: Json, right: Json, op = '=='): Json => ({ match: { op, left, right } });
const DROP: Json = { drop: null };
const ACCEPT: Json = { accept: null };
const TAGS: readonly Json[] = [is(field('ether', 'type'), { set: ['8021q', '8021ad'] }), DROP];
const inChain = (hook: string, policy: string, rules: readonly (readonly Json[])[], more: readonly Json[] = []): readonly Json[] => [
  ...more, { chain: { family: 'bridge', table: 't', name: 'c', hook, prio: 0, policy } },
  ...rules.map((expr, i): Json => ({ rule: { family: 'bridge', table: 't', chain: 'c', handle: i + 1, expr } })),
];
const nft = (policy: string, rules: readonly (readonly Json[])[], hook = 'forward', more: readonly Json[] = []): Snapshot => net({ nft: known(inChain(hook, policy, rules, more), 'nft -j list ruleset') });

describe('what a sender writes as it likes', () => {
  test('the one who is asked, and by which MAC, is no mark of a forged message', () => {
    expect(said(nft('accept', [[is(field('arp', 'daddr ip'), { set: [ip('v'), ip('x'), ip('a'), '0.0.0.0'] }), DROP], TAGS]))).toBe('possible');
    expect(said(nft('accept', [[is(field('arp', 'daddr ether'), { set: [mac('v'), 'ff:ff:ff:ff:ff:ff', '00:00:00:00:00:00', '02:bd:00:be:ef:01'] }), DROP], TAGS]))).toBe('possible');
  });
  test('what is let through alone is sent', () => {
    expect(said(nft('drop', [[is(field('arp', 'daddr ip'), '172.20.0.1'), ACCEPT]]))).toBe('possible');
    expect(said(nft('drop', [[is(field('ether', 'saddr'), '02:00:00:00:00:77'), is(field('ether', 'type'), 'arp'), ACCEPT]]))).toBe('possible');
    expect(said(nft('drop', [[is({ concat: [field('ether', 'saddr'), field('arp', 'daddr ip')] }, { set: [{ concat: ['02:00:00:00:00:77', '172.20.0.99'] }] }), ACCEPT]]))).toBe('possible');
  });
  test('what stands above or below a value is sent from its other side', () => {
    for (const [op, edge] of [['>', '172.20.0.0'], ['>=', '172.20.0.1'], ['<', '172.20.0.99'], ['<=', '172.20.0.98']] as const) {
      const zero = [is(field('arp', 'daddr ip'), '0.0.0.0'), DROP];
      expect([op, said(nft('accept', [zero, [is(field('arp', 'daddr ip'), edge, op), DROP], TAGS]))]).toEqual([op, 'possible']);
      expect([op, said(nft('accept', [[is(field('arp', 'saddr ip'), edge, op), DROP], TAGS]))]).toEqual([op, 'blocked']);
    }
    expect(said(nft('drop', [[is(field('ether', 'saddr'), 'fe:ff:ff:ff:ff:f0', '>'), is(field('ether', 'type'), 'arp'), ACCEPT]]))).toBe('possible');
  });
  test('what it claims is not its to choose', () => {
    expect(said(nft('drop', [[is(field('arp', 'saddr ip'), ip('a')), ACCEPT]]))).toBe('blocked');
    expect(said(nft('accept', [[is(field('arp', 'saddr ip'), { set: [ip('x'), '172.20.0.1'] }), DROP], TAGS]))).toBe('blocked');
  });
  test('a stolen MAC is announced by anything, to anybody', () => {
    const deaf = (s: Snapshot): Snapshot => ({ ...s, interfaces: s.interfaces.map((i) => (i.bridge === null ? i : { ...i, bridge: { ...i.bridge, learnsLocal: known(false, '') } })) });
    const others = [is({ meta: { key: 'iifname' } }, 'veth-a', '!='), ACCEPT];
    const steal = (...expr: readonly Json[]) => said(deaf(nft('drop', [others, [...expr, ACCEPT]], 'prerouting')), 'mac-steal');
    expect(steal(is(field('ip', 'protocol'), 'gre'))).toBe('possible');
    expect(steal(is(field('ether', 'type'), 0x88cc))).toBe('possible');
    expect(steal(is(field('ether', 'daddr'), '02:00:00:00:00:78'))).toBe('possible');
    expect(steal(is(field('arp', 'saddr ip'), '172.20.0.50'))).toBe('possible');
    expect(steal(is(field('ether', 'saddr'), mac('a')))).toBe('blocked');
  });
  test('a stolen MAC is announced to a group that the bridge keeps for itself, which its own rules never see', () => {
    const pinned = [is({ meta: { key: 'iifname' } }, 'veth-a'), is(field('ether', 'saddr'), mac('a'), '!='), DROP];
    const told = (learnsLocal: boolean | undefined, s: Snapshot): readonly [Verdict | undefined, number] => {
      const all = { ...s, interfaces: s.interfaces.map((i) => (i.bridge === null ? i : { ...i, bridge: { ...i.bridge, learnsLocal: learnsLocal === undefined ? undefined : known(learnsLocal, '') } })) };
      const v = explain(all, container('a')?.id ?? '', container('v')?.id ?? '').find((x) => x.technique === 'mac-steal');
      return [v?.verdict, v?.unless.length ?? 0];
    };
    const rules = [nft('accept', [pinned], 'prerouting'), net({ ebtables: known(['*nat', ':PREROUTING ACCEPT', `-A PREROUTING -i veth-a -s ! ${mac('a')} -j DROP`], 'ebtables-save') }), net({ ebtables: known(['*broute', ':BROUTING ACCEPT', `-A BROUTING -i veth-a -s ! ${mac('a')} -j DROP`], 'ebtables-save') })];
    for (const s of rules) expect([told(true, s), told(false, s), told(undefined, s)]).toEqual([['possible', 0], ['blocked', 0], ['possible', 1]]);
    // What stands at the port itself is asked of every frame.
    const atPort = net({ nft: known([{ chain: { family: 'netdev', table: 't', name: 'c', hook: 'ingress', prio: 0, policy: 'accept', dev: 'veth-a' } }, { rule: { family: 'netdev', table: 't', chain: 'c', handle: 1, expr: pinned } }], '') });
    expect(told(true, atPort)).toEqual(['blocked', 0]);
  });
  test('ebtables is asked in the same way', () => {
    const eb = (...lines: readonly string[]) => net({ ebtables: known(['*filter', ':FORWARD DROP', ...lines.map((l) => `-A FORWARD ${l} -j ACCEPT`)], 'ebtables-save') });
    expect(said(eb('-p ARP --arp-ip-dst 172.20.0.1'))).toBe('possible');
    expect(said(eb('-p ARP -s 2:0:0:0:0:77'))).toBe('possible');
    expect(said(eb(`-p ARP --arp-ip-src ${ip('a')}`))).toBe('blocked');
    expect(said(net({ ebtables: known(['*nat', ':PREROUTING DROP', '-A PREROUTING -i ! veth-a -j ACCEPT', '-A PREROUTING -p IPv4 --ip-src 10.9.9.9 -j ACCEPT'], 'ebtables-save') }), 'mac-steal')).toBe('possible');
  });
});

describe('a set that packets add to', () => {
  const set: Json = { set: { family: 'bridge', table: 't', name: 'seen', type: 'ipv4_addr', flags: ['timeout'], timeout: 3600 } };
  const pinned = [is(field('arp', 'saddr ip'), '@seen', '!='), DROP];
  test('holds whoever speaks', () => {
    const learn: readonly Json[] = [is(field('ether', 'type'), 'arp'), { set: { op: 'add', elem: field('arp', 'saddr ip'), set: '@seen' } }];
    expect(said(nft('accept', [learn, pinned, TAGS], 'forward', [set]))).toBe('possible');
  });
  test('one that nobody adds to holds what is in it', () => {
    expect(said(nft('accept', [pinned, TAGS], 'forward', [set]))).toBe('blocked');
  });
});

describe('several addresses', () => {
  const second = (name: string, address: string): Snapshot => ({ ...THREE, interfaces: THREE.interfaces.map((i) => (i.id === own(name)?.id ? { ...i, addresses: known([...(valueOf(i.addresses) ?? []), address], 'ip -j addr') } : i)) });
  test('each of the impersonated one is claimed', () => {
    const s = net({ nft: known(inChain('forward', 'accept', [[is(field('arp', 'saddr ip'), ip('x')), DROP], TAGS]), '') }, second('x', '172.20.0.200/24'));
    expect(said(s)).toBe('possible');
  });
  test('one that the victim holds for good is not', () => {
    const s = net({ neighbours: known([{ ip: '172.20.0.200', mac: mac('x'), dev: 'eth0', state: 'PERMANENT' }], '') }, second('x', '172.20.0.200/24'), container('v')?.net ?? '');
    const guarded = net({ nft: known(inChain('forward', 'accept', [[is(field('arp', 'saddr ip'), ip('x')), DROP], [is(field('arp', 'saddr ip'), '172.20.0.1'), DROP], TAGS]), '') }, s);
    expect(said(guarded)).toBe('blocked');
  });
});

describe('the bytes of a frame', () => {
  const word = (base: string, offset: number, len: number): Json => ({ payload: { base, offset, len } });
  test('a rule on raw payload is judged like one on a field', () => {
    const saysOther = [is(word('nh', 112, 32), 0xac140002, '!='), DROP];
    expect(said(nft('accept', [saysOther, TAGS]))).toBe('blocked');
    expect(said(nft('accept', [[is(word('nh', 48, 16), 2), DROP], TAGS]))).toBe('possible');
    expect(said(nft('accept', [[is(word('ll', 96, 16), 0x0806), DROP]]))).toBe('possible');
  });
  test('what nobody looks at is the sender’s to choose, also where its bytes are compared', () => {
    const targets = [0xac140002, 0xac140003, 0xac140004, 0xac140001, 0, 0xffffffff];
    const dropped = nft('accept', [...targets.map((ip): readonly Json[] => [is(word('nh', 192, 32), ip), DROP]), TAGS]);
    expect(said(dropped)).toBe('possible');
    expect(unless(dropped)).not.toEqual([]);
    // The Ethernet source as well; not what the message says of its sender.
    expect(said(nft('accept', [[is(word('ll', 48, 48), 0x02427c230002), DROP], TAGS]))).toBe('possible');
  });
  test('connection tracking has a state for them and nothing else', () => {
    const state = { ct: { key: 'state' } };
    expect(said(nft('drop', [[is(state, ['established', 'related'], 'in'), ACCEPT]]))).toBe('blocked');
    expect(unless(nft('accept', [[is(state, 'invalid', 'in'), DROP]]))).toEqual([]);
    expect(said(nft('accept', [[is(state, 'untracked', 'in'), DROP]]))).toBe('blocked');
    // Before it has come by, they are invalid.
    const early = (prio: number, right: string) => said(net({ nft: known(inChain('prerouting', 'accept', [[is(state, right, 'in'), DROP]]).map((o): Json => (typeof o === 'object' && o !== null && 'chain' in o ? { chain: { ...(o['chain'] as object), prio } } : o)), 'nft') }));
    expect([early(-300, 'invalid'), early(-300, 'untracked'), early(0, 'invalid'), early(0, 'untracked')]).toEqual(['blocked', 'possible', 'possible', 'blocked']);
    expect(early(-200, 'invalid')).toBe('possible');
    expect(said(nft('drop', [[is({ ct: { key: 'mark' } }, 1), ACCEPT]]))).toBe('blocked');
  });
  test('what traces or schedules a frame does nothing to it', () => {
    expect(said(nft('accept', [[{ mangle: { key: { meta: { key: 'nftrace' } }, value: 1 } }]]))).toBe('possible');
    expect(unless(nft('accept', [[{ mangle: { key: { meta: { key: 'priority' } }, value: 1 } }]]))).toEqual([]);
  });
});

describe('what comes of it', () => {
  const forward = (policy: string, ...rules: readonly (readonly Json[])[]): Snapshot =>
    net({
      sysctls: known({ 'net.bridge.bridge-nf-call-iptables': '1' }, ''),
      nft: known([{ chain: { family: 'ip', table: 'filter', name: 'FORWARD', hook: 'forward', prio: 0, policy } }, ...rules.map((expr, i): Json => ({ rule: { family: 'ip', table: 'filter', chain: 'FORWARD', handle: i + 1, expr } }))], 'nft -j list ruleset'),
    });
  const reads = (s: Snapshot) => explain(s, container('a')?.id ?? '', container('v')?.id ?? '').find((v) => v.technique === 'arp-spoof')?.reads;
  const within: readonly Json[] = [is({ meta: { key: 'iifname' } }, 'br-lan'), is({ meta: { key: 'oifname' } }, 'br-lan')];
  test('its packets do not come where iptables drops what is between ports', () => {
    expect(reads(forward('accept', [...within, DROP]))).toBe('no');
    expect(reads(forward('drop', [...within, ACCEPT]))).toBe('yes');
    expect(reads(forward('drop', [{ xt: { type: 'match', name: 'conntrack' } }, ACCEPT], [...within, ACCEPT]))).toBe('yes');
  });
});

describe('tc', () => {
  const tc = (...filters: readonly Json[]): Snapshot => net({ tc: known(filters.map((filter) => ({ dev: 'veth-a', hook: 'ingress' as const, filter })), 'tc -j filter show') });
  const rule = (kind: string, options: Json, protocol = 'all', pref = 1): Json => ({ protocol, pref, kind, chain: 0, options });
  const gact: Json = { kind: 'gact', control_action: { type: 'drop' } };
  const isolated = (s: Snapshot): Snapshot => ({ ...s, interfaces: s.interfaces.map((i) => (i.port === null ? i : { ...i, port: { ...i.port, isolated: known(true, '') } })) });
  const mirror = (to: string, direction = 'egress'): Json => ({ kind: 'mirred', mirred_action: 'mirror', direction, to_dev: to, control_action: { type: 'pipe' } });
  test('all words of a u32 filter have to be there', () => {
    const op2: Json = { value: '2', mask: 'ffff', offmask: '', off: 4 };
    const arp: Json = { value: '806', mask: 'ffff', offmask: '', off: -4 };
    expect(said(tc(rule('u32', { match: [op2, arp], actions: [gact] })))).toBe('possible');
    expect(said(tc(rule('u32', { match: { value: '0', mask: '0', offmask: '', off: 0 }, actions: [gact] })))).toBe('blocked');
  });
  test('a word is read where it is', () => {
    const mine: Json = { value: 'ac140002', mask: 'ffffffff', offmask: '', off: 14 };
    const s = tc(rule('u32', { match: mine, actions: [{ kind: 'gact', control_action: { type: 'pass' } }] }, 'arp', 1), rule('matchall', { actions: [gact] }, 'all', 2));
    // The sender's address: 14 bytes into an ARP message.
    expect(said(s)).toBe('blocked');
    expect(said(tc(rule('u32', { match: { ...mine, off: 24 }, actions: [gact] })))).toBe('possible');
  });
  test('words of what nobody looks at stop nothing for certain', () => {
    const target = (value: string, n: number): Json => rule('u32', { match: { value, mask: 'ffffffff', offmask: '', off: 24 }, actions: [gact] }, 'all', n + 1);
    expect(said(tc(...['ac140002', 'ac140003', 'ac140004', 'ac140001', '0', 'ffffffff'].map(target)))).toBe('possible');
    // A word of which the part that is compared says something is no such.
    expect(said(tc(rule('u32', { match: { value: '0', mask: '0', offmask: '', off: 24 }, actions: [gact] })))).toBe('blocked');
  });
  test('a mark set before a drop does not soften it', () => {
    expect(said(tc(rule('matchall', { actions: [{ kind: 'skbedit', mark: 3, control_action: { type: 'pipe' } }, gact] })))).toBe('blocked');
  });
  test('frames sent out at the victim’s port go past the bridge', () => {
    expect(said(isolated(THREE))).toBe('blocked');
    expect(said(isolated(tc(rule('matchall', { actions: [mirror('veth-v')] }))))).toBe('possible');
    expect(said(isolated(tc(rule('matchall', { actions: [mirror('veth-x')] }))))).toBe('blocked');
    expect(said(isolated(tc(rule('matchall', { actions: [mirror('br-lan')] }))))).toBe('unknown');
  });
  test('a port whose queue loses all hears nothing, and one that loses some does', () => {
    const netem = (loss: number) => net({ tc: known([{ dev: 'veth-v', hook: 'egress' as const, filter: { kind: 'netem', options: { 'loss-random': { loss, correlation: 0 } } } }], 'tc -j qdisc show') });
    expect([said(netem(1)), said(netem(0.5)), said(netem(1), 'mac-steal')]).toEqual(['blocked', 'possible', 'possible']);
  });
  test('a program at the attacker’s port may send its frames anywhere', () => {
    expect(said(isolated(tc(rule('bpf', { id: 7 }))))).toBe('unknown');
  });
});

test('tc lets a kind of IP through: a stolen MAC is announced with that', () => {
  const act = (type: string): { readonly [key: string]: Json } => ({ actions: [{ order: 1, kind: 'gact', control_action: { type }, prob: { random_type: 'none', control_action: { type: 'pass' }, val: 0 } }] });
  const tc = (keys: { readonly [key: string]: Json }, protocol = 'ip'): Snapshot => net({ tc: known([
    { dev: 'veth-a', hook: 'ingress', filter: { protocol, pref: 1, kind: 'flower', chain: 0, options: { ...act('pass'), keys } } },
    { dev: 'veth-a', hook: 'ingress', filter: { protocol: 'all', pref: 2, kind: 'matchall', chain: 0, options: act('drop') } },
  ], 'tc -j filter show') });
  for (const keys of [{ ip_proto: 'tcp' }, { ip_proto: '89' }, { src_ip: '10.77.0.1' }, { dst_ip: '10.77.0.0/16' }]) expect([keys, said(tc(keys), 'mac-steal'), said(tc(keys))]).toEqual([keys, 'possible', 'blocked']);
  for (const arp_op of ['request', 'reply']) expect(said(tc({ arp_op }, 'arp'), 'mac-steal')).toBe('possible');
});

test('ebtables lets a kind of IP through before the bridge learns: a stolen MAC is announced with that', () => {
  const deaf: Snapshot = { ...THREE, interfaces: THREE.interfaces.map((i) => (i.bridge === null ? i : { ...i, bridge: { ...i.bridge, learnsLocal: known(false, '') } })) };
  const ebtables = (rule: string): Snapshot => net({ ebtables: known(['*nat', ':PREROUTING DROP', '-A PREROUTING -i ! veth-a -j ACCEPT', `-A PREROUTING ${rule} -j ACCEPT`], 'ebtables-save') }, deaf);
  for (const rule of ['-p IPv6 --ip6-proto tcp', '-p IPv6 --ip6-proto 89', '-p IPv6 --ip6-src fd00::7', '-p IPv6 --ip6-dst fd00::/64', '-p IPv4 --ip-proto tcp', '-p IPv4 --ip-src 10.77.0.1', '-p ARP --arp-op Reply', '-p LENGTH', '-p Length']) expect([rule, said(ebtables(rule), 'mac-steal')]).toEqual([rule, 'possible']);
  for (const rule of ['-p IPv6 --ip6-proto tcp', '-p IPv4']) expect([rule, said(ebtables(rule))]).toEqual([rule, 'blocked']);
  // What has a length for its type is neither ARP nor IP.
  for (const rule of ['-p ! LENGTH', '-p LENGTH']) expect([rule, said(ebtables(rule), 'mac-steal')]).toEqual([rule, 'possible']);
});
