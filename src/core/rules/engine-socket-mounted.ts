import type { Rule, Hit } from './rule.js';
import { plainContainer, plainFacts } from './example.js';
import { living, subjectOf } from './subjects.js';
import { boundPaths, rootOnHost } from './walls.js';

const bind = (source: string, writable = true) => ({ type: 'bind', source, destination: source, writable, propagation: 'rprivate' });

export const engineSocketMounted: Rule = {
  id: 'BH-HOST-01',
  name: 'engine-socket-mounted',
  family: 'host access',
  severity: 'critical',
  title: 'A socket that commands the engine is reachable from inside a container.',
  why: 'Who can write to the engine’s socket can start a container with the host’s root folder and every right: that is root on the host. Mounting it read-only does not help, since connecting to a socket is no write to the file system. A folder that holds the socket gives it as well.',
  remedy: 'Take the mount away; where a program needs to ask the engine, put a proxy between that lets only the needed GET requests pass.',
  references: ['https://docs.docker.com/engine/security/protect-access/', 'unix(7)'],
  good: { text: 'docker run web', facts: () => plainFacts() },
  bad: { text: 'docker run -v /var/run/docker.sock:/var/run/docker.sock:ro web', facts: () => plainFacts([plainContainer({ declared: { mounts: [bind('/var/run/docker.sock', false)] } })]) },
  find: ({ snapshot }) =>
    living(snapshot).flatMap((w): Hit[] => {
      const paths = boundPaths(w, snapshot);
      const direct = paths.filter((p) => p.grade === 'socket' && p.path.includes('.sock'));
      // A folder gives the socket to who may open it: root, since it belongs to root and a group of the host.
      const root = rootOnHost(w);
      const folders = direct.length > 0 || root === 'no' ? [] : paths.filter((p) => !direct.includes(p) && (p.grade === 'socket' || p.path === '/'));
      return [
        ...direct.map((p): Hit => ({
          title: `${w.name} has ${p.path}, ${p.writable ? 'read-write' : 'read-only, which does not matter for a socket'}: whoever is in it owns the host.`,
          subjects: [subjectOf(w)],
          evidence: [p.reading],
          key: p.path,
        })),
        ...folders.map((p): Hit => ({
          title: `${w.name} has ${p.path} of the host, and the engine’s socket is in it: root in it owns the host.`,
          severity: root === 'yes' ? 'critical' : 'high',
          subjects: [subjectOf(w)],
          evidence: [p.reading, ...w.processes.slice(0, 1).map((x) => x.uid)],
          key: p.path,
        })),
      ];
    }),
};
