import { describe, expect, test } from 'vitest';
import { castSpec, world } from '../../../test/cast/cast.js';
import { known, unknown, type BridgePort, type FdbEntry, type Json, type NetInterface, type Reading, type Snapshot } from '../model/index.js';
import { explain, judge, type Technique } from './index.js';

const NET = { name: 'lan', prefix: '172.20.0', device: 'br-lan' };
const THREE: Snapshot = world({ ...castSpec(3), filters: 'none', networks: [NET], slices: [], talks: [], workloads: ['a', 'v', 'x'].map((name, i) => ({ name, on: { lan: { at: i + 2, veth: `veth-${name}` } } })) });
const SOURCE = 'ip -j -d link';
const id = (name: string): string => THREE.containers.find((c) => c.name === name)?.id ?? name;
const said = (s: Snapshot, technique: Technique = 'arp-spoof', from = 'a', to = 'v') => explain(s, id(from), id(to)).find((v) => v.technique === technique);
const verdict = (s: Snapshot, technique: Technique = 'arp-spoof', from = 'a', to = 'v'): string | undefined => said(s, technique, from, to)?.verdict;
const changed = (which: (i: NetInterface) => boolean, over: (i: NetInterface) => Partial<NetInterface>, s: Snapshot = THREE): Snapshot => ({ ...s, interfaces: s.interfaces.map((i) => (which(i) ? { ...i, ...over(i) } : i)) });
const port = (name: string, over: Partial<BridgePort>, s: Snapshot = THREE): Snapshot => changed((i) => i.name === `veth-${name}`, (i) => ({ port: i.port === null ? null : { ...i.port, ...over } }), s);
const bridge = (over: Partial<NonNullable<NetInterface['bridge']>>, s: Snapshot = THREE): Snapshot => changed((i) => i.kind === 'bridge', (i) => ({ bridge: i.bridge === null ? null : { ...i.bridge, ...over } }), s);
const macOf = (name: string): string => {
  const mac = THREE.interfaces.find((i) => i.net === THREE.containers.find((c) => c.name === name)?.net && i.kind === 'veth')?.mac;
  return mac !== undefined && 'value' in mac ? mac.value : '';
};
const fdb = (entries: readonly Partial<FdbEntry>[], s: Snapshot = THREE): Snapshot => ({
  ...s, nets: s.nets.map((n) => (n.key === 'host' ? { ...n, fdb: known(entries.map((e) => ({ mac: macOf('a'), port: 'veth-a', bridge: 'br-lan', vlan: null, permanent: true, ...e })), 'bridge -j fdb show') } : n)),
});

type Vlans = readonly { readonly vid: number; readonly pvid: boolean; readonly untagged: boolean }[];
/** `10pu`: VLAN 10, as the port's own and untagged on the way out. */
const vlans = (text: string): Vlans => (text === '' ? [] : text.split(' ').map((w) => ({ vid: Number.parseInt(w, 10), pvid: w.includes('p'), untagged: w.includes('u') })));
const filtering = (ports: Readonly<Record<string, string>>, own = '1pu'): Snapshot =>
  Object.entries(ports).reduce((s, [name, text]) => port(name, { vlans: known(vlans(text), 'bridge -j vlan show') }, s), bridge({ vlanFiltering: known(true, SOURCE), vlans: known(vlans(own), 'bridge -j vlan show') }));

