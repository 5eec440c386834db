import { describe, expect, test } from 'vitest';
import { castSpec, world, type WorkloadSpec } from '../../../test/cast/cast.js';
import { known, type Json, type NetInterface, type Snapshot } from '../model/index.js';
import { explain, judge, type PairVerdict, type Technique } from './index.js';

const NET = { name: 'lan', prefix: '172.20.0', device: 'br-lan' };
const host = (...workloads: readonly WorkloadSpec[]): Snapshot =>
  world({ ...castSpec(3), filters: 'none', networks: [NET], slices: [], talks: [], workloads: workloads.map((w, i) => ({ on: { lan: { at: i + 2 } }, ...w })) });
const THREE = host({ name: 'a' }, { name: 'v' }, { name: 'x' });
const id = (s: Snapshot, name: string): string => s.containers.find((c) => c.name === name)?.id ?? name;
const netOf = (s: Snapshot, name: string): string => s.containers.find((c) => c.name === name)?.net ?? '';
const say = (s: Snapshot, technique: Technique = 'arp-spoof', to = 'v'): PairVerdict | undefined => explain(s, id(s, 'a'), id(s, to)).find((v) => v.technique === technique);

/** Changes the interface inside a container (`own`) or the bridge's port of it. */
function edit(s: Snapshot, name: string, which: 'own' | 'port', change: (i: NetInterface) => NetInterface): Snapshot {
  const own = s.interfaces.find((i) => i.net === netOf(s, name) && i.kind === 'veth');
  const peer = own !== undefined && 'value' in own.peer ? own.peer.value : '';
  const of = which === 'own' ? own?.id : peer;
  if (!s.interfaces.some((i) => i.id === of)) throw new Error(`no ${which} of ${name}`);
  return { ...s, interfaces: s.interfaces.map((i) => (i.id === of ? change(i) : i)) };
}
const xdp = (i: NetInterface): NetInterface => ({ ...i, xdp: known(['drop_all'], 'ip -j -d link') });
const state = (name: string, settles?: boolean) => (i: NetInterface): NetInterface =>
  i.port === null ? i : { ...i, port: { ...i.port, state: known(name, 'ip -j -d link'), ...(settles === undefined ? {} : { settles: known(settles, 'ip -j -d link') }) } };

describe('a program on the way', () => {
  test('where it sees the frame the answer is unknown: never blocked, nor plainly possible', () => {
    for (const s of [edit(THREE, 'a', 'port', xdp), edit(THREE, 'v', 'own', xdp)]) {
      expect(say(s)?.verdict).toBe('unknown');
      expect(say(s)?.because.find((b) => b.holds === 'unknown')?.reading).toMatchObject({ value: [expect.stringMatching(/XDP program drop_all/)] });
    }
    expect(say(edit(THREE, 'a', 'port', xdp), 'mac-steal')?.verdict).toBe('unknown');
  });
  test('where it sees other frames it changes nothing', () => {
    expect(say(edit(THREE, 'v', 'port', xdp))?.verdict).toBe('possible');
    expect(say(edit(THREE, 'a', 'own', xdp))?.verdict).toBe('possible');
    expect(say(edit(THREE, 'v', 'own', xdp), 'mac-steal')?.verdict).toBe('possible');
  });
  test('a rule that stops all before it counts all the same', () => {
    const s = edit(THREE, 'v', 'own', xdp);
    const chain: Json = { chain: { family: 'bridge', table: 't', name: 'c', hook: 'forward', prio: 0, policy: 'drop' } };
    expect(say({ ...s, nets: s.nets.map((n) => (n.key === 'host' ? { ...n, nft: known([chain], 'nft') } : n)) })?.verdict).toBe('blocked');
  });
  test('the grouped judgement tells such a port from the others', () => {
    const s = edit(THREE, 'v', 'own', xdp);
    const mine = judge(s).segments[0]?.attackers.find((x) => x.id === id(s, 'a'));
    expect(mine?.groups.find((g) => g.victims.includes(id(s, 'x')))?.techniques).toEqual(['arp-spoof', 'mac-steal']);
    expect(mine?.groups.find((g) => g.victims.includes(id(s, 'v')))?.techniques).toEqual(['mac-steal']);
  });
});

describe('a port that does not forward', () => {
  test('one that is disabled or blocked stops the frame', () => {
    expect(say(edit(THREE, 'a', 'port', state('disabled')))?.verdict).toBe('blocked');
    expect(say(edit(THREE, 'v', 'port', state('blocking')))?.verdict).toBe('blocked');
  });
  test('one that is learning forwards by itself soon, unless its timer has run out', () => {
    for (const s of [edit(THREE, 'v', 'port', state('learning', true)), edit(THREE, 'v', 'port', state('learning'))]) {
      expect(say(s)?.verdict).toBe('possible');
      expect(say(s)?.unless).toEqual([expect.stringMatching(/does not forward yet/)]);
    }
    expect(say(edit(THREE, 'v', 'port', state('learning', false)))?.verdict).toBe('blocked');
  });
  test('one that is off because the sender’s own end is down comes up when the sender may set it up', () => {
    const down = (s: Snapshot): Snapshot => edit(edit(s, 'a', 'own', (i) => ({ ...i, up: known(false, 'ip -j -d link') })), 'a', 'port', state('disabled'));
    expect(say(down(THREE))?.verdict).toBe('blocked');
    expect(say(down(host({ name: 'a', caps: ['CAP_NET_ADMIN', 'CAP_NET_RAW'] }, { name: 'v' }, { name: 'x' })))?.verdict).toBe('possible');
  });
  test('one that was taken off its bridge leads nowhere', () => {
    const off = (i: NetInterface): NetInterface => ({ ...i, master: known('', 'ip -j -d link'), port: null });
    expect(say(edit(THREE, 'a', 'port', off))?.verdict).toBe('blocked');
    expect(say(edit(THREE, 'v', 'port', off))?.verdict).toBe('blocked');
  });
});

