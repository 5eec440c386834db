import { readFileSync, readlinkSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { known, NS_KINDS, snapshot as schema, valueOf, type Container, type Snapshot } from '../../src/core/model/index.js';
import { startEngine, type Lab } from '../lab/engine.js';

/** Each field of a snapshot, compared with the kernel and the engine read by other means. */

interface Inspect {
  readonly Id: string;
  readonly Image: string;
  readonly State: { readonly Pid: number; readonly Status: string; readonly StartedAt: string };
  readonly HostConfig: Readonly<Record<string, unknown>>;
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, { readonly NetworkID: string; readonly IPAddress: string; readonly IPPrefixLen: number; readonly MacAddress: string; readonly Gateway: string }>> };
}
interface IpLink { readonly ifname: string; readonly ifindex: number; readonly link_index?: number; readonly address: string }

let lab: Lab;
let snapshot: Snapshot;
const inspects = new Map<string, Inspect>();

const NAMES = ['plain', 'limits', 'joins-net', 'joins-pid', 'joins-ipc', 'hosty', 'powerless', 'both', 'inner', 'resting', 'again', 'over', 'asleep'] as const;
const RUNNING = NAMES.filter((name) => !['again', 'over', 'asleep'].includes(name));

beforeAll(async () => {
  lab = await startEngine();
  await lab.docker(['network', 'create', '--subnet', '172.31.1.0/24', '--label', 'com.docker.compose.project=shop', 'shop_front']);
  await lab.docker(['network', 'create', '--subnet', '172.31.2.0/24', '--internal', 'shop_back']);
  await lab.run('plain', { args: ['--ipc', 'shareable', '--label', 'com.docker.compose.project=shop', '--label', 'com.docker.compose.service=web', '--label', 'api.token=hunter2-hunter2', '-e', 'SECRET_IN_ENV=never-to-be-seen'] });
  await lab.run('limits', { args: ['--memory', '64m', '--memory-swap', '96m', '--cpus', '0.5', '--pids-limit', '50', '--cpuset-cpus', '0', '--security-opt', 'no-new-privileges', '--read-only'] });
  await lab.run('joins-net', { args: ['--network', 'container:plain'] });
  await lab.run('joins-pid', { args: ['--pid', 'container:plain'] });
  await lab.run('joins-ipc', { args: ['--ipc', 'container:plain'] });
  await lab.run('hosty', { args: ['--network', 'host', '--pid', 'host', '--ipc', 'host', '--uts', 'host'] });
  await lab.run('powerless', { args: ['--cap-drop', 'ALL', '--user', '1234'] });
  await lab.run('both', { args: ['--network', 'shop_front'] });
  await lab.docker(['network', 'connect', 'shop_back', 'both']);
  await lab.run('inner', { args: ['--network', 'shop_back'] });
  await lab.run('resting');
  await lab.docker(['pause', 'resting']);
  await lab.run('again', { args: ['--restart', 'always'], command: ['false'] });
  await lab.run('over', { command: ['true'] });
  await lab.docker(['wait', 'over']);
  await lab.docker(['create', '--name', 'asleep', 'busybox:lab', 'true']);
  for (let n = 0; n < 100; n++) if ((await lab.docker(['inspect', '--format', '{{.State.Status}}', 'again'])).trim() === 'restarting') break;
  const seen = await lab.inView(['node_modules/.bin/tsx', 'test/lab/look.ts', lab.host], { timeout: 60_000 });
  expect(seen.stderr).toBe('');
  snapshot = JSON.parse(seen.stdout) as Snapshot;
  for (const one of JSON.parse(await lab.docker(['inspect', ...NAMES])) as (Inspect & { readonly Name: string })[]) inspects.set(one.Name.slice(1), one);
}, 180_000);
afterAll(() => lab?.stop(), 120_000);

