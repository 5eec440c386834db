import { describe, expect, test } from 'vitest';
import type { Json } from '../../model/index.js';
import { arpFrames, ndFrames, stealFrames, type Frame } from '../frames.js';
import { look, type Seen, type Spot } from './fields.js';

const A = { mac: '02:00:00:00:00:0a', ip: '10.9.0.10' };
const V = { mac: '02:00:00:00:00:0f', ip: '10.9.0.15' };
const X = { mac: '02:00:00:00:00:37', ip: '10.9.0.55' };
const tags = (f: Frame): string => f.tags.map((t) => t.protocol.toString(16)).join();
const arps = [...arpFrames(A, V, X)];
const arp = (tagging = ''): Frame => arps.find((f) => tags(f) === tagging && f.body.kind === 'arp' && f.body.targetIp === V.ip) as Frame;
const nds = [...ndFrames({ ...A, ip: 'fd00::a' }, { ...V, ip: 'fd00::f' }, { ...X, ip: 'fe80::5' }, { own: null, router: true })];
const nd = (type: number, tagging = '', extension: number | null = null): Frame => nds.find((f) => tags(f) === tagging && f.body.kind === 'nd' && f.body.type === type && f.body.extension === extension) as Frame;
const steals = [...stealFrames(A, X)];
const carrier = (name: string): Frame => steals.find((f) => f.name === name) as Frame;

const spot = (family: Spot['family'], over: Partial<Spot> = {}): Spot => ({ family, iif: 'pa', oif: 'pv', bridge: 'br0', mine: '02:00:00:00:00:01', ...over });
const seen = (left: Json, f: Frame, at: Spot, inTag = false): string | number | boolean => {
  const s: Seen = look(left, f, at, inTag, { mark: 3 });
  return typeof s === 'object' ? s.value : s;
};
const meta = (key: string): Json => ({ meta: { key } });
const field = (protocol: string, name: string): Json => ({ payload: { protocol, field: name } });
const bridge = spot('bridge');
const netdev = spot('netdev');
const ONE = '8100';
const TWO = '8100,8100';

describe('meta', () => {
  test.each<readonly [key: string, f: Frame, at: Spot, is: string | number]>([
    ['iifname', arp(), bridge, 'pa'], ['oifname', arp(), bridge, 'pv'], ['oifname', arp(), spot('bridge', { oif: null }), ''],
    ['ibrname', arp(), bridge, 'br0'], ['ibrname', arp(), spot('netdev', { bridge: '' }), 'none'],
    ['obrname', arp(), bridge, 'br0'], ['obrname', arp(), spot('bridge', { oif: null }), ''], ['obrname', arp(), spot('netdev', { bridge: '' }), 'none'],
    ['protocol', arp(), bridge, 0x0806], ['protocol', arp(ONE), bridge, 0x0806], ['protocol', arp(TWO), bridge, 0x8100], ['protocol', nd(135, TWO), spot('ip6'), 0x86dd], ['protocol', nd(135, TWO), spot('inet'), 0x86dd], ['protocol', arp(TWO), spot('arp'), 0x0806],
    ['nfproto', nd(135), spot('inet'), 'ipv6'], ['nfproto', carrier('IP packet'), spot('inet'), 'ipv4'], ['nfproto', arp(), bridge, 'none'],
    ['l4proto', nd(135), bridge, 58], ['l4proto', nd(135, '', 60), bridge, 58], ['l4proto', nd(135, ONE), bridge, 58], ['l4proto', nd(135, TWO), bridge, 'none'],
    ['l4proto', nd(135, TWO), spot('ip6'), 58], ['l4proto', nd(135, TWO), spot('inet'), 58], ['l4proto', carrier('IP packet'), bridge, 17], ['l4proto', arp(), bridge, 'none'],
    ['pkttype', arp(), bridge, 'other'], ['pkttype', arp(), spot('netdev', { mine: null }), 'host'], ['pkttype', arp(), spot('bridge', { mine: V.mac }), 'host'],
    ['iif', arp(), bridge, 'pa'], ['oif', arp(), bridge, 'pv'], ['bri_iifname', arp(), bridge, 'br0'], ['bri_oifname', arp(), bridge, 'br0'], ['oiftype', arp(), bridge, 'ether'],
    ['pkttype', { ...arp(), destination: '01:00:5e:00:00:01' }, bridge, 'multicast'], ['pkttype', { ...arp(), destination: 'ff:ff:ff:ff:ff:ff' }, bridge, 'broadcast'],
    ['mark', arp(), bridge, 3], ['iiftype', arp(), bridge, 'ether'], ['cpu', arp(), bridge, 'unknown'],
  ])('%s', (key, f, at, is) => expect(seen(meta(key), f, at)).toBe(is));
});

