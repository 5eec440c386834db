import { isKnown, known } from '../../model/reading.js';
import type { Container } from '../../model/workload.js';
import type { Snapshot } from '../../model/snapshot.js';
import { listOf } from '../../facts/units.js';
import type { Hit, Rule } from '../rule.js';
import { plainContainer, plainFacts } from '../example.js';
import { settled, subjectOf } from '../subjects.js';
import { told } from '../walls.js';

/** In every kernel with a /proc; the other paths that engines mask are there with some. */
const EVERYWHERE = ['/proc/fs', '/proc/sys'];
/** What every version of the engine masks or locks, where it is there. */
const BY_DEFAULT = new Set([...EVERYWHERE, '/proc/bus', '/proc/irq', '/proc/sysrq-trigger', '/proc/kcore', '/proc/keys', '/proc/timer_list', '/sys/firmware']);

const covered = (c: Container): readonly string[] => [c.maskedPaths, c.readonlyPaths].flatMap((paths) => (isKnown(paths) ? paths.value : []));

/** Containers of which it is known what is masked, and that were declared to have what engines mask. */
function masked(s: Snapshot): readonly Container[] {
  return settled(s).filter((c) => c.declared.systemPaths === 'default' && !c.declared.privileged && isKnown(c.maskedPaths) && isKnown(c.readonlyPaths));
}

export const driftSystemPaths: Rule = {
  id: 'BH-DRIFT-17',
  name: 'drift-system-paths',
  family: 'drift',
  severity: 'high',
  title: 'Paths of /proc and /sys that were to be masked or read-only in a container are not.',
  why: 'Somebody took the mounts away that cover them, or made them writable: root inside reads the kernel’s memory layout and changes settings of the whole machine, while inspect lists them as covered.',
  remedy: 'Recreate the container, and drop SYS_ADMIN where it holds it.',
  references: ['https://docs.docker.com/reference/cli/docker/container/run/#security-opt', '/proc/<pid>/mountinfo'],
  good: { text: 'MaskedPaths has /proc/keys; mountinfo has a mount on it', facts: () => plainFacts([plainContainer({ readonlyPaths: known(['/proc/fs', '/proc/sys'], '/proc/4200/mountinfo'), declared: { systemPaths: 'default' } })]) },
  bad: { text: 'nsenter -t 4200 -m umount /proc/sys', facts: () => plainFacts([plainContainer({ readonlyPaths: known(['/proc/fs'], '/proc/4200/mountinfo'), declared: { systemPaths: 'default' } })]) },
  find: ({ snapshot }) => {
    const all = masked(snapshot);
    // Which of them this kernel has is told by the containers where they are covered.
    const here = new Set([...EVERYWHERE, ...all.flatMap((c) => covered(c).filter((path) => BY_DEFAULT.has(path)))]);
    return all.flatMap((c): Hit[] => {
      const there = new Set(covered(c));
      const declared = (path: string) => c.declared.mounts.some((m) => path === m.destination || path.startsWith(`${m.destination}/`));
      const open = [...here].filter((path) => !there.has(path) && !declared(path)).sort();
      if (isKnown(c.mounts) && c.mounts.value.some((m) => m.destination === '/sys' && m.fstype === 'sysfs' && m.writable) && !declared('/sys')) open.push('/sys');
      if (open.length === 0) return [];
      return [{ title: `${c.name}: ${listOf(open, 4)} ${open.length === 1 ? 'was' : 'were'} declared to be masked or read-only and ${open.length === 1 ? 'is' : 'are'} not.`, subjects: [subjectOf(c)], evidence: [c.maskedPaths, c.readonlyPaths, told(c.declared, 'systemPaths')] }];
    });
  },
};
