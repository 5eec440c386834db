import { expect, test } from 'vitest';
import { namespaceNode, valueOf, group as groupSchema, cgroupNode } from '../../src/core/model/index.js';
import { readKernel, readMoving, type KnownContainer } from '../../src/node/collect/kernel/index.js';
import { HOST, idOf, known, onMadeHosts } from './made-host.js';

/** The kernel reader on hosts that are made of files: cgroup v2, other runtimes, strangers, processes that end. */

const made = onMadeHosts();

const A = `/system.slice/docker-${idOf('a')}.scope`;
const OWN = { net: 11, mnt: 12, pid: 13, ipc: 14, uts: 15, cgroup: 16 };
const read = (containers: readonly KnownContainer[], more: { readonly depth?: 'full' | 'check' | 'processes' | 'known'; readonly local?: boolean; readonly brief?: boolean; readonly again?: ReadonlySet<string> } = {}) => readKernel({ roots: made.host.roots, containers, cache: made.cache, ...more });

function containerA(): void {
  made.host.process({ pid: 100, parent: 90, cgroup: A, namespaces: OWN, effective: '00000000a80425fb', bounding: '00000000a80425fb', seccomp: 2, pidInside: 1 });
  made.host.process({ pid: 90, comm: 'containerd-shim', cgroup: '/system.slice/containerd.service' });
  made.host.cgroup('/system.slice', { 'memory.max': '134217728\n', 'cpu.max': 'max 100000\n', 'pids.max': 'max\n' });
  made.host.cgroup(A, {
    'memory.max': 'max\n', 'memory.current': '4096\n', 'memory.high': 'max\n', 'memory.low': '0\n', 'memory.swap.max': 'max\n', 'memory.events': 'low 0\nhigh 0\nmax 3\noom 1\noom_kill 1\n',
    'cpu.max': '150000 100000\n', 'cpu.weight': '100\n', 'cpu.stat': 'usage_usec 2500\nnr_periods 10\nnr_throttled 4\nthrottled_usec 1500\n', 'cpuset.cpus.effective': '0-3\n',
    'cpu.pressure': 'some avg10=1.50 avg60=0.00 avg300=0.00 total=9\nfull avg10=0.50 avg60=0.00 avg300=0.00 total=1\n',
    'pids.max': '50\n', 'pids.current': '1\n', 'io.max': '8:0 rbps=1048576 wbps=max riops=max wiops=max\n', 'io.stat': '8:0 rbytes=10 wbytes=20 rios=1 wios=2 dbytes=0 dios=0\n',
  });
}

test('v2: limits, use and pressure, and the slice that imposes a tighter limit', () => {
  containerA();
  const pass = read([known('a', 100)]);
  expect(pass.proof.kind).toBe('proved');
  expect(pass.host.cgroupVersion).toMatchObject({ value: 'v2' });
  const { cgroup } = pass.of.get(idOf('a')) ?? expect.fail();
  expect(cgroup.path).toMatchObject({ value: A });
  expect(cgroup.memory).toMatchObject({ limit: { value: 'max' }, effectiveLimit: { value: 134217728 }, imposedBy: { value: '/system.slice' }, usage: { value: 4096 }, oomKills: { value: 1 } });
  expect(cgroup.memory.pressure).toMatchObject({ unknown: 'absent' });
  expect(cgroup.cpu).toMatchObject({ limit: { value: 1.5 }, effectiveLimit: { value: 1.5 }, imposedBy: { value: A }, usageMs: { value: 2.5 }, throttledPeriods: { value: 4 }, throttledMs: { value: 1.5 }, pressure: { value: { some10: 1.5, full10: 0.5 } } });
  expect(cgroup.pids).toMatchObject({ limit: { value: 50 }, usage: { value: 1 } });
  expect(cgroup.io).toMatchObject({ limits: { value: ['8:0 rbps=1048576'] }, readBytes: { value: 10 }, writtenBytes: { value: 20 } });
  for (const one of pass.cgroups) expect(cgroupNode.safeParse(one).success).toBe(true);
  expect(pass.cgroups.find((one) => one.of === idOf('a'))).toMatchObject({ id: A, parent: '/system.slice', processCount: 1 });
});

