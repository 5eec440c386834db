import { describe, expect, test } from 'vitest';
import type { Json } from '../../model/index.js';
import { arpFrames, ndFrames, stealFrames, TAGGINGS, type Frame } from '../frames.js';
import { ask, compile } from './nft.js';
import type { Spot } from './fields.js';

const A = { mac: '02:00:00:00:00:0a', ip: '10.9.0.10' };
const V = { mac: '02:00:00:00:00:0f', ip: '10.9.0.15' };
const X = { mac: '02:00:00:00:00:37', ip: '10.9.0.55' };
const all = [...arpFrames(A, V, X)];
const plain = (operation: 1 | 2, tags = 0): Frame => all.find((f) => f.tags === TAGGINGS[tags] && f.body.kind === 'arp' && f.body.operation === operation && f.body.targetIp === V.ip) as Frame;
const match = (left: Json, right: Json, op = '=='): Json => ({ match: { op, left, right } });
const meta = (key: string): Json => ({ meta: { key } });
const field = (protocol: string, name: string): Json => ({ payload: { protocol, field: name } });

function fate(family: Spot['family'], exprs: readonly (readonly Json[])[], frame: Frame, policy = 'accept', more: readonly Json[] = []): string {
  const ruleset = compile([
    ...more,
    { chain: { family, table: 't', name: 'c', hook: family === 'bridge' ? 'forward' : 'ingress', prio: 0, policy, dev: 'pa' } },
    ...exprs.map((expr, i): Json => ({ rule: { family, table: 't', chain: 'c', handle: i + 1, expr: [...expr] } })),
  ]);
  const chain = ruleset.base[0];
  if (chain === undefined) throw new Error('no chain');
  const f = ask(ruleset, chain, frame, { family, iif: 'pa', oif: 'pv', bridge: 'br0', mine: '02:00:00:00:00:01' });
  return f.passes && f.drops ? 'unclear' : f.passes ? 'passes' : 'dropped';
}
const DROP: Json = { drop: null };

/** Each was measured on a bridge of Linux 6.18 with the frames in question. */
describe('what a rule does with a tagged frame', () => {
  test.each([
    ['ether type arp', match(field('ether', 'type'), 'arp'), ['dropped', 'passes', 'passes', 'passes']],
    ['meta protocol arp', match(meta('protocol'), 'arp'), ['dropped', 'dropped', 'dropped', 'passes']],
    ['ether type { arp, 8021q }', match(field('ether', 'type'), { set: ['arp', '8021q'] }), ['dropped', 'dropped', 'passes', 'dropped']],
    ['vlan id 0', match(field('vlan', 'id'), 0), ['passes', 'dropped', 'passes', 'dropped']],
    ['vlan type arp', match(field('vlan', 'type'), 'arp'), ['passes', 'dropped', 'passes', 'passes']],
    ['arp operation request', match(field('arp', 'operation'), 'request'), ['dropped', 'passes', 'passes', 'passes']],
  ] as const)('%s in family bridge', (_, expr, fates) => {
    expect([0, 1, 2, 3].map((t) => fate('bridge', [[expr, DROP]], plain(1, t)))).toEqual(fates);
  });

  test('arp operation in family netdev asks for the protocol behind one tag', () => {
    expect([0, 1, 2, 3].map((t) => fate('netdev', [[match(field('arp', 'operation'), 'request'), DROP]], plain(1, t)))).toEqual(['dropped', 'dropped', 'dropped', 'passes']);
  });
});

test('a field that a frame has not ends the rule, also under !=', () => {
  expect(fate('bridge', [[match(field('ip', 'saddr'), '10.0.0.1', '!='), DROP]], plain(1))).toBe('passes');
});

test('rules are asked in order, and an accept goes before a later drop', () => {
  expect(fate('bridge', [[match(meta('iifname'), 'pa'), { accept: null }], [DROP]], plain(1))).toBe('passes');
  expect(fate('bridge', [[match(meta('iifname'), 'pb'), { accept: null }], [DROP]], plain(1))).toBe('dropped');
});

