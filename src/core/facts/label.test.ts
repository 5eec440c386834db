import { expect, test } from 'vitest';
import { isUnconfined, parseLabel } from './label.js';

test('a label in its parts', () => {
  expect(parseLabel('docker-default (enforce)')).toEqual({ profile: 'docker-default', mode: 'enforce' });
  expect(parseLabel('unconfined\n')).toEqual({ profile: 'unconfined', mode: '' });
  expect(parseLabel('system_u:system_r:container_t:s0:c1,c2')).toEqual({ profile: 'system_u:system_r:container_t:s0:c1,c2', mode: '' });
});

test('what confines nothing: no profile, one in the mode unconfined, as runc’s own is since AppArmor 4, and SELinux’s free domains', () => {
  for (const label of ['unconfined', '', 'runc (unconfined)', 'system_u:system_r:spc_t:s0', 'unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023']) expect([label, isUnconfined(label)]).toEqual([label, true]);
  for (const label of ['docker-default (enforce)', 'docker-default (complain)', 'unconfined-browser (enforce)', 'system_u:system_r:container_t:s0:c1,c2']) expect([label, isUnconfined(label)]).toEqual([label, false]);
});
