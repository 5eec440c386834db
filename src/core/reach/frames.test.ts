import { describe, expect, test } from 'vitest';
import { freshValue, withFree } from './free.js';
import { arpFrames, INVENTED, ndFrames, stealFrames, TAGGINGS, type Frame, type Free } from './frames.js';

const A = { mac: '02:00:00:00:00:0a', ip: '10.0.0.10' };
const V = { mac: '02:00:00:00:00:0b', ip: '10.0.0.11' };
const X = { mac: '02:00:00:00:00:0c', ip: '10.0.0.12' };
const SIX = { a: { ...A, ip: 'fe80::a' }, v: { ...V, ip: 'fe80::b:1234' }, x: { ...X, ip: '2001:db8::c' } };
const values = (frames: Iterable<Frame>, of: (f: Frame) => unknown): readonly unknown[] => [...new Set([...frames].map((f) => JSON.stringify(of(f))))].map((t): unknown => JSON.parse(t));
const different = (frames: Iterable<Frame>): number => values(frames, (f) => ({ ...f, name: '' })).length;
const arp = (f: Frame) => (f.body.kind === 'arp' ? f.body : null);
const nd = (f: Frame) => (f.body.kind === 'nd' ? f.body : null);

describe('forged ARP', () => {
  const all = [...arpFrames(A, V, X)];
  test('is every message by every sender to everybody in every tag, none twice', () => {
    expect(all.length).toBe(6 * 5 * 3 * 2 * 7);
    expect(different(all)).toBe(all.length);
    expect(values(all, (f) => f.tags).length).toBe(7);
    expect(TAGGINGS.filter((t) => t.length === 2).length).toBe(4);
    expect(values(all, (f) => [f.source, arp(f)?.senderMac])).toEqual([[A.mac, A.mac], [INVENTED, INVENTED], [X.mac, A.mac], [A.mac, INVENTED], [INVENTED, A.mac]]);
    expect(values(all, (f) => [arp(f)?.operation, arp(f)?.targetIp])).toEqual([[1, V.ip], [2, V.ip], [1, X.ip], [2, X.ip], [1, A.ip], [2, A.ip]]);
    expect(values(all, (f) => f.destination)).toEqual([V.mac, 'ff:ff:ff:ff:ff:ff', '01:00:5e:00:00:01']);
  });
  test('goes in further tags where those lead to the victim, and its tags are told', () => {
    const more = [...arpFrames(A, V, X, [[{ protocol: 0x8100, id: 10 }]])];
    expect(more.length).toBe((all.length / 7) * 8);
    expect(values(more, (f) => f.tags).at(-1)).toEqual([{ protocol: 0x8100, id: 10 }]);
    expect(values(all, (f) => f.name.replace(/^ARP (\w+ )?(request|reply)( (for|to) a third address)?/, ''))).toEqual(['', ' in a VLAN tag', ' in an 802.1ad tag', ' in two VLAN tags', ' in an 802.1ad and a VLAN tag', ' in a VLAN and an 802.1ad tag', ' in two 802.1ad tags']);
  });
  test('of who has no MAC or address that was read is sent under an invented one, and asks for nobody’s', () => {
    expect(values(arpFrames({ mac: '', ip: '' }, V, X), (f) => [f.source, arp(f)?.senderMac])).toEqual([[INVENTED, INVENTED]]);
    expect(values(arpFrames({ ...A, ip: '' }, V, X), (f) => arp(f)?.targetIp)).toEqual([V.ip, X.ip, '0.0.0.0']);
    expect(values(arpFrames(A, V, { ...X, mac: '' }), (f) => f.source)).toEqual([A.mac, INVENTED]);
  });
});

