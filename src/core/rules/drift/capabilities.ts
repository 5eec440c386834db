import { isKnown } from '../../model/reading.js';
import type { Hit, Rule } from '../rule.js';
import { capWords, ownsHost, undeclaredCapabilities } from '../capabilities.js';
import { plainContainer, plainFacts, plainProcess, withCapabilities } from '../example.js';
import { settled, subjectOf } from '../subjects.js';
import { ownUserNamespace, told } from '../walls.js';

export const driftCapabilities: Rule = {
  id: 'BH-DRIFT-01',
  name: 'drift-capabilities',
  family: 'drift',
  severity: 'high',
  title: 'A container’s own processes hold capabilities that it was not declared to have.',
  why: 'The kernel lets the processes do more than the engine was told: a runtime or a hook that changed the bundle, or a declaration that is not what was started. Rights that came by exec have a rule of their own; a process that gave rights away is no drift.',
  remedy: 'Recreate the container; if it comes back so, look at the runtime (docker info, Runtimes) and its hooks.',
  references: ['capabilities(7)', '/proc/<pid>/status, CapEff and CapBnd'],
  good: { text: '--cap-drop ALL; CapBnd 0000000000000000', facts: () => plainFacts() },
  bad: { text: '--cap-drop ALL; CapBnd 0000000000200000', facts: () => plainFacts([plainContainer({ process: plainProcess({ capabilities: withCapabilities(['CAP_SYS_ADMIN']) }) })]) },
  find: ({ snapshot }) =>
    settled(snapshot).flatMap((c): Hit[] => {
      // In a user namespace of its own making a process holds every capability: over nothing of the container's.
      const own = c.namespaces.user.inode;
      for (const p of c.processes) {
        if (p.role !== 'main') continue;
        const there = p.namespaces.user;
        if (isKnown(own) && isKnown(there) && own.value !== there.value) continue;
        for (const set of [p.capabilities.effective, p.capabilities.permitted, p.capabilities.bounding]) {
          if (!isKnown(set)) continue;
          const more = undeclaredCapabilities(c.declared, set.value);
          if (more.length === 0) continue;
          return [{
            title: `${c.name} holds ${capWords(more)} that it was not declared to have.`,
            severity: ownsHost(more) && ownUserNamespace(c) !== 'yes' ? 'critical' : 'high',
            subjects: [subjectOf(c)],
            evidence: [set, told(c.declared, 'capAdd'), told(c.declared, 'capDrop')],
          }];
        }
      }
      return [];
    }),
};
