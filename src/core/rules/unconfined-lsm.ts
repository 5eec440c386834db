import { isKnown, known } from '../model/reading.js';
import type { Hit, Rule } from './rule.js';
import { plainContainer, plainFacts, plainProcess } from './example.js';
import { isUnconfined } from '../facts/label.js';
import { confiningModule } from './lsm.js';
import { living, subjectOf } from './subjects.js';
import { told } from './walls.js';

const NAMES = { apparmor: 'AppArmor', selinux: 'SELinux' } as const;

export const unconfinedLsm: Rule = {
  id: 'BH-WALL-02',
  name: 'unconfined-lsm',
  family: 'walls',
  severity: 'medium',
  title: 'The host has a security module, and it does not confine a container.',
  why: 'AppArmor’s or SELinux’s profile is the wall that still stands when a capability was given or a fault in the kernel’s namespaces is found: it refuses mounts, writes to /proc and /sys, and files of others.',
  remedy: 'Take --security-opt apparmor=unconfined or label=disable away, or give a profile of its own.',
  references: ['https://docs.docker.com/engine/security/apparmor/', 'apparmor(7)'],
  good: { text: 'docker run web', facts: () => plainFacts() },
  bad: { text: 'docker run --security-opt apparmor=unconfined web', facts: () => plainFacts([plainContainer({ process: plainProcess({ lsm: known('unconfined', '/proc/4200/attr/current') }) })]) },
  find: ({ snapshot }) => {
    const module = confiningModule(snapshot);
    if (module === undefined || module === 'none') return [];
    return living(snapshot).flatMap((w): Hit[] => {
      if (w.kind === 'container' && w.declared.privileged) return [];
      const open = w.processes.find((p) => p.role === 'main' && isKnown(p.lsm) && isUnconfined(p.lsm.value));
      if (open) return [{ title: `${NAMES[module]} does not confine ${w.name}.`, severity: w.kind === 'group' ? 'low' : 'medium', subjects: [subjectOf(w)], evidence: [open.lsm, snapshot.host.lsms] }];
      const read = w.processes.some((p) => isKnown(p.lsm));
      if (!read && w.kind === 'container' && module === 'apparmor' && w.declared.appArmorProfile === 'unconfined') {
        return [{ title: `${w.name} was started without an AppArmor profile.`, subjects: [subjectOf(w)], evidence: [told(w.declared, 'appArmorProfile'), snapshot.host.lsms] }];
      }
      return [];
    });
  },
};
