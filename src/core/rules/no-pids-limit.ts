import { known, valueOf } from '../model/reading.js';
import type { Hit, Rule } from './rule.js';
import { plainCgroup, plainContainer, plainFacts } from './example.js';
import { living, subjectOf } from './subjects.js';
import { told } from './walls.js';

const none = known('max' as const, '/sys/fs/cgroup/system.slice/docker-web.scope/pids.max');

export const noPidsLimit: Rule = {
  id: 'BH-LIM-02',
  name: 'no-pids-limit',
  family: 'limits',
  severity: 'medium',
  title: 'Nothing limits the number of a container’s processes.',
  why: 'Process ids are one table for the whole host: a container that forks without end leaves none for anybody, and nobody can log in to stop it.',
  remedy: 'Set a limit: --pids-limit 200, or deploy.resources.limits.pids in a compose file.',
  references: ['https://docs.docker.com/reference/cli/docker/container/run/', 'cgroups(7)'],
  good: { text: 'docker run --pids-limit 200 web', facts: () => plainFacts() },
  bad: { text: 'docker run web', facts: () => plainFacts([plainContainer({ cgroup: { ...plainCgroup, pids: { ...plainCgroup.pids, limit: none, effectiveLimit: none } } })]) },
  find: ({ snapshot }) =>
    living(snapshot).flatMap((w): Hit[] => {
      const { limit, effectiveLimit } = w.cgroup.pids;
      const effective = valueOf(effectiveLimit);
      const open = effective === undefined ? valueOf(limit) === undefined && w.kind === 'container' && w.declared.pidsLimit === 'max' : effective === 'max';
      if (!open) return [];
      return [{ title: `${w.name} has no limit on its number of processes.`, severity: w.kind === 'group' ? 'low' : 'medium', subjects: [subjectOf(w)], evidence: effective === undefined && w.kind === 'container' ? [told(w.declared, 'pidsLimit')] : [limit, effectiveLimit] }];
    }),
};
