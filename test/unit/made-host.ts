import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { NS_KINDS, type NsKind } from '../../src/core/model/index.js';
import { plainContainer } from '../../src/core/rules/example.js';
import { closeKernelCache, newKernelCache, type KernelCache, type KnownContainer, type Roots } from '../../src/node/collect/kernel/index.js';

/** One process of a host that is made of files, as /proc would show it. */
export interface MadeProcess {
  readonly pid: number;
  readonly parent?: number;
  readonly comm?: string;
  readonly cgroup?: string;
  readonly uid?: number;
  /** Hexadecimal masks. */
  readonly effective?: string;
  readonly bounding?: string;
  readonly seccomp?: 0 | 2;
  readonly namespaces?: Partial<Record<NsKind, number>>;
  readonly root?: string;
  readonly kernelThread?: boolean;
  readonly pidInside?: number;
  readonly mountinfo?: string;
  readonly cmdline?: string;
  readonly state?: string;
  readonly threads?: number;
  /** Makes it a thread of that process. */
  readonly of?: number;
}

/** Inodes of the host's namespaces, those that the kernel reserves where it does. */
export const HOST: Readonly<Record<NsKind, number>> = { net: 4026531840, mnt: 4026531841, pid: 4026531836, ipc: 4026531839, uts: 4026531838, user: 4026531837, cgroup: 4026531835, time: 4026531834 };

const V2 = '30 20 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw,nsdelegate\n';
const ROOT = '20 1 254:0 / / rw shared:1 - ext4 /dev/vda rw\n';

/** A host in a temporary folder: cgroup v2 unless its mount table says otherwise. */
export class MadeHost {
  readonly dir = mkdtempSync(join(tmpdir(), 'bulkhead-made-'));
  readonly roots: Roots = { proc: join(this.dir, 'proc'), sys: join(this.dir, 'sys') };

  constructor(mountinfo = ROOT + V2) {
    this.file('proc/sys/kernel/hostname', 'harbour\n');
    this.file('proc/sys/kernel/osrelease', '6.12.1\n');
    this.file('proc/sys/kernel/random/boot_id', '11111111-2222-3333-4444-555555555555\n');
    this.file('proc/meminfo', 'MemTotal:       8000000 kB\n');
    this.file('proc/uptime', '1000.00 1000.00\n');
    this.file('sys/devices/system/cpu/online', '0-3\n');
    this.file('sys/kernel/security/lsm', 'capability,apparmor');
    this.file('sys/fs/cgroup/cgroup.controllers', 'cpuset cpu io memory pids\n');
    this.process({ pid: 1, comm: 'systemd', cgroup: '/init.scope', mountinfo });
    this.process({ pid: 2, comm: 'kthreadd', parent: 0, kernelThread: true });
    this.process({ pid: 999, comm: 'bulkhead', cgroup: '/user.slice', mountinfo });
    symlinkSync('999', join(this.roots.proc, 'self'));
  }

  file(path: string, text: string): void {
    const whole = join(this.dir, path);
    mkdirSync(dirname(whole), { recursive: true });
    writeFileSync(whole, text);
  }

  /** Files of one cgroup of the unified hierarchy. */
  cgroup(path: string, files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) this.file(`sys/fs/cgroup${path === '/' ? '' : path}/${name}`, text);
  }

  process(p: MadeProcess): void {
    const at = p.of === undefined ? `proc/${p.pid}` : `proc/${p.of}/task/${p.pid}`;
    const full = '000001ffffffffff';
    const uid = p.uid ?? 0;
    this.file(
      `${at}/status`,
      `Name:\t${p.comm ?? 'sleep'}\nState:\t${p.state ?? 'S (sleeping)'}\nTgid:\t${p.pid}\nPid:\t${p.pid}\nPPid:\t${p.parent ?? 1}\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\n` +
        `NSpid:\t${p.pid}${p.pidInside === undefined ? '' : `\t${p.pidInside}`}\nKthread:\t${p.kernelThread === true ? 1 : 0}\nThreads:\t${p.threads ?? 1}\n` +
        `CapInh:\t0000000000000000\nCapPrm:\t${p.effective ?? full}\nCapEff:\t${p.effective ?? full}\nCapBnd:\t${p.bounding ?? full}\nCapAmb:\t0000000000000000\n` +
        `NoNewPrivs:\t0\nSeccomp:\t${p.seccomp ?? 0}\nSeccomp_filters:\t0\nvoluntary_ctxt_switches:\t13\nnonvoluntary_ctxt_switches:\t2\n`,
    );
    this.file(`${at}/cgroup`, `0::${p.cgroup ?? '/'}\n`);
    this.file(`${at}/uid_map`, '         0          0 4294967295\n');
    this.file(`${at}/mountinfo`, p.mountinfo ?? ROOT);
    this.file(`${at}/cmdline`, p.cmdline ?? '');
    this.file(`${at}/attr/current`, 'unconfined\n');
    mkdirSync(join(this.dir, at, 'ns'), { recursive: true });
    for (const kind of NS_KINDS) this.link(`${at}/ns/${kind}`, `${kind}:[${p.namespaces?.[kind] ?? HOST[kind]}]`);
    this.link(`${at}/root`, p.root ?? '/');
  }

  private link(path: string, target: string): void {
    const whole = join(this.dir, path);
    rmSync(whole, { force: true });
    symlinkSync(target, whole);
  }

  end(pid: number): void {
    rmSync(join(this.roots.proc, String(pid)), { recursive: true });
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** An id as engines make them, from one letter. */
export const idOf = (letter: string): string => letter.repeat(64);

export function known(letter: string, pid: number | null, declared: Partial<KnownContainer['declared']> = {}): KnownContainer {
  return { id: idOf(letter), name: `c-${letter}`, pid, state: pid === null ? 'exited' : 'running', declared: { ...plainContainer().declared, ...declared } };
}

/** What each test of a file has to itself: a host, what a reader keeps of it, and further caches where it needs some. */
export interface Made {
  readonly host: MadeHost;
  readonly cache: KernelCache;
  readonly another: () => KernelCache;
}

/** Makes them before each test of the file that calls it, and takes them away after. */
export function onMadeHosts(): Made {
  let host: MadeHost;
  let cache: KernelCache;
  const caches: KernelCache[] = [];
  const another = (): KernelCache => {
    const made = newKernelCache();
    caches.push(made);
    return made;
  };
  beforeEach(() => {
    host = new MadeHost();
    cache = another();
  });
  afterEach(() => {
    for (const one of caches.splice(0)) closeKernelCache(one);
    host.remove();
  });
  return {
    get host() {
      return host;
    },
    get cache() {
      return cache;
    },
    another,
  };
}
