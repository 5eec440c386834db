import { describe, expect, test } from 'vitest';
import { castSpec, world, type WorkloadSpec } from '../../../test/cast/cast.js';
import { known, unknown, type Container, type ProcessFacts, type SeccompProfile, type Snapshot } from '../model/index.js';
import { explain } from './index.js';

const LAN = { name: 'lan', prefix: '172.20.0', device: 'br-lan' };
const FAR = { name: 'far', prefix: '172.21.0', device: 'br-far' };
const ENTERS = ['CAP_SYS_ADMIN', 'CAP_NET_ADMIN'];
/** `a`, on another network, sees the host's processes; it writes the table of `v`. */
const host = (a: Partial<WorkloadSpec> = {}): Snapshot => world({ ...castSpec(3), filters: 'none', networks: [LAN, FAR], slices: [], talks: [], workloads: [{ name: 'v', on: { lan: { at: 4 } }, caps: [], bounding: [], uid: 0 }, { name: 'x', on: { lan: { at: 3 } } }, { name: 'a', on: { far: { at: 2 } }, join: { pid: 'host' }, caps: ENTERS, ...a }] });
const id = (s: Snapshot, name: string): string => s.containers.find((c) => c.name === name)?.id ?? name;
const chain = (s: Snapshot, to = 'v') => explain(s, id(s, 'a'), to === 'host' ? to : id(s, to)).find((v) => v.technique === 'table-write');
const said = (s: Snapshot, to = 'v') => chain(s, to)?.verdict ?? 'blocked';
const changed = (s: Snapshot, over: (c: Container) => Partial<Container>, name = 'a'): Snapshot => ({ ...s, containers: s.containers.map((c) => (c.name === name ? { ...c, ...over(c) } : c)) });
const processes = (s: Snapshot, over: (p: ProcessFacts) => Partial<ProcessFacts>, name = 'a'): Snapshot => changed(s, (c) => ({ processes: c.processes.map((p) => ({ ...p, ...over(p) })) }), name);
const denied = unknown('denied', '/proc/9');

describe('who enters another’s net namespace', () => {
  test('takes CAP_SYS_ADMIN for that, and CAP_NET_ADMIN to write there', () => {
    expect(said(host())).toBe('possible');
    for (const cap of ENTERS) expect(said(host({ caps: [cap], bounding: [cap] }))).toBe('blocked');
    expect(said(processes(host(), (p) => ({ capabilities: { ...p.capabilities, effective: denied, permitted: denied } })))).toBe('unknown');
  });
  test('may gain these by a program that it starts, unless it may gain nothing', () => {
    const user = { caps: [], bounding: ENTERS, uid: 1000 };
    expect(said(host(user))).toBe('latent');
    expect(said(host({ ...user, noNewPrivs: true }))).toBe('blocked');
    expect(said(host({ ...user, bounding: ['CAP_NET_ADMIN'] }))).toBe('blocked');
  });
  test('must see it: not from pids of its own, and nobody knows where whose pids it sees was not read', () => {
    expect(said(host({ join: {} }))).toBe('blocked');
    expect(said(changed(host(), (c) => ({ namespaces: { ...c.namespaces, pid: { inode: denied, owner: denied } } })))).not.toBe('possible');
    expect(said(host({ join: { pid: 'v' } }))).toBe('possible');
    expect(said(host({ join: { pid: 'x' } }))).toBe('blocked');
  });
  test('must count there: not from a user namespace of its own', () => {
    const apart = { ownUserNs: true, join: { pid: 'host' } };
    expect(said(host(apart))).toBe('blocked');
    const blind = processes(host(apart), (p) => ({ namespaces: { ...p.namespaces, user: denied } }));
    expect(said(blind)).toBe('unknown');
    const first = [{ inside: 0, outside: 0, length: 4_294_967_295 }];
    expect(said(processes(blind, () => ({ uidMap: known(first, '') })))).toBe('possible');
    for (const map of [[...first, ...first], [{ inside: 0, outside: 1, length: 4_294_967_295 }], [{ inside: 0, outside: 0, length: 65_536 }], []]) expect(said(processes(blind, () => ({ uidMap: known(map, '') })))).toBe('unknown');
  });
  test('is refused setns(2) by the engine’s profile, but where it was started with CAP_SYS_ADMIN', () => {
    // What came later by `docker exec --privileged` is under the profile of the container.
    const later = (seccomp?: 'off') => {
      const s = host({ caps: [], bounding: [], ...(seccomp === undefined ? {} : { seccomp }) });
      return changed(s, (c) => ({ processes: [...c.processes, ...c.processes.map((p) => ({ ...p, pid: p.pid + 1, capabilities: { ...p.capabilities, effective: known(ENTERS, ''), permitted: known(ENTERS, '') } }))] }));
    };
    expect(said(later())).toBe('blocked');
    expect(said(later('off'))).toBe('possible');
  });
  test('passes a profile of its own where that lets setns(2) through; one that was not read is a reservation', () => {
    const under = (seccomp: SeccompProfile): Snapshot => changed(processes(host(), () => ({ seccomp: known('filter', '') })), (c) => ({ declared: { ...c.declared, seccomp } }));
    const rule = { names: ['setns'], action: 'SCMP_ACT_ERRNO', args: [], includes: [], excludes: [] };
    expect(said(under({ kind: 'custom', defaultAction: 'SCMP_ACT_ALLOW', rules: [] }))).toBe('possible');
    expect(said(under({ kind: 'custom', defaultAction: 'SCMP_ACT_ALLOW', rules: [rule] }))).toBe('blocked');
    expect(said(under({ kind: 'unconfined', defaultAction: '', rules: [] }))).toBe('possible');
    expect(chain(under({ kind: 'custom', defaultAction: '', rules: [] }))?.unless.join()).toContain('seccomp refuses setns');
    expect(chain(under({ kind: 'custom', defaultAction: 'SCMP_ACT_ALLOW', rules: [] }))?.unless.join()).not.toContain('setns');
  });
  test('opens the namespace of who holds no more than it does, or with CAP_SYS_PTRACE', () => {
    const reserved = (s: Snapshot): boolean => chain(s)?.unless.some((u) => u.includes('ptrace rights')) === true;
    const holds = (caps: readonly string[], s = host()): Snapshot => processes(s, (p) => ({ capabilities: { ...p.capabilities, permitted: known(caps, '') } }), 'v');
    expect(said(holds(['CAP_NET_RAW']))).toBe('blocked');
    expect(said(holds(['CAP_NET_ADMIN']))).toBe('possible');
    expect(said(holds(['CAP_NET_ADMIN', 'CAP_NET_RAW']))).toBe('blocked');
    expect(said(holds(['CAP_NET_RAW'], host({ caps: [...ENTERS, 'CAP_SYS_PTRACE'] })))).toBe('possible');
    // What it may gain by a program that it starts is latent; nobody knows where rights were not read.
    expect(said(holds(['CAP_NET_RAW'], host({ bounding: [...ENTERS, 'CAP_NET_RAW'] })))).toBe('latent');
    expect(said(holds(['CAP_NET_RAW'], host({ bounding: [...ENTERS, 'CAP_SYS_PTRACE'] })))).toBe('latent');
    expect(said(holds(['CAP_NET_RAW'], host({ bounding: [...ENTERS, 'CAP_NET_RAW'], noNewPrivs: true })))).toBe('blocked');
    expect(reserved(holds(['CAP_NET_ADMIN']))).toBe(false);
    expect(reserved(processes(host(), (p) => ({ capabilities: { ...p.capabilities, permitted: denied } }), 'v'))).toBe(true);
  });
});

