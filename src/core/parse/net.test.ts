import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { known, unknown, valueOf } from '../model/reading.js';
import { hookedDevices, parseFdb, parseVlans } from './net-bridge.js';
import { joinConnections } from './net-connections.js';
import { endpointsOf, kernelEndpoints } from './net-endpoints.js';
import { parseLinks } from './net-ip.js';
import { parseArptables, parseEbtables } from './net-legacy.js';
import { readNamespace, unreadNamespace, type DeepNet } from './net-namespace.js';
import { joinPeers, type Linked } from './net-peers.js';
import { parseArp, parseDevNames, parseIndices, parseInet6, parseLocalAddresses, parseRoutes, parseRoutes6, parseSockets, parseSysctls, v6 } from './net-proc.js';
import { splitSections } from './net-sections.js';
import { networkOf, segmentsOf, within } from './net-segments.js';
import { shallowInterfaces } from './net-shallow.js';

const text = (name: string): string => readFileSync(new URL(`./fixtures/${name}.txt`, import.meta.url), 'utf8');
const HOST = text('net-bridge-host');
const BEHIND = text('net-behind-bridge');
const read = (output: string, net: string): DeepNet => readNamespace(splitSections(output, '@mark'), net);
const host = read(HOST, 'host');
const behind = read(BEHIND, 'net:1');
const links = (d: DeepNet): readonly Linked[] => valueOf(d.links) ?? [];
const WORD = { id: 'n1', name: 'wire', driver: 'bridge', scope: 'local', internal: false, subnets: ['10.9.0.0/24'], gateways: ['10.9.0.1'], options: { 'com.docker.network.bridge.name': 'br0' }, project: null };
const PLUG = { network: 'wire', networkId: 'n1', mac: '02:42:0a:09:00:02', ipv4: '10.9.0.2/24', ipv6: '', gateway: '10.9.0.1', gateway6: '' };

