import type { Technique } from '../../../src/core/reach/types.js';

/** Who: the attacker, the victim, a third one whose address is claimed; `host` is the engine's host. */
export type Role = 'A' | 'V' | 'X' | 'host';

/** A command before the attack, in the net namespace of a role. `{A.port}`, `{V.ip}`, `{X.mac}`, `{bridge}`, `{gateway}` and their like are filled in. */
export type Before = readonly [where: Role, command: string];

export interface Scenario {
  readonly name: string;
  readonly family: string;
  /** What it is about, one sentence for the matrix. */
  readonly about: string;
  /** Arguments of `docker run`. Absent: as the engine ships it. */
  readonly A?: readonly string[];
  readonly V?: readonly string[];
  readonly X?: readonly string[];
  /** Arguments of `docker network create`; `bridge` for the engine's default network; null for none of its own. */
  readonly network?: readonly string[] | 'bridge' | null;
  /** A container whose net namespace the attacker shares (`--network container:`), with its arguments. */
  readonly donor?: readonly string[];
  /** A second network: the attacker is on it too (`both`), or only the victim and the third are (`apart`). */
  readonly second?: 'both' | 'apart';
  /** Which engine: its options are given in engines. */
  readonly engine?: 'plain' | 'remap' | 'podman';
  readonly before?: readonly Before[];
  /** `docker` commands before the attack, e.g. a process that comes by exec; `{A}` is the attacker's name. */
  readonly docker?: readonly string[];
  readonly victim?: 'V' | 'host' | 'donor';
  /** Whose address is claimed: the third container's or the gateway's (the bridge's own). */
  readonly as?: 'X' | 'gateway';
  readonly try: readonly Technique[];
  /** How the attack's process is started; default `docker exec`. */
  readonly exec?: readonly string[];
  /** One of its processes keeps a socket that it opened when it had the right to: the attack is sent by that one too. */
  readonly kept?: boolean;
  /** Program put before the attacking one, e.g. `unshare -Ur`. */
  readonly wrap?: readonly string[];
  /** Where inside the attacker files of net namespaces are (a shell's pattern), to write the victim's table by. */
  readonly door?: string;
  /** Also with arpspoof of dsniff. */
  readonly arpspoof?: boolean;
  /** Whether to measure where the victim's packets go. */
  readonly reads?: boolean;
  /** Words of the reservation under which the verdict is `possible` although the attack fails: what stops it cannot be read. */
  readonly unless?: string;
  /** The verdict is `unknown`, since what decides can be read by nobody. */
  readonly unread?: boolean;
  /** VLANs in whose tags the attack hides as well. */
  readonly tags?: readonly number[];
  /** The attack also takes rarer forms, and chooses what it may by what a rule names: the gateway's address and MAC, the victim's MAC, an EtherType. */
  readonly chosen?: boolean;
  /** What the author expects, as a second opinion: the attack works or not. */
  readonly works: boolean;
}

export interface Custom {
  readonly defaultAction: string;
  readonly architectures?: readonly string[];
  readonly syscalls: readonly { readonly names: readonly string[]; readonly action: string; readonly args?: readonly { readonly index: number; readonly value: number; readonly valueTwo?: number; readonly op: string }[]; readonly errnoRet?: number }[];
}

const deny = (args: NonNullable<Custom['syscalls'][number]['args']>): Custom['syscalls'][number] => ({ names: ['socket'], action: 'SCMP_ACT_ERRNO', args });
const eq = (index: number, value: number) => ({ index, value, op: 'SCMP_CMP_EQ' });
/** The low 32 bits only: what the kernel looks at. */
const low = (index: number, value: number, mask = 0xffffffff) => ({ index, value: mask, valueTwo: value, op: 'SCMP_CMP_MASKED_EQ' });

const NO_RING: Custom['syscalls'][number] = { names: ['io_uring_setup', 'io_uring_enter', 'io_uring_register'], action: 'SCMP_ACT_ERRNO' };
const BOTH_WIDTHS = ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86'];
/** What a small program needs besides sockets. */
const USUAL =
  'read write open openat openat2 close close_range stat fstat lstat newfstatat statx statfs fstatfs poll ppoll lseek mmap mprotect munmap mremap madvise brk rt_sigaction rt_sigprocmask ' +
  'rt_sigreturn sigaltstack ioctl pread64 pwrite64 readv writev access faccessat faccessat2 pipe pipe2 select pselect6 _newselect sched_yield sched_getaffinity dup dup2 dup3 nanosleep clock_nanosleep getpid ' +
  'gettid getppid socketpair connect accept accept4 sendto recvfrom sendmsg recvmsg shutdown bind listen getsockname getpeername setsockopt getsockopt clone clone3 fork vfork execve exit ' +
  'exit_group wait4 waitid kill tgkill uname fcntl getcwd chdir fchdir readlink readlinkat getdents64 getuid getgid geteuid getegid setuid setgid setgroups setresuid setresgid getgroups capget ' +
  'capset prctl arch_prctl futex set_tid_address set_robust_list rseq prlimit64 getrlimit setrlimit getrandom gettimeofday clock_gettime clock_getres time times umask setsid setpgid getpgrp getpgid ' +
  'sysinfo epoll_create1 epoll_ctl epoll_wait epoll_pwait eventfd2 fchown chown fchmod chmod unlink mkdir seccomp';