describe('forged neighbour discovery', () => {
  const frames = (x = SIX.x.ip, ways: Partial<Parameters<typeof ndFrames>[3]> = {}, v = SIX.v) => [...ndFrames(SIX.a, v, { ...X, ip: x }, { own: SIX.a.ip, router: false, ...ways })];
  const kinds = (list: readonly Frame[], type: number) => values(list.filter((f) => nd(f)?.type === type), (f) => [f.destination, nd(f)?.destination]);
  const [EVERYBODY, GROUP] = ['ff02::1', 'ff02::1:ff0b:1234'];
  const BROADCAST = 'ff:ff:ff:ff:ff:ff';
  test('is none twice, behind each extension header and without, by five senders', () => {
    const list = frames();
    expect(different(list)).toBe(list.length);
    expect(values(list, (f) => nd(f)?.extension)).toEqual([null, 60, 0, 43]);
    expect(values(list, (f) => [f.source, nd(f)?.mac]).length).toBe(5);
    expect(values(frames(SIX.x.ip, { few: true }), (f) => [f.source, nd(f)?.mac])).toEqual([[A.mac, A.mac]]);
  });
  test('solicits from the victim, its group and all nodes, by a broadcast too', () => {
    expect(kinds(frames(), 135)).toEqual([[V.mac, SIX.v.ip], ['33:33:ff:0b:12:34', GROUP], ['33:33:00:00:00:01', EVERYBODY], [V.mac, EVERYBODY], [BROADCAST, EVERYBODY], [BROADCAST, SIX.v.ip]]);
    expect(JSON.stringify(kinds(frames(SIX.x.ip, {}, { ...V, ip: '' }), 135)).includes(':ff0')).toBe(false);
  });
  test('advertises to the same, solicited and not, from the one that is impersonated or from an own address', () => {
    expect(kinds(frames(), 136)).toEqual([[V.mac, SIX.v.ip], [BROADCAST, SIX.v.ip], ['33:33:00:00:00:01', EVERYBODY], [V.mac, EVERYBODY], [BROADCAST, EVERYBODY]]);
    const sources = (own: string | null) => values(frames(SIX.x.ip, { own }).filter((f) => nd(f)?.type === 136), (f) => [nd(f)?.source, nd(f)?.solicited]);
    expect(sources(SIX.a.ip)).toEqual([[SIX.x.ip, true], [SIX.x.ip, false], [SIX.a.ip, true], [SIX.a.ip, false]]);
    expect(sources(null)).toEqual([[SIX.x.ip, true], [SIX.x.ip, false]]);
    expect(values(frames(), (f) => [nd(f)?.type, nd(f)?.solicited]).filter((x) => Array.isArray(x) && x[0] !== 136)).toEqual([[135, false]]);
  });
  test('is a router’s only under a link-local address, and asks for routers only a victim that forwards', () => {
    expect(kinds(frames(), 134)).toEqual([]);
    expect(kinds(frames('fe80::c'), 134)).toEqual([[V.mac, SIX.v.ip], [BROADCAST, SIX.v.ip], ['33:33:00:00:00:01', EVERYBODY], [V.mac, EVERYBODY], [BROADCAST, EVERYBODY]]);
    expect(kinds(frames(), 133)).toEqual([]);
    expect(kinds(frames(SIX.x.ip, { router: true }), 133)).toEqual([[V.mac, SIX.v.ip], ['33:33:00:00:00:02', 'ff02::2']]);
  });
});

test('a stolen MAC is announced with anything to anybody: ARP, IP of each kind, or what nobody knows', () => {
  const all = [...stealFrames(A, X)];
  expect(different(all)).toBe(all.length);
  expect(values(all, (f) => f.source)).toEqual([X.mac]);
  expect(values(all, (f) => arp(f)?.operation ?? 0)).toEqual([0, 1, 2]);
  expect(values(all, (f) => f.destination)).toEqual([A.mac, 'ff:ff:ff:ff:ff:ff', '01:00:5e:00:00:01']);
  expect(values(all, (f) => (f.body.kind === 'ip' ? [f.body.source, f.body.protocol] : f.body.kind === 'arp' ? f.body.senderIp : null))).toEqual([null, [A.ip, 17], [A.ip, 6], [A.ip, 1], ['fe80::bd', 17], ['fe80::bd', 6], ['fe80::bd', 58], A.ip, X.ip]);
});

