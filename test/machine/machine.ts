import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { image, type Image } from './image.js';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running Debian 13 with systemd, cgroup v2, AppArmor and Engine 26, emulated. */
export interface Machine {
  /** The engine as seen from outside, `tcp://127.0.0.1:PORT`. */
  readonly host: string;
  /** Runs a shell command as root inside; throws when the machine does not answer within the minutes. */
  try(command: string, input?: Buffer, minutes?: number): Promise<Ran>;
  /** The same, and throws when the command fails. Answers its standard output. */
  run(command: string, input?: Buffer, minutes?: number): Promise<string>;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}

function ask(port: number, command: string, input: Buffer, minutes: number): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    let text = '';
    const timer = setTimeout(() => socket.destroy(new Error(`no answer within ${minutes} minutes: ${command.slice(0, 200)}`)), minutes * 60_000);
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.end(JSON.stringify({ command, input: input.toString('base64') })));
    socket.on('data', (part) => {
      text += String(part);
    });
    socket.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    socket.on('close', () => {
      clearTimeout(timer);
      try {
        resolve(JSON.parse(text) as Ran);
      } catch {
        reject(new Error(`the machine closed without an answer: ${command.slice(0, 200)}`));
      }
    });
  });
}

/** Sends one human-monitor command over QMP; answers what it printed. */
function monitor(path: string, line: string, minutes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    let text = '';
    const timer = setTimeout(() => socket.destroy(new Error(`qemu did not answer '${line}'`)), minutes * 60_000);
    socket.setEncoding('utf8');
    socket.on('connect', () => {
      socket.write(`${JSON.stringify({ execute: 'qmp_capabilities', id: 0 })}\n`);
      socket.write(`${JSON.stringify({ execute: 'human-monitor-command', arguments: { 'command-line': line }, id: 1 })}\n`);
    });
    socket.on('data', (part) => {
      text += String(part);
      for (const answer of text.split('\n')) {
        if (!answer.includes('"id": 1')) continue;
        clearTimeout(timer);
        socket.destroy();
        const parsed = JSON.parse(answer) as { return?: string; error?: { desc: string } };
        if (parsed.error !== undefined) reject(new Error(parsed.error.desc));
        else resolve(parsed.return ?? '');
      }
    });
    socket.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}

interface Running {
  readonly child: ChildProcess;
  readonly agentPort: number;
  readonly enginePort: number;
  readonly qmp: string;
  readonly folder: string;
}

async function start(from: Image, ready: boolean): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-machine-'));
  const agentPort = await freePort();
  const enginePort = await freePort();
  const qmp = join(folder, 'qmp');
  const forwards = `hostfwd=tcp:127.0.0.1:${agentPort}-:7777,hostfwd=tcp:127.0.0.1:${enginePort}-:2375`;
  const args = [
    '-accel', 'tcg,thread=multi', '-cpu', 'max', '-m', '2048', '-smp', '2', '-nographic', '-no-reboot',
    '-kernel', from.kernel, '-initrd', from.initrd, '-append', 'root=/dev/vda rw console=ttyS0 quiet net.ifnames=0',
    '-drive', `file=${from.disk},if=virtio,format=qcow2,cache=unsafe`,
    '-netdev', `user,id=n,restrict=on,${forwards}`, '-device', 'virtio-net-pci,netdev=n',
    '-serial', `file:${join(folder, 'console')}`, '-monitor', 'none', '-qmp', `unix:${qmp},server=on,wait=off`,
    ...(ready ? ['-loadvm', 'ready'] : []),
  ];
  const child = spawn('qemu-system-x86_64', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr?.on('data', (part) => {
    complaint += String(part);
  });
  const running: Running = { child, agentPort, enginePort, qmp, folder };
  const deadline = Date.now() + (ready ? 3 : 12) * 60_000;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`qemu ended with ${child.exitCode}: ${complaint.slice(-800)}`);
    const answer = await ask(agentPort, 'docker version --format {{.Server.Version}}', Buffer.alloc(0), 0.5).catch(() => null);
    if (answer !== null && answer.code === 0 && answer.stdout.trim() !== '') return running;
    if (Date.now() > deadline) {
      const serial = existsSync(join(folder, 'console')) ? readFileSync(join(folder, 'console'), 'utf8').slice(-1500) : '';
      await end(running);
      throw new Error(`the emulated host did not come up. Its console ends with: ${serial}`);
    }
    await pause(300);
  }
}

async function end(running: Running): Promise<void> {
  if (running.child.exitCode === null) {
    const gone = new Promise((resolve) => running.child.once('exit', resolve));
    running.child.kill('SIGKILL');
    await gone;
  }
  rmSync(running.folder, { recursive: true, force: true });
}

const BUSYBOX = [
  'set -e; D=$(mktemp -d); mkdir -p $D/bin $D/etc $D/tmp $D/root $D/proc $D/sys $D/dev; cp /bin/busybox $D/bin/',
  'for a in $(/bin/busybox --list); do ln -s busybox $D/bin/$a 2>/dev/null || true; done',
  "echo 'root:x:0:0:root:/root:/bin/sh' > $D/etc/passwd; tar -C $D -c . | docker import - busybox:lab >/dev/null; rm -rf $D",
].join('\n');

/** Starts the host from its saved state, after building and booting it once where there is none. */
export async function machine(): Promise<Machine> {
  const from = image();
  if (!existsSync(from.readyMark)) {
    const first = await start(from, false);
    try {
      const made = await ask(first.agentPort, BUSYBOX, Buffer.alloc(0), 5);
      if (made.code !== 0) throw new Error(`the image could not be made: ${made.stderr}`);
      await ask(first.agentPort, 'sync', Buffer.alloc(0), 2);
      const said = await monitor(first.qmp, 'savevm ready', 5);
      if (said.trim() !== '') throw new Error(`qemu could not save the state: ${said}`);
      writeFileSync(from.readyMark, 'saved\n');
    } finally {
      await end(first);
    }
  }
  const running = await start(from, true);
  const tried = (command: string, input: Buffer = Buffer.alloc(0), minutes = 3) => ask(running.agentPort, command, input, minutes);
  return {
    host: `tcp://127.0.0.1:${running.enginePort}`,
    try: tried,
    run: async (command, input, minutes) => {
      const done = await tried(command, input, minutes);
      if (done.code !== 0) throw new Error(`in the machine, '${command.slice(0, 300)}' ended with ${done.code}: ${done.stderr.slice(-800)}`);
      return done.stdout;
    },
    stop: () => end(running),
  };
}
