import { known, valueOf } from '../model/reading.js';
import type { Hit, Rule } from './rule.js';
import { plainContainer, plainFacts } from './example.js';
import { living, subjectOf } from './subjects.js';
import { told } from './walls.js';

export const writableRoot: Rule = {
  id: 'BH-WALL-07',
  name: 'writable-root',
  family: 'walls',
  severity: 'info',
  title: 'A container can write to its own root folder.',
  why: 'An attacker can change its programs and leave tools behind until it is recreated. That is the engines’ default.',
  remedy: 'Start it with --read-only and give --tmpfs for the few folders that it writes to.',
  references: ['https://docs.docker.com/reference/cli/docker/container/run/#read-only'],
  good: { text: 'docker run --read-only --tmpfs /tmp web', facts: () => plainFacts() },
  bad: { text: 'docker run web', facts: () => plainFacts([plainContainer({ rootReadOnly: known(false, '/proc/4200/mountinfo'), declared: { readonlyRootfs: false } })]) },
  find: ({ snapshot }) =>
    living(snapshot).flatMap((w): Hit[] => {
      const readOnly = valueOf(w.rootReadOnly);
      // One that was declared read-only and is not has a rule of its own.
      if (w.kind === 'container' && w.declared.readonlyRootfs) return [];
      if (readOnly === true || (readOnly === undefined && w.kind !== 'container')) return [];
      return [{ title: `${w.name} can write to its own root folder.`, subjects: [subjectOf(w)], evidence: [readOnly === undefined && w.kind === 'container' ? told(w.declared, 'readonlyRootfs') : w.rootReadOnly] }];
    }),
};
