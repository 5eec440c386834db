import { describe, expect, test } from 'vitest';
import { castSpec, world, type WorkloadSpec } from '../../../test/cast/cast.js';
import { known, unknown, type NetNamespace, type OpenSocket, type Reading, type Snapshot } from '../model/index.js';
import { explain, judge, type Technique } from './index.js';
import { socketKey } from './sockets.js';

const LAN = { name: 'lan', prefix: '172.20.0', device: 'br-lan' };
const bare = { caps: [], bounding: [] } as const;
const three = (a: Partial<WorkloadSpec> = bare, more: readonly WorkloadSpec[] = []): Snapshot =>
  world({ ...castSpec(3), filters: 'none', networks: [LAN], slices: [], talks: [], workloads: [{ name: 'a', ...a }, { name: 'v' }, { name: 'x' }, ...more].map((w, i) => ({ on: { lan: { at: i + 2 } }, ...w })) });
const id = (s: Snapshot, name: string): string => s.containers.find((c) => c.name === name)?.id ?? name;
const keyOf = (s: Snapshot, name: string): string => (name === 'host' ? 'host' : (s.containers.find((c) => c.name === name)?.net ?? ''));
const chain = (s: Snapshot, technique: Technique = 'arp-spoof', from = 'a', to = 'v') => explain(s, id(s, from), id(s, to)).find((v) => v.technique === technique);
const said = (s: Snapshot, technique: Technique = 'arp-spoof', from = 'a', to = 'v') => chain(s, technique, from, to)?.verdict;
const inNet = (s: Snapshot, name: string, sockets: NetNamespace['sockets']): Snapshot => ({ ...s, nets: s.nets.map((n) => (n.key === keyOf(s, name) ? { ...n, sockets } : n)) });
const socket = (holders: OpenSocket['holders'], kind: OpenSocket['kind'] = 'packet'): Reading<readonly OpenSocket[]> => known([{ kind, inode: kind === 'xdp' ? null : 4711, protocol: 3, holders }], '/proc/9/net/packet');
const by = (s: Snapshot, ...names: readonly string[]): OpenSocket['holders'] => known(names.map((n, i) => ({ id: n === 'host' ? n : id(s, n), pid: 900 + i })), '/proc/<pid>/fd');

describe('a packet socket that is open already', () => {
  const s = three();
  test('sends for whoever holds it, without a capability', () => {
    const held = inNet(s, 'a', socket(by(s, 'a')));
    expect(said(s)).toBe('blocked');
    expect(said(held)).toBe('possible');
    expect(chain(held)?.unless).toEqual([]);
    expect(chain(held)?.because.find((b) => b.step.includes('holds a packet socket open'))).toMatchObject({ holds: 'yes', reading: { value: 'socket:[4711]', source: '/proc/<pid>/fd' } });
    expect(judge(held).segments[0]?.attackers.find((a) => a.id === id(s, 'a'))?.right).toBe('open packet socket');
  });
  test('of somebody else in its net namespace is not its own', () => {
    expect(said(inNet(s, 'a', socket(by(s, 'host'))))).toBe('blocked');
    expect(said(inNet(s, 'a', socket(by(s, 'host', 'a'))))).toBe('possible');
  });
  test('may be its own while nobody read who holds it, or nobody was found', () => {
    for (const holders of [unknown('denied', '/proc/<pid>/fd'), by(s)]) {
      const v = chain(inNet(s, 'a', socket(holders)));
      expect(v?.verdict).toBe('possible');
      expect(v?.unless.join()).toContain('that is open in its net namespace is another’s');
    }
  });
  test('leaves the answer open where nobody looked for one', () => {
    expect(said(inNet(s, 'a', unknown('not-asked', '/proc/9/net/protocols')))).toBe('unknown');
    expect(said(inNet(s, 'a', undefined))).toBe('unknown');
    const capable = three({});
    expect(said(inNet(capable, 'a', undefined))).toBe('possible');
  });
  test('sends for one who is paused only when it goes on', () => {
    const paused = three({ ...bare, state: 'paused' });
    expect(said(inNet(paused, 'a', socket(by(paused, 'a'))))).toBe('latent');
  });
  test('is stopped by what stops frames, not by what stops rights', () => {
    const parted = world({ ...castSpec(3), filters: 'none', networks: [LAN], slices: [], talks: [], workloads: ['a', 'v', 'x'].map((name, i) => ({ name, ...bare, on: { lan: { at: i + 2, isolated: true } } })) });
    expect(said(inNet(parted, 'a', socket(by(parted, 'a'))))).toBe('blocked');
    expect(said(inNet(three({ ...bare, noNewPrivs: true, ownUserNs: true }), 'a', socket(by(s, 'a'))))).toBe('possible');
  });
});

