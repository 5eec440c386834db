import { known, valueOf } from '../../model/reading.js';
import type { Hit, Rule } from '../rule.js';
import { plainContainer, plainFacts, plainProcess } from '../example.js';
import { settled, subjectOf } from '../subjects.js';
import { told } from '../walls.js';

export const driftNoNewPrivs: Rule = {
  id: 'BH-DRIFT-04',
  name: 'drift-no-new-privs',
  family: 'drift',
  severity: 'medium',
  title: 'A container was declared to run with no_new_privs, and the kernel says that it does not.',
  why: 'The bit can not be taken off a process; so it was started without it, and a setuid program gives rights after all.',
  remedy: 'Recreate the container; if it comes back so, look at the runtime.',
  references: ['prctl(2), PR_SET_NO_NEW_PRIVS', '/proc/<pid>/status, NoNewPrivs'],
  good: { text: '--security-opt no-new-privileges; NoNewPrivs: 1', facts: () => plainFacts() },
  bad: { text: '--security-opt no-new-privileges; NoNewPrivs: 0', facts: () => plainFacts([plainContainer({ process: plainProcess({ noNewPrivs: known(false, '/proc/4200/status') }) })]) },
  find: ({ snapshot }) =>
    settled(snapshot).flatMap((c): Hit[] => {
      if (!c.declared.noNewPrivs) return [];
      const open = c.processes.find((p) => p.role === 'main' && valueOf(p.noNewPrivs) === false);
      return open ? [{ title: `${c.name} was declared to run with no_new_privs and does not.`, subjects: [subjectOf(c)], evidence: [open.noNewPrivs, told(c.declared, 'securityOpt')] }] : [];
    }),
};
