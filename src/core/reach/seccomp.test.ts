import { describe, expect, test } from 'vitest';
import { aContainer, aProcess } from '../../../test/cast/cast.js';
import type { SeccompProfile } from '../model/index.js';
import { doors, judgeCall, NO_XDP } from './seccomp.js';

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

test('a profile that admits 32-bit programs leaves their multiplexer, and io_uring is one more door', () => {
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
  expect(judgeCall(profile('SCMP_ACT_ERRNO', rule('SCMP_ACT_ERRNO(13)', eq(0, 17)), rule('SCMP_ACT_ALLOW', eq(1, 3))), PACKET, [])).toBe('unclear');
});

test('of rules that contradict each other nobody knows which counts, in whatever order they are told', () => {
  const refused = rule('SCMP_ACT_ERRNO', masked(0, 17, 0xffffffff));
  const logged = rule('SCMP_ACT_LOG', eq(1, 3));
  for (const rules of [[refused, logged], [logged, refused]]) {
    expect(judgeCall(profile('SCMP_ACT_ALLOW', ...rules), PACKET, [])).toBe('unclear');
    // One that lets pass what the default lets pass as well contradicts nothing.
    expect(judgeCall(profile('SCMP_ACT_LOG', ...rules), PACKET, [])).toBe('refused');
  }
  expect(judgeCall(profile('SCMP_ACT_ALLOW', refused, rule('SCMP_ACT_KILL', eq(1, 3))), PACKET, [])).toBe('refused');
});

