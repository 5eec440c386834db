import { known } from '../../model/reading.js';
import type { Hit, Rule } from '../rule.js';
import { plainCgroup, plainContainer, plainFacts } from '../example.js';
import { settled } from '../subjects.js';
import { told } from '../walls.js';
import { limitDrift } from './limit.js';

/** systemd rounds a quota up to 10 ms in a second: a hundredth of a core. */
const ROUNDING = 0.011;

export const driftCpu: Rule = {
  id: 'BH-DRIFT-06',
  name: 'drift-cpu',
  family: 'drift',
  severity: 'medium',
  title: 'The kernel enforces another limit of cpu than was declared.',
  why: 'Somebody wrote to the cgroup past the engine, or the runtime did not set it. Rounding to the scheduler’s period is a runtime’s way and no drift.',
  remedy: 'Set it again through the engine: docker update --cpus N NAME.',
  references: ['cgroups(7)', 'cpu.max, cpu.cfs_quota_us'],
  good: { text: '--cpus 1; cpu.max 100000 100000', facts: () => plainFacts() },
  bad: { text: '--cpus 1; cpu.max max 100000', facts: () => plainFacts([plainContainer({ cgroup: { ...plainCgroup, cpu: { ...plainCgroup.cpu, limit: known('max', '/sys/fs/cgroup/cpu.max') } } })]) },
  find: ({ snapshot }) =>
    settled(snapshot).flatMap((c): readonly Hit[] => limitDrift(c, 'cpu', c.cgroup.cpu.limit, told(c.declared, 'cpus'), ROUNDING, (n) => `${Math.round(n * 100) / 100} ${n === 1 ? 'core' : 'cores'}`)),
};
