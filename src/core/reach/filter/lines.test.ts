import { describe, expect, test } from 'vitest';
import { arpFrames, ndFrames, stealFrames, type Frame } from '../frames.js';
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
  expect(fate(['-A FORWARD -p ARP --odd 02:00:00:00:00:0a -j DROP'], find(2, 0))).toBe('unclear');
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

describe('what ebtables prints beside the conditions', () => {
  const dropped = (rule: string, more: readonly string[] = []) => fate([...more, `-A FORWARD ${rule}`], find(1, 0));
  test('words of the log end no rule, whatever its prefix says', () => {
    for (const log of ['--log-level notice --log-prefix "" --log-arp', '--log-level notice --log-prefix "x" --log-ip --log-arp --log-ip6', '--log-level notice --log-prefix "no ! -j ACCEPT here"', '--nflog-group 1 --nflog-prefix "x y"', '--ulog-prefix "x y" --ulog-nlgroup 1']) {
      expect([log, dropped(`-p ARP ${log} -j DROP`)]).toEqual([log, 'dropped']);
      expect([log, fate([':FORWARD DROP', `-A FORWARD -p ARP ${log} -j ACCEPT`], find(1, 0))]).toEqual([log, 'passes']);
    }
  });
  test('a rule without an end goes on to the next', () => {
    for (const on of ['-j CONTINUE', '--log-level notice --log-prefix "x" -j CONTINUE', '-j log', '-j nflog --nflog-group 1']) {
      expect([on, dropped('-p ARP -j DROP', [`-A FORWARD -p ARP ${on}`]), dropped('-p IPv6 -j DROP', [`-A FORWARD ${on}`])]).toEqual([on, 'dropped', 'passes']);
    }
  });
  test('what a target does that is not known is not told', () => {
    for (const odd of ['-j odd', '-j odd --to-src 02:00:00:00:00:01']) {
      expect([odd, dropped(odd), dropped('-j DROP', [`-A FORWARD ${odd}`])]).toEqual([odd, 'unclear', 'unclear']);
    }
  });
  test('counters are no condition', () => {
    expect(dropped('-p ARP -c 7 460 -j DROP')).toBe('dropped');
    expect(dropped('-p IPv6 -c 7 460 -j DROP')).toBe('passes');
  });
});

describe('marks', () => {
  const marked = (mark: number | null, ...lines: readonly string[]): string => {
    const r = askLines(compileLines('ebtables', ['*filter', ':FORWARD ACCEPT', ...lines.map((l) => `-A FORWARD ${l}`)]), 'filter', 'FORWARD', find(1, 0), AT, { mark });
    return r.passes && r.drops ? 'unclear' : r.passes ? 'passes' : 'dropped';
  };
  test.each<readonly [word: string, by: readonly (number | null)[], fates: readonly string[]]>([
    ['7', [7, 3, null], ['dropped', 'passes', 'unclear']],
    ['0x7', [7, 0, null], ['dropped', 'passes', 'unclear']],
    ['0x1/0x3', [5, 3, null], ['dropped', 'passes', 'unclear']],
    ['/0x3', [2, 4, null], ['dropped', 'passes', 'unclear']],
    ['! /0x3', [4, 2, 0], ['dropped', 'passes', 'dropped']],
    ['0xf0000000/0xf0000000', [0xf0000001, 1, null], ['dropped', 'passes', 'unclear']],
    ['odd', [0, 7, null], ['unclear', 'unclear', 'unclear']],
    ['/odd', [0, 7, null], ['unclear', 'unclear', 'unclear']],
  ])('--mark %s', (word, by, fates) => expect(by.map((m) => marked(m, `--mark ${word} -j DROP`))).toEqual(fates));
  test('one that is set is seen by later rules, where the target goes on', () => {
    const then = '--mark 7 -j DROP';
    expect(marked(0, '-j mark --mark-set 0x7 --mark-target CONTINUE', then)).toBe('dropped');
    expect(marked(0, '-j mark --mark-set 0x8 --mark-target CONTINUE', then)).toBe('passes');
    expect(marked(0, '-j mark --mark-set 0x7 --mark-target ACCEPT', then)).toBe('passes');
    expect(marked(0, '-j mark --mark-set 0x7', then)).toBe('passes');
    expect(marked(0, '-j mark --mark-set 0x7 --mark-target DROP')).toBe('dropped');
    expect(marked(0, '-j mark --mark-set 0x7 --mark-target RETURN', '-j DROP')).toBe('passes');
    expect(marked(7, '-p IPv6 -j mark --mark-set 0x8 --mark-target CONTINUE', then)).toBe('dropped');
    // A part of it, or a chance of it, leaves it open.
    for (const way of ['or', 'and', 'xor']) expect(marked(7, `-j mark --mark-${way} 0x8 --mark-target CONTINUE`, then)).toBe('unclear');
    expect(marked(7, '--limit 1/sec -j mark --mark-set 0x7 --mark-target CONTINUE', then)).toBe('unclear');
    expect(marked(0, '-j mark --mark-or 0x8 --mark-target ACCEPT', '-j DROP')).toBe('passes');
  });
});

