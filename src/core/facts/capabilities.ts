/**
 * What capabilities(7) are worth to who breaks out. The names are the kernel's.
 * `host`: alone, it hands over the host (without a user namespace of its own). `reads`: it reads what is the host's.
 * `wire`: it forges what others believe on a network. `mind`: it widens what an exploit can touch.
 */
export interface Danger {
  readonly grade: 'host' | 'reads' | 'wire' | 'mind';
  readonly why: string;
}

export const DANGEROUS: Readonly<Record<string, Danger>> = {
  CAP_SYS_ADMIN: { grade: 'host', why: 'It mounts file systems, enters namespaces and sets up much of the kernel: close to being root on the host.' },
  CAP_SYS_MODULE: { grade: 'host', why: 'It loads modules into the kernel that all containers share.' },
  CAP_SYS_RAWIO: { grade: 'host', why: 'It reads and writes ports, physical memory and raw disks.' },
  CAP_BPF: { grade: 'mind', why: 'It loads BPF programs into the kernel; with CAP_PERFMON they read its memory.' },
  CAP_PERFMON: { grade: 'reads', why: 'It traces the kernel and other processes of the host.' },
  CAP_SYS_PTRACE: { grade: 'reads', why: 'It reads and changes the memory of every process it can see.' },
  CAP_DAC_READ_SEARCH: { grade: 'reads', why: 'It opens any file by its handle, also files outside the container (open_by_handle_at).' },
  CAP_DAC_OVERRIDE: { grade: 'mind', why: 'It reads and writes any file it can name, whatever the mode says.' },
  CAP_NET_ADMIN: { grade: 'wire', why: 'It sets addresses, routes, filters and interfaces of its net namespace.' },
  CAP_NET_RAW: { grade: 'wire', why: 'It sends any frame, so it can answer ARP and neighbour requests in the name of others.' },
  CAP_SYS_BOOT: { grade: 'mind', why: 'It restarts the host, or loads another kernel.' },
  CAP_SYS_TIME: { grade: 'mind', why: 'It sets the clock of the host, which certificates and logs rely on.' },
  CAP_SYSLOG: { grade: 'mind', why: "It reads the kernel's log with the addresses that an exploit needs." },
  CAP_MKNOD: { grade: 'mind', why: 'It makes device nodes; the device cgroup alone then keeps it from the disks.' },
  CAP_MAC_ADMIN: { grade: 'host', why: 'It changes the policy of the security module.' },
  CAP_MAC_OVERRIDE: { grade: 'host', why: 'It is not held by the policy of the security module.' },
  CAP_AUDIT_CONTROL: { grade: 'mind', why: "It switches off the kernel's audit." },
  CAP_SYS_RESOURCE: { grade: 'mind', why: 'It lifts resource limits and quotas.' },
  CAP_LINUX_IMMUTABLE: { grade: 'mind', why: 'It changes files that are marked immutable.' },
  CAP_SETPCAP: { grade: 'mind', why: 'It hands capabilities of its bounding set on.' },
  CAP_CHECKPOINT_RESTORE: { grade: 'mind', why: 'It reads the memory maps of other processes and picks pids.' },
};

/** What Docker and containerd give where nothing is said. Podman and CRI-O give fewer of them. */
export const DEFAULT_CAPS: readonly string[] = [
  'CAP_CHOWN', 'CAP_DAC_OVERRIDE', 'CAP_FSETID', 'CAP_FOWNER', 'CAP_MKNOD', 'CAP_NET_RAW', 'CAP_SETGID', 'CAP_SETUID', 'CAP_SETFCAP',
  'CAP_SETPCAP', 'CAP_NET_BIND_SERVICE', 'CAP_SYS_CHROOT', 'CAP_KILL', 'CAP_AUDIT_WRITE',
];
const DEFAULTS = new Set(DEFAULT_CAPS);

/** Linux 5.9 and later know 41; 38 is what 4.x knew. A set this large was not chosen one by one. */
const EVERY = 38;

/** Whether a set holds about every capability there is, as `--privileged` gives. */
export function isEvery(caps: readonly string[]): boolean {
  return caps.length >= EVERY;
}

/** `CAP_NET_RAW` as people write it on a command line: `NET_RAW`. */
export function plainCap(name: string): string {
  return name.replace(/^CAP_/, '');
}

/** Any spelling of a command line (`net_raw`, `CAP_NET_RAW`) as the kernel's name. */
export function capName(word: string): string {
  const upper = word.toUpperCase();
  return upper.startsWith('CAP_') || upper === 'ALL' ? upper : `CAP_${upper}`;
}

/** Those beyond what an engine gives by default. */
export function beyondDefault(caps: readonly string[]): readonly string[] {
  return caps.filter((c) => !DEFAULTS.has(c));
}

const GRADES = ['host', 'reads', 'wire', 'mind'] as const;

/** The dangerous of a set, worst first, ties by name. */
export function dangerousOf(caps: readonly string[]): readonly string[] {
  const rank = (c: string): number => GRADES.indexOf(DANGEROUS[c]?.grade ?? 'mind');
  return caps.filter((c) => DANGEROUS[c]).sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

/** What the engine was told to give: all for privileged, else the defaults with what was added and without what was dropped. */
export function askedCaps(d: { readonly privileged: boolean; readonly capAdd: readonly string[]; readonly capDrop: readonly string[] }): ReadonlySet<string> | 'all' {
  if (d.privileged) return 'all';
  const add = d.capAdd.map(capName);
  const drop = d.capDrop.map(capName);
  if (add.includes('ALL')) return 'all';
  const base = drop.includes('ALL') ? [] : DEFAULT_CAPS.filter((c) => !drop.includes(c));
  return new Set([...base, ...add]);
}
