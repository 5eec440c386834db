import { describe, expect, test } from 'vitest';
import { castSpec, world, type WorkloadSpec } from '../../../test/cast/cast.js';
import { known, unknown, type ProcessFacts, type Snapshot } from '../model/index.js';
import { explain } from './index.js';

const LAN = { name: 'lan', prefix: '172.20.0', device: 'br-lan' };
const BARE = { caps: [], bounding: [] } as const;
const host = (a: Partial<WorkloadSpec> = BARE): Snapshot =>
  world({ ...castSpec(3), filters: 'none', networks: [LAN], slices: [], talks: [], workloads: [{ name: 'a', ...a }, { name: 'v' }, { name: 'x' }].map((w, i) => ({ on: { lan: { at: i + 2 } }, ...w })) });
const RAW = known(['CAP_NET_RAW'], '/proc/9/status');
const NONE = known([], '/proc/9/status');
const denied = unknown('denied', '/proc/9/status');
const as = (over: (p: ProcessFacts) => Partial<ProcessFacts>, s: Snapshot = host()): Snapshot => ({ ...s, containers: s.containers.map((c) => (c.name === 'a' ? { ...c, processes: c.processes.map((p) => ({ ...p, ...over(p) })) } : c)) });
const caps = (over: Partial<ProcessFacts['capabilities']>, more: Partial<ProcessFacts> = {}, s?: Snapshot): Snapshot => as((p) => ({ capabilities: { ...p.capabilities, effective: NONE, permitted: NONE, bounding: NONE, ...over }, ...more }), s);
const chain = (s: Snapshot) => explain(s, s.containers.find((c) => c.name === 'a')?.id ?? '', s.containers.find((c) => c.name === 'v')?.id ?? '').find((v) => v.technique === 'arp-spoof');
const said = (s: Snapshot) => chain(s)?.verdict;

describe('a capability', () => {
  test('that is permitted and not in effect is put into effect when its holder likes', () => {
    expect(said(caps({ permitted: RAW }))).toBe('possible');
    expect(said(caps({}))).toBe('blocked');
  });
  test('that was not read is no missing one', () => {
    expect(said(caps({ effective: denied, permitted: denied, bounding: denied }))).toBe('unknown');
    expect(said(caps({ bounding: denied }))).toBe('unknown');
    // The bounding set bounds what is gained, not what is held.
    expect(said(caps({ effective: denied, permitted: denied }))).toBe('unknown');
  });
  test('in the bounding set is latent for root and for who may start a program that gives it, unless no_new_privs holds', () => {
    const user = { uid: known(1000, '') };
    expect(said(caps({ bounding: RAW }, { uid: known(0, '') }))).toBe('latent');
    expect(said(caps({ bounding: RAW }, user))).toBe('latent');
    expect(chain(caps({ bounding: RAW }, user, host({ ...BARE, setuid: true })))?.because.some((b) => b.step.startsWith('a program in its image'))).toBe(true);
    for (const uid of [0, 1000]) expect(said(caps({ bounding: RAW }, { uid: known(uid, ''), noNewPrivs: known(true, '') }))).toBe('blocked');
  });
  test('that is inheritable comes back by a program, whatever bounds it, unless no_new_privs holds', () => {
    expect(said(caps({ inheritable: RAW }, { uid: known(0, '') }))).toBe('latent');
    expect(said(caps({ inheritable: RAW }, { uid: known(0, ''), noNewPrivs: known(true, '') }))).toBe('blocked');
    expect(said(caps({ inheritable: known(['CAP_NET_ADMIN'], '') }))).toBe('latent');
    expect(said(caps({ inheritable: known(['CAP_CHOWN'], '') }))).toBe('blocked');
  });
  test('of root inside its own user namespace is root’s there', () => {
    const inside = { uid: known(100_000, ''), uidMap: known([{ inside: 0, outside: 100_000, length: 65_536 }], '') };
    expect(chain(caps({ bounding: RAW }, inside))?.because.some((b) => b.why.startsWith('Root gains the bounding set'))).toBe(true);
    expect(chain(caps({ bounding: RAW }, { ...inside, uid: known(100_999, '') }))?.because.some((b) => b.why.startsWith('Root gains the bounding set'))).toBe(false);
  });
});

