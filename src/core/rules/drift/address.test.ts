import { expect, test } from 'vitest';
import { known, unknown } from '../../model/reading.js';
import { plainContainer, plainEndpoint, plainFacts, plainInterface } from '../example.js';
import { driftAddress as rule } from './address.js';

const has = (addresses: string[], edit: Parameters<typeof plainContainer>[0] = {}) => rule.find(plainFacts([plainContainer(edit)], { interfaces: [plainInterface({ addresses: known(addresses, 'ip') })] }));

test('link-local addresses are the kernel’s', () => {
  expect(has(['172.20.0.2/24', 'fe80::42:acff:fe14:2/64'])).toEqual([]);
});
test('IPv6 is compared by value, not by spelling', () => {
  const ipv6 = known('2001:db8::2/64', 'engine: GlobalIPv6Address');
  expect(has(['172.20.0.2/24', '2001:0db8:0:0:0:0:0:2/64'], { endpoints: [{ ...plainEndpoint, ipv6 }] })).toEqual([]);
  expect(has(['172.20.0.2/24', '2001:db8::3/64'], { endpoints: [{ ...plainEndpoint, ipv6 }] })).toHaveLength(1);
});
test('a network to which the engine gives no addresses leaves them to others', () => {
  expect(has(['10.0.0.9/24'], { endpoints: [{ ...plainEndpoint, ipv4: unknown('absent', 'engine: IPAddress') }] })).toEqual([]);
});
test('an address taken on loopback counts', () => {
  expect(rule.find(plainFacts(undefined, { interfaces: [plainInterface(), plainInterface({ id: 'lo', name: 'lo', kind: 'loopback', addresses: known(['127.0.0.1/8', '::1/128', '172.20.0.1/32'], 'ip') })] }))).toHaveLength(1);
});
test('an address that the engine gave and the interface no longer has is told', () => {
  const flushed = (source: string, edit: Parameters<typeof plainContainer>[0] = {}) => rule.find(plainFacts([plainContainer(edit)], { interfaces: [plainInterface({ addresses: known(['fe80::42:acff:fe14:2/64'], source) })] }));
  expect(flushed('ip -j addr').map((h) => h.title)).toEqual([expect.stringContaining('no longer has the address 172.20.0.2/24 on eth0')]);
  expect(flushed('ip -j addr', { state: 'paused' })).toHaveLength(1);
  // What is being started or stopped, and what a reading without rights leaves out, says nothing.
  expect(flushed('ip -j addr', { state: 'restarting' })).toEqual([]);
  expect(flushed('/proc/1/net/fib_trie')).toEqual([]);
});
test('a missing IPv6 address is told where IPv6 is on', () => {
  const two = { endpoints: [{ ...plainEndpoint, ipv6: known('2001:db8::2/64', 'engine: GlobalIPv6Address') }] };
  const left = (addresses: string[]) => rule.find(plainFacts([plainContainer(two)], { interfaces: [plainInterface({ addresses: known(addresses, 'ip -j addr') })] })).map((h) => h.key);
  expect(left(['172.20.0.2/24', '2001:0db8::2/64'])).toEqual([]);
  expect(left(['172.20.0.2/24', 'fe80::1/64'])).toEqual(['eth0 without 2001:db8::2/64']);
  expect(left(['172.20.0.2/24'])).toEqual([]);
});
test('an address that the engine does not give cannot be missing', () => {
  const bare = { addresses: known([] as string[], 'ip -j addr') };
  expect(rule.find(plainFacts([plainContainer({ endpoints: [{ ...plainEndpoint, ipv4: unknown('absent', 'engine: IPAddress') }] })], { interfaces: [plainInterface(bare)] }))).toEqual([]);
});