test('what cannot be told is unclear, and what follows for certain is not', () => {
  expect(fate('bridge', [[{ quota: { val: 5, val_unit: 'mbytes' } }, DROP]], plain(1))).toBe('unclear');
  expect(fate('bridge', [[{ xt: { type: 'match', name: 'arp' } }, DROP], [DROP]], plain(1))).toBe('dropped');
  expect(fate('bridge', [[match(meta('cgroup'), 1), DROP]], plain(1), 'drop')).toBe('dropped');
});

test('a jump comes back, a goto does not, a map of verdicts chooses', () => {
  const pin: readonly Json[] = [{ chain: { family: 'bridge', table: 't', name: 'pin' } }, { rule: { family: 'bridge', table: 't', chain: 'pin', handle: 9, expr: [match(field('arp', 'saddr ip'), A.ip, '!='), DROP] } }];
  expect(fate('bridge', [[{ vmap: { key: meta('iifname'), data: { set: [['pa', { jump: { target: 'pin' } }]] } } }]], plain(1), 'accept', pin)).toBe('dropped');
  expect(fate('bridge', [[{ vmap: { key: meta('iifname'), data: { set: [['pb', { jump: { target: 'pin' } }]] } } }]], plain(1), 'accept', pin)).toBe('passes');
  expect(fate('bridge', [[{ goto: { target: 'pin' } }], [DROP]], plain(2, 1), 'accept', pin)).toBe('passes');
  expect(fate('bridge', [[{ jump: { target: 'pin' } }], [DROP]], plain(2, 1), 'accept', pin)).toBe('dropped');
});

test('sets hold tuples, prefixes and ranges', () => {
  const tuple: Json = { concat: [field('arp', 'saddr ether'), field('arp', 'saddr ip')] };
  expect(fate('bridge', [[match(tuple, { set: [{ concat: [A.mac, A.ip] }] }, '!='), DROP]], plain(2))).toBe('dropped');
  expect(fate('bridge', [[match(field('arp', 'saddr ip'), { prefix: { addr: '10.9.0.0', len: 24 } }), DROP]], plain(2))).toBe('dropped');
  expect(fate('bridge', [[match(field('arp', 'saddr ip'), { range: ['10.9.0.1', '10.9.0.20'] }), DROP]], plain(2))).toBe('passes');
});