describe('chains of their own', () => {
  const through = (own: readonly string[], after: readonly string[] = [], policy = 'RETURN') => fate([`:PIN ${policy}`, '-A FORWARD -j PIN', ...after.map((l) => `-A FORWARD ${l}`), ...own.map((l) => `-A PIN ${l}`)], find(1, 0));
  test('what may be dropped there, may be', () => {
    expect(through(['--odd 1 -j DROP'])).toBe('unclear');
    expect(through(['--limit 1/sec -j DROP'])).toBe('passes');
    expect(through(['-p ARP -j DROP'])).toBe('dropped');
    expect(through(['-p ARP -j RETURN', '-j DROP'])).toBe('passes');
    expect(through(['-p ARP -j RETURN', '-j DROP'], ['-j DROP'])).toBe('dropped');
    expect(through(['-p IPv6 -j DROP'], ['-p ARP -j DROP'])).toBe('dropped');
    expect(through(['-p ARP -j ACCEPT'], ['-j DROP'])).toBe('passes');
  });
  test('what may have come back before it was decided goes on', () => {
    for (const policy of ['RETURN', 'ACCEPT', 'DROP']) {
      expect([policy, through(['--limit 1/sec -j RETURN', '-j DROP'], [], policy)]).toEqual([policy, 'unclear']);
      expect([policy, through(['--limit 1/sec -j RETURN', '-j ACCEPT'], ['-j DROP'], policy)]).toEqual([policy, 'unclear']);
    }
    expect(through(['--limit 1/sec -j RETURN'], ['-j DROP'], 'ACCEPT')).toBe('unclear');
    expect(through(['--limit 1/sec -j RETURN'], [], 'DROP')).toBe('unclear');
    expect(fate(['-A FORWARD --limit 1/sec -j RETURN', '-A FORWARD -j DROP'], find(1, 0))).toBe('unclear');
    expect(fate([':FORWARD DROP', '-A FORWARD --limit 1/sec -j RETURN', '-A FORWARD -j ACCEPT'], find(1, 0))).toBe('unclear');
  });
  test('one that goes round stops nothing for certain', () => {
    expect(through(['-j PIN'])).toBe('unclear');
  });
  test('those of arptables come back', () => {
    expect(fate([':PIN -', '-A FORWARD -j PIN', '-A PIN --opcode 2 -j DROP', '-A FORWARD -j DROP'], find(1, 0), 'arptables')).toBe('dropped');
    expect(fate([':PIN -', '-A FORWARD -j PIN', '-A PIN --opcode 2 -j DROP'], find(1, 0), 'arptables')).toBe('passes');
  });
  test('who dropped it is told: the first rule that did', () => {
    const by = (lines: readonly string[]) => askLines(compileLines('ebtables', ['*filter', ...lines]), 'filter', 'FORWARD', find(1, 0), AT).by;
    expect(by([':FORWARD ACCEPT', ':PIN RETURN', '-A FORWARD -j PIN', '-A PIN -p ARP -j DROP'])).toBe('ebtables PIN: -p ARP -j DROP');
    expect(by([':FORWARD DROP'])).toBe('ebtables FORWARD, policy DROP');
    expect(by([':FORWARD DROP', '-A FORWARD --odd 1 -j DROP'])).toBe('ebtables FORWARD: --odd 1 -j DROP');
  });
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
  const nsInTag = six.find((f) => tagged(f) && f.body.kind === 'nd' && f.body.type === 135) as Frame;
  const [udp, tcp] = [17, 6].map((protocol) => [...stealFrames(A, X)].find((f) => f.body.kind === 'ip' && f.body.protocol === protocol && !tagged(f)) as Frame) as [Frame, Frame];
  const udpInTag: Frame = { ...udp, tags: [{ protocol: 0x8100, id: 0 }] };
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
    ['-p IPv4 --ip-src 10.9.0.10', [udp], [request, ns]],
    ['-p IPv4 --ip-source ! 10.0.0.1', [udp], [request]],
    ['-p IPv4 --ip-dst 10.9.0.55', [udp], [ns]],
    ['-p IPv4 --ip-destination ! 10.9.0.55', [], [udp, request]],
    ['-p IPv4 --ip-proto udp', [udp], [tcp, request]],
    ['-p IPv4 --ip-protocol ! udp', [tcp], [udp, request]],
    ['--ip-tos 0x10', [], [request, ns]],
    ['--ip-src ! 10.0.0.1', [udp], [request, ns, udpInTag]],
    ['--ip6-proto ! tcp', [ns], [request, udp]],
    ['--ip6-src ! fd00::99', [ns], [request, nsInTag]],
    ['--ip6-source fd00::5', [ns], [request]],
    ['--ip6-destination fd00::f', [ns], [request]],
    ['--ip6-protocol 58', [ns], [request]],
    ['--ip6-icmp-type ! 136', [ns], [na, request]],
    ['--vlan-id ! 5', [inTag], [request]],
    ['--vlan-encap ! IPv4', [inTag], [request]],
    ['-p ARP --arp-op ! Request', [reply], [request, inTag]],
    ['-p ARP --arp-opcode 1:1', [request], [reply]],
    ['-p ARP --arp-op 3:9', [], [request, reply]],
    ['-p ARP --arp-htype ! 1', [arp(1, (f) => f.body.kind === 'arp' && f.body.hardware === 6)], [request, ns]],
    ['-p ARP --arp-ip-dst ! 10.9.0.15', [grat], [request, inTag]],
    ['--arp-ip-src ! 10.9.0.10', [request], [ns, inTag]],
    ['--arp-op ! Request', [reply], [ns, inTag]],
    ['-p ARP --arp-mac-dst ! 02:00:00:00:00:0f', [request], [reply, arp(2, (f) => f.body.kind === 'arp' && f.body.hardware === 6)]],
    ['-p ARP ! --arp-gratuitous', [request], [grat, ns]],
    ['-p ARP ! --arp-gratuitous --arp-op Request', [request], [reply]],
    ['--arp-gratuitous', [grat], [request, ns]],
    ['! -i pb -p ARP', [request], [ns]],
    ['--proto ARP', [request], [ns]],
    ['--protocol ARP', [request], [ns]],
    ['--in-interface pa --out-interface pv', [request], []],
    ['--source 02:00:00:00:00:0a --destination 02:00:00:00:00:0f', [request], [toAll]],
    ['--logical-out br0', [request], []],
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
    ['--destination-mac ! 02:00:00:00:00:0f', [toAll, inTag], [reply]],
    ['--dst-mac 02:00:00:00:00:0f', [reply], [toAll]],
    ['--src 10.9.0.55', [request, inTag], [ns]],
    ['--source 10.9.0.0/24', [request], [ns]],
    ['--dst 10.9.0.15', [request], [grat, ns]],
    ['--destination 10.9.0.15', [request], [grat]],
    ['--hlen 6 --opcode 1', [request], [reply, ns]],
    ['-s 10.9.0.55 -j DROP --set-counters 1 2', [request], [ns]],
  ])('arptables %s', (options, dropped, passed) => {
    expect(dropped.map((f) => drops(options, f, 'arptables'))).toEqual(dropped.map(() => true));
    expect(passed.map((f) => drops(options, f, 'arptables'))).toEqual(passed.map(() => false));
  });
  test('a target that answers in another’s name drops, unless it is told to go on', () => {
    expect(fate(['-A FORWARD -p ARP -j arpreply --arpreply-mac 02:00:00:00:00:01'], request)).toBe('dropped');
    expect(fate(['-A FORWARD -p ARP -j arpreply --arpreply-mac 02:00:00:00:00:01 --arpreply-target ACCEPT'], request)).toBe('passes');
    // It answers questions alone.
    expect(fate(['-A FORWARD -p ARP -j arpreply --arpreply-mac 02:00:00:00:00:01'], find(2, 0))).toBe('passes');
  });
});
