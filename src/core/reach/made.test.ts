import { describe, expect, test } from 'vitest';
import { castSpec, world, type WorkloadSpec } from '../../../test/cast/cast.js';
import { known, unknown, type ProcessFacts, type Snapshot } from '../model/index.js';
import { explain, judge, type Technique } from './index.js';

const LAN = { name: 'lan', prefix: '172.20.0', device: 'br-lan' };
const BARE = { caps: [], bounding: [] } as const;
/** `x` and `v` are remapped, each into a user namespace of its own that root made; `a` is in the first one and holds nothing. */
const host = (a: Partial<WorkloadSpec>, x: Partial<WorkloadSpec> = {}): Snapshot => {
  const s = world({ ...castSpec(3), filters: 'none', networks: [LAN], slices: [], talks: [], workloads: [{ name: 'x', on: { lan: { at: 3 } }, ownUserNs: true, ...x }, { name: 'v', on: { lan: { at: 4 } }, ownUserNs: true }, { name: 'a', ...BARE, ...a }] });
  return { ...s, host: { ...s.host, ptraceScope: known(1, '/proc/sys/kernel/yama/ptrace_scope') } };
};
const id = (s: Snapshot, name: string): string => s.containers.find((c) => c.name === name)?.id ?? name;
const chain = (s: Snapshot, to = 'v', technique: Technique = 'arp-spoof') => explain(s, id(s, 'a'), id(s, to)).find((v) => v.technique === technique);
const said = (s: Snapshot, to = 'v', technique: Technique = 'arp-spoof') => chain(s, to, technique)?.verdict ?? 'blocked';
const processes = (s: Snapshot, name: string, over: (p: ProcessFacts) => Partial<ProcessFacts>): Snapshot => ({ ...s, containers: s.containers.map((c) => (c.name === name ? { ...c, processes: c.processes.map((p) => ({ ...p, ...over(p) })) } : c)) });
/** As an ordinary user reads: no number of a namespace of others, no owner. */
const unread = (s: Snapshot): Snapshot => {
  const denied = unknown('denied', 'ioctl');
  const blind = (p: ProcessFacts): Partial<ProcessFacts> => ({ namespaces: { ...p.namespaces, user: denied } });
  const t = ['a', 'x', 'v'].reduce((all, name) => processes(all, name, blind), s);
  return { ...t, nets: t.nets.map((n) => ({ ...n, ownerUserNs: denied })), namespaces: t.namespaces.map((n) => ({ ...n, ownerUserNs: denied, parent: denied })) };
};

describe('root of the user namespace above, without any capability', () => {
  const joined = host({ join: { net: 'x' } });
  test('has all of them in the net namespace of a remapped one', () => {
    expect(said(joined)).toBe('possible');
    expect(chain(joined)?.unless.join()).toContain('another user than root made the user namespace');
    expect(said(joined, 'x', 'table-write')).toBe('possible');
    const grouped = judge(joined).segments.flatMap((g) => g.attackers.filter((a) => a.id === id(joined, 'a')).flatMap((a) => a.groups));
    expect(grouped.find((g) => g.victims.includes(id(joined, 'v')))?.verdict).toBe('possible');
  });
  test('also where the numbers of user namespaces were not read, by their maps', () => {
    expect(said(unread(joined))).toBe('possible');
    expect(said(unread(host({ join: { net: 'x' } }, { ownUserNs: false })))).toBe('blocked');
  });
  test('has none where the net namespace is of its own user namespace, or of one beside it', () => {
    expect(said(host({ join: { net: 'x' } }, { ownUserNs: false }))).toBe('blocked');
    expect(said(host({ join: { net: 'x' }, ownUserNs: true }))).toBe('blocked');
  });
  test('is stopped by seccomp all the same', () => {
    const profile = { kind: 'custom' as const, defaultAction: 'SCMP_ACT_ERRNO', rules: [] };
    const s = { ...joined, containers: joined.containers.map((c) => (c.name === 'a' ? { ...c, declared: { ...c.declared, seccomp: profile }, processes: c.processes.map((p) => ({ ...p, seccomp: known('filter' as const, '') })) } : c)) };
    expect(said(s)).toBe('blocked');
  });
  test('traces the remapped ones that it sees, also past Yama, and enters them where seccomp lets it', () => {
    const seeing = host({ join: { pid: 'host' } });
    expect(said(seeing)).toBe('possible');
    expect(chain(seeing)?.unless.join()).toContain('another user than root made the user namespace');
    expect(chain(host({ join: { pid: 'host' }, lsm: 'mine (enforce)' }))?.unless.join()).toContain('the profile mine');
    expect(said(seeing, 'v', 'table-write')).toBe('blocked');
    expect(said(host({ join: { pid: 'host' }, seccomp: 'off' }), 'v', 'table-write')).toBe('possible');
    // Whoever is entered need not hold what it takes to send: who enters holds it there.
    expect(said(host({ join: { pid: 'host' }, seccomp: 'off' }, BARE))).toBe('possible');
    expect(said(host({ join: { pid: 'host' } }, BARE))).toBe('blocked');
    expect(said(host({}))).toBe('blocked');
  });
  test('no other user has that, but the one who made it', () => {
    const as = (uid: number, a: Partial<WorkloadSpec>): string => said(processes(host(a), 'a', () => ({ uid: known(uid, '') })));
    for (const a of [{ join: { net: 'x' } }, { join: { pid: 'host' } }]) {
      expect(as(1000, a)).toBe('blocked');
      expect(as(100_000, a)).toBe('possible');
    }
  });
});

describe('a capability that is permitted and not in effect', () => {
  const permitted = (list: readonly string[], a: Partial<WorkloadSpec>): Snapshot => processes(host(a, { ownUserNs: false }), 'a', (p) => ({ uid: known(1000, ''), capabilities: { ...p.capabilities, permitted: known(list, '') } }));
  test('traces, enters and writes as one that is', () => {
    expect(said(permitted(['CAP_SYS_PTRACE'], { join: { pid: 'x' } }))).toBe('possible');
    const bare = processes(permitted(['CAP_SYS_ADMIN', 'CAP_NET_RAW'], { join: { pid: 'x' }, seccomp: 'off' }), 'x', (p) => ({ uid: known(1000, ''), capabilities: { ...p.capabilities, effective: known([], ''), permitted: known([], '') } }));
    expect(said(bare)).toBe('possible');
    expect(said(permitted(['CAP_NET_ADMIN'], { join: { net: 'x' } }), 'x', 'table-write')).toBe('possible');
    expect(said(permitted([], { join: { net: 'x' } }), 'x', 'table-write')).toBe('blocked');
  });
});
