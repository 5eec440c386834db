import { expect, test } from 'vitest';
import { readNamespace } from './net-namespace.js';

const QDISC = { status: 0, text: '[{"kind":"clsact","dev":"p1","parent":"ffff:fff1"},{"kind":"noqueue","dev":"p2","root":true}]' };

test('filters of tc that a reading cut off did not come to are not read, and not absent', () => {
  expect(readNamespace(new Map([['qdisc', QDISC]]), 'host').tc).toMatchObject({ unknown: 'unsupported' });
  expect(readNamespace(new Map([['qdisc', QDISC], ['filter ingress p1', { status: 0, text: '[]' }]]), 'host').tc).toMatchObject({ value: [] });
});

test('a queue that loses what leaves is told among the filters', () => {
  const qdisc = { status: 0, text: '[{"kind":"netem","handle":"8001:","dev":"p3","root":true,"options":{"loss-random":{"loss":1,"correlation":0}}}]' };
  expect(readNamespace(new Map([['qdisc', qdisc]]), 'host').tc).toMatchObject({ value: [{ dev: 'p3', hook: 'egress', filter: { kind: 'netem' } }] });
});

test('and so is one that swallows all of it', () => {
  const qdisc = { status: 0, text: '[{"kind":"blackhole","handle":"8001:","dev":"p3","root":true,"options":{}},{"kind":"pfifo","dev":"p4","root":true,"options":{"limit":0}},{"kind":"pfifo","dev":"p5","root":true,"options":{"limit":9}}]' };
  expect(readNamespace(new Map([['qdisc', qdisc]]), 'host').tc).toMatchObject({ value: ['p3', 'p4'].map((dev) => ({ dev, hook: 'egress', filter: { kind: 'queue', swallows: true } })) });
});

test('no word of a u32 filter is lost, though tc prints one key several times over', () => {
  const text = '[{"protocol":"all","pref":1,"kind":"u32","options":{"fh":"800::800","match":{"value":"2","mask":"ffff","offmask":"","off":4},"match":{"value":"806","mask":"ffff","offmask":"","off":-4},"actions":[]}}]';
  const read = readNamespace(new Map([['qdisc', QDISC], ['filter ingress p1', { status: 0, text }]]), 'host').tc;
  expect('value' in read && read.value[0]?.filter).toMatchObject({ options: { match: [{ value: '2' }, { value: '806' }] } });
});

test('iptables-legacy is told beside it, in family ip', () => {
  const text = '*filter\n:FORWARD DROP [0:0]\n-A FORWARD -i br0 -o br0 -j DROP\nCOMMIT\n';
  const read = readNamespace(new Map([['nft', { status: 0, text: '{"nftables":[]}' }], ['iptables', { status: 0, text }]]), 'host').nft;
  const is = (key: string) => ({ match: { op: '==', left: { meta: { key } }, right: 'br0' } });
  expect('value' in read && read.value).toEqual([
    { chain: { family: 'ip', table: 'legacy-filter', name: 'FORWARD', hook: 'forward', prio: 0, policy: 'drop' } },
    { rule: { family: 'ip', table: 'legacy-filter', chain: 'FORWARD', expr: [is('iifname'), is('oifname'), { drop: null }] } },
  ]);
});

test('ip6tables-legacy is told like nft’s own, and what cannot be read of it as that', () => {
  const text = '# Generated\n*filter\n:INPUT DROP [0:0]\n:FORWARD ACCEPT [0:0]\n:OWN - [0:0]\n-A INPUT -i lo -j ACCEPT\n-A INPUT -p ipv6-icmp -m icmp6 --icmpv6-type 136 -j OWN\n-A OWN -p tcp -j LOG --log-prefix x\nCOMMIT\n';
  const read = readNamespace(new Map([['nft', { status: 0, text: '{"nftables":[]}' }], ['ip6tables', { status: 0, text }]]), 'host').nft;
  const rule = (chain: string, ...expr: readonly unknown[]) => ({ rule: { family: 'ip6', table: 'legacy-filter', chain, expr } });
  const is = (key: string, right: string) => ({ match: { op: '==', left: { meta: { key } }, right } });
  expect('value' in read && read.value).toEqual([
    { chain: { family: 'ip6', table: 'legacy-filter', name: 'INPUT', hook: 'input', prio: 0, policy: 'drop' } },
    { chain: { family: 'ip6', table: 'legacy-filter', name: 'FORWARD', hook: 'forward', prio: 0, policy: 'accept' } },
    { chain: { family: 'ip6', table: 'legacy-filter', name: 'OWN' } },
    rule('INPUT', is('iifname', 'lo'), { accept: null }),
    rule('INPUT', is('l4proto', 'ipv6-icmp'), { match: { op: '==', left: { payload: { protocol: 'icmpv6', field: 'type' } }, right: 136 } }, { jump: { target: 'OWN' } }),
    rule('OWN', is('l4proto', 'tcp'), { xt: null }),
  ]);
});

test('what nft cannot print of ip6tables’ own tables, its own listing tells', () => {
  const family = (table: string, ...expr: readonly unknown[]) => [{ table: { family: 'ip6', name: table } }, { chain: { family: 'ip6', table, name: 'INPUT', hook: 'input', prio: 0, policy: 'accept' } }, { rule: { family: 'ip6', table, chain: 'INPUT', expr } }];
  const text = JSON.stringify({ nftables: [...family('filter', { xt: { type: 'match', name: 'icmp6' } }, { drop: null }), ...family('own', { drop: null })] });
  const saved = '# Generated\n*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p ipv6-icmp -m icmp6 --icmpv6-type 136 -j DROP\nCOMMIT\n';
  const told = (more: readonly (readonly [string, { readonly status: number; readonly text: string }])[]): string => JSON.stringify(readNamespace(new Map([['nft', { status: 0, text }], ...more]), 'host').nft);
  expect(told([])).toContain('"xt"');
  expect(told([['ip6tables nft', { status: 1, text: '' }]])).toContain('"xt"');
  const both = told([['ip6tables nft', { status: 0, text: saved }]]);
  expect(both).not.toContain('"xt"');
  expect(both).toContain('"right":136');
  expect(both).toContain('"table":"own"');
  expect(both.match(/"hook":"input"/g)?.length).toBe(2);
});

test('what a tool keeps in nft stands behind a line that says so', () => {
  const read = readNamespace(new Map([['ip', { status: 0, text: '[]\n[]\n[]' }], ['arptables nft', { status: 0, text: '# Generated\n*filter\n:INPUT ACCEPT\n-A INPUT -j mangle -s 10.0.0.1 --mangle-mac-s 02:00:00:00:00:01\n# Completed\n' }], ['ebtables nft', { status: 0, text: '*nat\n:PREROUTING ACCEPT\n-A PREROUTING -p ARP -j redirect \n' }]]), 'host');
  expect(read.arptables).toMatchObject({ value: ['# nft', '*filter', ':INPUT ACCEPT', '-A INPUT -j mangle -s 10.0.0.1 --mangle-mac-s 02:00:00:00:00:01'] });
  expect(read.ebtables).toMatchObject({ value: ['# nft', '*nat', ':PREROUTING ACCEPT', '-A PREROUTING -p ARP -j redirect'] });
  expect(readNamespace(new Map([['ip', { status: 0, text: '[]\n[]\n[]' }], ['arptables nft', { status: 1, text: 'failed' }]]), 'host').arptables).toMatchObject({ unknown: 'unsupported' });
});
