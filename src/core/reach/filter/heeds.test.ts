import { expect, test } from 'vitest';
import { castSpec, world } from '../../../../test/cast/cast.js';
import { known, type Snapshot } from '../../model/index.js';
import { explain } from '../index.js';

const LAN = { name: 'lan', prefix: '172.20.0', device: 'br-lan' };
const THREE: Snapshot = world({ ...castSpec(3), filters: 'none', networks: [LAN], slices: [], talks: [], workloads: ['a', 'v', 'x'].map((name, i) => ({ name, on: { lan: { at: i + 2, veth: `veth-${name}` } } })) });
const of = (name: string) => THREE.containers.find((c) => c.name === name);
/** What is said where the victim has these sysctls: of ipv4, by the end of their names. */
const said = (sysctls: Readonly<Record<string, string>>, arptables: readonly string[] = []) => {
  const all = Object.fromEntries(Object.entries(sysctls).map(([key, value]) => [`net.ipv4.${key}`, value]));
  const s = { ...THREE, nets: THREE.nets.map((n) => (n.key === of('v')?.net ? { ...n, sysctls: known(all, 'sysctl'), arptables: known(arptables, '') } : n)) };
  return explain(s, of('a')?.id ?? '', of('v')?.id ?? '').find((v) => v.technique === 'arp-spoof');
};
const ALL = { 'conf.all.arp_ignore': '8', 'conf.eth0.drop_gratuitous_arp': '1', 'neigh.eth0.locktime': '1000000' };

test('each sysctl stops one form of a forged message, and leaves the others', () => {
  for (const key of Object.keys(ALL)) {
    const { [key as keyof typeof ALL]: _, ...two } = ALL;
    for (const some of [two, { [key]: ALL[key as keyof typeof ALL] }]) expect(said(some)).toMatchObject({ verdict: 'possible', unless: [] });
  }
});

test('all of them together keep an entry that is there, and none that is not', () => {
  expect(said(ALL)?.verdict).toBe('possible');
  expect(said(ALL)?.unless).toEqual([expect.stringMatching(/locktime of 10000 s/)]);
});

test('a gratuitous request is not held up by a locktime, where such are not dropped', () => {
  const { 'conf.eth0.drop_gratuitous_arp': _, ...two } = ALL;
  const replies = ['*filter', ':INPUT ACCEPT', '-A INPUT --opcode 2 -j DROP'];
  expect(said(two, replies)).toMatchObject({ verdict: 'possible', unless: [] });
  expect(said(ALL, replies)?.unless).toEqual([expect.stringMatching(/locktime of 10000 s/)]);
});

test('a request for its own address is not heeded at all, and nothing is left where only such come through', () => {
  const own = ['*filter', ':INPUT ACCEPT', '-A INPUT --opcode 2 -j DROP', '-A INPUT ! -d 172.20.0.3 -j DROP'];
  expect(said(ALL, own)?.verdict).toBe('blocked');
  const { 'conf.all.arp_ignore': _, ...two } = ALL;
  expect(said(two, own)?.verdict).toBe('possible');
});

test('a locktime that is soon over is waited for', () => {
  expect(said({ ...ALL, 'neigh.eth0.locktime': '100' })).toMatchObject({ verdict: 'possible', unless: [] });
  expect(said({ ...ALL, 'neigh.eth0.locktime': '5999' })?.unless).toEqual([]);
  expect(said({ ...ALL, 'neigh.eth0.locktime': '6000' })?.unless).not.toEqual([]);
});
