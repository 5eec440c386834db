import type { Hit, Rule } from './rule.js';
import { plainContainer, plainFacts } from './example.js';
import { living, subjectOf } from './subjects.js';
import { boundPaths } from './walls.js';

export const hostPathsReadable: Rule = {
  id: 'BH-HOST-03',
  name: 'host-paths-readable',
  family: 'host access',
  severity: 'medium',
  title: 'A container can read a whole folder of the host that holds secrets.',
  why: 'Keys, password hashes, other containers’ files and the environments of processes can be read from inside and used elsewhere. Agents that measure the host often ask for more than they need.',
  remedy: 'Mount only the files that are needed; run the program as a user that may not read the rest.',
  references: ['https://docs.docker.com/engine/storage/bind-mounts/'],
  good: { text: 'docker run -v /etc/localtime:/etc/localtime:ro web', facts: () => plainFacts([plainContainer({ declared: { mounts: [{ type: 'bind', source: '/etc/localtime', destination: '/etc/localtime', writable: false, propagation: 'rprivate' }] } })]) },
  bad: { text: 'docker run -v /:/host:ro node-exporter', facts: () => plainFacts([plainContainer({ declared: { mounts: [{ type: 'bind', source: '/', destination: '/host', writable: false, propagation: 'rprivate' }] } })]) },
  find: ({ snapshot }) =>
    living(snapshot).flatMap((w): Hit[] =>
      boundPaths(w, snapshot).filter((p) => !p.writable && (p.grade === 'reads' || p.grade === 'mind')).map((p): Hit => ({
        title: `${w.name} can read ${p.path} of the host. ${p.why}`, severity: p.grade === 'reads' ? 'medium' : 'low', subjects: [subjectOf(w)], evidence: [p.reading], key: p.path,
      })),
    ),
};
