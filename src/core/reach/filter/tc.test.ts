import { describe, expect, test } from 'vitest';
import type { Json } from '../../model/index.js';
import { arpFrames, ndFrames, stealFrames, type Frame } from '../frames.js';
import type { Compared } from './fields.js';
import { askTc } from './tc.js';

const [plain] = [...arpFrames({ mac: '02:00:00:00:00:0a', ip: '10.9.0.10' }, { mac: '02:00:00:00:00:0f', ip: '10.9.0.15' }, { mac: '02:00:00:00:00:37', ip: '10.9.0.55' })];
const gact = (type: string, more: { readonly [key: string]: Json } = {}, prob: Json = { random_type: 'none', control_action: { type: 'pass' }, val: 0 }): Json => ({ actions: [{ order: 1, kind: 'gact', control_action: { type, ...more }, prob }] });
const filter = (options: Json, over: { readonly [key: string]: Json } = {}): Json => ({ protocol: 'all', pref: 1, kind: 'matchall', chain: 0, options, ...over });

function fate(...filters: readonly Json[]): string {
  const f = askTc(filters.map((x) => ({ dev: 'pa', hook: 'ingress' as const, filter: x })), 'pa', 'ingress', plain as Frame);
  return f.opaque === true && f.passes && f.drops ? 'program' : f.passes && f.drops ? 'unclear' : f.passes ? 'passes' : 'dropped';
}

test('a filter that drops everything does, and one after it is not asked', () => {
  expect(fate(filter(gact('drop')))).toBe('dropped');
  expect(fate(filter(gact('pass')), filter(gact('drop'), { pref: 2 }))).toBe('passes');
  expect(fate(filter(gact('drop'), { pref: 2 }), filter(gact('pass')))).toBe('passes');
});

test('a filter of another chain is asked only where an action goes to that chain', () => {
  const away = filter(gact('drop'), { chain: 5 });
  expect(fate(away)).toBe('passes');
  expect(fate(filter(gact('goto', { chain: 5 })), away)).toBe('dropped');
  expect(fate(filter(gact('goto', { chain: 6 })), away)).toBe('passes');
});

test('a chain that is gone to ends what stands after the filter that goes there', () => {
  expect(fate(filter(gact('goto', { chain: 6 })), filter(gact('drop'), { pref: 2 }))).toBe('passes');
});

test('what came in at another device is not met, and on the way out it is not known where it came in', () => {
  const from = (indev: string, kind: string): Json => filter({ indev, ...(gact('drop') as object), ...(kind === 'u32' ? { match: { value: '0', mask: '0', off: 0 } } : {}) } as Json, { kind });
  for (const kind of ['flower', 'u32']) {
    expect([fate(from('pa', kind)), fate(from('pb', kind))]).toEqual(['dropped', 'passes']);
    const out = askTc([{ dev: 'pa', hook: 'egress', filter: from('pa', kind) }], 'pa', 'egress', plain as Frame);
    expect([out.passes, out.drops]).toEqual([true, true]);
  }
});

test('what may be dropped in a chain that is gone to, may be; chains that go round stop nothing for certain', () => {
  const inner = (options: Json, over: { readonly [key: string]: Json } = {}) => fate(filter(gact('goto', { chain: 5 })), filter(options, { chain: 5, ...over }));
  expect(inner(gact('drop', {}, { random_type: 'netrand', control_action: { type: 'drop' }, val: 2 }))).toBe('unclear');
  expect(inner({ bpf_name: 'guard' }, { kind: 'bpf' })).toBe('program');
  expect(inner(gact('goto', { chain: 5 }))).toBe('unclear');
  expect(fate(filter(gact('goto', { chain: 5 })), filter({ ...(gact('drop') as object), keys: { arp_op: 'reply' } } as Json, { chain: 5, kind: 'flower' }), filter(gact('drop'), { chain: 5, pref: 2 }))).toBe('dropped');
  // One that is gone to by some alone leaves what stands after it.
  expect(fate(filter({ ...(gact('goto', { chain: 5 }) as object), keys: { enc_key_id: 1 } } as Json, { kind: 'flower' }), filter(gact('pass'), { chain: 5 }), filter(gact('drop'), { pref: 2 }))).toBe('unclear');
});

