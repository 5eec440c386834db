import type { Hit, Rule } from './rule.js';
import { DANGEROUS, plainCap } from '../facts/capabilities.js';
import { capWords, dangerousBeyondDefault } from './capabilities.js';
import { plainContainer, plainFacts, plainProcess, withCapabilities } from './example.js';
import { living, subjectOf } from './subjects.js';
import { heldCapabilities, ownUserNamespace, userNamespaceReading } from './walls.js';

export const dangerousCapabilities: Rule = {
  id: 'BH-HOST-05',
  name: 'dangerous-capabilities',
  family: 'host access',
  severity: 'high',
  title: 'A container holds capabilities that weaken the wall to the host.',
  why: `Beyond the engine’s default set these reach past the container. ${dangerousBeyondDefault(Object.keys(DANGEROUS)).map((name) => `${plainCap(name)}: ${DANGEROUS[name]?.why ?? ''}`).join(' ')}`,
  remedy: 'Drop all (--cap-drop ALL) and add back the single ones that the program is shown to need.',
  references: ['capabilities(7)', 'https://docs.docker.com/engine/security/#linux-kernel-capabilities'],
  good: { text: 'docker run --cap-drop ALL --cap-add NET_BIND_SERVICE web', facts: () => plainFacts() },
  bad: { text: 'docker run --cap-add SYS_ADMIN web', facts: () => plainFacts([plainContainer({ process: plainProcess({ capabilities: withCapabilities(['CAP_SYS_ADMIN']) }) })]) },
  find: ({ snapshot }) =>
    living(snapshot).flatMap((w): Hit[] => {
      // Said by their own rules: everything by --privileged, and rights that came by exec.
      if (w.kind === 'container' && w.declared.privileged) return [];
      const held = heldCapabilities(w, w.processes.filter((p) => p.role === 'main'));
      const names = dangerousBeyondDefault([...held.keys()]);
      const worst = names[0];
      if (worst === undefined) return [];
      const grade = DANGEROUS[worst]?.grade;
      const own = ownUserNamespace(w) === 'yes';
      return [{
        title: `${w.name} holds ${capWords(names)}${own ? ', within its own user namespace' : ''}. ${DANGEROUS[worst]?.why ?? ''}`,
        severity: own ? 'low' : grade === 'host' || grade === 'reads' ? 'high' : 'medium',
        subjects: [subjectOf(w)],
        evidence: [...new Set(names.flatMap((n) => held.get(n) ?? [])), userNamespaceReading(w)],
        key: names.join(' '),
      }];
    }),
};
