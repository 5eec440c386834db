import { describe, expect, test } from 'vitest';
import { castSpec, world, type HostSpec, type WorkloadSpec } from '../../../test/cast/cast.js';
import { known, unknown, type Json, type SeccompProfile, type Snapshot } from '../model/index.js';
import { explain, judge, judgeAgain, newMemory, pairs, type Technique } from './index.js';

const NET = { name: 'lan', prefix: '172.20.0', device: 'br-lan' };
const host = (workloads: readonly WorkloadSpec[], over: Partial<HostSpec> = {}): Snapshot =>
  world({ ...castSpec(3), filters: 'none', networks: [NET], slices: [], talks: [], workloads: workloads.map((w, i) => ({ on: { lan: { at: i + 2 } }, ...w })), ...over });
const id = (s: Snapshot, name: string): string => s.containers.find((c) => c.name === name)?.id ?? name;
const verdict = (s: Snapshot, from: string, to: string, technique: Technique = 'arp-spoof') => explain(s, id(s, from), id(s, to)).find((v) => v.technique === technique)?.verdict;
const THREE: readonly WorkloadSpec[] = [{ name: 'a' }, { name: 'v' }, { name: 'x' }];
const withA = (a: Partial<WorkloadSpec>): Snapshot => host([{ name: 'a', ...a }, { name: 'v' }, { name: 'x' }]);
const A_NET = (s: Snapshot): string => s.containers.find((c) => c.name === 'a')?.net ?? '';

describe('who can send', () => {
  test('a container as the engine ships it can, towards others and the host', () => {
    const s = host(THREE);
    expect(verdict(s, 'a', 'v')).toBe('possible');
    expect(verdict(s, 'a', 'host')).toBe('possible');
  });
  test('without CAP_NET_RAW in any set it cannot', () => {
    expect(verdict(withA({ caps: [], bounding: [] }), 'a', 'v')).toBe('blocked');
  });
  test('CAP_NET_ADMIN alone takes the address', () => {
    expect(verdict(withA({ caps: ['CAP_NET_ADMIN'], bounding: ['CAP_NET_ADMIN'] }), 'a', 'v')).toBe('possible');
  });
  test('an ordinary user is latent while its image may hold a setuid program, and no_new_privs ends that', () => {
    const user = { uid: 1000, caps: [], bounding: ['CAP_NET_RAW'] } as const;
    expect(verdict(withA({ ...user, setuid: true }), 'a', 'v')).toBe('latent');
    expect(verdict(withA({ ...user, setuid: true, noNewPrivs: true }), 'a', 'v')).toBe('blocked');
  });
  test('a process that came by exec with other rights counts', () => {
    expect(verdict(withA({ caps: [], bounding: [], exec: { pid: 99, comm: 'bash' } }), 'a', 'v')).toBe('possible');
  });
  test('paused processes send nothing now', () => {
    expect(verdict(withA({ state: 'paused' }), 'a', 'v')).toBe('latent');
  });
  test('rights in a user namespace that does not own the wire count for nothing', () => {
    const s = withA({ ownUserNs: true });
    expect(verdict(s, 'a', 'v')).toBe('possible');
    const foreign: Snapshot = { ...s, nets: s.nets.map((n) => (n.key === A_NET(s) ? { ...n, ownerUserNs: s.nets.find((x) => x.key === 'host')?.ownerUserNs ?? n.ownerUserNs } : n)) };
    expect(verdict(foreign, 'a', 'v')).toBe('blocked');
  });
  test('where its processes were not read the answer is unknown', () => {
    const s = host(THREE);
    const bare: Snapshot = { ...s, containers: s.containers.map((c) => (c.name === 'a' ? { ...c, process: null, processes: [] } : c)) };
    expect(verdict(bare, 'a', 'v')).toBe('unknown');
  });
});

