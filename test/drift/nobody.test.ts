import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NS_KINDS, snapshot as schema, type Container, type Snapshot } from '../../src/core/model/index.js';
import { judge } from '../../src/core/reach/judge.js';
import { startEngine, type Lab } from '../lab/engine.js';
import { readings, sameOrDenied } from './fields.js';
import { programIn } from './program.js';
import { judged, lookAt, type Seen } from './seen.js';

/**
 * The same host looked at by root and by a user who may open the engine's socket and nothing else: what the user's
 * snapshot says is what root's says, or it is denied. Nothing is made up.
 */

const NAMES = ['plain', 'limits', 'powerless', 'hosty', 'joins'] as const;
const NOBODY = 65534;
const dir = mkdtempSync(join(tmpdir(), 'bulkhead-nobody-'));
let lab: Lab;
let root: Seen;
let user: Seen;

beforeAll(async () => {
  lab = await startEngine();
  chmodSync(lab.socket, 0o666);
  await lab.run('plain');
  await lab.run('limits', { args: ['--memory', '64m', '--cpus', '0.5', '--pids-limit', '50', '--read-only', '--security-opt', 'no-new-privileges'] });
  await lab.run('powerless', { args: ['--cap-drop', 'ALL', '--user', '1234'] });
  await lab.run('hosty', { args: ['--network', 'host', '--pid', 'host'] });
  await lab.run('joins', { args: ['--network', 'container:plain'] });
  root = await lookAt(lab);
  const ran = await lab.inView(['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--inh-caps=-all', '--bounding-set=-all', process.execPath, await programIn(dir, 'test/lab/look.ts', 'look.mjs'), lab.host], { cwd: '/', timeout: 90_000, env: { PATH: process.env['PATH'], HOME: '/nonexistent' } });
  if (ran.code !== 0) throw new Error(`the user's snapshot failed: ${ran.stderr}`);
  user = judged(JSON.parse(ran.stdout) as Snapshot);
}, 240_000);
afterAll(async () => {
  rmSync(dir, { recursive: true, force: true });
  await lab?.stop();
}, 120_000);

const both = (name: string): readonly [Container, Container] => [root.container(name), user.container(name)];

test('it is a snapshot by a user, of a kernel that is proved without rights', () => {
  expect(schema.safeParse(user.snapshot).error?.issues ?? []).toEqual([]);
  expect(user.snapshot.host.readAs).toBe('user');
  expect(root.snapshot.host.readAs).toBe('root');
  expect(user.snapshot.host.proof.kind).toBe('proved');
  expect(user.snapshot.containers.map((c) => c.name).sort()).toEqual([...NAMES].sort());
});

describe.each(NAMES)('%s', (name) => {
  test('field by field: what root reads, or denied', () => {
    const [a, b] = both(name);
    expect(sameOrDenied(b, a, name)).toBeGreaterThan(20);
  });
  test('rights, limits and mounts are known to anyone', () => {
    const [, b] = both(name);
    expect(b.process?.capabilities.effective).toHaveProperty('value');
    expect(b.process?.seccomp).toHaveProperty('value');
    expect(b.process?.uidMap).toHaveProperty('value');
    expect(b.cgroup.memory.limit).toHaveProperty('value');
    expect(b.cgroup.memory.usage).toHaveProperty('value');
    expect(b.mounts).toHaveProperty('value');
    expect(b.rootReadOnly).toHaveProperty('value');
  });
  test('namespaces, devices and the root folder are denied', () => {
    const [, b] = both(name);
    for (const kind of NS_KINDS) expect([kind, b.namespaces[kind].inode]).toMatchObject([kind, { unknown: 'denied' }]);
    expect(b.devices).toMatchObject({ unknown: 'denied' });
    expect(b.process?.root).toMatchObject({ unknown: 'denied' });
  });
});

