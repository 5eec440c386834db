import { known, valueOf, type Reading } from '../model/reading.js';
import type { ProcessFacts } from '../model/process.js';
import type { SeccompProfile, Workload } from '../model/workload.js';
import { answer, type Answer } from './answer.js';
import type { Step } from './types.js';

/** What seccomp leaves open of each channel. */
export interface Doors {
  /** Whether AF_XDP opens: its frames go past every hook on the way out (`__dev_direct_xmit`). */
  readonly xdp: boolean;
  readonly packet: Answer;
  /** A packet socket for datagrams, under whose frames the kernel writes the sender's MAC. */
  readonly datagram: Answer;
  readonly icmp6: Answer;
  readonly admin: Answer;
  /** Whether it sends by a socket that is open, and may be bound, already. */
  readonly open: Answer;
}

const AF_INET = 2;
const AF_INET6 = 10;
const AF_NETLINK = 16;
const AF_PACKET = 17;
const AF_XDP = 44;
const SOCK_DGRAM = 2;
const SOCK_RAW = 3;
const SOCK_PACKET = 10;
/** Raw IPv6 sockets by protocol: ICMPv6 itself, a whole packet (255), and any other, with IPV6_HDRINCL. */
const RAW6 = [58, 255, 6, 17, 1, 2, 4, 41, 47, 50, 59, 60, 103, 112, 132, 253, 254] as const;
const ICMPV6 = 58;
const TYPE_FLAGS = [0, 0x80000, 0x800, 0x80800];
/** The kernel takes an int: what a 64-bit register carries above it is lost on it, and seen by the filter. */
const ABOVE = [0, 2 ** 32];
/** ETH_P_ALL, ETH_P_ARP, ETH_P_IPV6 and none, as socket(2) wants them. */
const PROTOCOLS = [0, 0x0300, 0x0608, 0xdd86];

type Call = readonly [name: string, ...args: number[]];
type Outcome = 'allowed' | 'refused' | 'unclear';

function* calls(family: number, types: readonly number[], protocols: readonly number[]): Generator<Call> {
  for (const above of ABOVE) for (const type of types) for (const flags of TYPE_FLAGS) for (const protocol of protocols) yield ['socket', family + above, type + flags, protocol];
}

function argMatches(arg: { readonly value: number; readonly valueTwo: number; readonly op: string }, actual: number): boolean | null {
  switch (arg.op) {
    case 'SCMP_CMP_EQ': return actual === arg.value;
    case 'SCMP_CMP_NE': return actual !== arg.value;
    case 'SCMP_CMP_LT': return actual < arg.value;
    case 'SCMP_CMP_LE': return actual <= arg.value;
    case 'SCMP_CMP_GT': return actual > arg.value;
    case 'SCMP_CMP_GE': return actual >= arg.value;
    case 'SCMP_CMP_MASKED_EQ': return (BigInt(actual) & BigInt(arg.value)) === BigInt(arg.valueTwo);
    default: return null;
  }
}

const PASSES = new Set(['SCMP_ACT_ALLOW', 'SCMP_ACT_LOG']);
const UNCLEAR = new Set(['SCMP_ACT_TRACE', 'SCMP_ACT_NOTIFY', '']);
const outcome = (action: string): Outcome => (PASSES.has(action) ? 'allowed' : UNCLEAR.has(action) ? 'unclear' : 'refused');

/** Whether a rule stands for this container: `includes` all hold and no `excludes`. Kernel and architecture conditions are taken to hold. */
function stands(rule: SeccompProfile['rules'][number], caps: readonly string[]): boolean {
  const cap = (word: string) => word.startsWith('CAP_');
  const arch = (word: string) => word.startsWith('arch:');
  const arches = rule.includes.filter(arch);
  if (arches.length > 0 && !arches.includes('arch:amd64') && !arches.includes('arch:arm64')) return false;
  return rule.includes.filter(cap).every((c) => caps.includes(c)) && !rule.excludes.filter(cap).some((c) => caps.includes(c));
}