const container = (name: string): Container => {
  const found = snapshot.containers.find((c) => c.name === name);
  if (found === undefined) throw new Error(`${name} is not in the snapshot`);
  return found;
};
const inspect = (name: string): Inspect => inspects.get(name) as Inspect;
const linkOf = (pid: number, kind: string) => Number(/\d+/.exec(readlinkSync(`/proc/${pid}/ns/${kind}`))?.[0]);
const statusOf = (pid: number, field: string) => new RegExp(`^${field}:\\s*(.*)$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';

test('the snapshot is what its schema says', () => {
  expect(schema.safeParse(snapshot).error?.issues ?? []).toEqual([]);
  expect(snapshot.origin).toBe('live');
});

test('every container is there, running or not, and nothing of another engine', () => {
  expect(snapshot.containers.map((c) => c.name).sort()).toEqual([...NAMES].sort());
});

test('the kernel is proved to be the engine’s by a container’s cgroup', () => {
  expect(snapshot.host.proof.kind).toBe('proved');
  expect(snapshot.host.kernel).toEqual(known(readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim(), '/proc/sys/kernel/osrelease'));
});

describe.each(NAMES)('%s', (name) => {
  test('is told as the engine tells it', () => {
    const [c, i] = [container(name), inspect(name)];
    expect(c.id).toBe(i.Id);
    expect(c.imageId).toBe(i.Image);
    if (name !== 'again') {
      expect(c.state).toBe(i.State.Status);
      expect(c.pid).toBe(i.State.Pid === 0 ? null : i.State.Pid);
    }
  });
});

describe.each(RUNNING)('%s runs:', (name) => {
  test('its namespaces are those of its process', () => {
    const c = container(name);
    for (const kind of NS_KINDS) expect([kind, valueOf(c.namespaces[kind].inode)]).toEqual([kind, linkOf(c.pid ?? 0, kind)]);
  });
  test('its rights are those of its process', () => {
    const { process, pid } = container(name);
    const mask = BigInt(`0x${statusOf(pid ?? 0, 'CapEff')}`);
    expect(process?.capabilities.effective && valueOf(process.capabilities.effective)?.length).toBe(mask.toString(2).replaceAll('0', '').length);
    expect(process && valueOf(process.uid)).toBe(Number(statusOf(pid ?? 0, 'Uid').split('\t')[0]));
    expect(process && valueOf(process.noNewPrivs)).toBe(statusOf(pid ?? 0, 'NoNewPrivs') === '1');
    expect(process && valueOf(process.seccomp)).toBe(['disabled', 'strict', 'filter'][Number(statusOf(pid ?? 0, 'Seccomp'))]);
  });
  test('its limits are those of its cgroup files', () => {
    const c = container(name);
    const path = valueOf(c.cgroup.path);
    expect(readFileSync(`/proc/${c.pid}/cgroup`, 'utf8')).toContain(`:${path}`);
    if (snapshot.host.cgroupVersion && valueOf(snapshot.host.cgroupVersion) === 'v2') return;
    const limit = Number(readFileSync(`/sys/fs/cgroup/memory${path}/memory.limit_in_bytes`, 'utf8'));
    expect(valueOf(c.cgroup.memory.limit)).toBe(limit > 2 ** 62 ? 'max' : limit);
    const pids = readFileSync(`/sys/fs/cgroup/pids${path}/pids.max`, 'utf8').trim();
    expect(valueOf(c.cgroup.pids.limit)).toBe(pids === 'max' ? 'max' : Number(pids));
  });
  test('its plugs are those the engine tells and the kernel has', async () => {
    const c = container(name);
    const told = Object.entries(inspect(name).NetworkSettings.Networks).filter(([network]) => network !== 'host');
    const links = JSON.parse((await lab.inNet(['nsenter', `--net=/proc/${c.pid}/ns/net`, 'ip', '-j', 'link'])).stdout) as IpLink[];
    const outside = JSON.parse((await lab.inNet(['ip', '-j', 'link'])).stdout) as IpLink[];
    if (name !== 'joins-net') expect(c.endpoints.map((e) => e.network).sort()).toEqual(told.map(([network]) => network).sort());
    for (const [network, at] of told) {
      const endpoint = c.endpoints.find((e) => e.network === network);
      expect(endpoint?.segment).toBe(`network:${at.NetworkID}`);
      expect(endpoint && valueOf(endpoint.ipv4)).toBe(`${at.IPAddress}/${at.IPPrefixLen}`);
      expect(endpoint && valueOf(endpoint.mac)).toBe(at.MacAddress);
      const inside = links.find((l) => l.address === at.MacAddress);
      expect(endpoint && valueOf(endpoint.interface)).toBe(inside?.ifname);
      expect(endpoint && valueOf(endpoint.peer)).toBe(outside.find((l) => l.ifindex === inside?.link_index)?.ifname);
    }
  });
});

test('who joined whom is told by the namespace, for net, pid and ipc', () => {
  const plain = container('plain');
  for (const [name, kind] of [['joins-net', 'net'], ['joins-pid', 'pid'], ['joins-ipc', 'ipc']] as const) {
    expect(valueOf(container(name).namespaces[kind].owner)).toBe(`container:${plain.id}`);
    expect(container(name).namespaces[kind].inode).toMatchObject({ value: valueOf(plain.namespaces[kind].inode) });
  }
  expect(container('joins-net').net).toBe(plain.net);
  expect(container('joins-net').endpoints.map((e) => e.segment)).toEqual(plain.endpoints.map((e) => e.segment));
});

test('the host’s namespaces are told as the host’s, its own as its own', () => {
  for (const kind of ['net', 'pid', 'ipc', 'uts'] as const) expect([kind, valueOf(container('hosty').namespaces[kind].owner)]).toEqual([kind, 'host']);
  expect(valueOf(container('hosty').namespaces.mnt.owner)).toBe('own');
  for (const kind of ['net', 'pid', 'mnt', 'uts'] as const) expect([kind, valueOf(container('plain').namespaces[kind].owner)]).toEqual([kind, 'own']);
  expect(container('hosty').net).toBe('host');
  expect(container('hosty').endpoints).toEqual([]);
});

test('limits: declared beside enforced', () => {
  const { cgroup, declared, rootReadOnly } = container('limits');
  expect(cgroup.memory.declared).toEqual(known(64 * 1024 * 1024, 'engine: HostConfig.Memory'));
  expect(valueOf(cgroup.memory.limit)).toBe(64 * 1024 * 1024);
  expect(valueOf(cgroup.memory.effectiveLimit)).toBe(64 * 1024 * 1024);
  expect(valueOf(cgroup.memory.imposedBy)).toBe(valueOf(cgroup.path));
  expect(valueOf(cgroup.cpu.limit)).toBe(0.5);
  expect(valueOf(cgroup.cpu.declared)).toBe(0.5);
  expect(valueOf(cgroup.cpu.cpuset)).toBe('0');
  expect(valueOf(cgroup.pids.limit)).toBe(50);
  expect(declared).toMatchObject({ memory: 64 * 1024 * 1024, memorySwap: 96 * 1024 * 1024, cpus: 0.5, pidsLimit: 50, cpuset: '0', noNewPrivs: true, readonlyRootfs: true });
  expect(valueOf(rootReadOnly)).toBe(true);
  expect(container('plain').cgroup.memory).toMatchObject({ limit: { value: 'max' }, declared: { value: 'max' } });
});

test('no capabilities are no capabilities', () => {
  const { process, declared } = container('powerless');
  expect(process && valueOf(process.capabilities.effective)).toEqual([]);
  expect(process && valueOf(process.uid)).toBe(1234);
  expect(declared).toMatchObject({ capDrop: ['ALL'], user: '1234' });
});

test('segments are the engine’s networks', async () => {
  const networks = JSON.parse(await lab.docker(['network', 'inspect', 'bridge', 'shop_front', 'shop_back'])) as { Id: string; Internal: boolean; IPAM: { Config: { Subnet: string }[] } }[];
  for (const network of networks) {
    const segment = snapshot.segments.find((s) => s.id === `network:${network.Id}`);
    expect(segment).toMatchObject({ internal: network.Internal, subnets: network.IPAM.Config.map((c) => c.Subnet), driver: 'bridge', scope: 'local' });
  }
  expect(snapshot.segments.find((s) => s.name === 'shop_front')?.project).toBe('shop');
});

test('what does not run has no process and no half-read facts', () => {
  for (const name of ['over', 'asleep']) {
    const c = container(name);
    expect(c).toMatchObject({ pid: null, process: null, processes: [], net: null });
    expect(c.namespaces.net.inode).toMatchObject({ unknown: 'absent' });
    expect(c.cgroup.memory.limit).toMatchObject({ unknown: 'absent' });
  }
  expect(container('over').state).toBe('exited');
  expect(container('asleep').state).toBe('created');
  expect(container('resting').state).toBe('paused');
  expect(['restarting', 'running']).toContain(container('again').state);
});

test('compose’s words, and secrets masked; environment never', () => {
  expect(container('plain')).toMatchObject({ project: 'shop', service: 'web' });
  expect(container('plain').labels['api.token']).toBe('(masked)');
  const all = JSON.stringify(snapshot);
  expect(all).not.toContain('hunter2');
  expect(all).not.toContain('never-to-be-seen');
});
