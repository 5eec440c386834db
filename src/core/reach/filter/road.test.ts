import { describe, expect, test } from 'vitest';
import { castSpec, world } from '../../../../test/cast/cast.js';
import { known, valueOf, type Json, type Snapshot } from '../../model/index.js';
import { explain } from '../index.js';

const NET = { name: 'lan', prefix: '172.20.0', device: 'br-lan' };
const base = world({ ...castSpec(3), filters: 'none', networks: [NET], slices: [], talks: [], workloads: ['a', 'v', 'x'].map((name, i) => ({ name, on: { lan: { at: i + 2 } } })) });
const id = (name: string): string => base.containers.find((c) => c.name === name)?.id ?? name;
const portOf = (name: string): string => {
  const net = base.containers.find((c) => c.name === name)?.net;
  const own = base.interfaces.find((i) => i.net === net && i.kind === 'veth');
  return (own === undefined ? '' : (valueOf(own.peer) ?? '')).replace('host/', '');
};
const TAGS: Json = { match: { op: '==', left: { payload: { protocol: 'ether', field: 'type' } }, right: { set: ['8021q', '8021ad'] } } };
interface Given {
  readonly at?: string;
  readonly sysctls?: Readonly<Record<string, string>>;
  readonly nft?: readonly Json[];
  readonly lines?: { readonly ebtables?: readonly string[]; readonly arptables?: readonly string[] };
}
/** Rules in a net namespace: the host's, or a container's by name. */
const ruled = ({ at = 'host', sysctls = {}, nft = [], lines = {} }: Given): Snapshot => {
  const key = at === 'host' ? 'host' : base.containers.find((c) => c.name === at)?.net;
  return { ...base, nets: base.nets.map((n) => (n.key !== key ? n : { ...n, nft: known(nft, 'nft'), ebtables: known(lines.ebtables ?? [], 'ebtables'), arptables: known(lines.arptables ?? [], 'arptables'), sysctls: known({ ...valueOf(n.sysctls), ...sysctls }, '/proc/sys/net') })) };
};
const chain = (family: string, hook: string, over: { readonly [key: string]: Json } = {}): Json => ({ chain: { family, table: 't', name: hook, hook, prio: 0, policy: 'drop', ...over } });
const said = (given: Given, to = 'v'): string | undefined => explain(ruled(given), id('a'), to === 'host' ? 'host' : id(to)).find((v) => v.technique === 'arp-spoof')?.verdict;