/** What a profile does with one call. Arguments of one rule are joined by `and`, but several for the same index by `or` (as runc splits them). */
export function judgeCall(profile: SeccompProfile, call: Call, caps: readonly string[]): Outcome {
  const [name, ...args] = call;
  let conditional: Outcome | null = null;
  for (const rule of profile.rules) {
    // A rule that does what the default does is left out by the runtime (matchCall in runc), and shadows no other.
    if (!rule.names.includes(name) || !stands(rule, caps) || rule.action === profile.defaultAction) continue;
    if (rule.args.length === 0) return outcome(rule.action);
    const indices = rule.args.map((a) => a.index);
    const split = new Set(indices).size !== indices.length;
    const hits = rule.args.map((a) => argMatches(a, args[a.index] ?? 0));
    const hit = split ? (hits.includes(true) ? true : hits.includes(null) ? null : false) : hits.every((h) => h === true) ? true : hits.includes(false) ? false : null;
    if (hit === null) conditional ??= 'unclear';
    // Of two rules that both hold libseccomp takes the one whose conditions it puts first, in an order of its own.
    if (hit === true) conditional = conditional === null || conditional === outcome(rule.action) ? outcome(rule.action) : 'unclear';
  }
  return conditional ?? outcome(profile.defaultAction);
}

function best(outcomes: Iterable<Outcome>): Outcome {
  let found: Outcome = 'refused';
  for (const o of outcomes) {
    if (o === 'allowed') return o;
    if (o === 'unclear') found = o;
  }
  return found;
}

function* outcomes(profile: SeccompProfile, list: Iterable<Call>, caps: readonly string[]): Generator<Outcome> {
  for (const call of list) yield judgeCall(profile, call, caps);
}

/**
 * Whether the 32-bit multiplexer makes sockets. libseccomp carries each rule for socket(2) over to it: the family's place
 * is taken by the number of the call, and what was said of further arguments meets a pointer, which the caller chooses
 * (x86_rule_add in arch-x86.c). So a rule that refuses one family refuses all, and one that admits one admits all.
 */
function multiplexed(profile: SeccompProfile, caps: readonly string[]): boolean {
  const rules = profile.rules.flatMap((r) => {
    if (!r.names.includes('socket')) return [r];
    const split = new Set(r.args.map((a) => a.index)).size !== r.args.length;
    const lists = split ? r.args.map((a) => [a]) : [r.args];
    const call = { index: 0, value: 1, valueTwo: 0, op: 'SCMP_CMP_EQ' };
    return [{ ...r, names: r.names.filter((n) => n !== 'socket') }, ...lists.map((args) => ({ ...r, names: ['socketcall'], args: [call, ...args.filter((a) => a.index !== 0)] }))];
  });
  const pointers = Array.from({ length: 16 }, (_, low): Call => ['socketcall', 1, 0x40000200 + low]);
  return best(outcomes({ ...profile, rules }, pointers, caps)) !== 'refused';
}

interface SideDoor {
  readonly call: string;
  readonly why: string;
  readonly unless: string;
}

/** The reservation where AF_XDP alone gets through. */
export const NO_XDP = 'the kernel has no AF_XDP sockets (not read)';

/** Ways to the wire that a profile forgets: the 32-bit multiplexer and io_uring do not name the family in a register. */
function sideDoors(what: keyof typeof NAMES, profile: SeccompProfile, caps: readonly string[]): readonly SideDoor[] {
  const allowed = (name: string) => judgeCall(profile, [name], caps) === 'allowed';
  const out: SideDoor[] = [];
  if (what === 'packet' && best(outcomes(profile, calls(AF_XDP, [SOCK_RAW], [0]), caps)) === 'allowed') {
    out.push({ call: 'socket(AF_XDP)', why: 'An XDP socket sends frames as well, where the kernel has it (4.18 and later, CONFIG_XDP_SOCKETS).', unless: NO_XDP });
  }
  if (profile.architectures?.includes('SCMP_ARCH_X86') === true && multiplexed(profile, caps)) {
    out.push({ call: 'socketcall', why: 'A 32-bit program hands its arguments over in memory, where no filter looks (socketcall(2)).', unless: 'the kernel runs no 32-bit programs (not read)' });
  }
  if (allowed('io_uring_setup') && allowed('io_uring_enter')) {
    out.push({ call: 'io_uring', why: 'IORING_OP_SOCKET makes sockets that seccomp does not see, where the kernel has it (5.19 and later).', unless: 'the kernel refuses io_uring (kernel.io_uring_disabled, not read)' });
  }
  return out;
}

