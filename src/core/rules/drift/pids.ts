import { known, valueOf } from '../../model/reading.js';
import type { Hit, Rule } from '../rule.js';
import { plainCgroup, plainContainer, plainFacts } from '../example.js';
import { settled } from '../subjects.js';
import { told } from '../walls.js';
import { limitDrift } from './limit.js';

export const driftPids: Rule = {
  id: 'BH-DRIFT-07',
  name: 'drift-pids',
  family: 'drift',
  severity: 'medium',
  title: 'The kernel enforces another limit of processes than was declared.',
  why: 'Somebody wrote to the cgroup past the engine, or the runtime did not set it. A limit where none was declared is the way of systemd (DefaultTasksMax) and of Podman, and no drift.',
  remedy: 'Set it again through the engine: docker update --pids-limit N NAME.',
  references: ['cgroups(7)', 'pids.max'],
  good: { text: '--pids-limit 100; pids.max 100', facts: () => plainFacts() },
  bad: { text: '--pids-limit 100; pids.max max', facts: () => plainFacts([plainContainer({ cgroup: { ...plainCgroup, pids: { ...plainCgroup.pids, limit: known('max', '/sys/fs/cgroup/pids.max') } } })]) },
  find: ({ snapshot }) => {
    const { engine } = snapshot.host;
    const givesOwn = valueOf(engine.cgroupDriver) !== 'cgroupfs' || /podman/iu.test(engine.name);
    return settled(snapshot).flatMap((c): readonly Hit[] => {
      if (c.declared.pidsLimit === 'max' && givesOwn) return [];
      return limitDrift(c, 'the number of processes', c.cgroup.pids.limit, told(c.declared, 'pidsLimit'), 0, String);
    });
  },
};