test('what cannot be sent by is no door, and each door opens what it opens', () => {
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

describe('a comparison of an argument', () => {
  const at = (op: string, ...values: readonly number[]) => values.map((v) => judgeCall(profile('SCMP_ACT_ERRNO', rule('SCMP_ACT_ALLOW', { index: 0, value: 17, valueTwo: 0, op })), ['socket', v, 3, 0], []));
  test.each([
    ['SCMP_CMP_EQ', 'refused', 'allowed', 'refused'], ['SCMP_CMP_NE', 'allowed', 'refused', 'allowed'],
    ['SCMP_CMP_LT', 'allowed', 'refused', 'refused'], ['SCMP_CMP_LE', 'allowed', 'allowed', 'refused'],
    ['SCMP_CMP_GT', 'refused', 'refused', 'allowed'], ['SCMP_CMP_GE', 'refused', 'allowed', 'allowed'],
  ])('%s holds below, at and above its value: %s, %s, %s', (op, ...expected) => {
    expect(at(op, 16, 17, 18)).toEqual(expected);
  });
  test('of a kind that is not known is not told, unless another of the rule fails or suffices', () => {
    const odd = { index: 1, value: 3, valueTwo: 0, op: 'SCMP_CMP_ODD' };
    expect(at('SCMP_CMP_ODD', 17)).toEqual(['unclear']);
    const both = profile('SCMP_ACT_ERRNO', rule('SCMP_ACT_ALLOW', eq(0, 17), odd));
    expect(judgeCall(both, PACKET, [])).toBe('unclear');
    expect(judgeCall(both, ['socket', 2, 3, 0], [])).toBe('refused');
    const either = profile('SCMP_ACT_ERRNO', rule('SCMP_ACT_ALLOW', { ...odd, index: 0 }, eq(0, 17)));
    expect(judgeCall(either, PACKET, [])).toBe('allowed');
    expect(judgeCall(either, ['socket', 2, 3, 0], [])).toBe('unclear');
  });
  test('counts for the machine’s own architectures alone', () => {
    const on = (...includes: readonly string[]) => judgeCall(profile('SCMP_ACT_ERRNO', { ...rule('SCMP_ACT_ALLOW'), includes }), PACKET, []);
    expect([on('arch:amd64'), on('arch:arm64', 'arch:s390'), on('arch:s390', 'arch:s390x'), on()]).toEqual(['allowed', 'allowed', 'refused', 'allowed']);
  });
});

describe('what a profile leaves', () => {
  const named = (action: string, ...names: readonly string[]) => ({ names, action, args: [], includes: [], excludes: [] });
  const with_ = (seccomp: SeccompProfile, over: Partial<ReturnType<typeof aProcess>> = {}) => {
    const base = aContainer({ name: 'a' });
    return doors({ ...aProcess(), seccomp: { value: 'filter', source: '/proc/1/status' }, ...over }, { ...base, declared: { ...base.declared, seccomp } });
  };
  const only = (...rules: SeccompProfile['rules'][number][]) => with_(profile('SCMP_ACT_ERRNO', named('SCMP_ACT_ALLOW', 'sendto'), ...rules));
  const but = (...rules: SeccompProfile['rules'][number][]) => with_(profile('SCMP_ACT_ALLOW', ...rules));
  const ring = named('SCMP_ACT_ERRNO', 'io_uring_setup', 'io_uring_enter');

  test('of packet sockets for datagrams sends under its own MAC alone', () => {
    const left = only(rule('SCMP_ACT_ALLOW', eq(0, 17), eq(1, 2)));
    expect([left.packet.state, left.datagram.state]).toEqual(['shut', 'open']);
    const none = but(rule('SCMP_ACT_ERRNO', masked(0, 17)), ring);
    expect(none.datagram.state).toBe('shut');
    expect(but(rule('SCMP_ACT_ERRNO', masked(0, 17)), named('SCMP_ACT_ERRNO', 'sendto', 'sendmsg', 'sendmmsg', 'bind'), ring).datagram.reason).toBe('seccomp refuses to send');
    expect(but(rule('SCMP_ACT_ERRNO', eq(0, 17), eq(1, 2)), ring).datagram.state).toBe('open');
  });
  test('of packet sockets is enough by any one way to call for one', () => {
    for (const above of [0, 2 ** 32]) {
      for (const [family, types] of [[17, [3, 10]], [2, [10]]] as const) {
        for (const type of types) {
          for (const flags of [0, 0x80000, 0x800, 0x80800]) {
            for (const protocol of [0, 0x0300, 0x0608, 0xdd86]) {
              const left = only(rule('SCMP_ACT_ALLOW', eq(0, family + above), eq(1, type + flags), eq(2, protocol)));
              expect([family, above, type, flags, protocol, left.packet.state]).toEqual([family, above, type, flags, protocol, 'open']);
              expect(left.packet.unless).toEqual([]);
            }
          }
        }
      }
    }
    expect(only().packet.state).toBe('shut');
    expect(only(rule('SCMP_ACT_ALLOW', eq(0, 2), eq(1, 10))).icmp6.state).toBe('shut');
    expect(only(rule('SCMP_ACT_ALLOW', eq(0, 10), eq(1, 3), eq(2, 47))).icmp6.state).toBe('open');
  });
  test('of AF_XDP is a reservation, and goes past what stands on the way out', () => {
    const left = only(rule('SCMP_ACT_ALLOW', eq(0, 44), eq(1, 3)));
    expect(left.packet).toMatchObject({ state: 'open', unless: [NO_XDP] });
    expect(left.xdp).toBe(true);
    expect(left.icmp6.state).toBe('shut');
    expect(only().xdp).toBe(false);
    expect(but(rule('SCMP_ACT_ERRNO', masked(0, 44))).xdp).toBe(true);
    expect(but(rule('SCMP_ACT_ERRNO', masked(0, 44)), ring).xdp).toBe(false);
  });
  test('to a supervisor is a reservation on each channel', () => {
    const asked = with_(profile('SCMP_ACT_NOTIFY', named('SCMP_ACT_ERRNO', 'io_uring_setup')));
    for (const channel of [asked.packet, asked.icmp6, asked.admin]) expect(channel).toMatchObject({ state: 'open', unless: [expect.stringMatching(/supervisor/) as string] });
  });
  test('of taking an address is netlink of either kind, or ioctl on any socket of IP', () => {
    for (const type of [3, 2]) expect(only(rule('SCMP_ACT_ALLOW', eq(0, 16), eq(1, type), eq(2, 0))).admin).toMatchObject({ state: 'open', unless: [] });
    const ioctl = (request = 0x8916) => ({ ...named('SCMP_ACT_ALLOW', 'ioctl'), args: [eq(1, request)] });
    for (const type of [1, 2]) expect(only(ioctl(), rule('SCMP_ACT_ALLOW', eq(0, 2), eq(1, type), eq(2, 0))).admin.state).toBe('open');
    expect(only(ioctl()).admin.state).toBe('shut');
    expect(only(ioctl(0x5401), rule('SCMP_ACT_ALLOW', eq(0, 2), eq(1, 2))).admin.state).toBe('shut');
    expect(only(rule('SCMP_ACT_ALLOW', eq(0, 2), eq(1, 2))).admin.state).toBe('shut');
  });
  test('of io_uring takes both of its calls', () => {
    const sockets = named('SCMP_ACT_ERRNO', 'socket');
    expect(but(sockets).icmp6.unless.join()).toContain('io_uring');
    for (const one of ['io_uring_setup', 'io_uring_enter']) expect(but(sockets, named('SCMP_ACT_ERRNO', one)).icmp6.state).toBe('shut');
  });
  test('of sending: by any call, by write to what is bound, or by io_uring', () => {
    const send = named('SCMP_ACT_ERRNO', 'sendto', 'sendmsg', 'sendmmsg');
    const write = named('SCMP_ACT_ERRNO', 'write', 'writev', 'pwritev', 'pwritev2', 'sendfile', 'splice');
    const states = (...rules: SeccompProfile['rules'][number][]) => [but(...rules).packet.state, but(...rules).open.state];
    expect(states(send, ring)).toEqual(['open', 'open']);
    expect(states(send, ring, named('SCMP_ACT_ERRNO', 'bind'))).toEqual(['shut', 'open']);
    expect(states(send, ring, write)).toEqual(['shut', 'shut']);
    expect(states(send, write)).toEqual(['open', 'open']);
    expect(states(send, write, named('SCMP_ACT_ERRNO', 'io_uring_enter'))).toEqual(['shut', 'shut']);
    for (const one of ['sendto', 'sendmsg', 'sendmmsg']) expect(states({ ...send, names: send.names.filter((n) => n !== one) }, ring, write)).toEqual(['open', 'open']);
  });
  test('is refused in strict mode, but for what is open and bound; all is open without a filter', () => {
    const own = profile('SCMP_ACT_ERRNO');
    const strict = with_(own, { seccomp: { value: 'strict', source: '' } });
    expect([strict.packet.state, strict.icmp6.state, strict.admin.state, strict.open.state, strict.xdp]).toEqual(['shut', 'shut', 'shut', 'open', false]);
    const none = with_(own, { seccomp: { value: 'disabled', source: '' } });
    expect([none.packet.state, none.icmp6.state, none.admin.state, none.open.state, none.xdp]).toEqual(['open', 'open', 'open', 'open', true]);
  });
  test('by a filter that was not read, or that the program itself added, is a reservation', () => {
    const unread = { packet: { state: 'open', unless: [expect.stringMatching(/content was not read/) as string] } };
    expect(with_({ kind: 'unconfined', defaultAction: '', rules: [] })).toMatchObject(unread);
    expect(with_(profile(''))).toMatchObject(unread);
    expect(with_({ kind: 'default', defaultAction: '', rules: [] }).packet.unless).toEqual([]);
    const two = { seccompFilters: { value: 2, source: '' } };
    for (const p of [profile('SCMP_ACT_ALLOW', ring), { kind: 'default' as const, defaultAction: '', rules: [] }]) {
      expect(with_(p, two).packet.unless.join()).toContain('a further seccomp filter');
      expect(with_(p, two).open.unless.join()).toContain('a further seccomp filter');
      expect(with_(p, { seccompFilters: { value: 1, source: '' } }).packet.unless).toEqual([]);
    }
    expect(with_(profile('SCMP_ACT_ERRNO'), two).packet).toMatchObject({ state: 'shut', unless: [] });
  });
  test('to 32-bit programs is all of socketcall where one family is admitted by a rule that a pointer meets', () => {
    const both = { architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86'] };
    const on = (...rules: SeccompProfile['rules'][number][]) => with_({ ...profile('SCMP_ACT_ERRNO', named('SCMP_ACT_ALLOW', 'sendto'), ...rules), ...both }).packet.state;
    expect(on(rule('SCMP_ACT_ALLOW', eq(0, 2)))).toBe('open');
    expect(on(rule('SCMP_ACT_ALLOW', eq(0, 2), eq(0, 1)))).toBe('open');
    expect(on(rule('SCMP_ACT_ALLOW', eq(0, 2), eq(1, 1)))).toBe('shut');
    expect(on({ ...rule('SCMP_ACT_ALLOW', eq(0, 2)), names: ['bind'] })).toBe('shut');
    expect(on({ ...named('SCMP_ACT_ALLOW', 'socketcall'), args: [eq(0, 1)] })).toBe('open');
    expect(on({ ...named('SCMP_ACT_ALLOW', 'socketcall'), args: [eq(0, 2)] })).toBe('shut');
  });
});
