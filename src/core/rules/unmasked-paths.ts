import { isKnown, known } from '../model/reading.js';
import type { Hit, Rule } from './rule.js';
import { plainContainer, plainFacts } from './example.js';
import { subjectOf } from './subjects.js';

export const unmaskedPaths: Rule = {
  id: 'BH-WALL-09',
  name: 'unmasked-paths',
  family: 'walls',
  severity: 'medium',
  title: 'Nothing of /proc and /sys is masked in a container.',
  why: 'Engines hide the parts of /proc and /sys that belong to the whole machine (kcore, keys, timer_list, firmware) and make /proc/sys read-only. Without that root inside reads the kernel’s memory layout and changes its settings.',
  remedy: 'Take --security-opt systempaths=unconfined away.',
  references: ['https://docs.docker.com/reference/cli/docker/container/run/#security-opt'],
  good: { text: 'docker run web', facts: () => plainFacts() },
  bad: { text: 'docker run --security-opt systempaths=unconfined web', facts: () => plainFacts([plainContainer({ maskedPaths: known([], '/proc/4200/mountinfo'), readonlyPaths: known([], '/proc/4200/mountinfo') })]) },
  find: ({ snapshot }) =>
    snapshot.containers.flatMap((c): Hit[] => {
      if (c.declared.privileged || (c.state !== 'running' && c.state !== 'paused')) return [];
      const bare = isKnown(c.maskedPaths) && c.maskedPaths.value.length === 0 && isKnown(c.readonlyPaths) && c.readonlyPaths.value.length === 0;
      return bare ? [{ title: `${c.name} sees /proc and /sys unmasked.`, subjects: [subjectOf(c)], evidence: [c.maskedPaths, c.readonlyPaths] }] : [];
    }),
};