describe('what its sender writes as it likes', () => {
  const first = (frames: Iterable<Frame>, of: (f: Frame) => boolean = () => true): Frame => [...frames].find(of) as Frame;
  const ask = first(arpFrames(A, V, X));
  const told = first(ndFrames(SIX.a, SIX.v, SIX.x, { own: null, router: false }), (f) => nd(f)?.type === 136);
  const asked = first(ndFrames(SIX.a, SIX.v, SIX.x, { own: null, router: false }));
  const steal = (kind: string) => first(stealFrames(A, X), (f) => f.body.kind === kind);
  test.each<[string, Frame, Free, string | number, boolean]>([
    ['the Ethernet source of a message', ask, 'ether saddr', V.mac, true],
    ['no group as a source', ask, 'ether saddr', '01:00:00:00:00:01', false],
    ['not nobody as a source', ask, 'ether saddr', '00:00:00:00:00:00', false],
    ['no name as a MAC', ask, 'ether saddr', 'veth0', false],
    ['not the Ethernet destination', ask, 'ether daddr', X.mac, false],
    ['whom it asks for', ask, 'arp daddr ip', '10.0.0.99', true],
    ['no address of the other family', ask, 'arp daddr ip', 'fe80::1', false],
    ['no word as an address', ask, 'arp daddr ip', 'lan', false],
    ['the target MAC', ask, 'arp daddr ether', V.mac, true],
    ['not what it claims', ask, 'arp saddr ip', '10.0.0.99', false],
    ['whose MAC it names, which has to be one that the sender hears', ask, 'arp saddr ether', '02:00:00:00:00:78', true],
    ['no group that has it', ask, 'arp saddr ether', '03:00:00:00:00:78', false],
    ['any group that hears it', ask, 'ether daddr', '03:00:00:00:00:78', true],
    ['nobody alone that hears it', ask, 'ether daddr', '02:00:00:00:00:78', false],
    ['no group that a bridge keeps for itself', ask, 'ether daddr', '01:80:c2:00:00:03', false],
    ['how long it is', ask, 'length', 300, true],
    ['no shorter than Ethernet has it', ask, 'length', 40, false],
    ['what is there already is no choice', ask, 'ether saddr', A.mac, false],
    ['no number for a MAC', ask, 'ether saddr', 7, false],
    ['who advertises', told, 'ip saddr', 'fe80::77', true],
    ['no group that advertises', told, 'ip saddr', 'ff02::1', false],
    ['not nobody that advertises', told, 'ip saddr', '::', false],
    ['the Ethernet source of an advertisement', told, 'ether saddr', V.mac, true],
    ['not who solicits', asked, 'ip saddr', 'fe80::77', false],
    ['to whom a stolen MAC is shown', steal('other'), 'ether daddr', V.mac, true],
    ['not the MAC that is stolen', steal('other'), 'ether saddr', V.mac, false],
    ['an EtherType that says nothing', steal('other'), 'ether type', 0x88cc, true],
    ['no length as an EtherType', steal('other'), 'ether type', 0x5ff, false],
    ...[0x0806, 0x0800, 0x86dd, 0x8100, 0x88a8].map((type): [string, Frame, Free, number, boolean] => [`not the EtherType ${type}, which says what follows`, steal('other'), 'ether type', type, false]),
    ['no EtherType of what is IP', steal('ip'), 'ether type', 0x88cc, false],
    ['a protocol of IP', steal('ip'), 'ip protocol', 47, true],
    ['a source of IP', steal('ip'), 'ip saddr', '10.9.9.9', true],
    ['a destination of IP', steal('ip'), 'ip daddr', '10.9.9.9', true],
    ['what ARP says beside it', steal('arp'), 'arp saddr ether', V.mac, true],
    ['what ARP says of addresses beside it', steal('arp'), 'arp saddr ip', '10.9.9.9', true],
    ['no protocol in ARP', steal('arp'), 'ip protocol', 47, false],
  ])('%s', (_, frame, field, value, may) => {
    const made = withFree(frame, field, value);
    expect(made !== null).toBe(may);
    if (made === null) return;
    expect(made.chosen).toBe(true);
    // That alone is different.
    const flat = (f: Frame): string => JSON.stringify({ ...f, chosen: true, type: f.type ?? 0 });
    expect(JSON.stringify(made).includes(JSON.stringify(value))).toBe(true);
    expect(values([frame, made], (f) => flat({ ...f })).length).toBe(2);
    const back = field === 'ether type' ? null : withFree(made, field, ([['ether saddr', frame.source], ['ether daddr', frame.destination]] as const).find(([n]) => n === field)?.[1] ?? original(frame, field));
    if (back !== null) expect(flat(back)).toBe(flat(frame));
  });

  test('a value that no rule names is of the kind of what was there', () => {
    expect(freshValue(0x88b5)).toBeGreaterThan(0x5ff);
    expect(freshValue(17)).toBe(253);
    expect(freshValue(255)).toBe(253);
    for (const old of [A.mac, A.ip, 'fe80::a']) expect(withFree(steal('ip'), old === A.mac ? 'ether daddr' : 'ip saddr', freshValue(old)) !== null || old === 'fe80::a').toBe(true);
    expect(freshValue('fe80::a')).toContain('fe80::');
  });
});

function original(f: Frame, field: Free): string | number {
  const b = f.body;
  if (b.kind === 'arp') return { 'arp saddr ether': b.senderMac, 'arp saddr ip': b.senderIp, 'arp daddr ether': b.targetMac, 'arp daddr ip': b.targetIp }[field as string] ?? '';
  if (b.kind === 'ip') return { 'ip saddr': b.source, 'ip daddr': b.destination, 'ip protocol': b.protocol }[field as string] ?? '';
  return b.kind === 'nd' ? b.source : '';
}
