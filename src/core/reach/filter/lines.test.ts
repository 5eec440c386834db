import { describe, expect, test } from 'vitest';
import { arpFrames, ndFrames, type Frame } from '../frames.js';
import { askLines, chainActs, compileLines } from './lines.js';
import type { Spot } from './fields.js';

const A = { mac: '02:00:00:00:00:0a', ip: '10.9.0.10' };
const X = { mac: '02:00:00:00:00:37', ip: '10.9.0.55' };
const frames = [...arpFrames(A, { mac: '02:00:00:00:00:0f', ip: '10.9.0.15' }, X)];
const find = (operation: 1 | 2, tags: number): Frame => frames.find((f) => f.tags.length === tags && f.body.kind === 'arp' && f.body.operation === operation) as Frame;
const AT: Spot = { family: 'bridge', iif: 'pa', oif: 'pv', bridge: 'br0', mine: '02:00:00:00:00:01' };
const fate = (lines: readonly string[], f: Frame, tool: 'ebtables' | 'arptables' = 'ebtables', chain = 'FORWARD') => {
  const r = askLines(compileLines(tool, ['*filter', ':FORWARD ACCEPT', ':INPUT ACCEPT', ...lines]), 'filter', chain, f, AT);
  return r.passes && r.drops ? 'unclear' : r.passes ? 'passes' : 'dropped';
};

test('-p ARP does not see a frame that hides in a tag', () => {
  const rules = ['-A FORWARD -p ARP -j DROP'];
  expect([0, 1, 2].map((t) => fate(rules, find(1, t)))).toEqual(['dropped', 'passes', 'passes']);
  expect(fate([...rules, '-A FORWARD -p 802_1Q -j DROP'], find(1, 1))).toBe('dropped');
});

test('negation is read where ebtables prints it', () => {
  expect(fate([`-A FORWARD -p ARP -i pa --arp-ip-src ! ${A.ip} -j DROP`], find(2, 0))).toBe('dropped');
  expect(fate([`-A FORWARD -p ARP -i pa --arp-ip-src ! ${X.ip} -j DROP`], find(2, 0))).toBe('passes');
  expect(fate([`-A FORWARD -p ARP -i pb --arp-ip-src ! ${A.ip} -j DROP`], find(2, 0))).toBe('passes');
  expect(fate([`-A FORWARD ! -s ${X.mac} -j DROP`], find(2, 0))).toBe('dropped');
});

test('ebtables sees a MAC in a message of hardware type 1 alone, negated or not; arptables in any', () => {
  const [usual, other] = [1, 6].map((h) => frames.find((f) => f.tags.length === 0 && f.body.kind === 'arp' && f.body.hardware === h) as Frame) as [Frame, Frame];
  const guard = [`-A FORWARD -p ARP --arp-ip-src ${X.ip} --arp-mac-src ! ${X.mac} -j DROP`];
  expect([usual, other].map((f) => fate(guard, f))).toEqual(['dropped', 'passes']);
  expect([usual, other].map((f) => fate([`-A FORWARD -p ARP --arp-mac-src ${A.mac} -j DROP`], f))).toEqual(['dropped', 'passes']);
  expect([usual, other].map((f) => fate([`-A INPUT -s ${X.ip} ! --source-mac ${X.mac} -j DROP`], f, 'arptables', 'INPUT'))).toEqual(['dropped', 'dropped']);
});

test('an option that is not known leaves it open', () => {
  expect(fate(['-A FORWARD -p ARP --among-src 02:00:00:00:00:0a=10.9.0.10, -j DROP'], find(2, 0))).toBe('unclear');
});

test('arptables looks at the message, whatever carried it', () => {
  const rules = [`-A INPUT -j DROP -s ${X.ip} ! --src-mac ${X.mac}`];
  expect(fate(rules, find(2, 0), 'arptables', 'INPUT')).toBe('dropped');
  expect(fate(rules, find(2, 1), 'arptables', 'INPUT')).toBe('dropped');
  expect(fate(['-A INPUT -j DROP --opcode 2'], find(1, 0), 'arptables', 'INPUT')).toBe('passes');
});

