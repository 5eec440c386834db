import { expect, test } from 'vitest';
import { valueOf } from '../model/reading.js';
import { parsePolicyRoutes, parseLinks, parseNeighbours, toInterface } from './net-ip.js';

test('neighbours without ARP are told, those that the kernel makes for groups are not', () => {
  // `ip -j neigh show nud all` of Linux 6.18 with an entry set by hand.
  const { v4, v6 } = parseNeighbours([
    { dst: '10.0.0.8', dev: 'eth0', lladdr: '02:00:00:00:00:08', state: ['PERMANENT'] },
    { dst: '10.0.0.9', dev: 'eth0', lladdr: '02:00:00:00:00:09', state: ['NOARP'] },
    { dst: '224.0.0.22', dev: 'eth0', lladdr: '01:00:5e:00:00:16', state: ['NOARP'] },
    { dst: 'ff02::16', dev: 'eth0', lladdr: '33:33:00:00:00:16', state: ['NOARP'] },
    { dst: 'fd00::9', dev: 'eth0', lladdr: '02:00:00:00:00:09', state: ['NOARP'] },
    { dst: 'fd00::7', dev: 'eth0', state: ['FAILED'] },
  ]);
  expect(v4.map((n) => [n.ip, n.state])).toEqual([['10.0.0.8', 'PERMANENT'], ['10.0.0.9', 'NOARP']]);
  expect(v6.map((n) => [n.ip, n.state])).toEqual([['fd00::9', 'NOARP']]);
});

const iface = (over: object) => {
  const [link] = parseLinks([{ ifindex: 4, ifname: 'v1', flags: ['UP'], link_type: 'ether', ...over }]);
  if (link === undefined) throw new Error('no link');
  return toInterface('host', link, { value: [], source: 'ip -j addr' }, 'ip -j -d link', { value: [], source: 'bridge -j vlan' });
};

test('XDP programs are named: native or generic, one or several', () => {
  // As iproute2 6.1 prints them.
  expect(valueOf(iface({}).xdp)).toEqual([]);
  expect(valueOf(iface({ xdp: { mode: 2, prog: { id: 101, name: 'drop_all', tag: 'b11459a0e11ca14c', jited: 1 } } }).xdp)).toEqual(['drop_all']);
  expect(valueOf(iface({ xdp: { mode: 1, prog: { id: 7 } } }).xdp)).toEqual(['program 7']);
  expect(valueOf(iface({ xdp: { mode: 4, attached: [{ mode: 1, prog: { id: 7, name: 'one' } }, { mode: 3, prog: { id: 8, name: 'two' } }] } }).xdp)).toEqual(['one', 'two']);
});

test('whether a port goes on to forward by itself is told where it does not forward yet, and only there', () => {
  const port = (state: string, timer: number) => iface({ linkinfo: { info_slave_kind: 'bridge', info_slave_data: { state, forward_delay_timer: timer } } }).port?.settles;
  expect(port('learning', 12.4)).toMatchObject({ value: true });
  expect(port('learning', 0)).toMatchObject({ value: false });
  expect(port('forwarding', 12.4)).toBeUndefined();
});

test('routes that a rule has to name are told with their table, those that every packet meets are told elsewhere', () => {
  const told = parsePolicyRoutes([
    { type: 'unicast', dst: 'default', gateway: '172.20.0.9', dev: 'eth0', table: '77', flags: [] },
    { type: 'unicast', dst: '172.20.0.0/24', dev: 'eth0', protocol: 'kernel' },
    { type: 'local', dst: '172.20.0.2', dev: 'eth0', table: 'local' },
    { type: 'unicast', dst: 'fd00::/64', dev: 'eth0', table: '77' },
    { type: 'blackhole', dst: '10.0.0.0/8', table: '77' },
    'noise',
  ]);
  expect(told).toEqual([{ to: 'default', via: '172.20.0.9', dev: 'eth0', table: '77' }]);
});