describe('what one side of a match says', () => {
  const [mac, operation, iif] = [field('ether', 'saddr'), field('arp', 'operation'), meta('iifname')];
  test.each<readonly [left: Json, right: Json, is: string]>([
    [mac, { range: ['02:00:00:00:00:09', '02:00:00:00:00:0b'] }, 'dropped'], [mac, { range: ['02:00:00:00:00:0a', '02:00:00:00:00:0a'] }, 'dropped'], [mac, { range: ['02:00:00:00:00:0b', '02:00:00:00:00:0f'] }, 'passes'], [mac, { range: ['02:00:00:00:00:00', '02:00:00:00:00:09'] }, 'passes'], [mac, '02:00:00:00:00:0A', 'dropped'],
    [operation, { range: [1, 1] }, 'dropped'], [operation, { range: [0, 1] }, 'dropped'], [operation, { range: [2, 4] }, 'passes'], [operation, { range: ['request', 'reply'] }, 'dropped'], [operation, { range: [0, 'lan'] }, 'unclear'], [operation, { range: ['lan', 4] }, 'unclear'], [operation, { range: [1, { odd: 1 }] }, 'unclear'], [operation, { range: [1] }, 'unclear'],
    [operation, '0x1', 'dropped'], [operation, '1', 'dropped'], [operation, '0x2', 'passes'], [operation, 'lan', 'unclear'], [operation, true, 'unclear'], [operation, { prefix: { addr: '1', len: 8 } }, 'unclear'], [operation, { odd: 1 }, 'unclear'], [operation, null, 'unclear'],
    [operation, { elem: { val: 'request', comment: 'x' } }, 'dropped'], [operation, { set: [{ elem: { val: 2 } }, { elem: { val: { range: [0, 1] } } }] }, 'dropped'],
    [iif, 'p*', 'dropped'], [iif, 'q*', 'passes'], [iif, 'p', 'passes'], [iif, { set: ['q*', 'pa'] }, 'dropped'],
    [field('arp', 'saddr ip'), { range: ['10.9.0.55', '10.9.0.55'] }, 'dropped'], [field('arp', 'saddr ip'), { range: ['10.9.0.56', '10.9.0.99'] }, 'passes'], [field('arp', 'saddr ip'), { range: ['10.9.0.100', '10.9.0.200'] }, 'passes'], [field('arp', 'saddr ip'), { range: ['10.9.0.9', '10.9.0.100'] }, 'dropped'],
  ])('%j %j', (left, right, is) => expect(fate('bridge', [[match(left, right), DROP]], plain(1))).toBe(is));
  test('an address of IPv6 in any of its forms', () => {
    const [six] = [...ndFrames({ mac: A.mac, ip: 'fd00::a' }, { mac: V.mac, ip: 'fd00::f' }, { mac: X.mac, ip: 'fd00::5' }, { own: null, router: false })];
    const of = (right: Json) => fate('bridge', [[match(field('ip6', 'saddr'), right), DROP]], six as Frame);
    expect([of('fd00::5'), of('fd00:0:0::5'), of('FD00::5'), of('fd00::6'), of({ prefix: { addr: 'fd00::', len: 8 } }), of({ prefix: { addr: 'fe00::', len: 8 } }), of({ range: ['fd00::4', 'fd00::6'] })]).toEqual(['dropped', 'dropped', 'dropped', 'passes', 'dropped', 'passes', 'dropped']);
  });
  test('the state of what connection tracking may not have seen yet', () => {
    const of = (right: Json) => fate('netdev', [[match({ ct: { key: 'state' } }, right), DROP]], plain(1));
    expect([of('untracked'), of('invalid'), of('new'), of({ set: ['new', 'established'] }), of({ range: [1, 2] })]).toEqual(['unclear', 'unclear', 'passes', 'passes', 'unclear']);
  });
});

test('an extension header hides a neighbour message from ip6 nexthdr, not from meta l4proto', () => {
  const nd = [...ndFrames({ mac: A.mac, ip: 'fd00::a' }, { mac: V.mac, ip: 'fd00::f' }, { mac: X.mac, ip: 'fd00::5' }, { own: null, router: false })];
  const hidden = nd.find((f) => f.body.kind === 'nd' && f.body.extension === 60) as Frame;
  expect(fate('bridge', [[match(field('ip6', 'nexthdr'), 'ipv6-icmp'), DROP]], hidden)).toBe('passes');
  expect(fate('bridge', [[match(meta('l4proto'), 'ipv6-icmp'), DROP]], hidden)).toBe('dropped');
  expect(fate('bridge', [[match(field('icmpv6', 'type'), { set: ['nd-neighbor-advert', 'nd-neighbor-solicit'] }), DROP]], hidden)).toBe('dropped');
});

