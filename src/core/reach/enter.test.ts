import { describe, expect, test } from 'vitest';
import { castSpec, world, type WorkloadSpec } from '../../../test/cast/cast.js';
import type { Snapshot } from '../model/index.js';
import { explain, judge, type Technique } from './index.js';

const LAN = { name: 'lan', prefix: '172.20.0', device: 'br-lan' };
const FAR = { name: 'far', prefix: '172.21.0', device: 'br-far' };
const RIGHTS = ['CAP_SYS_ADMIN', 'CAP_SYS_PTRACE', 'CAP_NET_RAW', 'CAP_NET_ADMIN'];
/** `a` is on another network, `x` and `v` are on one; one of the first two may be in the other's pid namespace. */
const plain = (a: Partial<WorkloadSpec>, x: Partial<WorkloadSpec> = {}): Snapshot =>
  world({ ...castSpec(3), filters: 'none', networks: [LAN, FAR], slices: [], talks: [], workloads: [{ name: 'a', on: { far: { at: 2 } }, ...a }, { name: 'x', on: { lan: { at: 3 } }, ...x }, { name: 'v', on: { lan: { at: 4 } } }] });
const host = plain;
const id = (s: Snapshot, name: string): string => s.containers.find((c) => c.name === name)?.id ?? name;
const said = (s: Snapshot, from: string, to: string, technique: Technique = 'arp-spoof') => explain(s, id(s, from), id(s, to)).find((v) => v.technique === technique);
const grouped = (s: Snapshot, from: string, to: string) => judge(s).segments.flatMap((g) => g.attackers.filter((a) => a.id === id(s, from)).flatMap((a) => a.groups)).find((g) => g.victims.includes(id(s, to)));

describe('who is in one pid namespace with another', () => {
  test('sends from the other’s net namespace where it may enter it', () => {
    const s = host({ join: { pid: 'x' }, caps: RIGHTS });
    expect(said(s, 'a', 'v')?.verdict).toBe('possible');
    expect(said(s, 'a', 'v')?.impersonates).not.toContain(id(s, 'x'));
    expect(grouped(s, 'a', 'v')?.verdict).toBe('possible');
    // What leaves the victim's own namespace does not come back to it; its table it writes.
    expect(said(s, 'a', 'x')?.verdict).toBe('blocked');
    expect(said(s, 'a', 'x', 'table-write')?.verdict).toBe('possible');
  });
  test('does not without the rights for that, nor with pids of its own', () => {
    for (const s of [host({ join: { pid: 'x' }, caps: ['CAP_NET_RAW'] }), host({ caps: RIGHTS })]) expect(said(s, 'a', 'v')?.verdict ?? 'blocked').toBe('blocked');
  });
  test('takes each of them, in a user namespace above, and setns(2)', () => {
    const own = (a: Partial<WorkloadSpec>): string => said(host({ join: { pid: 'x' }, uid: 1000, ...a }, { caps: [], bounding: [], uid: 1000 }), 'a', 'v')?.verdict ?? 'blocked';
    const two = ['CAP_SYS_ADMIN', 'CAP_NET_RAW'];
    expect(own({ caps: two })).toBe('possible');
    for (const cap of two) expect(own({ caps: [cap], bounding: [cap] })).toBe('blocked');
    expect(own({ caps: two, ownUserNs: true, join: { pid: 'x' } })).toBe('blocked');
    expect(own({ caps: [], bounding: two })).toBe('latent');
    expect(own({ caps: [], bounding: two, noNewPrivs: true })).toBe('blocked');
    // What came later with more rights is under the profile that the container was started with.
    const later = (seccomp?: 'off'): string => {
      const s = host({ join: { pid: 'x' }, uid: 1000, caps: [], bounding: [], ...(seccomp === undefined ? {} : { seccomp }) }, { caps: [], bounding: [], uid: 1000 });
      const sets = { effective: { value: two, source: '' }, permitted: { value: two, source: '' } };
      return said({ ...s, containers: s.containers.map((c) => (c.name === 'a' ? { ...c, processes: [...c.processes, ...c.processes.map((p) => ({ ...p, pid: 99_999, capabilities: { ...p.capabilities, ...sets } }))] } : c)) }, 'a', 'v')?.verdict ?? 'blocked';
    };
    expect([later(), later('off')]).toEqual(['blocked', 'possible']);
  });
  test('is known by the engine’s word where the pid namespace was not read, and by its number where the engine says nothing', () => {
    const told = (pid: (p: Snapshot['containers'][number]['namespaces']['pid']) => object, s = host({ join: { pid: 'x' }, caps: RIGHTS })) => said({ ...s, containers: s.containers.map((c) => ({ ...c, namespaces: { ...c.namespaces, pid: { ...c.namespaces.pid, ...pid(c.namespaces.pid) } } })) }, 'a', 'x', 'table-write')?.verdict;
    const unread = { inode: { unknown: 'denied', source: '' } };
    expect(told(() => unread)).toBe('possible');
    expect(told(() => unread, host({ caps: RIGHTS }))).not.toBe('possible');
    expect(told(() => ({ owner: { value: 'own', source: '' } }))).toBe('possible');
  });
  test('sends by a port that lets it through, and by no other', () => {
    const isolated = (names: readonly string[], a: Partial<WorkloadSpec>): string => {
      const s = world({ ...castSpec(3), filters: 'none', networks: [LAN, FAR], slices: [], talks: [], workloads: [{ name: 'a', on: { far: { at: 2 } }, ...a }, ...['x', 'v'].map((name, i) => ({ name, on: { lan: { at: i + 3, isolated: names.includes(name) } } }))] });
      return said(s, 'a', 'v')?.verdict ?? 'blocked';
    };
    for (const a of [{ join: { pid: 'x' }, caps: RIGHTS }, { join: { pid: 'x' }, caps: ['CAP_SYS_PTRACE'], bounding: ['CAP_SYS_PTRACE'] }]) {
      expect(isolated(['x'], a)).toBe('possible');
      expect(isolated(['x', 'v'], a)).toBe('blocked');
    }
  });
  test('is seen by the one whose namespace it joined', () => {
    const s = host({ join: { pid: 'x' } }, { caps: RIGHTS });
    expect(said(s, 'x', 'a', 'table-write')?.verdict).toBe('possible');
    expect(grouped(s, 'x', 'a')?.verdict).toBe('possible');
  });
});

