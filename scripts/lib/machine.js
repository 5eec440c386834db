// What this machine has of the things that tests need, and how to get the rest on Debian.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const folders = [...new Set([...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/local/sbin'])].filter(Boolean);

/** Whether a program is in PATH or in the folders of the administrator's programs; of a file by its whole path, whether it is there. */
export function has(program) {
  if (program.startsWith('/')) return existsSync(program);
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export const isRoot = process.getuid?.() === 0;
export const isDebian = existsSync('/etc/debian_version') && has('apt-get');

/** Each needed program (or file, by its path) and the Debian package that has it. */
export const PROGRAMS = {
  dockerd: 'docker.io',
  iptables: 'iptables',
  busybox: 'busybox-static',
  ip: 'iproute2',
  nft: 'nftables',
  ebtables: 'ebtables',
  arptables: 'arptables',
  arpspoof: 'dsniff',
  perl: 'perl',
  chromium: 'chromium',
  xmllint: 'libxml2-utils',
  dot: 'graphviz',
  pdftotext: 'poppler-utils',
  '/usr/share/java/jgrapht-io.jar': 'libjgrapht-java',
  '/usr/share/xml/w3c-sgml-lib/schema/dtd/REC-SVG11-20110816/svg11.dtd': 'w3c-sgml-lib',
  lsns: 'util-linux',
  ps: 'procps',
  jq: 'jq',
  podman: 'podman',
  'lxc-start': 'lxc',
  'systemd-nspawn': 'systemd-container',
  sudo: 'sudo',
  pkexec: 'pkexec',
  newuidmap: 'uidmap',
  slirp4netns: 'slirp4netns',
  rootlesskit: 'rootlesskit',
  'dbus-daemon': 'dbus',
  openssl: 'openssl',
  ssh: 'openssh-client',
  sshd: 'openssh-server',
  getcap: 'libcap2-bin',
  'qemu-system-x86_64': 'qemu-system-x86',
  'qemu-img': 'qemu-utils',
  debootstrap: 'debootstrap',
  mke2fs: 'e2fsprogs',
};

/** Packages of the programs that are not here. */
export function missingPackages(programs) {
  return [...new Set(programs.filter((program) => !has(program)).map((program) => PROGRAMS[program]))];
}

/** Installs Debian packages; answers why not, or null. The lists are fetched again when the first try fails. */
export function install(packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) => spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
  let last = '';
  for (let round = 0; round < 3; round += 1) {
    apt('update', '-qq');
    // Services of what is installed must not start: tests start their own.
    const done = apt('install', '-y', '-qq', '--no-install-recommends', '-o', 'Dpkg::Options::=--force-confold', ...packages);
    if (done.status === 0) return null;
    last = done.stderr.trim().split('\n').slice(-3).join(' ');
  }
  return last;
}
