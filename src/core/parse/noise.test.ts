import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Reading } from '../model/reading.js';
import { parseCgroup } from './cgroup.js';
import { parseCfsQuota, parseCount, parseCpuMax, parseCpuset, parseIoBytes, parseIoMax, parseKeyed, parseLimit, parsePressure, parseThrottle } from './cgroupfs.js';
import { parseGetcap } from './getcap.js';
import { parseLsns } from './lsns.js';
import { parseMountinfo } from './mountinfo.js';
import { parseFdb, parseNft, parseNftDevices, parseVlans } from './net-bridge.js';
import { jsonArray, parseAddresses, parseLinks, parseNeighbours } from './net-ip.js';
import { parseArptables, parseEbtables } from './net-legacy.js';
import { readNamespace } from './net-namespace.js';
import { parseNeighbourEvent } from './net-neigh-events.js';
import { parseArp, parseDevNames, parseIndices, parseInet6, parseLocalAddresses, parseRoutes, parseRoutes6, parseSockets, parseSysctls } from './net-proc.js';
import { parsePackets, parseProtocols, parseRaw6 } from './net-open.js';
import { splitSections } from './net-sections.js';
import { parseCpuCount, parseIdMap, parseLine, parseLsms, parseMemTotal, parseNsLink, parseStartTicks, parseUptime } from './proc.js';
import { parseStatus } from './status.js';

const real = (name: string) => readFileSync(new URL(`fixtures/${name}.txt`, import.meta.url), 'latin1');

const PARSERS: readonly (readonly [string, string, (text: string, path: string) => Reading<unknown>])[] = [
  ['status', real('status-container'), parseStatus],
  ['cgroup', real('cgroup-v1'), parseCgroup],
  ['mountinfo', real('mountinfo-container'), parseMountinfo],
  ['uid_map', '         0     100000      65536\n', parseIdMap],
  ['ns link', 'net:[4026532177]', parseNsLink],
  ['meminfo', 'MemTotal:       24683656 kB\nMemFree:        20000000 kB\n', parseMemTotal],
  ['cpus online', '0-3,8\n', parseCpuCount],
  ['one line', 'docker-default (enforce)\n', parseLine],
  ['lsm', 'lockdown,capability,landlock,yama,apparmor', parseLsms],
  ['stat', '11903 (a) b) S 11880 11903 11903 0 -1 4194560 1085 0 0 0 1 1 0 0 20 0 1 0 80265 2322432 316\n', parseStartTicks],
  ['uptime', '2043.21 3900.00\n', parseUptime],
  ['lsns', '{"namespaces": [{"ns":4026532394, "pns":4026531836, "ons":4026531837}]}', parseLsns],
  ['getcap', '/bin/ping cap_net_raw=ep\n/usr/bin/mtr-packet cap_net_admin,cap_net_raw=ep\n', parseGetcap],
  ['memory.max', '67108864\n', parseLimit],
  ['pids.current', '3\n', parseCount],
  ['cpu.max', '50000 100000\n', parseCpuMax],
  ['cpu.cfs_quota_us', '50000\n', (text, path) => parseCfsQuota(text, 100000, path)],
  ['cpu.stat', 'usage_usec 25511\nnr_throttled 3\nthrottled_usec 7\n', parseKeyed],
  ['cpu.pressure', 'some avg10=0.12 avg60=1.50 avg300=0.12 total=1\nfull avg10=0.07 avg60=0.00 avg300=0.07 total=1\n', parsePressure],
  ['io.max', '8:16 rbps=2097152 wbps=max riops=max wiops=120\n', parseIoMax],
  ['blkio.throttle', '8:16 2097152\n', (text, path) => parseThrottle(text, 'rbps', path)],
  ['io.stat', '8:16 rbytes=1459200 wbytes=314773504 rios=192 wios=353 dbytes=0 dios=0\n', parseIoBytes],
  ['cpuset', '0-1,4\n', parseCpuset],
];

