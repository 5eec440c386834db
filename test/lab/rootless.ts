import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, chmodSync, chownSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootTar } from './image.js';
import { run, tryRun, until, type Ran, type RunCommandOptions } from './run.js';

/** An engine that an ordinary user runs, in user namespaces of that user's own. */
export interface Rootless {
  readonly host: string;
  readonly uid: number;
  readonly dir: string;
  /** Runs a command as the engine's owner. */
  asOwner(command: readonly string[], options?: RunCommandOptions): Promise<Ran>;
  /** The engine's own command line, as its owner; rejects where it fails. */
  cli(args: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

const USER = 'bulkhead-owner';
const UID = 20001;
/** Host ids that the user may hand on. */
const FIRST_SUB = 300_000;

/** A user that exists below this mount namespace only. */
const STAGE = `
dir=$1; shift
for file in passwd group subuid subgid; do [ -e /etc/$file ] || : > /etc/$file; mount --bind "$dir/etc/$file" /etc/$file || exit 9; done
cd "$dir/home" || exit 9
exec setpriv --reuid=${UID} --regid=${UID} --clear-groups --inh-caps=-all env -i PATH="$PATH" LANG=C HOME="$dir/home" XDG_RUNTIME_DIR="$dir/run" USER=${USER} "$@"
`;

const ENGINES = {
  docker: {
    socket: 'docker.sock',
    serve: ['sh', '/usr/share/docker.io/contrib/dockerd-rootless.sh', '--storage-driver', 'vfs'],
    cli: (host: string) => ['docker', '-H', host],
  },
  podman: {
    socket: 'podman.sock',
    serve: ['podman', '--cgroup-manager', 'cgroupfs', '--storage-driver', 'vfs', 'system', 'service', '--time=0'],
    cli: () => ['podman', '--cgroup-manager', 'cgroupfs', '--storage-driver', 'vfs'],
  },
} as const;

/** Starts a rootless engine with the image busybox:lab; needs root (to become that user), uidmap, slirp4netns and, for Docker, rootlesskit. */
export async function startRootless(kind: keyof typeof ENGINES): Promise<Rootless> {
  const engine = ENGINES[kind];
  const dir = mkdtempSync(join(tmpdir(), 'bulkhead-rootless-'));
  chmodSync(dir, 0o755);
  for (const [folder, mode] of [['etc', 0o755], ['home', 0o755], ['run', 0o700]] as const) mkdirSync(join(dir, folder), { mode });
  for (const folder of ['home', 'run']) chownSync(join(dir, folder), UID, UID);
  for (const file of ['passwd', 'group']) copyFileSync(`/etc/${file}`, join(dir, 'etc', file));
  appendFileSync(join(dir, 'etc/passwd'), `${USER}:x:${UID}:${UID}::${join(dir, 'home')}:/bin/sh\n`);
  appendFileSync(join(dir, 'etc/group'), `${USER}:x:${UID}:\n`);
  for (const file of ['subuid', 'subgid']) writeFileSync(join(dir, 'etc', file), `${USER}:${FIRST_SUB}:65536\n`);

  const socket = join(dir, 'run', engine.socket);
  const host = `unix://${socket}`;
  const staged = (command: readonly string[]) => ['unshare', '-m', 'sh', '-c', STAGE, 'sh', dir, ...command];
  const asOwner = (command: readonly string[], options?: RunCommandOptions) => tryRun(staged(command), options);
  const cli = (args: readonly string[]) => run(staged([...engine.cli(host), ...args]));
  const [program = '', ...args] = staged([...engine.serve, ...(kind === 'podman' ? [host] : [])]);
  const server: ChildProcess = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [server.stdout, server.stderr]) stream?.on('data', (part) => (said = (said + String(part)).slice(-4000)));
  server.on('error', () => undefined);

  const stop = async () => {
    const words = (text: string) => text.split('\n').filter((one) => one !== '');
    const ids = words((await tryRun(staged([...engine.cli(host), 'ps', '-aq']))).stdout);
    const pids = ids.length === 0 ? [] : words((await tryRun(staged([...engine.cli(host), 'inspect', '--format', '{{.State.Pid}}', ...ids]))).stdout);
    if (ids.length > 0) await tryRun(staged([...engine.cli(host), 'rm', '-f', ...ids]));
    // Without cgroups an engine may lose sight of one.
    for (const pid of pids) if (runsAs(Number(pid), (uid) => uid === UID || (uid >= FIRST_SUB && uid < FIRST_SUB + 65_536))) await tryRun(['kill', '-9', pid]);
    server.kill('SIGTERM');
    await until(() => server.exitCode !== null || server.signalCode !== null, 30_000);
    // Whatever this user still runs: nobody else has this id.
    await until(async () => {
      const left = (await tryRun(['pgrep', '-U', `${UID}`])).stdout.split('\n').filter((pid) => pid !== '' && ownedBy(Number(pid), dir));
      for (const pid of left) await tryRun(['kill', '-9', pid]);
      return left.length === 0;
    }, 20_000);
    for (const point of readFileSync('/proc/self/mountinfo', 'utf8').match(new RegExp(` ${dir}/[^ ]*`, 'g')) ?? []) await tryRun(['umount', '-l', point.trim()]);
    rmSync(dir, { recursive: true, force: true });
  };
  const up = async () => existsSync(socket) && (await tryRun(staged([...engine.cli(host), 'info']))).code === 0;
  try {
    if (!(await until(async () => server.exitCode !== null || (await up()), 120_000, 200)) || server.exitCode !== null) throw new Error(`rootless ${kind} did not come up: ${said}`);
    const tar = await rootTar({});
    chmodSync(tar.file, 0o644);
    copyFileSync(tar.file, join(dir, 'home/image.tar'));
    chmodSync(join(dir, 'home/image.tar'), 0o644);
    tar.remove();
    await cli(['import', join(dir, 'home/image.tar'), 'busybox:lab']);
  } catch (error) {
    await stop();
    throw error;
  }
  return { host, uid: UID, dir, asOwner, cli, stop };
}

function runsAs(pid: number, whose: (uid: number) => boolean): boolean {
  try {
    return pid > 1 && whose(Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]));
  } catch {
    return false;
  }
}

/** Whether a process of that user is of this engine: its environment names the folder. */
function ownedBy(pid: number, dir: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(dir) || readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(dir);
  } catch {
    return false;
  }
}
