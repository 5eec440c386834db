import { describe, expect, test } from 'vitest';
import { castSpec, world } from '../../../test/cast/cast.js';
import { known, unknown, valueOf, type BridgePort, type Json, type NetInterface, type NetNamespace, type Snapshot } from '../model/index.js';
import { judge, pairs, VERDICTS, type PairVerdict } from './index.js';

const NAMES = ['a', 'b', 'odd', 'x'];
const plain = (...isolated: readonly string[]): Snapshot => world({
  ...castSpec(3), filters: 'none', networks: [{ name: 'lan', prefix: '172.20.0', device: 'br-lan' }], slices: [], talks: [],
  workloads: NAMES.map((name, i) => ({ name, on: { lan: { at: i + 2, veth: `veth-${name}`, isolated: isolated.includes(name) } } })),
});
const FOUR = plain();
/** Where ports are parted, what is stacked inside decides. */
const PARTED = plain(...NAMES);
const key = (name: string): string => FOUR.containers.find((c) => c.name === name)?.net ?? '';
const own = (over: (i: NetInterface) => Partial<NetInterface>, s = FOUR, name = 'odd'): Snapshot => ({ ...s, interfaces: s.interfaces.map((i) => (i.id === `${key(name)}/eth0` ? { ...i, ...over(i) } : i)) });
const outer = (over: (i: NetInterface) => Partial<NetInterface>, s = FOUR, name = 'odd'): Snapshot => ({ ...s, interfaces: s.interfaces.map((i) => (i.id === `host/veth-${name}` ? { ...i, ...over(i) } : i)) });
const port = (over: Partial<BridgePort>, s = FOUR, name = 'odd'): Snapshot => outer((i) => ({ port: i.port === null ? null : { ...i.port, ...over } }), s, name);
const ports = (over: Partial<BridgePort>, s = FOUR): Snapshot => NAMES.reduce((out, name) => port(over, out, name), s);
const inside = (over: Partial<NetNamespace>, s = FOUR, name = 'odd'): Snapshot => ({ ...s, nets: s.nets.map((n) => (n.key === key(name) ? { ...n, ...over } : n)) });
const bridge = (over: Partial<NonNullable<NetInterface['bridge']>>, s = FOUR): Snapshot => ({ ...s, interfaces: s.interfaces.map((i) => (i.bridge === null ? i : { ...i, bridge: { ...i.bridge, ...over } })) });
const sixes = (s: Snapshot, but: readonly string[] = []): Snapshot => NAMES.filter((n) => !but.includes(n)).reduce((out, name, n) => own((i) => ({ addresses: known([...(valueOf(i.addresses) ?? []), `fd00::${n + 1}/64`], 'ip') }), out, name), s);
/** Where no MAC can be stolen, what a forged message is reserved by counts. */
const STILL = ports({ learning: known(false, '') });
const on = known(true, '');
const off = known(false, '');
const no = unknown('denied', '');
const held = known(['172.20.0.1', '172.20.0.2', '172.20.0.3', '172.20.0.5'].map((ip) => ({ ip, mac: '02:00:00:00:00:01', dev: 'eth0', state: 'PERMANENT' })), '');
const noarp = known(['172.20.0.1', '172.20.0.2', '172.20.0.3', '172.20.0.5'].map((ip, n) => ({ ip, mac: '02:00:00:00:00:01', dev: 'eth0', state: n === 0 ? 'PERMANENT' : 'NOARP' })), '');
const vlan = (pvid: boolean, untagged: boolean, vid = 1, state?: string) => known([{ vid, pvid, untagged, ...(state === undefined ? {} : { state }) }], 'bridge -j vlan show');
const filtering = (over: ReturnType<typeof vlan>): Snapshot => port({ vlans: over }, bridge({ vlanFiltering: on, vlans: vlan(true, true) }));
const drop: readonly Json[] = [{ chain: { family: 'arp', table: 't', name: 'c', hook: 'input', prio: 0, policy: 'drop' } }];
const upper: NetInterface = { ...(FOUR.interfaces.find((i) => i.id === `${key('odd')}/eth0`) as NetInterface), id: `${key('odd')}/eth0.7`, name: 'eth0.7', kind: 'vlan', peer: known(`${key('odd')}/eth0`, ''), mode: known('7', ''), addresses: known(['10.7.0.1/24'], '') };
const two: NetInterface = { ...(FOUR.interfaces.find((i) => i.id === 'host/br-lan') as NetInterface), id: 'host/br-two', name: 'br-two', addresses: known([], '') };
const up: NetInterface = { ...(FOUR.interfaces.find((i) => i.id === 'host/veth-a') as NetInterface), id: 'host/up', name: 'up', kind: 'vlan', peer: known('host/br-lan', ''), master: known('br-two', ''), mode: known('10', '') };
const macvlan = (mode: string): Snapshot => {
  const parent: NetInterface = { ...two, id: 'host/eth9', name: 'eth9', kind: 'physical', bridge: null };
  const inner = NAMES.reduce((s, name) => own(() => ({ kind: 'macvlan', peer: known('host/eth9', ''), mode: known(name === 'odd' ? mode : 'bridge', '') }), s, name), FOUR);
  return { ...inner, interfaces: [...inner.interfaces.filter((i) => i.kind !== 'bridge' && !i.name.startsWith('veth-')), parent], segments: inner.segments.map((x) => ({ ...x, driver: 'macvlan', device: known('eth9', ''), mode: 'bridge' })) };
};

