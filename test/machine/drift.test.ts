import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isUnconfined } from '../../src/core/facts/label.js';
import { snapshot as schema, valueOf, type Container } from '../../src/core/model/index.js';
import { judged, type Seen } from '../drift/seen.js';
import { bulkheadOn, install } from './bundle.js';
import { machine, type Machine } from './machine.js';
import { keepSnapshot } from './record.js';

/**
 * What contradicts a declaration on a host with AppArmor, cgroup v2 and cgroup namespaces, made for real there: the
 * kernel under these tests has none of the three.
 */

/** Runtimes that do not do as they are told: what sed(1) takes out of the bundle before runc sees it. */
const RUNTIMES = {
  unconfining: 's/"apparmorProfile":"[^"]*",\\?//',
  replacing: 's/"apparmorProfile":"[^"]*"/"apparmorProfile":"lab-other"/',
  sociable: 's/,{"type":"cgroup"}//; s/{"type":"cgroup"},//',
} as const;

const runtime = (name: string, edit: string): string => `
cat > /usr/local/bin/${name} <<'END'
#!/bin/sh
previous=
for word in "$@"; do
  case "$previous" in --bundle|-b) [ -f "$word/config.json" ] && sed -i '${edit}' "$word/config.json" ;; esac
  previous="$word"
done
exec runc "$@"
END
chmod 755 /usr/local/bin/${name}`;

const SET_UP = `
set -e
${Object.entries(RUNTIMES).map(([name, edit]) => runtime(name, edit)).join('\n')}
cat > /etc/docker/daemon.json <<'END'
{"hosts":["unix:///var/run/docker.sock","tcp://0.0.0.0:2375"],"runtimes":{${Object.keys(RUNTIMES).map((name) => `"${name}":{"path":"/usr/local/bin/${name}"}`).join(',')}}}
END
systemctl reload docker
n=0; until docker info --format '{{json .Runtimes}}' | grep -q sociable || [ $n -gt 60 ]; do sleep 0.5; n=$((n+1)); done
for p in lab-other lab-gone lab-lax; do
  printf 'profile %s flags=(attach_disconnected) {\\n  file,\\n  capability,\\n  network,\\n  mount,\\n  umount,\\n  signal,\\n  ptrace,\\n}\\n' $p > /tmp/$p
done
apparmor_parser -r /tmp/lab-other /tmp/lab-gone
apparmor_parser -C -r /tmp/lab-lax
start() { name=$1; shift; docker run -d --name $name "$@" busybox:lab sleep 100000 >/dev/null; }
start calm --memory 64m --cpus 0.5 --pids-limit 50 --read-only --security-opt no-new-privileges
start unconfined --runtime unconfining
start replaced --runtime replacing
start removed --security-opt apparmor=lab-gone
apparmor_parser -R /tmp/lab-gone
start lax --security-opt apparmor=lab-lax
start hosted --runtime sociable
start changed --memory 64m --cpus 0.5 --pids-limit 20
start entered
pid() { docker inspect -f '{{.State.Pid}}' $1; }
P=$(pid changed)
G=/sys/fs/cgroup$(sed 's/^0:://' /proc/$P/cgroup)
echo 268435456 > $G/memory.max
echo 'max 100000' > $G/cpu.max
echo max > $G/pids.max
nsenter -t $P -m -p /bin/busybox mount -t tmpfs none /root
ip link add stray0 type dummy
ip link set stray0 netns $P
nsenter -t $P -n ip link set eth0 address 02:42:ac:11:00:99
nsenter -t $P -n ip addr add 172.17.0.77/16 dev eth0
nsenter -t $P -n ip route add 10.99.0.0/16 via 172.17.0.200
docker exec changed mknod /dev/disk b 253 0
E=$(pid entered)
docker exec -d --privileged entered sleep 100001
setsid nsenter -t $E -n -u -C sleep 100002 >/dev/null 2>&1 </dev/null &
setsid sleep 100003 >/dev/null 2>&1 </dev/null &
M=$!
echo $M > /sys/fs/cgroup$(sed 's/^0:://' /proc/$E/cgroup)/cgroup.procs
n=0; until [ "$(pgrep -c -f '^sleep 10000[123]$')" = 3 ] || [ $n -gt 120 ]; do sleep 0.5; n=$((n+1)); done
`;

