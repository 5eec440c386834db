import { isKnown, known } from '../model/reading.js';
import type { Hit, Rule } from './rule.js';
import { plainContainer, plainFacts, plainProcess } from './example.js';
import { parseLabel } from '../facts/label.js';
import { living, subjectOf } from './subjects.js';

export const lsmComplain: Rule = {
  id: 'BH-WALL-03',
  name: 'lsm-complain',
  family: 'walls',
  severity: 'medium',
  title: 'A container’s AppArmor profile only complains.',
  why: 'In complain mode a profile writes to the log what it would have refused, and refuses nothing. It looks like a wall in every list of profiles.',
  remedy: 'Read the log, complete the profile, then enforce it: aa-enforce PROFILE.',
  references: ['apparmor(7)', 'aa-enforce(8)'],
  good: { text: 'docker-default (enforce)', facts: () => plainFacts() },
  bad: { text: 'docker-default (complain)', facts: () => plainFacts([plainContainer({ process: plainProcess({ lsm: known('docker-default (complain)', '/proc/4200/attr/current') }) })]) },
  find: ({ snapshot }) =>
    living(snapshot).flatMap((w): Hit[] => {
      const lax = w.processes.find((p) => isKnown(p.lsm) && parseLabel(p.lsm.value).mode === 'complain');
      return lax && isKnown(lax.lsm) ? [{ title: `${w.name} runs under ${parseLabel(lax.lsm.value).profile} in complain mode: nothing is refused.`, subjects: [subjectOf(w)], evidence: [lax.lsm] }] : [];
    }),
};
