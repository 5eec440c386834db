import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { AGENT } from './agent.js';

/** A whole Debian host for qemu: kernel, initrd and a disk without a saved state yet. */
export interface Image {
  readonly kernel: string;
  readonly initrd: string;
  readonly disk: string;
  /** Exists once the disk holds the state `ready` of a booted host. */
  readonly readyMark: string;
}

const PACKAGES = [
  'systemd', 'systemd-sysv', 'dbus', 'udev', 'docker.io', 'docker-cli', 'iptables', 'busybox-static', 'iproute2', 'nftables',
  'apparmor', 'linux-image-cloud-amd64', 'initramfs-tools', 'systemd-container', 'procps', 'util-linux', 'nodejs', 'perl', 'dsniff', 'kmod',
  // An engine of an ordinary user's own.
  'podman', 'uidmap', 'passt', 'slirp4netns', 'rootlesskit', 'dbus-user-session',
];

/** What can be built: Debian's stable with Engine 26, and its next with the newest engine that Debian carries. */
export const SUITES = {
  trixie: { packages: PACKAGES, script: [] },
  // debootstrap of an older Debian knows neither the suite nor its key; dracut takes the place of initramfs-tools there.
  forky: { packages: PACKAGES.map((name) => (name === 'initramfs-tools' ? 'dracut' : name)), script: ['/usr/share/debootstrap/scripts/sid'] },
} as const satisfies Record<string, { readonly packages: readonly string[]; readonly script: readonly string[] }>;
export type Suite = keyof typeof SUITES;

/** The suite that `BULKHEAD_MACHINE` names; trixie without it. Throws where there is none of that name. */
export function chosenSuite(): Suite {
  const name = process.env['BULKHEAD_MACHINE'] ?? 'trixie';
  const found = (Object.keys(SUITES) as Suite[]).find((suite) => suite === name);
  if (found === undefined) throw new Error(`BULKHEAD_MACHINE=${name}: there is ${Object.keys(SUITES).join(' and ')}`);
  return found;
}

const FILES: Readonly<Record<string, string>> = {
  'etc/hostname': 'machine\n',
  'etc/hosts': '127.0.0.1 localhost machine\n',
  'etc/fstab': '/dev/vda / ext4 defaults 0 0\n',
  'etc/systemd/network/10-eth0.network': '[Match]\nName=eth0\n[Network]\nAddress=10.0.2.15/24\nLinkLocalAddressing=no\n',
  'etc/docker/daemon.json': '{"hosts":["unix:///var/run/docker.sock","tcp://0.0.0.0:2375"]}\n',
  'etc/systemd/system/docker.service.d/hosts.conf': '[Service]\nExecStart=\nExecStart=/usr/sbin/dockerd --containerd=/run/containerd/containerd.sock\n',
  'etc/systemd/system/agent.service': '[Unit]\nAfter=network.target\n[Service]\nExecStart=/usr/bin/node /usr/local/lib/agent.cjs\nRestart=always\n[Install]\nWantedBy=multi-user.target\n',
  'usr/local/lib/agent.cjs': AGENT,
};
const LINKS: Readonly<Record<string, string>> = {
  'etc/systemd/system/multi-user.target.wants/agent.service': '/etc/systemd/system/agent.service',
  'etc/systemd/system/multi-user.target.wants/systemd-networkd.service': '/usr/lib/systemd/system/systemd-networkd.service',
  'etc/systemd/system/serial-getty@ttyS0.service': '/dev/null',
  'etc/systemd/system/systemd-networkd-wait-online.service': '/dev/null',
  'etc/systemd/system/apt-daily.timer': '/dev/null',
  'etc/systemd/system/apt-daily-upgrade.timer': '/dev/null',
  'etc/systemd/system/e2scrub_all.timer': '/dev/null',
  'etc/systemd/system/fstrim.timer': '/dev/null',
};

function run(command: string, args: readonly string[], minutes: number): string {
  const done = spawnSync(command, args, { encoding: 'utf8', timeout: minutes * 60_000, maxBuffer: 1 << 26 });
  if (done.status !== 0) {
    throw new Error(`${command} ${args.join(' ').slice(0, 200)} ended with ${done.status ?? done.signal}: ${(done.stdout + done.stderr).slice(-1500)}`);
  }
  return done.stdout;
}

/** The mirror that apt of this machine uses. */
function mirror(): string {
  const texts = ['/etc/apt/sources.list', ...readdirSync('/etc/apt/sources.list.d').map((name) => join('/etc/apt/sources.list.d', name))]
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path, 'utf8'));
  const found = texts.join('\n').match(/https?:\/\/[^\s]+\/debian(?=\s|$)/m);
  if (found === null) throw new Error('apt has no source that ends in /debian');
  return found[0];
}

/**
 * Builds the host once and keeps it under the user's cache folder; its name carries a hash of the recipe,
 * so another recipe is another image. Takes some minutes the first time. Throws with the tool's last words.
 */
export function image(suite: Suite = chosenSuite()): Image {
  const { packages, script } = SUITES[suite];
  const qemu = run('qemu-system-x86_64', ['--version'], 1).split('\n')[0] ?? '';
  const recipe = createHash('sha256').update(JSON.stringify([suite, packages, FILES, LINKS, qemu, 2])).digest('hex').slice(0, 16);
  const base = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'bulkhead-tests');
  const folder = join(base, `${suite}-${recipe}`);
  const made: Image = {
    kernel: join(folder, 'vmlinuz'),
    initrd: join(folder, 'initrd'),
    disk: join(folder, 'disk.qcow2'),
    readyMark: join(folder, 'ready'),
  };
  if (existsSync(made.disk)) return made;
  mkdirSync(base, { recursive: true });
  const work = mkdtempSync(join(tmpdir(), 'bulkhead-image-'));
  const root = join(work, 'root');
  try {
    run('debootstrap', ['--variant=minbase', '--no-check-gpg', `--include=${packages.join(',')}`, suite, root, mirror(), ...script], 15);
    for (const [path, text] of Object.entries(FILES)) {
      mkdirSync(join(root, dirname(path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    for (const [path, target] of Object.entries(LINKS)) {
      mkdirSync(join(root, dirname(path)), { recursive: true });
      rmSync(join(root, path), { force: true });
      symlinkSync(target, join(root, path));
    }
    chmodSync(join(root, 'usr/local/lib/agent.cjs'), 0o755);
    rmSync(join(root, 'var/cache/apt'), { recursive: true, force: true });
    rmSync(join(root, 'var/lib/apt/lists'), { recursive: true, force: true });
    const boot = readdirSync(join(root, 'boot'));
    const pick = (prefix: string): string => {
      const name = boot.find((entry) => entry.startsWith(prefix));
      if (name === undefined) throw new Error(`the new host has no ${prefix} in /boot`);
      return join(root, 'boot', name);
    };
    const out = join(work, 'out');
    mkdirSync(out);
    run('cp', [pick('vmlinuz-'), join(out, 'vmlinuz')], 1);
    run('cp', [pick('initrd.img-'), join(out, 'initrd')], 1);
    run('truncate', ['-s', '4G', join(work, 'disk.img')], 1);
    run('mke2fs', ['-q', '-t', 'ext4', '-d', root, join(work, 'disk.img')], 5);
    run('qemu-img', ['convert', '-O', 'qcow2', join(work, 'disk.img'), join(out, 'disk.qcow2')], 5);
    rmSync(folder, { recursive: true, force: true });
    run('cp', ['-r', out, `${folder}.new`], 3);
    renameSync(`${folder}.new`, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return made;
}
