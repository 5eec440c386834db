import { expect, test } from 'vitest';
import { valueOf } from '../../src/core/model/index.js';
import { readKernel } from '../../src/node/collect/kernel/index.js';
import { idOf, known, onMadeHosts } from './made-host.js';

/** Mounts of a container: the host's, those that its engine made for it, and those that came after. */

const made = onMadeHosts();

const A = `/system.slice/docker-${idOf('a')}.scope`;
const OWN = { net: 11, mnt: 12, pid: 13 };
const BIND = { type: 'bind', source: '/srv', destination: '/data', writable: false, propagation: 'rprivate' };
const MADE = [
  '500 400 0:50 / / rw,relatime master:36 - overlay overlay rw',
  '501 500 0:51 / /proc rw,nosuid - proc proc rw',
  '502 500 0:52 / /dev rw,nosuid - tmpfs tmpfs rw',
  '503 502 0:53 / /dev/shm rw,nosuid - tmpfs shm rw',
  '504 500 0:54 / /sys ro,nosuid - sysfs sysfs ro',
  '505 500 254:0 /srv /data ro,relatime - ext4 /dev/vda rw',
  '506 505 0:60 / /data/usb rw,relatime - vfat /dev/sdb1 rw',
];
const MASKS = ['510 501 0:51 /sys /proc/sys ro,nosuid - proc proc rw', '511 501 0:55 / /proc/acpi ro,relatime - tmpfs tmpfs ro', '512 501 0:52 /null /proc/keys rw,nosuid - tmpfs tmpfs rw'];

/** Destinations of the mounts that nobody declared, in a container with these lines. */
function undeclared(lines: readonly string[]): readonly string[] {
  made.host.process({ pid: 90, comm: 'containerd-shim', cgroup: '/system.slice/containerd.service' });
  made.host.process({ pid: 100, parent: 90, cgroup: A, namespaces: OWN, mountinfo: `${lines.join('\n')}\n` });
  const facts = readKernel({ roots: made.host.roots, containers: [known('a', 100, { mounts: [BIND] })], cache: made.cache }).of.get(idOf('a')) ?? expect.fail();
  return (valueOf(facts.mounts) ?? []).filter((one) => !one.declared).map((one) => one.destination);
}

test('what a recursive bind brought with it is declared, and a terminal that is given last', () => {
  expect(undeclared([...MADE, ...MASKS, '513 502 0:53 /0 /dev/console rw - devpts devpts rw'])).toEqual([]);
});

test('a mount below a declared one that was made after the container is not', () => {
  expect(undeclared([...MADE, ...MASKS, '520 505 0:70 / /data/late rw,relatime - tmpfs none rw'])).toEqual(['/data/late']);
});

test('one that came from the host by propagation is', () => {
  expect(undeclared([...MADE, ...MASKS, '520 505 0:70 / /data/late rw,relatime master:77 - ext4 /dev/sdc1 rw'])).toEqual([]);
});

test('a second mount over one point is not, be it declared or the engine’s own', () => {
  expect(undeclared([...MADE, '520 505 0:70 / /data rw,relatime - tmpfs none rw', '521 503 0:71 / /dev/shm rw - tmpfs none rw'])).toEqual(['/data', '/dev/shm']);
});

test('a path stays masked when the node that masks it is deleted', () => {
  expect(undeclared([...MADE, ...MASKS.map((line) => line.replace('/null ', '/null//deleted '))])).toEqual([]);
});

test('a mount that was declared read-only and can be written to is told, also on a file system of its own', () => {
  const bind = MADE.map((line) => line.replace('254:0 /srv /data ro', '0:61 /srv /data rw').replace('- ext4 /dev/vda', '- tmpfs tmpfs'));
  expect(undeclared([...bind, ...MASKS])).toEqual([]);
  const facts = readKernel({ roots: made.host.roots, containers: [known('a', 100, { mounts: [BIND] })], cache: made.cache }).of.get(idOf('a')) ?? expect.fail();
  expect((valueOf(facts.mounts) ?? []).find((one) => one.destination === '/data')).toMatchObject({ writable: true, declared: true });
});