describe('VLAN filtering', () => {
  test('a forged message has to leave untagged at the victim', () => {
    expect(verdict(filtering({ a: '10pu', v: '10pu', x: '10pu' }))).toBe('possible');
    expect(verdict(filtering({ a: '10pu', v: '10p', x: '10pu' }))).toBe('blocked');
    expect(verdict(filtering({ a: '20pu 10', v: '10pu', x: '10pu' }))).toBe('possible');
    expect(verdict(filtering({ a: '20pu', v: '10pu 20u', x: '10pu' }))).toBe('possible');
  });
  test('a MAC is stolen in the VLAN in which the victim’s own frames come in', () => {
    expect(verdict(filtering({ a: '10pu', v: '10p', x: '10pu' }), 'mac-steal')).toBe('possible');
    expect(verdict(filtering({ a: '20pu', v: '10pu 20u', x: '10pu' }), 'mac-steal')).toBe('blocked');
    expect(verdict(filtering({ a: '20pu 10', v: '10pu', x: '10pu' }), 'mac-steal')).toBe('possible');
    expect(verdict(filtering({ a: '10', v: '10', x: '10pu' }), 'mac-steal')).toBe('blocked');
  });
  test('its traffic comes back only in a VLAN that the attacker’s port is in', () => {
    expect(said(filtering({ a: '20pu', v: '10pu 20u', x: '10pu' }))?.reads).toBe('no');
    expect(said(filtering({ a: '20pu 10', v: '10pu', x: '10pu' }))?.reads).toBe('yes');
  });
  test('a sender may put its port’s own VLAN in a tag, past a rule that sees messages without one', () => {
    const match = (protocol: string, field: string, right: Json): Json => ({ match: { op: '==', left: { payload: { protocol, field } }, right } });
    const rules: readonly Json[] = [
      { chain: { family: 'bridge', table: 't', name: 'c', hook: 'prerouting', prio: 0, policy: 'accept' } },
      ...[match('ether', 'type', { set: ['arp', '8021ad'] }), match('vlan', 'id', 0)].map((m, i): Json => ({ rule: { family: 'bridge', table: 't', chain: 'c', handle: i + 1, expr: [m, { drop: null }] } })),
    ];
    const ruled = (s: Snapshot): Snapshot => ({ ...s, nets: s.nets.map((n) => (n.key === 'host' ? { ...n, nft: known(rules, 'nft') } : n)) });
    expect(verdict(ruled(THREE))).toBe('blocked');
    expect(verdict(ruled(filtering({ a: '20pu 10', v: '10pu', x: '10pu' })))).toBe('possible');
    expect(verdict(ruled(filtering({ a: '10pu', v: '10pu', x: '10pu' })))).toBe('possible');
  });
  test('the host is in the VLANs of the bridge itself', () => {
    expect(verdict(filtering({ a: '10pu', v: '10pu', x: '10pu' }), 'arp-spoof', 'a', 'host')).toBe('blocked');
    expect(verdict(filtering({ a: '10pu 1', v: '10pu', x: '10pu' }), 'arp-spoof', 'a', 'host')).toBe('possible');
    expect(said(filtering({ a: '10pu', v: '10pu', x: '10pu' }, '10pu'), 'arp-spoof', 'a', 'host')).toMatchObject({ verdict: 'possible', unless: [] });
  });
  test('the grouped judgement tells ports of different VLANs apart', () => {
    const s = filtering({ a: '20pu', v: '10pu', x: '20pu' });
    const groups = judge(s).segments[0]?.attackers.find((a) => a.id === id('a'))?.groups ?? [];
    expect(groups.find((g) => g.victims.includes(id('v')))?.verdict).toBe('blocked');
  });
});

describe('a bridge that keeps no MAC', () => {
  const s = bridge({ ageing: known(0, SOURCE) });
  test('is told no stolen one, and hands forged messages on', () => {
    expect(verdict(s, 'mac-steal')).toBe('blocked');
    expect(verdict(s)).toBe('possible');
    expect(verdict(bridge({ ageing: known(300_000, SOURCE) }), 'mac-steal')).toBe('possible');
  });
});

