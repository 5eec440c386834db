import { expect, test } from 'vitest';
import { snapshot as schema, valueOf, type Snapshot } from '../../src/core/model/index.js';
import { plainContainer, plainFacts, plainSegment } from '../../src/core/rules/example.js';
import { diffSnapshots } from '../../src/core/delta.js';
import { withBegun } from '../../src/node/collect/begun.js';
import type { EngineContainer } from '../../src/node/collect/engine/types.js';
import { readFirst } from '../../src/node/collect/kernel/first.js';
import { readKernel, type KnownContainer } from '../../src/node/collect/kernel/index.js';
import { HOST, idOf, known, onMadeHosts } from './made-host.js';

/** What is told of a container at the moment at which it begins, before anything else is read again. */

const made = onMadeHosts();
const [pathOfA, pathOfB] = ['a', 'b'].map((name) => `/system.slice/docker-${idOf(name)}.scope`) as [string, string];

function begin(pid: number, cgroup: string, comm = 'sleep'): void {
  made.host.process({ pid, comm, parent: 90, cgroup, namespaces: { net: pid + 1, mnt: pid + 2, pid: pid + 3 }, effective: '00000000a80425fb', bounding: '00000000a80425fb', seccomp: 2, pidInside: 1 });
  made.host.cgroup(cgroup, { 'memory.max': '1048576\n', 'memory.current': '4096\n', 'cpu.max': 'max 100000\n', 'pids.max': '50\n', 'pids.current': '1\n' });
}

/** A host with `a` in it, of which one pass was made. */
function withA(): readonly KnownContainer[] {
  begin(100, pathOfA);
  const containers = [known('a', 100)];
  readKernel({ roots: made.host.roots, containers, cache: made.cache });
  return containers;
}

test('its first process and its cgroup are told at once, and all that takes a look at others is not asked yet', () => {
  const a = withA();
  begin(200, pathOfB);
  const b = known('b', 200, { ipcMode: 'private', networkMode: 'net-0' });
  const facts = readFirst(made.host.roots, made.cache, b, [...a, b]) ?? expect.fail('nothing was told');
  expect(facts.process).toMatchObject({ pid: 200, role: 'main', seccomp: { value: 'filter' } });
  expect([facts.cgroup.memory.limit, facts.cgroup.pids.effectiveLimit].map(valueOf)).toEqual([1048576, 50]);
  expect(facts.namespaces.net).toMatchObject({ inode: { value: 201 }, owner: { value: 'own', source: 'engine: HostConfig.NetworkMode' } });
  expect(facts.namespaces.user).toMatchObject({ inode: { value: HOST.user }, owner: { value: 'host' } });
  for (const later of [facts.processCount, facts.mounts, facts.rootReadOnly, facts.maskedPaths, facts.devices, facts.cgroup.memory.pressure]) expect(later).toMatchObject({ unknown: 'not-asked' });
});

test('whose a namespace is stays open where the engine says the host’s and the kernel does not', () => {
  const a = withA();
  begin(200, pathOfB);
  const b = known('b', 200, { networkMode: 'host' });
  expect(readFirst(made.host.roots, made.cache, b, [...a, b])?.namespaces.net).toMatchObject({ inode: { value: 201 }, owner: { unknown: 'not-asked' } });
});

test('the pass that follows says the same as if nothing had been told', () => {
  const a = withA();
  begin(200, pathOfB);
  const containers = [...a, known('b', 200)];
  readFirst(made.host.roots, made.cache, containers[1] ?? expect.fail(), containers);
  const again = new Set([idOf('b')]);
  const other = made.another();
  readKernel({ roots: made.host.roots, containers: a, cache: other });
  expect(readKernel({ roots: made.host.roots, containers, cache: made.cache, depth: 'touched', again })).toEqual(readKernel({ roots: made.host.roots, containers, cache: other, depth: 'touched', again }));
});