describe('the wire and the way', () => {
  const plugs = (a: boolean, v: boolean): Snapshot => host([{ name: 'a', on: { lan: { at: 2, isolated: a } } }, { name: 'v', on: { lan: { at: 3, isolated: v } } }, { name: 'x' }]);
  test('two isolated ports are parted, one is not, and the host hears both', () => {
    expect(verdict(plugs(true, true), 'a', 'v')).toBe('blocked');
    expect(verdict(plugs(true, false), 'a', 'v')).toBe('possible');
    expect(verdict(plugs(false, true), 'a', 'v')).toBe('possible');
    expect(verdict(plugs(true, true), 'a', 'host')).toBe('possible');
  });
  test('other networks are not reached', () => {
    const s = host([{ name: 'a', on: { other: { at: 2 } } }, { name: 'v' }, { name: 'x' }], { networks: [NET, { name: 'other', prefix: '172.21.0', device: 'br-other' }] });
    expect(explain(s, id(s, 'a'), id(s, 'v'))).toEqual([]);
  });
  test('who joins a net namespace has its wire, and reaches the donor by its table alone', () => {
    const s = host([{ name: 'a', on: {}, join: { net: 'd' }, caps: ['CAP_NET_RAW', 'CAP_NET_ADMIN'] }, { name: 'd', caps: [] }, { name: 'v' }, { name: 'x' }]);
    expect(verdict(s, 'a', 'v')).toBe('possible');
    expect(verdict(s, 'a', 'd')).toBe('blocked');
    expect(verdict(s, 'a', 'd', 'table-write')).toBe('possible');
  });
  test('from the host’s net namespace no port flag stops a frame', () => {
    const s = host([{ name: 'a', on: {}, join: { net: 'host' } }, { name: 'v', on: { lan: { at: 3, isolated: true } } }, { name: 'x' }]);
    expect(verdict(s, 'a', 'v')).toBe('possible');
  });
  test('what was not read never blocks: it is named instead', () => {
    const s = host(THREE, { filters: 'denied' });
    const v = explain(s, id(s, 'a'), id(s, 'v'))[0];
    expect(v).toMatchObject({ verdict: 'possible' });
    expect(v?.unless.join()).toMatch(/filter/);
    expect(judge(s).unread).not.toEqual([]);
  });
});

describe('the victim', () => {
  const pinning = (names: readonly string[]): Snapshot => {
    const s = host(THREE);
    const ips = names.map((n) => (n === 'gateway' ? '172.20.0.1' : (s.containers.find((c) => c.name === n)?.endpoints[0]?.ipv4 as { value: string }).value.split('/')[0] ?? ''));
    const net = s.containers.find((c) => c.name === 'v')?.net;
    return { ...s, nets: s.nets.map((n) => (n.key === net ? { ...n, neighbours: { value: ips.map((ip) => ({ ip, mac: '02:00:00:00:00:01', dev: 'eth0', state: 'PERMANENT' })), source: 'ip -j neigh' } } : n)) };
  };
  test('a permanent entry keeps that address, and no other', () => {
    const s = pinning(['x']);
    const v = explain(s, id(s, 'a'), id(s, 'v')).find((p) => p.technique === 'arp-spoof');
    expect(v?.verdict).toBe('possible');
    expect(v?.impersonates).toEqual([`gateway:${s.segments[0]?.id}`]);
    expect(verdict(pinning(['x', 'gateway']), 'a', 'v')).toBe('blocked');
  });
  test('a stolen MAC goes past permanent entries, and never is the host’s', () => {
    const s = pinning(['x', 'gateway']);
    const v = explain(s, id(s, 'a'), id(s, 'v')).find((p) => p.technique === 'mac-steal');
    expect(v?.verdict).toBe('possible');
    expect(v?.impersonates).toEqual([id(s, 'x')]);
  });
});