describe('on which way a rule stands', () => {
  test.each<readonly [what: string, given: Given, to: string, verdict: string]>([
    ['bridge prerouting meets what is for a container', { nft: [chain('bridge', 'prerouting')] }, 'v', 'blocked'],
    ['bridge prerouting meets what is for the host', { nft: [chain('bridge', 'prerouting')] }, 'host', 'blocked'],
    ['bridge forward meets what is for a container', { nft: [chain('bridge', 'forward')] }, 'v', 'blocked'],
    ['bridge forward does not meet what is for the host', { nft: [chain('bridge', 'forward')] }, 'host', 'possible'],
    ['bridge input meets what is for the host', { nft: [chain('bridge', 'input')] }, 'host', 'blocked'],
    ['bridge input does not meet what is for a container', { nft: [chain('bridge', 'input')] }, 'v', 'possible'],
    ['bridge output meets what the host sends', { nft: [chain('bridge', 'output')] }, 'v', 'possible'],
    ['bridge postrouting meets what leaves at a port', { nft: [chain('bridge', 'postrouting')] }, 'v', 'blocked'],
    ['bridge postrouting does not meet what is for the host', { nft: [chain('bridge', 'postrouting')] }, 'host', 'possible'],
    ['netdev ingress at the sender’s port', { nft: [chain('netdev', 'ingress', { dev: portOf('a') })] }, 'v', 'blocked'],
    ['netdev ingress at the victim’s port', { nft: [chain('netdev', 'ingress', { dev: portOf('v') })] }, 'v', 'possible'],
    ['netdev egress at the victim’s port', { nft: [chain('netdev', 'egress', { dev: portOf('v') })] }, 'v', 'blocked'],
    ['netdev egress at the sender’s port', { nft: [chain('netdev', 'egress', { dev: portOf('a') })] }, 'v', 'possible'],
    ['netdev ingress at the bridge’s own device', { nft: [chain('netdev', 'ingress', { dev: 'br-lan' })] }, 'v', 'possible'],
    ['netdev ingress at the bridge’s own device, for the host', { nft: [chain('netdev', 'ingress', { dev: 'br-lan' })] }, 'host', 'blocked'],
    ['a hook whose device was not told stops nothing for certain', { nft: [chain('netdev', 'ingress')] }, 'v', 'possible'],
    ['table arp of the host does not meet what is for a container', { nft: [chain('arp', 'input')] }, 'v', 'possible'],
    ['table arp of the host meets what is for the host', { nft: [chain('arp', 'input')] }, 'host', 'blocked'],
    ['table arp of the victim', { at: 'v', nft: [chain('arp', 'input')] }, 'v', 'blocked'],
    ['table inet of the victim sees no ARP', { at: 'v', nft: [chain('inet', 'input'), chain('inet', 'prerouting')] }, 'v', 'possible'],
    ['netdev ingress of the victim', { at: 'v', nft: [chain('netdev', 'ingress', { dev: 'eth0' })] }, 'v', 'blocked'],
    ['ebtables BROUTING', { lines: { ebtables: ['*broute', ':BROUTING ACCEPT', '-A BROUTING -j DROP'] } }, 'v', 'blocked'],
    ['ebtables FORWARD by policy', { lines: { ebtables: ['*filter', ':FORWARD DROP'] } }, 'v', 'blocked'],
    ['ebtables INPUT', { lines: { ebtables: ['*filter', ':INPUT DROP'] } }, 'v', 'possible'],
    ['ebtables INPUT, for the host', { lines: { ebtables: ['*filter', ':INPUT DROP'] } }, 'host', 'blocked'],
    ['ebtables POSTROUTING', { lines: { ebtables: ['*nat', ':POSTROUTING DROP'] } }, 'v', 'blocked'],
    ['arptables INPUT of the host', { lines: { arptables: ['*filter', ':INPUT DROP'] } }, 'host', 'blocked'],
    ['arptables INPUT of the victim', { at: 'v', lines: { arptables: ['*filter', ':INPUT DROP'] } }, 'v', 'blocked'],
    ['arptables RETURN is left to the policy, which accepts', { at: 'v', lines: { arptables: ['*filter', ':INPUT ACCEPT', '-A INPUT -j RETURN', '-A INPUT -j DROP'] } }, 'v', 'possible'],
    ['arptables RETURN is left to the policy, which drops', { at: 'v', lines: { arptables: ['*filter', ':INPUT DROP', '-A INPUT -j RETURN', '-A INPUT -j ACCEPT'] } }, 'v', 'blocked'],
    ['ebtables RETURN is left to the policy, which accepts', { lines: { ebtables: ['*filter', ':FORWARD ACCEPT', '-A FORWARD -j RETURN', '-A FORWARD -j DROP'] } }, 'v', 'possible'],
    ['ebtables RETURN comes back from a chain of its own', { lines: { ebtables: ['*filter', ':FORWARD ACCEPT', ':own RETURN', '-A FORWARD -j own', '-A FORWARD -j DROP', '-A own -j RETURN', '-A own -j ACCEPT'] } }, 'v', 'blocked'],
    ['what may return may as well drop', { lines: { ebtables: ['*filter', ':FORWARD ACCEPT', ':own RETURN', '-A FORWARD -j own', '-A FORWARD -j DROP', '-A own --limit 1/sec -j RETURN', '-A own -j ACCEPT'] } }, 'v', 'possible'],
    ['arptables OUTPUT of the victim', { at: 'v', lines: { arptables: ['*filter', ':OUTPUT DROP'] } }, 'v', 'possible'],
  ])('%s', (_, given, to, verdict) => expect(said(given, to)).toBe(verdict));

  test('arptables FORWARD meets bridged frames where br_netfilter says so, and tagged ones where another switch does', () => {
    const rules = { arptables: ['*filter', ':FORWARD DROP'] };
    const noTags: readonly Json[] = [chain('bridge', 'forward', { policy: 'accept' }), { rule: { family: 'bridge', table: 't', chain: 'forward', handle: 2, expr: [TAGS, { drop: null }] } }];
    const on = { 'net.bridge.bridge-nf-call-arptables': '1' };
    expect(said({ lines: rules, nft: noTags })).toBe('possible');
    expect(said({ lines: rules, sysctls: on })).toBe('possible');
    expect(said({ lines: rules, sysctls: on, nft: noTags })).toBe('blocked');
    expect(said({ lines: rules, sysctls: on, nft: noTags }, 'host')).toBe('possible');
    expect(said({ lines: rules, sysctls: { ...on, 'net.bridge.bridge-nf-filter-vlan-tagged': '1' } })).toBe('possible');
  });
});

