import { expect, test } from 'vitest';
import { known, unknown } from '../model/reading.js';
import { plainContainer, plainFacts, plainProcess, withCapabilities } from './example.js';
import type { Container } from '../model/workload.js';
import { dangerousCapabilities as rule } from './dangerous-capabilities.js';

const find = (containers: readonly Container[]) => rule.find(plainFacts(containers));
const titles = (containers: readonly Container[]) => find(containers).map((hit) => hit.title);
const holds = (...names: string[]) => plainContainer({ process: plainProcess({ capabilities: withCapabilities(names) }) });

test('the engine’s default set is none of them', () => {
  expect(titles([holds('CAP_CHOWN', 'CAP_NET_RAW', 'CAP_SETUID', 'CAP_MKNOD', 'CAP_DAC_OVERRIDE')])).toEqual([]);
});
test('what hands over the host is high, what shapes a network is medium', () => {
  expect(find([holds('CAP_SYS_MODULE')]).map((h) => h.severity)).toEqual(['high']);
  expect(find([holds('CAP_NET_ADMIN')]).map((h) => h.severity)).toEqual(['medium']);
});
test('in a user namespace of its own it is low', () => {
  const process = plainProcess({ capabilities: withCapabilities(['CAP_SYS_ADMIN']), uidMap: known([{ inside: 0, outside: 100000, length: 65536 }], '/proc/4200/uid_map') });
  expect(find([plainContainer({ process })]).map((h) => h.severity)).toEqual(['low']);
});
test('where the kernel cannot be read the declaration speaks', () => {
  const none = unknown('unsupported', 'kernel');
  const process = plainProcess({ capabilities: { effective: none, permitted: none, bounding: none, ambient: none, inheritable: none } });
  expect(titles([plainContainer({ process, declared: { capAdd: ['SYS_ADMIN'] } })])).toHaveLength(1);
  expect(titles([plainContainer({ process })])).toEqual([]);
});
test('rights of a process that came by exec are told by their own rule', () => {
  expect(titles([plainContainer({ processes: [plainProcess(), plainProcess({ pid: 4300, role: 'exec', capabilities: withCapabilities(['CAP_SYS_ADMIN'], 4300) })] })])).toEqual([]);
});
