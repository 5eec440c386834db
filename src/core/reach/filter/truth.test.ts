import { describe, expect, test } from 'vitest';
import { around, inNetwork, inOrder, inRange, toNumber } from './truth.js';

describe('an address as a number', () => {
  test.each<readonly [text: string, is: bigint | null]>([
    ['0.0.0.0', 0n], ['10.9.0.55', 0x0a090037n], ['255.255.255.255', 0xffffffffn],
    ['256.0.0.0', null], ['10.9.0', null], ['10.9.0.1.2', null], ['10.9.0.x', null], ['-1.0.0.0', null], ['lan', null], ['', null],
    ['::', 0n], ['::1', 1n], ['fd00::', 0xfd00n << 112n], ['fd00::5', (0xfd00n << 112n) + 5n], ['1:2:3:4:5:6:7:8', 0x00010002000300040005000600070008n], ['FE80::A', (0xfe80n << 112n) + 10n],
    ['1:2:3:4:5:6:7', null], ['1:2:3:4:5:6:7:8:9', null], ['1::2::3', null], ['1:2:3:4:5::6:7:8:9', null], ['fd00::12345', null], ['fd00::x', null], ['1::2:3:4:5:6:7:8', 0x00010002000300040005000600070008n],
  ])('%s', (text, is) => expect(toNumber(text)).toBe(is));
});

describe('a network', () => {
  test.each<readonly [ip: string, network: string, is: boolean | null]>([
    ['10.9.0.55', '10.9.0.55', true], ['10.9.0.55', '10.9.0.56', false], ['10.9.0.55', '10.9.0.0/24', true], ['10.9.1.55', '10.9.0.0/24', false], ['10.9.1.55', '10.9.0.99/16', true], ['10.9.0.55', '10.9.0.55/32', true], ['10.9.0.54', '10.9.0.55/32', false], ['10.9.0.55', '0.0.0.0/0', true],
    ['10.9.0.55', '10.9.0.0/255.255.255.0', true], ['10.9.1.55', '10.9.0.0/255.255.255.0', false], ['10.9.1.55', '10.9.0.55/255.255.0.255', true], ['10.9.0.55', '10.9.0.0/odd', null],
    ['fd00::5', 'fd00::/64', true], ['fd01::5', 'fd00::/64', false], ['fd00::5', 'fd00::5/128', true], ['fd00::4', 'fd00::5/128', false], ['fd00::5', 'fd00::5', true], ['fd00::5', 'fd00::ffff', false], ['fd00::5', 'fd00::9/ffff::', true],
    ['10.9.0.55', 'fd00::/8', false], ['fd00::5', '10.0.0.0/8', false], ['::5', '0.0.0.5', false], ['10.9.0.55', 'lan', null], ['lan', '10.9.0.0/24', null], ['', '10.9.0.0/24', null],
  ])('%s in %s', (ip, network, is) => expect(inNetwork(ip, network)).toBe(is));
});

test('a range holds both its ends, and nothing that is no address', () => {
  const among = (ip: string) => inRange(ip, '10.9.0.9', '10.9.0.100');
  expect(['10.9.0.8', '10.9.0.9', '10.9.0.55', '10.9.0.100', '10.9.0.101'].map(among)).toEqual([false, true, true, true, false]);
  expect([inRange('lan', '10.9.0.1', '10.9.0.2'), inRange('10.9.0.1', 'lan', '10.9.0.2'), inRange('10.9.0.1', '10.9.0.1', 'lan')]).toEqual([null, null, null]);
});

describe('what stands beside a value', () => {
  test.each<readonly [value: string | number, is: readonly (string | number)[]]>([
    [7, [7, 6, 8]], [0, [0, 1]], ['10.9.0.255', ['10.9.0.255', '10.9.0.254', '10.9.1.0']], ['0.0.0.0', ['0.0.0.0', '0.0.0.1']], ['255.255.255.255', ['255.255.255.255', '255.255.255.254']],
    ['02:00:00:00:00:ff', ['02:00:00:00:00:ff', '02:00:00:00:00:fe', '02:00:00:00:01:00']], ['ff:ff:ff:ff:ff:ff', ['ff:ff:ff:ff:ff:ff', 'ff:ff:ff:ff:ff:fe']],
    ['fd00::', ['fd00::', 'fcff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fd00:0000:0000:0000:0000:0000:0000:0001']], ['lan', []], [1.5, []],
  ])('%s', (value, is) => expect(around(value)).toEqual(is));
});

test('what is of two kinds stands in no order', () => {
  expect([inOrder('10.0.0.1', '<', 'fd00::1'), inOrder('02:00:00:00:00:01', '<', '10.0.0.1'), inOrder('lan', '<', 1), inOrder(1, '<', 1.5)]).toEqual([null, null, null, null]);
});
