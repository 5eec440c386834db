import { expect, test } from 'vitest';
import { castSpec, world } from '../../../test/cast/cast.js';
import { known, type Json, type Snapshot } from '../model/index.js';
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
