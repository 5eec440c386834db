import { isKnown, known } from '../../model/reading.js';
import type { Hit, Rule } from '../rule.js';
import { plainContainer, plainFacts, plainProcess } from '../example.js';
import { isUnconfined, parseLabel } from '../../facts/label.js';
import { confiningModule } from '../lsm.js';
import { settled, subjectOf } from '../subjects.js';
import { told } from '../walls.js';

export const driftLsm: Rule = {
  id: 'BH-DRIFT-03',
  name: 'drift-lsm',
  family: 'drift',
  severity: 'high',
  title: 'A container’s processes run under another AppArmor profile than was declared.',
  why: 'The profile was removed or replaced, or the process changed out of it; what the declared profile would refuse is allowed.',
  remedy: 'Load the profile again (apparmor_parser -r FILE) and recreate the container.',
  references: ['apparmor(7)', '/proc/<pid>/attr/current'],
  good: { text: 'declared docker-default; docker-default (enforce)', facts: () => plainFacts() },
  bad: { text: 'declared docker-default; unconfined', facts: () => plainFacts([plainContainer({ process: plainProcess({ lsm: known('unconfined', '/proc/4200/attr/current') }) })]) },
  find: ({ snapshot }) => {
    if (confiningModule(snapshot) !== 'apparmor') return [];
    return settled(snapshot).flatMap((c): Hit[] => {
      const declared = c.declared.appArmorProfile;
      // A privileged container says `unconfined` whatever profile it was given; stricter than declared is no drift.
      if (declared === '' || declared === 'unconfined') return [];
      for (const p of c.processes) {
        if (p.role !== 'main' || !isKnown(p.lsm)) continue;
        const { profile } = parseLabel(p.lsm.value);
        // A child profile (`declared//child`) and a stack (`declared//&more`) keep the declared one.
        if (profile === declared || profile.split('//&').some((part) => part === declared || part.startsWith(`${declared}//`))) continue;
        return [{ title: `${c.name} was declared to run under ${declared} and runs ${isUnconfined(p.lsm.value) ? 'unconfined' : `under ${profile}`}.`, subjects: [subjectOf(c)], evidence: [p.lsm, told(c.declared, 'appArmorProfile')] }];
      }
      return [];
    });
  },
};