describe('what looks like a drop and is none', () => {
  test('a quota, a meter and a set that may be full are conditions', () => {
    expect(fate('bridge', [[{ quota: { val: 100, val_unit: 'mbytes', inv: true } }, DROP]], plain(1))).toBe('unclear');
    expect(fate('bridge', [[{ set: { op: 'update', elem: field('ether', 'saddr'), set: '@seen', stmt: [{ limit: { rate: 5, per: 'second' } }] } }, DROP]], plain(1))).toBe('unclear');
    expect(fate('bridge', [[{ meter: { name: 'm', key: field('ether', 'saddr'), stmt: { limit: { rate: 5, per: 'second' } } } }, DROP]], plain(1))).toBe('unclear');
  });

  test('a dormant table is not asked; flags that cannot be read leave it open', () => {
    const flagged = (flags: Json): Json => ({ table: { family: 'bridge', name: 't', flags } });
    expect(compile([flagged('dormant'), { chain: { family: 'bridge', table: 't', name: 'c', hook: 'forward', prio: 0 } }]).base).toEqual([]);
    expect(compile([flagged(['owner', 'dormant']), { chain: { family: 'bridge', table: 't', name: 'c', hook: 'forward', prio: 0 } }]).base).toEqual([]);
    expect(fate('bridge', [[DROP]], plain(1), 'accept', [flagged('owner')])).toBe('dropped');
    expect(fate('bridge', [[DROP]], plain(1), 'accept', [flagged('\u0003g')])).toBe('unclear');
  });

  test('on a bridge a frame for another port is `other`, not `host`', () => {
    expect(fate('bridge', [[match(meta('pkttype'), 'host'), DROP]], plain(1))).toBe('passes');
    expect(fate('bridge', [[match(meta('pkttype'), { set: ['other', 'broadcast'] }), DROP]], plain(1))).toBe('dropped');
    expect(fate('bridge', [[match(meta('pkttype'), 'unicast'), DROP]], { ...plain(1), destination: '02:00:00:00:00:01' })).toBe('dropped');
  });
});

test('a mark that an earlier rule set is seen by a later one', () => {
  const setting: Json = { mangle: { key: meta('mark'), value: 7 } };
  const marked: readonly Json[] = [match(meta('mark'), 7), DROP];
  expect(fate('bridge', [marked], plain(1))).toBe('unclear');
  expect(fate('bridge', [[setting], marked], plain(1))).toBe('dropped');
  expect(fate('bridge', [[match(meta('iifname'), 'pb'), setting], marked], plain(1))).toBe('unclear');
  expect(fate('bridge', [[{ mangle: { key: meta('mark'), value: 8 } }], marked], plain(1))).toBe('passes');
});

test('a router advertisement tells of its sender under its link-local address', () => {
  const local = [...ndFrames({ mac: A.mac, ip: 'fd00::a' }, { mac: V.mac, ip: 'fd00::f' }, { mac: X.mac, ip: 'fe80::5' }, { own: null, router: false })];
  const router = local.find((f) => f.body.kind === 'nd' && f.body.type === 134 && f.tags.length === 0) as Frame;
  const two: Json = match(field('icmpv6', 'type'), { set: ['nd-neighbor-advert', 'nd-neighbor-solicit'] });
  expect(fate('bridge', [[two, DROP]], router)).toBe('passes');
  expect(fate('bridge', [[match(field('icmpv6', 'type'), 'nd-router-advert'), DROP]], router)).toBe('dropped');
  expect(fate('bridge', [[match(field('icmpv6', 'taddr'), 'fe80::5'), DROP]], router)).toBe('passes');
});

