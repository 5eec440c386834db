import { describe, expect, test } from 'vitest';
import { castSpec, world, type WorkloadSpec } from '../../../test/cast/cast.js';
import { known, unknown, type Container, type ProcessFacts, type Snapshot } from '../model/index.js';
import { explain } from './index.js';

const LAN = { name: 'lan', prefix: '172.20.0', device: 'br-lan' };
/** `a`, on no network, sees the processes of `x`, `y` and `v` from the host's pid namespace. */
const host = (a: Partial<WorkloadSpec> = {}, others: Partial<WorkloadSpec> = {}): Snapshot => {
  const s = world({ ...castSpec(3), filters: 'none', networks: [LAN], slices: [], talks: [], workloads: [...['x', 'y', 'v'].map((name, i) => ({ name, on: { lan: { at: i + 3 } }, ...others })), { name: 'a', join: { pid: 'host' }, ...a }] });
  return { ...s, host: { ...s.host, ptraceScope: known(0, '/proc/sys/kernel/yama/ptrace_scope') } };
};
const id = (s: Snapshot, name: string): string => s.containers.find((c) => c.name === name)?.id ?? name;
const chain = (s: Snapshot, to = 'v') => explain(s, id(s, 'a'), id(s, to)).find((v) => v.technique === 'arp-spoof');
const said = (s: Snapshot, to = 'v') => chain(s, to)?.verdict ?? 'blocked';
const changed = (s: Snapshot, name: string, over: (c: Container) => Partial<Container>): Snapshot => ({ ...s, containers: s.containers.map((c) => (c.name === name ? { ...c, ...over(c) } : c)) });
const processes = (s: Snapshot, names: readonly string[], over: (p: ProcessFacts) => Partial<ProcessFacts>): Snapshot => names.reduce((t, name) => changed(t, name, (c) => ({ processes: c.processes.map((p) => ({ ...p, ...over(p) })) })), s);
const OTHERS = ['x', 'y', 'v'];
const EVERYBODY = [...OTHERS, 'a'];
const denied = unknown('denied', '/proc/9');
const FIRST = known([{ inside: 0, outside: 0, length: 4_294_967_295 }], '');
const REMAPPED = known([{ inside: 0, outside: 100_000, length: 65_536 }], '');
const user = (u: ProcessFacts['namespaces']['user']) => (p: ProcessFacts): Partial<ProcessFacts> => ({ namespaces: { ...p.namespaces, user: u } });
const PTRACE = { caps: ['CAP_SYS_PTRACE'], bounding: ['CAP_SYS_PTRACE'], uid: 1000 };