/** Real text cut, repeated, with foreign lines or bytes put in, or made huge. */
const noisy = (text: string) =>
  fc.oneof(
    fc.nat(text.length).map((at) => text.slice(0, at)),
    fc.nat(text.length).map((at) => text.slice(at)),
    fc.tuple(fc.nat(text.length), fc.string({ unit: 'binary', maxLength: 200 })).map(([at, noise]) => text.slice(0, at) + noise + text.slice(at)),
    fc.tuple(fc.nat(text.length), fc.constantFrom('\n', '\0', ' ', ':', '-1', '9'.repeat(400), 'max', '\t', '\\', '[', ' - ', 'NaN', 'Infinity', '1e999')).map(([at, noise]) => text.slice(0, at) + noise + text.slice(at)),
    fc.tuple(fc.nat(text.length), fc.nat(40)).map(([at, length]) => text.slice(0, at) + text.slice(at + length)),
    fc.integer({ min: 2, max: 300 }).map((times) => text.repeat(times)),
    fc.string({ unit: 'binary', maxLength: 3000 }),
    fc.constantFrom('', '\n', '\0', 'x'.repeat(200_000), ' '.repeat(200_000), '\n'.repeat(100_000), '0'.repeat(200_000)),
  );

for (const [name, text, parse] of PARSERS) {
  test(`${name}: the real text is a reading`, () => {
    expect(parse(text, '/the/path')).toMatchObject({ value: expect.anything(), source: '/the/path' });
  });

  test(`${name}: noise gives a reading or an unknown with the path, never an exception`, () => {
    fc.assert(
      fc.property(noisy(text), (noise) => {
        const read = parse(noise, '/the/path');
        expect(read.source).toBe('/the/path');
        if ('value' in read) expect(hasNoNaN(read.value)).toBe(true);
        else expect(read.unknown).toBe('unsupported');
      }),
      { seed: 20240, numRuns: 300 },
    );
  });
}

