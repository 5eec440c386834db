import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NS_KINDS, snapshot as schema, valueOf, type Container, type Snapshot } from '../../src/core/model/index.js';
import { judged } from '../drift/seen.js';
import { install } from './bundle.js';
import { machine, type Machine } from './machine.js';

/**
 * Engines of an ordinary user on a modern host: systemd hands a part of the cgroup tree to that user, and Bulkhead, as that
 * user, reads what its owner may read. Told against the files themselves, read by root.
 */
let host: Machine;

const OWNER = 'ann';
const UID = 1000;

/** Words of a shell, as the owner in a session of the owner's own systemd. */
const asOwner = (command: string): string =>
  `cd /home/${OWNER} && runuser -u ${OWNER} -- env HOME=/home/${OWNER} XDG_RUNTIME_DIR=/run/user/${UID} DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/${UID}/bus sh -c '${command}'`;

const SET_UP = `
set -e
useradd -m -u ${UID} -s /bin/sh ${OWNER}
echo ${OWNER}:100000:65536 | tee /etc/subuid > /etc/subgid
loginctl enable-linger ${OWNER}
n=0; until [ -S /run/user/${UID}/bus ]; do sleep 1; n=$((n+1)); [ $n -lt 90 ]; done
systemctl set-property --runtime user-${UID}.slice MemoryMax=200M
docker save busybox:lab > /home/${OWNER}/busybox.tar
chmod 644 /home/${OWNER}/busybox.tar
`;

const ENGINES = {
  podman: {
    socket: `/run/user/${UID}/podman/podman.sock`,
    cli: 'podman',
    start: 'systemctl --user start podman.socket',
  },
  docker: {
    socket: `/run/user/${UID}/docker.sock`,
    cli: `docker -H unix:///run/user/${UID}/docker.sock`,
    start: 'systemd-run --user --unit rootless-docker -p Delegate=yes sh /usr/share/docker.io/contrib/dockerd-rootless.sh --storage-driver vfs',
  },
} as const;

beforeAll(async () => {
  host = await machine();
  await install(host);
  await host.run(SET_UP, undefined, 6);
}, 900_000);
afterAll(async () => {
  await host?.stop();
});

describe.each(['podman', 'docker'] as const)('rootless %s on a modern host', (kind) => {
  const { socket, cli, start } = ENGINES[kind];
  let seen: Snapshot;

  const look = async (): Promise<Snapshot> => {
    const command = `DOCKER_HOST=unix://${socket} node /opt/bulkhead/bin/bulkhead.js snapshot`;
    return schema.parse(JSON.parse(await host.run(asOwner(`n=0; until ${command} > said; do n=$((n+1)); [ $n -lt 4 ] || exit 1; done; cat said`), undefined, 9)));
  };
  const take = (name: string): Container => seen.containers.find((c) => c.name === name) ?? expect.fail(`no container ${name}`);
  const file = async (name: string, of: string): Promise<string> => {
    const path = (await host.run(`sed -n 's/^0:://p' /proc/${take(name).pid}/cgroup`)).trim();
    // One runtime puts its processes one cgroup below the one that it limits.
    return (await host.run(`cat /sys/fs/cgroup${path.replace(/\/container$/, '')}/${of}`)).trim();
  };

  beforeAll(async () => {
    await host.run(asOwner(start), undefined, 3);
    await host.run(asOwner(`n=0; until ${cli} info >/dev/null 2>&1; do sleep 1; n=$((n+1)); [ $n -lt 120 ] || exit 1; done; ${cli} load < busybox.tar`), undefined, 8);
    for (const args of ['--name plain', '--name limited -m 64m --cpus 0.5 --pids-limit 50', '--name joins --network container:plain', '--name powerless --network none --cap-drop ALL']) {
      await host.run(asOwner(`${cli} run -d ${args} busybox:lab sleep 100000`), undefined, 4);
    }
    seen = await look();
  }, 1_200_000);
  afterAll(async () => {
    await host.try(asOwner(`${cli} kill joins plain limited powerless; ${cli} rm -f joins plain limited powerless`), undefined, 4);
  }, 300_000);

  test('the kernel is proved by an ordinary user, with cgroup v2', () => {
    expect(seen.host).toMatchObject({ readAs: 'user', proof: { kind: 'proved' }, cgroupVersion: { value: 'v2' }, engine: { rootless: { value: true } } });
    expect(seen.containers.map((c) => c.name).sort()).toEqual(['joins', 'limited', 'plain', 'powerless']);
  });

  test('limits are what the kernel’s files hold, in the part of the tree that is the owner’s', async () => {
    const { cgroup } = take('limited');
    expect(valueOf(cgroup.path)).toContain(`/user.slice/user-${UID}.slice/user@${UID}.service/`);
    expect(`${valueOf(cgroup.memory.limit)}`).toBe(await file('limited', 'memory.max'));
    expect(`${valueOf(cgroup.pids.limit)}`).toBe(await file('limited', 'pids.max'));
    const [quota, period] = (await file('limited', 'cpu.max')).split(' ').map(Number);
    expect(valueOf(cgroup.cpu.limit)).toBe((quota ?? 0) / (period ?? 1));
    expect([valueOf(cgroup.memory.limit), valueOf(cgroup.cpu.limit), valueOf(cgroup.pids.limit)]).toEqual([64 * 2 ** 20, 0.5, 50]);
    expect(valueOf(cgroup.memory.usage)).toBeGreaterThan(0);
  });

  test('the limit of all that the user runs is the effective one, and is named', () => {
    const { memory } = take('plain').cgroup;
    expect(memory.limit).toMatchObject({ value: 'max' });
    expect(memory.effectiveLimit).toMatchObject({ value: 200 * 2 ** 20 });
    expect(valueOf(memory.imposedBy)).toBe(`/user.slice/user-${UID}.slice`);
  });

  test('each namespace is the one that its link names; who joined is told', async () => {
    for (const c of seen.containers) {
      const links = (await host.run(`cd /proc/${c.pid}/ns && readlink ${NS_KINDS.join(' ')}`)).trim().split('\n');
      expect(NS_KINDS.map((ns) => `${ns}:[${valueOf(c.namespaces[ns].inode)}]`)).toEqual(links);
      expect(valueOf(c.namespaces.user.owner)).not.toBe('host');
    }
    expect(take('joins').namespaces.net.owner).toMatchObject({ value: `container:${take('plain').id}` });
    expect(take('plain').namespaces.cgroup.owner).toMatchObject({ value: 'own' });
  });

  test('user ids, rights, label, root and mounts are known to the owner', () => {
    for (const c of seen.containers) {
      expect(valueOf(c.process!.uidMap)?.find((one) => one.inside === 0)?.outside).toBe(UID);
      for (const one of [c.process?.capabilities.effective, c.process?.root, c.process?.seccomp, c.process?.lsm, c.mounts, c.devices]) expect(one).toHaveProperty('value');
    }
    expect(valueOf(take('powerless').process!.capabilities.bounding)).toEqual([]);
  });

  test('what the engine itself is made of is no workload, nobody intrudes, and its ordinary ways are no drift', () => {
    expect(seen.groups.filter((g) => !g.folded).map((g) => `${g.runtime} ${g.name}: ${g.evidence}`)).toEqual([]);
    expect(seen.containers.flatMap((c) => c.intruders.map((one) => `${one.comm} in ${c.name}`))).toEqual([]);
    expect(judged(seen).drift.map((f) => `${f.name}: ${f.title}`)).toEqual([]);
  });
});