describe('rules of ebtables that nft lists as well', () => {
  const rule = (table: string, ...expr: readonly Json[]): readonly Json[] => [{ table: { family: 'bridge', name: table } }, { chain: { family: 'bridge', table, name: 'FORWARD', hook: 'forward', prio: 0, policy: 'accept' } }, { rule: { family: 'bridge', table, chain: 'FORWARD', handle: 1, expr: [...expr] } }];
  const both = (nft: readonly Json[], lines: readonly string[]) => explain(ruled({ nft, lines: { ebtables: lines } }), id('a'), id('v')).find((v) => v.technique === 'arp-spoof');
  const xt: Json = { xt: { type: 'match', name: 'arp' } };
  const replies = ['# nft', '*filter', ':FORWARD ACCEPT', '-A FORWARD -p ARP --arp-op Reply -j DROP'];
  test('are judged by what ebtables tells of them, where nft cannot print them', () => {
    expect(both(rule('filter', xt, { drop: null }), replies)).toMatchObject({ verdict: 'possible', unless: [] });
    expect(both(rule('filter', xt, { drop: null }), [])?.unless).not.toEqual([]);
    expect(both(rule('guard', xt, { drop: null }), replies)?.unless).not.toEqual([]);
  });
  test('and other tables, and what nft prints, count all the same', () => {
    expect(both([...rule('filter', xt, { drop: null }), ...rule('guard', { drop: null })], replies)?.verdict).toBe('blocked');
    expect(both(rule('filter', { drop: null }), ['*filter', ':FORWARD ACCEPT'])?.verdict).toBe('blocked');
  });
});

describe('the road of IPv6', () => {
  const six: Snapshot = { ...base, interfaces: base.interfaces.map((i) => (i.net !== 'host' && i.kind === 'veth' ? { ...i, addresses: known([...(valueOf(i.addresses) ?? []), `fd00::${base.containers.findIndex((c) => c.net === i.net) + 1}/64`], 'ip') } : i)) };
  const noTags: readonly Json[] = [chain('bridge', 'forward', { policy: 'accept' }), { rule: { family: 'bridge', table: 't', chain: 'forward', handle: 2, expr: [TAGS, { drop: null }] } }];
  const told = (given: Given, over: (s: Snapshot) => Snapshot = (s) => s): string | undefined => {
    const s = over(ruled(given));
    const all = { ...six, nets: s.nets, interfaces: six.interfaces.map((i) => ({ ...i, bridge: s.interfaces.find((x) => x.id === i.id)?.bridge ?? null })) };
    return explain(all, id('a'), id('v')).find((v) => v.technique === 'ndp-spoof')?.verdict;
  };
  const flag = (on: boolean) => (s: Snapshot): Snapshot => ({ ...s, interfaces: s.interfaces.map((i) => (i.bridge === null ? i : { ...i, bridge: { ...i.bridge, nfCallIp6tables: known(on, '') } })) });
  test('passes by the victim’s table inet and ip6 in either hook, and not by ip or arp', () => {
    expect(told({})).toBe('possible');
    for (const family of ['inet', 'ip6']) for (const hook of ['input', 'prerouting']) expect([family, hook, told({ at: 'v', nft: [chain(family, hook)] })]).toEqual([family, hook, 'blocked']);
    for (const family of ['ip', 'arp']) expect(told({ at: 'v', nft: [chain(family, 'input')] })).toBe('possible');
    expect(told({ at: 'v', nft: [chain('inet', 'forward')] })).toBe('possible');
    expect(told({ nft: [chain('inet', 'input'), chain('ip6', 'input')] })).toBe('possible');
  });
  test('passes by family inet at ingress, which is shown IP alone: not ARP, and nothing in two tags', () => {
    const given: Given = { at: 'v', nft: [chain('inet', 'ingress', { dev: 'eth0' })] };
    expect(said(given)).toBe('possible');
    expect(told(given)).toBe('possible');
    const guarded = (s: Snapshot): Snapshot => ({ ...s, nets: s.nets.map((n) => (n.key === 'host' ? { ...n, nft: known(noTags, 'nft') } : n)) });
    expect(told(given, guarded)).toBe('blocked');
    expect(told({}, guarded)).toBe('possible');
  });
  test('passes by the host’s table ip6 or inet where br_netfilter hands it there, by its switch or by the bridge’s own', () => {
    const on = { 'net.bridge.bridge-nf-call-ip6tables': '1' };
    const off = { 'net.bridge.bridge-nf-call-ip6tables': '0' };
    for (const family of ['ip6', 'inet']) {
      for (const hook of ['forward', 'prerouting']) {
        const nft = [...noTags, chain(family, hook, { table: 'u' })];
        expect([family, hook, told({ nft, sysctls: on })]).toEqual([family, hook, 'blocked']);
        expect([family, hook, told({ nft, sysctls: off }, flag(true))]).toEqual([family, hook, 'blocked']);
        expect([family, hook, told({ nft, sysctls: off }, flag(false))]).toEqual([family, hook, 'possible']);
      }
    }
    expect(told({ nft: [...noTags, chain('ip', 'forward', { table: 'u' })], sysctls: on })).toBe('possible');
    expect(told({ nft: [chain('ip6', 'forward', { table: 'u' })], sysctls: on })).toBe('possible');
    expect(told({ nft: [...noTags, chain('ip6', 'input', { table: 'u' })], sysctls: on })).toBe('possible');
    // ARP is no matter of theirs.
    expect(said({ nft: [...noTags, chain('ip6', 'forward', { table: 'u' })], sysctls: on })).toBe('possible');
  });
});
