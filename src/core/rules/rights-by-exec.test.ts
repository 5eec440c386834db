import { expect, test } from 'vitest';
import { known, unknown } from '../model/reading.js';
import { plainContainer, plainFacts, plainInodes, plainProcess, withCapabilities } from './example.js';
import type { Container } from '../model/workload.js';
import { rightsByExec as rule } from './rights-by-exec.js';

const find = (containers: readonly Container[]) => rule.find(plainFacts(containers));
const titles = (containers: readonly Container[]) => find(containers).map((hit) => hit.title);
const exec = (names: string[]) => plainProcess({ pid: 4300, role: 'exec', comm: 'sh', capabilities: withCapabilities(names, 4300) });
const main = (names: string[]) => plainProcess({ capabilities: withCapabilities(names) });

test('an ordinary exec holds what the container was given', () => {
  expect(titles([plainContainer({ processes: [main(['CAP_NET_RAW']), exec(['CAP_NET_RAW'])] })])).toEqual([]);
});
test('root by exec in a container whose main process gave its rights away is within the bounding set', () => {
  const gave = { ...withCapabilities([]), bounding: known(['CAP_NET_RAW', 'CAP_CHOWN'], '/proc/4200/status') };
  expect(titles([plainContainer({ processes: [plainProcess({ capabilities: gave }), exec(['CAP_CHOWN'])] })])).toEqual([]);
});
test('an unread bounding set is no finding', () => {
  const blind = { ...withCapabilities([]), bounding: unknown('denied' as const, '/proc/4200/status') };
  expect(titles([plainContainer({ processes: [plainProcess({ capabilities: blind }), exec(['CAP_SYS_ADMIN'])] })])).toEqual([]);
});
test('the fingerprint holds no pid', () => {
  expect(find([plainContainer({ processes: [main([]), exec(['CAP_SYS_ADMIN'])] })])[0]?.key).toBeUndefined();
});
test('an ordinary user by exec --privileged holds nothing yet, and can gain what the container was not given', () => {
  const user = { ...withCapabilities([], 4300), bounding: known(['CAP_SYS_ADMIN'], '/proc/4300/status') };
  const [hit] = find([plainContainer({ processes: [main([]), plainProcess({ pid: 4300, role: 'exec', comm: 'sh', capabilities: user })] })]);
  expect(hit).toMatchObject({ severity: 'medium' });
  expect(hit?.title).toContain('can gain');
});
test('what is permitted and not in effect is held all the same: the process raises it by itself', () => {
  const idle = { ...withCapabilities([], 4300), permitted: known(['CAP_SYS_ADMIN'], '/proc/4300/status') };
  expect(titles([plainContainer({ processes: [main([]), plainProcess({ pid: 4300, role: 'exec', comm: 'sh', capabilities: idle })] })])[0]).toContain('holds SYS_ADMIN');
});
test('rights in a user namespace of its own making are over nothing of the container’s', () => {
  const inside = { ...exec(['CAP_SYS_ADMIN']), namespaces: { ...plainInodes(1, 4300), user: known(4026539999, '/proc/4300/ns/user') } };
  expect(titles([plainContainer({ processes: [main([]), inside] })])).toEqual([]);
});
test('in the host’s user namespace they are over everything, though the container has its own', () => {
  const [{ host }, own] = [plainFacts().snapshot, known(4026539998, '/proc/4200/ns/user')];
  const remapped = plainContainer({ processes: [main([]), exec(['CAP_SYS_ADMIN'])], namespaces: { ...plainContainer().namespaces, user: { inode: own, owner: known('own', '/proc/4200/ns/user') } } });
  const user = exec([]).namespaces.user;
  expect(rule.find(plainFacts([remapped], { host: { ...host, namespaces: { ...host.namespaces, user } } }))).toHaveLength(1);
});
test('who comes by an ordinary exec holds what was declared, though the first process emptied its bounding set', () => {
  expect(titles([plainContainer({ processes: [main([]), exec(['CAP_CHOWN', 'CAP_NET_RAW'])], declared: { capDrop: [] } })])).toEqual([]);
});