test('a brief pass leaves pressure and what is rarely set unasked; the next one reads it, and a brief one never takes it back', () => {
  containerA();
  const of = (more: Parameters<typeof read>[1]) => (read([known('a', 100)], more).of.get(idOf('a')) ?? expect.fail()).cgroup;
  const first = of({ brief: true });
  expect(first.memory).toMatchObject({ effectiveLimit: { value: 134217728 }, usage: { value: 4096 }, high: { unknown: 'not-asked' } });
  expect(first.cpu).toMatchObject({ limit: { value: 1.5 }, weight: { unknown: 'not-asked' }, pressure: { unknown: 'not-asked' } });
  expect(first.io).toMatchObject({ limits: { unknown: 'not-asked' }, readBytes: { unknown: 'not-asked' } });
  const whole = of({ depth: 'known' });
  expect(whole.cpu).toMatchObject({ weight: { value: 100 }, pressure: { value: { some10: 1.5 } } });
  expect(whole.io).toMatchObject({ limits: { value: ['8:0 rbps=1048576'] }, readBytes: { value: 10 } });
  made.host.cgroup(A, { 'memory.max': '8192\n', 'cpu.weight': '50\n' });
  const touched = of({ depth: 'known', brief: true, again: new Set([idOf('a')]) });
  expect(touched).toMatchObject({ memory: { limit: { value: 8192 } }, cpu: { weight: { value: 100 } } });
  expect(of({ depth: 'known' }).cpu.weight).toMatchObject({ value: 50 });
});

test('no limit anywhere is the word max, and nobody imposes it', () => {
  containerA();
  const { cgroup } = read([known('a', 100)]).of.get(idOf('a')) ?? expect.fail();
  made.host.cgroup('/system.slice', { 'memory.max': 'max\n' });
  const again = read([known('a', 100)]).of.get(idOf('a')) ?? expect.fail();
  expect(cgroup.memory.effectiveLimit).toMatchObject({ value: 134217728 });
  expect(again.cgroup.memory.effectiveLimit).toMatchObject({ value: 'max' });
  expect(again.cgroup.memory.imposedBy).toMatchObject({ unknown: 'absent' });
});

test('a limit set anew, its own or one above, is told by the next pass that reads limits, however many found nothing before', () => {
  containerA();
  const of = (depth: 'full' | 'processes') => {
    for (const quiet of ['full', 'processes', 'full'] as const) read([known('a', 100)], { depth: quiet });
    readMoving(made.cache);
    return read([known('a', 100)], { depth }).of.get(idOf('a'))?.cgroup ?? expect.fail();
  };
  const quiet = of('processes');
  expect(of('processes')).toBe(quiet);
  made.host.cgroup(A, { 'cpu.max': '50000 100000\n' });
  expect(of('processes').cpu).toMatchObject({ limit: { value: 0.5 }, imposedBy: { value: A } });
  made.host.cgroup('/system.slice', { 'pids.max': '20\n' });
  expect(read([known('a', 100)], { depth: 'full' }).of.get(idOf('a'))?.cgroup.pids).toMatchObject({ limit: { value: 50 }, effectiveLimit: { value: 20 }, imposedBy: { value: '/system.slice' } });
  made.host.cgroup('/system.slice', { 'pids.max': 'max\n', 'memory.max': '1024\n' });
  expect(of('full')).toMatchObject({ pids: { effectiveLimit: { value: 50 } }, memory: { effectiveLimit: { value: 1024 }, imposedBy: { value: '/system.slice' } }, cpu: { limit: { value: 0.5 } } });
});

test('polling reads use anew and leaves what does not move the very same', () => {
  containerA();
  const before = read([known('a', 100)]).of.get(idOf('a'))?.cgroup;
  made.host.cgroup(A, { 'memory.current': '8192\n' });
  const now = readMoving(made.cache).of.get(idOf('a'));
  expect(now?.memory.usage).toMatchObject({ value: 8192 });
  expect(now?.cpu).toBe(before?.cpu);
  expect(readMoving(made.cache).of.get(idOf('a'))).toBe(now);
});

test('where nothing ran below a cgroup, what is below it is looked at with each third poll only', () => {
  containerA();
  const above = A.slice(0, A.lastIndexOf('/'));
  const ran = (usec: number) => {
    for (const path of [above, A]) made.host.cgroup(path, { 'cpu.stat': `usage_usec ${usec}\nnr_throttled 0\nthrottled_usec 0\n` });
  };
  const memory = (bytes?: number) => {
    if (bytes !== undefined) made.host.cgroup(A, { 'memory.current': `${bytes}\n` });
    const usage = readMoving(made.cache).of.get(idOf('a'))?.memory.usage;
    return usage !== undefined && 'value' in usage ? usage.value : null;
  };
  ran(1000);
  read([known('a', 100)]);
  expect([memory(1), memory(2), memory(3), memory(4)]).toEqual([1, 1, 1, 4]);
  ran(2000);
  expect([memory(5), memory(6)]).toEqual([5, 5]);
});