describe('macvlans that do not hand each other frames', () => {
  const parent = (over: Partial<NetInterface>, mode: string, far?: Partial<NetInterface>): Snapshot => {
    const base = THREE.interfaces.find((i) => i.id === 'host/br-lan') as NetInterface;
    const up: NetInterface = { ...base, id: 'host/eth9', name: 'eth9', kind: 'physical', addresses: known([], ''), bridge: null, ...over };
    const keys = THREE.containers.map((c) => c.net ?? '');
    const interfaces = THREE.interfaces.filter((i) => i.kind !== 'bridge' && !i.name.startsWith('veth-')).map((i): NetInterface => (keys.includes(i.net) && i.name === 'eth0' ? { ...i, kind: 'macvlan', peer: known('host/eth9', ''), mode: known(mode, '') } : i));
    return { ...THREE, interfaces: [...interfaces, up, ...(far === undefined ? [] : [{ ...up, id: 'host/eth9p', name: 'eth9p', kind: 'veth' as const, peer: known('host/eth9', ''), ...far }])], segments: THREE.segments.map((x) => ({ ...x, driver: 'macvlan', device: known('eth9', ''), mode })) };
  };
  const veth = { kind: 'veth' as const, peer: known('host/eth9p', '') };
  const inBridge = (hairpin: boolean): Partial<NetInterface> => ({ master: known('br-up', ''), port: { ...(THREE.interfaces.find((i) => i.name === 'veth-a')?.port as BridgePort), hairpin: known(hairpin, '') } });
  test('are parted where nothing comes back at the parent', () => {
    for (const mode of ['private', 'vepa']) {
      expect(verdict(parent(veth, mode, {}))).toBe('blocked');
      expect(verdict(parent(veth, mode, inBridge(false)))).toBe('blocked');
      expect(verdict(parent({ kind: 'dummy' }, mode))).toBe('blocked');
    }
  });
  test('take what comes back from outside, in private mode too', () => {
    for (const mode of ['private', 'vepa']) {
      expect(verdict(parent(veth, mode, inBridge(true)))).toBe('possible');
      expect(verdict(parent({}, mode))).toBe('unknown');
    }
  });
  test('and nothing comes back at a port that is isolated too; of one that may refuse it for more it is not known', () => {
    const at = (over: Partial<BridgePort>): string | undefined => {
      const far = inBridge(true);
      return verdict(parent(veth, 'private', { ...far, port: { ...(far.port as BridgePort), ...over } }));
    };
    expect(at({ isolated: known(true, '') })).toBe('blocked');
    for (const over of [{ isolated: unknown('absent', '') }, { locked: known(true, '') }, { state: known('blocking', '') }, { unicastFlood: known(false, '') }]) expect([over, at(over)]).toEqual([over, 'unknown']);
  });
  test('hear nothing of each other on a parent that is down, whatever their mode', () => {
    expect(said(parent({}, 'bridge'))).toMatchObject({ verdict: 'possible', reads: 'yes' });
    expect(verdict(parent({ up: known(false, SOURCE) }, 'bridge'))).toBe('blocked');
  });
});

describe('a locked port', () => {
  const deaf = bridge({ learnsLocal: known(false, SOURCE) });
  const locked = port('a', { locked: known(true, SOURCE) }, deaf);
  test('is taught by a frame to a link-local group, where its bridge learns from such', () => {
    const open = (learnsLocal: Reading<boolean> | undefined, over: Partial<BridgePort> = {}, ageing = 300_000): Snapshot => fdb([], port('a', { locked: known(true, SOURCE), ...over }, bridge({ ageing: known(ageing, SOURCE), learnsLocal })));
    for (const technique of ['arp-spoof', 'mac-steal'] as const) {
      expect(said(open(known(true, SOURCE)), technique)).toMatchObject({ verdict: 'possible', unless: [] });
      for (const not of [undefined, unknown('absent', SOURCE)]) expect(said(open(not), technique)).toMatchObject({ verdict: 'possible', unless: [expect.stringMatching(/no_linklocal_learn/)] });
      expect(verdict(open(known(false, SOURCE)), technique)).toBe('blocked');
      expect(verdict(open(known(true, SOURCE), { learning: known(false, SOURCE) }), technique)).toBe('blocked');
      expect(verdict(open(known(true, SOURCE), {}, 0), technique)).toBe('blocked');
      expect(said(open(known(true, SOURCE), { learning: unknown('denied', SOURCE) }), technique)?.unless).toEqual([expect.stringMatching(/learning is off/)]);
    }
  });
  test('lets in a MAC that has an entry there', () => {
    expect(verdict(fdb([{}], locked))).toBe('possible');
    expect(verdict(fdb([], locked))).toBe('blocked');
  });
  test('does not count an entry that is the host’s own, or that waits to be let in', () => {
    expect(verdict(fdb([{ stays: true, admits: false }], locked))).toBe('blocked');
    expect(verdict(fdb([{ permanent: false, admits: false }], locked))).toBe('blocked');
  });
  test('that keeps the victim’s own frames out leaves a stolen MAC worth nothing', () => {
    const theirs = port('v', { locked: known(true, SOURCE) });
    expect(verdict(fdb([], theirs), 'mac-steal')).toBe('blocked');
    expect(verdict(fdb([{ mac: macOf('v'), port: 'veth-v' }], theirs), 'mac-steal')).toBe('possible');
    expect(verdict(fdb([], theirs))).toBe('possible');
  });
  test('asks for the entry in the frame’s own VLAN', () => {
    const s = (vlan: number | null) => fdb([{ vlan }], port('a', { locked: known(true, SOURCE) }, bridge({ learnsLocal: known(false, SOURCE) }, filtering({ a: '10pu', v: '10pu', x: '10pu' }))));
    expect(verdict(s(10))).toBe('possible');
    expect(verdict(s(20))).toBe('blocked');
    expect(verdict(s(null))).toBe('blocked');
    expect(verdict(fdb([{ vlan: 10 }], locked))).toBe('blocked');
  });
});

