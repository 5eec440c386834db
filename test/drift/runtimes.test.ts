import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NS_KINDS, snapshot as schema, valueOf, type Group } from '../../src/core/model/index.js';
import { startEngine, type Lab } from '../lab/engine.js';
import { rootTar } from '../lab/image.js';
import { run, tryRun, until } from '../lab/run.js';
import { lookAt, type Seen } from './seen.js';

/** Processes of other runtimes, real ones, beside an engine's container; and every namespace as lsns(8) tells it. */

interface Lsns {
  readonly ns: number;
  readonly type: string;
  readonly pns: number;
  readonly ons: number;
}

const dir = mkdtempSync(join(tmpdir(), 'bulkhead-runtimes-'));
const rootfs = join(dir, 'rootfs');
const podman = ['podman', '--root', join(dir, 'podman'), '--runroot', join(dir, 'podman-run'), '--cgroup-manager', 'cgroupfs'];
const name = `bh${process.pid}`;
const started: ChildProcess[] = [];
let lab: Lab;
let seen: Seen;
let before: readonly Lsns[];
let after: readonly Lsns[];
const pids = new Map<string, number>();

/** Starts a program of the host that stays. */
function stay(command: readonly string[]): ChildProcess {
  const child = spawn(command[0] ?? '', command.slice(1), { stdio: 'ignore' });
  child.on('error', () => undefined);
  started.push(child);
  return child;
}

/** The process with a given command line that descends from one, once it is there. */
async function below(pid: number, word: string): Promise<number> {
  let found = 0;
  const look = (at: number): void => {
    let children: string;
    try {
      children = readFileSync(`/proc/${at}/task/${at}/children`, 'utf8');
      if (readFileSync(`/proc/${at}/cmdline`, 'utf8').split('\0').includes(word) && !/unshare|nspawn|lxc/.test(readFileSync(`/proc/${at}/comm`, 'utf8'))) found = at;
    } catch {
      return;
    }
    for (const child of children.trim().split(' ')) if (child !== '') look(Number(child));
  };
  expect(await until(() => (look(pid), found !== 0), 60_000), `${word} below ${pid}`).toBe(true);
  return found;
}

/** It fails when a process ends under its eyes; then it is asked again. */
async function lsns(): Promise<readonly Lsns[]> {
  let said = '';
  expect(
    await until(async () => {
      const ran = await tryRun(['lsns', '--json', '-o', 'NS,TYPE,PNS,ONS']);
      said = ran.stdout;
      return ran.code === 0;
    }, 60_000),
  ).toBe(true);
  return (JSON.parse(said) as { readonly namespaces: readonly Lsns[] }).namespaces;
}

beforeAll(async () => {
  lab = await startEngine();
  await lab.run('plain');
  const tar = await rootTar({ files: { 'usr/lib/os-release': 'ID=lab\n' } });
  mkdirSync(rootfs);
  await run(['tar', '-xf', tar.file, '-C', rootfs]);
  for (const folder of ['usr', 'var', 'run', 'root', 'dev/pts', 'dev/shm']) mkdirSync(join(rootfs, folder), { recursive: true });

  await run([...podman, 'import', tar.file, 'busybox:lab']);
  tar.remove();
  await run([...podman, 'run', '-d', '--name', name, '--network', 'none', '--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024', 'busybox:lab', 'sleep', '100001']);
  pids.set('podman', Number((await run([...podman, 'inspect', '--format', '{{.State.Pid}}', name])).trim()));

  const lxc = join(dir, 'lxc', name);
  mkdirSync(lxc, { recursive: true });
  writeFileSync(
    join(lxc, 'config'),
    `lxc.uts.name = ${name}\nlxc.rootfs.path = dir:${rootfs}\nlxc.net.0.type = empty\nlxc.mount.auto = proc:mixed sys:ro\nlxc.apparmor.profile = unconfined\nlxc.init.cmd = /bin/sleep 100002\n`,
  );
  await run(['lxc-start', '-P', join(dir, 'lxc'), '-n', name]);
  pids.set('lxc', Number((await run(['lxc-info', '-P', join(dir, 'lxc'), '-n', name, '-p', '-H'])).trim()));

  const nspawn = stay(['systemd-nspawn', '-q', '-D', rootfs, '--register=no', '--keep-unit', '-M', name, '/bin/sleep', '100003']);
  pids.set('systemd-nspawn', await below(nspawn.pid ?? 0, '100003'));
  const unshare = stay(['unshare', '--fork', '--kill-child=SIGKILL', '--pid', '--mount', '--uts', '--net', 'sleep', '100004']);
  pids.set('unshare', await below(unshare.pid ?? 0, '100004'));
  pids.set('chroot', stay(['chroot', rootfs, '/bin/sleep', '100005']).pid ?? 0);
  expect(await until(() => readFileSync(`/proc/${pids.get('chroot')}/comm`, 'utf8') === 'sleep\n', 20_000)).toBe(true);

  before = await lsns();
  seen = await lookAt(lab);
  after = await lsns();
}, 240_000);