/** What checks tell of the limit of memory after somebody else changed it: false until it is seen. */
function checks(times: number): readonly boolean[] {
  made.host.cgroup(A, { 'memory.max': '1024\n' });
  return Array.from({ length: times }, () => {
    const limit = read([known('a', 100)], { depth: 'check' }).of.get(idOf('a'))?.cgroup.memory.limit;
    return limit !== undefined && 'value' in limit && limit.value === 1024;
  });
}

test('a check takes over a container in which nothing ran, and each has its turn in four', () => {
  containerA();
  read([known('a', 100)]);
  for (let n = 0; n < 2; n++) read([known('a', 100)], { depth: 'check' });
  const seen = checks(4);
  expect(seen[0]).toBe(false);
  expect(seen.at(-1)).toBe(true);
});

test('a container in which something ran is checked whole, and so is one that was never checked', () => {
  containerA();
  read([known('a', 100)]);
  for (let n = 0; n < 2; n++) read([known('a', 100)], { depth: 'check' });
  made.host.cgroup(A, { 'cpu.stat': 'usage_usec 2501\nnr_throttled 4\nthrottled_usec 1500\n' });
  expect(checks(1)).toEqual([true]);
});

test('a process that comes into a container that sleeps is seen by the next check', () => {
  containerA();
  read([known('a', 100)]);
  for (let n = 0; n < 2; n++) read([known('a', 100)], { depth: 'check' });
  made.host.process({ pid: 101, parent: 1, cgroup: A, namespaces: OWN, effective: '000001ffffffffff', bounding: '000001ffffffffff' });
  const { processes } = read([known('a', 100)], { depth: 'check' }).of.get(idOf('a')) ?? expect.fail();
  expect(processes.map((one) => one.pid)).toContain(101);
});

/** A container that sleeps below a slice of its own, with pressure that is told of both. */
function sleeper() {
  containerA();
  const above = A.slice(0, A.lastIndexOf('/'));
  const psi = (total: number, some10 = '0.00') => `some avg10=${some10} avg60=0.10 avg300=0.20 total=${total}\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n`;
  const waits = (path: string, total: number, some10?: string) => made.host.cgroup(path, Object.fromEntries(['memory', 'cpu', 'io'].map((name) => [`${name}.pressure`, psi(total, some10)])));
  for (const path of [above, A]) {
    made.host.cgroup(path, { 'cpu.stat': 'usage_usec 1000\nnr_throttled 0\nthrottled_usec 0\n', 'memory.current': '4096\n' });
    waits(path, 5);
  }
  read([known('a', 100)]);
  /** Three polls: one of them looks at pressure. */
  const polls = () => [1, 2, 3].map(() => readMoving(made.cache).of.get(idOf('a')) ?? expect.fail()).at(-1) ?? expect.fail();
  polls();
  polls();
  return { above, waits, polls };
}

test('a cgroup that sleeps is not read while all above it tells that nothing ran, took memory or waited', () => {
  const { above, polls } = sleeper();
  made.host.cgroup(A, { 'memory.current': '1\n' });
  expect(polls().memory.usage).toMatchObject({ value: 4096 });
  made.host.cgroup(above, { 'memory.current': '8192\n' });
  expect(polls().memory.usage).toMatchObject({ value: 1 });
});

test('a task that waits without running is seen by what is told of all above it, and its pressure until it has fallen', () => {
  const { above, waits, polls } = sleeper();
  waits(A, 9, '7.00');
  expect(polls().io.pressure).toMatchObject({ value: { some10: 0 } });
  waits(above, 9, '3.00');
  expect(polls().io.pressure).toMatchObject({ value: { some10: 7 } });
  waits(A, 9, '2.00');
  expect(polls().io.pressure).toMatchObject({ value: { some10: 2 } });
});

