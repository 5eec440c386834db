import { describe, expect, test } from 'vitest';
import { DEFAULT_CAPS, castSpec, world, type WorkloadSpec } from '../../../test/cast/cast.js';
import { known, type Snapshot } from '../model/index.js';
import { explain, judge, type Technique } from './index.js';

const LAN = { name: 'lan', prefix: '172.20.0', device: 'br-lan' };
const FAR = { name: 'far', prefix: '172.21.0', device: 'br-far' };
/** `a` is on another network, with pids of its own. */
const host = (at: string | null, writable: boolean, a: Partial<WorkloadSpec> = {}): Snapshot => {
  const s = world({ ...castSpec(3), filters: 'none', networks: [LAN, FAR], slices: [], talks: [], workloads: [{ name: 'a', on: { far: { at: 2 } }, mounts: at === null ? [] : [{ host: at, at: '/host', writable }], ...a }, { name: 'x', on: { lan: { at: 3 } } }, { name: 'v', on: { lan: { at: 4 } } }] });
  return { ...s, host: { ...s.host, ptraceScope: known(0, '/proc/sys/kernel/yama/ptrace_scope') } };
};
/** As it is read: the kernel tells no place on the host for a /proc, and of one that may only be read nothing; of tmpfs neither. */
const asRead = (s: Snapshot): Snapshot => ({
  ...s,
  containers: s.containers.map((c) => (c.mounts !== undefined && 'value' in c.mounts ? { ...c, mounts: known(c.mounts.value.filter((m) => (m.fstype !== 'proc' || m.writable) && !m.host.startsWith('/run') && !m.host.startsWith('/var/run')).map((m) => ({ ...m, host: m.fstype === 'proc' ? '' : m.host })), '') } : c)),
});
const id = (s: Snapshot, name: string): string => name === 'host' ? name : s.containers.find((c) => c.name === name)?.id ?? name;
const said = (s: Snapshot, technique: Technique = 'arp-spoof', to = 'v') => explain(s, id(s, 'a'), id(s, to)).find((v) => v.technique === technique)?.verdict ?? 'blocked';
const ADMIN = { caps: ['CAP_SYS_ADMIN', 'CAP_NET_RAW', 'CAP_NET_ADMIN'] };

describe('a writable mount of the host’s /proc', () => {
  test('is the memory of everybody’s processes: its holder sends from any wire by its like', () => {
    const s = asRead(host('/proc', true));
    expect(said(s)).toBe('possible');
    const grouped = judge(s).segments.flatMap((g) => g.attackers.filter((a) => a.id === id(s, 'a')).flatMap((a) => a.groups));
    expect(grouped.find((g) => g.victims.includes(id(s, 'v')))?.verdict).toBe('possible');
  });
  test('is none to who holds less than those, nor with Yama, nor to be read alone', () => {
    expect(said(asRead(host('/proc', true, { caps: [], bounding: [] })))).toBe('blocked');
    const s = asRead(host('/proc', true));
    expect(said({ ...s, host: { ...s.host, ptraceScope: known(1, '') } })).toBe('blocked');
    expect(said(asRead(host('/proc', false)))).toBe('blocked');
    expect(said(asRead(host(null, true)))).toBe('blocked');
  });
  test('with CAP_SYS_PTRACE has the host’s processes, and writes every table', () => {
    expect(said(asRead(host('/proc', true, { caps: ['CAP_SYS_PTRACE'] })), 'table-write')).toBe('possible');
    expect(said(asRead(host('/proc', false, { caps: ['CAP_SYS_PTRACE'] })), 'table-write')).toBe('blocked');
  });
});