afterAll(async () => {
  const nspawn = pids.get('systemd-nspawn');
  if (nspawn !== undefined) await tryRun(['kill', '-9', String(nspawn)]);
  for (const child of started) child.kill('SIGTERM');
  await tryRun(['lxc-stop', '-P', join(dir, 'lxc'), '-n', name, '-k'], { timeout: 30_000 });
  await tryRun([...podman, 'rm', '-f', '-t', '0', name], { timeout: 60_000 });
  await lab?.stop();
  for (const child of started) child.kill('SIGKILL');
  for (const point of readFileSync('/proc/self/mountinfo', 'utf8').match(new RegExp(` ${dir}/[^ ]*`, 'g')) ?? []) await tryRun(['umount', '-l', point.trim()]);
  rmSync(dir, { recursive: true, force: true });
}, 180_000);

const groupWith = (pid: number): Group | undefined => seen.snapshot.groups.find((g) => g.processes.some((p) => p.pid === pid) || g.pid === pid);

test('the snapshot is what its schema says', () => {
  expect(schema.safeParse(seen.snapshot).error?.issues ?? []).toEqual([]);
});

describe.each([
  ['podman', name, ['net', 'mnt', 'pid', 'ipc', 'uts']],
  ['lxc', name, ['net', 'mnt', 'pid', 'ipc', 'uts']],
  ['systemd-nspawn', name, ['mnt', 'pid', 'ipc', 'uts']],
  ['unshare', null, ['mnt', 'pid', 'uts', 'net']],
  ['chroot', rootfs, []],
] as const)('%s', (runtime, called, own) => {
  test('is found and named', () => {
    const group = groupWith(pids.get(runtime) ?? 0);
    expect(group).toMatchObject({ runtime, folded: false });
    if (called !== null) expect(group?.name).toBe(called);
    expect(group?.evidence).not.toBe('');
  });
  test('its namespaces are those of its process, its own told as its own', () => {
    const pid = pids.get(runtime) ?? 0;
    const group = groupWith(pid);
    const process = group?.processes.find((p) => p.pid === pid) ?? group?.process;
    for (const kind of NS_KINDS) {
      const link = Number(/\d+/.exec(readlinkSync(`/proc/${pid}/ns/${kind}`))?.[0]);
      expect([kind, process && valueOf(process.namespaces[kind])]).toEqual([kind, link]);
    }
    for (const kind of own) expect([kind, group && valueOf(group.namespaces[kind].owner)]).toEqual([kind, 'own']);
    expect(group && valueOf(group.namespaces.user.owner)).toBe('host');
  });
  test('its rights are read as those of a container', () => {
    const process = groupWith(pids.get(runtime) ?? 0)?.process;
    expect(process && valueOf(process.capabilities.effective)?.length).toBeGreaterThan(0);
  });
});

test('the chroot is told by its root', () => {
  expect(groupWith(pids.get('chroot') ?? 0)?.process?.root).toMatchObject({ value: rootfs });
});

test('none of them is taken for a container or for an intruder', () => {
  expect(seen.snapshot.containers.map((c) => c.name)).toEqual(['plain']);
  expect(seen.container('plain').intruders).toEqual([]);
});

test('every namespace that lsns shows is there, of the same kind, with the same owner and parent', () => {
  const stable = before.filter((one) => after.some((other) => other.ns === one.ns && other.type === one.type));
  expect(stable.length).toBeGreaterThan(20);
  for (const one of stable) {
    const ours = seen.snapshot.namespaces.find((n) => n.inode === one.ns && n.type === one.type);
    expect([one.type, one.ns, ours?.type]).toEqual([one.type, one.ns, one.type]);
    if (ours === undefined) continue;
    if (one.ons !== 0) expect(ours.ownerUserNs).toMatchObject({ value: one.ons });
    if (one.pns !== 0) expect(ours.parent).toMatchObject({ value: one.pns });
  }
});

test('every namespace that is told with members is one that lsns shows', () => {
  const shown = new Set([...before, ...after].map((one) => `${one.type} ${one.ns}`));
  const mine = new Set(['plain', ...seen.snapshot.groups.filter((g) => [...pids.values()].includes(g.pid ?? 0)).map((g) => g.name)]);
  const told = seen.snapshot.namespaces.filter((n) => n.members.some((m) => mine.has(m.name)));
  expect(told.length).toBeGreaterThan(10);
  for (const one of told) expect([...shown]).toContain(`${one.type} ${one.inode}`);
});
