import { describe, expect, test } from 'vitest';
import { arpFrames, ndFrames, stealFrames, type Frame } from '../frames.js';
import type { Carried, Spot } from './fields.js';
import { askLines, compileLines, second } from './lines.js';

const A = { mac: '02:00:00:00:00:0a', ip: '10.9.0.10' };
const V = { mac: '02:00:00:00:00:0f', ip: '10.9.0.15' };
const X = { mac: '02:00:00:00:00:37', ip: '10.9.0.55' };
const frames = [...arpFrames(A, V, X)];
const find = (operation: 1 | 2, tags = 0, over: (f: Frame) => boolean = () => true): Frame => frames.find((f) => f.tags.length === tags && f.body.kind === 'arp' && f.body.operation === operation && over(f)) as Frame;
const AT: Spot = { family: 'bridge', iif: 'pa', oif: null, bridge: 'br0', mine: '02:00:00:00:00:01' };

interface Told {
  readonly fate: string;
  readonly frame: Frame;
  readonly by: string | undefined;
}
const ask = (lines: readonly string[], f: Frame, tool: 'ebtables' | 'arptables' = 'ebtables', table = 'nat'): Told => {
  const carried: Carried = { mark: null };
  const r = askLines(compileLines(tool, ['*nat', ':PREROUTING ACCEPT', ...lines]), table, 'PREROUTING', f, AT, carried);
  return { fate: r.passes && r.drops ? 'unclear' : r.passes ? 'passes' : 'dropped', frame: carried.written?.frame ?? f, by: carried.written?.by };
};
const rule = (text: string, f: Frame, tool?: 'ebtables' | 'arptables'): Told => ask([`-A PREROUTING ${text}`], f, tool);

describe('a target of ebtables', () => {
  test('sends a frame to the bridge itself, or to whom it names', () => {
    expect(rule('-j redirect', find(2))).toMatchObject({ fate: 'passes', frame: { destination: AT.mine } });
    expect(rule('-j redirect --redirect-target DROP', find(2)).fate).toBe('dropped');
    expect(rule('-j dnat --to-dst 2:0:0:0:0:37 --dnat-target ACCEPT', find(2))).toMatchObject({ fate: 'passes', frame: { destination: X.mac }, by: 'ebtables PREROUTING: -j dnat --to-dst 2:0:0:0:0:37 --dnat-target ACCEPT' });
    expect(rule('-p IPv4 -j dnat --to-dst 2:0:0:0:0:37', find(2))).toMatchObject({ frame: { destination: V.mac }, by: undefined });
    expect(rule('-j dnat', find(2)).fate).toBe('unclear');
  });
  test('later rules see what it has written', () => {
    expect(ask(['-A PREROUTING -j dnat --to-dst 2:0:0:0:0:37 --dnat-target CONTINUE', `-A PREROUTING -d ${X.mac} -j DROP`], find(2)).fate).toBe('dropped');
    expect(ask(['-A PREROUTING -j dnat --to-dst 2:0:0:0:0:37', `-A PREROUTING -d ${X.mac} -j DROP`], find(2)).fate).toBe('passes');
    expect(ask([':OWN RETURN', '-A PREROUTING -j OWN', '-A OWN -j dnat --to-dst 2:0:0:0:0:37 --dnat-target RETURN', `-A PREROUTING -d ${X.mac} -j DROP`], find(2)).fate).toBe('dropped');
  });
  test('puts another source in, in an ARP message as well where it is told to', () => {
    expect(rule('-j snat --to-src 2:0:0:0:0:99 --snat-target ACCEPT', find(1))).toMatchObject({ fate: 'passes', frame: { source: '02:00:00:00:00:99', body: { senderMac: A.mac } } });
    expect(rule('-j snat --to-src 2:0:0:0:0:99 --snat-arp --snat-target ACCEPT', find(1))).toMatchObject({ frame: { body: { senderMac: '02:00:00:00:00:99' } } });
  });
  test('answers questions, and lets all else go on', () => {
    const answers = '-p ARP -j arpreply --arpreply-mac 2:0:0:0:0:99';
    expect([1, 2].map((op) => rule(answers, find(op as 1 | 2)).fate)).toEqual(['dropped', 'passes']);
    expect(rule(`${answers} --arpreply-target CONTINUE`, find(1)).fate).toBe('passes');
  });
});

