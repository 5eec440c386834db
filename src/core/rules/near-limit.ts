import { known, valueOf, type Reading } from '../model/reading.js';
import type { Hit, Rule } from './rule.js';
import { plainCgroup, plainContainer, plainFacts } from './example.js';
import { living, subjectOf } from './subjects.js';
import { bytes } from '../facts/units.js';

/** Above this share of a limit it is said. */
export const NEAR = 0.88;

function near(usage: Reading<number>, limit: Reading<number | 'max'>): readonly [number, number] | null {
  const used = valueOf(usage);
  const most = valueOf(limit);
  return used !== undefined && typeof most === 'number' && most > 0 && used / most > NEAR ? [used, most] : null;
}

const full = known(250_000_000, '/sys/fs/cgroup/system.slice/docker-web.scope/memory.current');

export const nearLimit: Rule = {
  id: 'BH-LIM-03',
  name: 'near-limit',
  family: 'limits',
  severity: 'medium',
  title: 'A container uses nearly all that its limit allows.',
  why: 'At the limit of memory the kernel ends one of its processes; at the limit of processes every fork fails. Pages that the kernel could take back count as used on cgroup v1 and v2, so a busy cache can look full and be well.',
  remedy: 'Look at what uses it (docker stats); raise the limit or free some, before the kernel does.',
  references: ['cgroups(7)'],
  good: { text: '50 MB used of 256 MiB', facts: () => plainFacts() },
  bad: { text: '250 MB used of 256 MiB', facts: () => plainFacts([plainContainer({ cgroup: { ...plainCgroup, memory: { ...plainCgroup.memory, usage: full } } })]) },
  moves: 'use',
  find: ({ snapshot }) =>
    living(snapshot).flatMap((w): Hit[] => {
      const { memory, pids } = w.cgroup;
      const hits: Hit[] = [];
      const m = near(memory.usage, memory.effectiveLimit);
      if (m) hits.push({ title: `${w.name} uses ${bytes(m[0])} of ${bytes(m[1])} of memory, ${Math.round((100 * m[0]) / m[1])} %.`, subjects: [subjectOf(w)], evidence: [memory.usage, memory.effectiveLimit, memory.imposedBy], key: 'memory' });
      const p = near(pids.usage, pids.effectiveLimit);
      if (p) hits.push({ title: `${w.name} has ${p[0]} of at most ${p[1]} processes.`, subjects: [subjectOf(w)], evidence: [pids.usage, pids.effectiveLimit, pids.imposedBy], key: 'pids' });
      return hits;
    }),
};
