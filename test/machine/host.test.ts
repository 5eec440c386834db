import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isUnconfined } from '../../src/core/facts/label.js';
import { snapshot as schema, type Container, type Reading, type Snapshot } from '../../src/core/model/index.js';
import { bulkheadOn, install } from './bundle.js';
import { chosenSuite } from './image.js';
import { machine, type Machine } from './machine.js';
import { keepEngine, keepSnapshot } from './record.js';

/** A modern host with cgroup v2, systemd and AppArmor: what Bulkhead says inside it against what its own tools say. */
const ENGINE = { trixie: /^26\./, forky: /^2[89]\./ }[chosenSuite()];
let host: Machine;
let inside: Snapshot;
let outside: Snapshot;

const SET_UP = `
set -e
systemctl set-property --runtime tight.slice MemoryMax=128M TasksMax=60
systemctl start tight.slice
docker run -d --name plain busybox:lab sleep 100000 >/dev/null
docker run -d --name limited -m 256m --cpus 0.5 --pids-limit 50 busybox:lab sleep 100000 >/dev/null
docker run -d --name squeezed --cgroup-parent tight.slice -m 512m --pids-limit 100 busybox:lab sleep 100000 >/dev/null
docker run -d --name unconfined --security-opt apparmor=unconfined --security-opt seccomp=unconfined busybox:lab sleep 100000 >/dev/null
docker run -d --name mighty --privileged busybox:lab sleep 100000 >/dev/null
docker run -d --name guest --cgroupns host --pid host busybox:lab sleep 100000 >/dev/null
docker run -d --name sharer --network container:plain busybox:lab sleep 100000 >/dev/null
`;

function take(name: string, from: Snapshot): Container {
  const found = from.containers.find((container) => container.name === name);
  if (found === undefined) throw new Error(`no container ${name} in ${from.containers.map((container) => container.name).join(', ')}`);
  return found;
}

function value<T>(reading: Reading<T>): T {
  if ('unknown' in reading) throw new Error(`${reading.source} is ${reading.unknown}`);
  return reading.value;
}

async function pidOf(name: string): Promise<number> {
  return Number((await host.run(`docker inspect -f '{{.State.Pid}}' ${name}`)).trim());
}

/** The container's cgroup file, read by cat. */
async function cgroupFile(name: string, file: string): Promise<string> {
  const pid = await pidOf(name);
  return (await host.run(`cat /sys/fs/cgroup$(sed 's/^0:://' /proc/${pid}/cgroup)/${file}`)).trim();
}

beforeAll(async () => {
  host = await machine();
  await install(host);
  await host.run(SET_UP, undefined, 6);
  inside = schema.parse(JSON.parse(await bulkheadOn(host, 'snapshot')));
  const from = () => spawnSync('node', ['bin/bulkhead.js', 'snapshot', '--host', host.host], { encoding: 'utf8', maxBuffer: 1 << 28 });
  let done = from();
  for (let n = 0; done.status !== 0 && n < 3; n++) done = from();
  if (done.status !== 0) throw new Error(`from outside: ${done.stderr}`);
  outside = schema.parse(JSON.parse(done.stdout));
  keepSnapshot('inside', inside);
  keepSnapshot('outside', outside);
}, 900_000);

afterAll(async () => {
  if (outside !== undefined) await keepEngine(host);
  await host?.stop();
});

