import { expect, test } from 'vitest';
import { plainContainer, plainFacts } from './example.js';
import type { Container } from '../model/workload.js';
import { deviceAccess as rule } from './device-access.js';

const find = (containers: readonly Container[]) => rule.find(plainFacts(containers));
const given = (...devices: string[]) => find([plainContainer({ declared: { devices } })]).map((h) => h.severity);

test('a disk is critical, a tunnel is low, an unknown device is medium', () => {
  expect(given('/dev/nvme0n1:/dev/xvda:rwm')).toEqual(['critical']);
  expect(given('/dev/net/tun')).toEqual(['low']);
  expect(given('/dev/acme0')).toEqual(['medium']);
});
test('a rule of the device cgroup counts by what it allows', () => {
  expect(given('rule a *:* rwm')).toEqual(['high']);
  expect(given('rule c 13:* r')).toEqual(['low']);
});
