import { mkdirSync, writeFileSync } from 'node:fs';
import { snapshot as schema, type Snapshot } from '../../src/core/model/index.js';
import { startEngine, type Lab } from './engine.js';

/**
 * Records the example host that a window shows where no engine is: `npx tsx test/lab/example.ts`.
 * A real engine runs a small shop (a shared net namespace, a container on the host's pid namespace, a limit near its
 * end, one spoofer); what is read is kept as it is, but for the names of this machine and what else runs on it.
 */
const TARGET = 'assets/example.json';

interface Stall {
  readonly name: string;
  readonly image: string;
  readonly project?: string;
  readonly networks: readonly string[];
  readonly args: readonly string[];
  readonly command?: string;
}

const SAFE = ['--cap-drop', 'NET_RAW'];
const BARE = ['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'];
const STALLS: readonly Stall[] = [
  { name: 'proxy', image: 'traefik:v3', project: 'shop', networks: ['shop_front'], args: [...BARE, '--memory', '128m', '--pids-limit', '100', '--read-only', '-p', '8080:80'] },
  { name: 'web', image: 'shop-web:3.1', project: 'shop', networks: ['shop_front', 'shop_back'], args: [...SAFE, '--memory', '256m', '--cpus', '1', '--pids-limit', '200'] },
  { name: 'web-tap', image: 'netshoot:0.13', project: 'shop', networks: ['container:web'], args: [...SAFE, '--memory', '64m'] },
  { name: 'api', image: 'shop-api:3.1', project: 'shop', networks: ['shop_back'], args: [...BARE, '--user', '1000', '--memory', '256m', '--cpus', '0.5', '--pids-limit', '200'] },
  {
    name: 'worker', image: 'shop-worker:3.1', project: 'shop', networks: ['shop_back'],
    args: [...SAFE, '--memory', '64m', '--pids-limit', '50', '--tmpfs', '/cache:size=60m'],
    command: 'dd if=/dev/zero of=/cache/jobs bs=1M count=58 2>/dev/null; sleep 1000000',
  },
  { name: 'db', image: 'postgres:18', project: 'shop', networks: ['shop_back'], args: [...SAFE, '--user', '999', '--memory', '512m', '-v', 'shop_data:/var/lib/postgresql'] },
  { name: 'cache', image: 'redis:8', project: 'shop', networks: ['shop_back'], args: [...BARE, '--user', '999', '--memory', '128m'] },
  { name: 'node-exporter', image: 'prom/node-exporter:v1.9', networks: ['bridge'], args: [...SAFE, '--pid', 'host', '--read-only', '-v', '/proc:/host/proc:ro', '--memory', '64m'] },
  { name: 'portainer', image: 'portainer:2', networks: ['bridge'], args: [...SAFE, '-v', 'SOCKET:/var/run/docker.sock', '--memory', '256m'] },
  { name: 'scratch', image: 'busybox:1.37', networks: ['bridge'], args: [] },
];

async function build(lab: Lab): Promise<void> {
  await lab.docker(['network', 'create', '--subnet', '172.20.0.0/24', '--label', 'com.docker.compose.project=shop', 'shop_front']);
  await lab.docker(['network', 'create', '--internal', '--subnet', '172.21.0.0/24', '--label', 'com.docker.compose.project=shop', 'shop_back']);
  for (const stall of STALLS) {
    await lab.docker(['tag', 'busybox:lab', stall.image]);
    const compose = stall.project === undefined ? [] : ['--label', `com.docker.compose.project=${stall.project}`, '--label', `com.docker.compose.service=${stall.name}`];
    const args = stall.args.map((part) => part.replace('SOCKET', lab.socket));
    await lab.run(stall.name, {
      image: stall.image,
      args: [...compose, '--network', stall.networks[0] ?? 'none', ...args],
      command: ['sh', '-c', stall.command ?? 'sleep 1000000'],
    });
    for (const network of stall.networks.slice(1)) await lab.docker(['network', 'connect', network, stall.name]);
  }
  // Neighbours learn of one another as they would by working together.
  for (const [from, to] of [['proxy', 'web'], ['web', 'api'], ['web', 'db'], ['api', 'db'], ['api', 'cache'], ['worker', 'db'], ['scratch', 'portainer']] as const) {
    const network = from === 'scratch' ? 'bridge' : from === 'proxy' ? 'shop_front' : 'shop_back';
    const ip = (await lab.docker(['inspect', '-f', `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`, to])).trim();
    await lab.exec(from, ['ping', '-c', '1', '-W', '1', ip]);
  }
}

/** Takes out what belongs to the recording machine: its name, its own processes, other engines, the lab's folders. */
function tidy(read: Snapshot, lab: Lab): Snapshot {
  const text = JSON.stringify(read).replaceAll(lab.socket, '/var/run/docker.sock').replaceAll(`${lab.dir}/data`, '/var/lib/docker').replaceAll(lab.dir, '/run/docker');
  const clean = schema.parse(JSON.parse(text));
  const ours = new Set(clean.containers.map((container) => container.id));
  const nets = new Set(['host', ...clean.containers.flatMap((container) => (container.net === null ? [] : [container.net]))]);
  const inode = (kind: string) => new Set(clean.containers.map((container) => container.namespaces[kind as 'net'].inode).flatMap((r) => ('value' in r ? [r.value] : [])));
  return {
    ...clean,
    origin: 'example',
    host: { ...clean.host, hostname: { value: 'example', source: '/proc/sys/kernel/hostname' }, bootId: { value: '00000000-0000-4000-8000-000000000000', source: '/proc/sys/kernel/random/boot_id' } },
    groups: [],
    namespaces: clean.namespaces
      .filter((node) => inode(node.type).has(node.inode))
      .map((node) => ({ ...node, members: node.members.filter((member) => member.kind === 'host' || ours.has(member.id)).map((member) => (member.kind === 'host' ? { ...member, name: 'example' } : member)), heldBy: [] })),
    cgroups: clean.cgroups.filter((node) => node.of === null ? node.parent === null || clean.cgroups.some((child) => child.parent === node.id && child.of !== null && ours.has(child.of)) : ours.has(node.of)),
    interfaces: clean.interfaces.filter((one) => nets.has(one.net)),
    nets: clean.nets.filter((net) => nets.has(net.key)).map((net) => ({ ...net, of: net.of.filter((id) => id === 'host' || ours.has(id)) })),
    notes: [],
  };
}

const lab = await startEngine({ bip: '172.17.0.1/16' });
try {
  await build(lab);
  const ran = await lab.inView(['npx', 'tsx', 'test/lab/look.ts', lab.host]);
  if (ran.code !== 0) throw new Error(ran.stderr);
  const kept = tidy(schema.parse(JSON.parse(ran.stdout)), lab);
  mkdirSync('assets', { recursive: true });
  writeFileSync(TARGET, `${JSON.stringify(kept)}\n`);
  process.stderr.write(`${TARGET}: ${kept.containers.length} containers\n`);
} finally {
  await lab.stop();
}
