import { describe, expect, test } from 'vitest';
import { castSpec, world, type HostSpec, type WorkloadSpec } from '../../../test/cast/cast.js';
import { known, unknown, type Json, type NetInterface, type SeccompProfile, type Snapshot } from '../model/index.js';
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
  test('a victim that believes some addresses and not others is asked about each attacker for itself', () => {
    const s = host([{ name: 'a' }, { name: 'b' }, { name: 'v' }, { name: 'x' }]);
    const v = s.containers.find((c) => c.name === 'v')?.net;
    const entry = (ip: string) => ({ ip, mac: '02:00:00:00:00:01', dev: 'eth0', state: 'PERMANENT' });
    // Of all that it holds for good but one, that one alone cannot be impersonated by itself.
    for (const left of ['a', 'b', 'x']) {
      const held = [...['a', 'b', 'x'].filter((n) => n !== left).map((n) => `172.20.0.${['a', 'b', 'v', 'x'].indexOf(n) + 2}`), '172.20.0.1'];
      const pinned: Snapshot = { ...s, nets: s.nets.map((n) => (n.key === v ? { ...n, neighbours: known(held.map(entry), '') } : n)) };
      const guarded: Snapshot = { ...s, nets: s.nets.map((n) => (n.key === v ? { ...n, arptables: known(['*filter', ':INPUT ACCEPT', ...held.map((ip) => `-A INPUT -s ${ip} -j DROP`)], '') } : n)) };
      for (const told of [pinned, guarded]) {
        const spoofs = (name: string) => judge(told).segments[0]?.attackers.find((x) => x.id === id(told, name))?.groups.find((g) => g.victims.includes(id(told, 'v')))?.techniques.includes('arp-spoof');
        expect(['a', 'b', 'x'].filter((n) => spoofs(n) === true)).toEqual(['a', 'b', 'x'].filter((n) => n !== left));
      }
    }
  });
  test('where entries keep some MACs from being stolen, each pair is asked for itself', () => {
    const s = host([{ name: 'a' }, { name: 'b' }, { name: 'v' }, { name: 'x' }]);
    const mac = (name: string): string => (s.containers.find((c) => c.name === name)?.endpoints[0]?.mac as { readonly value: string }).value;
    for (const left of ['a', 'b', 'v', 'x']) {
      const fdb = known(['a', 'b', 'v', 'x'].filter((n) => n !== left).map((n) => ({ mac: mac(n), port: 'any', bridge: 'br-lan', vlan: null, permanent: true, stays: true })), 'bridge -j fdb');
      const told: Snapshot = { ...s, nets: s.nets.map((n) => (n.key === 'host' ? { ...n, fdb } : n)) };
      for (const attacker of judge(told).segments[0]?.attackers ?? []) {
        for (const g of attacker.groups) for (const to of g.victims) expect(g.techniques.includes('mac-steal')).toBe(attacker.id !== id(s, left) && to !== id(s, left));
      }
    }
  });
  test('judging again notices what changes between bridges, on what is stacked inside, and of the host', () => {
    const NETS = [NET, { name: 'two', prefix: '172.21.0', device: 'br-two' }];
    const s = host([{ name: 'a' }, { name: 'v', on: { two: { at: 3 } } }, { name: 'x', on: { two: { at: 4 } } }], { networks: NETS });
    const port = s.interfaces.find((i) => i.port !== null) as NetInterface;
    const ends = (isolated: boolean): readonly NetInterface[] => [['j0', 'j1', 'br-lan'], ['j1', 'j0', 'br-two']].map(([name = '', peer = '', master = '']) => ({ ...port, id: `host/${name}`, name, peer: known(`host/${peer}`, ''), master: known(master, ''), port: port.port === null ? null : { ...port.port, isolated: known(isolated, '') } }));
    const joined = (on: boolean): Snapshot => ({ ...s, interfaces: [...s.interfaces.map((i) => (i.port === null ? i : { ...i, port: { ...i.port, isolated: known(true, '') } })), ...ends(on)] });
    const [open, shut] = [joined(false), { ...joined(true) }];
    const keep: Snapshot = { ...shut, interfaces: [...open.interfaces.slice(0, -2), ...shut.interfaces.slice(-2)] };
    const memory = newMemory();
    judgeAgain(open, memory);
    expect(judgeAgain(keep, memory)).toEqual(judge(keep));
    expect(judge(keep)).not.toEqual(judge(open));

    // Plain frames are stopped, but who knows what it takes in a VLAN of its own.
    const parted: Snapshot = { ...s, nets: s.nets.map((n) => (n.key === 'host' ? { ...n, nft: known([{ chain: { family: 'bridge', table: 't', name: 'c', hook: 'forward', prio: 0, policy: 'drop' } }], '') } : n)) };
    const inside = parted.interfaces.find((i) => i.net === s.containers.find((c) => c.name === 'v')?.net && i.kind === 'veth') as NetInterface;
    const stacked: Snapshot = { ...parted, interfaces: [...parted.interfaces, { ...inside, id: `${inside.id}.7`, name: 'eth0.7', kind: 'vlan', peer: known(inside.id, ''), mode: known('7', ''), addresses: known(['10.7.0.1/24'], '') }] };
    const later = newMemory();
    judgeAgain(parted, later);
    expect(judgeAgain(stacked, later)).toEqual(judge(stacked));
    expect(judge(stacked)).not.toEqual(judge(parted));

    const watched = host([{ name: 'a', on: {}, join: { pid: 'v' } }, { name: 'v' }, { name: 'x' }]);
    const scope = (n: number): Snapshot => ({ ...watched, host: { ...watched.host, ptraceScope: known(n, '') } });
    const last = newMemory();
    judgeAgain(scope(0), last);
    expect(judgeAgain(scope(1), last)).toEqual(judge(scope(1)));
    expect(judge(scope(1))).not.toEqual(judge(scope(0)));
  });
  test('tells apart who speaks, where a rule of iptables keeps one’s packets from who fooled it', () => {
    const s = host([{ name: 'a' }, { name: 'b' }, { name: 'v' }, { name: 'x' }]);
    const source = (right: Json): Json => ({ match: { op: '==', left: { payload: { protocol: 'ip', field: 'saddr' } }, right } });
    const forward = (...rules: readonly (readonly Json[])[]): Snapshot => ({ ...s, nets: s.nets.map((n) => (n.key !== 'host' ? n : {
      ...n, sysctls: known({ 'net.bridge.bridge-nf-call-iptables': '1' }, ''),
      nft: known([
        { chain: { family: 'ip', table: 'filter', name: 'FORWARD', hook: 'forward', prio: 0, policy: 'accept' } }, { chain: { family: 'ip', table: 'filter', name: 'USER' } },
        { rule: { family: 'ip', table: 'filter', chain: 'FORWARD', handle: 1, expr: [{ jump: { target: 'USER' } }] } },
        ...rules.map((expr, i): Json => ({ rule: { family: 'ip', table: 'filter', chain: 'USER', handle: i + 2, expr } })),
      ], ''),
    })) });
    const reads = (told: Snapshot): readonly string[] => ['b', 'v', 'x'].map((n) => judge(told).segments[0]?.attackers.find((x) => x.id === id(s, 'a'))?.groups.find((g) => g.victims.includes(id(s, n)))?.reads ?? '');
    expect(reads(forward())).toEqual(['yes', 'yes', 'yes']);
    expect(reads(forward([source('172.20.0.4'), { drop: null }]))).toEqual(['yes', 'no', 'yes']);
    expect(reads(forward([source({ prefix: { addr: '172.20.0.4', len: 31 } }), { drop: null }]))).toEqual(['yes', 'no', 'no']);
    expect(reads(forward([source({ set: ['172.20.0.3', '172.20.0.5'] }), { drop: null }]))).toEqual(['no', 'yes', 'no']);
    const other = (addr: string, len: number): Json => ({ match: { op: '!=', left: { payload: { protocol: 'ip', field: 'daddr' } }, right: { prefix: { addr, len } } } });
    // What is sent to one alone passes: nobody gets it by being another, and it itself sends nothing there.
    expect(reads(forward([other('172.20.0.5', 32), { drop: null }]))).toEqual(['yes', 'yes', 'no']);
    expect(reads(forward([other('172.20.0.4', 31), { drop: null }]))).toEqual(['yes', 'yes', 'yes']);
    // As the engine's for a published port: it is for what comes from another device, and tells nobody apart.
    const meta = (key: string, op: string): Json => ({ match: { op, left: { meta: { key } }, right: 'br-lan' } });
    expect(reads(forward([{ match: { op: '==', left: { payload: { protocol: 'ip', field: 'daddr' } }, right: '172.20.0.5' } }, meta('iifname', '!='), meta('oifname', '=='), { accept: null }]))).toEqual(['yes', 'yes', 'yes']);
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
