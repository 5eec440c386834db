import { expect, test } from 'vitest';
import { known, unknown } from '../model/reading.js';
import { plainContainer, plainFacts, plainProcess, withCapabilities } from './example.js';
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
