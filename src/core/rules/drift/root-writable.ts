import { known, valueOf } from '../../model/reading.js';
import type { Hit, Rule } from '../rule.js';
import { plainContainer, plainFacts } from '../example.js';
import { settled, subjectOf } from '../subjects.js';
import { told } from '../walls.js';

export const driftRootWritable: Rule = {
  id: 'BH-DRIFT-08',
  name: 'drift-root-writable',
  family: 'drift',
  severity: 'high',
  title: 'A root folder that was declared read-only is writable.',
  why: 'It was remounted, from inside with SYS_ADMIN or from the host: programs can be changed that were meant to be fixed.',
  remedy: 'Recreate the container, and drop SYS_ADMIN where it holds it.',
  references: ['mount(2), MS_REMOUNT', '/proc/<pid>/mountinfo'],
  good: { text: '--read-only; / ro', facts: () => plainFacts() },
  bad: { text: '--read-only; / rw', facts: () => plainFacts([plainContainer({ rootReadOnly: known(false, '/proc/4200/mountinfo') })]) },
  find: ({ snapshot }) =>
    settled(snapshot).flatMap((c): Hit[] =>
      c.declared.readonlyRootfs && valueOf(c.rootReadOnly) === false
        ? [{ title: `${c.name} was declared read-only, and its root folder is writable.`, subjects: [subjectOf(c)], evidence: [c.rootReadOnly, told(c.declared, 'readonlyRootfs')] }]
        : [],
    ),
};