describe('who traces another', () => {
  test('sends by one that is not the victim, whichever that is', () => {
    for (const to of OTHERS) expect(said(host(), to)).toBe('possible');
    const by = chain(host(), 'v')?.because.some((b) => b.step.includes('may trace')) ?? false;
    expect(by).toBe(true);
  });
  test('stands in the same user namespace, or above it with CAP_SYS_PTRACE', () => {
    expect(said(host(PTRACE, { ownUserNs: true }))).toBe('possible');
    expect(said(host({ caps: [], bounding: [], uid: 1000 }, { ownUserNs: true }))).toBe('blocked');
    expect(said(host({ ownUserNs: true, caps: ['CAP_SYS_PTRACE', 'CAP_NET_RAW'] }))).toBe('blocked');
  });
  test('is told by maps where the numbers of user namespaces were not read', () => {
    const blind = (mine: ProcessFacts['uidMap'], theirs: ProcessFacts['uidMap'], a: Partial<WorkloadSpec> = {}): Snapshot => processes(processes(processes(host(a), EVERYBODY, user(denied)), ['a'], () => ({ uidMap: mine })), OTHERS, () => ({ uidMap: theirs }));
    expect(said(blind(FIRST, FIRST))).toBe('possible');
    expect(said(blind(FIRST, REMAPPED, { caps: [], bounding: [], uid: 1000 }))).toBe('blocked');
    expect(said(blind(FIRST, REMAPPED, PTRACE))).toBe('possible');
    for (const map of [REMAPPED, denied, known([{ inside: 0, outside: 1, length: 4_294_967_295 }], '')]) expect(said(blind(map, FIRST))).toBe('unknown');
    // One of the two numbers is not enough.
    for (const names of [['a'], OTHERS]) expect(said(processes(processes(host(), names, user(denied)), ['a'], () => ({ uidMap: REMAPPED })))).toBe('unknown');
  });
  test('is told by the chain of user namespaces, and unknown where that was not read', () => {
    const nested = (parent: number | null): Snapshot => {
      const s = processes(processes(host({ ...PTRACE, ownUserNs: true, join: { pid: 'host' } }), ['a'], user(known(41, ''))), OTHERS, user(known(42, '')));
      const like = s.namespaces.find((n) => n.type === 'user');
      if (like === undefined) throw new Error('no user namespace');
      return { ...s, namespaces: [...s.namespaces, { ...like, inode: 42, parent: parent === null ? denied : known(parent, '') }], nets: s.nets.map((n) => (n.key === 'host' ? n : { ...n, ownerUserNs: known(42, '') })) };
    };
    expect(said(nested(41))).toBe('possible');
    expect(said(nested(null))).toBe('unknown');
  });
  test('holds all that the other holds, as the same user; what of this was not read is unknown', () => {
    const caps = (set: 'effective' | 'permitted', to: ProcessFacts['uid'] | typeof denied) => (p: ProcessFacts): Partial<ProcessFacts> => ({ capabilities: { ...p.capabilities, [set]: to } });
    const more = processes(host(), OTHERS, (p) => ({ capabilities: { ...p.capabilities, permitted: known(['CAP_NET_RAW', 'CAP_SYS_MODULE'], '') } }));
    expect(said(more)).toBe('blocked');
    for (const set of ['effective', 'permitted'] as const) expect(said(processes(host(), ['a'], caps(set, denied)))).toBe('unknown');
    expect(said(processes(host(), OTHERS, caps('permitted', denied)))).toBe('unknown');
    const raw = { caps: ['CAP_NET_RAW'], bounding: ['CAP_NET_RAW'] };
    expect(said(processes(host(raw, raw), ['a'], () => ({ uid: denied })))).toBe('unknown');
    expect(said(processes(host(raw, raw), OTHERS, () => ({ uid: denied })))).toBe('unknown');
    expect(said(processes(host(raw, raw), ['a'], () => ({ uid: known(7, '') })))).toBe('blocked');
    // Who may become any user is none of another (measured: its rights are kept by PR_SET_KEEPCAPS).
    for (const names of [['a'], OTHERS]) for (const uid of [denied, known(7, '')]) expect(said(processes(host(), names, () => ({ uid })))).toBe('possible');
    expect(said(processes(host({ ...PTRACE }, { ownUserNs: true }), ['a'], (p) => ({ capabilities: { ...p.capabilities, effective: denied, permitted: denied } })))).toBe('unknown');
  });
  test('is nobody whose processes were not read, and nobody who does not run', () => {
    expect(said(changed(host(), 'a', () => ({ processes: [] })))).toBe('unknown');
    const stopped = ['x', 'y'].reduce((s, name) => changed(s, name, () => ({ state: 'exited', pid: null, processes: [], process: null })), host());
    expect(said(stopped)).toBe('blocked');
  });
  test('may be refused by what was not read of the other, and says so', () => {
    expect(chain(host())?.unless.join()).toContain('refuses to be traced (PR_SET_DUMPABLE; not read)');
    expect(chain(host(PTRACE))?.unless.join()).not.toContain('PR_SET_DUMPABLE');
    const scope = (ptraceScope: Snapshot['host']['ptraceScope'], lsms: readonly string[]) => chain({ ...host(), host: { ...host().host, ptraceScope, lsms: known(lsms, '') } })?.unless.join() ?? '';
    expect(scope(denied, ['yama'])).toContain('Yama');
    expect(scope(unknown('absent', ''), ['yama'])).not.toContain('Yama');
    expect(scope(denied, ['capability'])).not.toContain('Yama');
    expect(scope(known(0, ''), ['yama'])).not.toContain('Yama');
  });
});
