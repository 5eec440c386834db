import type { Hit, Rule } from './rule.js';
import { plainContainer, plainFacts } from './example.js';
import { subjectOf } from './subjects.js';
import { told } from './walls.js';

export const privileged: Rule = {
  id: 'BH-HOST-04',
  name: 'privileged',
  family: 'host access',
  severity: 'critical',
  title: 'A container runs with --privileged.',
  why: 'Every capability, no seccomp filter, no AppArmor profile, all devices, and nothing of /proc and /sys masked: none of the walls stands. Mounting the host’s disk from inside is one command.',
  remedy: 'Name what it needs instead: --cap-add for single rights, --device for single devices.',
  references: ['https://docs.docker.com/reference/cli/docker/container/run/#privileged'],
  good: { text: 'docker run --device /dev/fuse --cap-add SYS_ADMIN mounter', facts: () => plainFacts() },
  bad: { text: 'docker run --privileged mounter', facts: () => plainFacts([plainContainer({ declared: { privileged: true } })]) },
  find: ({ snapshot }) =>
    snapshot.containers.filter((c) => c.declared.privileged && (c.state === 'running' || c.state === 'paused' || c.state === 'restarting')).map((c): Hit => ({
      title: `${c.name} runs with --privileged: no wall stands between it and the host.`,
      subjects: [subjectOf(c)],
      evidence: [told(c.declared, 'privileged')],
    })),
};