test('a policer lets by what fits in its bucket, and never what does not', () => {
  const police = (over: { readonly [key: string]: Json }, ...more: readonly Json[]) => fate(filter({ actions: [{ kind: 'police', burst: 10_000, mtu: 2048, control_action: { type: 'drop' }, ...over }, ...more] }));
  const drop: Json = { kind: 'gact', control_action: { type: 'drop' } };
  expect(police({})).toBe('passes');
  expect(police({ conform_action: { type: 'pass' } }, drop)).toBe('passes');
  expect(police({ conform_action: { type: 'pipe' } }, drop)).toBe('dropped');
  for (const little of [{ burst: 10 }, { mtu: 20 }]) expect(police({ ...little, conform_action: { type: 'pipe' } })).toBe('dropped');
  // What a frame counts is not sure to the byte; other measures are not followed, nor other ends.
  for (const odd of [{ burst: 60 }, { burst: 0 }, { burst: null }, { avrate: 100 }, { peakrate: 100 }, { pkts_rate: 5 }, { conform_action: { type: 'reclassify' } }, { burst: 10, control_action: { type: 'continue' } }]) expect([odd, police(odd)]).toEqual([odd, 'unclear']);
  expect(police({ mtu: 0 })).toBe('passes');
});

test('a mark that tc sets is seen by what comes after', () => {
  const mark = (edit: { readonly [key: string]: Json }, kind = 'matchall'): number | null => {
    const carried = { mark: 0 as number | null };
    askTc([{ dev: 'pa', hook: 'ingress', filter: filter({ actions: [{ kind: 'skbedit', control_action: { type: 'pipe' }, ...edit }] }, { kind }) }], 'pa', 'ingress', plain as Frame, carried);
    return carried.mark;
  };
  expect([mark({ mark: 7 }), mark({ priority: '1:1' }), mark({ mark: 7, mask: '0xff' }), mark({ mark: 7 }, 'route')]).toEqual([7, 0, null, null]);
  expect(fate(filter({ actions: [{ kind: 'skbedit', ptype: 'host', control_action: { type: 'pipe' } }] }))).toBe('unclear');
});

test('a filter with no match of its own is for all of its protocol', () => {
  expect([fate(filter(gact('drop'), { kind: 'basic' })), fate(filter(gact('drop'), { kind: 'basic', protocol: 'ip' }))]).toEqual(['dropped', 'passes']);
  expect(fate(filter({ ematch: 'cmp', ...(gact('drop') as object) } as Json, { kind: 'basic' }))).toBe('unclear');
});

test('an action that is not known, or has none, is told apart', () => {
  const acts = (...actions: readonly Json[]) => fate(filter({ actions: [...actions] }));
  expect(fate(filter({}), filter(gact('drop'), { pref: 2 }))).toBe('passes');
  expect(fate(filter({ actions: [] }), filter(gact('drop'), { pref: 2 }))).toBe('passes');
  expect(acts({ kind: 'mirred', mirred_action: 'redirect', direction: 'egress', to_dev: 'px', control_action: { type: 'stolen' } })).toBe('dropped');
  expect(acts({ kind: 'mirred', mirred_action: 'mirror', direction: 'egress', to_dev: 'px', control_action: { type: 'pipe' } }, { kind: 'gact', control_action: { type: 'drop' } })).toBe('dropped');
  for (const odd of [{ kind: 'police' }, { kind: 'vlan', control_action: { type: 'pipe' } }, { kind: 'gact', control_action: { type: 'trap' } }, { kind: 'gact', control_action: { type: 'stolen' } }, { kind: 'gact', control_action: { type: 'goto' } }, { kind: 'gact' }, 'odd']) expect([odd, acts(odd, { kind: 'gact', control_action: { type: 'drop' } })]).toEqual([odd, 'unclear']);
  expect(acts({ kind: 'gact', control_action: { type: 'ok' } })).toBe('passes');
  expect(acts({ kind: 'gact', control_action: { type: 'shot' } })).toBe('dropped');
});

