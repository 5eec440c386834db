import { expect, test } from 'vitest';
import type { SeccompProfile } from '../model/index.js';
import { judgeCall } from './seccomp.js';

const rule = (action: string, ...args: SeccompProfile['rules'][number]['args'][number][]): SeccompProfile['rules'][number] => ({ names: ['socket'], action, args, includes: [], excludes: [] });
const profile = (defaultAction: string, ...rules: SeccompProfile['rules'][number][]): SeccompProfile => ({ kind: 'custom', defaultAction, rules });
const eq = (index: number, value: number) => ({ index, value, valueTwo: 0, op: 'SCMP_CMP_EQ' });
const masked = (index: number, value: number, mask = 0xffffffff) => ({ index, value: mask, valueTwo: value, op: 'SCMP_CMP_MASKED_EQ' });
const PACKET = ['socket', 17, 3, 0x0300] as const;

test('a call without a rule meets the default action', () => {
  expect(judgeCall(profile('SCMP_ACT_ALLOW'), PACKET, [])).toBe('allowed');
  expect(judgeCall(profile('SCMP_ACT_ERRNO'), PACKET, [])).toBe('refused');
  expect(judgeCall(profile('SCMP_ACT_NOTIFY'), PACKET, [])).toBe('unclear');
});

test('a rule by value stops the plain call and not the one whose register is wider than the kernel reads', () => {
  const p = profile('SCMP_ACT_ALLOW', rule('SCMP_ACT_ERRNO', eq(0, 17)));
  expect(judgeCall(p, PACKET, [])).toBe('refused');
  expect(judgeCall(p, ['socket', 2 ** 32 + 17, 3, 0x0300], [])).toBe('allowed');
});

test('a rule by mask stops both', () => {
  const p = profile('SCMP_ACT_ALLOW', rule('SCMP_ACT_ERRNO', masked(0, 17)));
  expect(judgeCall(p, PACKET, [])).toBe('refused');
  expect(judgeCall(p, ['socket', 2 ** 32 + 17, 3, 0x0300], [])).toBe('refused');
});

test('conditions on different arguments are joined by and, on the same by or', () => {
  const both = profile('SCMP_ACT_ALLOW', rule('SCMP_ACT_ERRNO', eq(0, 2), eq(1, 10)));
  expect(judgeCall(both, ['socket', 2, 10, 0], [])).toBe('refused');
  expect(judgeCall(both, ['socket', 2, 1, 0], [])).toBe('allowed');
  const either = profile('SCMP_ACT_ERRNO', rule('SCMP_ACT_ALLOW', eq(0, 1), eq(0, 2)));
  expect(judgeCall(either, ['socket', 2, 1, 0], [])).toBe('allowed');
  expect(judgeCall(either, ['socket', 10, 1, 0], [])).toBe('refused');
});

test('a rule that is for holders of a capability stands only for them', () => {
  const p = profile('SCMP_ACT_ERRNO', { ...rule('SCMP_ACT_ALLOW'), includes: ['CAP_NET_ADMIN'] });
  expect(judgeCall(p, PACKET, [])).toBe('refused');
  expect(judgeCall(p, PACKET, ['CAP_NET_ADMIN'])).toBe('allowed');
});

