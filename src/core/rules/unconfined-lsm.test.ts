import { expect, test } from 'vitest';
import { known, unknown } from '../model/reading.js';
import { plainContainer, plainFacts, plainHost, plainProcess } from './example.js';
import { unconfinedLsm as rule } from './unconfined-lsm.js';

const open = plainContainer({ process: plainProcess({ lsm: known('unconfined', '/proc/4200/attr/current') }) });

test('only where the host has a module, and where that is known', () => {
  expect(rule.find(plainFacts([open]))).toHaveLength(1);
  expect(rule.find(plainFacts([open], { host: { ...plainHost, lsms: known([], 'lsm') } }))).toEqual([]);
  expect(rule.find(plainFacts([open], { host: { ...plainHost, lsms: unknown('denied', 'lsm') } }))).toEqual([]);
});
test('runc’s own profile, which is in the mode unconfined, confines nothing', () => {
  const labelled = (label: string) => rule.find(plainFacts([plainContainer({ process: plainProcess({ lsm: known(label, '/proc/4200/attr/current') }) })]));
  expect(labelled('runc (unconfined)')).toHaveLength(1);
  expect(labelled('docker-default (enforce)')).toEqual([]);
});
test('SELinux’s unconfined domains count as well', () => {
  const host = { ...plainHost, lsms: known(['selinux'], 'lsm') };
  const labelled = (label: string) => rule.find(plainFacts([plainContainer({ process: plainProcess({ lsm: known(label, '/proc/4200/attr/current') }) })], { host }));
  expect(labelled('system_u:system_r:spc_t:s0')).toHaveLength(1);
  expect(labelled('system_u:system_r:container_t:s0:c1,c2')).toEqual([]);
});
