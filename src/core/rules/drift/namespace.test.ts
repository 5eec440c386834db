import { expect, test } from 'vitest';
import { known, unknown } from '../../model/reading.js';
import { plainContainer, plainFacts, plainHost, plainNamespaces } from '../example.js';
import type { Container } from '../../model/workload.js';
import { driftNamespace as rule } from './namespace.js';

const find = (containers: readonly Container[]) => rule.find(plainFacts(containers));
const titles = (containers: readonly Container[]) => find(containers).map((hit) => hit.title);
const owned = (kind: 'net' | 'pid' | 'user' | 'cgroup', owner: string, inode = 1) => ({ ...plainNamespaces(), [kind]: { inode: known(inode, 'ns'), owner: known(owner, 'ns') } });
const other = 'd'.repeat(64);

test('joined as declared, by name or id, is quiet', () => {
  for (const networkMode of ['container:db', `container:${other.slice(0, 12)}`, `container:${other}`]) {
    expect(titles([plainContainer({ namespaces: owned('net', `container:${other}`), declared: { networkMode } }), plainContainer({ id: other, name: 'db', namespaces: plainNamespaces(2) })])).toEqual([]);
  }
});
test('joined without a word is drift', () => {
  expect(titles([plainContainer({ namespaces: owned('net', `container:${other}`) }), plainContainer({ id: other, name: 'db' })])).toEqual(['web is in db’s net namespace, and was declared to have its own.']);
});
test('a donor is not blamed for those who joined it', () => {
  const joiner = plainContainer({ id: other, name: 'tap', declared: { networkMode: 'container:web' } });
  expect(titles([plainContainer({ namespaces: owned('net', `container:${other}`) }), joiner])).toEqual([]);
});
test('one that left the host’s namespace is drift', () => {
  expect(titles([plainContainer({ declared: { pidMode: 'host' } })])).toEqual(['web was declared to be in the host’s pid namespace and is not.']);
});
test('what the engine or the kernel may choose is quiet', () => {
  expect(titles([plainContainer({ namespaces: owned('cgroup', 'host'), declared: { cgroupnsMode: '' } })])).toEqual([]);
  expect(titles([plainContainer({ declared: { usernsMode: 'host' } })])).toEqual([]);
});
test('with remapped users one in the host’s user namespace is drift, unless it was taken out', () => {
  const host = { ...plainHost, engine: { ...plainHost.engine, usernsRemap: known(true, 'engine') } };
  expect(rule.find(plainFacts([plainContainer()], { host }))).toHaveLength(1);
  expect(rule.find(plainFacts([plainContainer({ declared: { usernsMode: 'host' } })], { host }))).toEqual([]);
});
test('unread is no drift', () => {
  expect(titles([plainContainer({ namespaces: { ...plainNamespaces(), net: { inode: unknown('denied', 'ns'), owner: unknown('denied', 'ns') } } })])).toEqual([]);
});
