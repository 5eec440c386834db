import type { HostSpec, NetworkSpec, WorkloadSpec } from './spec.js';

const none = { caps: [], capDrop: ['ALL'] } as const;
/** Not root, nothing effective, and nothing to be gained by a setuid program. */
const user = (uid: number) => ({ uid, caps: [], noNewPrivs: true, bounding: [] }) as const;

const BRIDGE: NetworkSpec = { name: 'bridge', prefix: '172.17.0', bits: 16, device: 'docker0' };

/** The smallest that shows something: a proxy between two networks, a web server that can spoof, a database that cannot. */
export const THREE: HostSpec = {
  hostname: 'thinkpad', address: '192.168.1.20', memory: 8192, cpus: 8, filters: 'denied',
  networks: [BRIDGE, { name: 'shop', prefix: '172.20.0', device: 'br-7f3a', project: 'shop' }],
  slices: [],
  workloads: [
    { name: 'proxy', image: 'traefik:v3', on: { bridge: { at: 2, veth: 'veth5d02' }, shop: { at: 10, veth: 'vethe4f7' } }, project: 'shop', ...none, uid: 1000, memory: 512, uses: 126 },
    { name: 'web', image: 'shop-web:3.1', on: { shop: { at: 11, veth: 'veth7aa4' } }, project: 'shop', memory: 1024, uses: 350 },
    { name: 'db', image: 'postgres:18', on: { shop: { at: 20, veth: 'veth58e6' } }, project: 'shop', ...user(999), memory: 2048, uses: 1229, mounts: [{ host: '/srv/pg', at: '/var/lib/postgresql', writable: true }] },
  ],
  talks: [{ from: 'web', to: 'db', network: 'shop', port: 5432, count: 3 }],
};

const SHOP: readonly WorkloadSpec[] = [
  { name: 'proxy', image: 'traefik:v3', project: 'shop', on: { bridge: { at: 5, veth: 'veth5d02' }, shop_front: { at: 10, veth: 'vethe4f7' } }, ...none, uid: 1000, memory: 512, uses: 126, rootReadOnly: true, noNewPrivs: true, pids: 200 },
  { name: 'web', image: 'shop-web:3.1', project: 'shop', pid: 49310, on: { shop_front: { at: 11, veth: 'veth7aa4', isolated: true } }, slice: 'shop.slice', memory: 1024, uses: 350, cpus: 2 },
  {
    name: 'web-tap', image: 'netshoot', join: { net: 'web', pid: 'web' }, caps: ['CAP_NET_ADMIN', 'CAP_NET_RAW'], capAdd: ['NET_ADMIN', 'NET_RAW'], capDrop: ['ALL'],
    seccomp: 'off', devices: ['/dev/net/tun'], slice: 'shop.slice', uses: 31,
  },
  { name: 'cart', image: 'shop-cart:3.1', project: 'shop', on: { shop_front: { at: 12, veth: 'veth2f60', isolated: true }, shop_app: { at: 12, veth: 'veth9c15' } }, ...none, slice: 'shop.slice', memory: 512, uses: 188, cpus: 1, noNewPrivs: true, rootReadOnly: true, pids: 100 },
  { name: 'cache', image: 'redis:8', project: 'shop', on: { shop_app: { at: 13, veth: 'veth41de' } }, ...user(999), slice: 'shop.slice', memory: 1024, uses: 560 },
  { name: 'api', image: 'shop-api:3.1', project: 'shop', on: { shop_app: { at: 10, veth: 'veth6e8b' }, shop_back: { at: 10, veth: 'vethb3a9' } }, ...none, uid: 1000, slice: 'shop.slice', memory: 1024, uses: 412, cpus: 2, noNewPrivs: true, rootReadOnly: true, pids: 200 },
  {
    name: 'worker', image: 'shop-worker:3.1', project: 'shop', pid: 50230, on: { shop_back: { at: 12, veth: 'veth03cc' } }, ...none, join: { ipc: 'api' }, slice: 'batch.slice',
    memory: 2048, uses: 610, cpus: 1, cpuMs: 4_000_000, throttled: 320, pressure: [1.1, 0.2], exec: { pid: 52114, comm: 'sh' },
  },
  { name: 'mailer', image: 'shop-mail:2', project: 'shop', on: { shop_back: { at: 14, veth: 'vethd10f' } }, slice: 'batch.slice', uses: 84, pids: 64, lsm: 'unconfined', declaredLsm: 'shop-mailer' },
  {
    name: 'db', image: 'postgres:18', project: 'shop', on: { shop_back: { at: 20, veth: 'veth58e6' } }, slice: 'shop.slice', memory: 2048, uses: 1229, cpus: 2, pids: 400, pressure: [0.2, 0],
    rootReadOnly: false, declaredReadOnly: true, mounts: [{ host: '/srv/pg', at: '/var/lib/postgresql', writable: true }], entered: { pid: 51907, comm: 'bash', kinds: ['net'] },
  },
  { name: 'db-replica', image: 'postgres:18', project: 'shop', on: { shop_back: { at: 21, veth: 'vethc7b2' } }, slice: 'shop.slice', memory: 2048, uses: 870, cpus: 2, pids: 400, startedAt: '2026-11-30T14:16:20.000Z', mounts: [{ host: '/srv/pg2', at: '/var/lib/postgresql', writable: true }] },
];

