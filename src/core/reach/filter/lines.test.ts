import { expect, test } from 'vitest';
import { arpFrames, type Frame } from '../frames.js';
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
