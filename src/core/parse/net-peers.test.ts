import { expect, test } from 'vitest';
import { known, unknown } from '../model/reading.js';
import type { NetInterface } from '../model/network.js';
import { joinPeers, type Linked } from './net-peers.js';

function veth(net: string, name: string, index: number, otherIndex: number, netnsId: number | null): Linked {
  const source = 'ip -j -d link';
  const iface: NetInterface = {
    id: `${net}/${name}`, net, name, index: known(index, source), kind: 'veth', mac: unknown('absent', source), addresses: known([], source),
    up: known(true, source), noarp: known(false, source), peer: known(`index:${otherIndex}`, source), master: known('', source), mode: unknown('absent', source),
    port: null, bridge: null, xdp: known([], source),
  };
  return { iface, otherIndex, netnsId };
}
const peers = (joined: readonly NetInterface[]) => Object.fromEntries(joined.map((one) => [one.id, 'value' in one.peer ? one.peer.value : '?']));

test('two ends whose indices name each other are a pair', () => {
  expect(peers(joinPeers([veth('host', 'veth1', 5, 4, 0), veth('net:1', 'eth0', 4, 5, 0)]))).toEqual({ 'host/veth1': 'net:1/eth0', 'net:1/eth0': 'host/veth1' });
});

test('an end that two namespaces could hold stays an index', () => {
  const joined = peers(joinPeers([veth('host', 'veth1', 5, 4, 0), veth('net:1', 'eth0', 4, 5, 0), veth('net:2', 'eth0', 4, 5, 0)]));
  expect(joined['host/veth1']).toBe('index:4');
});

test('beside an engine that numbers alike, the pair within our own nets is meant', () => {
  const joined = peers(joinPeers([veth('host', 'veth1', 5, 4, 0), veth('net:1', 'eth0', 4, 5, 0), veth('net:2', 'eth0', 4, 5, 0)], new Set(['host', 'net:1'])));
  expect(joined['host/veth1']).toBe('net:1/eth0');
  expect(joined['net:2/eth0']).toBe('index:5');
});

test('what a container has on a device of another namespace is on one of our own nets, the host’s of several', () => {
  const on = (net: string, name: string, index: number): Linked => {
    const one = veth(net, name, index, 0, null);
    return { ...one, otherIndex: null, iface: { ...one.iface, kind: 'bridge', peer: known('', 'ip -j -d link') } };
  };
  const given = veth('net:1', 'eth0', 9, 5, 0);
  const macvlan: Linked = { ...given, iface: { ...given.iface, kind: 'macvlan' } };
  const ours = new Set(['host', 'net:1', 'net:2']);
  const lower = (...others: readonly Linked[]) => peers(joinPeers([macvlan, ...others], ours))['net:1/eth0'];
  expect(lower(on('host', 'br0', 5), on('net:7', 'br0', 5))).toBe('host/br0');
  expect(lower(on('host', 'br0', 5), on('net:2', 'eth0', 5), on('net:7', 'br0', 5))).toBe('host/br0');
  expect(lower(on('net:2', 'eth0', 5), on('net:7', 'br0', 5))).toBe('net:2/eth0');
  expect(lower(on('net:6', 'br0', 5), on('net:7', 'br0', 5))).toBe('index:5');
});

test('an end whose other one is named, in its own namespace, is nobody else’s', () => {
  const near = (name: string, index: number, other: string): Linked => {
    const one = veth('host', name, index, 0, null);
    return { ...one, otherIndex: null, iface: { ...one.iface, peer: known(`host/${other}`, 'ip -j -d link') } };
  };
  const joined = peers(joinPeers([near('m', 5, 'mp'), near('mp', 4, 'm'), veth('net:1', 'eth0', 9, 5, 0)]));
  expect(joined).toEqual({ 'host/m': 'host/mp', 'host/mp': 'host/m', 'net:1/eth0': 'index:5' });
});