test('where the memory of all below a cgroup is told as nothing, that says nothing of them', () => {
  const { above, polls } = sleeper();
  made.host.cgroup(above, { 'memory.current': '0\n' });
  polls();
  made.host.cgroup(A, { 'memory.current': '2\n' });
  expect(polls().memory.usage).toMatchObject({ value: 2 });
});

test('a pid that is in no cgroup of that id is a stranger’s: nothing of this kernel is told', () => {
  made.host.process({ pid: 100, cgroup: '/user.slice', namespaces: OWN });
  const pass = read([known('a', 100)]);
  expect(pass.proof.kind).toBe('foreign');
  expect(pass.of.get(idOf('a'))?.process).toBeNull();
  expect(pass.of.get(idOf('a'))?.cgroup.memory.limit).toMatchObject({ unknown: 'unsupported' });
  expect(pass.of.get(idOf('a'))?.cgroup.memory.declared).toHaveProperty('value');
  expect([pass.groups, pass.namespaces, pass.cgroups]).toEqual([[], [], []]);
  expect(pass.host.memory).toMatchObject({ unknown: 'unsupported' });
});

test('without a running container nothing is proved, and only what is of this machine is told', () => {
  expect(read([known('a', null)], { local: false }).namespaces).toEqual([]);
  const pass = read([known('a', null)]);
  expect(pass.proof.kind).toBe('unproved');
  expect(pass.host.hostname).toMatchObject({ value: 'harbour' });
  expect(pass.namespaces.length).toBeGreaterThan(0);
});

test('a container that ends while it is read leaves a note and no half entry; the proof given before stays', () => {
  containerA();
  read([known('a', 100)]);
  made.host.end(100);
  const pass = read([known('a', 100)]);
  expect(pass.proof.kind).toBe('proved');
  expect(pass.notes).toMatchObject([{ about: idOf('a') }]);
  expect(pass.of.get(idOf('a'))?.process).toBeNull();
});

test('the host’s namespaces are kthreadd’s, and the source says so', () => {
  containerA();
  const pass = read([known('a', 100)]);
  expect(pass.host.namespaces.pid).toEqual({ value: HOST.pid, source: `${made.host.roots.proc}/2/ns/pid` });
  expect(pass.of.get(idOf('a'))?.namespaces.user.owner).toMatchObject({ value: 'host' });
  expect(pass.of.get(idOf('a'))?.namespaces.net.owner).toMatchObject({ value: 'own' });
});

test('the kernel’s own threads are where kthreadd is, but for one that made a mount namespace for itself', () => {
  containerA();
  made.host.process({ pid: 25, parent: 2, comm: 'kdevtmpfs', kernelThread: true, namespaces: { mnt: 4711 } });
  made.host.process({ pid: 26, parent: 2, comm: 'kauditd', kernelThread: true });
  const { namespaces } = read([known('a', 100)]);
  expect(namespaces.find((one) => one.inode === 4711)).toMatchObject({ type: 'mnt', processCount: 1, members: [{ kind: 'process', name: 'kdevtmpfs' }] });
  // The host's first process, kthreadd, the two threads, the engine's shim and this program.
  expect(namespaces.find((one) => one.type === 'net' && one.inode === HOST.net)?.processCount).toBe(6);
  expect(namespaces.find((one) => one.type === 'mnt' && one.inode === HOST.mnt)?.processCount).toBe(5);
});

test('who joined is told from who gave, through others that joined', () => {
  containerA();
  made.host.process({ pid: 200, parent: 91, cgroup: `/docker/${idOf('b')}`, namespaces: { ...OWN, mnt: 22, pid: 23 } });
  made.host.process({ pid: 300, parent: 92, cgroup: `/docker/${idOf('c')}`, namespaces: { ...OWN, mnt: 32, pid: 33 } });
  const pass = read([known('a', 100), known('b', 200, { networkMode: `container:${idOf('a')}` }), known('c', 300, { networkMode: 'container:c-b' })]);
  expect(pass.of.get(idOf('a'))?.namespaces.net.owner).toMatchObject({ value: 'own' });
  expect(pass.of.get(idOf('b'))?.namespaces.net.owner).toMatchObject({ value: `container:${idOf('a')}` });
  expect(pass.of.get(idOf('c'))?.namespaces.net.owner).toMatchObject({ value: `container:${idOf('a')}` });
  expect(pass.of.get(idOf('a'))?.intruders).toEqual([]);
});