describe('who may put itself into other net namespaces', () => {
  const roaming = (caps: readonly string[]): Snapshot => host({ name: 'a', on: {}, join: { pid: 'host' }, caps }, { name: 'v' }, { name: 'x' });
  test('sends from there, also where it may not write a table', () => {
    const s = host({ name: 'a', on: {}, join: { pid: 'host' }, caps: ['CAP_SYS_ADMIN', 'CAP_NET_RAW'] }, { name: 'v' }, { name: 'x', caps: ['CAP_NET_RAW'] });
    expect(say(s, 'table-write')?.verdict).toBe('blocked');
    expect(say(s)?.verdict).toBe('possible');
    expect(say(s)?.impersonates).toContain(id(s, 'x'));
    const told = judge(s).segments[0]?.attackers.find((x) => x.id === id(s, 'a'));
    expect([told?.verdict, told?.right]).toEqual(['possible', 'host pid namespace']);
  });
  test('and without the right to enter, or to send, it does not', () => {
    expect(say(roaming(['CAP_SYS_ADMIN']))).toBeUndefined();
    expect(say(roaming(['CAP_NET_RAW']))).toBeUndefined();
    // Who may trace the host's processes has theirs.
    expect(say(roaming(['CAP_SYS_PTRACE']))?.verdict).toBe('possible');
  });
  test('no flag of its own port holds it back then', () => {
    const caps = ['CAP_SYS_ADMIN', 'CAP_SYS_PTRACE', 'CAP_NET_RAW'];
    const s = host({ name: 'a', join: { pid: 'host' }, caps, on: { lan: { at: 2, isolated: true } } }, { name: 'v', on: { lan: { at: 3, isolated: true } } }, { name: 'x' });
    expect(say(s)?.verdict).toBe('possible');
  });
});

describe('reading is another thing than poisoning', () => {
  const type = (name: Json): Json => ({ match: { op: '==', left: { payload: { protocol: 'ether', field: 'type' } }, right: name } });
  const ruled = (...expr: readonly Json[]): Snapshot => {
    const rules: readonly Json[] = [{ chain: { family: 'bridge', table: 't', name: 'c', hook: 'forward', prio: 0, policy: 'accept' } }, { rule: { family: 'bridge', table: 't', chain: 'c', handle: 2, expr: [...expr] } }];
    return { ...THREE, nets: THREE.nets.map((n) => (n.key === 'host' ? { ...n, nft: known(rules, 'nft') } : n)) };
  };
  test('a rule that drops IP between ports keeps the traffic, and not the table', () => {
    expect(say(THREE)).toMatchObject({ verdict: 'possible', reads: 'yes' });
    expect(say(ruled(type('ip'), { drop: null }))).toMatchObject({ verdict: 'possible', reads: 'no' });
    expect(say(ruled(type('ip'), { drop: null }), 'arp-spoof', 'host')).toMatchObject({ verdict: 'possible', reads: 'yes' });
  });
  test('one that drops some of it leaves the answer open', () => {
    expect(say(ruled({ match: { op: '==', left: { payload: { protocol: 'ip', field: 'protocol' } }, right: 'tcp' } }, { drop: null }))).toMatchObject({ verdict: 'possible', reads: 'unknown' });
    expect(say(ruled(type('ip'), { limit: { rate: 5, per: 'second' } }, { drop: null }))?.reads).toBe('unknown');
  });
  const at = (key: string, right: string): Json => ({ match: { op: '==', left: { meta: { key } }, right } });
  const both = [at('iifname', 'br-lan'), at('oifname', 'br-lan')];
  /** Rules of iptables where br_netfilter hands bridged IP over; `icc` is the engine's word. */
  const iptables = (icc: boolean, policy: 'accept' | 'drop', ...rules: readonly (readonly Json[])[]): Snapshot => ({
    ...THREE,
    segments: THREE.segments.map((x) => ({ ...x, icc: known(icc, 'engine') })),
    nets: THREE.nets.map((n) => (n.key !== 'host' ? n : {
      ...n, sysctls: known({ 'net.bridge.bridge-nf-call-iptables': '1' }, 'sysctl'),
      nft: known([{ chain: { family: 'ip', table: 'filter', name: 'FORWARD', hook: 'forward', prio: 0, policy } }, ...rules.map((expr, i): Json => ({ rule: { family: 'ip', table: 'filter', chain: 'FORWARD', handle: i + 1, expr } }))], 'nft'),
    })),
  });
  const followed: readonly Json[] = [at('oifname', 'br-lan'), { xt: { type: 'match', name: 'conntrack' } }, { accept: null }];
  test('icc=false keeps it by a rule, and what is accepted before that rule comes', () => {
    expect(say(iptables(false, 'drop', followed, [...both, { drop: null }]))?.reads).toBe('no');
    expect(say(iptables(false, 'drop', [...both, { accept: null }], followed, [...both, { drop: null }]))?.reads).toBe('yes');
    expect(say(iptables(false, 'accept', followed))?.reads).toBe('no');
  });
  test('a policy keeps it where the rule that lets it pass is gone', () => {
    expect(say(iptables(true, 'drop', followed, [...both, { accept: null }]))?.reads).toBe('yes');
    expect(say(iptables(true, 'drop', followed))?.reads).toBe('no');
    expect(say(iptables(true, 'drop', [{ match: { op: 'in', left: { ct: { key: 'state' } }, right: ['established', 'related'] } }, { accept: null }]))?.reads).toBe('no');
  });
});