describe('fields', () => {
  test.each<readonly [protocol: string, name: string, f: Frame, at: Spot, is: string | number]>([
    ['ether', 'saddr', arp(), bridge, A.mac], ['ether', 'daddr', arp(), bridge, V.mac], ['ether', 'type', arp(ONE), bridge, 0x8100],
    ['vlan', 'id', arp(ONE), bridge, 0], ['vlan', 'type', arp(ONE), bridge, 0x0806], ['vlan', 'type', arp(TWO), bridge, 0x8100], ['vlan', 'pcp', arp(ONE), bridge, 'unknown'], ['vlan', 'id', arp('88a8'), bridge, 'none'],
    ['arp', 'operation', arp(), bridge, 1], ['arp', 'htype', arp(), bridge, 1], ['arp', 'ptype', arp(), bridge, 0x0800], ['arp', 'hlen', arp(), bridge, 6], ['arp', 'plen', arp(), bridge, 4],
    ['arp', 'saddr ip', arp(), bridge, X.ip], ['arp', 'daddr ip', arp(), bridge, V.ip], ['arp', 'saddr ether', arp(), bridge, A.mac],
    ['arp', 'saddr ip', arp(ONE), bridge, 'none'], ['arp', 'saddr ip', arp(ONE), netdev, X.ip], ['arp', 'saddr ip', arp(TWO), netdev, 'none'], ['arp', 'saddr ip', arp(TWO), spot('arp'), X.ip], ['arp', 'saddr ip', nd(135), bridge, 'none'],
    ['arp', 'daddr ether', arp(), bridge, '00:00:00:00:00:00'], ['arp', 'odd', arp(), bridge, 'unknown'], ['ether', 'odd', arp(), bridge, 'unknown'], ['arp', 'saddr ip', carrier('IP packet'), spot('arp'), 'none'],
    ['ip6', 'flowlabel', nd(135), bridge, 'unknown'], ['ip6', 'hoplimit', carrier('IPv6 packet'), bridge, 'unknown'], ['ip', 'hdrlength', carrier('IP packet'), bridge, 'unknown'], ['ip6', 'nexthdr', carrier('IPv6 packet'), bridge, 17], ['ip6', 'saddr', arp(), spot('inet'), 'none'],
    ['ip6', 'saddr', nd(135), bridge, 'fe80::5'], ['ip6', 'daddr', nd(135), bridge, 'fd00::f'], ['ip6', 'version', nd(135), bridge, 6], ['ip6', 'hoplimit', nd(135), bridge, 255],
    ['ip6', 'nexthdr', nd(135), bridge, 58], ['ip6', 'nexthdr', nd(135, '', 0), bridge, 0], ['ip6', 'nexthdr', nd(135, '', 43), bridge, 43],
    ['ip6', 'saddr', nd(135, ONE), bridge, 'unknown'], ['ip6', 'saddr', nd(135, ONE), netdev, 'fe80::5'], ['ip6', 'saddr', nd(135, TWO), bridge, 'none'], ['ip6', 'saddr', nd(135, TWO), spot('ip6'), 'fe80::5'],
    ['ip6', 'saddr', arp(), bridge, 'none'], ['ip6', 'saddr', carrier('IP packet'), bridge, 'none'], ['ip', 'saddr', nd(135), bridge, 'none'],
    ['ip', 'saddr', carrier('IP packet'), bridge, A.ip], ['ip', 'protocol', carrier('IP packet'), bridge, 17], ['ip', 'version', carrier('IP packet'), bridge, 4], ['ip6', 'saddr', carrier('IPv6 packet'), bridge, 'fe80::bd'],
    ['icmpv6', 'type', nd(134), bridge, 134], ['icmpv6', 'type', nd(134, '', 60), bridge, 134], ['icmpv6', 'code', nd(136), bridge, 0], ['icmpv6', 'taddr', nd(136), bridge, 'fe80::5'], ['icmpv6', 'taddr', nd(134), bridge, 'none'], ['icmpv6', 'taddr', nd(133), bridge, 'none'],
    ['icmpv6', 'type', nd(135, ONE), bridge, 'none'], ['icmpv6', 'type', arp(), bridge, 'none'], ['icmpv6', 'mtu', nd(135), bridge, 'unknown'],
    ['tcp', 'dport', nd(135), bridge, 'none'], ['udp', 'dport', carrier('IP packet'), bridge, 'unknown'], ['tcp', 'dport', carrier('IP packet'), bridge, 'none'], ['th', 'dport', carrier('IP packet'), bridge, 'unknown'], ['gre', 'flags', arp(), bridge, 'unknown'],
  ])('%s %s', (protocol, name, f, at, is) => expect(seen(field(protocol, name), f, at)).toBe(is));

  test('behind a tag that the rule names, its field is there; behind two it is not', () => {
    expect(seen(field('arp', 'saddr ip'), arp(ONE), bridge, true)).toBe(X.ip);
    expect(seen(field('arp', 'saddr ip'), arp(TWO), bridge, true)).toBe('none');
    expect(seen(field('arp', 'saddr ip'), arp('88a8'), bridge, true)).toBe('none');
    expect(seen(field('arp', 'saddr ip'), arp(), bridge, true)).toBe('none');
  });
  test('an extension header is there or not; one of its fields cannot be told', () => {
    const header = (name: string): Json => ({ exthdr: { name } });
    expect([60, 0, 43].map((h) => ['dst', 'hbh', 'rt'].map((n) => seen(header(n), nd(135, '', h), bridge)))).toEqual([[true, false, false], [false, true, false], [false, false, true]]);
    expect(seen(header('frag'), nd(135), bridge)).toBe(false);
    expect(seen(header('dst'), arp(), bridge)).toBe('none');
    expect(seen(header('dst'), carrier('IPv6 packet'), bridge)).toBe(false);
    expect(seen({ exthdr: { name: 'dst', field: 'hdrlength' } }, nd(135, '', 60), bridge)).toBe('unknown');
    expect(seen({ exthdr: { name: 'new' } }, nd(135, '', 60), bridge)).toBe('unknown');
  });
  test('connection tracking follows no neighbour message, and what is none of these cannot be told', () => {
    expect(seen({ payload: { base: 'ih', offset: 8, len: 32 } }, arp(), bridge)).toBe('unknown');
    expect(seen({ ct: { key: 'mark' } }, arp(), bridge)).toBe('none');
  });
  test('the first packet of a connection is new, and nothing else is known of one', () => {
    const of = (key: string, f: Frame, fresh: boolean): unknown => {
      const s = look({ ct: { key } }, f, bridge, false, fresh ? { mark: null, fresh: true } : { mark: null });
      return typeof s === 'object' ? s.value : s;
    };
    const packet = carrier('IP packet');
    expect([of('state', packet, true), of('state', packet, false), of('mark', packet, true), of('state', nd(135), true), of('state', arp(), true), of('state', carrier('frame of no known kind'), true)]).toEqual(['new', 'unknown', 'unknown', 'untracked', 'untracked', 'unknown']);
  });
  test('bytes are read from where they are asked for, whole ones alone', () => {
    const bytes = (base: string, offset: number, len: number, f: Frame, at: Spot = bridge) => seen({ payload: { base, offset, len } }, f, at);
    expect(bytes('nh', 112, 32, arp())).toBe(0x0a090037);
    expect(bytes('ll', 96, 16, arp())).toBe(0x0806);
    expect([bytes('ll', 96, 16, arp(ONE)), bytes('ll', 128, 16, arp(ONE))]).toEqual([0x8100, 0x0806]);
    // In family bridge and netdev the network header is behind the first tag, whatever comes then.
    for (const at of [bridge, netdev]) expect([bytes('nh', 48, 16, arp(), at), bytes('nh', 48, 16, arp(ONE), at), bytes('nh', 16, 16, arp(TWO), at)]).toEqual([1, 1, 0x0806]);
    expect([bytes('nh', 48, 16, arp(TWO), spot('arp')), bytes('nh', 48, 8, nd(135, TWO), spot('ip6'))]).toEqual([1, 58]);
    for (const [base, offset, len] of [['nh', 4, 16], ['nh', 48, 4], ['nh', 48, 0], ['nh', 0, 56], ['ih', 0, 16]] as const) expect([base, offset, len, bytes(base, offset, len, arp())]).toEqual([base, offset, len, 'unknown']);
    expect(bytes('nh', 8, 48, arp())).toBe(0x010800060400);
    expect(bytes('nh', 800, 32, arp())).toBe('none');
    // A transport’s header is behind what extends the network’s, and ARP has none; behind two tags it is not found.
    expect([bytes('th', 0, 8, nd(135)), bytes('th', 0, 8, nd(136, ONE)), bytes('th', 0, 8, nd(135, TWO)), bytes('th', 0, 8, arp())]).toEqual([135, 136, 'none', 'none']);
    expect([bytes('nh', 0, 8, carrier('IP packet')), bytes('ll', 0, 8, carrier('frame of no known kind'))]).toEqual(['unknown', 'unknown']);
    expect([look('odd', arp(), bridge, false, { mark: null }), look({ osf: {} }, arp(), bridge, false, { mark: null })]).toEqual(['unknown', 'unknown']);
  });
});