describe('a net namespace as the tools tell it', () => {
  test('a bridge, its port with flags, addresses and the namespace’s inode', () => {
    expect(host.inode).toMatchObject({ value: expect.any(Number) });
    const port = links(host).find((l) => l.iface.name === 'v1')?.iface;
    expect(port).toMatchObject({ kind: 'veth', master: { value: 'br0' }, port: { isolated: { value: true }, learning: { value: true }, locked: { value: false }, neighSuppress: { value: false } } });
    expect(links(host).find((l) => l.iface.name === 'br0')?.iface).toMatchObject({ kind: 'bridge', bridge: { vlanFiltering: { value: false }, nfCallIptables: { value: false } }, addresses: { value: expect.arrayContaining(['10.9.0.1/24', 'fd00:9::1/64']) } });
  });

  test('rules of every kind, and none where there are none', () => {
    expect(JSON.stringify(host.nft)).toContain('"family":"bridge"');
    expect(host.arptables).toMatchObject({ value: ['*filter', ':INPUT ACCEPT', ':OUTPUT ACCEPT', ':FORWARD ACCEPT', '-A INPUT -j DROP -i br0 -s 10.9.0.7'] });
    expect(host.ebtables).toMatchObject({ value: [] });
    expect(host.tc).toMatchObject({ value: [] });
    expect(behind.arptables).toMatchObject({ value: [] });
  });

  test('neighbours of both families with their states, and sysctls by full name', () => {
    expect(behind.neighbours).toMatchObject({ value: [{ ip: '10.9.0.1', mac: '02:00:00:00:00:01', dev: 'eth0', state: 'PERMANENT' }] });
    expect(behind.neighbours6).toMatchObject({ value: [{ ip: 'fd00:9::1', state: 'STALE' }] });
    expect(valueOf(behind.sysctls)?.['net.ipv4.conf.eth0.arp_ignore']).toBe('0');
    expect(valueOf(behind.sysctls)?.['net.ipv6.conf.all.accept_ra']).toBeDefined();
    expect(valueOf(host.sysctls)?.['net.bridge.bridge-nf-call-iptables']).toBe('1');
  });

  test('a missing tool is absent and a forbidden one denied: neither is “no rules”', () => {
    const without = (name: string, said: string, status: number): DeepNet =>
      read(HOST.replace(new RegExp(`@mark ${name}\\n[\\s\\S]*?@mark = \\d+`), () => `@mark ${name}\n${said}\n@mark = ${status}`), 'host');
    expect(without('nft', 'sh: 1: nft: not found', 127).nft).toEqual(unknown('absent', 'nft -j list ruleset'));
    expect(without('nft', 'Operation not permitted (you must be root)', 1).nft).toEqual(unknown('denied', 'nft -j list ruleset'));
    expect(without('qdisc', 'sh: 1: tc: not found', 127).tc).toMatchObject({ unknown: 'absent' });
    expect(without('ip', 'sh: 1: ip: not found', 127).links).toMatchObject({ unknown: 'absent' });
    expect(without('ebtables filter', 'The kernel says: Operation not permitted', 255).ebtables).toMatchObject({ unknown: 'denied' });
    expect(without('arpnames', 'Permission denied', 1).arptables).toMatchObject({ unknown: 'denied' });
    expect(Object.values(unreadNamespace('denied', 'net:1')).every((r) => 'unknown' in r && r.unknown === 'denied')).toBe(true);
  });

  test('an old iproute2 that knows no JSON leaves everything of links unknown', () => {
    expect(read('@mark ip\nOption "-j" is unknown, try "ip -help".\n@mark = 255\n', 'host').links).toMatchObject({ unknown: 'unsupported' });
  });

  test('no text, however cut or changed, is an exception', () => {
    const noise = fc.constantFrom('', '\u0000', '[', '{"nftables":[1]}', '[{"ifindex":"x"}]', '@mark = ', '9'.repeat(400), '\n\n', '@mark filter ingress');
    fc.assert(
      fc.property(fc.constantFrom(HOST, BEHIND), fc.nat(15_000), fc.nat(15_000), noise, (base, from, length, put) => {
        const d = read(base.slice(0, from) + put + base.slice(from + length), 'host');
        for (const r of Object.values(d)) expect('value' in r || 'unknown' in r).toBe(true);
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  test('a name in a namespace cannot forge a section', () => {
    const s = splitSections('@a x\n@b nft\nfoo\n@b = 0\n@a = 0\n', '@a');
    expect([...s.keys()]).toEqual(['x']);
  });
});

describe('bridges', () => {
  test('forwarding entries: unicast ones of a bridge, without a port’s own and multicast', () => {
    const entries = parseFdb([
      { mac: '33:33:00:00:00:01', ifname: 'br0', flags: ['self'], state: 'permanent' },
      { mac: 'b2:af:51:84:f1:fc', ifname: 'v1', flags: [], master: 'br0', state: '' },
      { mac: 'c6:aa:62:06:20:6c', ifname: 'v1', vlan: 5, flags: [], master: 'br0', state: 'permanent' },
      { mac: 'c6:aa:62:06:20:6d', ifname: 'v1', flags: ['sticky'], master: 'br0', state: 'static' },
      { mac: 'c6:aa:62:06:20:6e', ifname: 'v1', flags: [], master: 'br0', state: 'static' },
      { mac: 'c6:aa:62:06:20:6f', ifname: 'v1', flags: ['locked'], master: 'br0', state: '' },
      'noise',
    ]);
    expect(entries).toEqual([
      { mac: 'b2:af:51:84:f1:fc', port: 'v1', bridge: 'br0', vlan: null, permanent: false },
      { mac: 'c6:aa:62:06:20:6c', port: 'v1', bridge: 'br0', vlan: 5, permanent: true, stays: true, admits: false },
      { mac: 'c6:aa:62:06:20:6d', port: 'v1', bridge: 'br0', vlan: null, permanent: true, stays: true },
      { mac: 'c6:aa:62:06:20:6e', port: 'v1', bridge: 'br0', vlan: null, permanent: true },
      { mac: 'c6:aa:62:06:20:6f', port: 'v1', bridge: 'br0', vlan: null, permanent: false, admits: false },
    ]);
  });

  test('a range of VLANs is spelled out', () => {
    expect(parseVlans([{ ifname: 'v1', vlans: [{ vlan: 1, flags: ['PVID', 'Egress Untagged'] }, { vlan: 10, vlanEnd: 12 }] }]).get('v1')).toEqual([
      { vid: 1, pvid: true, untagged: true }, { vid: 10, pvid: false, untagged: false }, { vid: 11, pvid: false, untagged: false }, { vid: 12, pvid: false, untagged: false },
    ]);
  });

  test('devices that can carry filters', () => {
    expect(hookedDevices([{ kind: 'clsact', dev: 'a' }, { kind: 'ingress', dev: 'b' }, { kind: 'noqueue', dev: 'c' }])).toEqual([{ dev: 'a', hooks: ['ingress', 'egress'] }, { dev: 'b', hooks: ['ingress'] }]);
  });
});

describe('legacy tables', () => {
  test('rules come out as the -save tools write them', () => {
    const listing = 'Bridge table: filter\n\nBridge chain: INPUT, entries: 0, policy: ACCEPT\n\nBridge chain: FORWARD, entries: 1, policy: DROP\n-p ARP --arp-ip-src 10.9.0.5 -j DROP \n';
    expect(parseEbtables(listing)).toEqual({ rules: ['*filter', ':INPUT ACCEPT', ':FORWARD DROP', '-A FORWARD -p ARP --arp-ip-src 10.9.0.5 -j DROP'] });
  });

  test('a table that the kernel does not have is none, and one never touched is empty', () => {
    expect(parseEbtables("The kernel doesn't support the ebtables 'filter' table.")).toEqual({ none: true });
    expect(parseEbtables('Bridge table: filter\n\nBridge chain: INPUT, entries: 0, policy: ACCEPT\n')).toEqual({ rules: [] });
    expect(parseEbtables('something else')).toEqual({ failed: 'something else' });
    expect(parseArptables('')).toHaveProperty('failed');
  });

  test('a rule for one interface keeps it', () => {
    expect(parseArptables('Chain INPUT (policy ACCEPT 0 packets, 0 bytes)\n-j DROP -i eth0 -o * -s 10.0.0.1 ! --src-mac 00:00:00:00:00:01 , pcnt=3 -- bcnt=84 \n')).toEqual({
      rules: ['*filter', ':INPUT ACCEPT', '-A INPUT -j DROP -i eth0 -s 10.0.0.1 ! --src-mac 00:00:00:00:00:01'],
    });
  });
});

describe('what anybody may read under /proc/<pid>/net', () => {
  const ARP = 'IP address       HW type     Flags       HW address            Mask     Device\n10.9.0.1         0x1         0x6         02:00:00:00:00:01     *        eth0\n10.9.0.3         0x1         0x0         00:00:00:00:00:00     *        eth0\n10.9.0.4         0x1         0x2         02:00:00:00:00:04     *        eth0\n';
  const ROUTE = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\neth0\t00000000\t0100090A\t0003\t0\t0\t0\t00000000\t0\t0\t0\neth0\t0000090A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n';
  const DEV = 'Inter-|   Receive\n face |bytes\n    lo:       0       0\n  eth0:     200       2\n';
  const IGMP = 'Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n1\tlo        :     1      V3\n\t\t\t\t010000E0     1 0:00000000\t\t0\n2\teth0      :     1      V3\n';
  const TRIE = 'Local:\n  +-- 0.0.0.0/1 2 0 2\n     |-- 10.9.0.2\n        /32 host LOCAL\n     |-- 127.0.0.1\n        /32 host LOCAL\n     |-- 10.9.0.255\n        /32 link BROADCAST\n';

  test('the neighbour table: complete entries, permanent ones by their flag', () => {
    expect(parseArp(ARP)).toEqual([{ ip: '10.9.0.1', mac: '02:00:00:00:00:01', dev: 'eth0', state: 'PERMANENT' }, { ip: '10.9.0.4', mac: '02:00:00:00:00:04', dev: 'eth0', state: 'UNKNOWN' }]);
  });

  test('names, indices, routes and addresses', () => {
    expect(parseDevNames(DEV)).toEqual(['lo', 'eth0']);
    expect(parseIndices(IGMP).get('eth0')).toBe(2);
    expect(parseRoutes(ROUTE)).toEqual([{ to: 'default', via: '10.9.0.1', dev: 'eth0' }, { to: '10.9.0.0/24', via: '', dev: 'eth0' }]);
    expect(parseLocalAddresses(TRIE)).toEqual(['10.9.0.2']);
    expect(parseInet6('fd000009000000000000000000000002 02 40 00 82     eth0\n').get('eth0')).toEqual(['fd00:9::2/64']);
    expect(parseRoutes6('00000000000000000000000000000000 00 00000000000000000000000000000000 00 fd000000000000000000000000000001 00000400 00000002 00000000 00000003     eth0\n')).toEqual([{ to: 'default', via: 'fd00::1', dev: 'eth0' }]);
    expect(v6('00000000000000000000000000000001')).toBe('::1');
  });

  test('of IPv6 routes local, multicast, refused and torn ones are left out', () => {
    const line = (to: string, flags: string) => `${to} 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 ${flags}     eth0\n`;
    const net = 'fd000009000000000000000000000000';
    expect(parseRoutes6(line(net, '00000001'))).toEqual([{ to: 'fd00:9::/64', via: '', dev: 'eth0' }]);
    for (const text of [line(net, '80200001'), line(net, '00200201'), line(net, '00000000'), line(net, 'x'), line('FF000000000000000000000000000000', '00000001'), line('fd00', '00000001')]) expect(parseRoutes6(text)).toEqual([]);
  });

  test('namespaces with the same sysctls share them, others do not', () => {
    const text = 'ipv4/conf/eth0/arp_accept:0\nipv6/conf/all/accept_ra:1\n';
    expect(parseSysctls(text)).toEqual({ 'net.ipv4.conf.eth0.arp_accept': '0', 'net.ipv6.conf.all.accept_ra': '1' });
    expect(parseSysctls(text)).toBe(parseSysctls(` ${text}`.slice(1)));
    expect(parseSysctls(text.replace(':0', ':1'))).toMatchObject({ 'net.ipv4.conf.eth0.arp_accept': '1' });
  });

  test('without rights a veth is known by the host’s end that names its index, and only when one does', () => {
    const shallow = { names: known(['lo', 'eth0'], '/proc/9/net/dev'), indices: known(new Map([['lo', 1], ['eth0', 2]]), '/proc/9/net/igmp'), addresses: known(['10.9.0.2'], '/proc/9/net/fib_trie'), addresses6: known(new Map<string, readonly string[]>(), '/proc/9/net/if_inet6'), routes: known(parseRoutes(ROUTE), '/proc/9/net/route') };
    const [lo, eth0] = shallowInterfaces('of:x', shallow, links(host), 'denied');
    expect(lo?.iface.kind).toBe('loopback');
    expect(eth0?.iface).toMatchObject({ kind: 'veth', addresses: { value: ['10.9.0.2/24'] }, mac: { unknown: 'denied' } });
    expect(shallowInterfaces('of:x', shallow, [...links(host), ...links(host)], 'denied')[1]?.iface.kind).toBe('other');
  });

  test('no parser throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.constantFrom(ARP, ROUTE, DEV, IGMP, TRIE, ''), fc.nat(400), fc.string(), (base, at, noise) => {
        const t = base.slice(0, at) + noise + base.slice(at);
        for (const parse of [parseArp, parseDevNames, parseIndices, parseRoutes, parseRoutes6, parseInet6, parseLocalAddresses, parseSockets, parseSysctls, parseEbtables, parseArptables]) expect(parse(t)).toBeDefined();
      }),
      { seed: 4, numRuns: 300 },
    );
    expect(parseLinks([null, 1, {}, { ifindex: 1 }])).toEqual([]);
  });
});

describe('segments and plugs', () => {
  const interfaces = joinPeers([...links(host), ...links(behind)]);
  const byId = new Map(interfaces.map((i) => [i.id, i]));
  const sight = { key: 'net:1', interfaces: interfaces.filter((i) => i.net === 'net:1'), routes: known([], '/proc/1/net/route'), why: unknown('absent', 'ip') };

  test('an engine’s network is a segment on its bridge; host and none are no wire', () => {
    expect(segmentsOf([WORD, { ...WORD, id: 'h', name: 'host', driver: 'host' }, { ...WORD, id: 'n', name: 'none', driver: 'null' }], interfaces).map((s) => s.id)).toEqual(['network:n1']);
  });

  test('a bridge that an engine does not name is the one with the gateway’s address', () => {
    expect(segmentsOf([{ ...WORD, options: {} }], interfaces)[0]?.device).toMatchObject({ value: 'br0' });
    expect(segmentsOf([{ ...WORD, options: {}, subnets: ['10.99.0.0/24'], gateways: ['10.99.0.1'] }], interfaces)[0]?.device).toMatchObject({ value: 'br-n1' });
  });

  test('a bridge that the engine does not know is a segment of its own', () => {
    expect(segmentsOf([], interfaces)).toMatchObject([{ id: 'bridge:br0', name: 'br0', subnets: expect.arrayContaining(['10.9.0.0/24']), gateways: expect.arrayContaining(['10.9.0.1']) }]);
  });

  test('a device of the host that others are stacked on is a wire, whatever it is and though it has no address', () => {
    const base = interfaces.find((i) => i.net === 'host') ?? expect.fail();
    const source = 'ip -j -d link';
    const lower = { ...base, id: 'host/dm0', name: 'dm0', kind: 'dummy', master: known('', source), addresses: known(['fe80::1/64'], source), up: known(true, source) } as const;
    const upper = { ...base, id: 'net:1/mv0', net: 'net:1', name: 'mv0', kind: 'macvlan', master: known('', source), addresses: known(['10.1.0.2/24'], source), peer: known('host/dm0', source) } as const;
    const segments = segmentsOf([], [lower, upper]);
    expect(segments.map((s) => s.id)).toEqual(['lan:dm0']);
    expect(kernelEndpoints(segments, { ...sight, interfaces: [upper] }, new Map([lower, upper].map((i) => [i.id, i])), new Set())).toMatchObject([{ segment: 'lan:dm0', interface: { value: 'mv0' }, ipv4: { value: '10.1.0.2/24' } }]);
    expect(segmentsOf([], [lower])).toEqual([]);
  });

  test('a plug names both ends of its wire; the engine’s words stay the engine’s', () => {
    const [e] = endpointsOf([PLUG], segmentsOf([WORD], interfaces), sight, byId);
    expect(e).toMatchObject({ segment: 'network:n1', interface: { value: 'eth0' }, peer: { value: 'v1' }, mac: { value: '02:42:0a:09:00:02' }, ipv6: { unknown: 'absent' } });
    expect(e?.mac.source.startsWith('engine:')).toBe(true);
  });

  test('a plug that no engine speaks of is found by its veth', () => {
    expect(kernelEndpoints(segmentsOf([], interfaces), sight, byId, new Set())).toMatchObject([{ segment: 'bridge:br0', interface: { value: 'eth0' }, peer: { value: 'v1' }, ipv4: { value: '10.9.0.2/24' }, ipv6: { value: 'fd00:9::2/64' } }]);
  });

  test('networks and what lies in them', () => {
    expect(networkOf('172.17.3.4/16')).toBe('172.17.0.0/16');
    expect(networkOf('fd00:9::2/64')).toBe('fd00:9::/64');
    expect(within('10.9.0.2/24', '10.9.0.0/24')).toBe(true);
    expect(within('10.9.1.2', '10.9.0.0/24')).toBe(false);
    expect(within('fd00:9::2', '10.9.0.0/24')).toBe(false);
  });
});

test('a connection that both ends show is told once, from who opened it to who listens', () => {
  const socket = (localIp: string, localPort: number, remoteIp: string, remotePort: number, state: number) => ({ localIp, localPort, remoteIp, remotePort, state });
  const a = { of: ['web'], addresses: ['10.9.0.2'], sockets: [socket('10.9.0.2', 40000, '10.9.0.3', 5432, 1), socket('10.9.0.2', 40001, '10.9.0.3', 5432, 1)] };
  const b = { of: ['db'], addresses: ['10.9.0.3'], sockets: [socket('0.0.0.0', 5432, '0.0.0.0', 0, 10), socket('10.9.0.3', 5432, '10.9.0.2', 40000, 1)] };
  const told = [{ protocol: 'tcp', from: 'web', fromIp: '10.9.0.2', to: 'db', toIp: '10.9.0.3', port: 5432, count: 2 }];
  expect(joinConnections([a, b])).toEqual(told);
  expect(joinConnections([b, a])).toEqual(told);
  expect(parseSockets('  sl  local_address rem_address   st\n   0: 0200090A:9C40 0300090A:1538 01 0 0\n')).toEqual([socket('10.9.0.2', 40000, '10.9.0.3', 5432, 1)]);
});