/** UNIX, INET, NETLINK and INET6, and the streams and datagrams of them: nothing raw but netlink. */
const admit = (...args: NonNullable<Custom['syscalls'][number]['args']>): Custom['syscalls'][number] => ({ names: ['socket'], action: 'SCMP_ACT_ALLOW', args });
const FAMILIES = [1, 2, 10, 16].map((f) => admit(eq(0, f), low(1, f === 16 ? 3 : 2, 0xf)));

/** Seccomp profiles by name, given as `--security-opt seccomp={profile:NAME}`. */
export const PROFILES: Readonly<Record<string, Custom>> = {
  'no-packet': { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [deny([eq(0, 17)])] },
  'no-packet-no-old': { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [deny([eq(0, 17)]), deny([eq(0, 2), eq(1, 10)])] },
  'no-packet-masked': { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [deny([low(0, 17)]), deny([low(0, 44)]), deny([low(0, 2), low(1, 10, 0xf)]), { names: ['io_uring_setup', 'io_uring_enter', 'io_uring_register'], action: 'SCMP_ACT_ERRNO' }] },
  'no-raw-at-all': { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [deny([low(0, 17)]), deny([low(0, 44)]), deny([low(1, 10, 0xf)]), deny([low(1, 3, 0xf)]), { names: ['io_uring_setup', 'io_uring_enter', 'io_uring_register'], action: 'SCMP_ACT_ERRNO' }] },
  'no-packet-but-ring': { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [deny([low(0, 17)]), deny([low(0, 44)]), deny([low(0, 2), low(1, 10, 0xf)])] },
  'no-packet-but-xdp': { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [deny([low(0, 17)]), deny([low(0, 2), low(1, 10, 0xf)]), NO_RING] },
  'no-packet-but-32': { defaultAction: 'SCMP_ACT_ALLOW', architectures: BOTH_WIDTHS, syscalls: [deny([low(0, 17)]), deny([low(0, 44)]), deny([low(0, 2), low(1, 10, 0xf)]), NO_RING] },
  'families-32': { defaultAction: 'SCMP_ACT_ERRNO', architectures: BOTH_WIDTHS, syscalls: [...FAMILIES, { names: USUAL.split(' '), action: 'SCMP_ACT_ALLOW' }] },
  families: { defaultAction: 'SCMP_ACT_ERRNO', syscalls: [...FAMILIES, { names: USUAL.split(' '), action: 'SCMP_ACT_ALLOW' }] },
  'families-below': { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [deny([{ index: 0, value: 11, op: 'SCMP_CMP_GE' }]), deny([low(0, 2), low(1, 10, 0xf)]), NO_RING] },
  'no-xdp': { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [deny([low(0, 44)]), NO_RING] },
  'like-default': { defaultAction: 'SCMP_ACT_ERRNO', syscalls: [{ names: ['socket'], action: 'SCMP_ACT_ERRNO', args: [eq(0, 17)] }, { names: ['socket'], action: 'SCMP_ACT_ALLOW', args: [eq(1, 3)] }, ...FAMILIES, { names: USUAL.split(' '), action: 'SCMP_ACT_ALLOW' }] },
  'logged': { defaultAction: 'SCMP_ACT_LOG', syscalls: [] },
  'no-packet-logged': { defaultAction: 'SCMP_ACT_LOG', syscalls: [deny([low(0, 17)]), deny([low(0, 44)]), deny([low(0, 2), low(1, 10, 0xf)]), NO_RING] },
  'raw-logged-first': { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [{ names: ['socket'], action: 'SCMP_ACT_LOG', args: [eq(1, 3)] }, deny([low(0, 17)]), deny([low(0, 44)]), deny([low(0, 2), low(1, 10, 0xf)]), NO_RING] },
  'raw-logged-last': { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [deny([low(0, 17)]), deny([low(0, 44)]), deny([low(0, 2), low(1, 10, 0xf)]), NO_RING, { names: ['socket'], action: 'SCMP_ACT_LOG', args: [eq(1, 3)] }] },
  'protocol-logged-first': { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [{ names: ['socket'], action: 'SCMP_ACT_LOG', args: [eq(2, 0)] }, deny([low(0, 17)]), deny([low(0, 44)]), deny([low(0, 2), low(1, 10, 0xf)]), NO_RING] },
  'family-logged-type-refused': { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [{ names: ['socket'], action: 'SCMP_ACT_LOG', args: [eq(0, 17)] }, deny([low(1, 3, 0xf)]), deny([low(1, 10, 0xf)]), deny([low(0, 44)]), NO_RING] },
  'datagrams': { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [deny([low(0, 44)]), deny([low(1, 10, 0xf)]), deny([low(1, 3, 0xf)]), NO_RING] },
  'pair-admitted': { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [deny([low(0, 17)]), deny([low(0, 44)]), deny([low(0, 2), low(1, 10, 0xf)]), NO_RING, { names: ['socket'], action: 'SCMP_ACT_LOG', args: [eq(0, 17), eq(1, 3)] }] },
  'two-rules-of-one-call': { defaultAction: 'SCMP_ACT_ERRNO', syscalls: [{ names: ['socket'], action: 'SCMP_ACT_ALLOW', args: [low(0, 17), eq(1, 2)] }, ...FAMILIES, { names: USUAL.split(' '), action: 'SCMP_ACT_ALLOW' }] },
  'no-send': { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [{ names: ['sendto', 'sendmsg', 'sendmmsg', 'bind'], action: 'SCMP_ACT_ERRNO' }, NO_RING] },
  'no-socket': { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [{ names: ['socket', 'io_uring_setup', 'io_uring_enter', 'io_uring_register'], action: 'SCMP_ACT_ERRNO' }] },
};