test('an exec with more rights is the weakest process, by pid; alike ones are counted', () => {
  containerA();
  made.host.process({ pid: 101, parent: 100, cgroup: A, namespaces: OWN, effective: '00000000a80425fb', bounding: '00000000a80425fb', seccomp: 2 });
  made.host.process({ pid: 102, parent: 90, cgroup: `${A}/deeper`, namespaces: OWN });
  const facts = read([known('a', 100)]).of.get(idOf('a')) ?? expect.fail();
  expect(facts.processes.map(({ pid, role, count }) => [pid, role, count])).toEqual([[100, 'main', 2], [102, 'exec', 1]]);
  expect(facts.process?.pid).toBe(102);
  expect(facts.processCount).toMatchObject({ value: 3 });
});

test('a process that came by nsenter is an intruder with what it entered, and a kernel thread or zombie is nobody', () => {
  containerA();
  made.host.process({ pid: 400, comm: 'tcpdump', cgroup: '/user.slice', namespaces: { net: OWN.net } });
  made.host.process({ pid: 401, comm: 'gone', state: 'Z (zombie)', cgroup: '/user.slice', namespaces: { net: OWN.net } });
  made.host.process({ pid: 25, parent: 2, comm: 'kdevtmpfs', kernelThread: true, namespaces: { mnt: 4026531860 } });
  const pass = read([known('a', 100)]);
  expect(pass.of.get(idOf('a'))?.intruders).toMatchObject([{ pid: 400, comm: 'tcpdump', entered: ['net'] }]);
  expect(pass.groups).toEqual([]);
  expect(pass.namespaces.find((one) => one.inode === OWN.net)?.members.map((one) => [one.kind, one.name])).toEqual([['container', 'c-a'], ['process', 'tcpdump']]);
});

test('other runtimes are known by their cgroups', () => {
  const pod = '0123abcd_4567_89ab_cdef_0123456789ab';
  const spaces = (n: number) => ({ net: n, mnt: n + 1, pid: n + 2 });
  made.host.process({ pid: 501, cgroup: '/machine.slice/systemd-nspawn@debian\\x2dbuild.service/payload', namespaces: spaces(510) });
  made.host.process({ pid: 502, cgroup: '/lxc.payload.web/init.scope', namespaces: spaces(520) });
  made.host.process({ pid: 503, cgroup: `/machine.slice/libpod-${idOf('d')}.scope/container`, namespaces: spaces(530) });
  made.host.process({ pid: 504, cgroup: `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${pod}.slice/cri-containerd-${idOf('e')}.scope`, namespaces: spaces(540) });
  made.host.process({ pid: 505, cgroup: '/user.slice/user-1000.slice/user@1000.service/app.slice/app-flatpak-org.gnome.Maps-4711.scope', namespaces: spaces(550) });
  made.host.process({ pid: 506, cgroup: `/docker/${idOf('f')}`, namespaces: spaces(560) });
  made.host.process({ pid: 507, comm: 'chronyd', cgroup: '/system.slice/chrony.service', namespaces: { mnt: 570 } });
  made.host.process({ pid: 508, comm: 'bwrap', cgroup: '/user.slice' });
  made.host.process({ pid: 509, parent: 508, cgroup: '/user.slice', namespaces: { mnt: 580, user: 581 } });
  made.host.process({ pid: 510, comm: 'conmon', cgroup: `/machine.slice/libpod-conmon-${idOf('d')}.scope` });
  const { groups } = read([]);
  expect(groups.map((one) => [one.runtime, one.name, one.folded]).sort()).toEqual([
    ['bubblewrap', 'bwrap 508', false],
    ['docker', 'ffffffffffff', false],
    ['flatpak', 'org.gnome.Maps', false],
    ['kubernetes', 'pod 0123abcd eeeeeeeeeeee', false],
    ['lxc', 'web', false],
    ['podman', 'dddddddddddd', false],
    ['service', 'chrony.service', true],
    ['systemd-nspawn', 'debian-build', false],
  ]);
  for (const one of groups) expect(groupSchema.safeParse(one).error?.issues ?? []).toEqual([]);
  expect(groups.find((one) => one.runtime === 'podman')?.cgroup.path).toMatchObject({ value: `/machine.slice/libpod-${idOf('d')}.scope` });
});