/** Whether a packet socket, once there, can be sent by. */
function sends(profile: SeccompProfile, caps: readonly string[], bound = false): boolean {
  const may = (...names: readonly string[]) => names.some((n) => judgeCall(profile, [n], caps) !== 'refused');
  return may('sendto', 'sendmsg', 'sendmmsg') || ((bound || may('bind')) && may('write', 'writev', 'pwritev', 'pwritev2', 'sendfile', 'splice')) || (may('io_uring_setup') && may('io_uring_enter'));
}

/** What cannot be told of a profile. */
function unclearOf(profile: SeccompProfile): readonly [said: keyof typeof UNCLEAR_UNLESS, why: string] {
  if ([profile.defaultAction, ...profile.rules.map((r) => r.action)].some((a) => UNCLEAR.has(a))) return ['decided by a tracer', 'A supervisor decides.'];
  return ['rules that contradict each other', 'Two rules with different actions fit the call; which one counts is for libseccomp, which orders conditions in a way of its own.'];
}
const UNCLEAR_UNLESS = { 'decided by a tracer': 'seccomp’s supervisor refuses it', 'rules that contradict each other': 'of its profile’s rules that contradict each other the one that refuses it counts' } as const;

const NAMES = { packet: 'packet sockets', datagram: 'packet sockets for datagrams', icmp6: 'raw IPv6 sockets', admin: 'changing addresses' } as const;

function judged(what: keyof typeof NAMES, profile: SeccompProfile, caps: readonly string[], source: string): Answer {
  const step = (holds: Step['holds'], said: string, why: string): (() => readonly Step[]) => () => [
    { link: 'send', step: `seccomp lets ${NAMES[what]} through`, holds, reading: known(said, source), why },
  ];
  const socket = (family: number, types: readonly number[], protocols: readonly number[]) => best(outcomes(profile, calls(family, types, protocols), caps));
  if (what === 'admin') {
    const sockets = [socket(AF_NETLINK, [SOCK_RAW, SOCK_DGRAM], [0]), judgeCall(profile, ['ioctl', 3, 0x8916, 0], caps) === 'allowed' ? socket(AF_INET, [1, SOCK_DGRAM], [0]) : 'refused'] as const;
    if (sockets.includes('allowed')) return answer('open', '', step('yes', 'netlink or ioctl allowed', 'Addresses are set by rtnetlink(7) or by ioctl(2) on any socket.'));
    if (sockets.includes('unclear')) return answer('open', '', step('unknown', ...unclearOf(profile)), [UNCLEAR_UNLESS[unclearOf(profile)[0]]]);
    const side = sideDoors(what, profile, caps);
    if (side.length > 0) return answer('open', '', step('unknown', `socket(2) refused, ${side.map((d) => d.call).join(', ')} allowed`, side.map((d) => d.why).join(' ')), [side.map((d) => d.unless).join(' and ')]);
    return answer('shut', 'seccomp refuses netlink and ioctl', step('no', 'refused', 'Neither rtnetlink(7) nor an ioctl(2) passes.'));
  }
  if ((what === 'packet' || what === 'datagram') && !sends(profile, caps)) return answer('shut', 'seccomp refuses to send', step('no', 'sockets may be opened, and nothing sent by them', 'A packet socket sends by sendto(2) and its like, or by write(2) once it is bound; neither passes.'));
  const plain = what === 'packet' ? socket(AF_PACKET, [SOCK_RAW, SOCK_PACKET], PROTOCOLS) : what === 'datagram' ? socket(AF_PACKET, [SOCK_DGRAM], PROTOCOLS) : socket(AF_INET6, [SOCK_RAW], RAW6);
  const register = plain === 'allowed' && judgeCall(profile, what === 'packet' ? ['socket', AF_PACKET, SOCK_RAW, 0x0300] : what === 'datagram' ? ['socket', AF_PACKET, SOCK_DGRAM, 0x0608] : ['socket', AF_INET6, SOCK_RAW, ICMPV6], caps) !== 'allowed';
  if (plain === 'allowed') return answer('open', '', step('yes', register ? 'refused as usually called, allowed another way' : 'allowed', register ? 'The profile compares values that the kernel cuts or reads differently.' : 'The call passes.'));
  if (what === 'packet' && socket(AF_INET, [SOCK_PACKET], PROTOCOLS) === 'allowed') {
    return answer('open', '', step('yes', 'socket(AF_PACKET) refused, socket(AF_INET, SOCK_PACKET) allowed', 'The old call makes a packet socket as well (packet(7)).'));
  }
  const side = sideDoors(what, profile, caps);
  if (side.length > 0) {
    const doors = side.map((d) => d.call).join(', ');
    return answer('open', '', step('unknown', `socket(2) refused, ${doors} allowed`, side.map((d) => d.why).join(' ')), [side.map((d) => d.unless).join(' and ')]);
  }
  if (plain === 'unclear') return answer('open', '', step('unknown', ...unclearOf(profile)), [UNCLEAR_UNLESS[unclearOf(profile)[0]]]);
  return answer('shut', `seccomp refuses ${NAMES[what]}`, step('no', 'refused', 'No call that makes such a socket passes.'));
}

