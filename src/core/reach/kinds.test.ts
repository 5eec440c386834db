import { describe, expect, test } from 'vitest';
import { castSpec, world, type WorkloadSpec } from '../../../test/cast/cast.js';
import { known, unknown, type Container, type ProcessFacts, type Snapshot } from '../model/index.js';
import { judge } from './index.js';

const BARE = { caps: [], bounding: [] } as const;
/** `a` and `b` are alike; the first is judged first. */
const alike = (both: Partial<WorkloadSpec>): Snapshot =>
  world({ ...castSpec(3), filters: 'none', networks: [{ name: 'lan', prefix: '172.20.0', device: 'br-lan' }], slices: [], talks: [], workloads: ['a', 'b', 'v', 'x'].map((name, i) => ({ name, ...(i < 2 ? both : BARE), on: { lan: { at: i + 2 } } })) });
type Change = (c: Container) => Container;
const process = (over: (p: ProcessFacts) => Partial<ProcessFacts>): Change => (c) => ({ ...c, processes: c.processes.map((p) => ({ ...p, ...over(p) })) });
const caps = (over: Partial<ProcessFacts['capabilities']>): Change => process((p) => ({ capabilities: { ...p.capabilities, ...over } }));
const on = (s: Snapshot, names: readonly string[], change: Change): Snapshot => ({ ...s, containers: s.containers.map((c) => (names.includes(c.name) ? change(c) : c)) });
const RAW = known(['CAP_NET_RAW'], '');
const denied = unknown('denied', '');
const USER = { caps: [], bounding: ['CAP_NET_RAW'], uid: 1000 } as const;
const unreadUser = process((p) => ({ namespaces: { ...p.namespaces, user: denied } }));

/** What is said of `b` towards `v` in the grouped judgement. */
function said(s: Snapshot): unknown {
  const id = (name: string): string => s.containers.find((c) => c.name === name)?.id ?? '';
  const g = judge(s).segments[0]?.attackers.find((a) => a.id === id('b'))?.groups.find((x) => x.victims.includes(id('v')));
  return { verdict: g?.verdict, techniques: g?.techniques, unless: g?.unless };
}

const CHANGES: readonly (readonly [what: string, both: Snapshot, change: Change])[] = [
  ['a process that came with CAP_NET_RAW', alike(BARE), caps({ effective: RAW })],
  ['a process that came with CAP_NET_ADMIN', alike(BARE), caps({ effective: known(['CAP_NET_ADMIN'], '') })],
  ['a capability that is permitted alone', alike(BARE), caps({ permitted: RAW })],
  ['one that was taken out of the bounding set of a user’s process', alike(USER), caps({ bounding: known([], '') })],
  ['a bounding set that was not read', alike(BARE), caps({ bounding: denied })],
  ['capabilities that were not read', alike(BARE), caps({ effective: denied, permitted: denied, bounding: denied })],
  ['no_new_privs', alike(USER), process(() => ({ noNewPrivs: known(true, '') }))],
  ['a user namespace of its own', alike({}), process((p) => ({ namespaces: { ...p.namespaces, user: known(4_026_599_999, '') } }))],
  ['another map where the user namespace was not read', on(alike({}), ['a', 'b'], unreadUser), process(() => ({ uidMap: known([{ inside: 0, outside: 100_000, length: 65_536 }], '') }))],
  ['a map that was not read either', on(alike({}), ['a', 'b'], unreadUser), process(() => ({ uidMap: denied }))],
  ['a profile of somebody’s own', alike({}), process(() => ({ lsm: known('mine (enforce)', '') }))],
  ['a state of being paused', alike({}), (c) => ({ ...c, state: 'paused' })],
  ['an image whose programs were not read', alike(USER), (c) => ({ ...c, privilegedPrograms: denied })],
];

describe('what is said of one who is like another is not said of one who has', () => {
  test.each(CHANGES)('%s', (_, both, change) => {
    const own = said(on(both, ['b'], change));
    expect(own).toEqual(said(on(both, ['a', 'b'], change)));
    expect(own).not.toEqual(said(both));
    expect(said(on(both, ['a'], change))).toEqual(said(both));
  });
});