describe('the grouped judgement', () => {
  test('says of every pair what its chain says', () => {
    const s = world(castSpec(14));
    for (const segment of judge(s).segments) {
      for (const a of segment.attackers) {
        for (const g of a.groups) {
          for (const v of g.victims) {
            const chain = explain(s, a.id, v).filter((p) => p.segment === segment.segment);
            expect(['possible', 'latent', 'unknown', 'blocked'].find((x) => chain.some((p) => p.verdict === x))).toBe(g.verdict);
          }
        }
      }
    }
  });
  test('names everybody else on the segment once for each attacker', () => {
    const s = world(castSpec(40));
    for (const segment of judge(s).segments) {
      for (const a of segment.attackers.filter((x) => segment.members.includes(x.id))) {
        const all = a.groups.flatMap((g) => g.victims).filter((v) => v !== 'host');
        expect(new Set(all).size).toBe(all.length);
        expect([...all].sort()).toEqual(segment.members.filter((m) => m !== a.id).sort());
      }
    }
  });
  test('judging again after a change gives what judging anew gives', () => {
    const s = world(castSpec(40));
    const memory = newMemory();
    judgeAgain(s, memory);
    const less: Snapshot = { ...s, containers: s.containers.slice(3) };
    expect(judgeAgain(less, memory)).toEqual(judge(less));
    const drop: Snapshot = { ...s, containers: s.containers.map((c, i) => (i === 5 ? { ...c, processes: [], process: null } : c)) };
    expect(judgeAgain(drop, memory)).toEqual(judge(drop));
    expect(judgeAgain(s, memory)).toEqual(judge(s));
  });
  test('a kernel that is not the engine’s gives no answer but unknown', () => {
    const s = host(THREE);
    const no = unknown('unsupported', 'kernel');
    const far: Snapshot = { ...s, interfaces: [], nets: s.nets.map((n) => ({ ...n, neighbours: no, neighbours6: no, nft: no, ebtables: no, arptables: no, tc: no, fdb: no, sysctls: no })), containers: s.containers.map((c) => ({ ...c, process: null, processes: [] })) };
    expect([...pairs(far)].filter((p) => p.technique !== 'table-write').every((p) => p.verdict === 'unknown')).toBe(true);
  });
});

describe('what goes past a guard', () => {
  const EGRESS: readonly Json[] = [
    { chain: { family: 'netdev', table: 't', name: 'c', hook: 'egress', prio: 0, policy: 'drop', dev: 'eth0' } },
  ];
  const guarded = (s: Snapshot): Snapshot => ({ ...s, nets: s.nets.map((n) => (n.key === A_NET(s) ? { ...n, nft: known(EGRESS, 'nft -j list ruleset') } : n)) });
  const without = (family: number): SeccompProfile => ({ kind: 'custom', defaultAction: 'SCMP_ACT_ALLOW', rules: [
    { names: ['socket'], action: 'SCMP_ACT_ERRNO', args: [{ index: 0, value: 0xffffffff, valueTwo: family, op: 'SCMP_CMP_MASKED_EQ' }], includes: [], excludes: [] },
    { names: ['io_uring_setup', 'io_uring_enter'], action: 'SCMP_ACT_ERRNO', args: [], includes: [], excludes: [] },
  ] });
  const confined = (s: Snapshot, seccomp: SeccompProfile): Snapshot => ({ ...s, containers: s.containers.map((c) => (c.name === 'a' ? { ...c, declared: { ...c.declared, seccomp }, processes: c.processes.map((p) => ({ ...p, seccomp: known('filter' as const, '/proc/1/status') })) } : c)) });

  test('AF_XDP goes past the hook on the way out, unless the kernel or the profile has none', () => {
    const s = guarded(host(THREE));
    const v = explain(s, id(s, 'a'), id(s, 'v')).find((p) => p.technique === 'arp-spoof');
    expect(v?.verdict).toBe('possible');
    expect(v?.unless.join()).toMatch(/AF_XDP/);
    expect(verdict(confined(s, without(44)), 'a', 'v')).toBe('blocked');
    expect(verdict(confined(s, without(40)), 'a', 'v')).toBe('possible');
  });
  test('what has nothing to go past makes no reservation', () => {
    const s = host(THREE);
    expect(explain(s, id(s, 'a'), id(s, 'v')).find((p) => p.technique === 'arp-spoof')?.unless).toEqual([]);
  });
  test('an entry that stays keeps a MAC from being stolen, one that may move does not', () => {
    const s = host(THREE);
    const x = s.containers.find((c) => c.name === 'x')?.endpoints[0]?.mac as { readonly value: string };
    const held = (stays: boolean): Snapshot => ({ ...s, nets: s.nets.map((n) => (n.key === 'host' ? { ...n, fdb: known([{ mac: x.value, port: 'any', bridge: 'br-lan', vlan: null, permanent: true, stays }], 'bridge -j fdb') } : n)) });
    expect(verdict(held(true), 'a', 'v', 'mac-steal')).toBe('blocked');
    expect(verdict(held(false), 'a', 'v', 'mac-steal')).toBe('possible');
  });
});
