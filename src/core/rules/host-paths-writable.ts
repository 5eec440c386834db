import type { Severity } from '../model/finding.js';
import type { Hit, Rule } from './rule.js';
import { plainContainer, plainFacts } from './example.js';
import { living, subjectOf } from './subjects.js';
import { boundPaths, ownUserNamespace } from './walls.js';

export const hostPathsWritable: Rule = {
  id: 'BH-HOST-02',
  name: 'host-paths-writable',
  family: 'host access',
  severity: 'high',
  title: 'A container can write to a folder of the host in which a write becomes a right.',
  why: 'A program that the host runs, a setting that it reads or a key that it trusts can be changed from inside; the next time the host uses it, the container’s will is done as root. Read-only root and dropped capabilities do not help.',
  remedy: 'Mount only the folder that is needed, read-only where that is enough (`:ro`), or use a named volume.',
  references: ['https://docs.docker.com/engine/storage/bind-mounts/', 'mount_namespaces(7)'],
  good: { text: 'docker run -v /etc/ssl/certs:/certs:ro web', facts: () => plainFacts([plainContainer({ declared: { mounts: [{ type: 'bind', source: '/etc/ssl/certs', destination: '/certs', writable: false, propagation: 'rprivate' }] } })]) },
  bad: { text: 'docker run -v /etc:/host/etc web', facts: () => plainFacts([plainContainer({ declared: { mounts: [{ type: 'bind', source: '/etc', destination: '/host/etc', writable: true, propagation: 'rprivate' }] } })]) },
  find: ({ snapshot }) =>
    living(snapshot).flatMap((w): Hit[] =>
      boundPaths(w, snapshot).filter((p) => p.writable && (p.grade === 'writes' || p.grade === 'mind')).map((p): Hit => {
        const grave: Severity = p.grade === 'writes' ? 'critical' : 'medium';
        // With a user namespace of its own its root is nobody there, and the files' owners decide.
        return { title: `${w.name} can write to ${p.path} of the host. ${p.why}`, severity: ownUserNamespace(w) === 'yes' && grave === 'critical' ? 'high' : grave, subjects: [subjectOf(w)], evidence: [p.reading], key: p.path };
      }),
    ),
};