describe('another user’s net namespace', () => {
  const other = (a: Partial<WorkloadSpec>): string => said(processes(host({ bounding: a.caps ?? ENTERS, ...a }), () => ({ uid: known(1000, '') }), 'v'));
  test('is not opened by who is not that user', () => expect(other({})).toBe('blocked'));
  test('is by who may become it', () => {
    expect(other({ caps: [...ENTERS, 'CAP_SETUID', 'CAP_SETGID'] })).toBe('possible');
    for (const cap of ['CAP_SETUID', 'CAP_SETGID']) expect(other({ caps: [...ENTERS, cap] })).toBe('blocked');
  });
});

describe('who traces the host’s processes', () => {
  const PTRACE = { caps: ['CAP_SYS_PTRACE'], bounding: ['CAP_SYS_PTRACE'] };
  test('writes every table by them, also of one whose namespace it shares', () => {
    expect(said(host(PTRACE))).toBe('possible');
    expect(said(host({ ...PTRACE, on: {}, join: { pid: 'host', net: 'v' } }))).toBe('possible');
    expect(said(host({ ...PTRACE, join: { pid: 'v' } }))).toBe('blocked');
    expect(said(host({ ...PTRACE, on: {}, join: { net: 'v' } }))).toBe('blocked');
  });
  test('does so from no user namespace of its own', () => expect(said(host({ ...PTRACE, ownUserNs: true, join: { pid: 'host' } }))).toBe('blocked'));
  test('may be kept from it by its profile, where a security module is in effect', () => {
    const s = processes(host(PTRACE), () => ({ lsm: known('docker-default (enforce)', '') }));
    const with_ = (lsms: readonly string[]) => chain({ ...s, host: { ...s.host, lsms: known(lsms, '') } })?.unless.join() ?? '';
    expect(with_(['apparmor'])).toContain('docker-default');
    expect(with_(['capability'])).toBe('');
    expect(chain({ ...host({ ...PTRACE, lsm: 'unconfined' }), host: { ...s.host, lsms: known(['apparmor'], '') } })?.unless.join()).toBe('');
  });
});

describe('who shares the victim’s net namespace', () => {
  const shares = (caps: readonly string[]) => host({ on: {}, join: { net: 'v' }, caps, bounding: caps });
  test('writes its table with CAP_NET_ADMIN, whatever it sees and whatever seccomp says of entering', () => {
    expect(said(shares(['CAP_NET_ADMIN']))).toBe('possible');
    expect(said(shares(['CAP_SYS_ADMIN']))).toBe('blocked');
  });
  test('is unknown where none of its processes was read', () => expect(said(changed(shares(['CAP_NET_ADMIN']), () => ({ processes: [], process: null })))).toBe('unknown'));
});