describe('other sockets', () => {
  const s = three();
  const six = (x: Snapshot): Snapshot => ({ ...x, interfaces: x.interfaces.map((i) => (i.kind === 'veth' && i.net !== 'host' ? { ...i, addresses: known([...('value' in i.addresses ? i.addresses.value : []), `fd00::${i.net.slice(-2)}/64`], 'ip -j addr') } : i)) });
  test('a raw IPv6 socket advertises, and forges no ARP', () => {
    const held = six(inNet(s, 'a', socket(by(s, 'a'), 'raw6')));
    expect(said(six(s), 'ndp-spoof')).toBe('blocked');
    expect(said(held, 'ndp-spoof')).toBe('possible');
    expect(said(held)).toBe('blocked');
    const key = held.containers.find((c) => c.name === 'a')?.net;
    const off = (to: string): Snapshot => ({ ...held, nets: held.nets.map((n) => (n.key === key ? { ...n, sysctls: known({ 'net.ipv6.conf.eth0.disable_ipv6': to }, '') } : n)) });
    expect(said(off('1'), 'ndp-spoof')).toBe('blocked');
    expect(said(off('0'), 'ndp-spoof')).toBe('possible');
  });
  test('CAP_NET_ADMIN alone advertises, by an address that it takes', () => {
    expect(said(six(three({ caps: ['CAP_NET_ADMIN'], bounding: ['CAP_NET_ADMIN'] })), 'ndp-spoof')).toBe('possible');
    // What may be refused a raw socket of IPv6 goes on by packet sockets.
    const raw = six(three({ caps: ['CAP_NET_RAW'], bounding: ['CAP_NET_RAW'] }));
    const key = raw.containers.find((c) => c.name === 'a')?.net;
    expect(said({ ...raw, nets: raw.nets.map((n) => (n.key === key ? { ...n, sysctls: known({ 'net.ipv6.conf.eth0.disable_ipv6': '1' }, ''), ownerUserNs: unknown('denied', '') } : n)) }, 'ndp-spoof')).toBe('possible');
  });
  test('a packet socket for datagrams forges ARP, and under its own MAC alone', () => {
    const held = inNet(s, 'a', socket(by(s, 'a'), 'datagram'));
    expect(said(held)).toBe('possible');
    expect(said(held, 'mac-steal')).toBe('blocked');
    expect(said(inNet(s, 'a', socket(by(s, 'a'))), 'mac-steal')).toBe('possible');
  });
  test('each of them sends forged advertisements, wherever it is held', () => {
    const lonely = six(three(bare, [{ name: 'far', ...bare, on: {} }]));
    for (const kind of ['packet', 'datagram', 'raw6'] as const) {
      expect(said(inNet(six(s), 'a', socket(by(s, 'a'), kind)), 'ndp-spoof')).toBe('possible');
      const far = inNet(lonely, 'x', socket(by(lonely, 'far'), kind));
      expect(said(far, 'ndp-spoof', 'far')).toBe('possible');
      expect(said(far, 'arp-spoof', 'far') === 'possible').toBe(kind !== 'raw6');
      expect(said(far, 'mac-steal', 'far') === 'possible').toBe(kind === 'packet');
    }
  });
  test('an XDP socket is counted, and not found with anybody', () => {
    const v = chain(inNet(s, 'a', socket(unknown('unsupported', '/proc/<pid>/fd'), 'xdp')));
    expect(v?.verdict).toBe('possible');
    expect(v?.unless.join()).toContain('XDP socket');
  });
});

describe('a socket in another’s net namespace', () => {
  const LONELY: WorkloadSpec = { name: 'far', ...bare, on: {} };
  const s = three(bare, [LONELY]);
  test('puts its holder on that wire', () => {
    expect(said(s, 'arp-spoof', 'far')).toBeUndefined();
    const held = inNet(s, 'x', socket(by(s, 'far')));
    expect(said(held, 'arp-spoof', 'far')).toBe('possible');
    expect(judge(held).segments[0]?.attackers.find((a) => a.id === id(s, 'far'))?.verdict).toBe('possible');
    // What leaves the victim's own namespace does not come back to it.
    expect(said(held, 'arp-spoof', 'far', 'x')).not.toBe('possible');
  });
  test('sends for one who is paused only when it goes on', () => {
    const paused = three(bare, [{ ...LONELY, state: 'paused' }]);
    expect(said(inNet(paused, 'x', socket(by(paused, 'far'))), 'arp-spoof', 'far')).toBe('latent');
  });
  test('of the host puts it on every bridge, past flags of ports', () => {
    expect(said(inNet(s, 'host', socket(by(s, 'far'))), 'arp-spoof', 'far')).toBe('possible');
    expect(said(inNet(s, 'host', socket(by(s, 'host'))), 'arp-spoof', 'far')).toBeUndefined();
  });
});

describe('what an answer remembers of a net namespace’s sockets', () => {
  const s = three();
  const key = (...list: readonly OpenSocket[]): string => socketKey('me', { ...(s.nets[0] as NetNamespace), sockets: known(list, '/proc/<pid>/net/packet') });
  const one = (kind: OpenSocket['kind'], holders: Reading<readonly string[]>): OpenSocket => ({ kind, inode: 7, protocol: 3, holders: 'value' in holders ? known(holders.value.map((h, n) => ({ id: h, pid: n + 1 })), holders.source) : holders });
  const held = (...by: readonly string[]) => known(by, '/proc/<pid>/fd');
  test('tells apart whose they are, that nobody was found, and that nobody was asked', () => {
    const keys = [key(), key(one('packet', held('me'))), key(one('packet', held('other'))), key(one('packet', held())), key(one('packet', unknown('denied', 'fd'))), socketKey('me', undefined), socketKey('me', { ...(s.nets[0] as NetNamespace), sockets: undefined }), socketKey('me', { ...(s.nets[0] as NetNamespace), sockets: unknown('denied', '') })];
    expect(keys).toEqual(['', 'packet+', 'packet-', 'packet0', 'packet?', '?', '?', '?']);
    expect(key(one('packet', held('other', 'me')))).toBe('packet+');
  });
  test('tells apart the kinds, and all of several', () => {
    expect((['packet', 'datagram', 'raw6', 'xdp'] as const).map((kind) => key(one(kind, held('me'))))).toEqual(['packet+', 'datagram+', 'raw6+', 'xdp+']);
    expect(key(one('packet', held('other')), one('raw6', held('me')))).toBe('packet-,raw6+');
  });
  test('is the same for whatever gives the same answer: another of the same holders, another number', () => {
    expect(key({ ...one('packet', held('other')), inode: 8, protocol: 0 })).toBe(key(one('packet', held('another'))));
  });
});
