import { isKnown, known } from '../../model/reading.js';
import type { Hit, Rule } from '../rule.js';
import { plainContainer, plainFacts } from '../example.js';
import { settled, subjectOf } from '../subjects.js';
import { told } from '../walls.js';
import type { Mount } from '../../model/workload.js';

const planted: Mount = { destination: '/host', root: '/', host: '/', fstype: 'ext4', device: '/dev/sda1', writable: true, propagation: 'private', declared: false };
/** File systems that hold nothing of the host: making one inside takes rights, and gives none. */
const OF_ITS_OWN = new Set(['tmpfs', 'overlay', 'proc', 'sysfs', 'mqueue', 'devpts', 'cgroup', 'cgroup2', 'ramfs', 'nsfs', 'fuse', 'squashfs']);
const MOST = 10;

export const driftMount: Rule = {
  id: 'BH-DRIFT-09',
  name: 'drift-mount',
  family: 'drift',
  severity: 'high',
  title: 'A container holds a mount that was not declared, or holds it otherwise.',
  why: 'Somebody put a file system into its mount namespace after it started: from the host (nsenter, a tool that hot-plugs volumes) or from inside with SYS_ADMIN. The engine does not list it.',
  remedy: 'Find out who made it; take it away (umount) or declare it.',
  references: ['mount_namespaces(7)', '/proc/<pid>/mountinfo'],
  good: { text: 'mountinfo has what inspect lists', facts: () => plainFacts([plainContainer({ mounts: known([{ ...planted, declared: true }], '/proc/4200/mountinfo') })]) },
  bad: { text: 'nsenter -t 4200 -m mount /dev/sda1 /host', facts: () => plainFacts([plainContainer({ mounts: known([planted], '/proc/4200/mountinfo') })]) },
  find: ({ snapshot }) =>
    settled(snapshot).flatMap((c): Hit[] => {
      if (!isKnown(c.mounts)) return [];
      const source = c.mounts.source;
      const more = c.mounts.value.filter((m) => !m.declared);
      const own = (m: Mount) => m.host === '' && OF_ITS_OWN.has(m.fstype);
      const hits = more.filter((m) => !own(m)).slice(0, MOST).map((m): Hit => ({
        title: `${c.name} has ${m.host === '' ? `${m.device} (${m.fstype})` : `${m.host} of the host`} at ${m.destination}, ${m.writable ? 'read-write' : 'read-only'}, which was not declared.`,
        severity: m.writable ? 'high' : 'medium',
        subjects: [subjectOf(c)],
        evidence: [known(`${m.device} ${m.root} at ${m.destination}, ${m.fstype}, ${m.writable ? 'rw' : 'ro'}`, source), told(c.declared, 'mounts')],
        key: m.destination,
      }));
      const writable = c.mounts.value.filter((m) => m.declared && m.writable && c.declared.mounts.some((one) => one.destination === m.destination && !one.writable));
      hits.push(...writable.slice(0, MOST).map((m): Hit => ({
        title: `${c.name} can write to ${m.host === '' ? m.destination : `${m.host} of the host, at ${m.destination}`}, which was declared read-only.`,
        subjects: [subjectOf(c)],
        evidence: [known(`${m.device} ${m.root} at ${m.destination}, ${m.fstype}, rw`, source), told(c.declared, 'mounts')],
        key: `rw ${m.destination}`,
      })));
      const rest = more.filter(own);
      const first = rest[0];
      if (first) {
        hits.push({
          title: `${c.name} has ${first.fstype} at ${first.destination}${rest.length > 1 ? ` and ${rest.length - 1} more of its own` : ''}, which was not declared.`,
          severity: 'low',
          subjects: [subjectOf(c)],
          evidence: [known(rest.slice(0, MOST).map((m) => `${m.fstype} at ${m.destination}`).join(', '), source), told(c.declared, 'mounts')],
          key: 'of its own',
        });
      }
      return hits;
    }),
};
