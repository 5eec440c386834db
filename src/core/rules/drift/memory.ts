import { known } from '../../model/reading.js';
import type { Hit, Rule } from '../rule.js';
import { plainCgroup, plainContainer, plainFacts } from '../example.js';
import { settled } from '../subjects.js';
import { told } from '../walls.js';
import { bytes } from '../../facts/units.js';
import { limitDrift } from './limit.js';

/** Kernels round a limit down to whole pages; the largest page that Linux uses for that is 64 KiB. */
const PAGE = 65_536;

export const driftMemory: Rule = {
  id: 'BH-DRIFT-05',
  name: 'drift-memory',
  family: 'drift',
  severity: 'medium',
  title: 'The kernel enforces another limit of memory than was declared.',
  why: 'Somebody wrote to the cgroup past the engine, or the runtime did not set it. `docker update` changes both, and rounding to a page is the kernel’s way: neither is drift.',
  remedy: 'Set it again through the engine: docker update --memory SIZE NAME.',
  references: ['cgroups(7)', 'memory.max, memory.limit_in_bytes'],
  good: { text: '--memory 256m; memory.max 268435456', facts: () => plainFacts() },
  bad: { text: '--memory 256m; memory.max max', facts: () => plainFacts([plainContainer({ cgroup: { ...plainCgroup, memory: { ...plainCgroup.memory, limit: known('max', '/sys/fs/cgroup/memory.max') } } })]) },
  find: ({ snapshot }) =>
    settled(snapshot).flatMap((c): readonly Hit[] => limitDrift(c, 'memory', c.cgroup.memory.limit, told(c.declared, 'memory'), PAGE, bytes)),
};