test('a protocol is asked by its name, its number, or not at all', () => {
  const of = (protocol: Json) => fate(filter(gact('drop'), { protocol }));
  expect([of('arp'), of('ARP'), of('0806'), of('0x0806'), of(0x0806), of('all')]).toEqual(Array.from({ length: 6 }, () => 'dropped'));
  expect([of('ip'), of('802.1Q'), of('802.1ad'), of('88b5'), of(0x0800)]).toEqual(Array.from({ length: 5 }, () => 'passes'));
  expect([of('odd'), of(null)]).toEqual(['unclear', 'unclear']);
});

describe('the words of u32', () => {
  const word = (value: string, mask: string, off: number, f: Frame = plain as Frame, more: { readonly [key: string]: Json } = {}): string => {
    const r = askTc([{ dev: 'pa', hook: 'ingress', filter: filter({ ...(gact('drop') as object), match: { value, mask, off, ...more } } as Json, { kind: 'u32' }) }], 'pa', 'ingress', f);
    return r.passes && r.drops ? 'unclear' : r.passes ? 'passes' : 'dropped';
  };
  const tagged = (n: number): Frame => ({ ...(plain as Frame), tags: Array.from({ length: n }, () => ({ protocol: 0x8100 as const, id: 0 })) });
  test('are counted from the network header, behind the first tag', () => {
    expect([word('10800', 'ffffffff', 0), word('10806', 'ffffffff', 0)]).toEqual(['dropped', 'passes']);
    expect(['10800', '806'].map((value) => word(value, 'ffffffff', value === '806' ? 2 : 0, tagged(1)))).toEqual(['dropped', 'passes']);
    // Behind the first of two is the second.
    expect([word('806', 'ffff', 0, tagged(2)), word('806', 'ffff', 0, tagged(1))]).toEqual(['dropped', 'passes']);
    expect([word('806', 'ffff', -4), word('800', 'ffff', -4)]).toEqual(['dropped', 'passes']);
  });
  test('before the frame and behind its end there are none', () => {
    expect([word('0', 'ff', -16), word('0', 'ff', 400)]).toEqual(['passes', 'passes']);
    expect(word('0', 'ffffffff', 42)).toBe('dropped');
  });
  test('that cannot be read are not told', () => {
    expect([word('x', 'ff', 0), word('0', 'x', 0), word('0', 'ff', Number.NaN), word('10800', 'ffffffff', 0, plain as Frame, { offmask: 'ff00' })]).toEqual(['unclear', 'unclear', 'unclear', 'unclear']);
    expect(word('10800', 'ffffffff', 0, plain as Frame, { offmask: '0000' })).toBe('dropped');
    const other = [...stealFrames({ mac: '02:00:00:00:00:0a', ip: '10.9.0.10' }, { mac: '02:00:00:00:00:37', ip: '10.9.0.55' })];
    const [none, ip] = [other[0] as Frame, other.find((f) => f.body.kind === 'ip') as Frame];
    expect([word('0', 'ff', 0, none), word('45', 'ff', 0, ip), word('800', 'ffff', -4, ip), word('806', 'ffff', -4, ip)]).toEqual(['unclear', 'unclear', 'dropped', 'passes']);
  });
  test('in a table of their own are asked of those frames alone that are sent there', () => {
    const all = { match: { value: '0', mask: '0', off: 0 } };
    const root = (more: { readonly [key: string]: Json }, pref = 1): Json => filter({ fh: '801::800', key_ht: '801', ...all, ...more }, { kind: 'u32', pref });
    const own = filter({ fh: '1::800', key_ht: '1', ...all, ...(gact('drop') as object) }, { kind: 'u32' });
    expect(fate(root(gact('drop') as { readonly [key: string]: Json }))).toBe('dropped');
    expect(fate(own)).toBe('unclear');
    expect(fate(own, root({ link: '1:' }))).toBe('unclear');
    // Who sends them there decides nothing by itself.
    expect(fate(root({ link: '1:' }), root(gact('drop') as { readonly [key: string]: Json }, 2))).toBe('dropped');
  });
  test('all have to be there', () => {
    const both = (second: Json) => fate(filter({ ...(gact('drop') as object), match: [{ value: '10800', mask: 'ffffffff', off: 0 }, second] } as Json, { kind: 'u32' }));
    expect([both({ value: '0', mask: '00000000', off: 0 }), both({ value: '2', mask: 'ffff', off: 4 }), both('odd')]).toEqual(['dropped', 'passes', 'unclear']);
  });
});