describe('where it counts', () => {
  const userNs = (user: ProcessFacts['namespaces']['user'], outside = 0, length = 4_294_967_295): Snapshot =>
    caps({ effective: RAW }, { uidMap: known([{ inside: 0, outside, length }], ''), namespaces: { ...(host().containers[0]?.processes[0] as ProcessFacts).namespaces, user } });
  const foreign = (s: Snapshot): Snapshot => ({ ...s, nets: s.nets.map((n) => ({ ...n, ownerUserNs: unknown('denied', 'ioctl') })), namespaces: s.namespaces.map((n) => ({ ...n, ownerUserNs: unknown('denied', 'ioctl') })) });
  test('the first user namespace is told by its map where its number was not read', () => {
    expect(chain(foreign(userNs(unknown('denied', ''))))?.unless).toEqual([]);
    expect(chain(foreign(userNs(unknown('denied', ''), 100_000)))?.unless.join()).toContain('user namespace above its own');
    expect(chain(foreign(userNs(unknown('denied', ''), 0, 65_536)))?.unless.join()).toContain('user namespace above its own');
  });
  test('an owner that was not read is a reservation, never a guard', () => {
    expect(said(foreign(userNs(known(4_026_599_999, ''), 100_000)))).toBe('possible');
  });
  test('is in a user namespace below its own as well, and in none beside it', () => {
    const [one, two, three] = [4_026_600_001, 4_026_600_002, 4_026_600_003];
    type Namespace = Snapshot['namespaces'][number];
    const base = host().namespaces[0] as Namespace;
    const first = host().host.namespaces.user as Namespace['parent'];
    /** `a` is in one user namespace, its net namespace belongs to `two`. */
    const nested = (mine: number, above: Namespace['parent'] = known(one, 'NS_GET_PARENT')) => {
      const s = userNs(known(mine, ''), 100_000);
      const user = (inode: number, parent: Namespace['parent']): Namespace => ({ ...base, type: 'user', inode, parent });
      const key = s.containers.find((c) => c.name === 'a')?.net;
      return chain({ ...s, nets: s.nets.map((n) => (n.key === key ? { ...n, ownerUserNs: known(two, '') } : n)), namespaces: [...s.namespaces, user(one, first), user(two, above), user(three, first)] });
    };
    expect(nested(one)).toMatchObject({ verdict: 'possible', unless: [] });
    expect(nested(two)).toMatchObject({ verdict: 'possible', unless: [] });
    expect(nested(three)?.verdict).toBe('blocked');
    expect(nested(one, unknown('denied', ''))?.unless.join()).toContain('user namespace above its own');
    expect(nested(one, unknown('absent', ''))?.verdict).toBe('blocked');
  });
  test('is told by the list of namespaces where the net namespace itself did not tell', () => {
    const s = userNs(known(4_026_600_001, ''), 100_000);
    const told = { ...s, nets: s.nets.map((n) => ({ ...n, ownerUserNs: unknown('denied', '') })) };
    expect(said(told)).toBe('blocked');
    expect(said(foreign(told))).toBe('possible');
  });
});

describe('a security module', () => {
  const label = (lsm: ProcessFacts['lsm'], s: Snapshot = host({})): readonly string[] => chain(as(() => ({ lsm }), s))?.unless ?? ['no answer'];
  test('whose profile is known to let raw sockets pass makes no reservation', () => {
    for (const text of ['unconfined', 'docker-default (enforce)', 'mine (complain)', 'system_u:system_r:container_t:s0:c1,c2']) expect(label(known(text, ''))).toEqual([]);
  });
  test('with a profile of somebody’s own does', () => {
    expect(label(known('mine (enforce)', '')).join()).toContain('the profile mine');
  });
  test('that was not read is the engine’s word, where one may be in effect', () => {
    const s = host({});
    const said_ = (lsms: readonly string[]): Snapshot => ({ ...s, host: { ...s.host, lsms: known(lsms, '') }, containers: s.containers.map((c) => ({ ...c, declared: { ...c.declared, appArmorProfile: 'mine' } })) });
    expect(label(denied, said_(['apparmor'])).join()).toContain('the profile mine');
    expect(label(denied, said_(['capability']))).toEqual([]);
    expect(label(unknown('absent', ''), said_(['apparmor']))).toEqual([]);
  });
});
