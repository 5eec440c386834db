import { expect, test } from 'vitest';
import { known, unknown } from '../model/reading.js';
import { plainCgroup, plainContainer, plainFacts } from './example.js';
import type { Container } from '../model/workload.js';
import { noPidsLimit as rule } from './no-pids-limit.js';

const find = (containers: readonly Container[]) => rule.find(plainFacts(containers));
const titles = (containers: readonly Container[]) => find(containers).map((hit) => hit.title);
const pids = (edit: Partial<typeof plainCgroup.pids>) => ({ ...plainCgroup, pids: { ...plainCgroup.pids, ...edit } });

test('a limit of an ancestor is a limit, and unread is no finding', () => {
  expect(titles([plainContainer({ cgroup: pids({ limit: known('max', 'pids.max'), effectiveLimit: known(500, 'slice') }) })])).toEqual([]);
  expect(titles([plainContainer({ cgroup: pids({ limit: unknown('absent', 'k'), effectiveLimit: unknown('absent', 'k') }) })])).toEqual([]);
});