test('a drop by chance is none to rely on', () => {
  expect(fate(filter(gact('drop', {}, { random_type: 'netrand', control_action: { type: 'drop' }, val: 2 })))).toBe('unclear');
});

test('a BPF program is told apart from a rule that was not understood', () => {
  expect(fate(filter({ handle: '0x1', bpf_name: 'shot', 'direct-action': true }, { kind: 'bpf' }))).toBe('program');
  expect(fate(filter({ actions: [{ order: 1, kind: 'bpf' }] }))).toBe('program');
  expect(fate(filter({ actions: [{ order: 1, kind: 'mirred' }] }))).toBe('unclear');
});

test('pipe goes to the next action and ends with a pass, continue goes to the next filter', () => {
  const list = (...types: readonly string[]): Json => ({ actions: types.map((type) => ({ order: 1, kind: 'gact', control_action: { type }, prob: { random_type: 'none', control_action: { type: 'pass' }, val: 0 } })) });
  const drop = filter(gact('drop'), { pref: 2 });
  expect(fate(filter(list('pipe', 'drop')))).toBe('dropped');
  expect(fate(filter(list('pipe')), drop)).toBe('passes');
  expect(fate(filter(list('continue', 'pass')), drop)).toBe('dropped');
});

test('flower sees what an ARP message says in hardware type 1 alone, and behind one tag at most', () => {
  const frames = [...arpFrames({ mac: '02:00:00:00:00:0a', ip: '10.9.0.10' }, { mac: '02:00:00:00:00:0f', ip: '10.9.0.15' }, { mac: '02:00:00:00:00:37', ip: '10.9.0.55' })];
  const pin = filter({ ...(gact('drop') as object), keys: { arp_sip: '10.9.0.55' } } as Json, { protocol: 'all', kind: 'flower' });
  const passes = (hardware: number, tags: number): boolean => {
    const f = frames.find((x) => x.body.kind === 'arp' && x.body.hardware === hardware && x.tags.length === tags) as Frame;
    return askTc([{ dev: 'pa', hook: 'ingress', filter: pin }], 'pa', 'ingress', f).passes;
  };
  expect([passes(1, 0), passes(6, 0), passes(1, 2)]).toEqual([false, true, true]);
});