test('a profile that admits 32-bit programs leaves their multiplexer, and io_uring is one more door', async () => {
  const { doors } = await import('./seccomp.js');
  const { aContainer, aProcess } = await import('../../../test/cast/cast.js');
  const with_ = (over: Partial<SeccompProfile>) => {
    const base = aContainer({ name: 'a' });
    const seccomp: SeccompProfile = { ...profile('SCMP_ACT_ALLOW', rule('SCMP_ACT_ERRNO', masked(0, 17)), rule('SCMP_ACT_ERRNO', masked(0, 2), masked(1, 10, 0xf))), ...over };
    return doors({ ...aProcess(), seccomp: { value: 'filter', source: '/proc/1/status' } }, { ...base, declared: { ...base.declared, seccomp } }).packet;
  };
  const noRing = { names: ['io_uring_setup', 'io_uring_enter', 'socketcall_'], action: 'SCMP_ACT_ERRNO', args: [], includes: [], excludes: [] };
  const sending = { names: ['sendto'], action: 'SCMP_ACT_ALLOW', args: [], includes: [], excludes: [] };
  const closed = (more: Partial<SeccompProfile>) => with_({ rules: [rule('SCMP_ACT_ERRNO', masked(0, 17)), rule('SCMP_ACT_ERRNO', masked(0, 44)), rule('SCMP_ACT_ERRNO', masked(0, 2), masked(1, 10, 0xf)), noRing], ...more });
  expect(with_({}).unless.join()).toMatch(/io_uring/);
  expect(closed({}).state).toBe('shut');
  // What refuses one family refuses the 32-bit multiplexer whole; what admits one admits all of it.
  const both = ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86'];
  expect(closed({ architectures: both }).state).toBe('shut');
  const families = { defaultAction: 'SCMP_ACT_ERRNO', rules: [rule('SCMP_ACT_ALLOW', eq(0, 2), masked(1, 2, 0xf)), sending] };
  expect(with_(families).state).toBe('shut');
  expect(with_({ ...families, architectures: both })).toMatchObject({ state: 'open', unless: [expect.stringMatching(/32-bit/) as string] });
  expect(with_({ ...families, rules: [rule('SCMP_ACT_ALLOW', eq(0, 2), eq(1, 2)), sending], architectures: both }).state).toBe('shut');
});

test('a rule that does what the default does is left out, and shadows no other', () => {
  const p = profile('SCMP_ACT_ERRNO', rule('SCMP_ACT_ERRNO', eq(0, 17)), rule('SCMP_ACT_ALLOW', eq(1, 3)));
  expect(judgeCall(p, PACKET, [])).toBe('allowed');
  expect(judgeCall(profile('SCMP_ACT_ERRNO', rule('SCMP_ACT_ERRNO(13)', eq(0, 17)), rule('SCMP_ACT_ALLOW', eq(1, 3))), PACKET, [])).toBe('refused');
});

test('what cannot be sent by is no door, and each door opens what it opens', async () => {
  const { doors } = await import('./seccomp.js');
  const { aContainer, aProcess } = await import('../../../test/cast/cast.js');
  const named = (action: string, ...names: readonly string[]) => ({ names, action, args: [], includes: [], excludes: [] });
  const of = (...rules: SeccompProfile['rules'][number][]) => {
    const base = aContainer({ name: 'a' });
    return doors({ ...aProcess(), seccomp: { value: 'filter', source: '/proc/1/status' } }, { ...base, declared: { ...base.declared, seccomp: profile('SCMP_ACT_ALLOW', ...rules) } });
  };
  const noRing = named('SCMP_ACT_ERRNO', 'io_uring_setup', 'io_uring_enter');
  expect(of(named('SCMP_ACT_ERRNO', 'sendto', 'sendmsg', 'sendmmsg'), noRing).packet.state).toBe('open');
  expect(of(named('SCMP_ACT_ERRNO', 'sendto', 'sendmsg', 'sendmmsg', 'bind'), noRing).packet.state).toBe('shut');
  // Netlink sockets come by io_uring as well.
  expect(of(named('SCMP_ACT_ERRNO', 'socket')).admin).toMatchObject({ state: 'open', unless: [expect.stringMatching(/io_uring/) as string] });
  expect(of(named('SCMP_ACT_ERRNO', 'socket'), noRing).admin.state).toBe('shut');
  // IPV6_HDRINCL makes a raw IPv6 socket of any protocol send neighbour messages.
  const raw = (...numbers: readonly number[]) => numbers.map((n) => rule('SCMP_ACT_ERRNO', masked(0, 10), masked(2, n)));
  expect(of(...raw(58, 255), noRing).icmp6.state).toBe('open');
});
