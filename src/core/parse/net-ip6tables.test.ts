import { expect, test } from 'vitest';
import { ndFrames, type Frame } from '../reach/frames.js';
import { ask, compile } from '../reach/filter/nft.js';
import { parseIp6tables } from './net-ip6tables.js';

const A = { mac: '02:00:00:00:00:0a', ip: 'fe80::a' };
const frames = [...ndFrames(A, { mac: '02:00:00:00:00:0f', ip: 'fd00::f' }, { mac: '02:00:00:00:00:37', ip: 'fe80::37' }, { own: 'fd00::a', router: false })];
const of = (type: number): Frame => frames.find((f) => f.body.kind === 'nd' && f.body.type === type && f.body.extension === null) as Frame;
const fate = (rules: readonly string[], f: Frame, policy = 'ACCEPT'): string => {
  const ruleset = compile(parseIp6tables(['*filter', `:INPUT ${policy} [0:0]`, ':PIN - [0:0]', ...rules, 'COMMIT'].join('\n'), 'ip6', ''));
  const chain = ruleset.base[0];
  if (chain === undefined) throw new Error('no chain');
  const { passes, drops } = ask(ruleset, chain, f, { family: 'ip6', iif: 'eth0', oif: null, bridge: '', mine: '02:00:00:00:00:0f' });
  return passes && drops ? 'unclear' : passes ? 'passes' : 'dropped';
};

test('a type of ICMPv6 is that type alone', () => {
  const rule = ['-A INPUT -p ipv6-icmp -m icmp6 --icmpv6-type 136 -j DROP'];
  expect([135, 136].map((t) => fate(rule, of(t)))).toEqual(['passes', 'dropped']);
  expect([135, 136].map((t) => fate(['-A INPUT -p ipv6-icmp -m icmp6 ! --icmpv6-type 136 -j DROP'], of(t)))).toEqual(['dropped', 'passes']);
  expect(fate(['-A INPUT -p ipv6-icmp -m icmp6 --icmpv6-type 136/0 -j DROP'], of(136))).toBe('unclear');
});
test('hop limits, MACs, addresses, interfaces and states are read', () => {
  expect(fate(['-A INPUT -p ipv6-icmp -m hl --hl-eq 255 -j DROP'], of(135))).toBe('dropped');
  expect(fate(['-A INPUT -p ipv6-icmp -m hl --hl-lt 255 -j DROP'], of(135))).toBe('passes');
  expect(fate(['-A INPUT -m mac --mac-source 02:00:00:00:00:0A -j DROP'], of(135))).toBe('dropped');
  expect(fate(['-A INPUT -m mac ! --mac-source 02:00:00:00:00:0A -j DROP'], of(135))).toBe('passes');
  expect(fate(['-A INPUT -s fe80::/10 -j DROP'], of(135))).toBe('dropped');
  expect(fate(['-A INPUT -s fe80::37/128 -i eth+ -j DROP'], of(135))).toBe('dropped');
  expect(fate(['-A INPUT ! -i eth0 -j DROP'], of(135))).toBe('passes');
  expect(fate(['-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT'], of(135), 'DROP')).toBe('dropped');
  expect(fate(['-A INPUT -m state --state UNTRACKED -j ACCEPT'], of(135), 'DROP')).toBe('passes');
});
test('a port is of other messages, a comment of none', () => {
  expect(fate(['-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT', '-A INPUT -p udp -m udp --dport 53 -j ACCEPT'], of(135), 'DROP')).toBe('dropped');
  expect(fate(['-A INPUT -m comment --comment "no \\"neighbours\\" -j ACCEPT" -j DROP'], of(135))).toBe('dropped');
});
test('chains are entered and left, and what is not known is not told', () => {
  expect(fate(['-A INPUT -p ipv6-icmp -j PIN', '-A PIN -m icmp6 --icmpv6-type 135 -j RETURN', '-A PIN -j DROP'], of(136))).toBe('dropped');
  expect(fate(['-A INPUT -p ipv6-icmp -g PIN', '-A PIN -p ipv6-icmp -m icmp6 --icmpv6-type 135 -j RETURN', '-A PIN -j DROP', '-A INPUT -j DROP'], of(135))).toBe('passes');
  expect(fate(['-A INPUT -m rt --rt-type 0 -j DROP'], of(135))).toBe('unclear');
  expect(fate(['-A INPUT -j ODD', '-A INPUT -j DROP'], of(135))).toBe('dropped');
  expect(fate(['-A INPUT -m rt --rt-type 0'], of(135))).toBe('passes');
});
test('a table is named by a prefix, and one that is no hook’s is only entered', () => {
  expect(JSON.stringify(parseIp6tables('*mangle\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT'))).toBe('[{"chain":{"family":"ip6","table":"legacy-mangle","name":"INPUT","hook":"input","prio":-150,"policy":"accept"}},{"chain":{"family":"ip6","table":"legacy-mangle","name":"OUTPUT"}}]');
});
