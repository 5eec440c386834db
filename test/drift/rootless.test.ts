import { readlinkSync } from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NS_KINDS, snapshot as schema, valueOf, type Snapshot } from '../../src/core/model/index.js';
import { startRootless, type Rootless } from '../lab/rootless.js';
import { programIn } from './program.js';
import { judged, type Seen } from './seen.js';

/**
 * Engines that an ordinary user runs: what their owner may read in namespaces that are the owner's own is read, without
 * any right over the machine; and what such an engine does in its ordinary ways is no drift.
 */

const dir = mkdtempSync(join(tmpdir(), 'bulkhead-rootless-look-'));

describe.each(['docker', 'podman'] as const)('rootless %s', (kind) => {
  let engine: Rootless;
  let owner: Seen;

  const look = async (run: (command: readonly string[]) => ReturnType<Rootless['asOwner']>): Promise<Seen> => {
    const ran = await run([process.execPath, await programIn(dir, 'test/lab/look.ts', 'look.mjs'), engine.host]);
    if (ran.code !== 0) throw new Error(`the snapshot failed: ${ran.stderr}`);
    return judged(JSON.parse(ran.stdout) as Snapshot);
  };

  beforeAll(async () => {
    engine = await startRootless(kind);
    const start = (name: string, ...args: string[]) => engine.cli(['run', '-d', '--name', name, ...args, 'busybox:lab', 'sleep', '100000']);
    await start('plain');
    await start('powerless', '--cap-drop', 'ALL', '--user', '1234');
    await start('tight', '--read-only', '--security-opt', 'no-new-privileges', '--network', 'none');
    await start('joins', '--network', 'container:plain');
    owner = await look((command) => engine.asOwner(command, { timeout: 150_000 }));
  }, 300_000);
  afterAll(async () => {
    await engine?.stop();
  }, 120_000);

  test('the kernel is proved without rights, and it is a user who reads', () => {
    expect(schema.safeParse(owner.snapshot).error?.issues ?? []).toEqual([]);
    expect(owner.snapshot.host).toMatchObject({ readAs: 'user', proof: { kind: 'proved' }, engine: { rootless: kind === 'docker' ? { value: true } : { unknown: 'absent' } } });
    expect(owner.snapshot.containers.map((c) => c.name).sort()).toEqual(['joins', 'plain', 'powerless', 'tight']);
  });

  test.each(['plain', 'powerless', 'tight', 'joins'])('%s: its namespaces, user ids, rights, mounts and devices are known to the owner', (name) => {
    const c = owner.container(name);
    for (const ns of NS_KINDS) expect([ns, valueOf(c.namespaces[ns].inode)]).toEqual([ns, Number(/\d+/.exec(readlinkSync(`/proc/${c.pid}/ns/${ns}`))?.[0])]);
    expect(valueOf(c.process!.uidMap)?.find((one) => one.inside === 0)?.outside).toBe(engine.uid);
    expect(valueOf(c.namespaces.user.owner)).not.toBe('host');
    for (const one of [c.process?.capabilities.effective, c.process?.root, c.process?.seccomp, c.mounts, c.devices]) expect(one).toHaveProperty('value');
    expect(owner.rulesOn(name)).not.toContain('root-without-user-ns');
  });

  test('net namespaces are entered by way of the user namespace: links, filter rules and IPv6 neighbours are known', () => {
    const net = owner.snapshot.nets.find((one) => one.key === owner.container('plain').net);
    for (const one of [net?.inode, net?.nft, net?.tc, net?.sysctls, net?.neighbours6]) expect(one).toHaveProperty('value');
    expect(owner.snapshot.interfaces.filter((i) => i.net === net?.key).map((i) => i.name)).toContain(kind === 'docker' ? 'eth0' : 'tap0');
  });

  test('who shares with whom is told', () => {
    expect(owner.container('joins').namespaces.net.owner).toMatchObject({ value: `container:${owner.container('plain').id}` });
    expect(valueOf(owner.container('plain').namespaces.pid.owner)).toBe('own');
  });

  test('nothing of its ordinary ways is drift, and nobody intrudes', () => {
    expect(owner.drift.map((f) => `${f.name}: ${f.title}`)).toEqual([]);
    expect(owner.snapshot.containers.flatMap((c) => c.intruders.map((one) => `${one.comm} in ${c.name}`))).toEqual([]);
  });

  test('what the engine itself is made of is no workload', () => {
    // The test gives its user a mount namespace; who is in that one alone is nobody's workload.
    const mine = owner.snapshot.groups.filter((g) => !g.folded && !g.evidence.endsWith('its own: mnt') && g.processes.some((p) => valueOf(p.uid) === engine.uid));
    expect(mine.map((g) => `${g.runtime} ${g.name}: ${g.evidence}`)).toEqual([]);
  });
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));