describe('the keys of flower', () => {
  const [A, V, X] = [{ mac: '02:00:00:00:00:0a', ip: '10.9.0.10' }, { mac: '02:00:00:00:00:0f', ip: '10.9.0.15' }, { mac: '02:00:00:00:00:37', ip: '10.9.0.55' }];
  const six = (e: { readonly mac: string }, ip: string) => ({ mac: e.mac, ip });
  const nd = [...ndFrames(six(A, 'fe80::a'), six(V, 'fe80::f'), six(X, 'fe80::37'), { own: null, router: false })];
  const asked = (f: Frame, keys: { readonly [key: string]: Json }, compared: Compared[] = []): string => {
    const fate_ = askTc([{ dev: 'pa', hook: 'ingress', filter: filter({ ...(gact('drop') as object), keys } as Json, { kind: 'flower' }) }], 'pa', 'ingress', f, { mark: null, compared });
    return fate_.passes && fate_.drops ? 'unclear' : fate_.passes ? 'passes' : 'dropped';
  };
  const request = plain as Frame;
  const reply = [...arpFrames(A, V, X)].find((f) => f.body.kind === 'arp' && f.body.operation === 2) as Frame;
  const tagged = (f: Frame, ...ids: readonly number[]): Frame => ({ ...f, tags: ids.map((id) => ({ protocol: 0x8100, id })) });
  const [solicits, advertises, behind] = [135, 136, 135].map((type, n) => nd.find((f) => f.body.kind === 'nd' && f.body.type === type && (f.body.extension !== null) === (n === 2)) as Frame) as [Frame, Frame, Frame];
  const stolen = [...stealFrames(A, X)];
  const [udp, tcp6] = [stolen.find((f) => f.body.kind === 'ip' && f.body.protocol === 17) as Frame, stolen.find((f) => f.body.kind === 'ip' && f.body.protocol === 6 && f.body.source.includes(':')) as Frame];

  test.each<readonly [string, Frame, { readonly [key: string]: Json }, string]>([
    ['an EtherType', request, { eth_type: 'arp' }, 'dropped'], ['another EtherType', request, { eth_type: 'ipv6' }, 'passes'], ['an EtherType by number', request, { eth_type: '0806' }, 'dropped'], ['an unknown word', request, { eth_type: 'odd' }, 'unclear'],
    ['a source', request, { src_mac: A.mac }, 'dropped'], ['another source', request, { src_mac: X.mac }, 'passes'], ['a source under a mask', request, { src_mac: '02:00:00:00:00:00/ff:ff:ff:ff:ff:00' }, 'dropped'], ['a source under another', request, { src_mac: '04:00:00:00:00:00/ff:00:00:00:00:00' }, 'passes'],
    ['a source under bits', request, { src_mac: `${A.mac}/40` }, 'unclear'], ['a destination', request, { dst_mac: V.mac }, 'dropped'], ['another destination', request, { dst_mac: X.mac }, 'passes'],
    ['a request', request, { arp_op: 'request' }, 'dropped'], ['no reply', request, { arp_op: 'reply' }, 'passes'], ['a reply', reply, { arp_op: 'reply' }, 'dropped'], ['no request', reply, { arp_op: 'request' }, 'passes'], ['a reply by number', reply, { arp_op: '2' }, 'dropped'], ['a request by number', reply, { arp_op: '1' }, 'passes'], ['no ARP', solicits, { arp_op: 'request' }, 'passes'],
    ['who is asked', request, { arp_tip: V.ip }, 'dropped'], ['nobody else', request, { arp_tip: X.ip }, 'passes'], ['a network', request, { arp_tip: '10.9.0.0/16' }, 'dropped'], ['who says so', request, { arp_sha: A.mac }, 'dropped'], ['not who says otherwise', request, { arp_sha: X.mac }, 'passes'],
    ['a target', reply, { arp_tha: V.mac }, 'dropped'], ['another target', reply, { arp_tha: X.mac }, 'passes'],
    ...(['arp_tip', 'arp_sha', 'arp_tha', 'ip_proto', 'icmp_type'].map((k): [string, Frame, { readonly [key: string]: Json }, string] => [`${k} in a frame that has none`, stolen[0] as Frame, { [k]: '1' }, 'passes'])),
    ['a tag', tagged(request, 7), { vlan_id: 7 }, 'dropped'], ['another tag', tagged(request, 7), { vlan_id: 8 }, 'passes'], ['no tag', request, { vlan_id: 0 }, 'passes'],
    ['what is in a tag', tagged(request, 7), { vlan_ethtype: 'arp' }, 'dropped'], ['a tag in a tag', tagged(request, 7, 8), { vlan_ethtype: '802.1Q' }, 'dropped'], ['something else in a tag', tagged(request, 7), { vlan_ethtype: 'ip' }, 'passes'], ['nothing in no tag', request, { vlan_ethtype: 'arp' }, 'passes'],
    ['ICMPv6', solicits, { ip_proto: 'icmpv6' }, 'dropped'], ['ICMPv6 by number', solicits, { ip_proto: '58' }, 'dropped'], ['no TCP', solicits, { ip_proto: 'tcp' }, 'passes'], ['what is behind a header', behind, { ip_proto: 'icmpv6' }, 'dropped'], ['what is behind two tags', tagged(solicits, 0, 0), { ip_proto: 'icmpv6' }, 'passes'], ['what is behind one', tagged(solicits, 0), { ip_proto: 'icmpv6' }, 'dropped'],
    ['a type', solicits, { icmp_type: 135 }, 'dropped'], ['another type', solicits, { icmp_type: 136 }, 'passes'], ['a type behind a header', behind, { icmp_type: 135 }, 'dropped'], ['a code', behind, { icmp_code: 0 }, 'dropped'], ['another code', solicits, { icmp_code: 1 }, 'passes'], ['a code of another', udp, { icmp_code: 0 }, 'unclear'], ['a type behind two tags', tagged(solicits, 0, 0), { icmp_type: 135 }, 'passes'], ['a type of IP that says nothing', udp, { icmp_type: 135 }, 'unclear'],
    ['who advertises', advertises, { src_ip: 'fe80::37' }, 'dropped'], ['who advertises, by its old name', advertises, { ipv6_src: 'fe80::/10' }, 'dropped'], ['nobody else', advertises, { src_ip: 'fe80::a' }, 'passes'], ['to whom', solicits, { dst_ip: 'fe80::f' }, 'dropped'], ['to nobody else', solicits, { ipv6_dst: 'fe80::37' }, 'passes'], ['what is hidden in two tags', tagged(solicits, 0, 0), { dst_ip: 'fe80::f' }, 'passes'],
    ['a protocol of IP', udp, { ip_proto: 'udp' }, 'dropped'], ['another', udp, { ip_proto: 'tcp' }, 'passes'], ['a protocol of IPv6', tcp6, { ip_proto: 'tcp' }, 'dropped'], ['a protocol that is not known', udp, { ip_proto: 'odd' }, 'unclear'], ['a source of IP', udp, { src_ip: '10.9.0.0/24' }, 'dropped'], ['a destination of IP', udp, { dst_ip: X.ip }, 'dropped'], ['no other family', udp, { dst_ip: 'fe80::1' }, 'passes'],
    ['a key that is not known', request, { enc_key_id: 1 }, 'unclear'],
  ])('%s', (_, frame, keys, expected) => expect(asked(frame, keys)).toBe(expected));

  test('tell what of a frame is free, so that it is sent as rules let it through', () => {
    const free = (f: Frame, keys: { readonly [key: string]: Json }): readonly string[] => {
      const compared: Compared[] = [];
      asked(f, keys, compared);
      return compared.map((c) => `${c.field} ${c.value}`);
    };
    expect(free(udp, { ip_proto: 'tcp' })).toEqual(['ip protocol 6']);
    expect(free(udp, { src_ip: '10.1.0.0/16', dst_ip: '10.2.0.1' })).toEqual(['ip saddr 10.1.0.0', 'ip daddr 10.2.0.1']);
    expect(free(advertises, { src_ip: 'fe80::a' })).toEqual(['ip saddr fe80::a']);
    expect(free(solicits, { src_ip: 'fe80::a' })).toEqual([]);
    expect(free(request, { arp_tip: V.ip, arp_tha: V.mac, src_mac: A.mac, arp_sip: X.ip })).toEqual([`arp daddr ip ${V.ip}`, `arp daddr ether ${V.mac}`, `ether saddr ${A.mac}`]);
  });
});