let host: Machine;
let seen: Seen;

const label = (name: string): string | undefined => {
  const lsm = seen.container(name).process?.lsm;
  return lsm === undefined ? undefined : valueOf(lsm);
};
const rules = (name: string): readonly string[] => [...new Set(seen.drift.filter((f) => f.subjects.some((s) => s.name === name)).map((f) => f.name))].sort();

beforeAll(async () => {
  host = await machine();
  await install(host);
  await host.run(SET_UP, undefined, 12);
  const snapshot = schema.parse(JSON.parse(await bulkheadOn(host, 'snapshot')));
  keepSnapshot('drift', snapshot);
  seen = judged(snapshot);
}, 1_500_000);

afterAll(async () => {
  await host?.stop();
});

test('what agrees with its declaration has no drift', () => {
  expect(rules('calm')).toEqual([]);
  expect(label('calm')).toBe('docker-default (enforce)');
});

describe('the profile', () => {
  test('that a runtime left out is a contradiction', () => {
    // The label is then that of runc itself, whose own profile is there to confine nothing.
    expect(isUnconfined(label('unconfined') ?? 'a profile')).toBe(true);
    expect(rules('unconfined')).toEqual(['drift-lsm']);
    expect(seen.rulesOn('unconfined')).toContain('unconfined-lsm');
    expect(seen.rulesOn('calm')).not.toContain('unconfined-lsm');
  });

  test('that a runtime replaced is one, by its name', () => {
    expect(label('replaced')).toBe('lab-other (enforce)');
    expect(rules('replaced')).toEqual(['drift-lsm']);
    expect(seen.drift.find((f) => f.subjects.some((s) => s.name === 'replaced'))?.title).toContain('lab-other');
  });

  test('that was removed from the kernel while the container runs is one', () => {
    expect(label('removed')).toBe('unconfined');
    expect(rules('removed')).toEqual(['drift-lsm']);
  });

  test('that only complains is the declared one, and is told as no wall', () => {
    expect(label('lax')).toBe('lab-lax (complain)');
    expect(rules('lax')).toEqual([]);
    expect(seen.rulesOn('lax')).toContain('lsm-complain');
    expect(seen.rulesOn('calm')).not.toContain('lsm-complain');
  });
});

test('a cgroup namespace that was declared its own and is the host’s is told', () => {
  expect(valueOf(seen.container('hosted').namespaces.cgroup.owner)).toBe('host');
  expect(rules('hosted')).toEqual(['drift-namespace']);
});

test('limits of cgroup v2, mounts, interfaces, addresses, routes and devices that were changed by hand are each told', () => {
  expect(rules('changed')).toEqual(['drift-address', 'drift-cpu', 'drift-device', 'drift-interface', 'drift-mac', 'drift-memory', 'drift-mount', 'drift-pids', 'drift-route']);
  const { memory } = seen.container('changed').cgroup;
  expect(memory.limit).toMatchObject({ value: 256 * 1024 * 1024 });
  expect(memory.declared).toMatchObject({ value: 64 * 1024 * 1024 });
});

test('who came by exec with every right, who entered from outside, and who was put into the cgroup are told apart', () => {
  const entered: Container = seen.container('entered');
  expect(seen.rulesOn('entered')).toEqual(expect.arrayContaining(['rights-by-exec', 'intruder', 'drift-process-elsewhere']));
  expect(entered.intruders.map((one) => [...one.entered].sort())).toEqual([['cgroup', 'net', 'uts']]);
  const helped = entered.processes.find((p) => p.role === 'exec' && valueOf(p.capabilities.effective)?.includes('CAP_SYS_ADMIN') === true && valueOf(p.lsm) === 'docker-default (enforce)');
  expect(helped?.comm).toBe('sleep');
  expect(entered.process?.pid).not.toBe(entered.pid);
});
