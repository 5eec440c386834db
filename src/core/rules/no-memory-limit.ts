import { known, valueOf } from '../model/reading.js';
import type { Hit, Rule } from './rule.js';
import { plainCgroup, plainContainer, plainFacts } from './example.js';
import { living, subjectOf } from './subjects.js';
import { told } from './walls.js';

const none = known('max' as const, '/sys/fs/cgroup/system.slice/docker-web.scope/memory.max');

export const noMemoryLimit: Rule = {
  id: 'BH-LIM-01',
  name: 'no-memory-limit',
  family: 'limits',
  severity: 'medium',
  title: 'Nothing limits a container’s memory: not its own cgroup, nor any above it.',
  why: 'One that leaks or is attacked can take all of the host’s memory; then the kernel ends processes by its own choice, other containers’ and the host’s among them.',
  remedy: 'Set a limit with some room above what it uses: --memory, or deploy.resources.limits.memory in a compose file.',
  references: ['https://docs.docker.com/engine/containers/resource_constraints/#memory', 'cgroups(7)'],
  good: { text: 'docker run --memory 256m web', facts: () => plainFacts() },
  bad: { text: 'docker run web', facts: () => plainFacts([plainContainer({ cgroup: { ...plainCgroup, memory: { ...plainCgroup.memory, limit: none, effectiveLimit: none } } })]) },
  find: ({ snapshot }) =>
    living(snapshot).flatMap((w): Hit[] => {
      const { limit, effectiveLimit } = w.cgroup.memory;
      const effective = valueOf(effectiveLimit);
      // Where no kernel can be asked, the declaration speaks for the container's own limit.
      const open = effective === undefined ? valueOf(limit) === undefined && w.kind === 'container' && w.declared.memory === 'max' : effective === 'max';
      if (!open) return [];
      return [{ title: `${w.name} has no limit on memory.`, severity: w.kind === 'group' ? 'low' : 'medium', subjects: [subjectOf(w)], evidence: effective === undefined && w.kind === 'container' ? [told(w.declared, 'memory')] : [limit, effectiveLimit] }];
    }),
};
