import { expect, test } from 'vitest';
import { known, unknown } from '../../model/reading.js';
import { plainContainer, plainEndpoint, plainFacts, plainInterface, plainNamespaces } from '../example.js';
import { driftInterface as rule } from './interface.js';

const more = (edit: Parameters<typeof plainInterface>[0]) => plainFacts(undefined, { interfaces: [plainInterface(), plainInterface({ id: 'net:4026532840/x', ...edit })] });

test('loopback and the devices that the kernel makes by itself are quiet', () => {
  expect(rule.find(more({ name: 'lo', kind: 'loopback' }))).toEqual([]);
  expect(rule.find(more({ name: 'sit0', kind: 'tun' }))).toEqual([]);
});
test('where a plug of the engine’s was not found nothing can be called foreign', () => {
  expect(rule.find(plainFacts([plainContainer({ endpoints: [plainEndpoint, { ...plainEndpoint, network: 'back', interface: unknown('denied', 'k') }] })], { interfaces: [plainInterface(), plainInterface({ id: 'y', name: 'eth1' })] }))).toEqual([]);
});
test('a plug that only the kernel knows of is foreign', () => {
  const foreign = { ...plainEndpoint, interface: known('eth9', 'ip'), mac: known('5e:00:00:00:00:09', 'ip -j'), ipv4: unknown('absent' as const, 'ip -j') };
  expect(rule.find(plainFacts([plainContainer({ endpoints: [plainEndpoint, foreign] })], { interfaces: [plainInterface(), plainInterface({ id: 'y', name: 'eth9' })] }))).toHaveLength(1);
});
test('a container in another’s net namespace is not asked', () => {
  const namespaces = { ...plainNamespaces(), net: { inode: known(1, 'ns'), owner: known('container:x', 'ns') } };
  expect(rule.find(plainFacts([plainContainer({ namespaces, endpoints: [] })]))).toEqual([]);
});
