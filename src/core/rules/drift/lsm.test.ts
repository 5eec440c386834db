import { expect, test } from 'vitest';
import { known } from '../../model/reading.js';
import { plainContainer, plainFacts, plainHost, plainProcess } from '../example.js';
import type { Container } from '../../model/workload.js';
import { driftLsm as rule } from './lsm.js';

const find = (containers: readonly Container[]) => rule.find(plainFacts(containers));
const titles = (containers: readonly Container[]) => find(containers).map((hit) => hit.title);
const under = (label: string, appArmorProfile = 'docker-default') => titles([plainContainer({ process: plainProcess({ lsm: known(label, '/proc/4200/attr/current') }), declared: { appArmorProfile } })]);

test('stricter than declared is no drift: --privileged says unconfined whatever it was given', () => {
  expect(under('shop-web (enforce)', 'unconfined')).toEqual([]);
});
test('children and stacks of the declared profile are it', () => {
  expect(under('docker-default//helper (enforce)')).toEqual([]);
  expect(under('docker-default//&snap (enforce)')).toEqual([]);
  expect(under('docker-defaulter (enforce)')).toHaveLength(1);
});
test('without AppArmor there is nothing to differ from', () => {
  const c = plainContainer({ process: plainProcess({ lsm: known('unconfined', 'k') }) });
  expect(rule.find(plainFacts([c], { host: { ...plainHost, lsms: known([], 'lsm') } }))).toEqual([]);
});
