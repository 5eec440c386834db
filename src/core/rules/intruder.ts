import { known } from '../model/reading.js';
import type { Hit, Rule } from './rule.js';
import { plainContainer, plainFacts } from './example.js';
import { living, subjectOf } from './subjects.js';

export const intruderRule: Rule = {
  id: 'BH-PROC-02',
  name: 'intruder',
  family: 'processes',
  severity: 'medium',
  title: 'A process is in a container’s namespaces without belonging to it.',
  why: 'It came by nsenter(1), a debugger or another runtime. It sees what the container sees, but the container’s limits do not hold it and the engine does not know of it: it stays when the container is stopped, and holds its namespaces open.',
  remedy: 'Find out who started it (its parent, its cgroup); end it when nobody needs it.',
  references: ['nsenter(1)', 'setns(2)'],
  good: { text: 'docker exec web sh', facts: () => plainFacts() },
  bad: {
    text: 'nsenter --target 4200 --net tcpdump',
    facts: () => plainFacts([plainContainer({ intruders: [{ pid: 51907, comm: 'tcpdump', entered: ['net'], cgroup: known('/user.slice', '/proc/51907/cgroup'), uid: known(0, '/proc/51907/status'), effective: known([], '/proc/51907/status') }] })]),
  },
  find: ({ snapshot }) =>
    living(snapshot).flatMap((w): Hit[] => {
      const byComm = new Map<string, typeof w.intruders[number][]>();
      for (const i of w.intruders) byComm.set(i.comm, [...(byComm.get(i.comm) ?? []), i]);
      return [...byComm].flatMap(([comm, all]): Hit[] => {
        const first = all[0];
        if (!first) return [];
        return [{
          title: `${comm} (process ${first.pid}${all.length > 1 ? ` and ${all.length - 1} more` : ''}) is in ${w.name}’s ${first.entered.join(', ')} namespace${first.entered.length > 1 ? 's' : ''} and not in its cgroup.`,
          subjects: [subjectOf(w), { kind: 'process', id: `process:${first.pid}`, name: comm }],
          evidence: [first.cgroup, first.uid, first.effective],
          key: `${comm} ${first.entered.join(' ')}`,
        }];
      });
    }),
};