describe('a mount by which the host’s net namespaces have names', () => {
  test.each(['/', '/run', '/var/run', '/run/docker', '/var/run/docker/netns', '/run/netns', '/proc'])('%s lets who may enter them do so, from any network', (path) => {
    const s = asRead(host(path, false, ADMIN));
    expect(said(s)).toBe('possible');
    // By the processes there it takes all that they hold, by a name nothing.
    const same = asRead(host(path, false, { caps: [...ADMIN.caps, ...DEFAULT_CAPS] }));
    expect(said(path === '/proc' ? same : s, 'table-write')).toBe('possible');
    expect(said(asRead(host(path, false)), 'table-write')).toBe('blocked');
    expect(judge(s).segments.some((g) => g.attackers.some((a) => a.id === id(s, 'a') && a.groups.some((x) => x.verdict === 'possible' && x.victims.includes(id(s, 'v')))))).toBe(true);
  });
  test.each(['/run/docker.sock', '/srv', '/proc/sys', '/run/user'])('%s does not', (path) => {
    expect(said(asRead(host(path, false, ADMIN)))).toBe('blocked');
    expect(said(asRead(host(path, false, ADMIN)), 'table-write')).toBe('blocked');
  });
  test('names the engine’s own, of whatever kind the host’s tree is', () => {
    expect(said(host('/', true, ADMIN))).toBe('possible');
  });
});

describe('a file of one net namespace', () => {
  const held = (s: Snapshot, name: string, path: (key: string) => string): Snapshot => {
    const net = s.containers.find((c) => c.name === name)?.net ?? '';
    return { ...s, namespaces: s.namespaces.map((n) => (n.type === 'net' && `net:${n.inode}` === net ? { ...n, heldBy: [path(net)] } : n)) };
  };
  const bound = (at: string, a: Partial<WorkloadSpec> = ADMIN): Snapshot => held(asRead(host(at, false, a)), 'v', () => '/run/docker/netns/0123456789ab');
  test('lets who may enter a namespace into that one, and no other', () => {
    const s = bound('/var/run/docker/netns/0123456789ab');
    expect(said(s, 'table-write')).toBe('possible');
    expect(said(s, 'table-write', 'x')).toBe('blocked');
    expect(said(bound('/run/docker/netns/0123456789ab', { caps: ['CAP_NET_ADMIN'] }), 'table-write')).toBe('blocked');
    expect(said(bound('/run/docker/netns/other'), 'table-write')).toBe('blocked');
    const grouped = judge(s).segments.flatMap((g) => g.attackers.filter((a) => a.id === id(s, 'a')).flatMap((a) => a.groups));
    expect(grouped.find((g) => g.victims.includes(id(s, 'v')))?.verdict).toBe('possible');
  });
  test('is asked for no rights over a process there', () => {
    expect(explain(bound('/run/docker/netns/0123456789ab'), id(bound(''), 'a'), id(bound(''), 'v')).find((v) => v.technique === 'table-write')?.unless).toEqual([]);
  });
  test.each(['fd/7', 'root/door'])('is one that is kept open or was found bound into it: %s', (at) => {
    const s = asRead(host(null, false, ADMIN));
    const pid = s.containers.find((c) => c.name === 'a')?.pid;
    expect(said(held(s, 'v', () => `/proc/${pid}/${at}`), 'table-write')).toBe('possible');
    expect(said(held(s, 'v', () => `/proc/${pid}/maps`), 'table-write')).toBe('blocked');
    expect(said(held(s, 'v', () => `/proc/1/${at}`), 'table-write')).toBe('blocked');
    // Sends from there as well, where that is another’s wire than the victim’s.
    expect(said(held(s, 'x', () => `/proc/${pid}/${at}`))).toBe('possible');
  });
  test('found in it, of those that the folder named when it began, is worth more than the folder’s name', () => {
    const s = asRead(host('/run/docker/netns', false, ADMIN));
    const pid = s.containers.find((c) => c.name === 'a')?.pid;
    const seen = held(s, 'x', () => `/proc/${pid}/root/host/0123456789ab`);
    expect(said(seen, 'table-write', 'x')).toBe('possible');
    expect(said(seen, 'table-write', 'v')).toBe('blocked');
  });
  test('of the first process is the host’s', () => {
    const s = asRead(host('/proc/1/ns/net', false, ADMIN));
    expect(said(s)).toBe('possible');
    expect(said(s, 'table-write', 'host')).toBe('possible');
    expect(said(asRead(host('/proc/1/ns/net', false)), 'table-write', 'host')).toBe('blocked');
  });
});
