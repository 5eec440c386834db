import type { Hit, Rule } from './rule.js';
import { plainContainer, plainFacts } from './example.js';
import { living, subjectOf } from './subjects.js';
import { boundPaths } from './walls.js';

const bind = (propagation: string) => ({ type: 'bind', source: '/mnt/data', destination: '/data', writable: true, propagation });

export const mountPropagation: Rule = {
  id: 'BH-HOST-06',
  name: 'mount-propagation',
  family: 'host access',
  severity: 'medium',
  title: 'What a container mounts appears on the host.',
  why: 'A bind with shared propagation passes mounts in both directions: with SYS_ADMIN a container can put a file system of its own over the host’s folder.',
  remedy: 'Use rslave, where the container should see what the host mounts later; rprivate else.',
  references: ['mount_namespaces(7), shared subtrees', 'https://docs.docker.com/engine/storage/bind-mounts/#configure-bind-propagation'],
  good: { text: 'docker run -v /mnt/data:/data:rslave web', facts: () => plainFacts([plainContainer({ declared: { mounts: [bind('rslave')] } })]) },
  bad: { text: 'docker run -v /mnt/data:/data:rshared web', facts: () => plainFacts([plainContainer({ declared: { mounts: [bind('rshared')] } })]) },
  find: ({ snapshot }) =>
    living(snapshot).flatMap((w): Hit[] =>
      boundPaths(w, snapshot).filter((p) => p.propagation === 'shared' || p.propagation === 'rshared').map((p): Hit => ({
        title: `${w.name} passes what it mounts below ${p.destination} on to ${p.path} of the host.`, subjects: [subjectOf(w)], evidence: [p.reading], key: p.path,
      })),
    ),
};