describe('who may trace a process of another', () => {
  /** Without Yama, or as it is set. */
  const host = (a: Partial<WorkloadSpec>, x: Partial<WorkloadSpec> = {}, scope = 0): Snapshot => {
    const s = plain(a, x);
    return { ...s, host: { ...s.host, ptraceScope: { value: scope, source: '/proc/sys/kernel/yama/ptrace_scope' } } };
  };
  const NONE = { caps: [], bounding: [] };
  const permits = (s: Snapshot, name: string, over: { readonly uid?: number; readonly user?: number; readonly lsm?: string }): Snapshot => ({
    ...s,
    containers: s.containers.map((c) => (c.name !== name ? c : { ...c, processes: c.processes.map((p) => ({ ...p, ...(over.uid === undefined ? {} : { uid: { value: over.uid, source: '' } }), ...(over.lsm === undefined ? {} : { lsm: { value: over.lsm, source: '' } }) })) })),
  });
  test('sends by it: its like in one pid namespace, and with CAP_SYS_PTRACE anybody there', () => {
    const like = host({ join: { pid: 'x' }, caps: ['CAP_NET_RAW'], bounding: ['CAP_NET_RAW'] }, { caps: ['CAP_NET_RAW'], bounding: ['CAP_NET_RAW'] });
    expect(said(like, 'a', 'v')?.verdict).toBe('possible');
    expect(said(like, 'a', 'v')?.impersonates).not.toContain(id(like, 'x'));
    expect(grouped(like, 'a', 'v')?.verdict).toBe('possible');
    const tracer = host({ join: { pid: 'x' }, caps: ['CAP_SYS_PTRACE'], bounding: ['CAP_SYS_PTRACE'] });
    expect(said(tracer, 'a', 'v')).toMatchObject({ verdict: 'possible' });
  });
  test('not who holds less, or is another user', () => {
    expect(said(host({ join: { pid: 'x' }, ...NONE }), 'a', 'v')?.verdict ?? 'blocked').toBe('blocked');
    const like = host({ join: { pid: 'x' } });
    expect(said(like, 'a', 'v')?.verdict).toBe('possible');
    // Another user who may become any is one of its like.
    expect(said(permits(like, 'a', { uid: 1000 }), 'a', 'v')?.verdict).toBe('possible');
    const raw = host({ join: { pid: 'x' }, caps: ['CAP_NET_RAW'], bounding: ['CAP_NET_RAW'] }, { caps: ['CAP_NET_RAW'], bounding: ['CAP_NET_RAW'] });
    expect(said(permits(raw, 'a', { uid: 1000 }), 'a', 'v')?.verdict ?? 'blocked').toBe('blocked');
  });
  test('sees everybody in the host’s pid namespace, and nobody in its own', () => {
    const s = host({ join: { pid: 'host' } });
    expect(said(s, 'a', 'v')?.verdict).toBe('possible');
    expect(grouped(s, 'a', 'v')?.verdict).toBe('possible');
    expect(said(host({}), 'a', 'v')?.verdict ?? 'blocked').toBe('blocked');
  });
  test('writes by the victim’s own process in its table, where that one may', () => {
    const admin = { caps: ['CAP_NET_ADMIN'], bounding: ['CAP_NET_ADMIN'] };
    const s = host({ join: { pid: 'x' }, caps: ['CAP_SYS_PTRACE'], bounding: ['CAP_SYS_PTRACE'] }, admin);
    expect(said(s, 'a', 'x', 'table-write')?.verdict).toBe('possible');
    expect(grouped(s, 'a', 'x')?.verdict).toBe('possible');
  });
  test('another profile of a security module is a reservation', () => {
    const s = permits(host({ join: { pid: 'x' } }), 'x', { lsm: 'other (enforce)' });
    const lsm = (list: readonly string[]): Snapshot => {
      const { ptraceScope: _, ...rest } = s.host;
      return { ...permits(s, 'a', { lsm: 'docker-default (enforce)' }), host: { ...rest, lsms: { value: list, source: '' } } };
    };
    expect(said(lsm(['apparmor']), 'a', 'v')?.unless.join()).toContain('docker-default');
    expect(said(lsm(['yama']), 'a', 'v')?.unless.join()).toContain('Yama');
    expect(said(lsm([]), 'a', 'v')?.unless.join()).not.toMatch(/docker-default|Yama/);
  });
  test('Yama keeps its like from that, and whoever holds CAP_SYS_PTRACE only where it lets nobody', () => {
    const verdicts = (a: Partial<WorkloadSpec>) => [0, 1, 2, 3].map((scope) => said(host({ join: { pid: 'x' }, ...a }, {}, scope), 'a', 'v')?.verdict ?? 'blocked');
    expect(verdicts({})).toEqual(['possible', 'blocked', 'blocked', 'blocked']);
    expect(verdicts({ caps: ['CAP_SYS_PTRACE'], bounding: ['CAP_SYS_PTRACE'] })).toEqual(['possible', 'possible', 'possible', 'blocked']);
  });
});