describe('the host and its wires', () => {
  const of = (one: Seen, id: string) => one.snapshot.nets.find((n) => n.of.includes(id));

  test('field by field: what root reads, or denied', () => {
    expect(sameOrDenied(user.snapshot.host, root.snapshot.host, 'host')).toBeGreaterThan(5);
    for (const segment of root.snapshot.segments) {
      const mine = user.snapshot.segments.find((s) => s.id === segment.id);
      expect(mine, segment.name).toBeDefined();
      sameOrDenied(mine, segment, segment.name);
      expect({ ...mine, device: 0, icc: 0 }).toEqual({ ...segment, device: 0, icc: 0 });
    }
    const ports = root.snapshot.interfaces.filter((i) => i.net === 'host' && i.port !== null);
    expect(ports.length).toBeGreaterThan(1);
    for (const there of ports) {
      const mine = user.snapshot.interfaces.find((i) => i.id === there.id);
      expect(mine, there.id).toBeDefined();
      // Where the inode is unread a namespace goes by whose it is.
      sameOrDenied({ ...mine, peer: null }, there, there.id);
    }
  });

  test('tables are known to anyone, and say the same of who is where', () => {
    for (const c of root.snapshot.containers) {
      const [a, b] = [of(root, c.id), of(user, c.id)];
      expect(b?.neighbours, c.name).toHaveProperty('value');
      const macs = new Map((a !== undefined && 'value' in a.neighbours ? a.neighbours.value : []).map((e) => [e.ip, e.mac]));
      for (const e of b !== undefined && 'value' in b.neighbours ? b.neighbours.value : []) expect(macs.get(e.ip) ?? e.mac).toBe(e.mac);
    }
  });

  test('filters and forwarding entries are denied, so nobody is called blocked by one, or safe from it', () => {
    const host = user.snapshot.nets.find((n) => n.key === 'host');
    const roots = root.snapshot.nets.find((n) => n.key === 'host');
    expect(host?.nft).toMatchObject({ unknown: 'denied' });
    for (const field of ['nft', 'ebtables', 'arptables', 'tc', 'fdb'] as const) sameOrDenied({ [field]: host?.[field] }, { [field]: roots?.[field] }, 'net of the host');
    const said = judge(user.snapshot).segments.flatMap((s) => s.attackers.flatMap((a) => a.groups));
    expect(said.some((g) => g.verdict === 'possible')).toBe(true);
    for (const g of said.filter((one) => one.verdict === 'possible' && !one.techniques.includes('table-write'))) expect(g.unless.join(), g.reason).toContain('denied');
  });
});

test('the tree of cgroups, field by field: anyone may read all of it', () => {
  const ours = new Set(root.snapshot.containers.map((c) => c.id));
  const above = (id: string): readonly string[] => (id === '/' ? [] : ['/', ...id.split('/').slice(1, -1).map((_, n, way) => `/${way.slice(0, n + 1).join('/')}`)]);
  const own = root.snapshot.cgroups.filter((node) => node.of !== null && ours.has(node.of));
  const wanted = new Set(own.flatMap((node) => [node.id, ...above(node.id)]));
  expect(own).toHaveLength(NAMES.length);
  expect(wanted.size).toBeGreaterThan(NAMES.length);
  for (const there of root.snapshot.cgroups.filter((node) => wanted.has(node.id))) {
    const mine = user.snapshot.cgroups.find((node) => node.id === there.id);
    expect(mine, there.id).toMatchObject({ of: there.of });
    sameOrDenied(mine?.facts, there.facts, there.id);
    expect([there.id, [...readings(mine?.facts, '').values()].filter((one) => 'unknown' in one && one.unknown === 'denied')]).toEqual([there.id, []]);
  }
});

test('groups of other runtimes that a user finds are those that root finds, field by field', () => {
  for (const mine of user.snapshot.groups) {
    const there = root.snapshot.groups.find((one) => one.id === mine.id);
    // On a machine where much else runs, a group may have come or gone between the two looks.
    if (there?.pid === mine.pid) sameOrDenied(mine, there, mine.name);
  }
});

test('namespaces that a user is told of are root’s, with no other owner or parent', () => {
  for (const mine of user.snapshot.namespaces) {
    const there = root.snapshot.namespaces.find((one) => one.type === mine.type && one.inode === mine.inode);
    if (there !== undefined) sameOrDenied(mine, there, `${mine.type}:${mine.inode}`);
  }
});

test('no group and no intruder is made up of what could not be read', () => {
  expect(user.snapshot.groups.filter((g) => g.runtime === 'unshare' || g.runtime === 'chroot' || g.runtime === 'service')).toEqual([]);
  expect(user.snapshot.containers.flatMap((c) => c.intruders)).toEqual([]);
});

test('a quiet host has no drift for a user either', () => {
  expect(user.drift.map((f) => f.title)).toEqual([]);
});

test('namespaces that are told are those of its own processes', () => {
  for (const one of user.snapshot.namespaces) expect([one.type, one.inode, one.processCount > 0 || one.heldBy.length > 0]).toEqual([one.type, one.inode, true]);
});
