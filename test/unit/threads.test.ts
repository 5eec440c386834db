import { expect, test } from 'vitest';
import { valueOf } from '../../src/core/model/index.js';
import { readKernel } from '../../src/node/collect/kernel/index.js';
import { idOf, known, onMadeHosts } from './made-host.js';

/** Threads that are not as their first: rights and namespaces belong to each of them. */

const made = onMadeHosts();

const A = `/system.slice/docker-${idOf('a')}.scope`;
const OWN = { net: 11, mnt: 12, pid: 13, ipc: 14, uts: 15, cgroup: 16 };
const NONE = '0000000000000000';
const SOME = '00000000a80425fb';
const read = (depth: 'full' | 'known' = 'full') => {
  const pass = readKernel({ roots: made.host.roots, containers: [known('a', 100)], cache: made.cache, depth });
  return { pass, facts: pass.of.get(idOf('a')) ?? expect.fail() };
};

/** A first thread without any right, with others beside it. */
function threaded(threads: readonly { readonly tid: number; readonly effective?: string; readonly uts?: number }[]): void {
  made.host.process({ pid: 90, comm: 'containerd-shim', cgroup: '/system.slice/containerd.service' });
  const first = { parent: 90, cgroup: A, bounding: SOME, seccomp: 2 as const, threads: threads.length + 1, comm: 'server' };
  made.host.process({ ...first, pid: 100, namespaces: OWN, effective: NONE });
  made.host.process({ ...first, pid: 100, of: 100, namespaces: OWN, effective: NONE });
  for (const { tid, effective, uts } of threads) made.host.process({ ...first, pid: tid, of: 100, comm: 'worker', namespaces: { ...OWN, uts: uts ?? OWN.uts }, effective: effective ?? NONE });
}

test('a thread that kept its rights is the container’s weakest, though the first gave its up', () => {
  threaded([{ tid: 101 }, { tid: 102, effective: SOME }, { tid: 103, effective: SOME }]);
  const { facts } = read();
  expect(facts.process).toMatchObject({ pid: 102, comm: 'worker', role: 'main' });
  expect(valueOf(facts.process!.capabilities.effective)).toContain('CAP_NET_RAW');
  expect(facts.process?.capabilities.effective.source).toBe(`${made.host.roots.proc}/100/task/102/status`);
  expect(facts.processes.map((p) => p.pid)).toEqual([100, 102]);
  expect(facts.processCount).toMatchObject({ value: 1 });
});

test('a thread in another namespace is told with it, and the namespace with the container', () => {
  threaded([{ tid: 101, uts: 77 }]);
  const { pass, facts } = read();
  expect(facts.processes.find((p) => p.pid === 101)?.namespaces.uts).toMatchObject({ value: 77 });
  expect(pass.namespaces.find((n) => n.inode === 77)).toMatchObject({ type: 'uts', members: [{ kind: 'container', id: idOf('a') }] });
  expect(facts.intruders).toEqual([]);
});

test('threads that are all alike are not told one by one', () => {
  threaded([{ tid: 101 }, { tid: 102 }]);
  expect(read().facts.processes.map((p) => p.pid)).toEqual([100]);
});

test('between full passes those that were found stay, and are dropped where they have ended', () => {
  threaded([{ tid: 102, effective: SOME }]);
  const before = read().facts;
  expect(read('known').facts.processes).toBe(before.processes);
  threaded([]);
  made.host.end(100);
  threaded([{ tid: 101 }]);
  expect(read('known').facts.processes.map((p) => p.pid)).toEqual([100]);
});

test('so it is for a group of another runtime that has a cgroup of its own', () => {
  const first = { parent: 1, cgroup: '/machine.slice/systemd-nspawn@web.service/payload', bounding: SOME, threads: 2, namespaces: { ...OWN, net: 21 } };
  made.host.process({ ...first, pid: 300, effective: NONE });
  made.host.process({ ...first, pid: 300, of: 300, effective: NONE });
  made.host.process({ ...first, pid: 301, of: 300, effective: SOME });
  threaded([]);
  const group = read().pass.groups.find((one) => one.name === 'web');
  expect(group).toMatchObject({ runtime: 'systemd-nspawn', process: { pid: 301 } });
  expect(group?.processCount).toMatchObject({ value: 1 });
});