const SHOP_NETWORKS: readonly NetworkSpec[] = [
  { name: 'shop_front', prefix: '172.20.0', device: 'br-7f3a', project: 'shop' },
  { name: 'shop_app', prefix: '172.22.0', device: 'br-2be8', project: 'shop' },
  { name: 'shop_back', prefix: '172.21.0', device: 'br-c01d', internal: true, project: 'shop' },
];

const OTHERS: readonly WorkloadSpec[] = [
  {
    name: 'node-exporter', image: 'prom/node-exporter:1.9', pid: 2914, join: { net: 'host', pid: 'host', uts: 'host' }, caps: ['CAP_SYS_PTRACE'], capAdd: ['SYS_PTRACE'], capDrop: ['ALL'],
    uid: 65534, lsm: 'unconfined', declaredLsm: 'unconfined', uses: 22, mounts: [{ host: '/', at: '/host', writable: false }, { host: '/proc', at: '/host/proc', writable: false }],
  },
  { name: 'debian-build', runtime: 'systemd-nspawn', join: { net: 'host' }, ownUserNs: true, slice: 'machine.slice', memory: 2048, uses: 640, cpus: 2, pids: 16384, lsm: 'unconfined' },
  {
    name: 'jenkins', image: 'jenkins:lts', pid: 48211, on: { bridge: { at: 3, veth: 'veth1c9e' } }, slice: 'ci.slice', memory: 1024, uses: 932, cpus: 2, tasks: 118, pressure: [12.4, 3.1], oomKills: 1,
    mounts: [{ host: '/var/run/docker.sock', at: '/var/run/docker.sock', writable: true }],
  },
  { name: 'scratch', image: 'busybox', on: { bridge: { at: 2, veth: 'veth0b31' } }, slice: 'ci.slice', uses: 9 },
  {
    name: 'registry', image: 'registry:2', pid: 49876, on: { bridge: { at: 4, veth: 'veth88a0' } }, uid: 1000, caps: [], bounding: ['CAP_CHOWN', 'CAP_SETUID', 'CAP_SETGID', 'CAP_NET_RAW'], setuid: true,
    memory: 512, uses: 96, cpus: 1, pids: 200, mounts: [{ host: '/srv/reg', at: '/var/lib/registry', writable: true }], devices: 'denied',
  },
];

/** The cast of the sketches: a laptop with a small shop, a build server, and three that share more than they should. */
export const FOURTEEN: HostSpec = {
  hostname: 'thinkpad', address: '192.168.1.20', memory: 8192, cpus: 8, filters: 'denied',
  networks: [BRIDGE, ...SHOP_NETWORKS],
  slices: [{ name: 'ci.slice', memory: 2048 }, { name: 'shop.slice', memory: 6144 }, { name: 'batch.slice', memory: 1024 }, { name: 'machine.slice', memory: 2048 }, { name: 'system.slice' }],
  workloads: [...OTHERS, ...SHOP],
  talks: [{ from: 'cart', to: 'cache', network: 'shop_app', port: 6379, count: 2 }],
};

/** A service of a larger host: how many replicas, what rights, where plugged in. */
interface Service {
  readonly name: string;
  readonly times: number;
  readonly rights: 'raw' | 'none' | 'user' | 'latent';
  readonly on: readonly string[];
  readonly isolated?: boolean;
  readonly memory?: number;
}

