import { describe, expect, test } from 'vitest';
import { castSpec, world, type WorkloadSpec } from '../../../test/cast/cast.js';
import { known, unknown, type Json, type NetInterface, type NetNamespace, type Reading, type Snapshot } from '../model/index.js';
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

describe('whom it can be', () => {
  const FIVE = host({ name: 'a' }, { name: 'v' }, { name: 'x' }, { name: 'y' }, { name: 'z' });
  const EVERYBODY = ['x', 'y', 'z', 'gateway'];
  const at = (name: string): string => `172.20.0.${['gateway', 'a', 'v', 'x', 'y', 'z'].indexOf(name) + 1}`;
  const mac = (name: string): string => (FIVE.containers.find((c) => c.name === name)?.endpoints[0]?.mac as { readonly value: string }).value;
  const portOf = (name: string): string => (FIVE.containers.find((c) => c.name === name)?.endpoints[0]?.peer as { readonly value: string }).value;
  const name = (who: string): string => FIVE.containers.find((c) => c.id === who)?.name ?? 'gateway';
  const inNet = (over: Partial<NetNamespace>, of = 'host', s = FIVE): Snapshot => ({ ...s, nets: s.nets.map((n) => (n.key === (of === 'host' ? of : netOf(FIVE, of)) ? { ...n, ...over } : n)) });
  const as = (s: Snapshot, technique: Technique = 'arp-spoof'): readonly string[] => (say(s, technique)?.impersonates ?? []).map(name);
  const without = (...names: readonly string[]): readonly string[] => EVERYBODY.filter((n) => !names.includes(n));
  const says = (right: Json, op = '==', field = 'saddr ip'): Json => ({ match: { op, left: { payload: { protocol: 'arp', field } }, right } });
  const TAGS: readonly Json[] = [{ match: { op: '==', left: { payload: { protocol: 'ether', field: 'type' } }, right: { set: ['8021q', '8021ad'] } } }, { drop: null }];
  const chain = (family: string, hook: string, over: { readonly [key: string]: Json }, ...rules: readonly (readonly Json[])[]): readonly Json[] => [
    { chain: { family, table: 't', name: 'c', hook, prio: 0, policy: 'accept', ...over } }, ...rules.map((expr, i): Json => ({ rule: { family, table: 't', chain: 'c', handle: i + 1, expr: [...expr] } })),
  ];
  const DROP: Json = { drop: null };
  const forward = (...expr: readonly Json[]): Snapshot => inNet({ nft: known(chain('bridge', 'forward', {}, [...expr, DROP], TAGS), '') });
  test('is told by a rule that names one, wherever it stands', () => {
    expect(as(FIVE)).toEqual(EVERYBODY);
    for (const who of EVERYBODY) {
      const tc = { dev: portOf('a'), hook: 'ingress' as const };
      const drop = { actions: [{ kind: 'gact', control_action: { type: 'drop' } }] };
      const guards: readonly (readonly [string, Snapshot])[] = [
        ['nft', forward(says(at(who)))],
        ['ebtables', inNet({ ebtables: known(['*filter', ':FORWARD ACCEPT', `-A FORWARD -p ARP --arp-ip-src ${at(who)} -j DROP`, '-A FORWARD -p 802_1Q -j DROP', '-A FORWARD -p 0x88a8 -j DROP'], '') })],
        ['tc', inNet({ tc: known([{ ...tc, filter: { kind: 'u32', protocol: 'all', pref: 1, chain: 0, options: { match: { value: `ac1400${at(who).split('.')[3]?.padStart(2, '0') ?? ''}`, mask: 'ffffffff', off: 14 }, ...drop } } }, { ...tc, filter: { kind: 'matchall', protocol: '802.1Q', pref: 2, chain: 0, options: drop } }, { ...tc, filter: { kind: 'matchall', protocol: '802.1ad', pref: 3, chain: 0, options: drop } }], '') })],
        ['arptables', inNet({ sysctls: known({ 'net.bridge.bridge-nf-call-arptables': '1' }, ''), nft: known(chain('bridge', 'forward', {}, TAGS), ''), arptables: known(['*filter', ':FORWARD ACCEPT', `-A FORWARD -s ${at(who)} -j DROP`], '') })],
        ['the victim’s arptables', inNet({ arptables: known(['*filter', ':INPUT ACCEPT', `-A INPUT -s ${at(who)} -j DROP`], '') }, 'v')],
        ['the victim’s nft', inNet({ nft: known(chain('arp', 'input', {}, [says(at(who)), DROP]), '') }, 'v')],
      ];
      for (const [what, s] of guards) expect([what, who, as(s)]).toEqual([what, who, without(who)]);
    }
  });
  test('is told by one that names several: a network, a range, an order, a set, bits', () => {
    const cases: readonly (readonly [Snapshot, readonly string[]])[] = [
      [forward(says({ prefix: { addr: '172.20.0.4', len: 31 } })), without('x', 'y')],
      [forward(says({ range: ['172.20.0.4', '172.20.0.6'] })), without('x', 'y', 'z')],
      [forward(says({ set: ['172.20.0.1', { range: ['172.20.0.5', '172.20.0.9'] }] })), ['x']],
      [forward(says({ prefix: { addr: '172.20.0.4', len: 31 } }, '!=')), ['x', 'y']],
      [forward(says('172.20.0.4', '>')), ['x', 'gateway']],
      [forward(says('172.20.0.5', '>=')), ['x', 'gateway']],
      [forward(says('172.20.0.4', '<')), ['x', 'y', 'z']],
      [inNet({ arptables: known(['*filter', ':INPUT ACCEPT', '-A INPUT -s 172.20.0.4/31 -j DROP'], '') }, 'v'), without('x', 'y')],
      [inNet({ arptables: known(['*filter', ':INPUT ACCEPT', '-A INPUT ! -s 172.20.0.4/255.255.255.254 -j DROP'], '') }, 'v'), ['x', 'y']],
    ];
    for (const [s, whom] of cases) expect(as(s)).toEqual(whom);
  });
  test('is told by a rule on its MAC', () => {
    const steal = (...expr: readonly Json[]) => inNet({ nft: known(chain('netdev', 'ingress', { dev: portOf('a') }, [...expr, DROP]), '') });
    const source = (right: Json, op = '=='): Json => ({ match: { op, left: { payload: { protocol: 'ether', field: 'saddr' } }, right } });
    expect(as(FIVE, 'mac-steal')).toEqual(['x', 'y', 'z']);
    for (const who of ['x', 'y', 'z']) expect(as(steal(source(mac(who))), 'mac-steal')).toEqual(['x', 'y', 'z'].filter((n) => n !== who));
    expect(as(steal(source({ range: [mac('x'), mac('y')] })), 'mac-steal')).toEqual(['z']);
    expect(as(steal(source(mac('x'), '>')), 'mac-steal')).toEqual(['x']);
    expect(as(steal({ match: { op: '==', left: { '&': [{ payload: { protocol: 'ether', field: 'saddr' } }, '00:00:00:00:00:01'] }, right: '00:00:00:00:00:00' } }), 'mac-steal')).toEqual(['x', 'y', 'z'].filter((n) => Number.parseInt(mac(n).slice(-2), 16) % 2 === 1));
  });
  test('is told by its addresses of IPv6 in the same way', () => {
    const six: Snapshot = { ...FIVE, interfaces: FIVE.interfaces.map((i) => (i.name === 'br-lan' ? { ...i, addresses: known(['172.20.0.1/24', 'fd00::1/64'], '') } : i.net !== 'host' && i.kind === 'veth' ? { ...i, addresses: known([...FIVE.containers.filter((c) => c.net === i.net).map((c) => `${at(c.name)}/24`), ...FIVE.containers.filter((c) => c.net === i.net).map((c) => `fd00::${at(c.name).split('.')[3] ?? ''}/64`)], '') } : i)) };
    const from = (right: Json, op = '=='): Json => ({ match: { op, left: { payload: { protocol: 'icmpv6', field: 'taddr' } }, right } });
    const source = (right: Json): Json => ({ match: { op: '==', left: { payload: { protocol: 'ip6', field: 'saddr' } }, right } });
    const solicits: Json = { match: { op: '==', left: { payload: { protocol: 'icmpv6', field: 'type' } }, right: { set: ['nd-neighbor-solicit', 'nd-router-solicit'] } } };
    const guarded = (right: Json): Snapshot => inNet({ nft: known(chain('inet', 'prerouting', {}, [from(right), DROP], [source(right), solicits, DROP]), '') }, 'v', six);
    expect(as(six, 'ndp-spoof')).toEqual(EVERYBODY);
    for (const who of EVERYBODY) expect(as(guarded(`fd00::${at(who).split('.')[3] ?? ''}`), 'ndp-spoof')).toEqual(without(who));
    expect(as(guarded({ prefix: { addr: 'fd00::4', len: 127 } }), 'ndp-spoof')).toEqual(without('x', 'y'));
    expect(as(guarded({ range: ['fd00::5', 'fd00::6'] }), 'ndp-spoof')).toEqual(without('y', 'z'));
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
  test('where a rule keeps what goes outside, as on an internal network, what goes to whom the attacker can be is read', () => {
    const to = (op: string, addr: string, len: number): Json => ({ match: { op, left: { payload: { protocol: 'ip', field: 'daddr' } }, right: { prefix: { addr, len } } } });
    const internal = [at('iifname', 'br-lan'), to('!=', '172.20.0.0', 24), { drop: null }];
    expect(say(iptables(true, 'accept', internal))?.reads).toBe('yes');
    expect(say(iptables(true, 'accept', internal), 'mac-steal')?.reads).toBe('yes');
    expect(say(iptables(true, 'accept', internal, [...both, to('==', '172.20.0.0', 24), { drop: null }]))?.reads).toBe('no');
    // Only what is sent to one that the attacker itself, or the victim, is.
    for (const own of ['172.20.0.2', '172.20.0.3']) expect(say(iptables(true, 'accept', [...both, to('!=', own, 32), { drop: null }]))?.reads).toBe('no');
  });
  test('icc=false keeps it where bridged frames are handed to iptables, and nothing is said where that was not read', () => {
    const icc = (call: Reading<boolean>, global: string | null): string | undefined => say({
      ...THREE, segments: THREE.segments.map((x) => ({ ...x, icc: known(false, 'engine') })),
      interfaces: THREE.interfaces.map((i) => (i.bridge === null ? i : { ...i, bridge: { ...i.bridge, nfCallIptables: call } })),
      nets: THREE.nets.map((n) => (n.key === 'host' ? { ...n, sysctls: global === '?' ? unknown('denied', '') : known(global === null ? {} : { 'net.bridge.bridge-nf-call-iptables': global }, '') } : n)),
    })?.reads;
    const [on, off, no] = [known(true, ''), known(false, ''), unknown('denied', '')] as const;
    expect([icc(on, null), icc(on, '0'), icc(off, '1'), icc(no, '1'), icc(on, '?')]).toEqual(['no', 'no', 'no', 'no', 'no']);
    expect(icc(off, '0')).toBe('yes');
    expect([icc(no, '0'), icc(no, null), icc(off, null), icc(off, '?')]).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
  });
  test('of IPv6 it keeps what a rule keeps', () => {
    const six = (...rules: readonly Json[]): Snapshot => ({
      ...THREE, segments: THREE.segments.map((x) => ({ ...x, icc: known(false, 'engine') })),
      interfaces: THREE.interfaces.map((i) => (i.net !== 'host' && i.kind === 'veth' ? { ...i, addresses: known([`fd00::${i.net.length + (i.net === netOf(THREE, 'a') ? 1 : i.net === netOf(THREE, 'v') ? 2 : 3)}/64`], '') } : i)),
      nets: THREE.nets.map((n) => (n.key !== 'host' ? n : { ...n, sysctls: known({ 'net.bridge.bridge-nf-call-iptables': '1', 'net.bridge.bridge-nf-call-ip6tables': '1' }, ''), nft: known(rules, '') })),
    });
    const rule = (family: string, ...expr: readonly Json[]): readonly Json[] => [{ chain: { family, table: 'filter', name: 'FORWARD', hook: 'forward', prio: 0, policy: 'accept' } }, { rule: { family, table: 'filter', chain: 'FORWARD', handle: 1, expr: [...expr] } }];
    expect(say(six(), 'ndp-spoof')).toMatchObject({ verdict: 'possible', reads: 'yes' });
    expect(say(six(...rule('ip', ...both, { drop: null })), 'ndp-spoof')?.reads).toBe('yes');
    expect(say(six(...rule('ip6', ...both, { match: { op: '==', left: { meta: { key: 'l4proto' } }, right: { set: ['tcp', 'udp'] } } }, { drop: null })), 'ndp-spoof')?.reads).toBe('unknown');
    expect(say(six(...rule('ip6', ...both, { match: { op: '!=', left: { payload: { protocol: 'ip6', field: 'daddr' } }, right: 'ff02::1' } }, { match: { op: '!=', left: { payload: { protocol: 'ip6', field: 'daddr' } }, right: 'fd00::7' } }, { drop: null })), 'ndp-spoof')?.reads).toBe('no');
  });
  test('a port that neither learns nor is flooded gets none of it; one of both is enough', () => {
    const port = (learning: boolean, unicastFlood: boolean): string | undefined => say(edit(THREE, 'a', 'port', (i) => (i.port === null ? i : { ...i, port: { ...i.port, learning: known(learning, ''), unicastFlood: known(unicastFlood, '') } })))?.reads;
    expect([port(false, false), port(true, false), port(false, true)]).toEqual(['no', 'yes', 'yes']);
  });
  test('what carries another network is not known; who shares the interface has it, and who writes a table may send it anywhere', () => {
    expect(say({ ...THREE, segments: THREE.segments.map((x) => ({ ...x, driver: 'overlay' })) })?.reads).toBe('unknown');
    const shared = host({ name: 'a', on: {}, join: { net: 'd' }, caps: ['CAP_NET_RAW', 'CAP_NET_ADMIN'] }, { name: 'd', caps: [] }, { name: 'v' }, { name: 'x' });
    expect(say(edit(shared, 'd', 'port', (i) => (i.port === null ? i : { ...i, port: { ...i.port, hairpin: known(true, '') } })), 'arp-spoof', 'd')).toMatchObject({ verdict: 'possible', reads: 'yes' });
    expect(say(shared, 'table-write', 'd')).toMatchObject({ verdict: 'possible', reads: 'unknown' });
  });
});

describe('who may take an address and send nothing else', () => {
  const admin = host({ name: 'a', caps: ['CAP_NET_ADMIN'], bounding: ['CAP_NET_ADMIN'] }, { name: 'v' }, { name: 'x' });
  const ruled = (s: Snapshot, ...rules: readonly (readonly Json[])[]): PairVerdict | undefined => say({ ...s, nets: s.nets.map((n) => (n.key === 'host' ? { ...n, nft: known([{ chain: { family: 'bridge', table: 't', name: 'c', hook: 'forward', prio: 0, policy: 'accept' } }, ...rules.map((expr, i): Json => ({ rule: { family: 'bridge', table: 't', chain: 'c', handle: i + 1, expr: [...expr, { drop: null }] } }))], '') } : n)) });
  const is = (protocol: string, field: string, right: Json, op = '=='): Json => ({ match: { op, left: { payload: { protocol, field } }, right } });
  const TAGS = [is('ether', 'type', { set: ['8021q', '8021ad'] })];
  test('is not held back by what lets ordinary messages pass', () => {
    for (const rules of [[TAGS], [TAGS, [is('arp', 'operation', 'request')]], [TAGS, [is('arp', 'operation', 'reply')]]]) expect(ruled(admin, ...rules)).toMatchObject({ verdict: 'possible', unless: [] });
  });
  test('is reserved where only what its kernel does not make would pass, and another is not', () => {
    const guards = [[[is('ether', 'type', 'arp')]], [TAGS, [is('arp', 'htype', 1)]], [[is('ether', 'saddr', '02:00:00:00:00:77', '!=')]], [[is('ether', 'type', 'arp')], [is('ether', 'type', '8021q')]]];
    for (const rules of guards) {
      expect(ruled(admin, ...rules)?.verdict).toBe('possible');
      expect(ruled(admin, ...rules)?.unless).toEqual([expect.stringMatching(/no means to send/)]);
      expect(ruled(THREE, ...rules)).toMatchObject({ verdict: 'possible', unless: [] });
    }
  });
});
