import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rootTar, type ImageParts } from './image.js';
import { run, tryRun, until, type Ran, type RunCommandOptions } from './run.js';

export interface LabOptions {
  /** Further arguments of dockerd, e.g. `['--userns-remap', 'default']`. */
  readonly dockerd?: readonly string[];
  /** Address of docker0; default 172.30.0.1/24. */
  readonly bip?: string;
  /** Whether a runtime that takes away what the machine itself lacks (so that --privileged works) is the default one. Default true. */
  readonly wrapper?: boolean;
  /** Milliseconds an attempt at starting may take; default 60,000. Three attempts are made. */
  readonly deadline?: number;
}

export interface RunOptions {
  /** Arguments of `docker run` before the image. */
  readonly args?: readonly string[];
  readonly image?: string;
  /** Default: sleep without end. */
  readonly command?: readonly string[];
}

/** A private engine in a net namespace of its own; nothing of it touches the machine's network. */
export interface Lab {
  readonly name: string;
  /** `unix://…`, for DOCKER_HOST and --host. */
  readonly host: string;
  readonly socket: string;
  readonly dir: string;
  /** Path that `nsenter --net=` takes. */
  readonly netns: string;
  /** Pid of dockerd; another one after `rise`. */
  readonly enginePid: number;
  /** Answers standard output; rejects where docker fails. */
  docker(args: readonly string[], options?: RunCommandOptions): Promise<string>;
  tryDocker(args: readonly string[], options?: RunCommandOptions): Promise<Ran>;
  /** Starts a container (detached), answers its full id. */
  run(name: string, options?: RunOptions): Promise<string>;
  exec(name: string, command: readonly string[], args?: readonly string[]): Promise<Ran>;
  pid(name: string): Promise<number>;
  /** Removes the containers, at once and by force. */
  remove(...names: string[]): Promise<void>;
  /** Imports a further image from busybox and the given parts. */
  image(tag: string, parts: ImageParts): Promise<void>;
  /** Runs a command in the engine's net namespace, /sys left as it is. */
  inNet(command: readonly string[], options?: RunCommandOptions): Promise<Ran>;
  /** Runs a command as on that engine's host: its net namespace, and a /sys that belongs to it. */
  inView(command: readonly string[], options?: RunCommandOptions): Promise<Ran>;
  /** The command line that inView runs, for spawning it oneself. */
  viewCommand(command: readonly string[]): readonly string[];
  /** The engine's log so far. */
  log(): string;
  stop(): Promise<void>;
}

/** A private dockerd, which can also crash. */
export interface DockerLab extends Lab {
  /** Kills dockerd at once, as a crash would; what it left stays. */
  crash(): Promise<void>;
  /** Starts dockerd again over what is left; ready when it answers. */
  rise(): Promise<void>;
}

/** Names of the capabilities(7) by bit; the runtime wrapper takes away those that this machine lacks. */
const CAPABILITIES = (
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST ' +
  'NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE ' +
  'SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM ' +
  'BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE'
).split(' ');

