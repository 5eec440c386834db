import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEngine, type Lab } from '../lab/engine.js';
import { lookAt, type Seen } from './seen.js';

/** An engine's ordinary ways are no drift: forty varied containers, updated, restarted, entered and paused. */

const KINDS: readonly (readonly string[])[] = [
  [],
  ['--memory', '64m', '--memory-swap', '96m', '--cpus', '0.333', '--pids-limit', '50'],
  ['--memory', '100000001b', '--cpu-quota', '33333', '--cpu-period', '100000'],
  ['--cap-drop', 'ALL'],
  ['--cap-drop', 'ALL', '--cap-add', 'NET_RAW', '--user', '1000'],
  ['--cap-add', 'SYS_PTRACE', '--cap-add', 'net_admin'],
  ['--read-only', '--tmpfs', '/run:rw,size=1m', '--security-opt', 'no-new-privileges'],
  ['--network', 'none'],
  ['--network', 'host'],
  ['--pid', 'host', '--ipc', 'host', '--uts', 'host'],
  ['--privileged'],
  ['--security-opt', 'seccomp=unconfined'],
  ['--network', 'front', '--network-alias', 'shop'],
  ['--network', 'front', '--ip', '172.31.7.77'],
  ['--network', 'inner'],
  ['-v', '/tmp:/host/tmp:ro', '-v', 'data:/data', '--mount', 'type=tmpfs,destination=/cache'],
  ['--device', '/dev/null:/dev/mine', '--device', '/dev/fuse'],
  ['--init', '--hostname', 'somebody'],
  ['--shm-size', '16m', '--sysctl', 'net.ipv4.ip_forward=1', '--ulimit', 'nofile=512'],
  ['-t', '--workdir', '/tmp'],
];
const COUNT = 40;

let lab: Lab;
let seen: Seen;

beforeAll(async () => {
  lab = await startEngine();
  await lab.docker(['network', 'create', '--subnet', '172.31.7.0/24', 'front']);
  await lab.docker(['network', 'create', '--internal', 'inner']);
  const names = Array.from({ length: COUNT }, (_, n) => `quiet-${n}`);
  const start = async (n: number) => {
    const kind = [...(KINDS[n % KINDS.length] ?? [])];
    // One address for one container.
    const fixed = n >= KINDS.length && kind.includes('--ip') ? kind.slice(0, 2) : kind;
    await lab.run(names[n] ?? '', { args: fixed });
  };
  for (let n = 0; n < COUNT; n += 4) await Promise.all([0, 1, 2, 3].map((more) => start(n + more)));
  await lab.run('joins-net', { args: ['--network', 'container:quiet-0', '--pid', 'container:quiet-1'] });
  await lab.docker(['network', 'connect', 'inner', 'quiet-12']);
  await lab.docker(['update', '--memory', '80m', '--memory-swap', '160m', '--cpus', '0.7', '--pids-limit', '60', 'quiet-1']);
  await lab.docker(['restart', '-t', '0', 'quiet-3', 'quiet-12']);
  await lab.docker(['exec', '-d', 'quiet-0', 'sleep', '100000']);
  await lab.docker(['exec', '-d', '-u', '1000', 'quiet-0', 'sh', '-c', 'sleep 100000']);
  await lab.docker(['exec', '-d', '--privileged', 'quiet-15', 'sleep', '100000']);
  await lab.docker(['pause', 'quiet-4']);
  await lab.docker(['stop', '-t', '0', 'quiet-7']);
  seen = await lookAt(lab);
}, 300_000);
afterAll(() => lab?.stop(), 180_000);

test('a quiet host of forty varied containers shows no drift', () => {
  expect(seen.snapshot.containers).toHaveLength(COUNT + 1);
  expect(seen.drift.map((f) => `${f.name}: ${f.title}`)).toEqual([]);
});

test('nobody intrudes on a quiet host', () => {
  expect(seen.snapshot.containers.flatMap((c) => c.intruders.map((one) => `${one.comm} in ${c.name}`))).toEqual([]);
});