test('what shares namespaces and has no other name is one group; a chroot is told by its root', () => {
  made.host.process({ pid: 600, comm: 'unshare', namespaces: { net: 61, mnt: 62 } });
  made.host.process({ pid: 601, parent: 600, comm: 'sh', namespaces: { net: 61, mnt: 62, pid: 63 }, pidInside: 1 });
  made.host.process({ pid: 602, comm: 'joined', namespaces: { net: 61 } });
  made.host.process({ pid: 603, comm: 'caged', root: '/srv/cage' });
  const { groups } = read([]);
  expect(groups.map((one) => [one.runtime, one.name, valueOf(one.processCount)]).sort()).toEqual([['chroot', '/srv/cage', 1], ['unshare', 'sh 601', 3]]);
});

test('a user’s systemd is no service: what runs below it is told by its own namespaces', () => {
  const user = '/user.slice/user-1000.slice/user@1000.service';
  made.host.process({ pid: 610, comm: 'portal', cgroup: `${user}/session.slice/portal.service`, namespaces: { mnt: 64 } });
  made.host.process({ pid: 611, comm: 'one', cgroup: `${user}/app.slice/app-terminal-1.scope`, namespaces: { user: 65, pid: 66 }, pidInside: 1 });
  made.host.process({ pid: 612, comm: 'two', cgroup: `${user}/app.slice/app-terminal-1.scope`, namespaces: { mnt: 67 } });
  const { groups } = read([]);
  expect(groups.map((one) => [one.runtime, one.name, one.folded]).sort()).toEqual([['service', 'portal.service', true], ['unshare', 'one 611', false], ['unshare', 'two 612', false]]);
});

test('a service of which one process is set apart is not folded, whichever is met first', () => {
  made.host.process({ pid: 613, comm: 'plain', cgroup: '/system.slice/build.service', namespaces: { mnt: 68 } });
  made.host.process({ pid: 614, comm: 'caged', cgroup: '/system.slice/build.service', namespaces: { mnt: 68, pid: 69 }, pidInside: 1 });
  expect(read([]).groups.map((one) => [one.name, one.pid, one.folded])).toEqual([['build.service', 614, false]]);
});

test('what a rootless engine is made of is folded, also where the user’s systemd keeps it in units', () => {
  const user = '/user.slice/user-1000.slice/user@1000.service';
  const inside = { ...OWN, user: 70 };
  const scope = `${user}/user.slice/libpod-${idOf('a')}.scope`;
  made.host.process({ pid: 90, comm: 'conmon', cgroup: `${user}/user.slice/libpod-conmon-${idOf('a')}.scope`, uid: 1000, namespaces: { user: 70, mnt: 71 } });
  made.host.process({ pid: 100, parent: 90, cgroup: `${scope}/container`, namespaces: inside, pidInside: 1 });
  made.host.process({ pid: 91, comm: 'podman pause', cgroup: `${user}/user.slice/podman-pause-1.scope`, uid: 1000, namespaces: { user: 70, mnt: 71 } });
  made.host.process({ pid: 92, comm: 'podman', cgroup: `${user}/app.slice/podman.service`, uid: 1000, namespaces: { user: 70, mnt: 72 } });
  const pass = read([known('a', 100)]);
  expect(pass.groups.map((one) => [one.runtime, one.folded, valueOf(one.processCount)])).toEqual([['service', true, 3]]);
  expect(pass.of.get(idOf('a'))?.intruders).toEqual([]);
});

test('a rootless Podman beside the engine keeps its user namespace open, which is no workload', () => {
  made.host.process({ pid: 620, comm: 'podman pause', cgroup: '/user.slice', uid: 1000, namespaces: { user: 73, mnt: 74 } });
  made.host.process({ pid: 621, comm: 'pasta', cgroup: '/user.slice', uid: 1000, namespaces: { user: 73, mnt: 75, pid: 76 }, pidInside: 1 });
  made.host.process({ pid: 622, comm: 'conmon', cgroup: '/user.slice', uid: 1000, namespaces: { pid: 77 } });
  expect(read([]).groups.map((one) => [one.runtime, one.folded, valueOf(one.processCount)]).sort()).toEqual([['service', true, 2], ['unshare', false, 1]]);
});

test('OpenVZ is named as not supported', () => {
  made.host.file('proc/vz/version', '1\n');
  expect(read([]).notes).toMatchObject([{ about: 'host', text: expect.stringContaining('OpenVZ') as string }]);
});

