import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VIEW, type Lab } from './engine.js';
import { rootTar } from './image.js';
import { run, tryRun, until, type RunCommandOptions } from './run.js';

/** Its own folders, limits that this machine can give, and networks of its own. */
const conf = (dir: string): string => `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[network]
network_config_dir = "${dir}/cni"
[engine]
tmp_dir = "${dir}/tmp"
cgroup_manager = "cgroupfs"
events_logger = "file"
`;

let made = 0;

/** A private Podman behind its Docker-compatible API, in a net namespace of its own; the docker command line drives it. Needs root and podman. */
export async function startPodman(): Promise<Lab> {
  const name = `bulkhead-pod-${process.pid}-${++made}-${Math.floor(Math.random() * 0xffff).toString(16)}`;
  const dir = mkdtempSync(join(tmpdir(), 'bulkhead-pod-'));
  const netns = `/var/run/netns/${name}`;
  const socket = join(dir, 'podman.sock');
  const host = `unix://${socket}`;
  for (const folder of ['cni', 'tmp', 'config']) mkdirSync(join(dir, folder));
  writeFileSync(join(dir, 'containers.conf'), conf(dir));
  await run(['ip', 'netns', 'add', name]);
  await run(['nsenter', `--net=${netns}`, 'ip', 'link', 'set', 'lo', 'up']);
  const log = openSync(join(dir, 'log'), 'a');
  const flags = ['--root', join(dir, 'root'), '--runroot', join(dir, 'run'), '--cgroup-manager', 'cgroupfs'];
  const engineEnv = { ...process.env, CONTAINERS_CONF: join(dir, 'containers.conf') };
  const engine = spawn('nsenter', [`--net=${netns}`, 'podman', ...flags, 'system', 'service', '--time', '0', host], { stdio: ['ignore', log, log], env: engineEnv });
  closeSync(log);
  engine.on('error', () => undefined);
  const env: NodeJS.ProcessEnv = { ...process.env, DOCKER_HOST: host, DOCKER_CONFIG: join(dir, 'config') };
  delete env['DOCKER_CONTEXT'];
  const docker = (args: readonly string[], o: RunCommandOptions = {}) => run(['docker', ...args], { env, ...o });
  const tryDocker = (args: readonly string[], o: RunCommandOptions = {}) => tryRun(['docker', ...args], { env, ...o });
  const viewCommand = (command: readonly string[]) => ['nsenter', `--net=${netns}`, 'unshare', '-m', 'sh', '-c', VIEW, 'sh', ...command];
  const readLog = () => readFileSync(join(dir, 'log'), 'utf8');
  const stop = async () => {
    await tryRun(['nsenter', `--net=${netns}`, 'podman', ...flags, 'rm', '-f', '-t', '0', '-a'], { env: engineEnv, timeout: 60_000 });
    engine.kill('SIGTERM');
    if (!(await until(() => engine.exitCode !== null || engine.signalCode !== null, 10_000))) engine.kill('SIGKILL');
    const mounted = () => readFileSync('/proc/self/mountinfo', 'utf8').split('\n').map((l) => l.split(' ')[4] ?? '').filter((p) => p.startsWith(`${dir}/`));
    for (const point of mounted().reverse()) await tryRun(['umount', '-l', point]);
    await tryRun(['ip', 'netns', 'del', name]);
    rmSync(dir, { recursive: true, force: true });
  };
  const image: Lab['image'] = async (tag, parts) => {
    const tar = await rootTar(parts);
    try {
      await docker(['import', tar.file, tag]);
    } finally {
      tar.remove();
    }
  };
  const lab: Lab = {
    name, host, socket, dir, netns, enginePid: engine.pid ?? 0, docker, tryDocker, image, viewCommand, stop,
    run: async (container, o = {}) =>
      (await docker(['run', '-d', '--name', container, ...(o.args ?? []), o.image ?? 'busybox:lab', ...(o.command ?? ['sleep', '100000'])])).trim().split('\n').at(-1) ?? '',
    exec: (container, command, args = []) => tryDocker(['exec', ...args, container, ...command]),
    pid: async (container) => Number((await docker(['inspect', '--format', '{{.State.Pid}}', container])).trim()),
    remove: async (...names) => void (names.length > 0 && (await tryDocker(['rm', '-f', '-v', ...names]))),
    inNet: (command, o) => tryRun(['nsenter', `--net=${netns}`, ...command], o),
    inView: (command, o) => tryRun(viewCommand(command), o),
    log: readLog,
  };
  const ready = await until(async () => engine.exitCode !== null || (existsSync(socket) && (await tryDocker(['version'], { timeout: 10_000 })).code === 0), 60_000, 100);
  if (!ready || engine.exitCode !== null) {
    const said = readLog().slice(-2000);
    await stop();
    throw new Error(`Podman did not come up: ${said}`);
  }
  try {
    await image('busybox:lab', {});
  } catch (error) {
    await stop();
    throw error;
  }
  return lab;
}
