import { expect, test } from 'vitest';
import { known } from '../../model/reading.js';
import { plainContainer, plainFacts, plainInodes, plainProcess, withCapabilities } from '../example.js';
import type { Container } from '../../model/workload.js';
import { driftCapabilities as rule } from './capabilities.js';

const find = (containers: readonly Container[]) => rule.find(plainFacts(containers));
const titles = (containers: readonly Container[]) => find(containers).map((hit) => hit.title);
const holds = (names: string[], declared: Parameters<typeof plainContainer>[0] = {}) => titles([plainContainer({ process: plainProcess({ capabilities: withCapabilities(names) }), ...declared })]);

test('fewer rights than declared are no drift: a process may give them away, and Podman gives fewer', () => {
  expect(holds([], { declared: { capDrop: [] } })).toEqual([]);
  expect(holds(['CAP_CHOWN'], { declared: { capDrop: [], capAdd: ['CAP_NET_ADMIN'] } })).toEqual([]);
});
test('the default set, what was added and --privileged are no drift', () => {
  expect(holds(['CAP_CHOWN', 'CAP_NET_RAW'], { declared: { capDrop: [] } })).toEqual([]);
  expect(holds(['CAP_SYS_ADMIN'], { declared: { capAdd: ['SYS_ADMIN'] } })).toEqual([]);
  expect(holds(['CAP_SYS_ADMIN'], { declared: { privileged: true } })).toEqual([]);
});
test('a right that was dropped from ALL is drift', () => {
  expect(holds(['CAP_SYS_ADMIN', 'CAP_NET_RAW'], { declared: { capAdd: ['ALL'], capDrop: ['NET_RAW'] } })).toHaveLength(1);
});
test('exec with other rights is no drift', () => {
  expect(titles([plainContainer({ processes: [plainProcess(), plainProcess({ pid: 4300, role: 'exec', capabilities: withCapabilities(['CAP_SYS_ADMIN'], 4300) })] })])).toEqual([]);
});
test('every right in a user namespace of a process’s own making is no drift', () => {
  const sandbox = plainProcess({ pid: 4300, capabilities: withCapabilities(['CAP_SYS_ADMIN'], 4300), namespaces: { ...plainInodes(), user: known(4026539999, '/proc/4300/ns/user') } });
  expect(titles([plainContainer({ processes: [plainProcess(), sandbox] })])).toEqual([]);
});
