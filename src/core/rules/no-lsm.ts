import { known } from '../model/reading.js';
import type { Hit, Rule } from './rule.js';
import { plainFacts, plainHost } from './example.js';
import { confiningModule } from './lsm.js';
import { HOST_SUBJECT } from './subjects.js';

export const noLsm: Rule = {
  id: 'BH-WALL-04',
  name: 'no-lsm',
  family: 'walls',
  severity: 'low',
  title: 'The host has no security module that confines containers.',
  why: 'Neither AppArmor nor SELinux is in effect, so for every container that wall is missing: what a capability allows, nothing refuses.',
  remedy: 'Switch on AppArmor (Debian, Ubuntu, SUSE) or SELinux (Fedora, RHEL); the engine then uses it by itself after a restart.',
  references: ['https://docs.kernel.org/admin-guide/LSM/index.html'],
  good: { text: '/sys/kernel/security/lsm: lockdown,capability,apparmor', facts: () => plainFacts() },
  bad: { text: '/sys/kernel/security/lsm: capability', facts: () => plainFacts([], { host: { ...plainHost, lsms: known([], '/sys/kernel/security/lsm') } }) },
  find: ({ snapshot }): Hit[] =>
    confiningModule(snapshot) === 'none' ? [{ title: 'The host has neither AppArmor nor SELinux: for no container does that wall stand.', subjects: [HOST_SUBJECT], evidence: [snapshot.host.lsms] }] : [],
};