test('a chain of its own is entered and left again; a policy counts', () => {
  const lines = ['*filter', ':FORWARD DROP', ':PIN RETURN', '-A FORWARD -i pa -j PIN', '-A PIN -p ARP -j ACCEPT'];
  const rules = compileLines('ebtables', lines);
  expect(chainActs(rules, 'filter', 'FORWARD')).toBe(true);
  expect(askLines(rules, 'filter', 'FORWARD', find(1, 0), AT)).toMatchObject({ passes: true, drops: false });
  expect(askLines(rules, 'filter', 'FORWARD', find(1, 1), AT)).toMatchObject({ passes: false, drops: true });
});

test('the policy of a chain of its own is what becomes of a frame at its end', () => {
  const with_ = (policy: string) => [`:PIN ${policy}`, '-A FORWARD -j PIN', '-A FORWARD -j DROP', '-A PIN -p IPv6 -j DROP'];
  expect(['RETURN', 'ACCEPT', 'DROP'].map((p) => fate(with_(p), find(1, 0)))).toEqual(['dropped', 'passes', 'dropped']);
});

test('a frame for another port is otherhost', () => {
  expect(fate(['-A FORWARD --pkttype-type host -j DROP'], find(1, 0))).toBe('passes');
  expect(fate(['-A FORWARD --pkttype-type otherhost -j DROP'], find(1, 0))).toBe('dropped');
});

