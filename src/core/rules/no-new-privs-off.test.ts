import { expect, test } from 'vitest';
import { unknown } from '../model/reading.js';
import { plainContainer, plainFacts, plainProcess } from './example.js';
import type { Container } from '../model/workload.js';
import { noNewPrivsOff as rule } from './no-new-privs-off.js';

const find = (containers: readonly Container[]) => rule.find(plainFacts(containers));
const titles = (containers: readonly Container[]) => find(containers).map((hit) => hit.title);
test('unread is no finding', () => {
  expect(titles([plainContainer({ process: plainProcess({ noNewPrivs: unknown('absent', '/proc/4200/status') }) })])).toEqual([]);
});