test('mounts: the host’s paths, masked and locked paths, a read-only root, and what nobody declared', () => {
  const table = [
    '20 1 0:50 / / ro - overlay overlay rw', '21 20 0:51 / /proc rw - proc proc rw',
    '24 20 254:0 /srv/data /data rw - ext4 /dev/vda rw', `25 20 254:0 /var/lib/docker/containers/${idOf('a')}/hosts /etc/hosts rw - ext4 /dev/vda rw`,
    '26 20 254:0 /etc/shadow /etc/passwd rw - ext4 /dev/vda rw', '27 20 254:0 / /planted rw - ext4 /dev/vda rw',
    // In a user namespace a runtime binds the usual nodes; any other, or a file in their place, it does not.
    '28 20 0:5 /null /dev/null rw - devtmpfs devtmpfs rw', '29 20 0:5 /sda /dev/sda rw - devtmpfs devtmpfs rw', '30 20 254:0 /tmp/zero /dev/zero rw - ext4 /dev/vda rw',
    '22 21 0:51 /sys /proc/sys ro - proc proc rw', '23 21 0:52 / /proc/acpi ro - tmpfs tmpfs ro',
  ];
  made.host.process({ pid: 100, parent: 90, cgroup: A, namespaces: OWN, mountinfo: `${table.join('\n')}\n` });
  const facts = readKernel({ roots: made.host.roots, cache: made.cache, containers: [known('a', 100, { mounts: [{ type: 'bind', source: '/srv/data', destination: '/data', writable: true, propagation: '' }] })] }).of.get(idOf('a')) ?? expect.fail();
  expect(facts.rootReadOnly).toMatchObject({ value: true });
  expect(facts.maskedPaths).toMatchObject({ value: ['/proc/acpi'] });
  expect(facts.readonlyPaths).toMatchObject({ value: ['/proc/sys'] });
  expect((valueOf(facts.mounts) ?? []).map((one) => [one.destination, one.host, one.declared])).toEqual([['/proc', '', true], ['/data', '/srv/data', true], ['/etc/passwd', '/etc/shadow', false], ['/planted', '/', false], ['/dev/sda', '', false], ['/dev/zero', '/tmp/zero', false]]);
});

test('a namespace that a bind mount holds in a container’s own mount namespace alone is told, with where; so is one that the host holds as well, since by that it enters', () => {
  made.host.process({ pid: 1, comm: 'systemd', cgroup: '/init.scope', mountinfo: '20 1 254:0 / / rw - ext4 /dev/vda rw\n43 20 0:4 net:[4026532177] /run/netns/spare rw - nsfs nsfs rw\n' });
  const held = (lines: readonly string[]) => {
    made.host.process({ pid: 100, parent: 90, cgroup: A, namespaces: OWN, mountinfo: `${lines.join('\n')}\n` });
    const { namespaces } = readKernel({ roots: made.host.roots, containers: [known('a', 100)], cache: made.cache });
    return namespaces.filter((one) => one.heldBy.length > 0).map((one) => [one.type, one.inode, one.owner, one.heldBy]);
  };
  const spare = ['net', 4026532177, 'held', ['/run/netns/spare']];
  const again = '530 500 0:4 net:[4026532177] /host/run/netns/spare rw master:3 - nsfs nsfs rw';
  const both = [...spare.slice(0, 3), ['/run/netns/spare', `${made.host.roots.proc}/100/root/host/run/netns/spare`]];
  expect(held(MADE)).toEqual([spare]);
  expect(held([...MADE, again])).toEqual([both]);
  expect(held([...MADE, again, '531 500 0:4 uts:[4026532999] /hidden rw - nsfs nsfs rw'])).toEqual([both, ['uts', 4026532999, 'held', [`${made.host.roots.proc}/100/root/hidden`]]]);
});