describe('each option looks at its own place in a frame', () => {
  const V = { mac: '02:00:00:00:00:0f', ip: '10.9.0.15' };
  const tagged = (f: Frame): boolean => f.tags.length > 0;
  const arp = (operation: 1 | 2, over: (f: Frame) => boolean = () => true): Frame => frames.find((f) => !tagged(f) && f.body.kind === 'arp' && f.body.operation === operation && f.body.targetIp === V.ip && over(f)) as Frame;
  const request = arp(1);
  const reply = arp(2);
  const toAll = arp(1, (f) => f.destination === 'ff:ff:ff:ff:ff:ff');
  const toGroup = arp(1, (f) => f.destination === '01:00:5e:00:00:01');
  const grat = frames.find((f) => !tagged(f) && f.body.kind === 'arp' && f.body.targetIp === X.ip) as Frame;
  const inTag = find(1, 1);
  const six = [...ndFrames({ mac: A.mac, ip: 'fd00::a' }, { mac: V.mac, ip: 'fd00::f' }, { mac: X.mac, ip: 'fd00::5' }, { own: null, router: false })];
  const nd = (type: number): Frame => six.find((f) => !tagged(f) && f.body.kind === 'nd' && f.body.type === type) as Frame;
  const ns = nd(135);
  const na = nd(136);
  const drops = (options: string, f: Frame, tool: 'ebtables' | 'arptables' = 'ebtables'): boolean => fate([`-A FORWARD ${options} -j DROP`], f, tool) === 'dropped';

  test.each<readonly [options: string, dropped: readonly Frame[], passed: readonly Frame[]]>([
    ['-p ARP', [request], [ns, inTag]],
    ['-p 0x0806', [request], [ns]],
    ['-p IPv6', [ns, na], [request]],
    ['-p 802_1Q', [inTag], [request]],
    ['-i pa', [request], []],
    ['-i p+', [request], []],
    ['-i q+', [], [request]],
    ['-o pv', [request], []],
    ['-o pa', [], [request]],
    ['--logical-in br0', [request], []],
    ['--logical-out br1', [], [request]],
    ['-s 02:00:00:00:00:0a', [request], []],
    ['-s 2:0:0:0:0:a', [request], []],
    ['-s 02:00:00:00:00:00/ff:ff:ff:ff:ff:00', [request], []],
    ['-s 03:00:00:00:00:00/ff:ff:ff:ff:ff:00', [], [request]],
    ['-d 02:00:00:00:00:0f', [request], [toAll]],
    ['-d Broadcast', [toAll], [request, toGroup]],
    ['-d Multicast', [toAll, toGroup], [request]],
    ['-d Unicast', [request], [toAll]],
    ['-d BGA', [], [request, toAll, toGroup]],
    ['-p ARP --arp-op Request', [request], [reply]],
    ['-p ARP --arp-op 2', [reply], [request]],
    ['-p ARP --arp-op 2:3', [reply], [request]],
    ['-p ARP --arp-htype 1', [request], [arp(1, (f) => f.body.kind === 'arp' && f.body.hardware === 6)]],
    ['-p ARP --arp-ptype 0x0800', [request], []],
    ['-p ARP --arp-ptype ! 0x0800', [], [request]],
    ['-p ARP --arp-ip-src 10.9.0.55', [request], []],
    ['-p ARP --arp-ip-src ! 10.9.0.0/24', [], [request]],
    ['-p ARP --arp-ip-dst 10.9.0.15', [request], [grat]],
    ['-p ARP --arp-mac-src 02:00:00:00:00:0a', [request], []],
    ['-p ARP --arp-mac-dst 02:00:00:00:00:0f', [reply], [toAll]],
    ['-p ARP --arp-gratuitous', [grat], [request]],
    ['-p 802_1Q --vlan-id 0', [inTag], [request]],
    ['-p 802_1Q --vlan-id 5', [], [inTag]],
    ['-p 802_1Q --vlan-encap ARP', [inTag], []],
    ['-p 802_1Q --vlan-encap IPv4', [], [inTag]],
    ['--pkttype-type otherhost', [request], [toAll]],
    ['--pkttype-type broadcast', [toAll], [request]],
    ['-p IPv6 --ip6-src fd00::5', [ns], []],
    ['-p IPv6 --ip6-dst fd00::f', [ns], []],
    ['-p IPv6 --ip6-dst ! fd00::f', [], [ns]],
    ['-p IPv6 --ip6-proto ipv6-icmp', [ns], []],
    ['-p IPv6 --ip6-proto tcp', [], [ns]],
    ['-p IPv6 --ip6-icmp-type neighbour-solicitation', [ns], [na]],
    ['-p IPv6 --ip6-icmp-type 136/0', [na], [ns]],
    ['-p IPv4 --ip-src ! 10.0.0.1', [], [request, ns]],
    ['--arp-ip-src ! 10.9.0.10', [request], [ns]],
    ['-m comment -p ARP', [request], [ns]],
  ])('ebtables %s', (options, dropped, passed) => {
    expect(dropped.map((f) => drops(options, f))).toEqual(dropped.map(() => true));
    expect(passed.map((f) => drops(options, f))).toEqual(passed.map(() => false));
  });
  test.each<readonly [options: string, dropped: readonly Frame[], passed: readonly Frame[]]>([
    ['-s 10.9.0.55', [request, inTag], []],
    ['! -s 10.9.0.55', [], [request]],
    ['-d 10.9.0.15', [request], [grat]],
    ['--opcode 1', [request], [reply]],
    ['--h-type 1', [request], [arp(1, (f) => f.body.kind === 'arp' && f.body.hardware === 6)]],
    ['--h-length 6', [request], []],
    ['--proto-type 0x800', [request], []],
    ['--destination-mac 02:00:00:00:00:0f', [reply], [toAll]],
  ])('arptables %s', (options, dropped, passed) => {
    expect(dropped.map((f) => drops(options, f, 'arptables'))).toEqual(dropped.map(() => true));
    expect(passed.map((f) => drops(options, f, 'arptables'))).toEqual(passed.map(() => false));
  });
  test('a target that answers in another’s name drops, unless it is told to go on', () => {
    expect(fate(['-A FORWARD -p ARP -j arpreply --arpreply-mac 02:00:00:00:00:01'], request)).toBe('dropped');
    expect(fate(['-A FORWARD -p ARP -j arpreply --arpreply-mac 02:00:00:00:00:01 --arpreply-target ACCEPT'], request)).toBe('unclear');
  });
});
