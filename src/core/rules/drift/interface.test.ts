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
test('an interface that the engine gave and that is no longer there is told', () => {
  const lo = plainInterface({ id: 'net:4026532840/lo', name: 'lo', kind: 'loopback' });
  const gone = { ...plainEndpoint, interface: unknown('absent' as const, 'ip -j -d link') };
  const titles = (endpoints: (typeof plainEndpoint)[], interfaces = [lo], edit: Parameters<typeof plainContainer>[0] = {}) => rule.find(plainFacts([plainContainer({ endpoints, ...edit })], { interfaces })).map((h) => h.title);
  expect(titles([gone])).toEqual([expect.stringContaining('no longer has the interface by which the engine connected it to shop')]);
  expect(titles([plainEndpoint, { ...gone, network: 'back' }], [lo, plainInterface()])).toHaveLength(1);
  // Another that is nobody's may be it under another name and MAC; one being stopped is parted from its network first.
  expect(titles([gone], [lo, plainInterface({ id: 'y', name: 'eth1' })])).toEqual([]);
  expect(titles([gone], [lo], { state: 'restarting' })).toEqual([]);
  // Without rights, and where the engine names no MAC, nothing is known.
  expect(titles([{ ...gone, interface: unknown('denied', 'k') }])).toEqual([]);
  expect(titles([{ ...gone, mac: unknown('absent', 'engine: MacAddress') }])).toEqual([]);
});