describe('a port that is not flooded', () => {
  const off = known(false, SOURCE);
  const deaf = port('v', { learning: off, unicastFlood: off, mcastFlood: off, bcastFlood: off });
  test('hears nothing where the bridge does not know who is there', () => {
    expect(verdict(fdb([], deaf))).toBe('blocked');
    expect(verdict(fdb([{ mac: macOf('v'), port: 'veth-v' }], deaf))).toBe('possible');
  });
  test('hears broadcasts where these alone are flooded', () => {
    expect(verdict(fdb([], port('v', { bcastFlood: known(true, SOURCE) }, deaf)))).toBe('possible');
  });
  test('is known where the bridge learns', () => {
    expect(verdict(fdb([], port('v', { learning: known(true, SOURCE) }, deaf)))).toBe('possible');
  });
  test('does not keep its owner’s traffic from a stolen MAC', () => {
    expect(verdict(fdb([], deaf), 'mac-steal')).toBe('possible');
  });
});

describe('the end of a veth', () => {
  const ends = (names: readonly string[], master: string, s: Snapshot = THREE): Snapshot => changed((i) => names.includes(i.name), () => ({ master: known(master, SOURCE), port: null }), s);
  const vrf = (s: Snapshot): Snapshot => {
    const like = s.interfaces.find((i) => i.kind === 'bridge') as NetInterface;
    return { ...s, interfaces: [...s.interfaces, { ...like, id: 'host/vrf0', name: 'vrf0', kind: 'other', mode: known('vrf', SOURCE), bridge: null, addresses: known([], SOURCE) }] };
  };
  test('that hangs on no bridge is on no wire', () => {
    expect(verdict(ends(['veth-v'], ''))).toBe('blocked');
    expect(verdict(ends(['veth-a'], ''))).toBe('blocked');
  });
  test('in a VRF is routed, and shares no wire with another there', () => {
    expect(verdict(vrf(ends(['veth-v'], 'vrf0')))).toBe('blocked');
    expect(verdict(vrf(ends(['veth-a', 'veth-v'], 'vrf0')))).toBe('blocked');
  });
});