describe('a list of pairs', () => {
  const [legacy, nft] = [[], ['# nft']].map((before) => (words: string, f: Frame): string => askFirst([...before, '*nat', ':PREROUTING ACCEPT', `-A PREROUTING ${words} -j DROP`], f));
  function askFirst(lines: readonly string[], f: Frame): string {
    const r = askLines(compileLines('ebtables', lines), 'nat', 'PREROUTING', f, AT);
    return r.passes && r.drops ? 'unclear' : r.passes ? 'passes' : 'dropped';
  }
  const claims = find(2, 0, (f) => f.source === A.mac);
  test('of the legacy tool is asked of ARP as well, behind one tag', () => {
    expect(legacy?.('--among-src 2:0:0:0:0:a', claims)).toBe('dropped');
    expect(legacy?.('--among-src ! 2:0:0:0:0:a=10.9.0.10,2:0:0:0:0:b', claims)).toBe('dropped');
    expect(legacy?.('--among-src ! 2:0:0:0:0:a=10.9.0.55', claims)).toBe('passes');
    expect(legacy?.('--among-src 2:0:0:0:0:a=10.9.0.55,', find(2, 1, (f) => f.source === A.mac))).toBe('dropped');
    expect(legacy?.('--among-src 2:0:0:0:0:a=10.9.0.55,', find(2, 2, (f) => f.source === A.mac))).toBe('passes');
    expect(legacy?.(`--among-dst ${V.mac}=${V.ip}`, find(1, 0, (f) => f.destination === V.mac))).toBe('dropped');
  });
  test('on nft is asked of IPv4 alone where it has addresses', () => {
    expect(nft?.('--among-src 2:0:0:0:0:a', claims)).toBe('dropped');
    expect(nft?.('--among-src ! 2:0:0:0:0:b', claims)).toBe('dropped');
    for (const no of ['', '! ']) expect(nft?.(`--among-src ${no}2:0:0:0:0:a=10.9.0.10`, claims)).toBe('passes');
    const packet = [...stealFrames(A, X)].find((f) => f.body.kind === 'ip' && !f.body.source.includes(':') && f.tags.length === 0) as Frame;
    expect(nft?.(`--among-src ${X.mac}=${A.ip}`, packet)).toBe('dropped');
    expect(nft?.(`--among-src ${X.mac}=${X.ip}`, packet)).toBe('passes');
  });
});

describe('two tables of one name', () => {
  const lines = ['*nat', ':PREROUTING ACCEPT', '-A PREROUTING -p 802_1Q -j DROP', '# nft', '*nat', ':PREROUTING ACCEPT', '-A PREROUTING -p 802_1Q -j DROP'];
  const rules = compileLines('ebtables', lines);
  const ad = frames.find((f) => f.tags.length === 1 && f.tags[0]?.protocol === 0x88a8) as Frame;
  const q = find(1, 1, (f) => f.tags[0]?.protocol === 0x8100);
  test('are both asked: the legacy tool’s, to which every tag is one of 802.1Q, and that in nft', () => {
    const fates = (f: Frame) => ['nat', second('nat')].map((table) => askLines(rules, table, 'PREROUTING', f, AT).passes);
    expect(fates(q)).toEqual([false, false]);
    expect(fates(ad)).toEqual([false, true]);
    expect(fates(find(1))).toEqual([true, true]);
  });
  test('all are in nft where the reading says so', () => {
    expect(askLines(compileLines('ebtables', lines.slice(0, 3), true), 'nat', 'PREROUTING', ad, AT).passes).toBe(true);
  });
});

test('a length for a type is neither ARP nor IP', () => {
  const steals = [...stealFrames(A, X)].filter((f) => f.tags.length === 0);
  const short = steals.find((f) => f.type === 46) as Frame;
  expect(rule('-p LENGTH -j DROP', short).fate).toBe('dropped');
  for (const other of ['ARP', 'IPv4', 'IPv6', '0x88b5']) expect(rule(`-p ${other} -j DROP`, short).fate).toBe('passes');
  expect(rule('-p Length -j DROP', steals.find((f) => f.type === undefined) as Frame).fate).toBe('passes');
});

describe('arptables', () => {
  test('puts another MAC or address in a message', () => {
    expect(rule(`-s ${X.ip} -j mangle --mangle-mac-s ${X.mac}`, find(2), 'arptables')).toMatchObject({ fate: 'passes', frame: { body: { senderMac: X.mac, senderIp: X.ip } } });
    expect(rule(`-j mangle --mangle-ip-s ${A.ip} --mangle-target CONTINUE`, find(2), 'arptables')).toMatchObject({ fate: 'passes', frame: { body: { senderIp: A.ip } } });
    expect(rule(`-s ${A.ip} -j mangle --mangle-mac-s ${X.mac}`, find(2), 'arptables').by).toBeUndefined();
    const nd = [...ndFrames(A, V, X, { own: null, router: false })][0] as Frame;
    expect(rule(`-j mangle --mangle-mac-s ${X.mac}`, nd, 'arptables').by).toBeUndefined();
  });
  test('on nft asks for Ethernet’s hardware type where a rule names none', () => {
    const six = find(2, 0, (f) => f.body.kind === 'arp' && f.body.hardware === 6);
    const on = (text: string) => askLines(compileLines('arptables', ['# nft', '*filter', ':INPUT ACCEPT', `-A INPUT -j DROP ${text}`]), 'filter', 'INPUT', six, AT).passes;
    expect([on(`-s ${X.ip}`), on(`-s ${X.ip} --h-type 6`)]).toEqual([true, false]);
  });
});
