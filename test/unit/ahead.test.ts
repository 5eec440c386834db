import { expect, test } from 'vitest';
import { isStale, readAhead, serves } from '../../src/node/collect/kernel/ahead.js';
import { readKernel } from '../../src/node/collect/kernel/index.js';
import { idOf, known, onMadeHosts } from './made-host.js';

/** What is read while the engine is asked gives the same pass as what is read after it has answered. */

const made = onMadeHosts();

function container(name: string, pid: number): void {
  const path = `/system.slice/docker-${idOf(name)}.scope`;
  made.host.process({ pid, parent: 90, cgroup: path, namespaces: { net: pid + 1, mnt: pid + 2, pid: pid + 3 }, effective: '00000000a80425fb', bounding: '00000000a80425fb', seccomp: 2, pidInside: 1 });
  made.host.cgroup(path, { 'memory.max': '1048576\n', 'memory.current': '4096\n', 'cpu.max': 'max 100000\n', 'pids.max': '50\n', 'pids.current': '1\n' });
}

test('the pass that comes takes what was read ahead, and says the same as one that read it all itself', async () => {
  container('a', 100);
  container('b', 200);
  const [cache, other] = [made.another(), made.another()];
  const containers = [known('a', 100), known('b', 200)];
  const ahead = await readAhead(made.host.roots, cache, () => true);
  expect(ahead?.procs.size).toBeGreaterThan(1);
  cache.ahead = ahead;
  const pass = readKernel({ roots: made.host.roots, containers, cache });
  expect(pass).toEqual(readKernel({ roots: made.host.roots, containers, cache: other }));
  expect(cache.ahead).toBeUndefined();
  expect(readKernel({ roots: made.host.roots, containers, cache }).of).toEqual(pass.of);
});

test('a container that began after that has no process in the pass, and has one in the next', async () => {
  container('a', 100);
  const cache = made.another();
  const ahead = await readAhead(made.host.roots, cache, () => true);
  if (ahead === undefined) return expect.fail();
  cache.ahead = { ...ahead, at: Number.POSITIVE_INFINITY };
  container('b', 200);
  const containers = [known('a', 100), known('b', 200)];
  const pass = readKernel({ roots: made.host.roots, containers, cache });
  expect(pass.of.get(idOf('a'))?.process).not.toBeNull();
  expect(pass.of.get(idOf('b'))?.process).toBeNull();
  expect(readKernel({ roots: made.host.roots, containers, cache, depth: 'known', again: new Set([idOf('b')]) }).of.get(idOf('b'))?.process).not.toBeNull();
});

test('what moves is read ahead where the containers are known, and the pass says the same as one that read it all itself', async () => {
  container('a', 100);
  container('b', 200);
  const [cache, other] = [made.another(), made.another()];
  const containers = [known('a', 100), known('b', 200)];
  for (const one of [cache, other]) readKernel({ roots: made.host.roots, containers, cache: one });
  made.host.cgroup(`/system.slice/docker-${idOf('a')}.scope`, { 'memory.current': '8192\n', 'cpu.stat': 'usage_usec 5000\n' });
  const again = new Set<string>();
  cache.ahead = await readAhead(made.host.roots, cache, () => true, 'known');
  const pass = readKernel({ roots: made.host.roots, containers, cache, depth: 'known', again });
  expect(pass.of.get(idOf('a'))?.cgroup.memory.usage).toMatchObject({ value: 8192 });
  expect(pass.of.get(idOf('a'))?.cgroup.cpu.usageMs).toMatchObject({ value: 5 });
  expect(pass).toEqual(readKernel({ roots: made.host.roots, containers, cache: other, depth: 'known', again }));
});

test('where a container is to be read whole, or all of them, what moves is not enough', async () => {
  container('a', 100);
  const cache = made.another();
  const containers = [known('a', 100)];
  readKernel({ roots: made.host.roots, containers, cache });
  const ahead = await readAhead(made.host.roots, cache, () => true, 'known');
  if (ahead === undefined) return expect.fail();
  expect(serves(ahead, 'known', new Set())).toBe(true);
  expect(serves(ahead, 'known', new Set([idOf('a')]))).toBe(false);
  expect(serves(ahead, 'full', new Set())).toBe(false);
  expect(serves(ahead, 'touched', new Set())).toBe(false);
});

test('what was read long before the engine answered is read again', async () => {
  container('a', 100);
  const cache = made.another();
  const ahead = await readAhead(made.host.roots, cache, () => true);
  if (ahead === undefined) return expect.fail();
  const old = { ...ahead, at: ahead.at - 60_000 };
  expect(isStale(old)).toBe(true);
  cache.ahead = old;
  container('b', 200);
  expect(readKernel({ roots: made.host.roots, containers: [known('a', 100), known('b', 200)], cache }).of.get(idOf('b'))?.process).not.toBeNull();
});

test('it ends where nobody waits for it any more', async () => {
  container('a', 100);
  expect(await readAhead(made.host.roots, made.another(), () => false)).toBeUndefined();
});

test('where there are no processes nothing is read ahead', async () => {
  expect(await readAhead({ proc: '/nowhere', sys: '/nowhere' }, made.another(), () => true)).toBeUndefined();
});
