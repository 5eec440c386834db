import { existsSync, readFileSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import { spawn, type ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { valueOf } from '../../src/core/model/index.js';
import { startEngine, type Lab } from '../lab/engine.js';
import { run, until } from '../lab/run.js';
import { crookedRuntimes } from './runtime.js';
import { lookAt, type Seen } from './seen.js';

/** Each way in which a kernel can contradict what an engine was told, made for real, and seen. */

/** A program whose first thread gives up every right (capset(2)) once another that kept them made a UTS namespace of its own (unshare(2)). */
const THREADS = `use threads; use threads::shared; my $made :shared = 0;
threads->create(sub { syscall(272, 0x04000000) == 0 or die; $made = 1; sleep 1 while 1 });
select(undef, undef, undef, 0.05) until $made;
my ($head, $none) = (pack('LL', 0x20080522, 0), pack('L6', 0, 0, 0, 0, 0, 0));
syscall(126, $head, $none) == 0 or die; sleep 1 while 1`;

const runtimes = crookedRuntimes();
const started: ChildProcess[] = [];
let lab: Lab;
let seen: Seen;

/** The folder of a container's cgroup for a controller, on v1 or v2. */
function cgroupOf(id: string, controller: string): string {
  const v1 = `/sys/fs/cgroup/${controller}/docker/${id}`;
  if (existsSync(v1)) return v1;
  return [`/sys/fs/cgroup/docker/${id}`, `/sys/fs/cgroup/system.slice/docker-${id}.scope`].find((path) => existsSync(path)) ?? v1;
}

function setLimit(id: string, controller: string, v1: readonly string[], v2: string, value: string, v2Value = value): void {
  const folder = cgroupOf(id, controller);
  for (const file of existsSync(`${folder}/${v2}`) && !existsSync(`${folder}/${v1[0]}`) ? [v2] : v1) writeFileSync(`${folder}/${file}`, file === v2 ? v2Value : value);
}

/** A process of the host that sleeps until the test ends. */
function sleeper(command: readonly string[]): ChildProcess {
  const child = spawn(command[0] ?? '', command.slice(1), { stdio: 'ignore' });
  child.on('error', () => undefined);
  started.push(child);
  return child;
}

/** Puts a process into the container's cgroup of every hierarchy. */
function moveInto(pid: number, id: string): void {
  const hierarchies = existsSync('/sys/fs/cgroup/cgroup.procs') ? [cgroupOf(id, '')] : readdirSync('/sys/fs/cgroup').map((name) => `/sys/fs/cgroup/${name}/docker/${id}`);
  for (const folder of hierarchies) if (existsSync(`${folder}/cgroup.procs`)) writeFileSync(`${folder}/cgroup.procs`, String(pid));
}

beforeAll(async () => {
  lab = await startEngine({ dockerd: runtimes.dockerd });
  const inside = async (name: string, ...command: string[]) => run(['nsenter', '-t', String(await lab.pid(name)), '-m', '-p', '/bin/busybox', ...command]);
  const inNet = async (name: string, ...command: string[]) => run(['nsenter', '-t', String(await lab.pid(name)), '-n', ...command]);

  await lab.run('calm', { args: ['--memory', '64m', '--cpus', '0.5', '--pids-limit', '50', '--read-only', '--security-opt', 'no-new-privileges'] });
  await lab.run('generous', { args: ['--runtime', 'generous'] });
  await lab.run('unfiltered', { args: ['--runtime', 'unfiltered'] });
  await lab.run('careless', { args: ['--runtime', 'careless', '--security-opt', 'no-new-privileges'] });
  await lab.run('sociable', { args: ['--runtime', 'sociable'] });

  const memory = await lab.run('memory', { args: ['--memory', '64m'] });
  setLimit(memory, 'memory', ['memory.memsw.limit_in_bytes', 'memory.limit_in_bytes'], 'memory.max', String(256 * 1024 * 1024));
  const cpu = await lab.run('cpu', { args: ['--cpus', '0.5'] });
  setLimit(cpu, 'cpu', ['cpu.cfs_quota_us'], 'cpu.max', '-1', 'max 100000');
  const pids = await lab.run('pids', { args: ['--pids-limit', '20'] });
  setLimit(pids, 'pids', ['pids.max'], 'pids.max', 'max');

  await lab.run('remounted', { args: ['--read-only'] });
  await inside('remounted', 'mount', '-o', 'remount,bind,rw', '/');
  await lab.run('mounted');
  await inside('mounted', 'mount', '-t', 'tmpfs', 'none', '/root');
  await lab.run('loosened', { args: ['-v', '/tmp:/data:ro'] });
  await inside('loosened', 'mount', '-o', 'remount,bind,rw', '/data');
  await lab.run('covered', { args: ['-v', '/tmp:/data:ro'] });
  await inside('covered', 'mount', '-t', 'tmpfs', 'none', '/data');

  await lab.run('unmasked');
  await inside('unmasked', 'umount', '/proc/sys', '/proc/keys');

  const crowded = await lab.run('crowded');
  moveInto(sleeper(['sleep', '100000']).pid ?? 0, crowded);

  await lab.run('visited');
  sleeper(['nsenter', '-t', String(await lab.pid('visited')), '-n', '-u', 'sleep', '100000']);
  await lab.run('helped');
  await lab.docker(['exec', '-d', '--privileged', 'helped', 'sleep', '100000']);

  const host = ['/usr', '/lib', '/lib64'].filter((path) => existsSync(path)).flatMap((path) => ['-v', `${realpathSync(path)}:${path}:ro`]);
  await lab.run('threaded', { args: [...host, '--cap-add', 'SYS_ADMIN'], command: ['/usr/bin/perl', '-e', THREADS] });
  await lab.run('wired');
  await lab.inNet(['ip', 'link', 'add', 'stray0', 'type', 'veth', 'peer', 'name', 'eth9', 'netns', String(await lab.pid('wired'))]);
  await lab.run('address');
  await inNet('address', 'ip', 'addr', 'add', '172.30.0.77/24', 'dev', 'eth0');
  await lab.run('flushed');
  await inNet('flushed', 'ip', 'addr', 'flush', 'dev', 'eth0');
  await lab.run('unplugged');
  await inNet('unplugged', 'ip', 'link', 'del', 'eth0');
  await lab.run('mac');
  await inNet('mac', 'ip', 'link', 'set', 'eth0', 'address', '02:42:ac:1e:00:99');
  await lab.run('route');
  await inNet('route', 'ip', 'route', 'add', '10.99.0.0/16', 'via', '172.30.0.200');
  await lab.run('routed');
  await inNet('routed', 'ip', 'route', 'add', 'default', 'via', '172.30.0.200', 'table', '77');
  await inNet('routed', 'ip', 'rule', 'add', 'from', 'all', 'lookup', '77');
  await lab.run('device');
  await lab.docker(['exec', 'device', 'mknod', '/dev/disk', 'b', '8', '0']);
  await lab.run('devices', { args: ['-v', '/dev/net:/dev/net'] });
  await lab.docker(['exec', 'devices', 'sh', '-c', 'mkdir -p /dev/a/b && mknod /dev/a/b/sda b 8 0 && mknod /tmp/sdb b 8 16 && rm /dev/full && mknod /dev/full b 8 32']);

  const threaded = await lab.pid('threaded');
  expect(await until(() => /^CapEff:\s*0+$/m.test(readFileSync(`/proc/${threaded}/status`, 'utf8')), 30_000)).toBe(true);
  const visited = await lab.pid('visited');
  const shares = async (pid: number, kind: string) => (await run(['readlink', `/proc/${pid}/ns/${kind}`])) === (await run(['readlink', `/proc/${visited}/ns/${kind}`]));
  expect(await until(() => shares(started.at(-1)?.pid ?? 0, 'uts'), 20_000)).toBe(true);
  expect(await until(async () => (await lab.docker(['top', 'helped'])).trim().split('\n').length === 3, 20_000)).toBe(true);
  seen = await lookAt(lab);
}, 480_000);

afterAll(async () => {
  for (const child of started) child.kill('SIGKILL');
  await lab?.stop();
  runtimes.remove();
}, 120_000);

test('what agrees with its declaration has no drift', () => {
  expect(seen.drift.filter((f) => f.subjects.some((s) => s.name === 'calm')).map((f) => f.title)).toEqual([]);
});

test.each([
  ['generous', 'drift-capabilities'],
  ['unfiltered', 'drift-seccomp'],
  ['careless', 'drift-no-new-privs'],
  ['memory', 'drift-memory'],
  ['cpu', 'drift-cpu'],
  ['pids', 'drift-pids'],
  ['remounted', 'drift-root-writable'],
  ['mounted', 'drift-mount'],
  ['loosened', 'drift-mount'],
  ['covered', 'drift-mount'],
  ['unmasked', 'drift-system-paths'],
  ['sociable', 'drift-namespace'],
  ['crowded', 'drift-process-elsewhere'],
  ['wired', 'drift-interface'],
  ['address', 'drift-address'],
  ['flushed', 'drift-address'],
  ['unplugged', 'drift-interface'],
  ['mac', 'drift-mac'],
  ['route', 'drift-route'],
  ['routed', 'drift-route'],
  ['device', 'drift-device'],
  ['helped', 'rights-by-exec'],
  ['visited', 'intruder'],
] as const)('%s: %s', (name, rule) => {
  expect(seen.rulesOn(name)).toContain(rule);
});

test('each has the drift that was planted and no other', () => {
  const own = new Map([['generous', 'drift-capabilities'], ['unfiltered', 'drift-seccomp'], ['careless', 'drift-no-new-privs'], ['sociable', 'drift-namespace'], ['remounted', 'drift-root-writable'], ['mounted', 'drift-mount'], ['wired', 'drift-interface'], ['flushed', 'drift-address'], ['unplugged', 'drift-interface'], ['device', 'drift-device']]);
  for (const [name, rule] of own) expect([name, seen.drift.filter((f) => f.subjects.some((s) => s.name === name)).map((f) => f.name)]).toEqual([name, [rule]]);
});

test('devices are found however deep, in the place of an ordinary one and outside of /dev, and not those of a folder that was declared', () => {
  const devices = seen.drift.filter((f) => f.subjects.some((s) => s.name === 'devices')).map((f) => f.evidence[0]);
  expect(devices.map((one) => one && valueOf(one)).sort()).toEqual(['/dev/a/b/sda', '/dev/full', '/tmp/sdb']);
});

test('a process from outside is told with what it entered, and one by exec with what it holds', () => {
  expect(seen.container('visited').intruders.map((one) => one.entered)).toEqual([['net', 'uts']]);
  const helped = seen.container('helped');
  expect(helped.process?.pid).not.toBe(helped.pid);
  expect(helped.processes.map((one) => one.role)).toEqual(['main', 'exec']);
});

test('a thread that kept what the first one gave up is the weakest, and is told where it went', () => {
  const threaded = seen.container('threaded');
  const first = threaded.processes.find((one) => one.pid === threaded.pid);
  expect(first && valueOf(first.capabilities.effective)).toEqual([]);
  expect(threaded.process?.pid).not.toBe(threaded.pid);
  expect(threaded.process?.capabilities.effective).toMatchObject({ value: expect.arrayContaining(['CAP_NET_RAW', 'CAP_SYS_ADMIN']) as unknown, source: expect.stringMatching(`^/proc/${threaded.pid}/task/\\d+/status$`) as unknown });
  expect(threaded.processCount).toMatchObject({ value: 1 });
  expect(seen.rulesOn('threaded')).toContain('drift-process-elsewhere');
});

test('a limit that was raised by hand is told with both numbers', () => {
  const { memory } = seen.container('memory').cgroup;
  expect(memory.limit).toMatchObject({ value: 256 * 1024 * 1024 });
  expect(memory.declared).toMatchObject({ value: 64 * 1024 * 1024 });
});
