import { expect, test } from 'vitest';
import { DEFAULT_PROFILE, parseProfile, seccompOf, UNCONFINED, UNREADABLE } from './seccomp.js';

const engine = ['name=seccomp,profile=default'];

test('its own option decides, then privileged, then the engine’s default', () => {
  expect(seccompOf(['seccomp=unconfined'], false, engine)).toEqual(UNCONFINED);
  expect(seccompOf(['seccomp:unconfined'], false, engine)).toEqual(UNCONFINED);
  expect(seccompOf(['seccomp=builtin'], true, engine)).toEqual(DEFAULT_PROFILE);
  expect(seccompOf([], true, engine)).toEqual(UNCONFINED);
  expect(seccompOf([], false, engine)).toEqual(DEFAULT_PROFILE);
});

test('an engine without seccomp confines nothing; one with a profile of its own is not readable', () => {
  expect(seccompOf([], false, ['name=apparmor'])).toEqual(UNCONFINED);
  expect(seccompOf([], false, ['name=seccomp,profile=unconfined'])).toEqual(UNCONFINED);
  expect(seccompOf([], false, ['name=seccomp,profile=/etc/docker/mine.json'])).toEqual(UNREADABLE);
  expect(seccompOf([], false, ['name=seccomp,profile=/usr/share/containers/seccomp.json'])).toEqual(DEFAULT_PROFILE);
});

test('a custom profile is read with its arguments and conditions', () => {
  const text = JSON.stringify({
    defaultAction: 'SCMP_ACT_ALLOW',
    architectures: ['SCMP_ARCH_X86_64'],
    syscalls: [
      { names: ['socket'], action: 'SCMP_ACT_ERRNO', args: [{ index: 0, value: 17, op: 'SCMP_CMP_EQ' }], excludes: { caps: ['CAP_SYS_ADMIN'], arches: ['s390x'] }, includes: { minKernel: '4.8' } },
      { name: 'ptrace', action: 'SCMP_ACT_KILL', args: null },
    ],
  });
  expect(seccompOf([`seccomp=${text}`], false, engine)).toEqual({
    kind: 'custom',
    defaultAction: 'SCMP_ACT_ALLOW',
    architectures: ['SCMP_ARCH_X86_64'],
    rules: [
      { names: ['socket'], action: 'SCMP_ACT_ERRNO', args: [{ index: 0, value: 17, valueTwo: 0, op: 'SCMP_CMP_EQ' }], includes: ['kernel:4.8'], excludes: ['CAP_SYS_ADMIN', 'arch:s390x'] },
      { names: ['ptrace'], action: 'SCMP_ACT_KILL', args: [], includes: [], excludes: [] },
    ],
  });
});

test('what is no profile lets nothing be concluded', () => {
  for (const text of ['', 'x', '{}', '[]', '{"defaultAction":1}', '/etc/profile.json']) expect(parseProfile(text)).toEqual(UNREADABLE);
});
