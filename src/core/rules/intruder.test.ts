import { expect, test } from 'vitest';
import { known } from '../model/reading.js';
import { plainContainer, plainFacts } from './example.js';
import type { Container } from '../model/workload.js';
import { intruderRule as rule } from './intruder.js';

const find = (containers: readonly Container[]) => rule.find(plainFacts(containers));
const titles = (containers: readonly Container[]) => find(containers).map((hit) => hit.title);
const came = (pid: number, comm: string) => ({ pid, comm, entered: ['net' as const], cgroup: known('/user.slice', 'cgroup'), uid: known(0, 'status'), effective: known([], 'status') });

test('several of one program are one finding', () => {
  expect(titles([plainContainer({ intruders: [came(1, 'tcpdump'), came(2, 'tcpdump'), came(3, 'bash')] })])).toHaveLength(2);
});
