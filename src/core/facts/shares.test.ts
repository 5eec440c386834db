import { expect, it } from 'vitest';
import { cast, castSpec, world } from '../../../test/cast/cast.js';
import { unknown, type Snapshot } from '../model/index.js';
import { shares, sharing } from './shares.js';

const s = cast(14);
const all = sharing(s);
const id = (name: string, of: Snapshot = s): string => [...of.containers, ...of.groups].find((w) => w.name === name)!.id;
const party = (name: string) => all.parties.find((p) => p.name.startsWith(name))!;

it('takes for ordinary what every container shares with the host and none by choice', () => expect([...all.ordinary]).toEqual(['user', 'time']));
it('takes for hot what a container or a group shares with the host, not what a process alone does', () => expect([...all.hot].sort()).toEqual(['net', 'pid', 'uts']));
it('finds each shared namespace with its members and who made it', () => {
  const sets = all.sets.map((x) => [x.kind, x.members.map((m) => all.parties.find((p) => p.id === m)!.name), x.owner === null ? null : all.parties.find((p) => p.id === x.owner)!.name]);
  expect(sets).toEqual(expect.arrayContaining([['net', ['web', 'web-tap'], 'web'], ['ipc', ['api', 'worker'], 'api'], ['net', ['db', 'bash 51\u00a0907'], 'db']]));
});
it('finds where a process that entered is in all eight kinds', () => {
  expect(party('bash').at).toMatchObject({ pid: 'host', uts: 'host', user: 'host' });
  expect(party('bash').at.net).toBe(party('db').at.net);
});
it('tells how it came so, as on a command line', () => {
  expect([party('node-exporter').how, party('web-tap').how, party('worker').how]).toEqual(['--pid=host --net=host --uts=host', '--pid, --net=container:web', '--ipc=container:api']);
});
it('says of one what it shares and what it does not', () => {
  const of = shares(id('web-tap'), all);
  expect(of.map((x) => [x.kind, x.state])).toEqual([['net', 'shared'], ['mnt', 'own'], ['pid', 'shared'], ['ipc', 'own'], ['uts', 'own'], ['user', 'ordinary'], ['cgroup', 'own'], ['time', 'ordinary']]);
});
it('goes by the engine’s word where the inode is unread, and says unknown where there is none', () => {
  const no = unknown('denied', '/proc/1/ns/net');
  const blind: Snapshot = {
    ...s,
    containers: s.containers.map((c) => ({
      ...c,
      namespaces: Object.fromEntries(Object.entries(c.namespaces).map(([k, r]) => [k, { inode: no, owner: k === 'net' ? r.owner : no }])) as typeof c.namespaces,
    })),
  };
  const seen = sharing(blind);
  expect(seen.sets.find((x) => x.kind === 'net' && x.members.includes(id('web')))?.members).toEqual([id('web'), id('web-tap')]);
  expect(shares(id('web'), seen).find((x) => x.kind === 'pid')?.state).toBe('unknown');
  expect([...seen.ordinary]).not.toContain('pid');
});
it('does not take for ordinary what the only container chose', () => {
  const one = world({ ...castSpec(3), workloads: [{ name: 'agent', join: { net: 'host', pid: 'host' } }], talks: [] });
  expect([...sharing(one).ordinary].sort()).toEqual(['time', 'user']);
});