function missingCapabilities(): readonly string[] {
  const hex = /CapBnd:\s*([0-9a-f]+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  const bits = BigInt(`0x${hex}`);
  return CAPABILITIES.filter((_, bit) => ((bits >> BigInt(bit)) & 1n) === 0n);
}

/** A runc that edits the bundle first: `--privileged` asks for capabilities which this machine may not have to give. */
function writeRuntime(path: string): void {
  const edits = missingCapabilities()
    .map((name) => `-e 's/"CAP_${name}",//g' -e 's/,"CAP_${name}"//g' -e 's/"CAP_${name}"//g'`)
    .join(' ');
  const edit = edits === '' ? ':' : `sed -i ${edits} "$file"`;
  writeFileSync(
    path,
    `#!/bin/sh
previous=
for word in "$@"; do
  file=
  case "$previous" in
    --bundle|-b) file="$word/config.json" ;;
    --process|-p) file="$word" ;;
  esac
  [ -n "$file" ] && [ -f "$file" ] && ${edit}
  previous="$word"
done
exec runc "$@"
`,
    { mode: 0o755 },
  );
}

/** A view in which /sys belongs to the net namespace and the cgroups are still there. */
export const VIEW =
  'mount --rbind /sys/fs/cgroup /mnt && mount -t sysfs sysfs /sys && mount --rbind /mnt /sys/fs/cgroup && umount -l /mnt && exec "$@"';

/**
 * Waits until its standard input closes, which it does however the test ends, then ends the engine and takes away what
 * it left: containers' shims, mounts, the net namespace, the folder. Only what carries this lab's folder in its name.
 * The engine is the one of the last line that came in, else the first argument: one that crashed was started again.
 */
const SWEEP = `
engine=$1
while read -r pid; do engine=$pid; done
dir=$2 name=$3
kill "$engine" 2>/dev/null
n=0; while kill -0 "$engine" 2>/dev/null && [ $n -lt 150 ]; do sleep 0.1; n=$((n+1)); done
kill -9 "$engine" 2>/dev/null
for shim in $(pgrep -f "containerd-shim.* -address $dir/exec/"); do
  for child in $(cat /proc/$shim/task/*/children 2>/dev/null); do kill -9 "$child" 2>/dev/null; done
  kill -9 "$shim" 2>/dev/null
done
[ -f "$dir/exec/containerd/containerd.pid" ] && kill -9 "$(cat "$dir/exec/containerd/containerd.pid")" 2>/dev/null
grep -o " $dir/[^ ]*" /proc/self/mountinfo | sort -r | while read -r path; do umount -l "$path" 2>/dev/null; done
ip netns del "$name"
rm -rf "$dir"
`;

async function ended(child: ChildProcess, deadlineMs: number): Promise<boolean> {
  return until(() => child.exitCode !== null || child.signalCode !== null, deadlineMs);
}

let made = 0;

async function attempt(options: LabOptions): Promise<DockerLab> {
  const name = `bulkhead-${process.pid}-${++made}-${Math.floor(Math.random() * 0xffff).toString(16)}`;
  const dir = mkdtempSync(join(tmpdir(), 'bulkhead-lab-'));
  const netns = `/var/run/netns/${name}`;
  const socket = join(dir, 'docker.sock');
  const host = `unix://${socket}`;
  const logFile = join(dir, 'dockerd.log');
  const env: NodeJS.ProcessEnv = { ...process.env, DOCKER_HOST: host, DOCKER_CONFIG: join(dir, 'config') };
  delete env['DOCKER_CONTEXT'];
  chmodSync(dir, 0o711);
  mkdirSync(join(dir, 'config'));
  writeRuntime(join(dir, 'runtime'));

  await run(['ip', 'netns', 'add', name]);
  await run(['nsenter', `--net=${netns}`, 'ip', 'link', 'set', 'lo', 'up']);
  const launch = (): ChildProcess => {
    const log = openSync(logFile, 'a');
    const child = spawn(
      'nsenter',
      [
        `--net=${netns}`, 'dockerd', '--host', host, '--data-root', join(dir, 'data'), '--exec-root', join(dir, 'exec'),
        '--pidfile', join(dir, 'docker.pid'), '--bip', options.bip ?? '172.30.0.1/24',
        '--add-runtime', `lab=${join(dir, 'runtime')}`,
        ...(options.wrapper === false ? [] : ['--default-runtime', 'lab']),
        ...(options.dockerd ?? []),
      ],
      { stdio: ['ignore', log, log], env },
    );
    closeSync(log);
    child.on('error', () => undefined);
    return child;
  };
  let engine = launch();
  const readLog = () => readFileSync(logFile, 'utf8');

  const docker = (args: readonly string[], o: RunCommandOptions = {}) => run(['docker', ...args], { env, ...o });
  const tryDocker = (args: readonly string[], o: RunCommandOptions = {}) => tryRun(['docker', ...args], { env, ...o });
  const viewCommand = (command: readonly string[]) => ['nsenter', `--net=${netns}`, 'unshare', '-m', 'sh', '-c', VIEW, 'sh', ...command];

  const sweeper = spawn('sh', ['-c', SWEEP, 'sh', String(engine.pid), dir, name], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  sweeper.on('error', () => undefined);
  sweeper.stdin.on('error', () => undefined);
  sweeper.unref();

  const stop = async () => {
    if (engine.exitCode === null) {
      const ids = (await tryDocker(['ps', '-aq'], { timeout: 20_000 })).stdout.split('\n').filter((id) => id !== '');
      if (ids.length > 0) await tryDocker(['rm', '-f', '-v', ...ids], { timeout: 120_000 });
      engine.kill('SIGTERM');
      if (!(await ended(engine, 30_000))) {
        engine.kill('SIGKILL');
        await ended(engine, 5_000);
      }
    }
    sweeper.stdin.end();
    await ended(sweeper, 60_000);
  };

  const deadline = options.deadline ?? 60_000;
  const answers = () => until(async () => engine.exitCode !== null || (await tryDocker(['info', '--format', '{{.ID}}'], { timeout: 10_000 })).code === 0, deadline, 100);
  const ready = await answers();
  if (!ready || engine.exitCode !== null) {
    const said = readLog().split('\n').slice(-25).join('\n');
    await stop();
    throw new Error(`The lab engine ${ready ? 'ended' : `did not answer in ${deadline} ms`}. The end of its log:\n${said}`);
  }

  const image = async (tag: string, parts: ImageParts) => {
    const tar = await rootTar(parts);
    try {
      await docker(['import', tar.file, tag]);
    } finally {
      tar.remove();
    }
  };
  const lab: DockerLab = {
    name, host, socket, dir, netns,
    get enginePid() { return engine.pid ?? 0; },
    docker, tryDocker, image, viewCommand, stop,
    run: async (container, o = {}) =>
      (await docker(['run', '-d', '--name', container, ...(o.args ?? []), o.image ?? 'busybox:lab', ...(o.command ?? ['sleep', '100000'])])).trim().split('\n').at(-1) ?? '',
    exec: (container, command, args = []) => tryDocker(['exec', ...args, container, ...command]),
    pid: async (container) => Number((await docker(['inspect', '--format', '{{.State.Pid}}', container])).trim()),
    remove: async (...names) => void (names.length > 0 && (await tryDocker(['rm', '-f', '-v', ...names]))),
    inNet: (command, o) => tryRun(['nsenter', `--net=${netns}`, ...command], o),
    inView: (command, o) => tryRun(viewCommand(command), o),
    log: readLog,
    crash: async () => {
      engine.kill('SIGKILL');
      if (!(await ended(engine, 30_000))) throw new Error('dockerd did not end');
    },
    rise: async () => {
      rmSync(join(dir, 'docker.pid'), { force: true });
      // containerd is killed with dockerd (Pdeathsig). Until init has reaped it, the next dockerd takes its pid for a living one and waits in vain.
      const left = join(dir, 'exec/containerd/containerd.pid');
      const gone = () => {
        try {
          return /\) [ZX] /.test(readFileSync(`/proc/${readFileSync(left, 'utf8').trim()}/stat`, 'latin1'));
        } catch {
          return true;
        }
      };
      if (await until(gone, 10_000)) rmSync(left, { force: true });
      engine = launch();
      sweeper.stdin.write(`${engine.pid}\n`);
      if (!(await answers()) || engine.exitCode !== null) throw new Error(`dockerd did not come again. The end of its log:\n${readLog().split('\n').slice(-25).join('\n')}`);
    },
  };
  try {
    await image('busybox:lab', {});
  } catch (error) {
    await stop();
    throw error;
  }
  return lab;
}

/** Starts a private engine; needs root, docker.io, iptables and busybox-static. Several can run side by side. */
export async function startEngine(options: LabOptions = {}): Promise<DockerLab> {
  let last: unknown;
  for (let n = 0; n < 3; n++) {
    try {
      return await attempt(options);
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

async function keepUp(count: number): Promise<void> {
  const { openShop } = await import('./shop.js');
  const lab = await startEngine();
  await openShop(lab, count);
  process.stdout.write(
    `DOCKER_HOST=${lab.host}\nIts net namespace: ${lab.netns}\nA command as on its host:\n  ` +
      `nsenter --net=${lab.netns} unshare -m sh -c '${VIEW}' sh COMMAND\nctrl-c stops it.\n`,
  );
  await new Promise<void>((done) => {
    process.once('SIGINT', () => done());
    process.once('SIGTERM', () => done());
  });
  await lab.stop();
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.argv[2] === 'up') await keepUp(Number(process.argv[3] ?? 10));