/** What seccomp leaves open to one process of a workload. */
export function doors(p: ProcessFacts, w: Workload): Doors {
  const mode = valueOf(p.seccomp);
  const all = (a: Answer): Doors => ({ xdp: a.state === 'open', packet: a, datagram: a, icmp6: a, admin: a, open: a });
  const step = (holds: Step['holds'], reading: Reading<unknown>, why: string): (() => readonly Step[]) => () => [{ link: 'send', step: 'seccomp lets it through', holds, reading, why }];
  if (mode === 'disabled') return all(answer('open', '', step('yes', p.seccomp, 'No filter.')));
  if (mode === 'strict') return { ...all(answer('shut', 'seccomp in strict mode', step('no', p.seccomp, 'Only read, write and exit pass.'))), open: answer('open', '', step('yes', p.seccomp, 'It may write, and a packet socket that was bound sends what is written.')) };
  const profile = w.kind === 'container' ? w.declared.seccomp : null;
  const more = (valueOf(p.seccompFilters) ?? 1) > 1 ? ['a further seccomp filter, set by the program itself, refuses it'] : [];
  if (profile === null || (profile.kind === 'unconfined' && mode === 'filter') || (profile.kind === 'custom' && profile.defaultAction === '')) {
    return all(answer('open', '', step('unknown', p.seccomp, 'What the filter allows was not read.'), ['a seccomp filter refuses the socket (its content was not read)']));
  }
  if (profile.kind !== 'custom') return all(answer('open', '', step('yes', mode === undefined ? known(profile.kind, 'engine: HostConfig.SecurityOpt') : p.seccomp, 'The engine’s own profile lets packet and raw sockets through; capabilities alone decide.'), more));
  const caps = valueOf(p.capabilities.bounding) ?? [];
  const source = 'engine: HostConfig.SecurityOpt';
  const one = (what: keyof typeof NAMES): Answer => {
    const a = judged(what, profile, caps, source);
    return a.state === 'open' && more.length > 0 ? { ...a, unless: [...a.unless, ...more] } : a;
  };
  const xdp = best(outcomes(profile, calls(AF_XDP, [SOCK_RAW], [0]), caps)) !== 'refused' || sideDoors('icmp6', profile, caps).length > 0;
  const open = sends(profile, caps, true) ? answer('open', '', step('yes', known('sending allowed', source), 'What is open already is sent by.'), more) : answer('shut', 'seccomp refuses to send', step('no', known('sending refused', source), 'Nothing is sent by what is open.'));
  return { xdp, packet: one('packet'), datagram: one('datagram'), icmp6: one('icmp6'), admin: one('admin'), open };
}