/** What takes part of a file or of a tool's answer, and leaves out what it does not understand. */
const TABLES: readonly (readonly [string, string, (text: string) => unknown])[] = [
  ['net/arp', 'IP address       HW type     Flags       HW address            Mask     Device\n10.9.0.4         0x1         0x2         02:00:00:00:00:04     *        eth0\n', parseArp],
  ['net/dev', 'Inter-|   Receive\n face |bytes\n    lo:       0       0\n  eth0:     200       2\n', parseDevNames],
  ['net/igmp', 'Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n2\teth0      :     1      V3\n', parseIndices],
  ['net/route', 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\neth0\t0000090A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n', parseRoutes],
  ['net/ipv6_route', '00000000000000000000000000000000 00 00000000000000000000000000000000 00 fd000000000000000000000000000001 00000400 00000002 00000000 00000003     eth0\n', parseRoutes6],
  ['net/if_inet6', 'fd000009000000000000000000000002 02 40 00 82     eth0\n', parseInet6],
  ['net/fib_trie', 'Local:\n  +-- 0.0.0.0/1 2 0 2\n     |-- 10.9.0.2\n        /32 host LOCAL\n', parseLocalAddresses],
  ['net/tcp', '  sl  local_address rem_address   st\n   0: 0100007F:0277 0200090A:01BB 01 00000000:00000000\n', parseSockets],
  ['net/protocols', 'protocol  size sockets  memory press\nPACKET    1600      1      -1   NI\nRAWv6     1344      1      -1   NI\n', (text) => [...(parseProtocols(text) ?? [])]],
  ['net/packet', 'sk               RefCnt Type Proto  Iface R Rmem   User   Inode\n000000005d3d288d 2      3    0003   0     0 0      0      38779522\n', parsePackets],
  ['net/raw6', '  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n    4: 00000000000000000000000000000000:003A 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 38779523 2 000000000068c62f 0\n', parseRaw6],
  ['sysctls', 'ipv4/conf/eth0/arp_accept:0\nipv6/conf/all/accept_ra:1\n', parseSysctls],
  ['ebtables', 'Bridge table: filter\n\nBridge chain: FORWARD, entries: 1, policy: DROP\n-p ARP --arp-ip-src 10.9.0.5 -j DROP \n', parseEbtables],
  ['arptables', 'Chain INPUT (policy ACCEPT 0 packets, 0 bytes)\n-j DROP -i eth0 -o * -s 10.0.0.1 ! --src-mac 00:00:00:00:00:01 , pcnt=3 -- bcnt=84 \n', parseArptables],
  ['nft -j', '{"nftables": [{"metainfo": {"version": "1.0.6"}}, {"table": {"family": "bridge", "name": "filter", "handle": 1}}]}', parseNft],
  ['nft', 'table netdev guard {\n\tchain in {\n\t\ttype filter hook ingress devices = { v1, v2 } priority 0; policy accept;\n\t}\n}\n', parseNftDevices],
  ['ip -j link', '[{"ifindex":2,"ifname":"eth0","flags":["UP"],"mtu":1500,"address":"02:42:ac:11:00:02","link_index":9,"linkinfo":{"info_kind":"veth"}}]', (text) => parseLinks(jsonArray(text) ?? [])],
  ['ip -j addr', '[{"ifindex":2,"ifname":"eth0","addr_info":[{"family":"inet","local":"10.9.0.2","prefixlen":24}]}]', (text) => [...parseAddresses(jsonArray(text) ?? [])]],
  ['ip -j neigh', '[{"dst":"10.9.0.1","dev":"eth0","lladdr":"02:00:00:00:00:01","state":["PERMANENT"]}]', (text) => parseNeighbours(jsonArray(text) ?? [])],
  ['bridge -j fdb', '[{"mac":"b2:af:51:84:f1:fc","ifname":"v1","flags":[],"master":"br0","state":"","vlan":5}]', (text) => parseFdb(jsonArray(text) ?? [])],
  ['bridge -j vlan', '[{"ifname":"v1","vlans":[{"vlan":1,"flags":["PVID"]},{"vlan":10,"vlanEnd":12}]}]', (text) => [...parseVlans(jsonArray(text) ?? [])]],
  ['ip monitor neigh', '[nsid 3]fe80::1 dev eth0 lladdr 02:00:00:00:00:01 REACHABLE', (text) => ({ event: parseNeighbourEvent(text) })],
  ['a namespace’s answers', real('net-bridge-host'), (text) => readNamespace(splitSections(text, '@mark'), 'host')],
];

for (const [name, text, parse] of TABLES) {
  test(`${name}: the real text says something, and noise at most less, with no number made up`, () => {
    expect(JSON.stringify(parse(text)).length + size(parse(text))).toBeGreaterThan(2);
    fc.assert(
      fc.property(noisy(text), (noise) => {
        expect(hasNoNaN(parse(noise))).toBe(true);
      }),
      { seed: 20241, numRuns: name.startsWith('a namespace') ? 60 : 300 },
    );
  });
}

test('a mask that is none ends the line, not the program', () => {
  const route = (mask: string) => `Iface\nveth\t0000090A\t00000000\t0001\t0\t0\t0\t${mask}\t0\t0\t0\n`;
  expect(parseRoutes(route('00FFFFFF'))).toEqual([{ to: '10.9.0.0/24', via: '', dev: 'veth' }]);
  for (const mask of ['9'.repeat(400), '', 'zz', '-1', '00FFFFFF00']) expect(parseRoutes(route(mask))).toEqual([]);
});

const size = (value: unknown): number => (value instanceof Map ? value.size * 3 : 0);

function hasNoNaN(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  // The prefix of an address is told within a text.
  if (typeof value === 'string') return !/^[\d.:a-f]+\/(?:NaN|Infinity|\d{4,})$/.test(value);
  if (value instanceof Map) return [...value.values()].every(hasNoNaN);
  if (typeof value === 'object' && value !== null) return Object.values(value).every(hasNoNaN);
  return true;
}
