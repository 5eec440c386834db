import { isKnown, known } from '../model/reading.js';
import type { Hit, Rule } from './rule.js';
import { plainContainer, plainFacts, plainProcess } from './example.js';
import { living, subjectOf } from './subjects.js';

export const noNewPrivsOff: Rule = {
  id: 'BH-WALL-06',
  name: 'no-new-privs-off',
  family: 'walls',
  severity: 'info',
  title: 'A container’s processes may gain rights by starting a program.',
  why: 'Without no_new_privs a setuid program or one with file capabilities gives rights that the process does not hold, up to the bounding set. That is Docker’s default.',
  remedy: 'Start it with --security-opt no-new-privileges, unless it relies on sudo, su or ping with file capabilities.',
  references: ['prctl(2), PR_SET_NO_NEW_PRIVS', 'https://docs.kernel.org/userspace-api/no_new_privs.html'],
  good: { text: 'docker run --security-opt no-new-privileges web', facts: () => plainFacts() },
  bad: { text: 'docker run web', facts: () => plainFacts([plainContainer({ process: plainProcess({ noNewPrivs: known(false, '/proc/4200/status') }) })]) },
  find: ({ snapshot }) =>
    living(snapshot).flatMap((w): Hit[] => {
      const open = w.processes.find((p) => isKnown(p.noNewPrivs) && !p.noNewPrivs.value);
      return open ? [{ title: `${w.name} may gain rights by starting a setuid program.`, subjects: [subjectOf(w)], evidence: [open.noNewPrivs] }] : [];
    }),
};