describe('ipvlan', () => {
  const stacked = (mode: string, kind: 'ipvlan' | 'macvlan' = 'ipvlan'): Snapshot => {
    const parent = { ...(THREE.interfaces.find((i) => i.kind === 'bridge') as NetInterface), id: 'host/wan0', name: 'wan0', kind: 'dummy', bridge: null, addresses: known([], SOURCE) } as NetInterface;
    const mac = kind === 'ipvlan' ? { mac: parent.mac } : {};
    const s = changed((i) => i.net !== 'host' && i.kind === 'veth', () => ({ kind, mode: known(mode, SOURCE), peer: known('host/wan0', SOURCE), ...mac }));
    return { ...s, interfaces: [...s.interfaces.filter((i) => !i.name.startsWith('veth-')), parent], segments: s.segments.map((g) => ({ ...g, driver: kind, mode, device: known('wan0', 'engine: Options.parent'), gateways: [] })) };
  };
  test('in l2 a broadcast reaches all, and a foreign MAC in it is believed; its traffic then leaves by the parent', () => {
    expect(said(stacked('l2'))).toMatchObject({ verdict: 'possible', reads: 'no' });
    expect(verdict(stacked('l2'), 'mac-steal')).toBe('blocked');
  });
  test('CAP_NET_ADMIN alone forges nothing there: the MAC is the parent’s, and an address is held once', () => {
    const s = stacked('l2');
    const only = ['CAP_NET_ADMIN'];
    const v = said({ ...s, containers: s.containers.map((c) => (c.name === 'a' ? { ...c, processes: c.processes.map((p) => ({ ...p, capabilities: { ...p.capabilities, effective: known(only, ''), permitted: known(only, ''), bounding: known(only, '') } })) } : c)) });
    expect(v?.unless.join()).toMatch(/means/);
  });
  test('what becomes of forged advertisements of IPv6 is not known', () => {
    const six = changed((i) => i.kind === 'ipvlan', (i) => ({ addresses: known([...('value' in i.addresses ? i.addresses.value : []), `fd00::${i.net.replace(/\D/g, '').slice(-4)}/64`], SOURCE) }), stacked('l2'));
    expect(verdict(six, 'ndp-spoof')).toBe('unknown');
    expect(verdict(six)).toBe('possible');
  });
  test('in l3 and l3s there are no neighbours', () => {
    expect(verdict(stacked('l3'))).toBe('blocked');
    expect(verdict(stacked('l3s'))).toBe('blocked');
  });
  test('on a bridge it reaches the bridge’s ports, and they reach it', () => {
    const on = (mode: string): Snapshot => changed((i) => i.net !== 'host' && i.net === THREE.containers.find((c) => c.name === 'a')?.net && i.kind === 'veth', () => ({ kind: 'ipvlan', mode: known(mode, SOURCE), peer: known('host/br-lan', SOURCE) }), { ...THREE, interfaces: THREE.interfaces.filter((i) => i.name !== 'veth-a') });
    expect(verdict(on('l2'))).toBe('possible');
    expect(verdict(on('l2'), 'arp-spoof', 'v', 'a')).toBe('possible');
    expect(verdict(on('l3'))).toBe('blocked');
  });
});

test('a router solicitation tells of its sender too where the victim forwards', () => {
  const six = changed((i) => i.net !== 'host' && i.kind === 'veth', (i) => ({ addresses: known([...('value' in i.addresses ? i.addresses.value : []), `fd00::${i.name.length}${macOf('a') === ('value' in i.mac ? i.mac.value : '') ? 'a' : macOf('v') === ('value' in i.mac ? i.mac.value : '') ? 'b' : 'c'}/64`], 'ip -j addr') }));
  const drop: readonly Json[] = [
    { chain: { family: 'bridge', table: 't', name: 'c', hook: 'forward', prio: 0, type: 'filter', policy: 'accept' } },
    { rule: { family: 'bridge', table: 't', chain: 'c', expr: [{ match: { op: '==', left: { payload: { protocol: 'icmpv6', field: 'type' } }, right: { set: ['nd-neighbor-solicit', 'nd-neighbor-advert', 'nd-router-advert'] } } }, { drop: null }] } },
    { rule: { family: 'bridge', table: 't', chain: 'c', expr: [{ match: { op: '==', left: { payload: { protocol: 'ether', field: 'type' } }, right: { set: ['8021q', '8021ad'] } } }, { drop: null }] } },
  ];
  const guarded = (forwarding: string): Snapshot => ({ ...six, nets: six.nets.map((n) => (n.key === 'host' ? { ...n, nft: known(drop, 'nft -j list ruleset') } : { ...n, sysctls: known({ 'net.ipv6.conf.eth0.forwarding': forwarding }, '/proc/sys/net') })) });
  expect(verdict(guarded('0'), 'ndp-spoof')).toBe('blocked');
  expect(verdict(guarded('1'), 'ndp-spoof')).toBe('possible');
});