function replicas(s: Service, project: string, next: Map<string, number>, prefix: string): WorkloadSpec[] {
  return Array.from({ length: s.times }, (_, i) => {
    const on = Object.fromEntries(
      s.on.map((network) => {
        const at = next.get(network) ?? 2;
        next.set(network, at + 1);
        return [network, { at, ...(s.isolated ? { isolated: true } : {}) }];
      }),
    );
    const rights = { raw: {}, none: { ...none, noNewPrivs: true }, user: user(999), latent: { uid: 1000, caps: [], bounding: ['CAP_SETUID', 'CAP_NET_RAW'], setuid: true } }[s.rights];
    return {
      name: `${prefix}${s.name}${s.times > 1 ? `-${i + 1}` : ''}`, image: `${s.name}:3`, project, service: s.name, on, slice: `${project}.slice`,
      ...rights, ...(s.memory === undefined ? {} : { memory: s.memory }), uses: Math.round((s.memory ?? 256) * (0.2 + (((i + s.name.length) * 37) % 60) / 100)), cpus: s.memory === undefined ? 1 : 2,
    };
  });
}

interface Block {
  readonly project: string;
  readonly services: readonly Service[];
}

const svc = (name: string, times: number, rights: Service['rights'], on: string, over: Partial<Service> = {}): Service => ({ name, times, rights, on: on.split(' '), memory: 512, ...over });

const BIG: readonly Block[] = [
  { project: 'ci', services: [svc('ci-agent', 8, 'raw', 'bridge'), svc('jenkins', 1, 'raw', 'bridge', { memory: 1024 }), svc('scratch', 1, 'raw', 'bridge'), svc('registry', 1, 'user', 'bridge'), svc('buildkit', 2, 'user', 'bridge'), svc('dind', 2, 'raw', 'bridge')] },
  { project: 'edge', services: [svc('traefik', 2, 'none', 'edge shop_front search metrics blog stage_front', { isolated: true }), svc('waf', 4, 'none', 'edge'), svc('certbot', 1, 'none', 'edge'), svc('sso', 2, 'user', 'edge'), svc('docs', 2, 'none', 'edge')] },
  {
    project: 'shop',
    services: [
      svc('web', 12, 'none', 'edge shop_front', { isolated: true }), svc('images', 4, 'none', 'shop_front', { isolated: true }), svc('mail-ui', 2, 'raw', 'shop_front', { isolated: true }),
      svc('promo', 3, 'none', 'shop_front'), svc('price', 4, 'none', 'shop_front'), svc('api', 10, 'none', 'shop_front shop_back', { isolated: true }), svc('cart', 6, 'none', 'shop_front shop_back', { isolated: true }),
      svc('worker', 16, 'none', 'shop_back'), svc('cache', 3, 'user', 'shop_back'), svc('mailer', 2, 'user', 'shop_back'), svc('bouncer', 2, 'user', 'shop_back shop_data'), svc('db', 1, 'user', 'shop_data', { memory: 4096 }),
      svc('db-replica', 3, 'user', 'shop_data', { memory: 2048 }), svc('backup', 1, 'none', 'shop_data'), svc('vault', 3, 'none', 'shop_data'),
    ],
  },
  { project: 'queue', services: [svc('rabbit', 3, 'user', 'queue'), svc('consumer', 24, 'none', 'queue'), svc('dlq', 1, 'none', 'queue')] },
  { project: 'search', services: [svc('indexer', 4, 'none', 'queue search'), svc('elastic', 5, 'user', 'search', { memory: 2048 }), svc('kibana', 1, 'user', 'search'), svc('crawler', 10, 'none', 'search')] },
  { project: 'metrics', services: [svc('grafana', 1, 'user', 'metrics'), svc('loki', 3, 'user', 'metrics'), svc('alertmgr', 2, 'user', 'metrics'), svc('blackbox', 2, 'none', 'metrics'), svc('prometheus', 2, 'user', 'metrics search queue shop_back')] },
  { project: 'ml', services: [svc('notebook', 9, 'raw', 'ml'), svc('trainer', 6, 'raw', 'ml'), svc('mlflow', 1, 'user', 'ml'), svc('minio', 4, 'user', 'ml'), svc('labeler', 2, 'none', 'ml')] },
  { project: 'blog', services: [svc('ghost', 2, 'user', 'blog'), svc('blog-db', 1, 'user', 'blog'), svc('comments', 2, 'none', 'blog')] },
  { project: 'stage', services: [svc('s-web', 4, 'none', 'stage_front'), svc('s-cart', 2, 'none', 'stage_front'), svc('s-mail', 1, 'none', 'stage_front'), svc('s-api', 4, 'none', 'stage_front stage_back'), svc('s-worker', 4, 'none', 'stage_back'), svc('s-db', 1, 'user', 'stage_back'), svc('s-cache', 1, 'user', 'stage_back')] },
];