describe('what a sender may choose', () => {
  const six = (ip: string, router: boolean): readonly Frame[] => [...ndFrames({ mac: A.mac, ip: 'fd00::a' }, { mac: V.mac, ip: 'fd00::f' }, { mac: X.mac, ip }, { own: 'fd00::a', router })];
  const some = (frames: readonly Frame[], ...exprs: readonly (readonly Json[])[]): boolean => frames.some((f) => fate('bridge', exprs, f) === 'passes');
  const noTags = [match(field('ether', 'type'), { set: ['8021q', '8021ad'] }), DROP];
  const types = (...names: readonly string[]): readonly Json[] => [match(field('icmpv6', 'type'), { set: [...names] }), DROP];

  test('the extension header: a guard has to name all that a neighbour message may carry', () => {
    const headers = (...list: readonly Json[]): readonly Json[] => [match(field('ip6', 'nexthdr'), { set: [...list] }), DROP];
    expect(some(six('fd00::5', false), noTags, headers('ipv6-icmp', 60))).toBe(true);
    expect(some(six('fd00::5', false), noTags, headers('ipv6-icmp', 60, 0))).toBe(true);
    // As nft prints them: `ip` is protocol 0 here.
    expect(some(six('fd00::5', false), noTags, headers('ip', 'ipv6-route', 'ipv6-icmp', 'ipv6-opts'))).toBe(false);
    expect(some(six('fd00::5', false), noTags, headers('ipv6-icmp'), [match({ exthdr: { name: 'dst' } }, true), DROP])).toBe(true);
  });
  test('the group to which it asks instead of the victim itself', () => {
    const toVictim = [match(field('ip6', 'daddr'), 'fd00::f'), ...types('nd-neighbor-solicit')];
    expect(some(six('fd00::5', false), noTags, types('nd-neighbor-advert'), toVictim)).toBe(true);
  });
  test('a router solicitation, to who forwards', () => {
    const guard = types('nd-neighbor-advert', 'nd-neighbor-solicit', 'nd-router-advert');
    expect(some(six('fe80::5', true), noTags, guard)).toBe(true);
    expect(some(six('fe80::5', false), noTags, guard)).toBe(false);
  });
  test('the priority in a tag: a rule that names one stops nothing for certain', () => {
    expect(fate('bridge', [[match(field('vlan', 'pcp'), 0), DROP]], plain(1, 1))).toBe('unclear');
  });
  test('the type of a frame that only carries a stolen MAC', () => {
    const frames = [...stealFrames(A, X)];
    expect(some(frames, [match(field('ether', 'type'), 'ip6', '!='), DROP])).toBe(true);
  });
});

describe('what is compared by order', () => {
  const order = (left: Json, op: string, right: Json, frame = plain(1)): string => fate('bridge', [[match(left, right, op), DROP]], frame);
  const all4 = (left: Json, right: Json, frame?: Frame) => ['<', '<=', '>', '>='].map((op) => order(left, op, right, frame));
  test.each<readonly [string, Json, readonly [below: Json, same: Json, above: Json]]>([
    ['an address, as a number and not as a text', field('arp', 'saddr ip'), ['10.9.0.9', '10.9.0.55', '10.9.0.100']],
    ['a MAC', field('ether', 'saddr'), ['02:00:00:00:00:09', '02:00:00:00:00:0a', '02:00:00:00:00:0b']],
    ['a number', field('arp', 'operation'), [0, 1, 2]],
    ['a name of a number', field('arp', 'operation'), [0, 'request', 'reply']],
  ])('%s', (_, left, [below, same, above]) => {
    expect(all4(left, below)).toEqual(['passes', 'passes', 'dropped', 'dropped']);
    expect(all4(left, same)).toEqual(['passes', 'dropped', 'passes', 'dropped']);
    expect(all4(left, above)).toEqual(['dropped', 'dropped', 'passes', 'passes']);
  });
  test('what is of another kind is not told', () => {
    for (const right of ['fe80::1', 'lan', { prefix: { addr: '10.0.0.0', len: 8 } }] as const) expect(all4(field('arp', 'saddr ip'), right)).toEqual(['unclear', 'unclear', 'unclear', 'unclear']);
    expect(all4(field('arp', 'operation'), 'lan')).toEqual(['unclear', 'unclear', 'unclear', 'unclear']);
    expect(order(field('arp', 'operation'), '=~', 1)).toBe('unclear');
  });
  test('a field under a mask', () => {
    const masked = (left: Json, mask: Json, right: Json) => fate('bridge', [[match({ '&': [left, mask] }, right), DROP]], plain(1));
    expect(masked(field('ether', 'saddr'), 'ff:00:00:00:00:00', '02:00:00:00:00:00')).toBe('dropped');
    expect(masked(field('ether', 'saddr'), 'ff:00:00:00:00:00', '04:00:00:00:00:00')).toBe('passes');
    expect([masked(field('arp', 'operation'), 1, 1), masked(field('arp', 'operation'), 2, 1)]).toEqual(['dropped', 'passes']);
    for (const [left, mask] of [[field('ether', 'saddr'), 255], [field('arp', 'operation'), 'ff:00:00:00:00:00'], [field('arp', 'saddr ip'), '255.0.0.0']] as const) expect(masked(left, mask, 1)).toBe('unclear');
    expect(masked(field('vlan', 'id'), 1, 1)).toBe('passes');
  });
});