test('a pass on which nothing happened gives the very same objects', () => {
  containerA();
  const containers = [known('a', 100)];
  const first = read(containers);
  for (const depth of ['known', 'full'] as const) {
    const next = read(containers, { depth });
    expect(next.of.get(idOf('a'))).toBe(first.of.get(idOf('a')));
    expect(next.namespaces).toBe(first.namespaces);
    expect(next.cgroups.every((one, i) => one === first.cgroups[i])).toBe(true);
  }
});

test('a change of rights, namespace or cgroup is seen by the next full pass', () => {
  containerA();
  const containers = [known('a', 100)];
  read(containers);
  made.host.process({ pid: 100, parent: 90, cgroup: A, namespaces: { ...OWN, uts: HOST.uts }, effective: '00000000a82425fb', bounding: '00000000a82425fb', seccomp: 0, pidInside: 1 });
  const facts = read(containers).of.get(idOf('a'));
  expect(facts?.process?.capabilities.effective).toMatchObject({ value: expect.arrayContaining(['CAP_SYS_ADMIN']) as string[] });
  expect(facts?.process?.seccomp).toMatchObject({ value: 'disabled' });
  expect(facts?.namespaces.uts.owner).toMatchObject({ value: 'host' });
});

test('namespaces held by bind mounts alone are told', () => {
  made.host.process({ pid: 1, comm: 'systemd', cgroup: '/init.scope', mountinfo: '20 1 254:0 / / rw - ext4 /dev/vda rw\n43 20 0:4 net:[4026532177] /run/netns/spare rw - nsfs nsfs rw\n' });
  const node = read([]).namespaces.find((one) => one.inode === 4026532177);
  expect(node).toMatchObject({ type: 'net', owner: 'held', members: [], processCount: 0, heldBy: ['/run/netns/spare'] });
  expect(namespaceNode.safeParse(node).success).toBe(true);
});

test('an engine without cgroups is proved by what it mounts, and who is in the container is told by its pid namespace', () => {
  const mountinfo = `20 1 254:0 / / rw - ext4 /dev/vda rw\n21 20 254:0 /home/u/containers/${idOf('a')}/userdata/hosts /etc/hosts rw - ext4 /dev/vda rw\n`;
  made.host.process({ pid: 90, comm: 'conmon', cgroup: '/user.slice', uid: 1000 });
  made.host.process({ pid: 100, parent: 90, cgroup: '/user.slice', namespaces: OWN, mountinfo });
  made.host.process({ pid: 101, parent: 100, cgroup: '/user.slice', namespaces: OWN });
  const pass = read([known('a', 100)]);
  expect(pass.proof).toMatchObject({ kind: 'proved', by: expect.stringContaining('mountinfo') as string });
  expect(pass.of.get(idOf('a'))?.processCount).toMatchObject({ value: 2 });
  expect(pass.groups).toEqual([]);
});

test('a stranger that got a container’s pid is not taken for it', () => {
  containerA();
  made.host.process({ pid: 200, cgroup: '/user.slice', namespaces: { net: 77 } });
  const pass = read([known('a', 100), known('b', 200)]);
  expect(pass.proof.kind).toBe('proved');
  expect(pass.of.get(idOf('b'))?.process).toBeNull();
  expect(pass.notes).toMatchObject([{ about: idOf('b') }]);
});

test('a process whose first thread has ended does not hide: it is told by another of its threads', () => {
  containerA();
  made.host.process({ pid: 700, comm: 'hidden', state: 'Z (zombie)', threads: 2, cgroup: '/user.slice', namespaces: { net: OWN.net } });
  made.host.process({ pid: 701, of: 700, comm: 'hidden', cgroup: '/user.slice', namespaces: { net: OWN.net } });
  for (const depth of ['full', 'known', 'full'] as const) expect(read([known('a', 100)], { depth }).of.get(idOf('a'))?.intruders).toMatchObject([{ pid: 700, comm: 'hidden', entered: ['net'] }]);
});

test('a child that made a user namespace of its own is the container’s own, whatever it may do in there, and not its weakest', () => {
  containerA();
  made.host.process({ pid: 101, parent: 100, comm: 'sandbox', cgroup: A, namespaces: { ...OWN, user: 88 }, seccomp: 2 });
  const facts = read([known('a', 100)]).of.get(idOf('a')) ?? expect.fail();
  expect(facts.processes.map((p) => [p.pid, p.role])).toEqual([[100, 'main'], [101, 'main']]);
  expect(facts.process?.pid).toBe(100);
});