const told = (p: Pick<PairVerdict, 'verdict' | 'unless' | 'reads'>, techniques: readonly string[]) => ({ verdict: p.verdict, techniques: [...techniques].sort(), unless: [...p.unless].sort(), reads: p.reads });

/** What is said of each pair by itself: its strongest techniques, and what all of them are reserved by. */
function apart(s: Snapshot): ReadonlyMap<string, unknown> {
  const out = new Map<string, PairVerdict[]>();
  for (const p of pairs(s)) out.set(`${p.attacker} ${p.victim}`, [...(out.get(`${p.attacker} ${p.victim}`) ?? []), p]);
  return new Map([...out].map(([at, list]) => {
    const verdict = VERDICTS.find((v) => list.some((p) => p.verdict === v)) ?? 'blocked';
    const best = verdict === 'blocked' ? [] : list.filter((p) => p.verdict === verdict);
    const unless = best.some((p) => p.unless.length === 0) ? [] : [...new Set(best.flatMap((p) => p.unless))];
    return [at, told({ verdict, unless, reads: best[0]?.reads ?? 'no' }, best.map((p) => p.technique))];
  }));
}

/** The same by groups. */
function grouped(s: Snapshot): ReadonlyMap<string, unknown> {
  const out = new Map<string, unknown>();
  for (const segment of judge(s).segments) for (const a of segment.attackers) for (const g of a.groups) for (const v of g.victims) out.set(`${a.id} ${v}`, told(g, g.techniques));
  return out;
}

/** Two in another VLAN. */
const SEVEN = port({ vlans: vlan(true, true, 7) }, filtering(vlan(true, true, 7)), 'x');