test('nothing is told of a pid that is another’s, of a runtime’s helper, or before a first pass', () => {
  begin(200, pathOfB);
  expect(readFirst(made.host.roots, made.cache, known('b', 200), [])).toBeNull();
  const a = withA();
  expect(readFirst(made.host.roots, made.cache, known('c', 200), a)).toBeNull();
  expect(readFirst(made.host.roots, made.cache, known('b', 300), a)).toBeNull();
  begin(200, pathOfB, 'runc:[2:INIT]');
  made.host.file('proc/200/stat', `200 (runc:[2:INIT]) S ${'0 '.repeat(18)}99990 0\n`);
  expect(readFirst(made.host.roots, made.cache, known('b', 200), a)).toBeNull();
});

const word = (letter: string, pid: number | null, edit: Partial<EngineContainer> = {}): EngineContainer => ({
  ...known(letter, pid), image: 'i', imageId: 'sha256:1', state: pid === null ? 'exited' : 'running', health: 'none', project: null, service: null,
  createdAt: '2026-01-01T00:00:00Z', startedAt: '', labels: {}, sandboxKey: '',
  endpoints: [{ network: plainSegment.name, networkId: plainSegment.id.slice('network:'.length), mac: '02:42:0a:00:00:09', ipv4: '10.0.0.9/24', ipv6: '', gateway: '10.0.0.1', gateway6: '' }],
  ...edit,
});

const engineOf = (...words: readonly EngineContainer[]): ReadonlyMap<string, EngineContainer> => new Map(words.map((one) => [one.id, one]));
const readers = () => ({ first: (one: KnownContainer, all: readonly KnownContainer[]) => readFirst(made.host.roots, made.cache, one, all) });

test('the picture has it with the engine’s word on its wires, a note, and everything else as it was', async () => {
  withA();
  begin(200, pathOfB);
  const { snapshot: last } = plainFacts();
  const next: Snapshot = (await withBegun(last, new Set([idOf('b')]), engineOf(word('b', 200)), readers())) ?? expect.fail('nothing was told');
  expect(schema.safeParse(next).error?.issues).toBeUndefined();
  expect(next.containers.at(-1)).toMatchObject({ id: idOf('b'), state: 'running', net: 'net:201', endpoints: [{ segment: plainSegment.id, ipv4: { value: '10.0.0.9/24' }, interface: { unknown: 'not-asked' } }] });
  expect(next.nets).toMatchObject([{ key: 'net:201', of: [idOf('b')], nft: { unknown: 'not-asked' } }]);
  expect(next.notes).toMatchObject([{ about: idOf('b') }]);
  const { lists, host, takenAt } = diffSnapshots(last, next);
  expect([Object.keys(lists), host, takenAt]).toEqual([['containers', 'nets'], null, last.takenAt]);
  expect(next.containers[0]).toBe(last.containers[0]);
});

test('who joins the net namespace of another is plugged in where that is', async () => {
  withA();
  begin(200, pathOfB);
  const donor = plainContainer({ net: 'net:201' });
  const { snapshot: last } = plainFacts([donor], { nets: [] });
  const next = await withBegun(last, new Set([idOf('b')]), engineOf(word('b', 200, { endpoints: [] })), readers());
  expect(next?.containers.at(-1)?.endpoints).toEqual(donor.endpoints);
});

test('nothing is told of who ran before, of who has ended, of many at once, and where the reader cannot', async () => {
  withA();
  const ids = (...letters: readonly string[]) => new Set(letters.map(idOf));
  const { snapshot: last } = plainFacts([plainContainer({ id: idOf('b'), net: 'net:7' })]);
  expect(await withBegun(last, ids('b'), engineOf(word('b', 200)), readers())).toBeNull();
  expect(await withBegun(last, ids('c'), engineOf(word('c', null)), readers())).toBeNull();
  expect(await withBegun(last, ids('c'), engineOf(word('c', 300)), readers())).toBeNull();
  const many = ['c', 'd', 'e', 'f', '0'];
  for (const [n, letter] of many.entries()) begin(200 + n, `/system.slice/docker-${idOf(letter)}.scope`);
  expect(await withBegun(last, ids(...many), engineOf(...many.map((letter, n) => word(letter, 200 + n))), readers())).toBeNull();
  expect((await withBegun(last, ids('c'), engineOf(word('c', 200)), readers()))?.containers).toHaveLength(2);
  expect(await withBegun(last, ids('c'), engineOf(word('c', 200)), {})).toBeNull();
});