const SMALL: readonly Block[] = [
  { project: 'ci', services: [svc('ci-agent', 4, 'raw', 'bridge'), svc('jenkins', 1, 'raw', 'bridge', { memory: 1024 }), svc('registry', 1, 'latent', 'bridge')] },
  { project: 'shop', services: [svc('traefik', 1, 'none', 'shop_front blog metrics'), svc('web', 4, 'raw', 'shop_front', { isolated: true }), svc('cart', 2, 'none', 'shop_front shop_app', { isolated: true }), svc('cache', 1, 'user', 'shop_app'), svc('api', 3, 'none', 'shop_app shop_back'), svc('worker', 6, 'none', 'shop_back'), svc('mailer', 1, 'raw', 'shop_back'), svc('db', 1, 'user', 'shop_back', { memory: 2048 })] },
  { project: 'metrics', services: [svc('grafana', 1, 'user', 'metrics'), svc('loki', 2, 'user', 'metrics'), svc('prometheus', 1, 'user', 'metrics shop_app shop_back')] },
  { project: 'blog', services: [svc('ghost', 2, 'raw', 'blog'), svc('blog-db', 1, 'user', 'blog'), svc('comments', 2, 'none', 'blog')] },
  { project: 'ml', services: [svc('notebook', 3, 'raw', 'ml'), svc('trainer', 2, 'latent', 'ml'), svc('minio', 1, 'user', 'ml')] },
];

/** The blocks `copies` times, each copy with networks and projects of its own; the first keeps the plain names. */
function large(blocks: readonly Block[], copies: number, hostname: string): HostSpec {
  const names = [...new Set(blocks.flatMap((b) => b.services.flatMap((s) => s.on)))];
  const inner = new Set(['shop_back', 'shop_data', 'stage_back']);
  const owner = (name: string) => (name === 'bridge' ? null : (blocks.find((b) => name === b.project || name.startsWith(`${b.project}_`))?.project ?? null));
  const networks: NetworkSpec[] = [];
  const workloads: WorkloadSpec[] = [];
  const next = new Map<string, number>();
  for (let c = 0; c < copies; c += 1) {
    const prefix = c === 0 ? '' : `${'abcdefghij'[c - 1]!}-`;
    names.forEach((name, i) => {
      const full = `${prefix}${name}`;
      const project = owner(name);
      networks.push(full === 'bridge' ? BRIDGE : {
        name: full, prefix: `172.${19 + i}.${c}`, device: `br-${(0x1a2b + networks.length * 4099).toString(16).slice(-4)}`,
        ...(inner.has(name) ? { internal: true } : {}), ...(project === null ? {} : { project: `${prefix}${project}` }),
      });
    });
    for (const b of blocks) for (const s of b.services) workloads.push(...replicas({ ...s, on: s.on.map((n) => `${prefix}${n}`) }, `${prefix}${b.project}`, next, prefix));
  }
  const projects = [...new Set(workloads.map((w) => w.project!))];
  return {
    hostname, address: '192.168.1.20', memory: 262_144, cpus: 64, filters: 'none', networks, workloads,
    slices: projects.map((p) => ({ name: `${p}.slice`, memory: p.endsWith('ml') ? 8192 : p.endsWith('shop') ? 32_768 : 16_384 })),
    talks: [],
  };
}

export const forty = (): HostSpec => large(SMALL, 1, 'buildbox');
export const twoHundred = (): HostSpec => large(BIG, 1, 'bigbox');
export const thousand = (): HostSpec => large(BIG, 5, 'hugebox');
