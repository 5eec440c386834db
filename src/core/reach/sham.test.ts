import { expect, test } from 'vitest';
import { castSpec, world } from '../../../test/cast/cast.js';
import { known, unknown, type Json, type NetNamespace, type Snapshot } from '../model/index.js';
import { judge } from './index.js';

const NET = { name: 'lan', prefix: '172.20.0', device: 'br-lan' };
const base = world({ ...castSpec(3), filters: 'none', networks: [NET], slices: [], talks: [], workloads: ['a', 'v', 'x'].map((name, i) => ({ name, on: { lan: { at: i + 2 } } })) });
const withRules = (chain: Json, ...exprs: readonly (readonly Json[])[]): Snapshot => ({
  ...base,
  nets: base.nets.map((n) => (n.key === 'host' ? { ...n, nft: known([{ chain }, ...exprs.map((expr, i): Json => ({ rule: { family: (chain as { family: string }).family, table: 't', chain: 'c', handle: i + 1, expr: [...expr] } }))], 'nft -j list ruleset') } : n)),
});
const forward = { family: 'bridge', table: 't', name: 'c', hook: 'forward', prio: 0, policy: 'accept' };
const type = (right: Json): Json => ({ match: { op: '==', left: { payload: { protocol: 'ether', field: 'type' } }, right } });

test('a rule that stops some forged frames of a pair and not all is named', () => {
  const { sham, counts } = judge(withRules(forward, [type('arp'), { drop: null }]));
  expect(counts.possible).toBeGreaterThan(0);
  expect(sham).toEqual([{ where: 'nft bridge t c, rule 1', why: expect.stringMatching(/VLAN tag.* passes/) as string }]);
});

test('a rule that stops all is a guard', () => {
  const judged = judge(withRules(forward, [type({ set: ['arp', '8021q', '8021ad'] }), { drop: null }]));
  expect(judged.sham).toEqual([]);
  expect(judged.segments[0]?.attackers[0]?.groups.map((g) => [g.verdict, g.techniques])).toEqual([['possible', ['mac-steal']], ['possible', ['arp-spoof', 'mac-steal']]]);
});

test('a rule where no forged frame passes is named', () => {
  expect(judge(withRules({ ...forward, family: 'arp', hook: 'input' }, [{ drop: null }])).sham.map((s) => s.where)).toEqual(['nft arp t c']);
  expect(judge(withRules({ ...forward, family: 'inet', hook: 'ingress', dev: 'br-lan' }, [{ drop: null }])).sham.map((s) => s.where)).toEqual(['nft inet t c']);
});

test('a quiet host has none', () => {
  expect(judge(base).sham).toEqual([]);
});

const container = (name: string) => base.containers.find((c) => c.name === name);
const inNet = (over: Partial<NetNamespace>, name = 'host', s: Snapshot = base): Snapshot => ({ ...s, nets: s.nets.map((n) => (n.key === (name === 'host' ? 'host' : container(name)?.net) ? { ...n, ...over } : n)) });
const where = (s: Snapshot): readonly string[] => judge(s).sham.map((x) => x.where);

test('a rule at the ingress of the bridge’s own device is named, one at a port is not', () => {
  const ingress = (dev: Json, ...expr: readonly Json[]) => where(withRules({ ...forward, family: 'netdev', hook: 'ingress', dev }, expr.length === 0 ? [{ drop: null }] : expr));
  expect(ingress('br-lan')).toEqual(['nft netdev t c']);
  expect(ingress(['br-lan', 'veth-a'])).toEqual([]);
  expect(ingress('veth-a')).toEqual([]);
  expect(ingress('br-lan', { accept: null })).toEqual([]);
  expect(where(withRules({ ...forward, family: 'netdev', hook: 'egress', dev: 'br-lan' }, [{ drop: null }]))).toEqual([]);
  expect(where(withRules({ ...forward, family: 'inet', hook: 'input' }, [{ drop: null }]))).toEqual([]);
});

test('one that stops all of another pair is a guard, and a rule inside a victim is judged as well', () => {
  const x = 'veth-x';
  const forX = { match: { op: '==', left: { meta: { key: 'oifname' } }, right: x } };
  const named = { ...base, interfaces: base.interfaces.map((i) => (i.net === 'host' && i.kind === 'veth' && 'value' in i.peer && i.peer.value.startsWith(`${container('x')?.net ?? ''}/`) ? { ...i, id: `host/${x}`, name: x } : i.net === container('x')?.net && i.kind === 'veth' ? { ...i, peer: known(`host/${x}`, '') } : i)) };
  const rules = withRules(forward, [forX, { drop: null }]);
  expect(where({ ...named, nets: rules.nets })).toEqual([]);
  expect(where(inNet({ arptables: known(['*filter', ':INPUT ACCEPT', '-A INPUT --opcode 2 -j DROP'], '') }, 'v'))).toEqual(['arptables INPUT: --opcode 2 -j DROP']);
  // What may or may not drop is no sham for certain.
  expect(where(withRules(forward, [{ limit: { rate: 5, per: 'second' } }, { drop: null }]))).toEqual([]);
});

test('settings that look like a guard are named with who has them', () => {
  const set = (sysctls: Readonly<Record<string, string>>) => where(inNet({ sysctls: known(sysctls, 'sysctl') }, 'v'));
  for (const name of ['net.ipv4.conf.eth0.drop_gratuitous_arp', 'net.ipv4.conf.all.arp_filter', 'net.ipv4.conf.all.arp_ignore', 'net.ipv6.conf.eth0.drop_unsolicited_na']) {
    expect([name, set({ [name]: '1' })]).toEqual([name, [`${name}=1 in v`]]);
    expect([name, set({ [name]: '0' })]).toEqual([name, []]);
    expect([name, set({ [name.replace(/eth0|all/, 'lo')]: '1' })]).toEqual([name, []]);
  }
  expect(set({ 'net.ipv4.conf.all.arp_ignore': '8' })).toEqual(['net.ipv4.conf.all.arp_ignore=8 in v']);
  expect(where(inNet({ sysctls: unknown('denied', 'sysctl') }, 'v'))).toEqual([]);
  const icc = { ...base, segments: base.segments.map((s) => ({ ...s, icc: known(false, 'engine') })) };
  expect(where(icc)).toEqual(['lan: icc=false']);
  expect(where({ ...icc, containers: icc.containers.filter((c) => c.name === 'a') })).toEqual([]);
  const suppressed = { ...base, interfaces: base.interfaces.map((i) => (i.port !== null && 'value' in i.peer && i.peer.value.startsWith(`${container('v')?.net ?? ''}/`) ? { ...i, port: { ...i.port, neighSuppress: known(true, '') } } : i)) };
  expect(where(suppressed)).toEqual([expect.stringMatching(/^neigh_suppress on veth/)]);
});

test('what was not read of the host’s filters is told, each by itself', () => {
  const no = unknown('denied', 'tool');
  expect(judge(base).unread).toEqual([]);
  expect(judge(inNet({ nft: no })).unread).toEqual(['nft rules of the host: denied (tool)']);
  expect(judge(inNet({ ebtables: no })).unread).toEqual(['ebtables rules of the host: denied (tool)']);
  expect(judge(inNet({ tc: no })).unread).toEqual(['tc filters of the host: denied (tool)']);
});
