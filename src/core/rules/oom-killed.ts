import { known, valueOf } from '../model/reading.js';
import type { Hit, Rule } from './rule.js';
import { plainCgroup, plainContainer, plainFacts } from './example.js';
import { living, subjectOf } from './subjects.js';

export const oomKilled: Rule = {
  id: 'BH-LIM-04',
  name: 'oom-killed',
  family: 'limits',
  severity: 'low',
  title: 'The kernel has ended processes of a container for want of memory.',
  why: 'Its limit, or one above it, was reached since it started. What was ended may have been a worker that came back unseen.',
  remedy: 'Raise the limit or find what takes the memory.',
  references: ['cgroups(7)'],
  good: { text: 'memory.events: oom_kill 0', facts: () => plainFacts() },
  bad: { text: 'memory.events: oom_kill 3', facts: () => plainFacts([plainContainer({ cgroup: { ...plainCgroup, memory: { ...plainCgroup.memory, oomKills: known(3, '/sys/fs/cgroup/system.slice/docker-web.scope/memory.events') } } })]) },
  moves: 'use',
  find: ({ snapshot }) =>
    living(snapshot).flatMap((w): Hit[] => {
      const kills = valueOf(w.cgroup.memory.oomKills) ?? 0;
      return kills > 0 ? [{ title: `${w.name} lost ${kills} ${kills === 1 ? 'process' : 'processes'} for want of memory.`, subjects: [subjectOf(w)], evidence: [w.cgroup.memory.oomKills] }] : [];
    }),
};