describe('what ends a rule', () => {
  const chain = (name: string, ...rules: readonly (readonly Json[])[]): readonly Json[] => [{ chain: { family: 'bridge', table: 't', name } }, ...rules.map((expr): Json => ({ rule: { family: 'bridge', table: 't', chain: name, expr: [...expr] } }))];
  const go = (kind: string, target = 'other'): readonly Json[] => [{ [kind]: { target } }];
  const ARP = match(field('ether', 'type'), 'arp');
  test('a jump comes back where nothing was decided, a goto to the policy', () => {
    const back = chain('other', [match(field('arp', 'operation'), 'reply'), DROP]);
    expect(fate('bridge', [go('jump'), [DROP]], plain(1), 'accept', back)).toBe('dropped');
    expect(fate('bridge', [go('goto'), [DROP]], plain(1), 'accept', back)).toBe('passes');
    expect(fate('bridge', [go('goto')], plain(1), 'drop', back)).toBe('dropped');
    expect(fate('bridge', [go('jump'), [{ accept: null }]], plain(2), 'accept', back)).toBe('dropped');
    expect(fate('bridge', [go('jump'), [DROP]], plain(1), 'accept', chain('other', [{ return: null }], [{ accept: null }]))).toBe('dropped');
    expect(fate('bridge', [go('jump'), [DROP]], plain(1), 'accept', chain('other', [{ accept: null }]))).toBe('passes');
    expect(fate('bridge', [[{ return: null }], [DROP]], plain(1))).toBe('passes');
    expect(fate('bridge', [[{ return: null }]], plain(1), 'drop')).toBe('dropped');
  });
  test('what may or may not be decided there is not told', () => {
    expect(fate('bridge', [go('jump'), [{ accept: null }]], plain(1), 'accept', chain('other', [ARP, { quota: { val: 5, val_unit: 'mbytes' } }, DROP]))).toBe('unclear');
    expect(fate('bridge', [go('jump', 'nowhere')], plain(1))).toBe('unclear');
    expect(fate('bridge', [go('goto', 'nowhere')], plain(1))).toBe('unclear');
    expect(fate('bridge', [go('jump')], plain(1), 'accept', chain('other', go('jump')))).toBe('unclear');
    for (const odd of [{ queue: null }, { tproxy: null }, { xt: { name: 'string' } }]) expect(['unclear', 'passes']).toContain(fate('bridge', [[odd], [{ accept: null }]], plain(1)));
    expect(fate('bridge', [[{ queue: null }], [{ accept: null }]], plain(1))).toBe('unclear');
  });
  test('a reject drops, and of a map the entry that fits decides', () => {
    expect(fate('bridge', [[ARP, { reject: null }]], plain(1))).toBe('dropped');
    const map = (data: Json) => fate('bridge', [[{ vmap: { key: field('arp', 'operation'), data } }]], plain(1));
    expect(map({ set: [['reply', { accept: null }], ['request', DROP]] })).toBe('dropped');
    expect(map({ set: [['request', { accept: null }], ['reply', DROP]] })).toBe('passes');
    expect(map({ set: [['reply', DROP]] })).toBe('passes');
    for (const data of ['@none', 'odd', { set: ['request'] }, { set: [['lan', DROP]] }, { set: [['request', 'drop']] }]) expect(map(data)).toBe('unclear');
    expect(fate('bridge', [[{ vmap: { key: field('vlan', 'id'), data: { set: [[0, DROP]] } } }]], plain(1))).toBe('passes');
    expect(fate('bridge', [[{ vmap: { key: { osf: {} }, data: { set: [['Linux', DROP]] } } }]], plain(1))).toBe('unclear');
  });
});