const ODD: readonly (readonly [what: string, s: Snapshot])[] = [
  ['nothing at all', FOUR],
  ['an isolated port among isolated ones and one that is not', port({ isolated: off }, PARTED)],
  ['an isolated port', port({ isolated: on }, port({ isolated: on }, FOUR, 'b'))],
  ['isolation that was not read', port({ isolated: no }, ports({ isolated: on }, STILL))],
  ['a port that does not learn', port({ learning: off })],
  ['a port of which learning was not read', port({ learning: no }, NAMES.reduce((s, name) => inside({ nft: known(drop, '') }, s, name), FOUR))],
  ['a locked port', port({ locked: on })],
  ['a port that is blocking', port({ state: known('blocking', '') })],
  ['a port that learns and will forward among some that will not', ['odd', 'x'].reduce((s, name) => port({ state: known('learning', ''), settles: name === 'odd' ? on : off }, s, name), FOUR)],
  ['a port that does not hear what is for others', port({ unicastFlood: off, learning: off, bcastFlood: off, mcastFlood: off })],
  ['a port that hears broadcasts among deaf ones', port({ bcastFlood: on }, ports({ unicastFlood: off, learning: off, bcastFlood: off, mcastFlood: off }))],
  ['a port that hears groups among deaf ones', port({ mcastFlood: on }, ports({ unicastFlood: off, learning: off, bcastFlood: off, mcastFlood: off }))],
  ['a port in another VLAN', filtering(vlan(true, true, 7))],
  ['a port in two VLANs', port({ vlans: known([{ vid: 1, pvid: true, untagged: true }, { vid: 7, pvid: false, untagged: true }], '') }, port({ vlans: vlan(true, true, 7) }, bridge({ vlanFiltering: on, vlans: vlan(true, true) }), 'b'))],
  ['a port from which its VLAN leaves tagged', filtering(vlan(true, false))],
  ['a port whose VLAN is not its own', filtering(vlan(false, true))],
  ['a port that is blocking in its VLAN', filtering(vlan(true, true, 1, 'blocking'))],
  ['a port of which VLANs were not read', port({ vlans: no }, bridge({ vlanFiltering: on }))],
  ['a port that is down', outer(() => ({ up: off }))],
  ['a port with a program', outer(() => ({ xdp: known(['guard'], '') }))],
  ['an interface with a program', own(() => ({ xdp: known(['guard'], '') }))],
  ['an interface that is down', own(() => ({ up: off }))],
  ['an interface without ARP', own(() => ({ noarp: on }))],
  ['no address', own(() => ({ addresses: known([], '') }))],
  ['an address of IPv6', sixes(FOUR, ['x'])],
  ['no address of IPv4', own(() => ({ addresses: known(['fd00::9/64'], '') }), sixes(FOUR, ['odd']))],
  ['IPv6 that is off', inside({ sysctls: known({ 'net.ipv6.conf.eth0.disable_ipv6': '1' }, '') }, sixes(FOUR))],
  ['entries that stay', inside({ neighbours: held })],
  ['entries of which some stay', inside({ neighbours: noarp })],
  ['entries of IPv6 that stay', inside({ neighbours6: known(['fd00::1', 'fd00::2', 'fd00::4'].map((ip) => ({ ip, mac: '02:00:00:00:00:01', dev: 'eth0', state: 'PERMANENT' })), '') }, sixes(FOUR))],
  ['a table that was not read', inside({ neighbours: no }, STILL)],
  ['a table of IPv6 that was not read', inside({ neighbours6: no }, NAMES.reduce((s, name) => inside({ nft: known(drop, '') }, s, name), sixes(STILL)))],
  ['rules of its own', inside({ nft: known(drop, '') })],
  ['rules of its own for IPv6', inside({ nft: known([{ chain: { family: 'ip6', table: 't', name: 'c', hook: 'input', prio: 0, policy: 'drop' } }], '') }, sixes(FOUR))],
  ['rules of its own for both', inside({ nft: known([{ chain: { family: 'inet', table: 't', name: 'c', hook: 'prerouting', prio: 0, policy: 'drop' } }], '') }, sixes(FOUR))],
  ['rules that were not read', inside({ nft: no }, STILL)],
  ['filters that were not read', inside({ tc: no }, STILL)],
  ['arptables that were not read', inside({ arptables: no }, STILL)],
  ['sysctls that keep an entry', inside({ sysctls: known({ 'net.ipv4.conf.all.arp_ignore': '8', 'net.ipv4.conf.eth0.drop_gratuitous_arp': '1', 'net.ipv4.neigh.eth0.locktime': '1000000' }, '') }, STILL)],
  ['a device of its own on its interface', { ...SEVEN, interfaces: [...SEVEN.interfaces, upper] }],
  ['a bridge that is reached one way', { ...outer(() => ({ master: known('br-two', '') })), interfaces: [...outer(() => ({ master: known('br-two', '') })).interfaces, two, up] }],
  ['a macvlan that is private', macvlan('private')],
  ['a port of no bridge', outer(() => ({ master: known('', ''), port: null }))],
];

describe('the grouped judgement takes nobody for its like', () => {
  test.each(ODD)('who has %s', (_, s) => {
    const [one, all] = [apart(s), grouped(s)];
    expect([...all.keys()].sort()).toEqual([...one.keys()].sort());
    for (const [pair, answer] of all) expect([pair, answer]).toEqual([pair, one.get(pair)]);
  });
  test('and each of these is judged otherwise than the rest, but nothing at all', () => {
    const names = new Map(FOUR.containers.map((c) => [c.id, c.name]));
    const asLike = ([, s]: (typeof ODD)[number]): boolean => {
      const all = [...apart(s)].map(([pair, answer]) => [pair.split(' ').map((x) => names.get(x) ?? x), JSON.stringify(answer)] as const);
      const between = (of: (pair: readonly string[]) => boolean): ReadonlySet<string> => new Set(all.filter(([pair]) => of(pair)).map(([, answer]) => answer));
      const [to, toOthers, from, fromOthers] = [between(([a, v]) => a === 'b' && v === 'odd'), between(([a, v]) => a === 'b' && v === 'x'), between(([a, v]) => a === 'odd' && v === 'x'), between(([a, v]) => a === 'b' && v === 'x')];
      return JSON.stringify([...to]) === JSON.stringify([...toOthers]) && JSON.stringify([...from]) === JSON.stringify([...fromOthers]);
    };
    expect(ODD.filter(asLike).map(([what]) => what)).toEqual(['nothing at all']);
  });
});