describe('inside a modern host', () => {
  test('the kernel is proved to be the engine’s, with cgroup v2 and AppArmor', () => {
    expect(inside.host.proof.kind).toBe('proved');
    expect(value(inside.host.cgroupVersion)).toBe('v2');
    expect(value(inside.host.lsms)).toContain('apparmor');
    expect(inside.host.engine.version).toMatch(ENGINE);
  });

  test('limits are what the kernel’s own files hold', async () => {
    for (const name of ['plain', 'limited', 'squeezed']) {
      const cgroup = take(name, inside).cgroup;
      const number = (text: string): number | 'max' => (text === 'max' ? 'max' : Number(text));
      expect(value(cgroup.memory.limit)).toBe(number(await cgroupFile(name, 'memory.max')));
      expect(value(cgroup.pids.limit)).toBe(number(await cgroupFile(name, 'pids.max')));
      const [quota, period] = (await cgroupFile(name, 'cpu.max')).split(' ');
      expect(value(cgroup.cpu.limit)).toBe(quota === 'max' ? 'max' : Number(quota) / Number(period));
    }
  });

  test('a slice with a tighter limit imposes the effective one, and is named', () => {
    const { memory, pids } = take('squeezed', inside).cgroup;
    expect(value(memory.limit)).toBe(512 * 1024 * 1024);
    expect(value(memory.effectiveLimit)).toBe(128 * 1024 * 1024);
    expect(value(memory.imposedBy)).toContain('tight.slice');
    expect(value(pids.effectiveLimit)).toBe(60);
    expect(value(pids.imposedBy)).toContain('tight.slice');
  });

  test('pressure is read where the kernel tells it', async () => {
    await expect(cgroupFile('plain', 'memory.pressure')).resolves.toContain('some avg10=');
    expect(value(take('plain', inside).cgroup.memory.pressure).some10).toBeGreaterThanOrEqual(0);
  });

  test('AppArmor profiles are the kernel’s own words', async () => {
    for (const name of ['plain', 'unconfined', 'mighty']) {
      const label = (await host.run(`cat /proc/${await pidOf(name)}/attr/current`)).trim();
      expect(value(take(name, inside).process!.lsm)).toBe(label);
    }
    expect(value(take('plain', inside).process!.lsm)).toBe('docker-default (enforce)');
    expect(isUnconfined(value(take('unconfined', inside).process!.lsm))).toBe(true);
  });

  test('cgroup and pid namespaces agree with their links', async () => {
    for (const [name, kind] of [['plain', 'cgroup'], ['guest', 'cgroup'], ['guest', 'pid'], ['plain', 'net'], ['sharer', 'net']] as const) {
      const link = (await host.run(`readlink /proc/${await pidOf(name)}/ns/${kind}`)).trim();
      expect(`${kind}:[${value(take(name, inside).namespaces[kind].inode)}]`).toBe(link);
    }
    expect(value(take('guest', inside).namespaces.cgroup.owner)).toBe('host');
    expect(value(take('guest', inside).namespaces.pid.owner)).toBe('host');
    expect(value(take('plain', inside).namespaces.cgroup.owner)).toBe('own');
    expect(value(take('sharer', inside).namespaces.net.owner)).toBe(`container:${take('plain', inside).id}`);
  });

  test('a privileged container holds every capability that the kernel says it holds', async () => {
    const status = await host.run(`cat /proc/${await pidOf('mighty')}/status`);
    const mask = BigInt(`0x${/CapEff:\s*([0-9a-f]+)/.exec(status)?.[1] ?? '0'}`);
    const bits = [...mask.toString(2)].filter((bit) => bit === '1').length;
    expect(value(take('mighty', inside).process!.capabilities.effective)).toHaveLength(bits);
  });

  test('a quiet host has no drift', async () => {
    const answer = JSON.parse(await bulkheadOn(host, 'drift --format json')) as { findings: unknown[] };
    expect(answer.findings).toEqual([]);
  });
});

describe('outside, on the engine’s TCP port', () => {
  test('the engine’s words are the same', () => {
    expect(outside.containers.map((container) => container.name).sort()).toEqual(inside.containers.map((container) => container.name).sort());
    expect(take('limited', outside).declared).toEqual(take('limited', inside).declared);
  });

  test('kernel facts are unknown, not those of a stranger with the same pid', () => {
    expect(outside.host.proof.kind).toBe('foreign');
    for (const container of outside.containers) {
      expect(container.process).toBeNull();
      expect(container.processes).toEqual([]);
      for (const kind of ['net', 'pid', 'mnt', 'user'] as const) expect(container.namespaces[kind].inode).toHaveProperty('unknown');
      expect(container.cgroup.memory.usage).toHaveProperty('unknown');
      expect(container.cgroup.memory.limit).toHaveProperty('unknown');
    }
    expect(outside.nets.every((net) => 'unknown' in net.neighbours)).toBe(true);
  });
});
