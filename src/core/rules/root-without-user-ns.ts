import { known } from '../model/reading.js';
import type { Hit, Rule } from './rule.js';
import { plainContainer, plainFacts, plainProcess } from './example.js';
import { living, subjectOf } from './subjects.js';
import { ownUserNamespace, rootOnHost, told, uidOnHost, userNamespaceReading } from './walls.js';

export const rootWithoutUserNs: Rule = {
  id: 'BH-WALL-05',
  name: 'root-without-user-ns',
  family: 'walls',
  severity: 'low',
  title: 'A container runs as root, and its root is the host’s root.',
  why: 'Without a user namespace of its own user 0 inside is user 0 outside. Should it get out, by a mount, a fault or a descriptor that was left open, it is root on the host at once.',
  remedy: 'Run it as another user (USER in the Dockerfile, or --user), or let the engine remap users (userns-remap), or run the engine rootless.',
  references: ['user_namespaces(7)', 'https://docs.docker.com/engine/security/userns-remap/'],
  good: { text: 'docker run --user 1000 web', facts: () => plainFacts() },
  bad: { text: 'docker run web', facts: () => plainFacts([plainContainer({ process: plainProcess({ uid: known(0, '/proc/4200/status') }), declared: { user: '' } })]) },
  find: ({ snapshot }) =>
    living(snapshot).flatMap((w): Hit[] => {
      if (ownUserNamespace(w) !== 'no' || rootOnHost(w) !== 'yes') return [];
      const root = w.processes.find((p) => uidOnHost(p) === 0);
      const who = root ? root.uid : w.kind === 'container' ? told(w.declared, 'user') : userNamespaceReading(w);
      return [{ title: `${w.name} runs as root, which is the host’s root.`, subjects: [subjectOf(w)], evidence: [who, userNamespaceReading(w)] }];
    }),
};
